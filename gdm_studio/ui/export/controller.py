"""Controller of exports. A separate thread reads and writes files, and the worker thread upscales images."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from gdm_studio.common.errors import StudioError
from gdm_studio.models.credits import credit_text, merge_credits
from gdm_studio.models.dataclass_json import from_json, to_json
from gdm_studio.request.generation_request import SETTINGS, Role, with_role
from gdm_studio.studio import window_calls
from gdm_studio.ui.export.dialog import AS_NEEDED, BUNDLES, ExportDialog, ExportSettings
from gdm_studio.ui.folder_dialogs import exports_folder, notify_saved
from gdm_studio.ui.gallery.list_model import has_settings, title_of
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.theme.imaging import to_qimage
from gdm_studio.ui.translation import (
    count_of_pictures,
    error_text,
    joined_sentences,
    number_text,
    sentence_text,
    translate,
    within_text,
)

if TYPE_CHECKING:
    import numpy as np
    from PySide6.QtWidgets import QWidget

    from gdm_studio.common.translation_markers import Sentence
    from gdm_studio.gallery import Picture
    from gdm_studio.gallery.export import ExportSource, FlatStyle, Format, Options
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.gallery.list_model import PictureLike

T = TypeVar("T")

# Greatest number of pictures in the preview of a contact sheet or an icon set.
SHOWN = 24
# Side in pixels of the preview of an SVG, enough for screens of twice the default density.
DRAWN = 712
# Number of models that a notice names.
MOST_NAMES = 3


@dataclass
class _DialogState:
    """State of an open export dialog: its images, the preview and the upscaled versions of the first image."""

    dialog: ExportDialog
    pictures: list[Any]
    # The first picture, which the preview shows, and the upscaler of its larger levels.
    master: ExportSource | None = None
    upscaler: str = ""
    # Number of the last preview. Older previews are discarded.
    turn: int = 0
    ended: bool = False
    # Title of the set that is exported, or "".
    title: str = ""
    # Format that the dialog was opened with, or "", and the one that the next dialog is to begin with unless the user
    # chooses another one.
    given_form: str = ""
    remembered_form: str = ""
    # Folders that contain what was written.
    written: set[Path] = field(default_factory=set)


class ExportController:
    """Controller of the export dialog, which shows previews and exports images. Files are read and written on a
    separate thread.
    """

    def __init__(self, context: AppContext, window: QWidget) -> None:
        self._jobs = context.jobs
        self._window = window
        self._theme = context.theme
        self._worker = context.worker
        self._library = context.library
        self._tasks = context.tasks
        self._notify = context.notify
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="export")
        # The settings of the last export as JSON.
        self.last = ""
        self._state: _DialogState | None = None
        self._is_closed = False

    @property
    def dialog(self) -> ExportDialog | None:
        """The export dialog that is open, or None."""
        return self._state.dialog if self._state else None

    def open(self, pictures: Sequence[PictureLike], *, form: str = "", title: str = "") -> None:
        """Open the export dialog for the given images, with the last format or with `form`. `title` is that of a set.
        Nothing happens if there are none or a dialog is open already.
        """
        if not pictures or self._state is not None:
            return
        from gdm_studio.gallery.export import FORMATS

        dialog = ExportDialog(
            self._theme,
            FORMATS,
            what=title_of(pictures[0]) if len(pictures) == 1 else count_of_pictures(len(pictures)),
            credited=bool(self._group_by_credited_model(pictures)),
            folder=exports_folder(),
            parent=self._window,
            name_of=lambda settings: _name_of_first(settings, pictures),
            upscalers=list(self._library.upscalers()),
        )
        dialog.pattern.setToolTip(_placeholder_help())
        # The saved settings may be damaged.
        with contextlib.suppress(TypeError, ValueError, OverflowError, RecursionError):
            dialog.set_settings(from_json(ExportSettings, json.loads(self.last)))
        remembered = dialog.form.choice()
        if form:
            dialog.set_form(form)
        self._state = state = _DialogState(
            dialog, list(pictures), title=title, given_form=form, remembered_form=remembered
        )
        dialog.changed.connect(lambda: self._tasks.start(self._show(state)))
        dialog.asked.connect(lambda: self._tasks.start(self._export_all(state)))
        dialog.copy_asked.connect(lambda: self.copy_credit(*state.pictures))
        dialog.finished.connect(lambda: self._end(state))
        dialog.open()
        self._tasks.start(self._show(state))

    async def copy(self, pictures: Sequence[PictureLike]) -> None:
        """Copy images to the clipboard as files. A single image is also copied as pixels."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in pictures])
        if len(pictures) == 1:
            # A damaged picture is copied as a file alone.
            with contextlib.suppress(StudioError):
                mime.setImageData(await asyncio.to_thread(_read_image, pictures[0].path))
        QGuiApplication.clipboard().setMimeData(mime)
        title = translate("ExportController", "%n picture(s) copied", "", len(pictures))
        text = translate("ExportController", "Paste them as files.")
        if len(pictures) == 1:
            title = translate("ExportController", "Picture copied")
            text = translate("ExportController", "Paste it into any program.")
        self._notify(title, text, kind="success")

    def copy_credit(self, *pictures: PictureLike) -> None:
        """Copy the attribution of the training data of the given images to the clipboard. If none of their models names
        its sources, show a notice instead.
        """
        if self._group_by_credited_model(pictures):
            self._tasks.start(self._copy_credit(pictures))
        else:
            title = translate("ExportController", "No credit is known")
            self._notify(title, self._uncredited_text(pictures))

    async def _copy_credit(self, pictures: Sequence[PictureLike]) -> None:
        texts = await self._credit_texts(pictures)
        QGuiApplication.clipboard().setText("\n".join(texts))
        title = translate("ExportController", "Credit copied")
        text = translate("ExportController", "Paste it where you show the picture or list your sources.")
        self._notify(title, joined_sentences([text, self._uncredited_text(pictures)]), kind="success")

    def _uncredited_text(self, pictures: Iterable[PictureLike]) -> str:
        """Return a sentence that names the models of the images whose training sources are not known, or "". The user
        has to find out whom to credit for these.
        """
        credited = {card.name for card in self._library.cards() if card.sources}
        models = dict.fromkeys(_model_of(picture) for picture in pictures)
        # A picture without settings names no model.
        uncredited = [model for model in models if model and model not in credited]
        names = ", ".join(uncredited[:MOST_NAMES]) + (", …" if len(uncredited) > MOST_NAMES else "")
        text = translate("ExportController", "The sources of {models} are not known here; look at the licence.")
        return text.format(models=names) if names else ""

    def close(self) -> None:
        """Close the export dialog when the window closes. A running export stops after the current file."""
        if self._state is not None:
            self._state.dialog.reject()
        self._is_closed = True
        self._disk.shutdown(wait=False, cancel_futures=True)

    def _group_by_credited_model(self, pictures: Iterable[PictureLike]) -> list[tuple[ModelCard, list[Path]]]:
        """Group images by model, and return (model card, image files) pairs for models that name their training
        sources.
        """
        cards = {card.name: card for card in self._library.cards() if card.sources}
        files_by_model: dict[str, list[Path]] = {}
        for picture in pictures:
            files_by_model.setdefault(_model_of(picture), []).append(picture.path)
        return [(cards[model], files) for model, files in files_by_model.items() if model in cards]

    async def _credit_texts(self, pictures: Iterable[PictureLike]) -> list[str]:
        """Return an attribution for each model used. It credits the training images that the exported images resemble,
        or else all training sources of the model.
        """
        return [
            await self._run_on_disk(partial(_attribution_text, card, files))
            for card, files in self._group_by_credited_model(pictures)
        ]

    async def _show(self, state: _DialogState) -> None:
        """Update the preview in the export dialog: first with a quick draft, then with the exact result after
        upscaling.
        """
        if state.ended:
            return
        state.turn += 1
        turn, preview, settings = state.turn, state.dialog.preview, state.dialog.settings()
        try:
            if settings.form == "iconset":
                steps = _icon_set_previews(settings, state.pictures)
                preview.set_waiting(translate("ExportController", "Preparing…"))
                while state.turn == turn and (step := await self._run_on_disk(partial(next, steps, None))) is not None:
                    if state.turn == turn:
                        preview.show_pictures(*step)
                return
            if settings.form in BUNDLES:
                pictures = await self._run_on_disk(partial(_bundle_preview, settings, state.pictures))
                if state.turn == turn:
                    preview.show_pictures(pictures)
                return
            master = await self._first_master(state, settings)
            form, options = _format_and_options(settings, master)
            # Flat colours take seconds, and have no progress.
            is_traced = options.flat is not None
            if master.is_short_of(form.side(master, options)) or is_traced:
                rough, _ = await self._run_on_disk(partial(_draft_preview, master, form, options))
                if state.turn != turn:
                    return
                preview.show_pictures(rough)
                preview.set_waiting(translate("ExportController", "Sharpening…"))

            def report(share: float) -> None:
                text = translate("ExportController", "Sharpening… {percent} %")
                preview.set_waiting(text.format(percent=round(100 * share)))

            while state.turn == turn and master.is_short_of(form.side(master, options)):
                larger = await self._enlarge(master, settings, report, lambda: state.turn == turn)
                if larger is not None:
                    master = larger
                    # Another upscaler may have been chosen during the last tile.
                    if state.upscaler == settings.upscaler:
                        state.master = master
            if state.turn == turn:
                if is_traced:
                    preview.set_waiting(translate("ExportController", "Preparing…"))
                pictures, facts = await self._run_on_disk(partial(_exact_preview, master, form, options))
                if state.turn == turn:
                    preview.show_pictures(pictures, facts)
        except StudioError as error:
            if state.turn == turn:
                state.dialog.show_problem(error_text(error))

    async def _export_all(self, state: _DialogState) -> None:
        """Export all images of the dialog, with their credits, and show a notice. Errors are shown in the dialog."""
        dialog = state.dialog
        settings, chosen = dialog.settings(), dialog.chosen_settings()
        done = 0
        # This discards a preview that is being computed.
        state.turn += 1
        title = translate("ExportController", "Export")
        entry = self._jobs.begin(RunningJob(title, stop=dialog.reject, show=dialog.activateWindow))
        try:

            def report(done: int, share: float = 0.0) -> None:
                count = len(state.pictures)
                text = translate("ExportController", "{number} of {count}")
                entry.text = text.format(number=min(done + 1, count), count=count)
                entry.share = (done + share) / count
                if share:
                    text = translate("ExportController", "{progress}, {percent} %")
                    entry.text = text.format(progress=entry.text, percent=round(100 * share))
                if not state.ended:
                    text = translate("ExportController", "Exporting {progress}…")
                    dialog.set_busy(text.format(progress=entry.text))

            # The preview may still keep the thread busy for a while.
            report(0)
            work: AsyncGenerator[int, None] = self._export_bundle(state, settings)
            if settings.form not in BUNDLES:
                work = self._convert_images(state, settings, report)
            is_complete = False
            async with contextlib.aclosing(work):
                async for done in work:
                    if state.ended:
                        break
                    report(done)
                else:
                    is_complete = True
            is_atomic = settings.form in BUNDLES and BUNDLES[settings.form].is_atomic
            if state.ended and not is_complete and (is_atomic or not done):
                if done:
                    text = translate("ExportController", "Nothing was written.")
                    self._notify(translate("ExportController", "Export stopped"), text)
                return
            # An icon set has them in its folder.
            if settings.credits and settings.form != "iconset":
                await self._write_credits(state.pictures, settings)
        except StudioError as error:
            if state.ended:
                raise
            dialog.set_busy("")
            dialog.show_problem(error_text(error))
            return
        finally:
            self._jobs.end(entry)
        # The format of an image set is not the next picture's.
        is_chosen = settings.form != state.given_form
        kept = chosen if is_chosen else replace(chosen, form=state.remembered_form)
        self.last = json.dumps(to_json(kept), default=str)
        if not state.ended:
            dialog.accept()
        title = translate("ExportController", "%n picture(s) exported", "", done)
        if done == 1:
            title = translate("ExportController", "Picture exported")
        folder = next(iter(state.written)) if len(state.written) == 1 else settings.folder
        notify_saved(self._notify, self._tasks, title, str(folder), folder)

    async def _convert_images(
        self, state: _DialogState, settings: ExportSettings, report: Callable[[int, float], object]
    ) -> AsyncGenerator[int, None]:
        """Convert all images to the chosen format and write them. Yield the number of files written so far after each
        image.

        During upscaling, `report` is called with the number of files written and the finished fraction of the
        upscaling, which is cancelled when the dialog closes.
        """
        for number, picture in enumerate(state.pictures, 1):
            master = await self._first_master(state, settings) if number == 1 else await self._read(picture)
            form, options = _format_and_options(settings, master, len(state.pictures))
            while master.is_short_of(form.side(master, options)):
                larger = await self._enlarge(master, settings, partial(report, number - 1), lambda: not state.ended)
                if larger is None:
                    return
                master = larger
            path = await self._write(master, settings, picture, number, len(state.pictures))
            state.written.add(path if form.folder else path.parent)
            yield number

    async def _export_bundle(self, state: _DialogState, settings: ExportSettings) -> AsyncGenerator[int, None]:
        """Export the images as copies, a ZIP file or a contact sheet. Yield the number of images done so far after each
        image.
        """
        remarks: list[Sentence] = []
        credit = "\n".join(await self._credit_texts(state.pictures)) if settings.form == "iconset" else ""
        steps = await self._run_on_disk(partial(_bundle_steps, settings, state, remarks, credit))
        done = 0
        try:
            while await self._run_on_disk(partial(next, steps, None)) is not None:
                # The last step of an icon set writes the files of all icons together.
                done = min(done + 1, len(state.pictures))
                yield done
        finally:
            # This discards an incomplete file.
            await self._run_on_disk(steps.close)
        for remark in remarks:
            self._notify(translate("ExportController", "The contact sheet is incomplete"), sentence_text(remark))

    async def _first_master(self, state: _DialogState, settings: ExportSettings) -> ExportSource:
        """Return the first image for the preview, with the enlarged versions that the selected upscaler has produced so
        far.
        """
        if state.master is None:
            state.master = await self._read(state.pictures[0])
        if state.upscaler != settings.upscaler:
            state.upscaler = settings.upscaler
            state.master = replace(state.master, levels=state.master.levels[:1])
        return state.master

    async def _read(self, picture: PictureLike) -> ExportSource:
        from gdm_studio.studio.export_source import read_source

        return await self._run_on_disk(partial(read_source, picture.path))

    async def _write(
        self, master: ExportSource, settings: ExportSettings, picture: PictureLike, number: int, count: int
    ) -> Path:
        from gdm_studio.gallery.export import export

        form, options = _format_and_options(settings, master, count)
        inside, _, name = _name_for(settings.pattern, picture, number).rpartition("/")
        folder = settings.folder / inside
        return await self._run_on_disk(partial(export, replace(master, name=name), form, options, folder))

    async def _write_credits(self, pictures: Sequence[PictureLike], settings: ExportSettings) -> None:
        from gdm_studio.gallery.export import write_credits

        for text in await self._credit_texts(pictures):
            await self._run_on_disk(partial(write_credits, text, settings.folder, merge_credits))

    async def _enlarge(
        self,
        master: ExportSource,
        settings: ExportSettings,
        report: Callable[[float], object],
        is_wanted: Callable[[], bool],
    ) -> ExportSource | None:
        """Upscale an image to its next larger size, tile by tile on the worker thread, and return it with that size
        added.

        `report` is called with the finished fraction after each tile. Returns None once `is_wanted` returns False.
        """
        file = self._library.upscaler(settings.upscaler) if settings.upscaler else None
        rgba = master.levels[-1]
        with self._worker.stream(window_calls.upscale, settings.upscaler, file, rgba) as stream:
            while is_wanted():
                step = await stream.next()
                assert step is not None
                share, image = step
                if image is not None:
                    return master.enlarged(image)
                # The dialog may have been closed meanwhile.
                if is_wanted():
                    report(share)
        return None

    def _end(self, state: _DialogState) -> None:
        state.ended = True
        state.turn += 1
        self._state = None
        state.dialog.deleteLater()

    async def _run_on_disk(self, function: Callable[[], T]) -> T:
        if self._is_closed:
            raise asyncio.CancelledError
        return await asyncio.get_running_loop().run_in_executor(self._disk, function)


