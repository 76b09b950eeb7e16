"""Context menus: actions without an icon, and corners that need no compositor."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.widgets import Choice, Combo
from gdm_studio.ui.widgets.menu import menu_of
from gdm_studio.ui.window_actions import Action
from tests.helpers.widgets import mute_platform, show_widget, theme


def test_a_menu_lists_an_action_without_an_icon() -> None:
    done = list[str]()
    ground = show_widget(QWidget())
    with mute_platform():
        menu = menu_of(ground, theme(), [Action("Plain").bind(lambda: done.append("plain"))], at=QPoint(0, 0))
    (entry,) = menu.actions()
    assert entry.icon().isNull()
    entry.trigger()
    menu.close()
    assert done == ["plain"]


def test_the_corners_of_menus_and_open_lists_are_cut_off() -> None:
    box = show_widget(Combo(theme(), name="Letters"), width=200)
    box.set_choices([Choice(letter, letter) for letter in "abc"])
    with mute_platform():
        menu = menu_of(box, theme(), [Action("One"), Action("Two")], at=QPoint(0, 0))
        box.showPopup()
    for shown in (menu, box.view().window()):
        mask, rect = shown.mask(), shown.rect()
        corners = rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight()
        assert not any(mask.contains(corner) for corner in corners)
        assert mask.contains(rect.center()) and mask.boundingRect() == rect
    box.hidePopup()
    menu.close()
