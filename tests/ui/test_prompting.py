"""Writing prompts: how often words count, mistakes, tokens, how they could go on; by function and in the window."""

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

from gdm_studio.models.about import About
from gdm_studio.models.accepts import Accepts
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families.stable_diffusion.windows import counted
from gdm_studio.models.held import Held, of_card
from gdm_studio.models.vocabulary import Vocabulary
from gdm_studio.ui.create.prompting.completing import Known, completions
from gdm_studio.ui.create.prompting.mistakes import mistakes
from gdm_studio.ui.create.prompting.names import Names, names_of
from gdm_studio.ui.create.prompting.weighing import weighed
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets import PromptBox
from gdm_studio.ui.widgets.prompt_box import LINE
from gdm_studio.ui.widgets.prompt_list import PromptList
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.looks import shown, theme
from tests.helpers.opened import hover, opened, until
from tests.ui.test_flow import generated

CTRL = Qt.KeyboardModifier.ControlModifier
KIND = "Stable Diffusion 1"


def line(name: str, family: str, *, parameters: int = 1) -> Held:
    return Held(name, Path(f"{name}.safetensors"), name, family, "2026-01-01", parameters, "", "", 1)


HELD = [
    line("Ink Wash", f"LoRA · {KIND}"),
    line("ink_lines", "LoRA"),
    line("Grain", "LoCon · SDXL"),
    line("easynegative", f"Embedding · {KIND}", parameters=8 * 768),
    line("far", "Embedding · SDXL", parameters=2 * 2048),
    line("other", "VAE"),
]


class Weighing(GaussianLibrary):
    """A model whose prompts have weights, and what such prompts name."""

    CARD = replace(CARD, summary=f"{KIND}, for tests", accepts=Accepts(prompt="webui"))

    def cards(self) -> list[ModelCard]:
        return [self.CARD]

    def card(self, name: str) -> ModelCard:
        super().card(name)
        return self.CARD

    def held(self) -> list[Held]:
        return [of_card(self.CARD, About()), *HELD]


class Reading(GaussianLibrary):
    """A model of plain prompts that knows some words."""

    CARD = replace(CARD, vocabulary=Vocabulary("fox foxes forest foxglove apple"))

    def cards(self) -> list[ModelCard]:
        return [self.CARD]

    def card(self, name: str) -> ModelCard:
        super().card(name)
        return self.CARD


def _marked(text: str) -> tuple[str, int, int]:
    """A text without its marks | at both ends of what is chosen, and where they were."""
    start = text.index("|")
    end = text.rindex("|")
    return text.replace("|", ""), start, end - (end != start)


def _moved(text: str, by: float) -> str | None:
    found = weighed(*_marked(text), by)
    if found is None:
        return None
    last = "|" if found.end != found.start else ""
    return f"{found.text[:found.start]}|{found.text[found.start:found.end]}{last}{found.text[found.end:]}"


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
def test_what_is_chosen_counts_more_or_less(text: str, more: str | None, less: str | None) -> None:
    assert (_moved(text, 0.1), _moved(text, -0.1)) == (more, less)


def test_more_and_less_again_is_the_prompt_that_it_was() -> None:
    text, start, end = "a red fox, sitting", 3, 3
    for by in (*[0.1] * 9, *[-0.1] * 14, *[0.1] * 5):
        found = weighed(text, start, end, by)
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
        ("<lora:ink_lines:high>", [("<lora:ink_lines:high>", "“high” is no number, so ink_lines counts once.")]),
        ("a <lora:ink_lines:1", [("<lora:ink_lines:1", "called like <lora:name:1>")]),
        ("<lora:a (b):1> (", [("<lora:a (b):1>", "no LoRA"), ("(", "never closed")]),
        ("embedding:easynegative", [("embedding:easynegative", "by its name alone: easynegative.")]),
        ("embedding:nothing", [("embedding:nothing", "no embedding called “nothing”")]),
        ("far away, farm", [("far", "far is for SDXL, this model is Stable Diffusion 1, and read as a word.")]),
        (f"<lora:{'x' * 500}:1>", [(f"<lora:{'x' * 500}:1>", f"“{'x' * 59}…”")]),
    ],
)
def test_mistakes_are_told_where_they_are(text: str, found: list[tuple[str, str]]) -> None:
    said = mistakes(text, NAMES)
    assert [text[each.start : each.end] for each in said] == [where for where, _ in found]
    assert all(sentence in each.sentence for each, (_, sentence) in zip(said, found, strict=True))


