"""Controller of live help in the prompt editors: the model's reading, token counts, mistakes and completions."""

from __future__ import annotations

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QRectF

from gdm_studio.common.errors import BadRequest, ModelError, StorageError, StudioError
from gdm_studio.models.adapters.adapter_detection import adapter_family
from gdm_studio.models.capabilities import PLAIN, WEB_UI
from gdm_studio.models.families import read_prompt
from gdm_studio.models.installed.model_table import base_of, prompt_text_of
from gdm_studio.models.prompts.a1111_syntax import adapters_mentioned
from gdm_studio.models.prompts.prompt_reading import PromptReading
from gdm_studio.request.prompt_templates import Variant, draw, escape, is_template, variants_of
from gdm_studio.request.prompts import is_too_long
from gdm_studio.studio.request_draft import GIVEN, LOCK
from gdm_studio.ui.create.panel.subject_list_editor import replace_subject, subjects_of
from gdm_studio.ui.create.prompt.adapter_names import AdapterNames, names_of
from gdm_studio.ui.create.prompt.chip_texts import (
    ModelNames,
    chip_of_tokens,
    chips_of,
    chips_of_mistakes,
    chips_of_options,
    chips_of_sometimes_left_out,
    empty_chip,
    trouble_of,
    unknown_of,
    words_left_out,
)
from gdm_studio.ui.create.prompt.completions import KnownWords, find_completions
from gdm_studio.ui.create.prompt.prompt_checker import (
    Mistake,
    find_mistakes,
    find_negative_mistakes,
    find_template_mistakes,
)
from gdm_studio.ui.create.prompt.prompt_chips import PICTURE, ChipLook
from gdm_studio.ui.create.prompt.weight_editing import STEP, change_weight
from gdm_studio.ui.tasks import CoalescedTask
from gdm_studio.ui.theme.imaging import scale_to_pixmap
from gdm_studio.ui.translation import joined_sentences, translate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
    from typing import Any

    import numpy as np
    from PySide6.QtGui import QPixmap

    from gdm_studio.models.installed.model_table import ModelTableRow
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.panel.settings_panel import Controls
    from gdm_studio.ui.create.prompt.prompt_box import PromptBox
    from gdm_studio.ui.create.prompt.prompt_chips import PromptChip, PromptChips
    from gdm_studio.ui.tasks import Tasks

# Lifetime of cached names and earlier prompts, in seconds.
CACHE_SECONDS = 3.0
MAX_PAST = 500
# Earlier prompts that the arrow keys reach.
MAX_HISTORY = 200
# Greatest number of prompts of a template that are read if the seed is not locked. Reading one takes up to 0.1 s.
MOST_READ = 16
_T = TypeVar("_T")