def _model_of(picture: PictureLike) -> str:
    """Return the name of the model that generated an image, or "" if the image has no settings."""
    # A picture of another program may name no model.
    return getattr(picture, "model", picture.request.model)


def _format_and_options(settings: ExportSettings, master: ExportSource, count: int = 1) -> tuple[Format, Options]:
    """Return the export format and its options for one of `count` images. Raises BadRequest if the requested size is
    too large.
    """
    from gdm_studio.gallery.export import FORMATS
    from gdm_studio.gallery.export.writer import check_options

    form = FORMATS[settings.form]
    options = _options_for(replace(settings, flat=settings.flat or form.is_flat), master.side, count)
    check_options(options)
    return form, options


def _options_for(settings: ExportSettings, side: int, count: int = 1) -> Options:
    """Return the export options for one of `count` images, whose longer side has `side` pixels."""
    from gdm_studio.gallery.export import Options

    return Options(
        size=None if settings.factor else settings.size,
        factor=settings.factor or None,
        names_size=count > 1 and not settings.factor,
        background=settings.background,
        metadata=settings.metadata,
        flat=_flat_style(settings) if settings.flat else None,
    ).for_image(side)


def _flat_style(settings: ExportSettings) -> FlatStyle:
    """Return the style of flat colours that the user chose."""
    from gdm_studio.gallery.export import FlatStyle, Outline

    colours = None if settings.colours == AS_NEEDED else settings.colours
    return FlatStyle(colours=colours, smoothing=settings.smoothing, outline=Outline(settings.outline_id()))