def test_of_what_is_not_known_nothing_is_said() -> None:
    assert mistakes("<lora:ink_lines:1> far", replace(NAMES, base="")) == []
    assert [each.start for each in mistakes("(" * 2000, Names())] == [*range(2000)]


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
        ("a fox|", ["foxes", "foxglove"]),
    ],
)
def test_how_a_prompt_could_go_on(text: str, offered: list[str]) -> None:
    known = Known(NAMES, ("apple", "forest", "fox", "foxes", "foxglove"), ("a red fox", "blue", "a red house"))
    text, cursor, _ = _marked(text)
    assert [each.text for each in completions(text, cursor, known)] == offered
    for each in completions(text, cursor, replace(known, names=None)):
        assert not each.text.startswith("<")


def test_an_adapter_that_is_written_already_is_taken_the_place_of() -> None:
    first, _ = completions("a <lora:in:0.5> b", 10, Known(NAMES))
    assert (first.text, first.start, first.end) == ("<lora:Ink Wash:1>", 2, 15)


def test_tokens_are_counted_in_windows_and_without_torch() -> None:
    assert counted("") == (0, 75) and counted("a red fox <lora:x:1>") == (3, 75)
    assert counted("a (red:1.3) [fox]") == (3, 75) and counted("a BREAK b") == (76, 150)
    assert counted("word " * 80) == (80, 150) and counted("[a:a red fox:0.5]") == (3, 75)
    assert counted("an easynegative", {"easynegative": 8}) == (9, 75)
    module = "gdm_studio.models.families.stable_diffusion.windows"
    told = f"import sys; from {module} import counted; print(counted('a fox'), 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.strip() == "(2, 75) False"


def test_a_mouse_that_rests_where_the_list_comes_up_chooses_nothing() -> None:
    look = theme()
    window = shown(QWidget(), 300, 300)
    box = PromptBox(look, parent=window)
    box.resize(280, 120)
    box.show()
    box.editor.setFocus()
    _keys(box, "a fo")
    entries = completions("a fo", 4, Known(None, ("fox",), ("a fox", "a foal")))
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


# in the window


def _said(box: PromptBox) -> list[str]:
    return [each.text() for each in box.findChildren(QLabel) if each.isVisible()]


def _list(window: Window) -> PromptList | None:
    return next((each for each in window.findChildren(PromptList) if each.isVisible()), None)


def _keys(box: PromptBox, text: str) -> None:
    QTest.keyClicks(box.editor, text)


