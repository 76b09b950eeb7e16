"""Widgets bound to a draft: they show its fields and change them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.studio.request_draft import LOCK, Draft
from gdm_studio.ui.create.panel.setting_widgets import bind, combo_of, slider_of
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import PromptBox, SeedField
from tests.helpers.widgets import record_signal, show_widget, theme


@pytest.fixture
def look() -> Theme:
    return theme()


def test_a_slider_shows_the_field_and_sets_it(look: Theme) -> None:
    draft, row = Draft(), show_widget(slider_of(look, SETTINGS["steps"]), width=300)
    draft.change(steps=33)
    bind(draft, "steps", row)
    assert row.value() == 33
    changed = record_signal(row.changed)
    draft.change(steps=34)
    assert row.value() == 34 and not changed, "which is for what people do"
    QTest.keyClick(row.track, Qt.Key.Key_Right)
    assert draft["steps"] == 35 and type(draft["steps"]) is int


def test_two_widgets_of_one_field_show_the_same_value(look: Theme) -> None:
    draft, one, other = Draft(), slider_of(look, SETTINGS["temperature"]), slider_of(look, SETTINGS["temperature"])
    for row in (one, other):
        bind(draft, "temperature", show_widget(row, width=300))
    QTest.keyClick(one.track, Qt.Key.Key_Right)
    assert one.value() == other.value() == draft["temperature"] != 1.0


def test_typed_text_updates_the_field_and_leaves_the_cursor_in_place(look: Theme) -> None:
    draft, prompt = Draft(), show_widget(PromptBox(look), width=300)
    bind(draft, "prompt", prompt)
    QTest.keyClicks(prompt.editor, "a  fox")
    assert draft["prompt"] == "a fox" and prompt.editor.toPlainText() == "a  fox"
    assert prompt.editor.textCursor().position() == 6
    draft.change(prompt="an owl")
    assert prompt.text() == "an owl"


def test_a_choice_and_a_lock_follow_the_draft(look: Theme) -> None:
    draft, box, seed = Draft(), show_widget(combo_of(look, SETTINGS["sampler"])), show_widget(SeedField(look))
    bind(draft, "sampler", box)
    bind(draft, LOCK, seed.lock)
    draft.change(sampler="lms")
    assert box.choice() == "lms"
    box.pick("heun")
    assert draft["sampler"] == "heun"
    draft.hold_lock(True)
    assert seed.lock.isChecked() and not draft.is_locked_by_user
    draft.hold_lock(False)
    QTest.mouseClick(seed.lock, Qt.MouseButton.LeftButton)
    assert draft[LOCK] and draft.is_locked_by_user