class PromptController:
    """Controller that helps the user edit prompts by showing how the model reads them, their token counts and likely
    mistakes.

    It also offers completions. It serves the two prompt editors and the list of subjects of an image set, and reads the
    prompts of other views, see `create_read_task`. Slow work runs in threads, and outdated results are discarded.
    Prompts are read on a separate thread, because a long list would delay everything else on the event loop's thread
    pool. `past_prompts(limit)` returns up to `limit` earlier prompts, newest first, and may raise StorageError.
    `read_drawings(names)` returns pictures of a model's drawings by name, like `window_calls.read_drawings`.
    """

    def __init__(
        self,
        controls: Controls,
        *,
        library: Library,
        past_prompts: Callable[[int], Awaitable[Sequence[str]]],
        read_drawings: Callable[[Sequence[str]], Awaitable[Mapping[str, np.ndarray]]],
        tasks: Tasks,
    ) -> None:
        self._controls = controls
        self._library = library
        self._past_prompts = past_prompts
        self._read_drawings = read_drawings
        self._tasks = tasks
        self._card: ModelCard | None = None
        # Pictures of the model's drawings, by name.
        self._pictures: dict[str, QPixmap] = {}
        self._adapter_names = AdapterNames()
        # Times at which the cached names and the cached earlier prompts were read.
        self._names_read_at = 0.0
        self._caption_words: Sequence[str] = ()
        self._prompts_for_completion: Sequence[str] = ()
        self._past_read = 0.0
        # Prompts that the arrow keys browse: the text that the user was writing, then earlier prompts.
        self._history: list[str] = []
        self._history_place = 0
        # With this lock, completions that wait at the same time share the results of one read.
        self._lock = asyncio.Lock()
        self._boxes_being_counted: set[PromptBox] = set()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="prompt")
        self._prompt_read_tasks: list[CoalescedTask] = []
        self._read_tasks = {
            box: self.create_read_task(partial(self._read, box)) for box in (controls.prompt, controls.negative)
        }
        self._subject_read_task = self.create_read_task(self._read_subjects)
        for box in (controls.prompt, controls.negative):
            box.changed.connect(lambda _, box=box: self._count_soon(box))
            box.rested.connect(self._read_tasks[box].request)
            box.editor.typed.connect(lambda box=box: self._tasks.start(self._offer_completions(box)))
        controls.prompt.editor.history_asked.connect(lambda back: self._tasks.start(self._browse(back)))
        controls.model_shown.connect(self._set_card)
        if controls.request_draft.card is not None:
            self._set_card(controls.request_draft.card)
        controls.request_draft.listen("grammar", lambda _: self._update_grammar())
        for name in ("style", "mask"):
            controls.request_draft.listen(name, lambda _: self._read_again())
        for name in ("seed", LOCK):
            controls.request_draft.listen(name, lambda _: self._read_templates())
        self._rules = controls.request_draft.next_rules
        for name in ("rules", LOCK, GIVEN):
            controls.request_draft.listen(name, lambda _: self._update_rules())
        controls.things.rested.connect(self._subject_read_task.request)

    def close(self) -> None:
        """Stop analysing prompts when the window closes, without waiting for a running analysis."""
        for read in self._prompt_read_tasks:
            read.close()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def create_read_task(self, read: Callable[[], Coroutine[Any, Any, None]]) -> CoalescedTask:
        """Return a task that calls `read` to analyse prompts, and that `close` ends."""
        task = CoalescedTask(self._tasks, read)
        self._prompt_read_tasks.append(task)
        return task

    async def read_chips(self, card: ModelCard, request: Request, prompt: str) -> list[PromptChip]:
        """Analyse a prompt for the model with this card, with the style and grammar of a request, and return the chips
        to show below it.

        The prompt is not a template. Only the selected model has pictures of drawings, see `show_drawings`.
        """
        names = await self._names_for(card) if _can_mention(card, request.grammar) else None
        reader = card.for_rules(request.rules)
        chips = await self._analyse(
            lambda: _mistakes_and_chips_of(
                reader,
                request.style,
                prompt,
                names,
                is_main=True,
                is_icon=request.plain_icon,
                shown=request.shown_prompt,
            )[1]
        )
        return chips if card is self._card else [replace(chip, drawing="") for chip in chips]

    def show_drawings(self, chips: PromptChips) -> None:
        """Load the pictures of the training images that chips (small labels below a prompt) suggest, and show them in
        the chips.
        """
        names = [chip.drawing for chip in chips.chips() if chip.drawing]
        if self._card is not None and names:
            self._tasks.start(self._show_drawings(self._card, chips, names))

    def forget_names(self) -> None:
        """Discard the cached names of adapters and embeddings after model files were added or removed."""
        self._names_read_at = 0.0

    def insert(self, row: ModelTableRow) -> str:
        """Append the tag or word that activates an adapter or embedding to the prompt, unless it is already there.

        Returns "", or the reason why the current model would ignore it.
        """
        request_draft, card = self._controls.request_draft, self._card
        text, base = prompt_text_of(row), base_of(row)
        model = (card.title or card.name) if card is not None else translate("PromptController", "The model")
        choose = translate("PromptController", "Choose a model that it is for.")
        if not self._has_tokens() and not (self._has_names() and text.startswith("<")):
            reason = translate("PromptController", "It is for {base}; {model} reads plain words.")
            return joined_sentences([reason.format(base=base or "Stable Diffusion", model=model), choose])
        if card is not None and base not in ("", adapter_family(card.base)):
            reason = translate("PromptController", "It is for {base}; {model} is {model_base}.")
            return joined_sentences([reason.format(base=base, model=model, model_base=card.base), choose])
        if not self._has_names() and text.startswith("<"):
            return translate(
                "PromptController", "Prompts are read as plain words now; choose another prompt grammar under Advanced."
            )
        whole = rf"(?<!\w){re.escape(text)}(?!\w)"
        # An adapter counts as present with any weight.
        named = any(each.name == row.name for each in adapters_mentioned(request_draft["prompt"]))
        if not (named if text.startswith("<") else re.search(whole, request_draft["prompt"])):
            request_draft.change(prompt=f"{request_draft['prompt']} {escape(text)}".strip())
        return ""

    def _set_card(self, card: ModelCard) -> None:
        if card is not self._card:
            self._pictures = {}
        self._card = card
        self._names_read_at = 0.0
        self._caption_words = ()
        self._update_grammar()

    def _update_grammar(self) -> None:
        """Update the grammar of both prompt editors for the selected model (weights, or plain words), and count their
        tokens again.
        """
        for box in (self._controls.prompt, self._controls.negative):
            box.set_grammar(_change_weight if self._has_weights() else None, tokens=self._has_tokens())
            self._count_soon(box)
        self._read_again()

    def _read_again(self) -> None:
        """Analyse both prompts and the list of subjects again after the model or the style has changed."""
        for read in (*self._read_tasks.values(), self._subject_read_task):
            read.request()

    def _update_rules(self) -> None:
        """Analyse both prompts and the list of subjects again if the next image is drawn by another version of the
        rules.
        """
        if self._rules != self._controls.request_draft.next_rules:
            self._rules = self._controls.request_draft.next_rules
            self._read_again()

    def _seed(self) -> int | None:
        """Return the seed of the next image, or None if it is not locked, so that the image gets a new seed."""
        request_draft = self._controls.request_draft
        return request_draft["seed"] if request_draft[LOCK] else None

    def _read_templates(self) -> None:
        """Analyse the prompt and the list of subjects again after a change of the seed or its lock. This applies only
        to templates, whose text depends on the seed.
        """
        if is_template(self._controls.prompt.written()):
            self._read_tasks[self._controls.prompt].request()
        if any(map(is_template, self._controls.things.things())):
            self._subject_read_task.request()

    def _has_tokens(self) -> bool:
        return self._card is not None and self._card.accepts.prompt == WEB_UI

    def _has_weights(self) -> bool:
        return self._has_tokens() and self._controls.request_draft["grammar"] != PLAIN

    def _has_names(self) -> bool:
        """Return whether prompts for the selected model can mention adapters, such as LoRAs, by name."""
        return self._card is not None and _can_mention(self._card, self._controls.request_draft["grammar"])

    def _count_soon(self, box: PromptBox) -> None:
        if self._has_tokens() and not is_too_long(box.written()) and box not in self._boxes_being_counted:
            self._boxes_being_counted.add(box)
            self._tasks.start(self._count(box))

    async def _count(self, box: PromptBox) -> None:
        """Count a prompt's tokens in a thread, repeating this until the count matches the editor's current text."""
        counted = None
        try:
            while self._has_tokens() and counted != (now := (box.written(), not self._has_weights(), self._card)):
                counted = now
                text, plain, card = now
                if is_too_long(text) or card is None:
                    return
                found = await asyncio.to_thread(_count_tokens, card, text, self._adapter_names.lengths(), plain=plain)
                box.show_tokens(*found)
        finally:
            self._boxes_being_counted.discard(box)

    async def _read(self, box: PromptBox) -> None:
        """Analyse a prompt, then show how the model reads it and mark its mistakes.

        The result is discarded if the text has changed.
        """
        request_draft = self._controls.request_draft
        card, style, seed, text = self._card, request_draft["style"], self._seed(), box.written()
        rules = request_draft.next_rules
        if card is None or is_too_long(text):
            return
        known = self._adapter_names
        has_weights = self._has_weights()
        names = await self._names_for(card) if self._has_names() else None
        is_main = box is self._controls.prompt
        is_icon = request_draft.is_icon_next
        shown = request_draft.request.shown_prompt
        active = self._read_tasks[box]
        reader = card.for_rules(rules)
        analysis = await self._analyse(
            lambda: _mistakes_and_chips(
                reader, style, text, names, seed=seed, is_main=is_main, is_icon=is_icon, shown=shown, active=active
            )
        )
        is_current = (card, style, text) == (
            self._card,
            request_draft["style"],
            box.written(),
        ) and not active.is_outdated
        is_current = is_current and (seed == self._seed() or not is_template(text))
        if is_current and has_weights == self._has_weights():
            box.show_mistakes(analysis[0])
            box.show_chips(analysis[1])
            self.show_drawings(box.chips)
        if names is not None and names.lengths() != known.lengths():
            self._count_soon(box)

    async def _show_drawings(self, card: ModelCard, chips: PromptChips, names: Sequence[str]) -> None:
        missing = [name for name in names if name not in self._pictures]
        # Generating an image reports the error too, so that the chips stay without pictures here.
        with suppress(StudioError):
            drawings = await self._read_drawings(missing) if missing else {}
            if card is not self._card:
                return
            side = ceil(PICTURE * chips.devicePixelRatioF())
            for name, rgba in drawings.items():
                height, width = rgba.shape[:2]
                self._pictures[name] = scale_to_pixmap(rgba, QRectF(0, 0, width, height), side, side)
            chips.set_pictures(self._pictures)

    async def _read_subjects(self) -> None:
        """Analyse the list of objects (subjects of an image set), and show chips below it for the parts that the model
        would ignore.
        """
        things, card, request_draft = self._controls.things, self._card, self._controls.request_draft
        style, seed, text = request_draft["style"], self._seed(), things.text()
        if card is not None and not things.isHidden():
            active, reader = self._subject_read_task, card.for_rules(request_draft.next_rules)
            chips = await self._analyse(
                lambda: _chips_of_subjects(reader, style, text, subjects_of(text), seed, active)
            )
            if text == things.text() and card is self._card and not active.is_outdated:
                things.show_chips(chips)

    async def _analyse(self, read: Callable[[], _T]) -> _T:
        """Call a function on the thread that analyses prompts, and return its result."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, read)

    async def _offer_completions(self, box: PromptBox) -> None:
        """Offer completions for the text at the cursor, unless the text or the cursor has changed meanwhile."""
        (cursor, end), text, card = box.editor.selected_range(), box.written(), self._card
        if cursor != end or card is None or is_too_long(text):
            return
        async with self._lock:
            names = await self._names_for(card) if self._has_names() else None
            past = await self._earlier_prompts() if box is self._controls.prompt else ()
            known = KnownWords(names, await self._known_words(), past, is_template=box is self._controls.prompt)
        entries = await asyncio.to_thread(find_completions, text, cursor, known)
        if text == box.written() and box.editor.selected_range() == (cursor, cursor):
            box.editor.offer(entries, first=bool(entries) and entries[0].text.startswith("<"))

    def show_earlier(self) -> None:
        """Replace the prompt with the previous one in the history of prompts, and move the keyboard focus to it."""
        self._controls.prompt.editor.setFocus()
        self._tasks.start(self._browse(True))

    async def _browse(self, back: bool) -> None:
        """Browse the history of prompts: replace the prompt with the previous one or, if `back` is False, with the next
        one.

        After the user has edited the prompt, browsing restarts at the newest.
        """
        box = self._controls.prompt
        # Two quick keys act in turn, so that the second one does not save the result of the first as the user's text.
        async with self._lock:
            is_browsing = bool(self._history) and self._history[self._history_place] == box.text()
            if not is_browsing and not back:
                return
            past = () if is_browsing else await self._earlier_prompts()
            if not box.editor.hasFocus():
                return
            if not is_browsing:
                text = box.text()
                earlier = dict.fromkeys(" ".join(prompt.split()) for prompt in past)
                self._history = [text, *[prompt for prompt in earlier if prompt != text][:MAX_HISTORY]]
                self._history_place = 0
            place = self._history_place + (1 if back else -1)
            if 0 <= place < len(self._history):
                self._history_place = place
                box.set_text(self._history[place])

    async def _names_for(self, card: ModelCard) -> AdapterNames:
        """Return the current names of adapters and embeddings that prompts of a model can mention. Those of the
        selected model are cached for CACHE_SECONDS.
        """
        if card is self._card and time.monotonic() - self._names_read_at <= CACHE_SECONDS:
            return self._adapter_names
        read = partial(names_of, base=card.base, has_grammar=card.accepts.prompt == WEB_UI)
        names = await asyncio.to_thread(lambda: read(self._library.model_table()))
        if card is self._card:
            self._adapter_names = names
            self._names_read_at = time.monotonic()
        return names

    async def _known_words(self) -> Sequence[str]:
        """Return the sorted words of the model's training captions for completion, or none if they are unknown."""
        vocabulary = self._card.vocabulary if self._card else None
        if not self._caption_words and vocabulary is not None:
            self._caption_words = await asyncio.to_thread(lambda: sorted(vocabulary.met))
        return self._caption_words

    async def _earlier_prompts(self) -> Sequence[str]:
        """Return earlier prompts from the gallery for completion, cached for CACHE_SECONDS."""
        if time.monotonic() - self._past_read > CACHE_SECONDS:
            self._past_read = time.monotonic()
            try:
                self._prompts_for_completion = [
                    prompt for prompt in await self._past_prompts(MAX_PAST) if not is_too_long(prompt)
                ]
            # The gallery reports storage errors itself.
            except StorageError:
                self._prompts_for_completion = ()
        return self._prompts_for_completion


