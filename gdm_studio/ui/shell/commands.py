"""Everything that can be done in the window by name, with its keys; what opens the palette and does what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from gdm_studio.ui import actions
from gdm_studio.ui.actions import GO_TO, HERE, Action
from gdm_studio.ui.widgets.icon_button import Hotkey
from gdm_studio.ui.widgets.keys import Keys
from gdm_studio.ui.widgets.topbar import SETTINGS

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.panel import GalleryPanel
    from gdm_studio.ui.models.page import ModelsPage
    from gdm_studio.ui.settings.page import SettingsPage
    from gdm_studio.ui.shell.palette import Palette
    from gdm_studio.ui.shell.shortcuts_sheet import ShortcutsSheet
    from gdm_studio.ui.shell.window import Window
    from gdm_studio.ui.widgets import Combo

FULL = Qt.WindowState.WindowFullScreen
RECENT = 8  # actions that the palette begins with


class Commands(QObject):
    """The window's actions. `recent` are the names of those that were looked for last."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.keys = Keys(window, self.do, self._say_in_vain)
        self.recent: list[str] = []
        self.palette: Palette | None = None  # while there is one
        self.sheet: ShortcutsSheet | None = None

    def actions(self) -> list[Action]:
        """Those of the window itself, then those of its parts."""
        window = self._window
        return [
            *_create(window),
            *window.steps.actions(),
            *window.ways.actions(),
            *window.tools.sheets.actions(),
            *window.comparing.actions(),
            *window.queue.actions(),
            *window.gallery_desk.actions(),
            *_pages(window),
            *_gallery(window),
            *self._about_the_window(),
        ]

    def buttons(self) -> list[Action]:
        """Buttons and choices in sight that have keys of their own, which hold where they are."""
        return self._buttons_of(self._window, self._window.page(), HERE)

    def tools(self) -> list[Action]:
        """The same of the Create page while another is open: what can be done with the picture that is there."""
        if self._window.page() == "create":
            return []
        return self._buttons_of(self._window.create_page, "create", "Create")

    def _buttons_of(self, of: QWidget, page: str, group: str) -> list[Action]:
        found: dict[str, Action] = {}
        for key in of.findChildren(Hotkey):
            if key.part.isVisibleTo(of):
                action = replace(key.action.does(key.activated.emit, key.part.isEnabled), group=group, page=page)
                found.setdefault(action.label, action)
        return list(found.values())

    def of_picture(self) -> list[Action]:
        """What the menu of the picture offers that is selected on the page that is open."""
        panel = _pictures(self._window)
        return [replace(action, page=self._window.page()) for action in panel.grid.entries()] if panel else []

    def settings(self) -> list[Action]:
        """Every setting of the next picture, to be reached."""
        controls = self._window.create_page.controls
        return [
            Action(
                title, part.toolTip(), actions.SETTINGS.get(title, ""), group="Setting", page="create",
                act=partial(controls.reach, part),
            )
            for title, part in controls.parts()
        ]

    def choices(self) -> list[Action]:
        """Every entry of the lists of the Create page and every place of the gallery, by name."""
        controls = self._window.create_page.controls
        boxes = (controls.style_box, controls.sampler_box, controls.spacing_box, controls.model_box)
        return [*(action for box in boxes for action in _choices(box)), *self._window.gallery_desk.places.actions()]

    def do(self, action: Action) -> bool:
        """Carries out what stands behind keys; False where the page is another, or there is nothing to do."""
        if action.page not in ("", self._window.page()) or not action.when():
            return False
        if self.palette is not None:
            self.palette.close_up()
        action.act()
        return True

    def _say_in_vain(self, tried: Sequence[Action]) -> None:
        """Says that a key had nothing to work on, on the page that it is for."""
        if here := [action.label for action in tried if action.page in ("", self._window.page())]:
            self._window.say("Nothing to do", f"“{here[0]}” has nothing to work on now.")

    def say_refused(self, event: QKeyEvent) -> None:
        """Says why a button that the key would press is refused."""
        pressed = QKeySequence(event.keyCombination())
        for key in self._window.findChildren(Hotkey) if not event.isAutoRepeat() else ():
            if key.key() == pressed and key.part.isVisible() and (why := key.part.property("refused")):
                self._window.say("Nothing to do", why)

    def open_palette(self) -> None:
        """The palette over the window; away again where it is open."""
        from gdm_studio.ui.shell.palette import Palette

        if self.palette is not None:
            self.palette.close_up()
            return
        offered = (*self.actions(), *self.buttons(), *self.tools(), *self.settings(), *self.choices())
        ready = [action for action in offered if action.when()]
        ready += [each for each in self.of_picture() if each.name not in {action.name for action in ready}]
        self.palette = Palette(self._window.theme, ready, self.recent, parent=self._window)
        self.palette.chosen.connect(self._on_chosen)
        self.palette.closed.connect(self._on_closed)
        self.palette.open_up()

    def open_sheet(self) -> None:
        """All keys at a glance; away again where they are shown."""
        from gdm_studio.ui.shell.shortcuts_sheet import ShortcutsSheet

        if self.sheet is not None:
            self.sheet.close_up()
            return
        keyed = [*self.buttons(), *self.tools(), *self.actions()]
        self.sheet = ShortcutsSheet(self._window.theme, keyed, parent=self._window)
        self.sheet.closed.connect(self._on_sheet_closed)
        self.sheet.open_up()

    def _about_this_computer(self) -> None:
        from gdm_studio.ui.settings.entries import ABOUT

        self._window.turn_to(SETTINGS)
        self._window.settings_page.turn_to(ABOUT)

    def _on_chosen(self, action: Action) -> None:
        self.recent = [action.name, *(name for name in self.recent if name != action.name)][:RECENT]
        if action.page:
            self._window.turn_to(action.page)
        if action.when():
            action.act()

    def _on_closed(self) -> None:
        self.palette = None

    def _on_sheet_closed(self) -> None:
        self.sheet = None

    def _about_the_window(self) -> list[Action]:
        window = self._window
        return [
            actions.PALETTE.does(self.open_palette),
            actions.SHORTCUTS.does(self.open_sheet),
            *(action.does(partial(window.preferring.change, "theme", name)) for name, action in actions.THEMES.items()),
            actions.FULL_SCREEN.does(lambda: window.setWindowState(window.windowState() ^ FULL)),
            actions.ABOUT.does(self._about_this_computer),
            actions.QUIT.does(window.close),
        ]


