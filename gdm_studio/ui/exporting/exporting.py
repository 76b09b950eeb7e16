"""Exporting as the window does it: previews and files off the main thread, enlargements in the lane."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from gdm_studio.errors import StudioError
from gdm_studio.models.credits import credit_text
from gdm_studio.models.typed import from_plain, to_plain
from gdm_studio.ui.exporting.dialog import BUNDLES, ExportDialog, Wish
from gdm_studio.ui.folders import exports_folder, say_saved
from gdm_studio.ui.gallery.list_model import title_of

if TYPE_CHECKING:
    import numpy as np
    from PySide6.QtWidgets import QWidget

    from gdm_studio.engine.upscale import Doubler
    from gdm_studio.gallery import Picture
    from gdm_studio.gallery.export import Format, Master, Options
    from gdm_studio.models.card import ModelCard
    from gdm_studio.models.library import Library
    from gdm_studio.ui.gallery.list_model import PictureLike
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.look.theme import Theme
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

T = TypeVar("T")

SHOWN = 24  # pictures of a contact sheet that its preview has
DRAWN = 712  # pixels a side that an SVG is drawn at to be looked at: sharp on screens of twice the usual density


@dataclass
class _Sitting:
    """One opening of the dialog."""

    dialog: ExportDialog
    pictures: list[Any]
    master: Master | None = None  # of the first picture, which the preview shows
    turn: int = 0  # of the preview; an older one is dropped
    ended: bool = False


class Exporting:
    """One dialog at a time; files are read and written by a thread of its own, which the window `close()`s."""

    def __init__(self, window: QWidget, theme: Theme, *, lane: Lane, library: Library, tasks: Tasks, say: Say) -> None:
        self._window, self._theme, self._lane, self._library = window, theme, lane, library
        self._tasks, self._say = tasks, say
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="export")
        self._double: Doubler | None = None
        self.last = ""  # the wish that was carried out last, as JSON
        self._sitting: _Sitting | None = None
        self._closed = False

    @property
    def dialog(self) -> ExportDialog | None:
        """The one that is open."""
        return self._sitting.dialog if self._sitting else None

    def open(self, pictures: Sequence[PictureLike]) -> None:
        """Asks how these pictures are to be exported."""
        if not pictures or self._sitting is not None:
            return
        from gdm_studio.gallery.export import FORMATS

        dialog = ExportDialog(
            self._theme, FORMATS, what=title_of(pictures[0]) if len(pictures) == 1 else f"{len(pictures)} pictures",
            credited=bool(self._credited(pictures)), folder=exports_folder(), parent=self._window,
            name_of=lambda pattern: _name(pattern, pictures[0]),
        )  # fmt: skip
        dialog.pattern.setToolTip(_fields())
        with contextlib.suppress(TypeError, ValueError, OverflowError, RecursionError):  # what a file says may be none
            dialog.set_wish(from_plain(Wish, json.loads(self.last)))
        self._sitting = sitting = _Sitting(dialog, list(pictures))
        dialog.changed.connect(lambda: self._tasks.start(self._show(sitting)))
        dialog.asked.connect(lambda: self._tasks.start(self._carry_out(sitting)))
        dialog.copy_asked.connect(lambda: self.copy_credit(*sitting.pictures))
        dialog.finished.connect(lambda: self._end(sitting))
        dialog.open()
        self._tasks.start(self._show(sitting))

    async def copy(self, pictures: Sequence[PictureLike]) -> None:
        """Puts pictures on the clipboard, as files, and one as it looks too."""
        told = QMimeData()
        told.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in pictures])
        if len(pictures) == 1:
            told.setImageData(await asyncio.to_thread(QImage, str(pictures[0].path)))
        QGuiApplication.clipboard().setMimeData(told)
        title = "Picture copied" if len(pictures) == 1 else f"{len(pictures)} pictures copied"
        self._say(title, "Paste it into any program." if len(pictures) == 1 else "Paste them as files.", kind="success")

    def copy_credit(self, *pictures: PictureLike) -> None:
        """Puts the credit of pictures on the clipboard once it is known, and says so."""
        if self._credited(pictures):
            self._tasks.start(self._copy_credit(pictures))
        else:
            self._say("There is no one to credit", f"The model {pictures[0].request.model} names no sources here.")

    async def _copy_credit(self, pictures: Sequence[PictureLike]) -> None:
        texts = await self._credits(pictures)
        QGuiApplication.clipboard().setText("\n".join(texts))
        self._say("Credit copied", "Paste it where you show the picture, or name your sources.", kind="success")

    def close(self) -> None:
        """Lets the file being written end, and begins no other."""
        if self._sitting is not None:
            self._sitting.dialog.reject()
        self._closed = True
        self._disk.shutdown(wait=False, cancel_futures=True)

    def _credited(self, pictures: Iterable[PictureLike]) -> list[tuple[ModelCard, list[Path]]]:
        """The files of pictures by the models that made them, of those models that are here and name their sources."""
        here = {card.name: card for card in self._library.cards() if card.sources}
        made: dict[str, list[Path]] = {}
        for picture in pictures:
            made.setdefault(picture.request.model, []).append(picture.path)
        return [(here[model], files) for model, files in made.items() if model in here]

    async def _credits(self, pictures: Iterable[PictureLike]) -> list[str]:
        """Whom to credit for pictures, a text a model: the drawings that they are close to, or all that it learned."""
        return [await self._do(partial(_credit, card, files)) for card, files in self._credited(pictures)]

    async def _show(self, sitting: _Sitting) -> None:
        """Shows what would be written: at once roughly, then as the upscaler draws it."""
        if sitting.ended:
            return
        sitting.turn += 1
        turn, preview, wish = sitting.turn, sitting.dialog.preview, sitting.dialog.wish()
        try:
            if wish.form in BUNDLES:
                shown = await self._do(partial(_bundled, wish.form, sitting.pictures))
                if sitting.turn == turn:
                    preview.show_pictures(shown)
                return
            form, options = _asked(wish)
            master = await self._opened(sitting)
            if master.is_short_of(form.side(master, options)):
                rough = await self._do(partial(_roughly, master, form, options))
                if sitting.turn != turn:
                    return
                preview.show_pictures(rough)
                preview.set_waiting("Sharpening…")
            while sitting.turn == turn and master.is_short_of(form.side(master, options)):
                sitting.master = master = await self._enlarged(master)
            if sitting.turn == turn:
                shown = await self._do(partial(_exactly, master, form, options))
                if sitting.turn == turn:
                    preview.show_pictures(shown)
        except StudioError as error:
            if sitting.turn == turn:
                sitting.dialog.show_problem(str(error))

    async def _carry_out(self, sitting: _Sitting) -> None:
        """Writes every picture, then the credits; ends with a notice, or with what went wrong in the dialog."""
        dialog, wish, done = sitting.dialog, sitting.dialog.wish(), 0
        sitting.turn += 1  # the preview need not be finished
        try:
            work = self._bundle if wish.form in BUNDLES else self._convert
            async for done in work(sitting, wish):
                if sitting.ended:  # stopped
                    break
                dialog.set_busy(f"Exporting {min(done + 1, len(sitting.pictures))} of {len(sitting.pictures)}…")
            if wish.credits:
                await self._write_credits(sitting.pictures, wish)
        except StudioError as error:
            if sitting.ended:
                raise
            dialog.set_busy("")
            dialog.show_problem(str(error))
            return
        self.last = json.dumps(to_plain(wish), default=str)
        if not sitting.ended:
            dialog.accept()
        title = "Picture exported" if done == 1 else f"{done} pictures exported"
        say_saved(self._say, self._tasks, title, str(wish.folder), wish.folder)

    async def _convert(self, sitting: _Sitting, wish: Wish) -> AsyncIterator[int]:
        """Writes every picture anew; how many are written so far."""
        for number, picture in enumerate(sitting.pictures, 1):
            master = await self._opened(sitting) if number == 1 else await self._read(picture)
            await self._write(master, wish, picture, number)
            yield number

    async def _bundle(self, sitting: _Sitting, wish: Wish) -> AsyncIterator[int]:
        """Takes the files themselves along; how many so far."""
        steps = await self._do(partial(_bundling, wish, sitting.pictures))
        done = 0
        try:
            while await self._do(partial(next, steps, None)) is not None:
                done += 1
                yield done
        finally:
            await self._do(steps.close)  # what is not whole does not appear

    async def _opened(self, sitting: _Sitting) -> Master:
        """The first picture, with the enlargements it has by now."""
        if sitting.master is None:
            sitting.master = await self._read(sitting.pictures[0])
        return sitting.master

    async def _read(self, picture: PictureLike) -> Master:
        from gdm_studio.gallery.export import read_master

        return await self._do(partial(read_master, picture.path))

    async def _write(self, master: Master, wish: Wish, picture: PictureLike, number: int) -> None:
        from gdm_studio.gallery.export import export

        form, options = _asked(wish)
        while master.is_short_of(form.side(master, options)):
            master = await self._enlarged(master)
        inside, _, name = _name(wish.pattern, picture, number).rpartition("/")
        await self._do(partial(export, replace(master, name=name), form, options, wish.folder / inside))

    async def _write_credits(self, pictures: Sequence[PictureLike], wish: Wish) -> None:
        from gdm_studio.gallery.export import write_credits

        for text in await self._credits(pictures):
            await self._do(partial(write_credits, text, wish.folder))

    async def _enlarged(self, master: Master) -> Master:
        return master.enlarged(await self._lane.ask(partial(self._doubled, master.levels[-1])))

    def _doubled(self, rgba: np.ndarray) -> np.ndarray:
        """In the lane's thread, where torch is."""
        if self._double is None:
            from gdm_studio.engine.upscale import Doubler

            self._double = Doubler()
        return self._double(rgba)

    def _end(self, sitting: _Sitting) -> None:
        sitting.ended = True
        sitting.turn += 1
        self._sitting = None
        sitting.dialog.deleteLater()

    async def _do(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise asyncio.CancelledError
        return await asyncio.get_running_loop().run_in_executor(self._disk, work)


def _asked(wish: Wish) -> tuple[Format, Options]:
    from gdm_studio.gallery.export import FORMATS, Options

    return FORMATS[wish.form], Options(size=wish.size, background=wish.background, metadata=wish.metadata)


def _name(pattern: str, picture: PictureLike, number: int = 1) -> str:
    """What a picture's file is called, without its ending. Raises BadRequest."""
    from gdm_studio.gallery import naming

    of = naming.Named(picture.request, str(picture.id), picture.created, picture.size, number)
    return naming.name(pattern, of)


def _credit(card: ModelCard, files: Sequence[Path]) -> str:
    """Whom to credit for pictures of that model. Raises StorageError or ModelError."""
    import numpy as np

    from gdm_studio.models.origins import close_to
    from gdm_studio.picture_file import read_rgba

    return credit_text(card, [close_to(card, np.asarray(read_rgba(file))) for file in files])


def _fields() -> str:
    """What a pattern of names can have in it, for a tooltip."""
    from gdm_studio.gallery.naming import FIELDS

    return "\n".join(f"{{{name}}}  {words}" for name, (words, _) in FIELDS.items())


def _bundling(wish: Wish, pictures: Sequence[Picture]) -> Generator[object, None, None]:
    """Writes copies, a ZIP or a contact sheet, a picture a step; of the last two nothing is there before its end."""
    from gdm_studio.gallery import files
    from gdm_studio.gallery.export import archive, copies, sheet

    files.make_folder(wish.folder)
    if wish.form == "copies":
        yield from copies(pictures, wish.folder, pattern=wish.pattern, metadata=wish.metadata)
    elif wish.form == "zip":
        file = files.NewFile(wish.folder, files.numbered("Pictures", ".zip"))
        yield from archive(pictures, file, pattern=wish.pattern, metadata=wish.metadata)
    else:
        yield from sheet(pictures, files.NewFile(wish.folder, files.numbered("Contact sheet", ".png")))


def _bundled(form: str, pictures: Sequence[Picture]) -> list[np.ndarray]:
    """What a bundle looks like: its first picture, or the sheet with the first of them."""
    import numpy as np

    from gdm_studio.gallery.export import sheet
    from gdm_studio.picture_file import read_rgba

    if form != "sheet":
        return [np.asarray(read_rgba(pictures[0].path))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.png"
        for _ in sheet(pictures[:SHOWN], path):
            pass
        return [np.asarray(read_rgba(path))]


def _roughly(master: Master, form: Format, options: Options) -> list[np.ndarray]:
    """Before the enlargements are there; tracing is not worth its while yet."""
    from gdm_studio.gallery.export import FORMATS

    return _exactly(master, FORMATS["png"] if form.id == "svg" else form, options)


def _exactly(master: Master, form: Format, options: Options) -> list[np.ndarray]:
    import numpy as np

    if form.id == "svg":
        ((_, data),) = form.files(master, options)
        return [_drawn(data)]
    return [np.asarray(picture) for picture in form.shown(master, options)]


def _drawn(svg: bytes) -> np.ndarray:
    """An SVG as straight RGBA, as large as it is looked at."""
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