def _can_mention(card: ModelCard, grammar: str) -> bool:
    """Return whether prompts of a model can mention adapters, such as LoRAs, by name in this prompt grammar."""
    has_weights = card.accepts.prompt == WEB_UI and grammar != PLAIN
    return has_weights or (card.accepts.tags and bool(card.base))


def _change_weight(text: str, start: int, end: int, more: bool) -> tuple[str, int, int] | None:
    changed = change_weight(text, start, end, STEP if more else -STEP)
    return None if changed is None else (changed.text, changed.start, changed.end)


def _count_tokens(card: ModelCard, text: str, lengths: dict[str, int], *, plain: bool) -> tuple[int, int]:
    # Imported late because they read CLIP's vocabulary.
    from gdm_studio.models.families.shared_parts.clip_tokenizer import tokenizers_of_files
    from gdm_studio.models.families.stable_diffusion.token_windows import count_tokens

    files = [*card.weights, *(file for part in card.borrowed for file in part.weights)]
    return count_tokens(text, lengths, plain=plain, tokenizers=tokenizers_of_files(files))


def _mistakes_and_chips(
    card: ModelCard,
    style: str,
    text: str,
    names: AdapterNames | None,
    *,
    seed: int | None,
    is_main: bool,
    is_icon: bool,
    shown: str,
    active: CoalescedTask,
) -> tuple[list[Mistake], list[PromptChip]]:
    """Analyse a prompt, and return its likely mistakes and the chips to show below it.

    `names` is None for plain prompts. `is_main` is False for a negative prompt, which is never a template. For a
    template, the prompts of `_variants_to_read` are analysed. Their mistakes and clicks are omitted, because they would
    refer to a different text. The mistakes are those of the template itself. Once the task `active` is outdated, no
    further prompts are analysed.
    """
    if is_main and is_template(text):
        variants, is_complete = _variants_to_read(text, seed)
        chips, left_out = _summarise_readings(
            (
                _mistakes_and_chips_of(
                    card, style, each.prompt, names, is_main=True, is_icon=is_icon, shown=shown, skipped=each.chosen
                )[1:]
                if each.prompt.strip()
                else ([], [])
                for each in variants
            ),
            active,
        )
        if not is_complete:
            # An option that is not read can change how the other words are drawn.
            chips = [chip for chip in chips if chip.look is not ChipLook.DRAWN]
        template_problems = find_template_mistakes(text)
        options = chips_of_options(text, is_drawn=seed is not None)
        sometimes = chips_of_sometimes_left_out(left_out, card.title or card.name)
        return template_problems, [*chips_of_mistakes(text, template_problems), *options, *sometimes, *chips]
    return _mistakes_and_chips_of(card, style, text, names, is_main=is_main, is_icon=is_icon, shown=shown)[:2]