def _name_for(pattern: str, picture: PictureLike, number: int = 1) -> str:
    """Return the file name for an exported image by filling in the name pattern, without suffix. Raises BadRequest for
    an invalid pattern.
    """
    from gdm_studio.gallery import filename_pattern

    stem = "" if has_settings(picture) else picture.path.stem
    facts = picture.request, str(picture.id), picture.created, picture.size
    unstated: frozenset[str] = getattr(picture, "unstated", frozenset())
    title = getattr(picture, "made_with", {}).get("title", "")
    named = filename_pattern.NameParts(*facts, number, stem, unstated, title)
    return filename_pattern.fill_pattern(pattern, named)


def _name_of_first(settings: ExportSettings, pictures: Sequence[PictureLike]) -> str:
    """Return the name that the first exported image will get, without suffix. Raises BadRequest for an invalid
    pattern.
    """
    from gdm_studio.gallery.export import FORMATS, sized_name

    picture = pictures[0]
    name = _name_for(settings.pattern, picture)
    form = FORMATS.get(settings.form)
    if form is None or not form.sized:
        return name
    side = max(picture.size)
    return sized_name(name, _options_for(settings, side, len(pictures)), side)


def _attribution_text(card: ModelCard, files: Sequence[Path]) -> str:
    """Return the attribution of the training images of a model that the given generated images resemble. Raises
    StorageError or ModelError.
    """
    from gdm_studio.common.image_file import read_rgba_array
    from gdm_studio.models.attribution import find_origin

    return credit_text(card, [find_origin(card, read_rgba_array(file)) for file in files])


