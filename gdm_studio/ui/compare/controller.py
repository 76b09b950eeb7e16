"""Controller of the Compare page, which adds, orders and removes images and saves the comparison."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.atomic_files import NewFile, numbered_names
from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.common.image_file import SUFFIXES
from gdm_studio.request.generation_request import Request
from gdm_studio.studio import window_calls
from gdm_studio.studio.step_history_calls import is_loaded
from gdm_studio.ui import window_actions
from gdm_studio.ui.card_translations import card_text, translated_card
from gdm_studio.ui.compare.setting_differences import differing
from gdm_studio.ui.folder_dialogs import ask_files, exports_folder, notify_saved
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.translation import count_of_pictures, handout_words, translate
from gdm_studio.ui.widgets.image_comparison.compared_image import MOST, Item
from gdm_studio.ui.widgets.image_comparison.difference import compute_difference
from gdm_studio.ui.window_actions import Action

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.learning.handout.image_handout import ImageRun
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.compare.page import ComparePage

# Maximum number of characters of a prompt in a picture's title.
NAMED = 60
# Largest side of a step's picture in an exported page, for few and for many images.
FEW = 4
STEP_SIDES = (512, 256)


class CompareController:
    """Controller of the Compare page, which adds and removes images and saves the comparison. `items` are the compared
    images.
    """

    def __init__(self, context: AppContext) -> None:
        self._theme = context.theme
        self._gallery = context.gallery
        self._tasks = context.tasks
        self._notify = context.notify
        self._navigator = context.navigator
        self._cards = context.library.cards
        self._library = context.library
        self._worker = context.worker
        self._jobs = context.jobs
        self.items: list[Item] = []
        # Files of the images of the last session. They are read when the page is first opened.
        self.remembered: tuple[str, ...] = ()

    @cached_property
    def page(self) -> ComparePage:
        """Compare page, created on first use, because most windows never show it."""
        from gdm_studio.ui.compare.page import ComparePage

        page = ComparePage(self._theme)
        self._connect(page)
        if self.remembered and not self.items:
            self._tasks.start(self._show_last_images())
        return page

    def files(self) -> tuple[str, ...]:
        """Return the files of the compared images, for the next session."""
        return self.remembered or tuple(str(item.file) for item in self.items if item.file is not None)

    def open(self, items: Sequence[Item]) -> None:
        """Replace the compared images with the given ones and open the Compare page."""
        self.items = []
        self.remembered = ()
        self.add(items)

    def add(self, items: Sequence[Item]) -> None:
        """Add images to the comparison and open the Compare page. Images beyond the maximum number are left out."""
        room = MOST - len(self.items)
        if len(items) > room:
            self._notify(
                translate("CompareController", "Too many pictures to compare"),
                translate("CompareController", "Only the first {count} are shown.").format(count=MOST),
            )
        self._show([*self.items, *(replace(item, words=self._words_for(item)) for item in items[:room])])
        self._navigator.open_page("compare")

    def open_pictures(self, pictures: Sequence[Picture]) -> None:
        """Load images of the gallery and open the Compare page with them."""
        self._tasks.start(self._open_pictures(pictures[: MOST + 1]))

    def add_files(self, paths: Sequence[Path]) -> None:
        """Add image files to the comparison. If some files cannot be read, a notice names them."""
        self._tasks.start(self._add_files(paths))

    def move(self, index: int, by: int) -> None:
        """Move the compared image at `index` by `by` positions."""
        items = list(self.items)
        items.insert(index + by, items.pop(index))
        self._show(items)

    def remove(self, index: int) -> None:
        """Remove the image at `index` from the comparison. The removal can be undone."""
        removed = self.items[index]
        self._show([*self.items[:index], *self.items[index + 1 :]])
        title = translate("CompareController", "{picture} removed from the comparison").format(picture=removed.title)
        self._notify(title, undo=lambda: self._put_back([removed], index))

    def clear(self) -> None:
        """Remove all images from the comparison. The removal can be undone."""
        before = self.items
        self._show([])
        self._notify(translate("CompareController", "Comparison cleared"), undo=lambda: self._put_back(before, 0))

    async def save(self) -> None:
        """Save the comparison as one image in the pictures folder, with a title and the differing settings below each
        compared image, and with the difference if it is shown. Raises StorageError.
        """
        from gdm_studio.ui.create.board import contact_sheet

        items = list(self.items)
        labelled = [
            contact_sheet.LabelledImage(item.title, note, item.rgba)
            for item, note in zip(items, differing(items), strict=True)
        ]
        if (found := self.page.panes.shown_difference()) is not None:
            title = translate("ComparePage", "Difference")
            labelled.append(contact_sheet.LabelledImage(title, found.words, found.rgba))
        sheet = contact_sheet.draw_sheet(
            self._theme, translate("CompareController", "Comparison"), count_of_pictures(len(items)), labelled
        )
        request = items[0].request or Request(prompt=items[0].title)
        path = await asyncio.to_thread(contact_sheet.save_sheet, sheet, request, kind="comparison")
        title = translate("CompareController", "Comparison saved")
        text = translate("CompareController", "{file} is in your pictures folder.").format(file=path.name)
        notify_saved(self._notify, self._tasks, title, text, path.parent)
        await self._gallery.add_file(path)

    async def save_handout(self, suffix: str) -> None:
        """Save the comparison as a web page or a Jupyter notebook in the folder for exports. Raises StorageError.

        A web page shows the recorded steps. A notebook generates them again.
        """
        items = list(self.items)
        runs = [_create_run(item) for item in items]
        if suffix == ".html":
            entry = RunningJob(
                translate("CompareController", "Web page of the comparison"),
                stop=lambda: None,
                show=lambda: self._navigator.open_page("compare"),
                total=len(items),
            )
            self._jobs.begin(entry)
            try:
                runs = [await self._add_steps(run, item, entry) for run, item in zip(runs, items, strict=True)]
            finally:
                self._jobs.end(entry)
            if entry.is_stopped:
                return
        path = await asyncio.to_thread(_write_handout, runs, suffix)
        title = translate("CompareController", "Comparison saved")
        notify_saved(self._notify, self._tasks, title, path.name, path.parent)

    def actions(self) -> list[Action]:
        """Return the Compare page's actions, which the command palette lists."""
        return [
            window_actions.COMPARE_FILES.bind(self._ask_for_files),
            # The button already has the keyboard shortcut.
            window_actions.SAVE_COMPARISON.keyless.bind(self._save, lambda: bool(self.items)),
            window_actions.COMPARISON_PAGE.bind(partial(self._save_handout, ".html"), lambda: bool(self.items)),
            window_actions.COMPARISON_NOTEBOOK.bind(partial(self._save_handout, ".ipynb"), lambda: bool(self.items)),
            window_actions.CLEAR_COMPARISON.bind(self.clear, lambda: bool(self.items)),
        ]

    async def _open_pictures(self, pictures: Sequence[Picture]) -> None:
        items = []
        for picture in pictures:
            rgba = await self._gallery.pixels(picture)
            steps = await self._gallery.ask(partial(_steps_file, picture_id=picture.id))
            request = picture.request if picture.has_settings else None
            title = _title_of(request, picture.path)
            item = Item(title, rgba, request, steps=steps, stopped_at=picture.stopped_at, file=picture.path)
            items.append(replace(item, unstated=picture.unstated))
        self.open(items)

    async def _show_last_images(self) -> None:
        """Show the images of the last session again, as far as their files are still there."""
        items = []
        for path in self.remembered[:MOST]:
            with suppress(StorageError):
                items.append(await self._gallery.ask(partial(_read, path=Path(path))))
        self.remembered = ()
        if items and not self.items:
            self._show([replace(item, words=self._words_for(item)) for item in items])

    async def _add_files(self, paths: Sequence[Path]) -> None:
        items = []
        unread = []
        for path in paths[: MOST + 1]:
            try:
                items.append(await self._gallery.ask(lambda gallery, path=path: _read(gallery, path)))  # type: ignore[misc]
            except StorageError:
                unread.append(path.name)
        if items:
            self.add(items)
        if unread:
            title = translate("CompareController", "Some files cannot be read")
            text = translate("CompareController", "Left out: {files}.").format(files=", ".join(unread))
            self._notify(title, text, kind="error")

    async def _add_steps(self, run: ImageRun, item: Item, entry: RunningJob) -> ImageRun:
        """Add the recorded denoising steps of a compared image to its run. Returns the run unchanged if there are none
        or they cannot be decoded.
        """
        if item.request is None or item.steps is None or not await asyncio.to_thread(item.steps.is_file):
            return run
        side = STEP_SIDES[len(self.items) > FEW]
        # A running job continues between two steps, but needs the memory for its own model.
        is_here = await self._worker.call(is_loaded, item.request)
        extended_run = run
        try:
            with self._worker.stream(window_calls.with_recorded_steps, run, item.steps, side) as decoding:
                while not entry.is_stopped:
                    decoded_run = await decoding.next(between_jobs=not is_here)
                    if decoded_run is None:
                        break
                    extended_run = decoded_run
                    entry.text = translate("CompareController", "{picture}: step {step}").format(
                        picture=item.title, step=len(extended_run.frames)
                    )
        except StudioError:
            return run
        return extended_run

    async def _find_difference(self) -> None:
        """Compute the difference of the two compared images on another thread, because large images take a while."""
        items = self.items
        found = await asyncio.to_thread(compute_difference, items[0].rgba, items[1].rgba)
        if items is self.items:
            self.page.panes.set_difference(found)

    def _ask_for_files(self) -> None:
        """Open a file dialog for choosing images to compare, without blocking the window."""
        kinds = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        title = translate("CompareController", "Pictures to compare")
        filters = translate("CompareController", "Pictures ({suffixes})").format(suffixes=kinds)
        ask_files(self.page, title, filters, self.add_files)

    def _words_for(self, item: Item) -> dict[str, str]:
        """Return the words that the page displays for ids: a dict from the ids of a model, its styles and its
        conditions to their titles.
        """
        cards = (card for card in self._cards() if item.request and card.name == item.request.model)
        return next((_words_of(card) for card in cards), {})

    def _show(self, items: list[Item]) -> None:
        self.items = items
        self.page.set_items(items)

    def _put_back(self, items: list[Item], index: int) -> None:
        self._show([*self.items[:index], *items, *self.items[index:]][:MOST])

    def _use_settings(self, index: int) -> None:
        request = self.items[index].request
        if request is not None:
            self._navigator.use_request(replace(request, count=1))

    def _save(self) -> None:
        if self.items:
            self._tasks.start(self.save())

    def _save_handout(self, suffix: str) -> None:
        self._tasks.start(self.save_handout(suffix))

    def _connect(self, page: ComparePage) -> None:
        page.files_dropped.connect(self.add_files)
        page.add_asked.connect(self._ask_for_files)
        page.gallery_asked.connect(lambda: self._navigator.open_page("gallery"))
        page.panes.difference_asked.connect(lambda: self._tasks.start(self._find_difference()))
        page.swapped.connect(lambda: self._show(self.items[::-1]))
        page.save_asked.connect(self._save)
        page.cleared.connect(self.clear)
        page.table.used.connect(self._use_settings)
        page.table.moved.connect(self.move)
        page.table.removed.connect(self.remove)