def _mistakes_and_chips_of(
    card: ModelCard,
    style: str,
    text: str,
    names: AdapterNames | None,
    *,
    is_main: bool,
    is_icon: bool,
    shown: str = "",
    skipped: Sequence[tuple[int, int]] = (),
) -> tuple[list[Mistake], list[PromptChip], list[str]]:
    """Analyse a prompt that is not a template, and return its likely mistakes, the chips to show below it and the words
    that the model leaves out.

    `is_main` is False for a negative prompt. `shown` is the prompt of the start image around a mask. See `chips_of` for
    `skipped`.
    """
    model = card.title or card.name
    if not text.strip():
        return [], [empty_chip(model)] if is_main else [], []
    find = find_mistakes if is_main else find_negative_mistakes
    likely_mistakes = find(text, names) if names is not None else []
    chips = [*chips_of_mistakes(text, likely_mistakes)]
    if names is not None and names.has_grammar:
        surplus = chip_of_tokens(_count_tokens(card, text, names.lengths(), plain=False)[0])
        chips += [surplus] if surplus else []
    reading = _reading(card, style, text, is_icon=is_icon, shown=shown)
    described = ModelNames(model, card.words())
    chips += chips_of(reading, described, skipped) if is_main else unknown_of(reading, described)
    return likely_mistakes, chips, words_left_out(reading)