def _placeholder_help() -> str:
    """Return a tooltip that lists the placeholders for file names and their descriptions."""
    from gdm_studio.gallery.filename_pattern import FIELDS, description_of

    texts = {name: translate("FilenamePattern", words) for name, (words, _) in FIELDS.items()}
    for setting in with_role(SETTINGS, Role.SEARCH):
        if texts[setting.word] == description_of(setting):
            title = within_text(translate("Setting", setting.title))
            texts[setting.word] = translate("FilenamePattern", "its {setting}").format(setting=title)
    return "\n".join(f"{{{name}}}  {text}" for name, text in texts.items())


def _bundle_steps(
    settings: ExportSettings, state: _DialogState, remarks: list[Sentence], credit: str
) -> Generator[object, None, None]:
    """Write the images of a dialog as copies, a ZIP file, an icon set or a contact sheet, and yield after each image,
    for the progress.

    ZIP files, icon sets and contact sheets are written atomically. Remarks about a contact sheet are added to
    `remarks`, and `credit` is written into the folder of an icon set.
    """
    from gdm_studio.gallery.export import (
        copy_images,
        read_master,
        write_archive,
        write_contact_sheet,
        write_icon_set,
    )
    from gdm_studio.gallery.storage import file_operations

    pictures = state.pictures
    file_operations.make_folder(settings.folder)
    if settings.form == "copies":
        yield from copy_images(pictures, settings.folder, pattern=settings.pattern, metadata=settings.metadata)
    elif settings.form == "zip":
        file = file_operations.NewFile(settings.folder, file_operations.numbered_names("Pictures", ".zip"))
        yield from write_archive(pictures, file, pattern=settings.pattern, metadata=settings.metadata)
    elif settings.form == "iconset":
        masters = [(title_of(picture), read_master(picture.path)) for picture in pictures]
        style = _flat_style(settings)
        state.written.add((yield from write_icon_set(masters, style, settings.folder, credit, title=state.title)))
    else:
        file = file_operations.NewFile(settings.folder, file_operations.numbered_names("Contact sheet", ".png"))
        yield from write_contact_sheet(pictures, file, remarks=remarks)


