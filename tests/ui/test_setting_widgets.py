"""Widgets bound to a draft: they show its fields and change them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.studio.request_draft import LOCK, RequestDraft
from gdm_studio.ui.create.panel.bound_setting_widgets import bind, combo_of, slider_of
from gdm_studio.ui.create.prompt.prompt_box import PromptBox
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import SeedField
from tests.helpers.widgets import record_signal, show_widget, theme


@pytest.fixture
def look() -> Theme:
    return theme()


def test_a_slider_shows_the_field_and_sets_it(look: Theme) -> None:
    request_draft, row = RequestDraft(), show_widget(slider_of(look, SETTINGS["steps"]), width=300)
    request_draft.change(steps=33)
    bind(request_draft, "steps", row)
    assert row.value() == 33
    changed = record_signal(row.changed)
    request_draft.change(steps=34)
    assert row.value() == 34 and not changed, "which is for what people do"
    QTest.keyClick(row.track, Qt.Key.Key_Right)
    assert request_draft["steps"] == 35 and type(request_draft["steps"]) is int


def test_two_widgets_of_one_field_show_the_same_value(look: Theme) -> None:
    request_draft, one, other = (
        RequestDraft(),
        slider_of(look, SETTINGS["temperature"]),
        slider_of(look, SETTINGS["temperature"]),
    )
    for row in (one, other):
        bind(request_draft, "temperature", show_widget(row, width=300))
    QTest.keyClick(one.track, Qt.Key.Key_Right)
    assert one.value() == other.value() == request_draft["temperature"] != 1.0


def test_typed_text_updates_the_field_and_leaves_the_cursor_in_place(look: Theme) -> None:
    request_draft, prompt = RequestDraft(), show_widget(PromptBox(look), width=300)
    bind(request_draft, "prompt", prompt)
    QTest.keyClicks(prompt.editor, "a  fox")
    assert request_draft["prompt"] == "a fox" and prompt.editor.toPlainText() == "a  fox"
    assert prompt.editor.textCursor().position() == 6
    request_draft.change(prompt="an owl")
    assert prompt.text() == "an owl"


def test_a_choice_and_a_lock_follow_the_draft(look: Theme) -> None:
    request_draft, box, seed = (
        RequestDraft(),
        show_widget(combo_of(look, SETTINGS["sampler"])),
        show_widget(SeedField(look)),
    )
    bind(request_draft, "sampler", box)
    bind(request_draft, LOCK, seed.lock)
    request_draft.change(sampler="lms")
    assert box.choice() == "lms"
    box.pick("heun")
    assert request_draft["sampler"] == "heun"
    request_draft.hold_lock(True)
    assert seed.lock.isChecked() and not request_draft.is_locked_by_user
    request_draft.hold_lock(False)
    QTest.mouseClick(seed.lock, Qt.MouseButton.LeftButton)
    assert request_draft[LOCK] and request_draft.is_locked_by_user
