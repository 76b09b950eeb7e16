"""The controls of the Create page, operated as a user does."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, QStringListModel, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QKeyEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLayoutItem,
    QListView,
    QPushButton,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
    QWidgetItem,
)
from shiboken6 import Shiboken

from gdm_studio.request.generation_request import SEED_LIMIT
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.generation.generate_button import GenerateButton
from gdm_studio.ui.create.panel.settings_panel import Controls
from gdm_studio.ui.create.prompt.prompt_box import PAUSE, PromptBox
from gdm_studio.ui.create.prompt.prompt_checker import Mistake
from gdm_studio.ui.create.prompt.prompt_chips import HEIGHT, ChipLook, PromptChip
from gdm_studio.ui.folder_dialogs import ask_folder
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets import Choice, Collapsible, Combo, ElidedLabel, Notices, SeedField, Segmented, Stepper
from gdm_studio.ui.widgets.fields import NumberEdit, TextLine
from gdm_studio.ui.widgets.icon_button import mark
from gdm_studio.ui.widgets.layouts import OverlayScrollBar
from gdm_studio.ui.widgets.notices import STRIP_HEIGHT
from gdm_studio.ui.widgets.search_field import SearchField
from gdm_studio.ui.widgets.slider_row import SliderRow
from tests.helpers.widgets import drag, mute_platform, record_signal, show_widget, theme, wait_until

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def look() -> Theme:
    return theme()


def _type(widget: QWidget, text: str) -> None:
    """Replace the text of the field by typing, and leave the field."""
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(widget, text)
    # A corrected value shows a hint.
    with mute_platform():
        QTest.keyClick(widget, Qt.Key.Key_Return)


def test_a_scroll_bar_over_a_view_survives_the_wrapper_of_the_bar_that_it_replaces() -> None:
    view = show_widget(QListView(), 200, 100)
    view.setModel(QStringListModel([str(number) for number in range(50)]))
    bar = OverlayScrollBar(view)
    Shiboken.invalidate(view.verticalScrollBar())
    view.resize(210, 120)
    assert wait_until(lambda: bar.maximum() > 0 and bar.geometry().right() == view.rect().right())
    bar.setValue(20)
    assert view.verticalScrollBar().value() == 20


def test_the_prompt_counts_words_and_control_enter_submits_it(look: Theme) -> None:
    box = show_widget(PromptBox(look))
    submitted, changed = record_signal(box.submitted), record_signal(box.changed)
    QTest.keyClicks(box.editor, "a red  fox")
    QTest.keyClick(box.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "a red fox"
    assert "3 words" in [label.text() for label in box.findChildren(QLabel)]
    assert changed[-1] == ("a red fox",)
    assert len(submitted) == 1


def test_typing_after_an_inserted_text_is_undone_alone(look: Theme) -> None:
    box = show_widget(PromptBox(look))
    for text in ("a red fox", "an owl"):
        box.set_text(text)
        QTest.keyClicks(box.editor, " hat")
        assert box.text() == f"{text} hat"
        QTest.keyClick(box.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert box.text() == text
    QTest.keyClick(box.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "a red fox"


@pytest.mark.slow
def test_a_prompt_rests_once_when_typing_pauses(look: Theme) -> None:
    box = show_widget(PromptBox(look))
    QTest.qWait(PAUSE * 2)
    rested = record_signal(box.rested)
    for letter in "a pooch":
        QTest.keyClick(box.editor, letter)
    assert wait_until(lambda: len(rested) == 1)


def test_reporting_a_mistake_moves_nothing_below_the_prompt(look: Theme) -> None:
    controls = show_widget(Controls(look, RequestDraft()), 320, 700)
    before = controls.button.mapTo(controls, QPoint())
    controls.prompt.set_text("a <lora:fur:1>")
    controls.prompt.show_mistakes(
        [Mistake(2, 14, "There is no LoRA called “fur”; put its file into the models folder.")]
    )
    chips = [PromptChip(f"No LoRA “fur{place}”", ChipLook.PROBLEM, "") for place in range(4)]
    controls.prompt.show_chips(chips)
    assert wait_until(lambda: controls.prompt.chips.height() > HEIGHT)
    QTest.qWait(20)
    assert controls.button.mapTo(controls, QPoint()) == before and controls.prompt.editor.height() > 40


def test_a_prompt_set_by_the_program_can_be_undone(look: Theme) -> None:
    box = show_widget(PromptBox(look))
    QTest.keyClicks(box.editor, "mine")
    box.set_text("of a picture")
    assert box.text() == "of a picture"
    QTest.keyClick(box.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "mine"


def _temperature(look: Theme) -> SliderRow:
    return show_widget(SliderRow(look, title="Temperature", low=0.1, high=2.0, default=1.0, decimals=2, step=0.05))


def test_a_slider_is_dragged_typed_and_moved_by_keys(look: Theme) -> None:
    row = _temperature(look)
    changed = record_signal(row.changed)
    middle = row.track.height() // 2
    drag(row.track, QPoint(20, middle), QPoint(row.track.width() - 1, middle))
    assert row.value() == 2.0
    _type(row.edit, "0.5")
    assert row.value() == 0.5
    QTest.keyClick(row.track, Qt.Key.Key_Right)
    assert row.value() == pytest.approx(0.55)
    assert [value for (value,) in changed][-2:] == pytest.approx([0.5, 0.55])


@pytest.mark.parametrize(("typed", "becomes"), [("7", 2.0), ("-3", 0.1), ("nan", 1.0), ("warm", 1.0), ("0,25", 0.25)])
def test_a_typed_value_is_clamped_to_the_range(look: Theme, typed: str, becomes: float) -> None:
    row = _temperature(look)
    _type(row.edit, typed)
    assert row.value() == becomes
    assert row.edit.text() == f"{becomes:.2f}"


def test_only_the_characters_of_a_number_can_be_typed(look: Theme) -> None:
    edit = show_widget(NumberEdit(name="Steps", low=1, high=1000))
    edit.selectAll()
    QTest.keyClicks(edit, "b1_5/0")
    assert edit.text() == "150"
    # Arabic and full-width digits.
    for typed, number in (("٣٤", 34), ("５", 5)):
        edit.selectAll()
        for digit in typed:
            key = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, digit)
            QApplication.sendEvent(edit, key)
        edit.take()
        assert edit.number() == number
    row = _temperature(look)
    row.edit.selectAll()
    QTest.keyClicks(row.edit, "1,5e-1")
    row.edit.take()
    assert row.value() == 0.15


def test_a_typed_number_is_applied_without_leaving_the_field(look: Theme) -> None:
    window = show_widget(QWidget())
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
        # A click in the field itself continues editing.
        QTest.mouseClick(edit, LEFT)
        assert edit.number() != int(typed)
        deed()
    assert found == [12, 34]


def test_the_reset_mark_shows_off_the_default_and_restores_it(look: Theme) -> None:
    row = _temperature(look)
    mark = next(child for child in row.findChildren(QWidget) if child.accessibleName() == "Reset Temperature")
    assert not mark.isVisible()
    row.set_value(1.5)
    assert mark.isVisible()
    changed = record_signal(row.changed)
    QTest.mouseClick(mark, LEFT)
    assert row.value() == 1.0 and changed == [(1.0,)]
    assert not mark.isVisible()


def test_values_set_by_the_program_emit_no_change(look: Theme) -> None:
    row = _temperature(look)
    changed = record_signal(row.changed)
    row.set_value(0.3)
    row.set_default(0.3)
    row.set_range(0.2, 1.0)
    assert changed == []


def test_tenths_add_up_to_tenths(look: Theme) -> None:
    row = show_widget(SliderRow(look, title="Guidance", low=0, high=2, default=0, decimals=1, step=0.1))
    changed = record_signal(row.changed)
    for _ in range(3):
        QTest.keyClick(row.edit, Qt.Key.Key_Up)
    # The float sum 0.1 + 0.1 + 0.1 is larger than 0.3.
    assert changed == [(0.1,), (0.2,), (0.3,)]


def test_a_curved_slider_gives_small_numbers_more_room(look: Theme) -> None:
    row = show_widget(SliderRow(look, title="Steps", low=1, high=1000, default=20, curve=4))
    QTest.mouseClick(row.track, LEFT, pos=QPoint(row.track.width() // 2, 8))
    # A linear slider would show 500.
    assert 40 < row.value() < 90


def test_a_seed_is_any_number_below_the_limit(look: Theme) -> None:
    field = show_widget(SeedField(look))
    changed = record_signal(field.changed)
    _type(field.edit, str(SEED_LIMIT - 1))
    assert field.value() == SEED_LIMIT - 1 and changed == [(SEED_LIMIT - 1,)]
    field.set_value(7)
    rolled = record_signal(field.rolled)
    _type(field.edit, "9" * 25)
    assert field.value() == 7 and field.edit.text() == "7" and not rolled, "it is refused, not cut"
    _type(field.edit, "-1")
    assert len(rolled) == 1 and field.value() == 7 and field.edit.text() == "7"
    field.edit.setText("\N{MINUS SIGN}1")
    field.edit.take()
    assert len(rolled) == 2 and field.value() == 7 and field.edit.text() == "7"
    assert changed == [(SEED_LIMIT - 1,)]


def test_a_seed_typed_again_counts_as_given(look: Theme) -> None:
    controls = show_widget(Controls(look, RequestDraft()), width=SPACE.controls_width, height=700)
    controls.request_draft.change(seed=12)
    controls.request_draft.hold_seed(False)
    QTest.keyClick(controls.seed.edit, Qt.Key.Key_Return)
    assert not controls.request_draft.is_seed_given, "nothing was typed"
    _type(controls.seed.edit, "12")
    assert controls.request_draft.is_seed_given and controls.request_draft["seed"] == 12


def test_a_seed_of_ten_digits_is_fully_visible(look: Theme) -> None:
    controls = show_widget(Controls(look, RequestDraft()), width=SPACE.controls_width, height=700)
    controls.request_draft.change(seed=3782896554)
    edit = controls.seed.edit
    assert edit.fontMetrics().horizontalAdvance("3782896554") < edit.width()


def test_the_dice_roll_another_seed_and_the_lock_emits_its_state(look: Theme) -> None:
    field = show_widget(SeedField(look))
    rolled, locked = record_signal(field.rolled), record_signal(field.lock.clicked)
    QTest.mouseClick(field.dice, LEFT)
    assert len(rolled) == 1
    QTest.mouseClick(field.lock, LEFT)
    assert field.lock.isChecked() and len(locked) == 1


def test_a_stepper_stops_at_its_ends(look: Theme) -> None:
    stepper = show_widget(Stepper(look, name="Pictures", low=1, high=3))
    changed = record_signal(stepper.changed)
    for _ in range(4):
        QTest.mouseClick(stepper.plus, LEFT)
    assert stepper.value() == 3 and not stepper.plus.isEnabled()
    QTest.keyClick(stepper.edit, Qt.Key.Key_Down)
    assert changed == [(2,), (3,), (2,)]


def test_the_lowest_number_can_be_shown_as_a_word(look: Theme) -> None:
    stepper = show_widget(Stepper(look, name="At once", low=0, high=9, least="Automatic"))
    assert stepper.edit.text() == "Automatic"
    _type(stepper.edit, "4")
    assert stepper.value() == 4
    _type(stepper.edit, "automatic")
    assert stepper.value() == 0


def test_a_combo_emits_only_choices_of_the_user_and_keeps_its_choice(look: Theme) -> None:
    combo = show_widget(Combo(look, name="Scheduler"), height=38)
    chosen = record_signal(combo.chosen)
    combo.set_choices([Choice("a", "First"), Choice("b", "Second", "with a summary")])
    combo.set_choice("b")
    assert chosen == [] and combo.choice() == "b"
    combo.set_choices([Choice("c", "Third"), Choice("b", "Second")])
    assert combo.choice() == "b"
    combo.set_choices([Choice("c", "Third"), Choice("d", "Fourth")])
    assert combo.choice() == "c"
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert chosen == [("d",)]


def test_a_combo_lists_rare_entries_on_demand(look: Theme) -> None:
    combo = show_widget(Combo(look, name="Scheduler"), height=38)
    chosen, unfolded = record_signal(combo.chosen), record_signal(combo.unfolded)
    rare = [Choice(name, name.title(), group="Others", is_rare=True) for name in ("lms", "plms")]
    combo.set_choices([Choice("a", "First"), Choice("b", "Second"), *rare])
    view = combo.view()
    assert isinstance(view, QListView)

    def listed() -> list[str]:
        return [combo.itemText(row) for row in range(combo.count()) if not view.isRowHidden(row)]

    assert listed() == ["First", "Second", "All 4…"]
    combo.set_choice("lms")
    assert combo.choice() == "lms" and listed() == ["First", "Second", "All 4…", "Lms"], "what is selected is in sight"
    combo.set_choice("b")
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.choice() == "b" and chosen == [] and len(unfolded) == 1
    assert listed() == ["First", "Second", "Others", "Lms", "Plms"]
    combo.hidePopup()
    combo.list_all(False)
    assert listed() == ["First", "Second", "All 4…"]
    # A title that is typed is found among all.
    view.keyboardSearch("p")
    assert listed() == ["First", "Second", "Others", "Lms", "Plms"] and view.currentIndex().data() == "Plms"


def _tooltip(widget: QWidget) -> str:
    """Return the tooltip that the widget shows under the pointer, or "" if it leaves that to Qt."""
    QToolTip.hideText()
    with mute_platform():
        QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), widget.mapToGlobal(QPoint(2, 2))))
    return QToolTip.text()


def test_a_combo_shows_a_cut_entry_whole_in_its_tooltip(look: Theme) -> None:
    combo = show_widget(Combo(look, name="Scheduler", tooltip="The method"), width=110, height=38)
    combo.set_choices([Choice("a", "Predictor-corrector, ancestral"), Choice("b", "Euler")])
    assert _tooltip(combo) == "Predictor-corrector, ancestral\nThe method"
    combo.set_choice("b")
    assert _tooltip(combo) == "The method"


def test_a_long_title_of_a_slider_leaves_room_for_its_number(look: Theme) -> None:
    row = show_widget(SliderRow(look, title="A title much too long for the row", low=0, high=9, default=1), width=120)
    (title,) = (each for each in row.findChildren(ElidedLabel) if each.text())
    assert row.edit.geometry().right() <= row.width() and title.geometry().right() < row.edit.x()
    assert title.shown().endswith("…")


def test_generate_becomes_stop_and_shows_stopping_once_pressed(look: Theme) -> None:
    button = show_widget(GenerateButton(look))
    generate, stop = record_signal(button.generate), record_signal(button.stop)
    QTest.mouseClick(button, LEFT)
    assert len(generate) == 1 and not button.running
    button.set_running(0.6, "12 of 20 · 0.6 s left")
    assert button.text() == "Stop · 12 of 20 · 0.6 s left" and button.accessibleName() == "Stop"
    QTest.mouseClick(button, LEFT)
    button.set_stopping()
    # A late step does not replace the message.
    button.set_running(0.65, "13 of 20")
    QTest.mouseClick(button, LEFT)
    assert len(stop) == 1 and button.text() == "Stopping…"
    button.set_idle()
    assert button.text() == "Generate" and not button.running


def test_the_button_resumes_a_paused_run_and_its_mark_stops_it(look: Theme) -> None:
    button = show_widget(GenerateButton(look))
    resume, stop = record_signal(button.resume), record_signal(button.stop)
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


def test_the_purpose_is_written_beside_stop_where_there_is_room(look: Theme) -> None:
    button = show_widget(GenerateButton(look), width=330)
    button.set_purpose(look, "Generate branch", "Continue from step 3")
    button.set_running(0.2, "3 of 20")
    assert button.add.text() == "Generate branch"
    assert button.add.geometry().right() < button.width() and button.add.x() > button.width() // 3
    button.resize(200, button.height())
    assert button.add.text() == "" and button.add.width() == button.add.height()
    button.resize(330, button.height())
    # A longer text of the button itself needs the room.
    button.set_paused(True)
    assert button.add.text() == "Generate branch"
    button.set_changes("Guidance")
    assert button.text().startswith("Continue with changes") and button.add.text() == ""
    button.set_paused(False)
    assert button.add.text() == "Generate branch"
    button.set_purpose(look, "", "")
    assert button.add.text() == "" and button.add.accessibleName() == "Add to the queue"


def test_the_text_of_a_paused_run_makes_room_for_a_purpose(look: Theme) -> None:
    button = show_widget(GenerateButton(look), width=284)
    button.set_running(0.2, "55 of 872")
    button.set_paused(True)
    QApplication.processEvents()
    # A window that has been shown repaints only the widgets that ask for it, unlike `grab`.
    button.set_purpose(look, "Generate branch", "Continue from step 55")
    QApplication.processEvents()
    screen = button.screen()
    assert screen is not None
    shown = screen.grabWindow(button.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert shown == button.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_the_time_left_of_a_run_stays_where_its_count_has_no_room(look: Theme) -> None:
    button = show_widget(GenerateButton(look), width=284)
    button.set_running(0.2, "1 of 3 made · 1:13 left")
    widths = range(400, 20, -1)
    shown = list(dict.fromkeys(button.words_in(width) for width in widths))
    assert shown[:3] == ["Stop · 1 of 3 made · 1:13 left", "Stop · 1:13 left", "Stop"]
    # An estimate of the next run is shown as a whole or not at all.
    button.set_idle()
    button.set_estimate("about 4 s · 2 GB")
    shown = list(dict.fromkeys(button.words_in(width) for width in widths))
    assert shown[:2] == ["Generate · about 4 s · 2 GB", "Generate"]


def test_the_button_is_filled_in_proportion_to_progress(look: Theme) -> None:
    button = show_widget(GenerateButton(look), width=300)
    button.set_running(0.5, "")
    picture = button.grab().toImage()
    ratio = picture.devicePixelRatio()

    def brightness(x: int) -> int:
        return QColor(picture.pixel(round(x * ratio), round(4 * ratio))).value()

    assert brightness(140) - brightness(160) > 40
    assert abs(brightness(20) - brightness(140)) < 30


def test_a_disabled_button_shows_the_reason(look: Theme) -> None:
    button = show_widget(GenerateButton(look))
    generate = record_signal(button.generate)
    button.set_available(False, "There is no model yet.")
    QTest.mouseClick(button, LEFT)
    assert generate == [] and button.toolTip() == "There is no model yet."
    button.set_available(True)
    assert "Ctrl+Enter" in button.toolTip()


def test_segments_emit_the_choice(look: Theme) -> None:
    segments = show_widget(Segmented(look, [Choice("p", "Predicted"), Choice("n", "Noisy")], name="What to show"))
    chosen = record_signal(segments.chosen)
    segments.set_choice("n")
    assert chosen == []
    QTest.mouseClick(segments.findChildren(QWidget)[0], LEFT)
    assert chosen == [("p",)] and segments.choice() == "p"


def test_the_key_of_a_button_presses_it_and_is_in_its_tooltip(look: Theme) -> None:
    button = show_widget(mark(look, "x", "Back to the picture", key="Escape"))
    pressed = record_signal(button.clicked)
    QTest.keyClick(button, Qt.Key.Key_Escape)
    assert len(pressed) == 1
    assert (button.toolTip(), button.accessibleName()) == ("Back to the picture (Esc)", "Back to the picture")


def test_a_folded_section_opens_by_key(look: Theme) -> None:
    folded = show_widget(Collapsible(look, title="More", summary="eta, device"))
    inside = QLabel("inside")
    folded.add(inside)
    toggled = record_signal(folded.toggled)
    assert not inside.isVisible() and "eta" in folded.head.text()
    QTest.keyClick(folded.head, Qt.Key.Key_Space)
    assert inside.isVisible() and folded.is_open() and toggled == [(True,)]


def test_a_widget_that_is_added_later_takes_its_place_in_the_tab_order(look: Theme) -> None:
    section = show_widget(Collapsible(look, title="More"))
    first, last, added = (TextLine(name) for name in ("first", "last", "added"))
    row = QWidget()
    fields = [TextLine(name) for name in ("left", "right")]
    column = QVBoxLayout(row)
    column.addLayout(inner := QVBoxLayout())
    column.addWidget(fields[1])
    inner.addWidget(fields[0])
    section.add(first, last)
    section.set_open(True)
    before = {id(each) for each in Shiboken.getAllValidWrappers() if isinstance(each, QLayoutItem)}
    section.add(row, at=1)
    section.add(added, at=0)
    # The objects of Qt's items would be taken for widgets that Qt creates at their addresses later.
    items = [each for each in Shiboken.getAllValidWrappers() if type(each) is QWidgetItem and id(each) not in before]
    assert items == []
    # Qt shows added widgets a little later.
    wait_until(lambda: added.isVisible() and row.isVisible())
    section.head.setFocus()
    for each in (added, first, *fields, last):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is each


def test_notices_offer_actions_and_disappear(look: Theme) -> None:
    room = show_widget(QWidget(), width=700, height=400)
    notices = Notices(look, room)
    helped: list[str] = []
    notices.show_notice("Not enough memory", "Smaller parts were made.", kind="error", seconds=0)
    notices.show_notice("Saved", seconds=0)
    first, saved = notices.shown
    front = room.childAt(first.geometry().center())
    assert first.geometry() == saved.geometry() and first.isAncestorOf(front), "an error is in front"
    saved.dismiss()
    second = notices.show_notice("Deleted", action="Undo", on_action=lambda: helped.append("undone"), seconds=0)
    front = room.childAt(first.geometry().center())
    assert first.geometry() == second.geometry() and second.isAncestorOf(front), "a newer offer is in front"
    first.take_focus()
    assert first.isAncestorOf(room.childAt(first._close_button.geometry().center() + first.pos()))
    room.resize(900, 400)
    assert first.geometry().right() < second.geometry().left() and first.y() == second.y()
    button = next(child for child in second.findChildren(QWidget) if child.accessibleName() == "Undo")
    QTest.mouseClick(button, LEFT)
    assert helped == ["undone"] and notices.shown == [first]
    QTest.keyClick(first, Qt.Key.Key_Escape)
    assert notices.shown == []


def test_a_notice_cuts_no_line_at_any_width(look: Theme) -> None:
    room = show_widget(QWidget(), width=700, height=400)
    notices = Notices(look, room)
    saved = "The picture predicted at this step is in the gallery."
    long = "Clear it, or write what the mask shows. " * 4
    for title, text in (("Step 4 saved", saved), ("Your prompt is not the picture's", long), ("Saved", saved)):
        notice = notices.show_notice(title, text, action="Use its prompt", on_action=room.update, seconds=0)
        labels = (*notice._whole, *notice._short)
        for width in range(360, 760):
            room.resize(width, 400)
            layout = notice.layout()
            assert layout is not None
            layout.activate()
            visible = [part for part in labels if part.isVisible()]
            needed = [part.heightForWidth(part.width()) if part.wordWrap() else 0 for part in visible]
            assert all(part.height() >= height for part, height in zip(visible, needed, strict=True)), width
            is_whole = [part for part in labels if part.text() and not part.isHidden()] == [
                part for part in notice._whole if part.text()
            ]
            assert is_whole == notice._more_button.isHidden(), width
            if (shown := notice._short[0]).isVisible():
                assert shown.shown() == title, width
        notices.clear()


def test_a_notice_shortens_a_long_value(look: Theme) -> None:
    room = show_widget(QWidget(), width=700, height=400)
    notices = Notices(look, room)
    notice = notices.show_notice("x " * 50_000, f"There is no style called {'y ' * 50_000!r}.", kind="error", seconds=0)
    words = [label.text() for label in notice.findChildren(QLabel)] + [notice.accessibleName()]
    assert max(map(len, words)) < 500
    again = notices.show_notice("x " * 50_000, f"There is no style called {'y ' * 50_000!r}.", kind="error", seconds=0)
    assert notices.shown == [again]
    words = "a prompt of many words, " * 10_000
    assert len(notices.show_notice("Queued", words).text) < 700


def test_a_notice_is_not_repeated_and_the_oldest_is_replaced(look: Theme) -> None:
    room = show_widget(QWidget(), width=700, height=400)
    notices = Notices(look, room)
    for text in ("a.png", "b.png", "a.png"):
        notices.show_notice("Deleted", text, seconds=0)
    assert [notice.text for notice in notices.shown] == ["b.png", "a.png"]
    for title in ("One", "Two", "Three"):
        notices.show_notice(title, seconds=0)
    assert [notice.title for notice in notices.shown] == ["Two", "Three"]
    notices.clear()
    notices.show_notice("Not saved", kind="error", action="Try again", seconds=0)
    for title in ("One", "Two", "Three"):
        notices.show_notice(title, seconds=0)
    assert [notice.title for notice in notices.shown] == ["Not saved", "Three"]


def test_a_notice_that_lasts_makes_room_for_others_last_and_is_kept_as_unread(look: Theme) -> None:
    room = show_widget(QWidget(), width=700, height=400)
    notices = Notices(look, room)
    unread: list[str] = []
    notices.unread.connect(lambda notice: unread.append(notice.title))

    def show(title: str, *, kind: str = "info", seconds: float = 3600, lasts: bool = False) -> list[str]:
        notices.show_notice(title, kind=kind, seconds=seconds, lasts=lasts)
        return [notice.title for notice in notices.shown]

    assert show("Stopped", lasts=True) == ["Stopped"]
    show("Saved")
    assert show("Deleted") == ["Stopped", "Deleted"] and not unread
    room.resize(700, 200)
    assert show("Renamed") == ["Stopped", "Renamed"], "short notices cover more of a low page for a while"
    room.resize(700, 400)
    assert show("Not saved", kind="error") == ["Stopped", "Not saved"] and not unread
    notices.set_offers_aside()
    assert show("Stopped again", lasts=True) == ["Not saved", "Stopped again"] and unread == ["Stopped"]
    # A notice that the user has opened makes room only for another such notice.
    notices.set_offers_aside()
    assert unread == ["Stopped", "Stopped again"]
    assert show("Stopped", seconds=0, lasts=True) == ["Not saved", "Stopped"]
    assert show("Saved") == ["Stopped", "Saved"] and unread[2:] == ["Not saved"]
    assert show("Not saved", kind="error", seconds=0) == ["Stopped", "Not saved"]
    show("Copied")
    assert show("Deleted")[:2] == ["Stopped", "Not saved"]
    notices.shown[0].dismiss()
    assert unread[3:] == [], "the user has closed it"


def test_a_long_text_shows_its_beginning(look: Theme) -> None:
    field = show_widget(TextLine("Name"), width=120, height=32)
    field.clearFocus()
    field.setText("a very long name that does not fit into its field")
    assert field.cursorPosition() == 0
    field.setFocus()
    field.setText("another long name that does not fit into its field")
    assert field.cursorPosition() == len(field.text())


def test_notices_are_at_the_bottom_edge_of_their_area(look: Theme) -> None:
    room = show_widget(QWidget(), width=900, height=600)
    notices = Notices(look, room, area=lambda: QRect(200, 0, 500, room.height() - 100))
    long = notices.show_notice("Failed", "Sentences that are longer than the line. " * 9, kind="error", seconds=0.05)
    for height in (600, 500):
        room.resize(900, height)
        box = long.geometry()
        assert height - 100 - STRIP_HEIGHT <= box.top() and box.bottom() < height - 100
        assert box.center().x() in (449, 450)
    shown = [part for part in long.findChildren(QLabel) if part.isVisible() and part.text().startswith("Sentences")]
    assert len(shown) == 1 and shown[0].shown().endswith("…")
    # The user asks for the rest, which then stays.
    QTest.mouseClick(long._more_button, LEFT)
    assert wait_until(lambda: long.height() > 1.5 * STRIP_HEIGHT), "it shows several lines"
    (whole,) = [part for part in long.findChildren(QLabel) if part.isVisible() and part.text().startswith("Sentences")]
    assert whole.height() >= whole.heightForWidth(whole.width()) and long.geometry().bottom() == box.bottom()
    assert not wait_until(lambda: not notices.shown, seconds=0.1)


def test_a_notice_stays_while_it_has_the_focus(look: Theme) -> None:
    notices = Notices(look, show_widget(QWidget(), width=700, height=400))
    notice = notices.show_notice("Deleted", action="Undo", seconds=0.02)
    notice._button.setFocus()
    assert not wait_until(lambda: not notices.shown, seconds=0.1)
    notice._button.clearFocus()
    assert wait_until(lambda: not notices.shown)


def test_a_search_field_shortens_a_placeholder_that_does_not_fit(look: Theme) -> None:
    field = show_widget(SearchField(look, title="A title that is much longer than its field"), width=160, height=32)
    assert field.placeholderText() == "Search…" and field.accessibleName().startswith("A title")
    field.resize(600, 32)
    assert field.placeholderText() == "A title that is much longer than its field…"


def test_a_search_runs_after_typing_and_escape_clears_it(look: Theme) -> None:
    field = show_widget(SearchField(look))
    searched = record_signal(field.searched)
    QTest.keyClicks(field, "fox")
    assert searched == []
    assert wait_until(lambda: searched == [("fox",)])
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert searched[-1] == ("",) and field.text() == ""


def test_a_narrow_control_shows_the_chosen_segment_and_a_click_selects_the_next(look: Theme) -> None:
    choices = [Choice("p", "Predicted"), Choice("n", "Noisy"), Choice("d", "Difference")]
    segments = show_widget(Segmented(look, choices, name="Look"))
    chosen = record_signal(segments.chosen)
    segments.set_offered({"n": False}, "Not for this picture")
    assert [button.toolTip() for button in segments.findChildren(QToolButton)][:2] == [
        "Predicted",
        "Not for this picture",
    ]
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


def test_the_focus_of_segments_follows_the_selection(look: Theme) -> None:
    choices = [Choice("p", "Predicted"), Choice("n", "Noisy"), Choice("d", "Difference")]
    segments = show_widget(Segmented(look, choices, name="Look"))
    buttons = segments.findChildren(QToolButton)
    buttons[0].setFocus()
    QTest.mouseClick(buttons[1], LEFT)
    assert buttons[1].hasFocus(), "a frame around the first would look like the selection"
    segments.set_alone(True)
    QTest.keyClick(buttons[1], Qt.Key.Key_Space)
    assert segments.choice() == "d" and buttons[2].hasFocus()
    buttons[2].clearFocus()
    QTest.mouseClick(buttons[2], LEFT)
    assert segments.choice() == "p" and not buttons[0].hasFocus()


def test_typing_finds_an_entry_by_any_part_and_home_goes_to_the_first(look: Theme) -> None:
    choices = [
        Choice("euler", "Euler", group="First"),
        Choice("dpm", "DPM++ 2M", group="Second"),
        Choice("ddim", "DDIM"),
    ]
    box = show_widget(Combo(look, name="Scheduler"))
    box.set_choices(choices)
    box.set_choice("euler")
    QTest.keyClicks(box.view(), "2m")
    assert box.view().currentIndex().data() == "DPM++ 2M"
    QTest.keyClick(box.view(), Qt.Key.Key_Home)
    assert box.view().currentIndex().data() == "Euler", "not the heading above it"
    QTest.keyClick(box.view(), Qt.Key.Key_End)
    assert box.view().currentIndex().data() == "DDIM"


def test_pasting_a_picture_does_not_empty_a_number(look: Theme) -> None:
    edit = show_widget(NumberEdit(name="Steps", low=1, high=100))
    edit.set_number(20)
    edit.selectAll()
    QApplication.clipboard().setImage(QImage(4, 4, QImage.Format.Format_RGB32))
    # Sent without QTest, which warns about a key that the field leaves to the window.
    pasted = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QApplication.sendEvent(edit, pasted)
    assert edit.text() == "20"
    QApplication.clipboard().setText("30")
    QTest.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert edit.text() == "30"


def test_a_folder_dialog_starts_in_the_nearest_existing_folder(look: Theme, tmp_path: Path) -> None:
    room = show_widget(QWidget())
    ask_folder(room, "Folder", lambda _: None, at=tmp_path / "exports" / "icons")
    (chooser,) = room.findChildren(QFileDialog)
    assert Path(chooser.directory().absolutePath()) == tmp_path
    chooser.close()