def _bundle_preview(settings: ExportSettings, pictures: Sequence[Picture]) -> list[np.ndarray]:
    """Return the preview of an export of several files: the first image, or a contact sheet of the first few images."""
    from gdm_studio.common.image_file import read_rgba_array
    from gdm_studio.gallery.export import write_contact_sheet

    if settings.form != "sheet":
        return [read_rgba_array(pictures[0].path)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.png"
        for _ in write_contact_sheet(pictures[:SHOWN], path):
            pass
        return [read_rgba_array(path)]


def _icon_set_previews(settings: ExportSettings, pictures: Sequence[Picture]) -> Iterator[tuple[list[np.ndarray], str]]:
    """Yield the preview of an icon set after each of its first few icons is drawn, with the progress, and at the end
    facts about the SVG files if the preview shows all icons.
    """
    from gdm_studio.gallery.export import preview_icon_set, read_master

    masters = [read_master(picture.path) for picture in pictures[:SHOWN]]
    for drawn, (page, size, count) in enumerate(preview_icon_set(masters, _flat_style(settings), DRAWN)):
        # The first pages show images that are not as they will be written.
        text = translate("ExportController", "Preparing the preview: {number} of {count}…")
        text = text.format(number=drawn, count=len(masters))
        if drawn == len(masters):
            text = translate("ExportController", "{number} of {count}").format(number=drawn, count=len(pictures))
            if drawn == len(pictures):
                text = f"SVG · {_svg_facts(size, count)}"
        yield [page], text


def _svg_facts(size: int, count: int) -> str:
    """Return a text with the size of SVG files in bytes and the number of their shapes."""
    kilobytes = translate("ExportController", "{size} kB").format(size=number_text(size / 1000, 1))
    return f"{kilobytes} · {translate('ExportController', '%n shape(s)', '', count)}"


def _draft_preview(master: ExportSource, form: Format, options: Options) -> tuple[list[np.ndarray], str]:
    """Return a quick preview of an export, made before the image is upscaled. SVG is previewed as PNG, and flat colours
    as they are in the image, because tracing is slow.
    """
    from gdm_studio.gallery.export import FORMATS

    return _exact_preview(master, FORMATS["png"] if form.id == "svg" else form, replace(options, flat=None))


def _exact_preview(master: ExportSource, form: Format, options: Options) -> tuple[list[np.ndarray], str]:
    """Return the images that show the result of an export, and facts about its file: those of an SVG."""
    import numpy as np

    if form.id == "svg":
        ((_, data),) = form.files(master, options)
        return [_render_svg(data)], _svg_facts(len(data), data.count(b"<path"))
    return [np.asarray(picture) for picture in form.preview(master, options)], ""


def _render_svg(svg: bytes) -> np.ndarray:
    """Render an SVG file at the size of the preview. Returns RGBA (height, width, 4) with straight alpha."""
    import numpy as np

    renderer = QSvgRenderer(svg)
    size = renderer.defaultSize().scaled(DRAWN, DRAWN, Qt.AspectRatioMode.KeepAspectRatio)
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(image.rect()))
    painter.end()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return np.array(image.constBits()).reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]


def _read_image(path: Path) -> QImage:
    """Read an image file, upright and in sRGB. Raises StorageError."""
    from gdm_studio.common.image_file import read_rgba_array

    return to_qimage(read_rgba_array(path))
