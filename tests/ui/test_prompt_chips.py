"""Chips below the prompt: how the model reads it, and changes that a click applies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.models.families import read_prompt
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.prompt_reading import PromptReading
from gdm_studio.request.generation_request import RULES, Interpolation
from gdm_studio.request.prompt_templates import draw
from gdm_studio.studio.step_history_calls import is_loaded
from gdm_studio.ui.create.board.interpolation_view import InterpolationView
from gdm_studio.ui.create.panel.subject_list_editor import ThingList, replace_subject, subjects_of
from gdm_studio.ui.create.prompt.chip_texts import chips_of_options
from gdm_studio.ui.create.prompt.completions import KnownWords, find_completions
from gdm_studio.ui.create.prompt.prompt_box import PromptBox
from gdm_studio.ui.create.prompt.prompt_chips import HEIGHT, ChipLook, PromptChip, PromptChipButton, PromptChips
from gdm_studio.ui.create.prompt.prompt_list import PromptList
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.fields import TextLine
from tests.helpers.widgets import record_signal, show_widget, theme, unfold
from tests.helpers.window import click, remaining_problems, run_in_window, until

NEAREST = ["Nearest: pear", "Nearest: tangerine", "Nearest: strawberry"]


def texts(box: PromptBox) -> list[str]:
    return [chip.text for chip in box.chips.chips()]


def button(box: PromptBox, text: str) -> PromptChipButton:
    return next(each for each in box.chips.buttons() if each.chip.text == text)


async def write(box: PromptBox, prompt: str, expected: list[str]) -> None:
    box.set_text(prompt)
    await until(lambda: texts(box) == expected)


async def _check_the_window_shows_what_the_model_will_draw(window: Window) -> None:
    box = window.create_page.controls.prompt
    await write(box, "a cat on a zorblax at sunset", ["cat", "zorblax", "at sunset"])
    assert [chip.look for chip in box.chips.chips()] == [ChipLook.DRAWN, ChipLook.LEFT_OUT, ChipLook.DRAWN]
    assert [each.accessibleName() for each in box.chips.buttons()] == [
        "cat, drawn", "zorblax, unknown and left out", "at sunset, drawn",
    ]  # fmt: skip
    await write(box, "logo for a coffee shop", ["logo", "coffee → hot beverage", "shop"])
    await write(box, "ein blauer Schmetterling", ["blauer → blue", "Schmetterling → butterfly"])
    await write(box, "en blå fjäril", ["Icons does not know this language", "blå", "fjäril"])
    await write(box, "", ["Write what to draw"])
    negative = window.create_page.controls.negative
    unfold(window.create_page.controls)
    await write(negative, "a cat with a frobnicate", ["frobnicate"])
    await write(negative, "", [])
    assert negative.chips.isHidden()


async def _check_a_click_on_a_left_out_thing_draws_it_too(window: Window) -> None:
    controls = window.create_page.controls
    box = controls.prompt
    await write(box, "a green dog on fire", ["green", "dog", "fire"])
    click(button(box, "dog"))
    assert box.text() == "a green dog on fire", "a drawn part does nothing"
    click(button(box, "fire"))
    assert box.text() == "a green dog and a fire" == controls.request().prompt
    await until(lambda: [chip.look for chip in box.chips.chips()] == [ChipLook.DRAWN] * 3)
    QTest.keyClick(box.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "a green dog on fire"
    await write(box, "five yellow stars", ["five yellow stars: draws 1", "yellow", "stars"])
    click(button(box, "five yellow stars: draws 1"))
    assert box.text() == "four yellow stars"
    await write(box, "knives", ["knives → kitchen knife: draws 1"])
    click(button(box, "knives → kitchen knife: draws 1"))
    assert box.text() == "two knives"


def test_chips_name_the_loras_of_the_prompt(home: None, shipped: Library) -> None:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    for name, layer in (("my-lora", "lora_te_blocks_0_query_key_value"), ("foreign", "lora_unet_layer")):
        tensors = {f"{layer}.lora_down.weight": torch.zeros(1, 192), f"{layer}.lora_up.weight": torch.zeros(576, 1)}
        save_file(tensors, paths.models_dir() / f"{name}.safetensors")

    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        await write(box, "a red fox <lora:my-lora:1>", ["LoRA my-lora", "red", "fox"])
        assert button(box, "LoRA my-lora").chip.look is ChipLook.DRAWN
        assert "3 words" in [each.text() for each in box.findChildren(QLabel)]
        await write(box, "a fox <lora:foreign:1>", ["foreign is for another model", "fox"])
        assert button(box, "foreign is for another model").chip.look is ChipLook.PROBLEM
        await write(box, "a fox <lora:zzzz:1>", ["No LoRA “zzzz”", "fox"])
        await write(box, "a (red:1.3) fox", ["No weights here", "red", "fox"])
        await write(box, "a fox <lora:mylora:1>", ["Did you mean my-lora?", "fox"])
        click(button(box, "Did you mean my-lora?"))
        assert box.text() == "a fox <lora:my-lora:1>"
        await write(box, "a foxx <lora:my-lora:0.5>", ["LoRA my-lora", "Did you mean fox?"])
        click(button(box, "Did you mean fox?"))
        assert box.text() == "a fox <lora:my-lora:0.5>"

    run_in_window(play, library=shipped)


async def _check_a_count_names_the_thing_that_it_counts(window: Window) -> None:
    box = window.create_page.controls.prompt
    counted = ["two cats: draws 1", "cats", "three dogs: draws 1", "dogs"]
    await write(box, "two cats and three dogs", counted)
    click(button(box, "three dogs: draws 1"))
    assert box.text() == "two cats and two dogs"
    red = ["two red cats: draws 1", "red", "cats", "three blue dogs: draws 1", "blue", "dogs"]
    await write(box, "two red cats and three blue dogs", red)
    # The counted thing is left out, although an earlier thing is drawn once.
    await write(box, "a bird, a dog and a fox near two cats", ["bird", "dog", "fox", "two cats"])
    cats = button(box, "two cats")
    assert cats.chip.look is ChipLook.LEFT_OUT and cats.accessibleName() == "two cats, left out"


async def _check_a_click_on_a_nearest_drawing_writes_it_instead(window: Window) -> None:
    box = window.create_page.controls.prompt
    await write(box, "an orchard", ["No such drawing: a guess", "orchard", *NEAREST])
    await until(lambda: not any(button(box, text).picture().isNull() for text in NEAREST))
    assert button(box, "orchard").picture().isNull()
    end = box.editor.mapTo(box, box.editor.rect().bottomLeft())
    assert end.y() < box.chips.mapTo(box, QPoint()).y(), "three lines of chips leave the editor whole"
    click(button(box, "Nearest: strawberry"))
    assert box.text() == "a strawberry" == window.create_page.controls.request().prompt
    await until(lambda: texts(box) == ["strawberry"])
    await write(box, "noodles", ["noodles → cup noodles"])
    chip = button(box, "noodles → cup noodles").chip
    assert (chip.look, chip.tooltip) == (ChipLook.PLAIN, "Nearest: cup noodles")


def test_pictures_of_chips_load_no_model_beside_a_running_one(home: None) -> None:
    library = Library()

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        await window.settings.choose_model("ddpm")
        controls.request_draft.change(steps=20, device="cpu", dtype="fp32")
        click(controls.button)
        await until(lambda: window.viewer.view() is not None)
        window.generation.toggle_pause()
        # The weights of Icons are no longer in memory.
        library.release_models()
        choosing = asyncio.ensure_future(window.settings.choose_model("icons-2"))
        await write(controls.prompt, "an orchard", ["No such drawing: a guess", "orchard", *NEAREST])
        for _ in range(10):
            await window.worker.ask(lambda: None)
        request = replace(controls.request(), device="cpu")
        assert not await window.worker.call(is_loaded, request)
        assert all(button(controls.prompt, text).picture().isNull() for text in NEAREST)
        window.generation.toggle_pause()
        await choosing
        await until(lambda: not any(button(controls.prompt, text).picture().isNull() for text in NEAREST))

    run_in_window(play, library=library)


async def _check_a_spelling_is_corrected_by_keys(window: Window) -> None:
    box = window.create_page.controls.prompt
    await write(box, "an elehpant", ["elehpant → elephant"])
    box.editor.setFocus()
    chip = box.chips.buttons()[0]
    for _ in range(2):
        if QApplication.focusWidget() is not chip:
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is chip
    QTest.keyClick(chip, Qt.Key.Key_Return)
    assert box.text() == "an elephant" == window.create_page.controls.request().prompt
    assert QApplication.focusWidget() is box.editor
    await until(lambda: texts(box) == ["elephant"])


async def _check_the_style_decides_on_the_drawing(window: Window) -> None:
    controls = window.create_page.controls
    controls.style_box.pick("")
    await write(controls.prompt, "a boat", ["boat → sailboat or ship"])
    controls.style_box.pick("twemoji")
    await until(lambda: texts(controls.prompt) == ["boat → sailboat"])


def test_chips_wrap_within_the_panel(home: None, shipped: Library) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        box = controls.prompt

        def beyond() -> list[str]:
            return [each.text() for each in box.chips.buttons() if each.geometry().right() > box.chips.width()]

        for size in ((872, 640), (1280, 800), (2560, 1440)):
            window.resize(*size)
            await write(box, "a fox", ["fox"])
            before = controls.button.mapTo(controls, QPoint()).y()
            prompt = "the word HELLO in red letters"
            await write(box, prompt, ["Writes no text: “HELLO”", "word", "HELLO → waving hand", "red", "letters"])
            assert await remaining_problems(beyond) == [], size
            assert box.chips.height() > HEIGHT, size
            assert controls.button.mapTo(controls, QPoint()).y() == before, "the editor gives its empty line"
            await write(box, "x" * 300, ["No such drawing: a guess", "x" * 300])
            assert await remaining_problems(beyond) == [], size

    run_in_window(play, library=shipped)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_chips_have_the_colours_of_the_theme(scheme: str) -> None:
    look = theme()
    look.set_scheme(scheme)
    try:
        chips = show_widget(PromptChips(look), 300, 60)
        chips.set_chips(
            [
                PromptChip("cat", ChipLook.DRAWN, "cat, drawn"),
                PromptChip("sunset", ChipLook.LEFT_OUT, "sunset, left out"),
                PromptChip("Did you mean hat?", ChipLook.SUGGESTION, "Did you mean hat?", "", "a hat"),
                PromptChip("No LoRA", ChipLook.PROBLEM, "No LoRA"),
            ]
        )
        for each, role in zip(chips.buttons(), ("ok", "muted", "accent", "danger"), strict=True):
            each.resize(each.sizeHint())
            picture = each.grab().toImage()
            wanted = look.colour(role)
            nearest = min(
                sum(abs(a - b) for a, b in zip(found.getRgb()[:3], wanted.getRgb()[:3], strict=True))
                for x in range(picture.width())
                for y in range(picture.height())
                if (found := picture.pixelColor(x, y)).alpha() == 255
            )
            # Thin lines are blended with the chip's ground, from which the colours differ by more than 200.
            assert nearest <= 140, role
    finally:
        look.set_scheme("dark")


def test_a_struck_out_chip_leaves_the_shared_font_alone() -> None:
    look = theme()
    chips = show_widget(PromptChips(look), 300, 60)
    chips.set_chips([PromptChip("hat", ChipLook.LEFT_OUT, "hat, left out")])
    chips.grab()
    assert not look.font(12, 500).strikeOut()


def test_only_chips_with_a_change_take_the_focus() -> None:
    chips = show_widget(PromptChips(theme()), 300, 60)
    chosen = record_signal(chips.chosen)
    chips.set_chips(
        [
            PromptChip("cat", ChipLook.DRAWN, "cat, drawn"),
            PromptChip("hat", ChipLook.LEFT_OUT, "hat, left out", "", "a cat and a hat"),
        ]
    )
    cat, hat = chips.buttons()
    assert (cat.focusPolicy(), hat.focusPolicy()) == (Qt.FocusPolicy.NoFocus, Qt.FocusPolicy.TabFocus)
    click(cat)
    assert not chosen
    QTest.keyClick(hat, Qt.Key.Key_Space)
    assert chosen == [("a cat and a hat",)]
    interface = QAccessible.queryAccessibleInterface(hat)
    assert interface.text(QAccessible.Text.Name) == "hat, left out"


def test_further_chips_are_counted() -> None:
    chips = show_widget(PromptChips(theme(), most=3), 300, 60)
    chips.set_chips([PromptChip(f"word{place}", ChipLook.LEFT_OUT, "") for place in range(9)])
    assert [each.chip.text for each in chips.buttons()] == ["word0", "word1", "7 more"]
    mode = PromptChip("mode", ChipLook.SUGGESTION, "", leave=lambda: None)
    chips.set_chips([mode, *(PromptChip(f"word{place}", ChipLook.LEFT_OUT, "") for place in range(3))])
    assert [each.chip.text for each in chips.buttons()] == ["mode", "word0", "word1", "word2"]


def test_completions_leave_the_prompt_visible_and_close_on_a_click() -> None:
    look = theme()
    box = PromptBox(look)
    other = QPushButton("Generate", box)
    other.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for height, top in ((400, 0), (160, 0), (260, 150)):
        window = show_widget(box.window(), 300, height)
        box.editor.setFocus()
        box.set_text("a red fo")
        box.setContentsMargins(0, top, 0, 0)
        QTest.qWait(20)
        past = [f"a red fox {place}" for place in range(4)]
        box.editor.offer(find_completions("a red fo", 8, KnownWords(None, ("fox", "fog", "foal", "fond"), past)))
        listed = window.findChild(PromptList)
        assert listed is not None and listed.isVisible()
        editor = box.editor.geometry().translated(box.editor.parentWidget().mapTo(window, QPoint()))
        assert not listed.geometry().intersects(editor)
        click(other)
        assert not listed.isVisible()


class SlowReader:
    """Replacement of `read_prompt` that waits for `release` before it reads; `prompts` are those it was called with.

    If `held` is given, only these prompts wait. The window may read others again when a model is loaded.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, held: Collection[str] = ()) -> None:
        self.held = held
        self.prompts: list[str] = []
        self.release = threading.Event()
        self.has_read = False
        monkeypatch.setattr("gdm_studio.ui.create.prompt.controller.read_prompt", self)

    def __call__(self, card: ModelCard, prompt: str, style: str = "", **place: Any) -> PromptReading:
        self.prompts.append(prompt)
        if not self.held or prompt in self.held:
            self.release.wait(90)
        self.has_read = True
        return read_prompt(card, prompt, style, **place)