def _chips_of_subjects(
    card: ModelCard, style: str, text: str, subjects: Sequence[str], seed: int | None, active: CoalescedTask
) -> list[PromptChip]:
    """Return chips (small labels) for everything that the model would ignore in a list of objects, the subjects of an
    image set.

    Clicking a chip corrects the list. Once the task `active` is outdated, no further objects are analysed.
    """
    all_chips: list[PromptChip] = []
    model = card.title or card.name
    described = ModelNames(model, card.words())
    for thing in subjects:
        if active.is_outdated:
            break
        all_chips += chips_of_mistakes(thing, find_template_mistakes(thing))
        if is_template(thing):
            variants, _ = _variants_to_read(thing, seed)
            readings = ((_reading(card, style, each.prompt, is_icon=True), each.chosen) for each in variants)
            chips, left_out = _summarise_readings(
                ((trouble_of(reading, described, chosen), words_left_out(reading)) for reading, chosen in readings),
                active,
            )
            all_chips += [*chips_of_sometimes_left_out(left_out, model), *chips]
            continue
        for chip in trouble_of(_reading(card, style, thing, is_icon=True), described):
            rewrite = replace_subject(text, thing, chip.rewrite) if chip.rewrite else ""
            all_chips.append(replace(chip, rewrite=rewrite))
    # What is left out comes first, since the list has space for a few chips.
    return sorted(dict.fromkeys(all_chips), key=lambda chip: chip.look is ChipLook.PLAIN)


