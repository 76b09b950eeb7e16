"""Prompt editing: weights, mistakes, token counts and completions, as functions and in the window."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.families.stable_diffusion.token_windows import count_tokens
from gdm_studio.models.installed.description import Description
from gdm_studio.models.installed.model_table import ModelTableRow, row_of_card
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.vocabulary import Vocabulary
from gdm_studio.request.generation_request import Request
from gdm_studio.request.prompt_expansion import drawn
from gdm_studio.ui.create.prompt.adapter_names import AdapterNames, NamedAddition, names_of
from gdm_studio.ui.create.prompt.completions import KnownWords, find_completions
from gdm_studio.ui.create.prompt.prompt_box import LINE, PromptBox
from gdm_studio.ui.create.prompt.prompt_checker import find_mistakes, find_negative_mistakes
from gdm_studio.ui.create.prompt.prompt_list import PromptList
from gdm_studio.ui.create.prompt.weight_editing import change_weight
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.fields import TextLine
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.widgets import show_widget, theme
from tests.helpers.window import click, hover, run_in_window, until
from tests.ui.test_flow import generated

CTRL = Qt.KeyboardModifier.ControlModifier
KIND = "Stable Diffusion 1"


def line(name: str, family: str, *, parameters: int = 1) -> ModelTableRow:
    return ModelTableRow(name, Path(f"{name}.safetensors"), name, family, "2026-01-01", parameters, "", "", 1)


HELD = [
    line("Ink Wash", f"LoRA · {KIND}"),
    line("ink_lines", "LoRA"),
    line("Grain", "LoCon · SDXL"),
    line("easynegative", f"Embedding · {KIND}", parameters=8 * 768),
    line("far", "Embedding · SDXL", parameters=2 * 2048),
    line("other", "VAE"),
]


class Weighing(GaussianLibrary):
    """Model with weighted prompts and a list of the names that they may use."""

    CARD = replace(CARD, summary=f"{KIND}, for tests", accepts=Capabilities(prompt="webui"))

    def cards(self) -> list[ModelCard]:
        return [self.CARD]

    def card(self, name: str) -> ModelCard:
        super().card(name)
        return self.CARD

    def model_table(self) -> list[ModelTableRow]:
        return [row_of_card(self.CARD, Description()), *HELD]


class Reading(GaussianLibrary):
    """Model of plain prompts with a vocabulary."""

    CARD = replace(CARD, vocabulary=Vocabulary("fox foxes forest foxglove apple"))

    def cards(self) -> list[ModelCard]:
        return [self.CARD]

    def card(self, name: str) -> ModelCard:
        super().card(name)
        return self.CARD


def _marked(text: str) -> tuple[str, int, int]:
    """Return the text without the two | marks around its selection, and the positions of the marks."""
    start = text.index("|")
    end = text.rindex("|")
    return text.replace("|", ""), start, end - (end != start)


def _moved(text: str, by: float) -> str | None:
    found = change_weight(*_marked(text), by)
    if found is None:
        return None
    last = "|" if found.end != found.start else ""
    return f"{found.text[: found.start]}|{found.text[found.start : found.end]}{last}{found.text[found.end :]}"


@pytest.mark.parametrize(
    ("text", "more", "less"),
    [
        ("a r|ed fox", "a (r|ed:1.1) fox", "a (r|ed:0.9) fox"),
        ("a |red fox |x", "a (|red fox|:1.1) x", "a (|red fox|:0.9) x"),
        ("(red:1.1|) fox", "(red|:1.2) fox", "red| fox"),
        ("(red:1.1)| fox", "(red|:1.2) fox", "red| fox"),
        ("a |(red:1.2)| b", "a (|red|:1.3) b", "a (|red|:1.1) b"),
        ("a (|red|:1.2) b", "a (|red|:1.3) b", "a (|red|:1.1) b"),
        ("a (re|d) b", "a (re|d:1.2) b", "a re|d b"),
        ("((w|ord))", "((w|ord:1.2))", "(w|ord)"),
        ("(a (b|c:1.3) d)", "(a (b|c:1.4) d)", "(a (b|c:1.2) d)"),
        ("(an (old|:1.05) tree)", "(an (old|:1.15) tree)", "(an (old|:0.95) tree)"),
        ("(dim:0.05|)", "(dim|:0.15)", "(dim|:0)"),
        ("[r|ed]", "[(r|ed:1.1)]", "[(r|ed:0.9)]"),
        (r"a \(b|\)", r"a \((b|:1.1)\)", r"a \((b|:0.9)\)"),
        ("<lora:x:0|.8>", "<lora:x:0.9|>", "<lora:x:0.7|>"),
        ("a <lora:x>|", "a <lora:x:1.1|>", "a <lora:x:0.9|>"),
        ("<lora:x:1:0|.5> b", "<lora:x:1:0.6|> b", "<lora:x:1:0.4|> b"),
        ("<lora:x:0|>", "<lora:x:0.1|>", "<lora:x:-0.1|>"),
        ("[a:b:0|.5]", None, None),
        ("a | b", None, None),
        ("|(red| fox)", None, None),
        ("re|d <lora|:x:1>", None, None),
        ("|", None, None),
    ],
)
def test_the_weight_of_the_selection_is_raised_and_lowered(text: str, more: str | None, less: str | None) -> None:
    assert (_moved(text, 0.1), _moved(text, -0.1)) == (more, less)


def test_raising_and_lowering_a_weight_restores_the_prompt() -> None:
    text, start, end = "a red fox, sitting", 3, 3
    for by in (*[0.1] * 9, *[-0.1] * 14, *[0.1] * 5):
        found = change_weight(text, start, end, by)
        assert found is not None
        text, start, end = found.text, found.start, found.end
    assert (text, start, end) == ("a red fox, sitting", 3, 3)


NAMES = names_of(HELD, KIND)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a (red:1.2) [fox] <lora:ink wash:0.8> easynegative", []),
        ("<lora:ink wash.safetensors:1>, <lora:ink_lines>", []),
        (r"a \(sign\) and \[one\]", []),
        ("a (red fox", [("(", "never closed; add “)”")]),
        ("a [red (fox]", [("(", "never closed")]),
        ("[red", [("[", "add “]”")]),
        ("a red) fox", [(")", "closes no bracket")]),
        ("<lora:inkwash:1>", [("<lora:inkwash:1>", "no LoRA called “inkwash”; there is “Ink Wash”.")]),
        ("<lora:zebra:1>", [("<lora:zebra:1>", "“zebra”; put its file into the models folder.")]),
        ("<lora:grain:1>", [("<lora:grain:1>", "Grain is for SDXL, this model is Stable Diffusion 1.")]),
        (
            "<lora:ink_lines:high>",
            [("<lora:ink_lines:high>", "“high” is not a number, so ink_lines has the weight 1.")],
        ),
        (
            "<lora:ink_lines:0.5:lbw=ALL>",
            [("<lora:ink_lines:0.5:lbw=ALL>", "“lbw=ALL” has no effect here; only the weights of ink_lines count.")],
        ),
        (
            "a (red:1,2), <lora:ink_lines:1>",
            [(":1,2)", "“:1,2)” is read as text; a weight is written like (word:1.2).")],
        ),
        ("[red:blue:50%] （fox：1.2）", [(":50%]", "is read as text"), ("：1.2）", "is read as text")]),
        ("a (red:.5) [a:b:7] (3:2) 16:9, (see 10:30,5", [("(", "never closed")]),
        ("a <lora:ink_lines:1", [("<lora:ink_lines:1", "Write a LoRA as <lora:name:1>")]),
        ("<lora:a (b):1> (", [("<lora:a (b):1>", "no LoRA"), ("(", "never closed")]),
        ("embedding:easynegative, <embed:easynegative> (embedding:sub/easynegative.pt:1.2)", []),
        ("embedding:easynegativ", [("embedding:easynegativ", "there is “easynegative”.")]),
        ("<embed:nothing>", [("<embed:nothing>", "no embedding called “nothing”")]),
        ("embedding:far", [("far", "far is for SDXL and read as a word")]),
        ("a fox AND an owl :0.5 AND x", []),
        ("<lora:ink_lines:0,8>", []),
        ("embedding:nothing", [("embedding:nothing", "no embedding called “nothing”")]),
        ("far away, farm", [("far", "far is for SDXL and read as a word; this model is Stable Diffusion 1.")]),
        (f"<lora:{'x' * 500}:1>", [(f"<lora:{'x' * 500}:1>", f"“{'x' * 59}…”")]),
    ],
)
def test_mistakes_are_reported_with_their_position(text: str, found: list[tuple[str, str]]) -> None:
    said = find_mistakes(text, NAMES)
    assert [text[each.start : each.end] for each in said] == [where for where, _ in found]
    assert all(sentence in each.sentence for each, (_, sentence) in zip(said, found, strict=True))


def test_loras_in_a_negative_prompt_are_reported() -> None:
    text = "blurry <lora:ink_lines:1> <lora:zebra:1> <hypernet:x:1>"
    found = find_negative_mistakes(text, NAMES)
    assert [text[each.start : each.end] for each in found] == [
        "<lora:ink_lines:1>",
        "<lora:zebra:1>",
        "<hypernet:x:1>",
    ]
    assert found[0].sentence == (
        "LoRAs have no effect in the negative prompt; write <lora:ink_lines:1> into the prompt."
    )
    assert find_negative_mistakes("blurry easynegative", NAMES) == []
    (joined,) = find_negative_mistakes("a fox AND an owl", NAMES)
    assert joined.sentence.startswith("In a negative prompt, AND joins the texts")


def test_completions_escape_what_a_prompt_would_read() -> None:
    rows = [line("a__b__c", f"LoRA · {KIND}"), line("x{1|2}", "LoRA"), line("bad (v2)", f"Embedding · {KIND}")]
    known = KnownWords(names_of(rows, KIND), is_template=True)
    for typed, expected in (
        ("<lora:a__", "<lora:a__b__c:1>"),
        ("<lora:x", "<lora:x\\{1|2\\}:1>"),
        ("bad", "bad \\(v2\\)"),
    ):
        (entry,) = find_completions(typed, len(typed), known)
        assert entry.text == expected
        # The inserted text is one prompt, in which the name is found.
        assert find_mistakes(drawn(Request(prompt=entry.text)).prompt, known.names) == []
    assert find_completions("<lora:x", 7, replace(known, is_template=False))[0].text == "<lora:x{1|2}:1>"


def test_nothing_is_reported_without_known_names() -> None:
    assert find_mistakes("<lora:ink_lines:1> far", replace(NAMES, base="")) == []
    assert [each.start for each in find_mistakes("(" * 2000, AdapterNames())] == [*range(2000)]


def test_of_plain_words_only_the_tags_of_adapters_are_checked() -> None:
    names = names_of(HELD, "FLUX.1 dev", has_grammar=False)
    (mistake,) = find_mistakes("a (red <hypernet:x:1> far <lora:grain:1>", names)
    assert mistake.sentence == "Grain is for SDXL, this model is FLUX.1 dev." and not names.words
    assert names.suits(NamedAddition("x", "LoRA", "FLUX.1")) and not names.suits(NamedAddition("x", "LoRA", "FLUX.2"))


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("a <lo|", ["<lora:Ink Wash:1>", "<lora:ink_lines:1>"]),
        ("a <|", ["<lora:Ink Wash:1>", "<lora:ink_lines:1>"]),
        ("<lora:line|", ["<lora:ink_lines:1>"]),
        ("<lin|", ["<lora:ink_lines:1>"]),
        ("<lora:grai|", []),
        ("easyn|", ["easynegative"]),
        ("(easyn|", ["easynegative"]),
        ("ea|", []),
        ("easynegative|", []),
        ("easyn|eg", []),
        ("A red|", ["a red fox", "a red house"]),
        ("a red| x", []),
        ("a fores|", ["forest"]),
        ("a foxg|", ["foxglove"]),
        ("a fox|", []),
    ],
)
def test_completions_of_a_prompt(text: str, offered: list[str]) -> None:
    known = KnownWords(NAMES, ("apple", "forest", "fox", "foxes", "foxglove"), ("a red fox", "blue", "a red house"))
    text, cursor, _ = _marked(text)
    assert [each.text for each in find_completions(text, cursor, known)] == offered
    for each in find_completions(text, cursor, replace(known, names=None)):
        assert not each.text.startswith("<")


def test_completing_an_adapter_replaces_the_written_one() -> None:
    first, _ = find_completions("a <lora:in:0.5> b", 10, KnownWords(NAMES))
    assert (first.text, first.start, first.end) == ("<lora:Ink Wash:1>", 2, 15)


def test_tokens_are_counted_in_windows_and_without_torch() -> None:
    assert count_tokens("") == (0, 75) and count_tokens("a red fox <lora:x:1>") == (3, 75)
    assert count_tokens("a (red:1.3) [fox]") == (3, 75) and count_tokens("a BREAK b") == (76, 150)
    assert count_tokens("word " * 80) == (80, 150) and count_tokens("[a:a red fox:0.5]") == (3, 75)
    assert count_tokens("an easynegative", {"easynegative": 8}) == (9, 75)
    module = "gdm_studio.models.families.stable_diffusion.token_windows"
    told = f"import sys; from {module} import count_tokens; print(count_tokens('a fox'), 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.strip() == "(2, 75) False"


def test_a_resting_mouse_under_the_opening_list_selects_nothing() -> None:
    look = theme()
    window = show_widget(QWidget(), 300, 300)
    box = PromptBox(look, parent=window)
    box.resize(280, 120)
    box.show()
    box.editor.setFocus()
    _keys(box, "a fo")
    entries = find_completions("a fo", 4, KnownWords(None, ("fox",), ("a fox", "a foal")))
    box.editor.offer(entries)
    offered = window.findChild(PromptList)
    assert offered is not None and offered.isVisible() and offered.geometry().top() > box.editor.y()
    view = offered.viewport()
    hover(view, QPointF(view.mapFromGlobal(QCursor.pos())))
    assert offered.currentIndex().row() == -1
    hover(view, QPointF(20, 40))
    assert offered.currentIndex().row() == 1
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    assert box.text() == "a foal" and not offered.isVisible()
    _keys(box, "s")
    _key(box, Qt.Key.Key_Z, CTRL)
    assert box.text() == "a foal"
    _key(box, Qt.Key.Key_Z, CTRL)
    assert box.text() == "a fo"


# Tests of the prompt field in the window.


def _said(box: PromptBox) -> list[str]:
    return [each.text() for each in box.findChildren(QLabel) if each.isVisible()]


def _chips(box: PromptBox) -> list[str]:
    return [chip.text for chip in box.chips.chips()]


def _list(window: Window) -> PromptList | None:
    return next((each for each in window.findChildren(PromptList) if each.isVisible()), None)


def _keys(box: PromptBox, text: str) -> None:
    QTest.keyClicks(box.editor, text)


def _key(box: PromptBox, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(box.editor, key, modifiers)


def _anew(box: PromptBox, text: str, *, pasted: str = "") -> None:
    """Replace the whole prompt by typing; characters that no keyboard has are pasted first."""
    box.editor.setFocus()
    _key(box, Qt.Key.Key_A, CTRL)
    _key(box, Qt.Key.Key_Delete)
    box.editor.insertPlainText(pasted)
    _keys(box, text)


async def _check_weight_changes_by_keys_are_undone_one_by_one(window: Window) -> None:
    box = window.create_page.controls.prompt
    _anew(box, "a red fox", pasted="\U0001f98a ")
    _key(box, Qt.Key.Key_Up, CTRL)
    assert box.text() == "\U0001f98a a red (fox:1.1)" == window.create_page.controls.request().prompt
    _key(box, Qt.Key.Key_Up, CTRL)
    assert box.text() == "\U0001f98a a red (fox:1.2)"
    _key(box, Qt.Key.Key_Z, CTRL)
    assert box.text() == "\U0001f98a a red (fox:1.1)"
    _key(box, Qt.Key.Key_Z, CTRL)
    assert box.text() == "\U0001f98a a red fox"
    cursor = box.editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.WordLeft, QTextCursor.MoveMode.KeepAnchor, 2)
    box.editor.setTextCursor(cursor)
    _key(box, Qt.Key.Key_Down, CTRL)
    _key(box, Qt.Key.Key_Down, CTRL)
    assert box.text() == "\U0001f98a a (red fox:0.8)" and box.editor.textCursor().selectedText() == "red fox"
    for _ in range(2):
        _key(box, Qt.Key.Key_Up, CTRL)
    assert box.text() == "\U0001f98a a red fox"


def test_a_plain_prompt_has_no_weights_and_counts_words(home: Path) -> None:
    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        _anew(box, "a (red fox")
        _key(box, Qt.Key.Key_Up, CTRL)
        assert box.text() == "a (red fox" and "3 words" in _said(box)
        box.rested.emit()
        assert not box.editor.extraSelections()

    run_in_window(play)


async def _check_tokens_and_mistakes_of_the_last_prompt_of_an_interpolation_are_shown(window: Window) -> None:
    board = window.tools.boards.interpolation
    window.tools.boards.interpolate()
    (line,) = (each for each in board.view.findChildren(TextLine) if each.accessibleName().startswith("Prompt"))
    line.setText("a fox <lora:inkwash:0.5>")
    await until(lambda: [chip.text for chip in board.view.chips.chips()] == ["Did you mean Ink Wash?"])
    click(board.view.chips.buttons()[0])
    assert board.view.prompt() == "a fox <lora:Ink Wash:0.5>"
    line.setText("word " * 80)
    await until(lambda: [chip.text for chip in board.view.chips.chips()] == ["5 tokens beyond 75"])


async def _check_tokens_and_mistakes_of_the_prompt_are_shown(window: Window) -> None:
    box = window.create_page.controls.prompt
    _anew(box, "a red fox, <lora:inkwash:1>", pasted="\U0001f98a ")
    await until(lambda: any(each.endswith(" / 75") for each in _said(box)))
    await until(lambda: _chips(box) == ["Did you mean Ink Wash?"])
    assert "there is “Ink Wash”" in box.chips.chips()[0].tooltip
    (mark,) = box.editor.extraSelections()
    assert mark.cursor.selectedText() == "<lora:inkwash:1>"  # type: ignore[attr-defined]
    look = mark.format.underlineStyle()  # type: ignore[attr-defined]
    assert look == QTextCharFormat.UnderlineStyle.WaveUnderline
    _anew(box, "easynegative")
    await until(lambda: "8 / 75" in _said(box))
    await until(lambda: not box.editor.extraSelections())
    _anew(box, "word " * 80)
    await until(lambda: "80 / 150" in _said(box))
    await until(lambda: _chips(box) == ["5 tokens beyond 75"])
    _anew(box, "a ((b")
    await until(lambda: _chips(box) == ["“(” is never closed"] * 2)
    _anew(box, "a fox <lora:inkwash:0.5>")
    await until(lambda: _chips(box) == ["Did you mean Ink Wash?"])
    click(box.chips.buttons()[0])
    assert box.text() == "a fox <lora:Ink Wash:0.5>" == window.create_page.controls.request().prompt
    await until(lambda: not _chips(box))


def test_prompts_in_one_window(home: Path) -> None:
    """Check the editing of prompts in one window."""
    run_in_window(
        _check_weight_changes_by_keys_are_undone_one_by_one,
        _check_tokens_and_mistakes_of_the_last_prompt_of_an_interpolation_are_shown,
        _check_tokens_and_mistakes_of_the_prompt_are_shown,
        library=Weighing(),
    )


def test_prompts_may_be_written_in_plain_words(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        box, grammar = controls.prompt, controls.more.grammar_box
        assert ("Prompt grammar", grammar) in controls.parts() and controls.request().grammar == "webui"
        _anew(box, "a (red fox")
        await until(lambda: bool(box.editor.extraSelections()))
        grammar.pick("plain")
        assert controls.request().grammar == "plain" and controls.more.is_changed
        await until(lambda: not box.editor.extraSelections() and "4 / 75" in _said(box))
        _key(box, Qt.Key.Key_Up, CTRL)
        box.rested.emit()
        assert box.text() == "a (red fox" and not box.editor.extraSelections()
        controls.reset()
        assert controls.request().grammar == "webui" and grammar.choice() == "auto"
        await until(lambda: bool(box.editor.extraSelections()))

    run_in_window(play, library=Weighing())
    run_in_window(_shows_no_grammar)


async def _shows_no_grammar(window: Window) -> None:
    controls = window.create_page.controls
    assert "Prompt grammar" not in dict(controls.parts())
    controls.request_draft.change(grammar="plain")
    assert controls.request().grammar == "auto" and not controls.more.is_changed


def test_an_adapter_is_completed_by_keys_and_undone_alone(home: Path) -> None:
    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        _anew(box, "a fox <lo")
        await until(lambda: _list(window))
        _key(box, Qt.Key.Key_Escape)
        assert _list(window) is None and box.text() == "a fox <lo"
        _keys(box, "r")
        await until(lambda: _list(window))
        _key(box, Qt.Key.Key_Down)
        _key(box, Qt.Key.Key_Return)
        assert box.text() == "a fox <lora:ink_lines:1>" and window.generation.job is None
        _keys(box, ", wet")
        assert _list(window) is None
        for _ in range(2):
            _key(box, Qt.Key.Key_Z, CTRL)
        assert box.text() == "a fox <lor"
        _anew(box, "ea")
        _keys(box, "sy")
        await until(lambda: _list(window))
        _key(box, Qt.Key.Key_Left)
        assert _list(window) is None, "it goes with the cursor"

    run_in_window(play, library=Weighing())


def test_earlier_prompts_and_known_words_are_offered_and_enter_generates(home: Path) -> None:
    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        box.set_text("a red fox in the snow")
        await generated(window)
        window.prompt_controller._past_read = -99.0
        _anew(box, "a red fox")
        await until(lambda: _list(window))
        listed = _list(window)
        assert listed is not None and listed.currentIndex().row() == -1
        model = listed.model()
        assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["a red fox in the snow"]
        # The chips below the prompt stay visible.
        below = box.chips.mapTo(window, QPoint(0, box.chips.height())).y()
        assert listed.y() >= below and listed.geometry().right() <= window.width()
        place = listed.geometry()
        _keys(box, "e")
        await until(lambda: listed.model().index(0, 0).data() == "foxes")
        assert listed.geometry().topLeft() == place.topLeft(), "it stays where it is"
        bar = window.create_page.controls._scroll.verticalScrollBar()
        bar.setRange(0, 40)
        bar.setValue(20)
        assert _list(window) is None, "it would be left behind"
        _key(box, Qt.Key.Key_Backspace)
        _keys(box, "e")
        await until(lambda: _list(window) and listed.model().rowCount() == 1)
        _key(box, Qt.Key.Key_Tab)
        assert box.text() == "a red foxe" and QApplication.focusWidget() is not box.editor
        _anew(box, "a red fo")
        await until(lambda: _list(window))
        _key(box, Qt.Key.Key_Down)
        _key(box, Qt.Key.Key_Tab)
        assert box.text() == "a red fox in the snow" and QApplication.focusWidget() is box.editor
        _anew(box, "a red")
        await until(lambda: _list(window))
        _key(box, Qt.Key.Key_Return)
        assert _list(window) is None
        await until(lambda: window.generation.job is not None or len(list((home / "pictures").rglob("*.png"))) == 2)

    run_in_window(play, library=Reading())


def test_unknown_words_of_a_set_are_reported_under_the_list(home: Path, shipped: Library) -> None:
    async def play(window: Window) -> None:
        window.modes.turn_set(True)
        things = window.create_page.controls.things
        things.set_text("fox\nquux\napple\nzzyx")
        await until(things.chips.isVisible)
        assert [chip.text for chip in things.chips.chips()] == ["quux", "zzyx"]
        things.set_text("fox\nelehpant")
        await until(lambda: [chip.text for chip in things.chips.chips()] == ["elehpant → elephant"])
        click(things.chips.buttons()[0])
        assert things.text() == "fox\nelephant"
        await until(lambda: not things.chips.isVisible())
        window.modes.turn_set(False)
        prompt = window.create_page.controls.prompt
        prompt.set_text("a quux " * 32)
        await until(lambda: any(chip.text == "quux" for chip in prompt.chips.chips()))
        # The field keeps its default of three lines, whatever is shown below it.
        await until(lambda: prompt.editor.height() >= 3 * LINE + 24)

    run_in_window(play, library=shipped)