def _key(box: PromptBox, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(box.editor, key, modifiers)


def _anew(box: PromptBox, text: str, *, pasted: str = "") -> None:
    """Types over all that is there, after what no keyboard has."""
    box.editor.setFocus()
    _key(box, Qt.Key.Key_A, CTRL)
    _key(box, Qt.Key.Key_Delete)
    box.editor.insertPlainText(pasted)
    _keys(box, text)


def test_weights_by_keys_each_taken_back_alone(home: Path) -> None:
    async def play(window: Window) -> None:
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

    opened(play, library=Weighing())


def test_a_plain_prompt_has_no_weights_and_counts_words(home: Path) -> None:
    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        _anew(box, "a (red fox")
        _key(box, Qt.Key.Key_Up, CTRL)
        assert box.text() == "a (red fox" and "3 words" in _said(box)
        box.rested.emit()
        assert not box.editor.extraSelections()

    opened(play)


def test_tokens_and_mistakes_of_what_is_written(home: Path) -> None:
    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        _anew(box, "a red fox, <lora:inkwash:1>", pasted="\U0001f98a ")
        await until(lambda: any(each.endswith(" / 75") for each in _said(box)))
        await until(lambda: any("there is “Ink Wash”" in each for each in _said(box)))
        (mark,) = box.editor.extraSelections()
        assert mark.cursor.selectedText() == "<lora:inkwash:1>"  # type: ignore[attr-defined]
        look = mark.format.underlineStyle()  # type: ignore[attr-defined]
        assert look == QTextCharFormat.UnderlineStyle.WaveUnderline
        _anew(box, "easynegative")
        await until(lambda: "8 / 75" in _said(box))
        await until(lambda: not box.editor.extraSelections())
        _anew(box, "word " * 80)
        await until(lambda: "80 / 150" in _said(box))
        _anew(box, "a ((b")
        await until(lambda: any(each.endswith("And 1 more.") for each in _said(box)))

    opened(play, library=Weighing())


def test_prompts_may_be_written_in_plain_words(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        box, grammar = controls.prompt, controls.more.grammar_box
        assert ("Prompt grammar", grammar) in controls.parts() and controls.request().grammar == "webui"
        _anew(box, "a (red fox")
        await until(lambda: bool(box.editor.extraSelections()))
        grammar.pick("plain")
        assert controls.request().grammar == "plain" and controls.more.is_set
        await until(lambda: not box.editor.extraSelections() and "4 / 75" in _said(box))
        _key(box, Qt.Key.Key_Up, CTRL)
        box.rested.emit()
        assert box.text() == "a (red fox" and not box.editor.extraSelections()
        controls.reset()
        assert controls.request().grammar == "webui" and grammar.choice() == "auto"
        await until(lambda: bool(box.editor.extraSelections()))

    opened(play, library=Weighing())
    opened(_shows_no_grammar)


async def _shows_no_grammar(window: Window) -> None:
    controls = window.create_page.controls
    assert "Prompt grammar" not in dict(controls.parts())
    controls.draft.change(grammar="plain")
    assert controls.request().grammar == "auto" and not controls.more.is_set


def test_an_adapter_is_completed_by_keys_alone_and_taken_back_alone(home: Path) -> None:
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
        assert box.text() == "a fox <lora:ink_lines:1>" and window.making.job is None
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

    opened(play, library=Weighing())


def test_former_prompts_and_words_that_the_model_met_are_offered_and_enter_still_generates(home: Path) -> None:
    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        box.set_text("a red fox in the snow")
        await generated(window)
        window.prompting._recalled = -99.0
        _anew(box, "a red fox")
        await until(lambda: _list(window))
        listed = _list(window)
        assert listed is not None and listed.currentIndex().row() == -1
        model = listed.model()
        assert [model.index(row, 0).data() for row in range(model.rowCount())] == [
            "a red fox in the snow", "foxes", "foxglove",
        ]  # fmt: skip
        below = box.editor.mapTo(window, QPoint(0, 0)).y()
        assert listed.y() > below and listed.geometry().right() <= window.width()
        place = listed.geometry()
        _keys(box, "e")
        await until(lambda: listed.model().rowCount() == 1)
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
        await until(lambda: window.making.job is not None or len(list((home / "pictures").rglob("*.png"))) == 2)

    opened(play, library=Reading())


def test_words_of_a_set_that_the_model_never_met_are_told_under_the_list(home: Path) -> None:
    async def play(window: Window) -> None:
        window.ways.turn_set(True)
        things = window.create_page.controls.things
        things.set_text("fox\nquux\napple\nzzyx")
        await until(things._about.isVisible)
        assert things._about.text() == '"quux" and "zzyx" are unknown to Gaussian'
        things.set_text("fox")
        await until(lambda: not things._about.isVisible())
        window.ways.turn_set(False)
        prompt = window.create_page.controls.prompt
        prompt.set_text("a quux " * 32)
        await until(prompt._about.isVisible)
        await until(lambda: prompt.editor.height() >= 3 * LINE + 24)  # the usual three, whatever is said below

    opened(play, library=Reading())
