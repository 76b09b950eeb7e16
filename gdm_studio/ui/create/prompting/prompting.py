"""The prompts of the Create page, followed while they are written: counted, looked over, gone on with."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

from gdm_studio.errors import StorageError
from gdm_studio.models.accepts import PLAIN, WEIGHTS
from gdm_studio.models.grammar import mentions
from gdm_studio.models.held import base_of, call_of
from gdm_studio.ui.create.prompting.completing import Known, completions
from gdm_studio.ui.create.prompting.mistakes import mistakes
from gdm_studio.ui.create.prompting.names import Names, names_of
from gdm_studio.ui.create.prompting.weighing import STEP, weighed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from gdm_studio.models.card import ModelCard
    from gdm_studio.models.held import Held
    from gdm_studio.models.library import Library
    from gdm_studio.ui.create.panel.controls import Controls
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.widgets import PromptBox

FRESH = 3.0  # seconds for which what is known of files and pictures is taken to be so still
MOST_PAST = 500


class Prompting:
    """Whatever takes long is done in threads, and an answer that comes late is dropped.

    `former(most)` fetches so many prompts of pictures, the latest first; it may raise StorageError.
    """

    def __init__(
        self, controls: Controls, *, library: Library, former: Callable[[int], Awaitable[Sequence[str]]],
        tasks: Tasks,
    ) -> None:  # fmt: skip
        self._controls, self._library, self._former, self._tasks = controls, library, former, tasks
        self._card: ModelCard | None = None
        self._names, self._looked = Names(), 0.0
        self._words: Sequence[str] = ()
        self._past: Sequence[str] = ()
        self._recalled = 0.0
        self._asking = asyncio.Lock()  # so that what two wait for is fetched once
        self._counting: set[PromptBox] = set()
        for box in (controls.prompt, controls.negative):
            box.changed.connect(lambda _, box=box: self._count_soon(box))
            box.rested.connect(lambda box=box: self._tasks.start(self._look_over(box)))
            box.editor.typed.connect(lambda box=box: self._tasks.start(self._go_on(box)))
        controls.model_shown.connect(self._turn_to)
        if controls.draft.card is not None:
            self._turn_to(controls.draft.card)
        controls.draft.listen("grammar", lambda _: self._read_anew())

    def look_again(self) -> None:
        """There are other files now that prompts can name."""
        self._looked = 0.0

    def put(self, line: Held) -> str:
        """Adds what calls an adapter or a learnt word to the prompt; else says why this model would not heed it."""
        draft, card = self._controls.draft, self._card
        call, base = call_of(line), base_of(line)
        who = (card.title or card.name) if card is not None else "The model"
        if not self._has_tokens():
            return f"It is for {base or 'Stable Diffusion'}; {who} reads plain words. Choose a model that it is for."
        if card is not None and base not in ("", card.base):
            return f"It is for {base}; {who} is {card.base}. Choose a model that it is for."
        if not self._has_weights() and call.startswith("<"):
            return "Prompts are read as plain words now; choose another prompt grammar under More."
        whole = rf"(?<!\w){re.escape(call)}(?!\w)"
        named = any(each.name == line.name for each in mentions(draft["prompt"]))  # with whichever weight
        if not (named if call.startswith("<") else re.search(whole, draft["prompt"])):
            draft.change(prompt=f"{draft['prompt']} {call}".strip())
        return ""

    def _turn_to(self, card: ModelCard) -> None:
        self._card, self._looked, self._words = card, 0.0, ()
        self._read_anew()

    def _read_anew(self) -> None:
        """By the model's grammar, or as plain words."""
        for box in (self._controls.prompt, self._controls.negative):
            box.set_grammar(_weigh if self._has_weights() else None, tokens=self._has_tokens())
            self._count_soon(box)

    def _has_tokens(self) -> bool:
        return self._card is not None and self._card.accepts.prompt == WEIGHTS

    def _has_weights(self) -> bool:
        return self._has_tokens() and self._controls.draft["grammar"] != PLAIN

    def _count_soon(self, box: PromptBox) -> None:
        if self._has_tokens() and box not in self._counting:
            self._counting.add(box)
            self._tasks.start(self._count(box))

    async def _count(self, box: PromptBox) -> None:
        """Counts until the count is that of what is written."""
        said = None
        try:
            while self._has_tokens() and said != (now := (box.written(), not self._has_weights())):
                said = now
                box.show_tokens(*await asyncio.to_thread(_counted, now[0], self._names.lengths(), plain=now[1]))
        finally:
            self._counting.discard(box)

    async def _look_over(self, box: PromptBox) -> None:
        if not self._has_weights():
            return
        known = self._names
        names, text = await self._names_now(), box.written()
        found = await asyncio.to_thread(mistakes, text, names)
        if text == box.written() and self._has_weights():
            box.show_slips(found)
        if names.lengths() != known.lengths():
            self._count_soon(box)

    async def _go_on(self, box: PromptBox) -> None:
        """Offers how the prompt could go on where people have just typed."""
        (cursor, end), text = box.editor.chosen(), box.written()
        if cursor != end or self._card is None:
            return
        async with self._asking:
            names = await self._names_now() if self._has_weights() else None
            past = await self._past_now() if box is self._controls.prompt else ()
            known = Known(names, await self._words_now(), past)
        found = await asyncio.to_thread(completions, text, cursor, known)
        if text == box.written() and box.editor.chosen() == (cursor, cursor):
            box.editor.offer(found, first=bool(found) and found[0].text.startswith("<"))

    async def _names_now(self) -> Names:
        card = self._card
        if card is not None and time.monotonic() - self._looked > FRESH:
            names = await asyncio.to_thread(lambda: names_of(self._library.held(), card.base))
            if card is self._card:
                self._names, self._looked = names, time.monotonic()
        return self._names

    async def _words_now(self) -> Sequence[str]:
        """The words that the model met, where they are known."""
        vocabulary = self._card.vocabulary if self._card else None
        if not self._words and vocabulary is not None:
            self._words = await asyncio.to_thread(lambda: sorted(vocabulary.met))
        return self._words

    async def _past_now(self) -> Sequence[str]:
        if time.monotonic() - self._recalled > FRESH:
            self._recalled = time.monotonic()
            try:
                self._past = await self._former(MOST_PAST)
            except StorageError:  # which the gallery tells of itself
                self._past = ()
        return self._past


def _weigh(text: str, start: int, end: int, more: bool) -> tuple[str, int, int] | None:
    found = weighed(text, start, end, STEP if more else -STEP)
    return None if found is None else (found.text, found.start, found.end)


def _counted(text: str, lengths: dict[str, int], *, plain: bool) -> tuple[int, int]:
    from gdm_studio.models.families.stable_diffusion.windows import counted  # reads CLIP's vocabulary

    return counted(text, lengths, plain=plain)