def _pages(window: Window) -> list[Action]:
    return [
        *(action.does(partial(window.turn_to, page)) for page, action in GO_TO.items()),
        actions.SEARCH_FIELD.does(partial(_search, window), lambda: _searched(window) is not None),
    ]


def _create(window: Window) -> list[Action]:
    making, viewer, controls = window.making, window.viewer, window.create_page.controls
    leave = window.steps.branching.leave

    def one() -> bool:
        return not window.sets.on

    def runs() -> bool:
        return one() and making.job is not None

    return [
        actions.GENERATE.does(window.generate),
        actions.STOP.does(lambda: (controls.stop.emit if making.job or making.lent or not one() else leave)()),
        actions.PAUSE.does(window.steps.steering.toggle_pause, runs),
        actions.STEP_BACK.does(lambda: viewer.step(-1), one),
        actions.STEP_ON.does(window.step_on, one),
        actions.FIRST_STEP.does(lambda: viewer.look_at(1), one),
        actions.NEWEST_STEP.does(making.go_to_end, one),
        actions.ANOTHER_SEED.does(controls.roll_seed),
        actions.COMPARE_SCHEDULERS.does(controls.compare.emit, one),
        actions.START_FROM.does(controls.picture_asked.emit, one),
        actions.PASTE.does(window.tools.paste, one),
        actions.RESET.does(partial(_reset, window), one),
    ]


def _reset(window: Window) -> None:
    before = window.draft.written
    window.create_page.controls.reset()
    window.say("The settings are the model's defaults", undo=window.settings.back_to(before))


def _gallery(window: Window) -> list[Action]:
    return [
        actions.EXPORT.does(partial(_export, window), lambda: _pictures(window) is not None),
        actions.UNDO.does(window.undo),
    ]


def _pictures(window: Window) -> GalleryPanel | GalleryPage | None:
    """What shows pictures to choose from on the page that is open."""
    if window.page() == "create":
        return window.create_page.gallery
    return window.gallery_page if window.page() == "gallery" else None


def _export(window: Window) -> None:
    panel = _pictures(window)
    if panel is not None:
        panel.grid.with_selected(window.exporting.open)


def _searched(window: Window) -> GalleryPanel | GalleryPage | ModelsPage | SettingsPage | None:
    """What can be searched on the page that is open."""
    if window.page() == "models":
        return window.models_page
    return window.settings_page if window.page() == SETTINGS else _pictures(window)


def _search(window: Window) -> None:
    searched = _searched(window)
    if searched is not None:
        searched.focus_search()


def _choices(box: Combo) -> Sequence[Action]:
    name = box.accessibleName()
    return [
        Action(choice.title, group=name, page="create", act=partial(box.pick, choice.id))
        for choice in box.choices()
        if not choice.refused
    ]
