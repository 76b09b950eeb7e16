"""What the page of models does: pictures beside models, folders of other programs, dropped checkpoints, hashes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QDropEvent, QImage

from gdm_studio.errors import ModelError, StorageError
from gdm_studio.models.adding import use_in_place
from gdm_studio.models.checkpoints import is_weights
from gdm_studio.models.hashes import Hasher
from gdm_studio.models.held import XL, Held, counted, preview_of, vae_for
from gdm_studio.ui.folders import ask_folder

if TYPE_CHECKING:
    from gdm_studio.models.card import ModelCard
    from gdm_studio.models.library import Library
    from gdm_studio.ui.models.page import ModelsPage
    from gdm_studio.ui.tasks import Tasks

VAES = {True: "sdxl_vae.safetensors", False: "vae-ft-mse-840000-ema-pruned.safetensors"}  # usual ones, by "is SDXL"
SIDE = 640  # pixels of a picture beside a model, at most, as it is shown


def dropped_models(event: QDropEvent) -> list[Path]:
    """The files of weights and the folders that are being dropped."""
    local = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in local if is_weights(path.name) or path.is_dir()]


class ModelsDesk:
    """Works for the page; `turn_here` opens it, `look` sees which models there are now, `named` is called when the
    settings name another folder.
    """

    def __init__(
        self, page: ModelsPage, library: Library, *, tasks: Tasks, say: Callable[..., object],
        turn_here: Callable[[], object], look: Callable[[], Awaitable[object]], named: Callable[[], object],
    ) -> None:  # fmt: skip
        self._page, self._library, self._tasks, self._say = page, library, tasks, say
        self._turn_here, self._look, self._named = turn_here, look, named
        loop = asyncio.get_running_loop()
        self._hashing = Hasher(lambda file: loop.call_soon_threadsafe(page.view.show_anew, file))
        page.shown.connect(lambda line: tasks.start(self._show_preview(line)))
        page.add_folder.connect(self._ask)
        page.view.chosen.connect(lambda path, part, value: tasks.start(self._choose(path, part, value)))

    def show(self, lines: Sequence[Held]) -> None:
        """Shows what is there, and finds out its hashes by and by."""
        self._page.set_held(lines)
        self._hashing.add(line.path for line in lines if is_weights(line.path.name))

    async def stop(self) -> None:
        """Gives that up; what is shown afterwards, while the window closes, begins nothing."""
        await asyncio.to_thread(self._hashing.stop)

    def take(self, paths: Sequence[Path]) -> None:
        """Uses checkpoints, and folders of them, where they lie."""
        self._tasks.start(self._take(paths))

    def offer_vae(self, card: ModelCard) -> None:
        """Says that the model has no VAE: which one here is one for it, or what is to be put here."""
        none = f"{card.title or card.name} has no VAE of its own"
        name = vae_for(card.base, self._library.held())
        if name and card.path is not None:
            choose = partial(self._choose, card.path, "vae", name)
            self._say(
                ModelError.title, f"{none}; {name} is here and should fit.", kind="error", action="Use it",
                on_action=lambda: self._tasks.start(choose()),
            )  # fmt: skip
            return
        text = f"{none}; put one for {card.base}, such as {VAES[card.base.startswith(XL)]}, into the models folder."
        self._say(ModelError.title, text, kind="error", action="Models", on_action=self._turn_here)

    def _ask(self) -> None:
        ask_folder(self._page, "Use the models in", lambda chosen: self.take([chosen]))

    async def _choose(self, path: Path, part: str, value: str) -> None:
        """Raises BadRequest or ModelError for what that model cannot do, StorageError where it cannot be remembered."""
        lines = await asyncio.to_thread(self._library.held)
        try:
            for line in (each for each in lines if each.path == path):
                await asyncio.to_thread(partial(self._library.choose, line, **{part: value}))
            await self._look()
        finally:
            self._page.view.show_anew(path)

    async def _take(self, paths: Sequence[Path]) -> None:
        """Raises ModelError for the first file that cannot be used, StorageError where it cannot be remembered."""
        for path in paths:
            if is_weights(path.name):
                await asyncio.to_thread(self._library.line_at, path)
            await asyncio.to_thread(use_in_place, path)
            self._named()
        await self._look()
        lines = await asyncio.to_thread(self._library.held)
        found = [line for line in lines if any(line.path == path or path in line.path.parents for path in paths)]
        self._turn_here()
        if found:
            self._page.select(found[0].path)
        where = paths[0].name if len(paths) == 1 else f"{len(paths)} places"
        text = f"{counted(found)} there; nothing was copied." if found else "There is no model in it that can be used."
        self._say(f"{where} is looked into" if len(paths) == 1 else f"{where} are looked into", text, kind="success")

    async def _show_preview(self, line: Held) -> None:
        """A damaged picture is none."""
        with suppress(StorageError):
            self._page.view.set_preview(line.path, await asyncio.to_thread(_preview, line.path))


def _preview(path: Path) -> QImage:
    from gdm_studio.picture_file import read_rgba

    place = preview_of(path)
    if place is None:
        return QImage()
    picture = read_rgba(place)
    picture.thumbnail((SIDE, SIDE))
    width, height = picture.size
    return QImage(picture.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