def test_the_prompts_written_during_a_read_are_read_once(
    home: None, monkeypatch: pytest.MonkeyPatch, shipped: Library
) -> None:
    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        await write(box, "a fox", ["fox"])
        reader = SlowReader(monkeypatch)
        box.set_text("a cat")
        await until(lambda: reader.prompts)
        for prompt in ("an owl", "a dog", "a star"):
            box.set_text(prompt)
            box.rested.emit()
            # Let the tasks start.
            await asyncio.sleep(0.02)
        reader.release.set()
        await until(lambda: texts(box) == ["star"])
        assert {"an owl", "a dog"}.isdisjoint(reader.prompts)

    run_in_window(play, library=shipped)


@pytest.mark.parametrize("is_interpolation", [False, True])
def test_the_window_closes_during_a_read(
    home: None, monkeypatch: pytest.MonkeyPatch, shipped: Library, is_interpolation: bool
) -> None:
    readers = []

    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        await write(box, "a fox", ["fox"])
        readers.append(SlowReader(monkeypatch))
        if is_interpolation:
            window.tools.boards.interpolate()
            line = last_prompt(window.tools.boards.interpolation.view)
            line.setText("a cat")
            await until(lambda: readers[0].prompts)
            line.setText("an owl")
            return
        box.set_text("a cat")
        await until(lambda: readers[0].prompts)
        box.set_text("an owl")
        box.rested.emit()

    run_in_window(play, library=shipped)
    has_read = readers[0].has_read
    readers[0].release.set()
    assert not has_read and len(readers[0].prompts) == 1