def _variants_to_read(template: str, seed: int | None) -> tuple[list[Variant], bool]:
    """Return the prompt that a template gives for a seed or, without a seed, prompts that it can give. The second value
    is False if some are left out because there are too many.

    With a seed, no characters count as chosen, so that all words of the prompt are described. Wildcards that cannot be
    used are left out. A template that cannot be expanded gives one empty prompt.
    """
    try:
        if seed is not None:
            return [*map(Variant, draw(template, [seed], skip_unusable=True))], True
        return variants_of(template, MOST_READ)
    except BadRequest:
        # Generating reports the reason.
        return [Variant("")], True


def _summarise_readings(
    readings: Iterable[tuple[list[PromptChip], list[str]]], active: CoalescedTask
) -> tuple[list[PromptChip], list[str]]:
    """Return the chips that all readings of a template contain, without their clicks, and the words that only some of
    them leave out. Each reading consists of its chips and the words that it leaves out. No more prompts are read once
    the task `active` is outdated.

    For a template with more than MOST_READ combinations, the chips are true for each option by itself, but may be false
    for combinations of options.
    """
    summaries = []
    for reading in readings:
        summaries.append(reading)
        if active.is_outdated:
            break
    clickless = [[*map(_disable_click, chips)] for chips, _ in summaries]
    common = [chip for chip in (clickless or [[]])[0] if all(chip in chips for chips in clickless)]
    words = [words for _, words in summaries]
    left_out = dict.fromkeys(chain.from_iterable(words))
    return common, [word for word in left_out if not all(word in each for each in words)]


def _disable_click(chip: PromptChip) -> PromptChip:
    """Return a copy of a chip (label below the prompt) that does nothing when clicked, because a click could not change
    the prompt correctly.
    """
    if not chip.rewrite:
        return chip
    look = ChipLook.NOTE if chip.look is ChipLook.SUGGESTION else chip.look
    return replace(chip, look=look, tooltip=chip.name, rewrite="")


def _reading(card: ModelCard, style: str, text: str, *, is_icon: bool, shown: str = "") -> PromptReading:
    """Return the model's reading of a prompt: how it interprets each part, and notes about problems. With `is_icon`, it
    is that of an icon of a set. `shown` is the prompt of the start image around a mask.

    The result is empty if the model's files are damaged, an error that loading the model reports.
    """
    try:
        return read_prompt(card, text, style, is_icon=is_icon, shown=shown)
    except ModelError:
        return PromptReading()