def _create_run(item: Item) -> ImageRun:
    from gdm_studio.learning.handout.image_handout import run_of_still_image

    return run_of_still_image(item.rgba, item.request, item.title)


def _write_handout(runs: Sequence[ImageRun], suffix: str) -> Path:
    from gdm_studio.learning.handout import WRITERS
    from gdm_studio.learning.handout.image_handout import image_handout

    handout = image_handout(runs, handout_words())
    return NewFile(exports_folder(), numbered_names("comparison", suffix)).write(WRITERS[suffix](handout))


def _read(gallery: Gallery, path: Path) -> Item:
    from gdm_studio.common.image_file import read_rgba_array
    from gdm_studio.gallery import read
    from gdm_studio.gallery.saved_image import unstated_settings

    metadata = read(path)
    steps = _steps_file(gallery, metadata.id) if metadata.id else None
    title = _title_of(metadata.request, path)
    return Item(
        title,
        read_rgba_array(path),
        metadata.request,
        path.name,
        steps=steps,
        stopped_at=metadata.stopped_at,
        file=path.absolute(),
        unstated=unstated_settings(metadata),
    )


def _steps_file(gallery: Gallery, picture_id: str) -> Path:
    return gallery.steps.path(picture_id)


def _title_of(request: Request | None, path: Path) -> str:
    words = request.subject if request is not None else ""
    if not words:
        return path.stem
    return words if len(words) <= NAMED else f"{words[: NAMED - 1]}…"


def _words_of(card: ModelCard) -> dict[str, str]:
    words = translated_card(card).words()
    if "" in words:
        words[""] = card_text(words[""])
    return words | {card.name: card.title or card.name}