def test_a_template_is_read_as_the_prompt_that_the_seed_draws(home: Path, shipped: Library) -> None:
    paths.wildcards_dir().mkdir(parents=True)
    (paths.wildcards_dir() / "animal.txt").write_text("owl\n")

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        box = controls.prompt
        controls.request_draft.change(seed=1, seed_locked=True)
        box.set_text("a {red|blue} fox")
        varies = "Varies: red · blue"
        await until(lambda: texts(box) in ([varies, "red", "fox"], [varies, "blue", "fox"]))
        seen = set()
        for seed in range(1, 9):
            controls.request_draft.change(seed=seed)
            (colour,) = {"red", "blue"} & {*controls.request().prompt.split()}
            await until(lambda colour=colour: texts(box) == [varies, colour, "fox"])  # type: ignore[misc]
            seen.add(colour)
        assert seen == {"red", "blue"}
        await write(box, "an __animal__ on fire", ["owl", "fire"])
        assert not any(chip.rewrite for chip in box.chips.chips())
        box.set_text("a {gren|gren} apple")
        await until(lambda: texts(box)[:1] == ["gren apple → green apple"])
        assert box.chips.chips()[0].look is ChipLook.DRAWN and not box.chips.chips()[0].rewrite
        box.set_text("a fox with a {red|blue|green|pink|grey|red} hat")
        await until(lambda: texts(box)[:1] == ["Varies: red · blue · green · pink · …"])
        options = "Varies: – · with a {big|small} hat"
        controls.request_draft.change(seed=next(seed for seed in range(9) if not draw("a{|b}", [seed])[0][1:]))
        await write(box, "a fox{| with a {big|small} hat} __missing__", ["__missing__ cannot be used", options, "fox"])
        problem = box.chips.chips()[0]
        assert problem.look is ChipLook.PROBLEM and "put missing.txt into" in problem.tooltip
        assert [mark.cursor.selectedText() for mark in box.editor.extraSelections()] == ["__missing__"]
        window.modes.turn_set(True)
        controls.things.set_text("a {fox|fox} with a frobnicate\nan elehpant")
        shown = ["frobnicate", "elehpant → elephant"]
        await until(lambda: [chip.text for chip in controls.things.chips.chips()] == shown)
        click(controls.things.chips.buttons()[1])
        assert controls.things.text() == "a {fox|fox} with a frobnicate\nan elephant"

    run_in_window(play, library=shipped)


