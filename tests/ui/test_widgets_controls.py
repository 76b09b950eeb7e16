"""The controls, each through what people do with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gdm_studio.models.library import Library
from gdm_studio.request import BUILT_IN, SEED_LIMIT
from gdm_studio.studio.draft import Draft
from gdm_studio.ui.create.panel.controls import Controls
from gdm_studio.ui.create.prompting.mistakes import Mistake
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import (
    Choice,
    Combo,
    Folded,
    GenerateButton,
    Notices,
    PromptBox,
    SeedField,
    Segmented,
    SliderRow,
    Stepper,
)
from gdm_studio.ui.widgets.icon_button import mark
from gdm_studio.ui.widgets.number_edit import NumberEdit
from gdm_studio.ui.widgets.prompt_box import PAUSE
from gdm_studio.ui.widgets.search_field import SearchField
from tests.helpers.looks import drag, heard, platform_unheard, shown, theme, wait_until

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def look() -> Theme:
    return theme()


def _type(widget: QWidget, text: str) -> None:
    """Types over what is in the field, and leaves it."""
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(widget, text)
    with platform_unheard():  # a value that had to be mended brings a hint
        QTest.keyClick(widget, Qt.Key.Key_Return)


def test_the_prompt_counts_words_and_control_enter_submits_it(look: Theme) -> None:
    box = shown(PromptBox(look))
    submitted, changed = heard(box.submitted), heard(box.changed)
    QTest.keyClicks(box.editor, "a red  fox")
    QTest.keyClick(box.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "a red fox"
    assert "3 words" in [label.text() for label in box.findChildren(QLabel)]
    assert changed[-1] == ("a red fox",)
    assert len(submitted) == 1


def test_what_is_typed_after_a_text_that_was_put_there_is_undone_alone(look: Theme) -> None:
    box = shown(PromptBox(look))
    for text in ("a red fox", "an owl"):
        box.set_text(text)
        QTest.keyClicks(box.editor, " hat")
        assert box.text() == f"{text} hat"
        QTest.keyClick(box.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert box.text() == text
    QTest.keyClick(box.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "a red fox"


def test_words_that_the_model_never_met_are_told_of_when_typing_pauses(look: Theme) -> None:
    box = shown(PromptBox(look))
    asked: list[str] = []

    def reader(text: str) -> str:
        asked.append(text)
        return "“pooch” is read as “dog”" if "pooch" in text else ""

    box.set_reader(reader)
    for letter in "a pooch":
        QTest.keyClick(box.editor, letter)
    said = next(label for label in box.findChildren(QLabel) if label.property("role") == "hint")
    assert wait_until(lambda: said.isVisible())
    assert said.text() == "“pooch” is read as “dog”" and asked == ["a pooch"]
    box.set_text("a dog")
    assert wait_until(lambda: not said.isVisible())
    box.set_text("")
    box.set_reader(lambda text: "something")
    QTest.qWait(PAUSE * 2)
    assert not said.isVisible()


def test_the_panel_says_what_its_model_never_met(look: Theme) -> None:
    controls = shown(Controls(look, Draft()))
    controls.set_model(Library().card(BUILT_IN))
    controls.prompt.set_text("a moggy")
    box = controls.prompt
    assert wait_until(lambda: any("moggy" in label.text() for label in box.findChildren(QLabel)))


def test_nothing_below_the_prompt_moves_where_a_mistake_is_told(look: Theme) -> None:
    controls = shown(Controls(look, Draft()), 320, 700)
    before = controls.button.mapTo(controls, QPoint())
    controls.prompt.set_text("a fox <lora:fur:1>")
    controls.prompt.show_slips([Mistake(6, 18, "There is no LoRA called “fur”; put its file into the models folder.")])
    assert wait_until(lambda: any("LoRA" in label.text() for label in controls.prompt.findChildren(QLabel)))
    QTest.qWait(20)
    assert controls.button.mapTo(controls, QPoint()) == before and controls.prompt.editor.height() > 40


def test_a_prompt_longer_than_the_model_reads_says_so(look: Theme) -> None:
    box = shown(PromptBox(look))
    box.set_limit(3)
    for text, words in (("a red fox", "3 words"), ("a red fox asleep", "4 words, 3 count")):
        box.set_text(text)
        assert words in [child.text() for child in box.findChildren(QLabel)]


def test_a_prompt_set_from_outside_can_be_taken_back(look: Theme) -> None:
    box = shown(PromptBox(look))
    QTest.keyClicks(box.editor, "mine")
    box.set_text("of a picture")
    assert box.text() == "of a picture"
    QTest.keyClick(box.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "mine"


def _temperature(look: Theme) -> SliderRow:
    return shown(SliderRow(look, title="Temperature", low=0.1, high=2.0, default=1.0, decimals=2, step=0.05))


def test_a_slider_is_dragged_typed_and_moved_by_keys(look: Theme) -> None:
    row = _temperature(look)
    changed = heard(row.changed)
    middle = row.track.height() // 2
    drag(row.track, QPoint(20, middle), QPoint(row.track.width() - 1, middle))
    assert row.value() == 2.0
    _type(row.edit, "0.5")
    assert row.value() == 0.5
    QTest.keyClick(row.track, Qt.Key.Key_Right)
    assert row.value() == pytest.approx(0.55)
    assert [value for (value,) in changed][-2:] == pytest.approx([0.5, 0.55])


@pytest.mark.parametrize(("typed", "becomes"), [("7", 2.0), ("-3", 0.1), ("nan", 1.0), ("warm", 1.0), ("0,25", 0.25)])
def test_what_is_typed_out_of_range_is_mended(look: Theme, typed: str, becomes: float) -> None:
    row = _temperature(look)
    _type(row.edit, typed)
    assert row.value() == becomes
    assert row.edit.text() == f"{becomes:.2f}"


def test_a_typed_number_is_there_for_a_button_or_a_key_that_leaves_the_keys_in_its_field(look: Theme) -> None:
    window = shown(QWidget())
    lines = QVBoxLayout(window)
    edit, button = NumberEdit(name="Seed", low=0, high=99), QPushButton("Read")
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    shortcut = QShortcut("Ctrl+E", window)
    lines.addWidget(edit)
    lines.addWidget(button)
    found: list[float] = []
    button.clicked.connect(lambda: found.append(edit.number()))
    shortcut.activated.connect(lambda: found.append(edit.number()))
    edit.setFocus()
    for typed, deed in (
        ("12", lambda: QTest.mouseClick(button, LEFT)),
        ("34", lambda: QTest.keyClick(edit, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)),
    ):
        edit.selectAll()
        QTest.keyClicks(edit, typed)
        QTest.mouseClick(edit, LEFT)  # a press in the field itself leaves it to be typed on
        assert edit.number() != int(typed)
        deed()
    assert found == [12, 34]


def test_the_reset_mark_shows_only_off_the_default_and_brings_it_back(look: Theme) -> None:
    row = _temperature(look)
    mark = next(child for child in row.findChildren(QWidget) if child.accessibleName() == "Reset temperature")
    assert not mark.isVisible()
    row.set_value(1.5)
    assert mark.isVisible()
    changed = heard(row.changed)
    QTest.mouseClick(mark, LEFT)
    assert row.value() == 1.0 and changed == [(1.0,)]
    assert not mark.isVisible()


def test_values_set_from_outside_are_not_told_as_changes(look: Theme) -> None:
    row = _temperature(look)
    changed = heard(row.changed)
    row.set_value(0.3)
    row.set_default(0.3)
    row.set_range(0.2, 1.0)
    assert changed == []


def test_tenths_add_up_to_tenths(look: Theme) -> None:
    row = shown(SliderRow(look, title="Guidance", low=0, high=2, default=0, decimals=1, step=0.1))
    changed = heard(row.changed)
    for _ in range(3):
        QTest.keyClick(row.edit, Qt.Key.Key_Up)
    assert changed == [(0.1,), (0.2,), (0.3,)]  # 0.1 + 0.1 + 0.1 is more


def test_a_bent_track_gives_small_numbers_more_room(look: Theme) -> None:
    row = shown(SliderRow(look, title="Steps", low=1, high=1000, default=20, curve=4))
    QTest.mouseClick(row.track, LEFT, pos=QPoint(row.track.width() // 2, 8))
    assert 40 < row.value() < 90  # a straight one would say 500


def test_a_seed_is_any_number_below_the_limit(look: Theme) -> None:
    field = shown(SeedField(look))
    changed = heard(field.changed)
    _type(field.edit, str(SEED_LIMIT - 1))
    assert field.value() == SEED_LIMIT - 1 and changed == [(SEED_LIMIT - 1,)]
    _type(field.edit, "9" * 25)
    assert field.value() == SEED_LIMIT - 1


def test_a_seed_of_ten_digits_is_seen_whole_in_the_controls(look: Theme) -> None:
    controls = shown(Controls(look, Draft()), width=SPACE.controls_width, height=700)
    controls.draft.change(seed=3782896554)
    edit = controls.seed.edit
    assert edit.fontMetrics().horizontalAdvance("3782896554") < edit.width()


def test_the_dice_roll_another_seed_and_the_lock_is_told(look: Theme) -> None:
    field = shown(SeedField(look))
    rolled, locked = heard(field.rolled), heard(field.lock.clicked)
    QTest.mouseClick(field.dice, LEFT)
    assert len(rolled) == 1
    QTest.mouseClick(field.lock, LEFT)
    assert field.lock.isChecked() and len(locked) == 1


def test_a_stepper_stops_at_its_ends(look: Theme) -> None:
    stepper = shown(Stepper(look, name="Pictures", low=1, high=3))
    changed = heard(stepper.changed)
    for _ in range(4):
        QTest.mouseClick(stepper.plus, LEFT)
    assert stepper.value() == 3 and not stepper.plus.isEnabled()
    QTest.keyClick(stepper.edit, Qt.Key.Key_Down)
    assert changed == [(2,), (3,), (2,)]


def test_the_lowest_number_may_be_a_word(look: Theme) -> None:
    stepper = shown(Stepper(look, name="At once", low=0, high=9, least="Automatic"))
    assert stepper.edit.text() == "Automatic"
    _type(stepper.edit, "4")
    assert stepper.value() == 4
    _type(stepper.edit, "automatic")
    assert stepper.value() == 0


def test_a_combo_tells_ids_by_people_only_and_keeps_its_choice(look: Theme) -> None:
    combo = shown(Combo(look, name="Scheduler"), height=38)
    chosen = heard(combo.chosen)
    combo.set_choices([Choice("a", "First"), Choice("b", "Second", "with a summary")])
    combo.set_choice("b")
    assert chosen == [] and combo.choice() == "b"
    combo.set_choices([Choice("c", "Third"), Choice("b", "Second")])
    assert combo.choice() == "b"
    combo.set_choices([Choice("c", "Third"), Choice("d", "Fourth")])
    assert combo.choice() == "c"
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert chosen == [("d",)]


def test_generate_becomes_stop_and_says_so_once_pressed(look: Theme) -> None:
    button = shown(GenerateButton(look))
    generate, stop = heard(button.generate), heard(button.stop)
    QTest.mouseClick(button, LEFT)
    assert len(generate) == 1 and not button.running
    button.set_running(0.6, "12 of 20 · 0.6 s left")
    assert button.text() == "Stop · 12 of 20 · 0.6 s left" and button.accessibleName() == "Stop"
    QTest.mouseClick(button, LEFT)
    button.set_stopping()
    button.set_running(0.65, "13 of 20")  # a late step does not take the answer back
    QTest.mouseClick(button, LEFT)
    assert len(stop) == 1 and button.text() == "Stopping…"
    button.set_idle()
    assert button.text() == "Generate" and not button.running


def test_a_paused_run_is_gone_on_with_by_the_button_and_stopped_by_the_mark_in_it(look: Theme) -> None:
    button = shown(GenerateButton(look))
    resume, stop = heard(button.resume), heard(button.stop)
    button.set_running(0.2, "3 of 20")
    button.set_paused(True)
    button.set_running(0.2, "3 of 20 · paused")
    assert button.text() == "Resume · 3 of 20" and button.accessibleName() == "Resume"
    QTest.mouseClick(button, LEFT)
    assert (len(resume), len(stop)) == (1, 0)
    QTest.mouseClick(button.halt, LEFT)
    assert (len(resume), len(stop)) == (1, 1)
    button.set_paused(False)
    assert button.text().startswith("Stop") and button.halt.isHidden()


def test_the_fill_of_the_button_is_the_progress(look: Theme) -> None:
    button = shown(GenerateButton(look), width=300)
    button.set_running(0.5, "")
    picture = button.grab().toImage()
    ratio = picture.devicePixelRatio()

    def brightness(x: int) -> int:
        return QColor(picture.pixel(round(x * ratio), round(4 * ratio))).value()

    assert brightness(140) - brightness(160) > 40
    assert abs(brightness(20) - brightness(140)) < 30


def test_a_button_that_cannot_run_says_why(look: Theme) -> None:
    button = shown(GenerateButton(look))
    generate = heard(button.generate)
    button.set_available(False, "There is no model yet.")
    QTest.mouseClick(button, LEFT)
    assert generate == [] and button.toolTip() == "There is no model yet."
    button.set_available(True)
    assert "Ctrl+Enter" in button.toolTip()


def test_segments_tell_what_was_chosen(look: Theme) -> None:
    segments = shown(Segmented(look, [Choice("p", "Predicted"), Choice("n", "Noisy")], name="What to show"))
    chosen = heard(segments.chosen)
    segments.set_choice("n")
    assert chosen == []
    QTest.mouseClick(segments.findChildren(QWidget)[0], LEFT)
    assert chosen == [("p",)] and segments.choice() == "p"


def test_the_key_of_a_button_presses_it_and_stands_in_its_tooltip(look: Theme) -> None:
    button = shown(mark(look, "x", "Back to the picture", key="Escape"))
    pressed = heard(button.clicked)
    QTest.keyClick(button, Qt.Key.Key_Escape)
    assert len(pressed) == 1
    assert (button.toolTip(), button.accessibleName()) == ("Back to the picture (Esc)", "Back to the picture")


def test_a_folded_section_opens_by_key(look: Theme) -> None:
    folded = shown(Folded(look, title="More", summary="eta, device"))
    inside = QLabel("inside")
    folded.add(inside)
    toggled = heard(folded.toggled)
    assert not inside.isVisible() and "eta" in folded.head.text()
    QTest.keyClick(folded.head, Qt.Key.Key_Space)
    assert inside.isVisible() and folded.is_open() and toggled == [(True,)]


def test_notices_stack_help_and_go(look: Theme) -> None:
    room = shown(QWidget(), width=700, height=400)
    notices = Notices(look, room)
    helped: list[str] = []
    notices.show_notice("Not enough memory", "Smaller parts were made.", kind="error", seconds=0)
    second = notices.show_notice("Deleted", action="Undo", on_action=lambda: helped.append("undone"), seconds=0)
    first = notices.shown[0]
    assert first.geometry().bottom() < second.geometry().top()
    button = next(child for child in second.findChildren(QWidget) if child.accessibleName() == "Undo")
    QTest.mouseClick(button, LEFT)
    assert helped == ["undone"] and notices.shown == [first]
    QTest.keyClick(first, Qt.Key.Key_Escape)
    assert notices.shown == []


def test_the_same_notice_is_not_shown_twice_and_the_oldest_gives_way(look: Theme) -> None:
    room = shown(QWidget(), width=700, height=400)
    notices = Notices(look, room)
    for _ in range(2):
        notices.show_notice("Saved", seconds=0)
    assert len(notices.shown) == 1
    for title in ("One", "Two", "Three"):
        notices.show_notice(title, seconds=0)
    assert [notice.title for notice in notices.shown] == ["One", "Two", "Three"]
    room.resize(700, 300)
    assert [notice.title for notice in notices.shown] == ["Two", "Three"], "they would lie over half of it"
    notices.clear()
    notices.show_notice("Not saved", kind="error", action="Try again", seconds=0)
    for title in ("One", "Two", "Three"):
        notices.show_notice(title, seconds=0)
    assert [notice.title for notice in notices.shown] == ["Not saved", "Three"]


def test_notices_of_one_title_and_other_words_stand_side_by_side(look: Theme) -> None:
    notices = Notices(look, shown(QWidget(), width=700, height=400))
    for text in ("a.png", "b.png", "a.png"):
        notices.show_notice("Deleted", text, seconds=0)
    assert [notice.text for notice in notices.shown] == ["b.png", "a.png"]


def test_a_notice_goes_by_itself(look: Theme) -> None:
    notices = Notices(look, shown(QWidget(), width=700, height=400))
    notices.show_notice("Saved", seconds=0.02)
    assert wait_until(lambda: not notices.shown)


def test_a_search_runs_a_moment_after_typing_and_escape_empties_it(look: Theme) -> None:
    field = shown(SearchField(look))
    searched = heard(field.searched)
    QTest.keyClicks(field, "fox")
    assert searched == []
    assert wait_until(lambda: searched == [("fox",)])
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert searched[-1] == ("",) and field.text() == ""


def test_where_there_is_no_room_the_chosen_segment_stands_alone_and_a_click_turns_to_the_next(look: Theme) -> None:
    choices = [Choice("p", "Predicted"), Choice("n", "Noisy"), Choice("d", "Difference")]
    segments = shown(Segmented(look, choices, name="Look"))
    chosen = heard(segments.chosen)
    segments.set_offered({"n": False})
    wide = segments.sizeHint().width()
    segments.set_alone(True)
    buttons = segments.findChildren(QToolButton)
    assert [button.isVisible() for button in buttons] == [True, False, False]
    assert segments.sizeHint().width() < wide / 2
    QTest.mouseClick(buttons[0], LEFT)
    assert chosen == [("d",)] and segments.choice() == "d"
    assert [button.isVisible() for button in buttons] == [False, False, True]
    segments.set_choice("p")
    assert [button.isVisible() for button in buttons] == [True, False, False] and len(chosen) == 1
    segments.set_alone(False)
    assert all(button.isVisible() for button in buttons)