async def _check_chips_follow_the_rules_of_the_next_image(window: Window) -> None:
    controls = window.create_page.controls
    draft, things = controls.request_draft, controls.things
    earlier = ["swim", "suit → person in tuxedo"]
    draft.change(seed=1, rules=10)
    await write(controls.prompt, "a swim suit", earlier)
    draft.change(rules=11)
    await until(lambda: len(texts(controls.prompt)) == 1)
    draft.change(rules=10)
    await until(lambda: texts(controls.prompt) == earlier)
    # A new seed follows the current rules.
    draft.hold_seed(False)
    await until(lambda: len(texts(controls.prompt)) == 1)
    assert draft.next_request().rules == RULES
    draft.change(seed=1, rules=10)
    window.modes.turn_set(True)
    things.set_text("swim suit")
    await until(lambda: [chip.text for chip in things.chips.chips()] == ["swim"])
    draft.change(seed=1, rules=11)
    await until(lambda: not things.chips.chips())


async def _check_things_from_another_style_are_marked(window: Window) -> None:
    controls = window.create_page.controls
    controls.request_draft.change(style="twemoji", seed_locked=False)
    await write(controls.prompt, "heavy rain", ["heavy rain: one colour, from Bold outline"])
    window.modes.turn_set(True)
    controls.things.set_text("sun\nwind\nfrobnicate")
    # The list marks what needs a comment, and first what is left out.
    shown = ["frobnicate", "wind: one colour, from Bold outline"]
    await until(lambda: [chip.text for chip in controls.things.chips.chips()] == shown)
    controls.request_draft.change(style="icon-park")
    await until(lambda: [chip.text for chip in controls.things.chips.chips()] == ["frobnicate"])
    controls.things.set_text("umbrella")
    await until(lambda: [chip.text for chip in controls.things.chips.chips()] == ["umbrella: from Ink glyph"])


async def _check_only_the_words_that_do_not_vary_are_read_while_the_seed_is_not_locked(window: Window) -> None:
    controls = window.create_page.controls
    varies = "Varies: red · blue · green"
    controls.request_draft.change(seed=1, style="")
    await write(controls.prompt, "{red|blue|green} mushroom", [varies, "mushroom"])
    tooltip = controls.prompt.chips.chips()[0].tooltip
    assert tooltip == "The seed of each picture chooses one. Only the other words are described here."
    controls.request_draft.change(seed_locked=True)
    colour = controls.request().prompt.split()[0]
    await until(lambda: texts(controls.prompt) == [varies, colour, "mushroom"])
    controls.request_draft.change(seed_locked=False)
    await until(lambda: texts(controls.prompt) == [varies, "mushroom"])
    await write(controls.prompt, "{a fox|an owl}", ["Varies: a fox · an owl"])
    window.modes.turn_set(True)
    controls.things.set_text("a {red|frobnicate} fox with a zzyzx")
    shown = ["Sometimes left out: frobnicate", "zzyzx"]
    await until(lambda: [chip.text for chip in controls.things.chips.chips()] == shown)


def test_nothing_is_said_to_be_drawn_if_options_are_not_read(home: Path, shipped: Library) -> None:
    paths.wildcards_dir().mkdir(parents=True)
    (paths.wildcards_dir() / "many.txt").write_text("".join(f"{number}\n" for number in range(65)))

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(seed=1)
        varies = "Varies: red · blue · green · pink · …"
        eight = "red|blue|green|pink|grey|white|black|brown"
        await write(controls.prompt, f"{{{eight}}} fox", [varies, "fox"])
        left_out = "Sometimes left out: zzyzx"
        await write(
            controls.prompt, f"{{{eight}|zzyzx}} fox with a frobnicate", [varies, left_out, "fox", "frobnicate"]
        )
        numbers = "Varies: 0 · 1 · 2 · 3 · …"
        left_out = "Sometimes left out: 0"
        await write(controls.prompt, "__many__ fox with a frobnicate", [numbers, left_out, "frobnicate"])
        left_out = "Sometimes left out: 0"
        await write(controls.prompt, "__many__ foxes", [numbers, left_out])
        await write(controls.prompt, "{red|{blue|green}} fox", ["Varies: red · {blue|green}", "fox"])
        nested = f"{{red|{{{eight}}}|{{{eight}}} {{{eight}}}}}"
        left_out = "Sometimes left out: green · white · red · pink · …"
        await write(
            controls.prompt, f"{nested} fox", [f"Varies: red · {{{eight}}} · {{{eight}}} {{{eight}}}", left_out]
        )

    run_in_window(play, library=shipped)


async def _check_words_that_only_some_options_leave_out_are_told(window: Window) -> None:
    controls = window.create_page.controls
    controls.request_draft.change(seed=1)
    animals = "Varies: a fox · an owl · a zzyzx"
    await write(controls.prompt, "{a fox|an owl|a zzyzx}", [animals, "Sometimes left out: zzyzx"])
    await write(controls.prompt, "{a fox|an owl|a cat}", ["Varies: a fox · an owl · a cat"])
    numbers = "{a fox|a zzyzx|a frobnicate|a qwzx|a wqzz|a zwqq} with a vvzzq"
    shown = "Sometimes left out: zzyzx · frobnicate · qwzx · wqzz · …"
    await write(controls.prompt, numbers, ["Varies: a fox · a zzyzx · a frobnicate · a qwzx · …", shown, "vvzzq"])
    controls.request_draft.change(seed_locked=True)
    await until(lambda: not any("Sometimes" in text for text in texts(controls.prompt)))


def test_few_of_many_variants_are_read(home: None, monkeypatch: pytest.MonkeyPatch, shipped: Library) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(seed=1)
        await write(controls.prompt, "a fox", ["fox"])
        reader = SlowReader(monkeypatch)
        reader.release.set()
        colours, animals = "red|blue|green|pink|grey|white|black|brown", "cat|dog|owl|fox|bear|lion|cow"
        varies = ["Varies: red · blue · green · pink · …", "Varies: cat · dog · owl · fox · …"]
        await write(controls.prompt, f"a {{{colours}}} {{{animals}}} on fire", [*varies, "fire"])
        assert len(reader.prompts) <= 16

    run_in_window(play, library=shipped)


def test_variants_of_an_earlier_prompt_are_not_read(
    home: None, monkeypatch: pytest.MonkeyPatch, shipped: Library
) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(seed=1)
        await write(controls.prompt, "a fox", ["fox"])
        # Prompts are read again once the model is loaded.
        while not await window.worker.call(is_loaded, replace(controls.request(), device="cpu")):
            await asyncio.sleep(0.02)
        reader = SlowReader(monkeypatch, held=("a cat in a hat", "a zzyzx"))
        controls.prompt.set_text("a {cat|dog|owl} in a hat")
        await until(lambda: "a cat in a hat" in reader.prompts)
        controls.prompt.set_text("a star")
        controls.prompt.rested.emit()
        reader.release.set()
        await until(lambda: texts(controls.prompt) == ["star"])
        assert [prompt for prompt in reader.prompts if prompt != "a fox"] == ["a cat in a hat", "a star"]
        window.modes.turn_set(True)
        # Set mode starts with the prompt, and with the fast version of the model.
        controls.things.set_text("a frob")
        await until(lambda: controls.things.chips.chips())
        reader.release.clear()
        controls.things.set_text("a zzyzx\na cat\na dog")
        await until(lambda: "a zzyzx" in reader.prompts)
        controls.things.set_text("a frobnicate")
        controls.things.rested.emit()
        reader.release.set()
        await until(lambda: [chip.text for chip in controls.things.chips.chips()] == ["frobnicate"])
        assert {"a cat", "a dog"}.isdisjoint(reader.prompts)

    run_in_window(play, library=shipped)


def last_prompt(view: InterpolationView) -> TextLine:
    return next(each for each in view.findChildren(TextLine) if each.accessibleName() == "Prompt of the last picture")


async def _check_the_last_prompt_of_an_interpolation_has_chips(window: Window) -> None:
    window.create_page.controls.prompt.set_text("a cat")
    window.tools.boards.interpolate()
    view = window.tools.boards.interpolation.view
    line = last_prompt(view)
    line.setText("an owl on fire")
    await until(lambda: [chip.text for chip in view.chips.chips()] == ["owl", "fire"])
    assert [chip.look for chip in view.chips.chips()] == [ChipLook.DRAWN, ChipLook.LEFT_OUT]
    fire = view.chips.buttons()[1]
    line.setText("an owl on fire, red")
    click(fire)
    assert view.prompt() == "an owl on fire, red", "the chip lacks the latest word"
    line.setText("an owl on fire")
    click(fire)
    assert view.prompt() == "an owl and a fire"
    await until(lambda: [chip.look for chip in view.chips.chips()] == [ChipLook.DRAWN] * 2)
    line.setText("an orchard")
    await until(lambda: [chip.text for chip in view.chips.chips()][2:] == NEAREST)
    await until(lambda: not any(each.picture().isNull() for each in view.chips.buttons()[2:]))
    line.setText("")
    await until(lambda: view.chips.isHidden())


def test_chips_of_an_interpolation_are_those_of_its_model_and_style(
    home: None, monkeypatch: pytest.MonkeyPatch, shipped: Library
) -> None:
    async def play(window: Window) -> None:
        board = window.tools.boards.interpolation
        # Only the fields are of interest.
        monkeypatch.setattr(board, "make", lambda: None)
        start, end = replace(window.create_page.controls.request(), style=""), Interpolation("a boat", 7, 1.0)
        board.open(start, end)
        await until(lambda: [chip.text for chip in board.view.chips.chips()] == ["boat → sailboat or ship"])
        board.open(replace(start, style="twemoji"), end)
        await until(lambda: [chip.text for chip in board.view.chips.chips()] == ["boat → sailboat"])
        last_prompt(board.view).setText("an orchard")
        await until(lambda: [chip.text for chip in board.view.chips.chips()][2:] == NEAREST)
        # Pictures of the drawings of a model that is not selected are missing, so that they have no room either.
        await window.settings.choose_model("ddpm")
        board.open(start, replace(end, prompt="an orchard, red"))
        await until(lambda: board.view.chips.chips() and not any(chip.drawing for chip in board.view.chips.chips()))

    run_in_window(play, library=shipped)


async def _check_words_that_every_variant_leaves_out_are_struck(window: Window) -> None:
    controls = window.create_page.controls
    animals = "Varies: cat · dog"
    await write(controls.prompt, "a {cat|dog} on fire", [animals, "fire"])
    fire = PromptChip("fire", ChipLook.LEFT_OUT, "fire, left out", "")
    assert replace(controls.prompt.chips.chips()[1], tooltip="") == fire, "a click does nothing"
    scarf = ["Varies: fox · bear", "wearing", "green", "scarf"]
    await write(controls.prompt, "a {fox|bear} wearing a green scarf", scarf)
    # The picture has a fire if its only animal is missing.
    await write(controls.prompt, "a {cat|dog|} on fire", ["Varies: cat · dog · –", "Sometimes left out: fire"])
    # The ice varies, although all animals are without it.
    places = "Sometimes left out: fire · ice"
    await write(controls.prompt, "a {cat|dog} on {fire|ice}", [animals, "Varies: fire · ice", places])
    window.modes.turn_set(True)
    controls.things.set_text("a {big|small} {cat|dog} on fire")
    shown = ["Sometimes left out: big · small", "fire"]
    await until(lambda: [chip.text for chip in controls.things.chips.chips()] == shown)
    assert controls.things.chips.chips()[1].look is ChipLook.LEFT_OUT
    # A thing without a drawing would be a blob, unless a part of a name is near.
    controls.things.set_text("screenshot, noodles, cat")
    nearest = ["screenshot, guessed", "noodles → cup noodles"]
    await until(lambda: [chip.text for chip in controls.things.chips.chips()] == nearest)


async def _check_variants_that_are_never_closed_are_reported(window: Window) -> None:
    controls = window.create_page.controls
    box = controls.prompt
    box.set_text("a {red|blue fox")
    await until(lambda: texts(box)[:1] == ["“{” is never closed"])
    assert box.chips.chips()[0].look is ChipLook.PROBLEM
    assert box.chips.chips()[0].tooltip.startswith("“{” is never closed; add “}”, or write “\\{”")
    assert [mark.cursor.selectedText() for mark in box.editor.extraSelections()] == ["{"]
    await write(box, "a \\{red fox", ["red", "fox"])
    assert box.editor.extraSelections() == []
    window.modes.turn_set(True)
    controls.things.set_text("an owl\na {red|blue fox")
    await until(lambda: "“{” is never closed" in [chip.text for chip in controls.things.chips.chips()])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scarecrow dol\n- dol", "scarecrow dol\n- a doll"),
        ("dolphin, 1. dol ; dol", "dolphin, 1. a doll ; dol"),
        ("  •   dol  ,", "  •   a doll  ,"),
        ("\n\ndolphin\r\n12) a  dol,\n", "\n\ndolphin\n12) a doll,\n"),
    ],
)
def test_a_chip_of_a_list_changes_its_entry_only(text: str, expected: str) -> None:
    text = text.replace("\r\n", "\n")
    (thing,) = {each for each in subjects_of(text) if each in ("dol", "a dol")}
    assert replace_subject(text, thing, "a doll") == expected
    assert replace_subject(text, "hat", "a hat") == text


async def _check_a_pasted_prompt_is_shown_in_full(window: Window) -> None:
    prompt = window.create_page.controls.prompt

    async def paste(text: str) -> None:
        prompt.editor.selectAll()
        QApplication.clipboard().setText(text)
        prompt.editor.paste()
        await until(lambda: prompt.chips.extra_height() > 0 and not prompt._pause.isActive())

    await paste("a cake without candles and flowers")
    short = prompt.editor.height()
    await paste("a big black dog that eats a sweet green apple")
    assert prompt.editor.document().size().height() == 2
    await until(lambda: prompt.editor.height() > short)


def test_chips_in_the_window(home: None, shipped: Library) -> None:
    """Check the chips of prompts in one window."""
    run_in_window(
        _check_the_window_shows_what_the_model_will_draw,
        _check_a_click_on_a_left_out_thing_draws_it_too,
        _check_a_count_names_the_thing_that_it_counts,
        _check_a_click_on_a_nearest_drawing_writes_it_instead,
        _check_a_spelling_is_corrected_by_keys,
        _check_the_style_decides_on_the_drawing,
        _check_chips_follow_the_rules_of_the_next_image,
        _check_only_the_words_that_do_not_vary_are_read_while_the_seed_is_not_locked,
        _check_things_from_another_style_are_marked,
        _check_words_that_only_some_options_leave_out_are_told,
        _check_the_last_prompt_of_an_interpolation_has_chips,
        _check_words_that_every_variant_leaves_out_are_struck,
        _check_variants_that_are_never_closed_are_reported,
        _check_a_pasted_prompt_is_shown_in_full,
        library=shipped,
    )


def test_a_click_in_a_list_changes_the_entry_of_the_chip(home: None, shipped: Library) -> None:
    async def play(window: Window) -> None:
        window.modes.turn_set(True)
        things = window.create_page.controls.things
        things.set_text("- elehpants\n- elehpant")
        await until(lambda: len(things.chips.buttons()) == 2)
        assert [chip.text for chip in things.chips.chips()] == [
            "elehpants → elephants: draws 1",
            "elehpant → elephant",
        ]
        click(things.chips.buttons()[1])
        assert things.text() == "- elehpants\n- elephant"
        # No drawing shows a cookbook: the nearest name is a guess.
        things.set_text("fox, cookbook")
        await until(lambda: [chip.text for chip in things.chips.chips()] == ["cookbook → cook"])

    run_in_window(play, library=shipped)


@pytest.mark.parametrize("kind", [PromptBox, ThingList])
def test_a_chip_of_an_earlier_text_does_not_overwrite_later_words(kind: type[PromptBox | ThingList]) -> None:
    box = show_widget(kind(theme()), 300, 200)
    box.set_text("a hat")
    box.show_chips([PromptChip("hat", ChipLook.LEFT_OUT, "hat", "", "a cat and a hat")])
    (chip,) = box.chips.buttons()
    box.editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(box.editor, " and an owl")
    click(chip)
    assert box.editor.toPlainText() == "a hat and an owl"
    box.set_text("a hat")
    click(chip)
    assert box.editor.toPlainText() == "a cat and a hat"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{2$$a|b|c}", "Varies, 2 of: a · b · c"),
        ("{1-9$$ and $$a|b}", "Varies, 1–2 of: a · b"),
        ("{2-$$__colour__}", "Varies, 2–3 of: red · blue · green"),
        ("{3::a|b}", "Varies: a · b"),
        ("__colour__", "Varies: red · blue · green"),
    ],
)
def test_counted_options_are_shown_with_their_number(template: str, shown: str) -> None:
    paths.wildcards_dir().mkdir(parents=True)
    (paths.wildcards_dir() / "colour.txt").write_text("red # warm\nblue\n3::green\n")
    assert [chip.text for chip in chips_of_options(template, is_drawn=True)] == [shown]
