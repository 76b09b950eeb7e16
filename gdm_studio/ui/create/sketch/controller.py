"""Controller of Sketch: the user draws, and Live generates the image from the sketch after each stroke."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.ui.create.panel.bound_setting_widgets import bind
from gdm_studio.ui.create.sketch.bar import CLEAR, PAPERS, PICTURE, WHITE
from gdm_studio.ui.create.sketch.brush import SketchBrush
from gdm_studio.ui.theme.imaging import image_over, straight_array
from gdm_studio.ui.translation import error_text, error_title, translate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Set

    import numpy as np

    from gdm_studio.gallery import Picture
    from gdm_studio.jobs.job import Job
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.request.generation_events import Result
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.generation.mode_controller import GenerationModes
    from gdm_studio.ui.create.inputs.start_image import StartImage

# Seconds per image from which the pen has to rest before the next image begins, and seconds that it rests.
SLOW_SECONDS = 1.0
REST_SECONDS = 0.4
# Number of replaced sketches to which Undo can return.
MOST_REPLACED = 8
# Kind of paper, and the stored names of the paper, if it is a picture, and of the strokes; "" for none.
Layers = tuple[str, str, str]
NO_LAYERS: Layers = (WHITE, "", "")


class SketchController(QObject):
    """Controller of a sketch beside the image, from which Live generates the image after each stroke.

    A sketch has a paper, which is white, transparent or a picture, and a layer of strokes. It stays when the user
    leaves it, and in later sessions: `layers()` names its stored parts. `picture()` returns the image on the canvas as
    RGB or RGBA (height, width, channels), and `save_session()` saves the session when `layers()` has changed.
    """

    def __init__(
        self,
        context: CreateContext,
        modes: GenerationModes,
        start_image: StartImage,
        picture: Callable[[], Awaitable[np.ndarray | None]],
        layers: Layers,
        save_session: Callable[[], Awaitable[object]],
    ) -> None:
        super().__init__(context.page)
        self._context = context
        self._modes = modes
        self._live_mode = modes.live
        self._start_image = start_image
        self._picture = picture
        self._save_session = save_session
        self._viewer = context.viewer
        self._panel = context.page.canvas_panel
        self._request_draft = context.page.controls.request_draft
        self._button = context.page.controls.modes.sketch
        self._bar = self._panel.sketch_bar
        self.brush = SketchBrush(context.theme, self)
        self.is_open = False
        # The stored parts of the sketch, and the paper, RGBA (height, width, 4), once the sketch has been opened.
        self._layers = layers
        self._kind = layers[0]
        self._paper: np.ndarray | None = None
        # True if something is drawn on the paper.
        self._is_drawn = False
        # Only one task at a time stores parts, and deletes stale ones that the other could store again.
        self._store_lock = asyncio.Lock()
        # Sketches that other ones have replaced, newest last: the kind of paper, the paper and the strokes.
        self._replaced_sketches: list[tuple[str, np.ndarray | None, QImage]] = []
        # True if Sketch has turned Live on, which then ends with it.
        self._is_live_lent = False
        # The denoising strength of the masked area, which the settings get back when the user leaves the sketch.
        self.mask_strength: float | None = None
        # Name of the stored sketch from which Live draws, or "" if it is blank.
        self._name = ""
        # True if the sketch has changed since it was stored, and the task that stores it.
        self._is_outdated = False
        self._task: asyncio.Future[None] | None = None
        # Stored images that this controller has created, and those among all images that must stay.
        self._created_names: set[str] = set()
        self._kept_names: set[str] = set()
        self._connect()

    def layers(self) -> Layers:
        """Return the kind of the paper and the names of the stored parts of the sketch, for the next session."""
        return self._layers

    async def open(self) -> None:
        """Show the sketch beside the image, and turn Live on. Raises StudioError if the sketch cannot be stored."""
        card = self._request_draft.card
        if self.is_open or card is None or not self._is_possible(card):
            self._button.setChecked(self.is_open)
            return
        if self._paper is None:
            await self._load()
        elif self._is_blank():
            self._begin_sketch(self._kind)
        if self.is_open:
            return
        self.is_open = True
        self._button.setChecked(True)
        self._lend_strength()
        self._show()
        if self._live_mode.on:
            self._modes.turn_live(True, draws_sketch=True)
        await self._start_update()
        if self.is_open:
            self._is_live_lent = not self._live_mode.on
            self._modes.turn_live(True, draws_sketch=True)

    async def draw_on(self, picture: np.ndarray) -> None:
        """Open the sketch with a picture, RGB or RGBA (height, width, channels), as its paper."""
        if self._paper is None:
            await self._load()
        self._replace(PICTURE, await asyncio.to_thread(_paper_of, picture))
        await self.open()

    def leave(self) -> None:
        """Hide the sketch, which stays for the next time. Live ends if Sketch has turned it on, and otherwise
        continues with the fast version of the model.
        """
        if not self.is_open:
            return
        self.is_open = False
        # As when Live is left, the finished image stays.
        self._live_mode.keep_finished()
        # The images on the canvas can be saved or branched later.
        self._kept_names |= {self._name, *self._names_on_canvas()}
        self._button.setChecked(False)
        self._panel.hide_sketch()
        if self._live_mode.on:
            self._modes.turn_live(not self._is_live_lent)
        self._is_live_lent = False
        self._return_strength()
        self._live_mode.draw_from(None)
        self._context.page.controls.start.set_unused(by_sketch=False)
        self._context.tasks.start(self._save_for_session())

    async def use_as_start(self) -> None:
        """Use the sketch as the start image of the next images. Raises StudioError."""
        if self._paper is not None and not self._is_blank():
            composite = await asyncio.to_thread(_composite, self._paper, self.brush.strokes())
            strength = self._request_draft["strength"]
            self._return_strength()
            await self._start_image.use(composite, strength=strength)

    def _lend_strength(self) -> None:
        """Set the default denoising strength if there is a mask, whose strength is for the masked area: at 1, strokes
        would have no effect.
        """
        if self._request_draft["mask"]:
            self.mask_strength = self._request_draft["strength"]
            self._request_draft.put(strength=self._request_draft.default("strength"))

    def _return_strength(self) -> None:
        if self.mask_strength is not None and self._request_draft["mask"]:
            self._request_draft.put(strength=self.mask_strength)
        self.mask_strength = None

    async def save(self) -> None:
        """Store the parts of the sketch for the next session. Raises StudioError."""
        if self._paper is None:
            return
        # Nobody ends the stroke any more if the window closes, and the task waits for its end.
        self.brush.release()
        if self._task is not None:
            await asyncio.wait([self._task])
        await self._store_parts()

    async def _save_for_session(self) -> None:
        """Store the parts of the sketch, and save the session that names them. Raises StudioError."""
        before = self._layers
        await self.save()
        if self._layers != before:
            await self._save_session()

    async def _store_parts(self) -> None:
        assert self._paper is not None
        async with self._store_lock:
            kind, strokes, stale = self._kind, self.brush.strokes(), self._take_stale_names()
            paper = self._paper if kind == PICTURE else None
            names, created = await asyncio.to_thread(_store_layers, paper, strokes, stale)
            self._created_names |= created | (stale & set(names))
            self._layers = (kind, *names)

    # The sketch

    async def _load(self) -> None:
        """Load the sketch of an earlier session. If a part of it is missing, inform the user and start a blank one."""
        kind, paper_name, strokes_name = self._layers
        try:
            paper, strokes = await asyncio.to_thread(_load_layers, paper_name, strokes_name)
        except BadRequest as error:
            self._context.notify(error_title(error), error_text(error))
            kind, paper, strokes = WHITE, None, None
        if self._paper is not None:
            return
        self._kept_names |= {paper_name, strokes_name}
        if kind not in PAPERS or (kind == PICTURE and paper is None):
            kind = WHITE
        part = strokes if paper is None else paper
        size = self._size() if part is None else (part.shape[1], part.shape[0])
        if strokes is not None and strokes.shape[1::-1] != size:
            strokes = None
        self._begin_sketch(kind, paper, size=size, strokes=strokes)

    def _begin_sketch(
        self,
        kind: str,
        paper: np.ndarray | None = None,
        *,
        size: tuple[int, int] | None = None,
        strokes: np.ndarray | None = None,
    ) -> None:
        """Start a sketch on a paper of this kind, which `paper` contains if it is a picture."""
        size = size or (self._size() if paper is None else (paper.shape[1], paper.shape[0]))
        self._kind = kind
        self._paper = _plain_paper(kind, size) if paper is None else paper
        self.brush.begin(size, strokes)
        self._is_drawn = strokes is not None

    def _replace(self, kind: str, paper: np.ndarray | None = None) -> None:
        """Start another sketch, and offer to return to the present one unless it is blank."""
        before, was_blank = (self._kind, self._paper, self.brush.strokes()), self._is_blank()
        self._begin_sketch(kind, paper)
        if not was_blank:
            self._replaced_sketches.append(before)
            del self._replaced_sketches[:-MOST_REPLACED]
            title = translate("Sketch", "A new sketch")
            text = translate("Sketch", "It replaces the one before.")
            self._context.notify(title, text, undo=partial(self._take_back, before))
        self._show()

    def _take_back(self, before: tuple[str, np.ndarray | None, QImage]) -> None:
        """Return to a sketch that was replaced, unless Undo has returned to it already."""
        places = [place for place, each in enumerate(self._replaced_sketches) if each is before]
        if not places:
            return
        del self._replaced_sketches[places[0] :]
        self._kind, self._paper, strokes = before
        self.brush.take_strokes(strokes)
        self._show()

    def undo(self) -> None:
        """Undo the last stroke or, if there is none, return to the sketch that this one has replaced."""
        if self.brush.can_undo():
            self.brush.undo()
        elif self._replaced_sketches:
            self._take_back(self._replaced_sketches[-1])

    def _size(self) -> tuple[int, int]:
        """Return the size (width, height) of a new sketch: that of the next images, reduced for display."""
        from gdm_studio.ui.create.inputs.image_files import DISPLAY_SIDE

        card = self._request_draft.card
        width, height = self._request_draft["size"] or (card.sizes()[0] if card is not None else (512, 512))
        scale = min(DISPLAY_SIDE / max(width, height), 1.0)
        return max(round(width * scale), 1), max(round(height * scale), 1)

    def _on_size(self, _: object) -> None:
        """Give a sheet of paper on which nothing was ever drawn the new proportions of the next images."""
        is_untouched = self._is_blank() and not (self.brush.can_undo() or self.brush.can_redo())
        if self.is_open and is_untouched and self._paper is not None and self._paper.shape[1::-1] != self._size():
            self._begin_sketch(self._kind)
            self._show()

    def _is_blank(self) -> bool:
        """Return True if nothing is drawn, on a paper without a picture."""
        return self._kind != PICTURE and not self._is_drawn

    # Images

    def _on_edited(self) -> None:
        self._is_drawn = True
        if self.is_open:
            self._start_update()

    def _start_update(self) -> asyncio.Future[None]:
        """Store the sketch and let Live draw from it, after what is being stored now."""
        self._is_outdated = True
        if self._task is None or self._task.done():
            self._task = self._context.tasks.start(self._update())
        return self._task

    async def _update(self) -> None:
        """Store the sketch and let Live draw from it, until it does not change any more."""
        while self.is_open and self._is_outdated:
            await self._wait_for_rest()
            self._is_outdated = False
            if self._paper is None:
                return
            async with self._store_lock:
                paper, strokes = self._paper, self.brush.strokes()
                is_plain = self._kind != PICTURE
                stale = self._take_stale_names()
                name, is_new = await asyncio.to_thread(_store, paper, strokes, is_plain, stale)
                if is_new or name in stale:
                    self._created_names.add(name)
                self._name = name
            if not self._is_outdated:
                self._is_drawn = bool(name)
            self._show_state()
            if self.is_open:
                self._live_mode.draw_from(
                    name, partial(self._start_image.size_for, (strokes.width(), strokes.height()))
                )
                self._context.page.controls.start.set_unused(by_sketch=bool(name))
            if not self._is_outdated:
                # A crash loses no finished stroke.
                before = self._layers
                await self._store_parts()
                if self._layers != before:
                    await self._save_session()

    async def _wait_for_rest(self) -> None:
        """Wait until the pen rests, if an image takes so long that one per stroke would hardly ever be finished."""
        while self.is_open and self._live_mode.seconds > SLOW_SECONDS and self._is_outdated:
            self._is_outdated = self.brush.is_drawing()
            await asyncio.sleep(REST_SECONDS)

    def _names_on_canvas(self) -> set[str]:
        """Return the names of the start images of the images on the canvas."""
        runs = (self._viewer.run, self._viewer.on_canvas)
        return {run.request.image for run in runs if run is not None}

    def _take_stale_names(self) -> Set[str]:
        """Return the names of stored sketches that no image can use any more, and forget them."""
        used = {
            self._name,
            *self._layers[1:],
            *self._kept_names,
            *self._names_on_canvas(),
            *self._live_mode.images_in_use(),
        }
        stale = self._created_names - used
        self._created_names -= stale
        return stale

    def _on_saved(self, job: Job, result: Result, picture: Picture | None) -> None:
        self._kept_names.add(result.request.image)

    async def _fill(self, position: QPointF) -> None:
        """Fill the area of one colour around a position."""
        paper = self._paper
        if paper is None:
            return
        strokes = self.brush.strokes()
        area = await asyncio.to_thread(_area_at, paper, strokes, position)
        if self._paper is paper and area.any():
            self.brush.fill(area)

    # Widgets

    def _is_possible(self, card: ModelCard) -> bool:
        """Return True if a model can start from a sketch, or inform the user that it cannot."""
        if not card.accepts.picture:
            title = translate("InversionTool", "{model} cannot start from a picture").format(model=card.title)
            self._context.notify(title, translate("Sketch", "Choose another model to sketch."))
        return bool(card.accepts.picture)

    def _show(self) -> None:
        if self.is_open and self._paper is not None:
            self._panel.show_sketch(self._paper, self.brush)
            self._panel.sketch_canvas.setFocus()
            self._show_state()

    def _show_state(self) -> None:
        can_undo = self.brush.can_undo() or bool(self._replaced_sketches)
        self._bar.set_state(undo=can_undo, redo=self.brush.can_redo(), empty=self._is_blank())

    def _on_part(self, part: QRectF) -> None:
        if part.isNull():
            self._panel.sketch_canvas.update()
        else:
            self._panel.sketch_canvas.update_part(part)

    def _on_paper(self, kind: str) -> None:
        if kind == PICTURE:
            self._context.tasks.start(self._draw_on_shown())
        else:
            self._replace(kind)

    async def _draw_on_shown(self) -> None:
        picture = await self._picture()
        if picture is None:
            title = translate("Sketch", "There is no picture yet")
            self._context.notify(title, translate("Sketch", "Generate or choose one first."))
        else:
            await self.draw_on(picture)

    def _on_model(self, card: ModelCard) -> None:
        if self.is_open and not self._is_possible(card):
            self.leave()

    async def _use(self) -> None:
        try:
            await self.use_as_start()
        except StudioError as error:
            self._context.notify(error_title(error), error_text(error))
            return
        self.leave()

    def _connect(self) -> None:
        bar, brush, start = self._bar, self.brush, self._context.tasks.start
        bind(self._request_draft, "strength", bar.strength)
        # The settings of another image have their own strength.
        self._context.settings.replacing.connect(self._return_strength)
        # What was once a start image of the settings can become it again by Undo.
        self._request_draft.listen("image", self._kept_names.add)
        self._request_draft.listen("size", self._on_size)
        bar.strength.changed.connect(self._context.page.controls.changed)
        bar.tool_chosen.connect(brush.set_tool)
        bar.colour_chosen.connect(brush.set_colour)
        bar.size_changed.connect(brush.set_size)
        bar.size_scaled.connect(brush.scale_size)
        bar.undo_clicked.connect(self.undo)
        bar.redo_clicked.connect(brush.redo)
        bar.clear_clicked.connect(brush.clear)
        bar.paper_chosen.connect(self._on_paper)
        bar.keep_clicked.connect(self._live_mode.keep_or_notify)
        bar.use_clicked.connect(lambda: start(self._use()))
        bar.closed.connect(self.leave)
        brush.size_changed.connect(bar.set_size)
        brush.changed.connect(self._show_state)
        brush.edited.connect(self._on_edited)
        brush.part_changed.connect(self._on_part)
        brush.fill_asked.connect(lambda place: start(self._fill(place)))
        brush.done.connect(lambda: start(self._use()))
        self._panel.sketch_canvas.pressure_changed.connect(brush.set_pressure)
        self._panel.mode_changed.connect(lambda mode: self.leave() if mode else None)
        self._context.page.controls.model_shown.connect(self._on_model)
        self._context.generation.saves.image_saved.connect(self._on_saved)
        self._live_mode.toggled.connect(lambda on: None if on else self.leave())


def _plain_paper(kind: str, size: tuple[int, int]) -> np.ndarray:
    """Return an empty paper of `size` (width, height) as RGBA (height, width, 4)."""
    import numpy as np

    return np.full((size[1], size[0], 4), 0 if kind == CLEAR else 255, np.uint8)


def _paper_of(picture: np.ndarray) -> np.ndarray:
    """Return a picture, uint8 RGB or RGBA, as RGBA (height, width, 4), reduced for display if it is large."""
    import numpy as np
    from PIL import Image

    from gdm_studio.ui.create.inputs.image_files import DISPLAY_SIDE

    image = Image.fromarray(picture).convert("RGBA")
    image.thumbnail((DISPLAY_SIDE, DISPLAY_SIDE))
    return np.array(image)


def _composite(paper: np.ndarray, strokes: QImage) -> np.ndarray:
    """Return the sketch, RGBA (height, width, 4): the paper with the strokes on it."""
    image = image_over(paper).convertToFormat(strokes.format())
    painter = QPainter(image)
    painter.drawImage(0, 0, strokes)
    painter.end()
    return straight_array(image)


def _store(paper: np.ndarray, strokes: QImage, is_plain: bool, stale: Set[str]) -> tuple[str, bool]:
    """Store the sketch, and delete the stored images `stale`. Return the sketch's name, and True if it is new.

    The name is "" if nothing is drawn on a plain paper. Raises StorageError.
    """
    from gdm_studio.engine import image_inputs

    if is_plain and not straight_array(strokes)[..., 3].any():
        stored = "", False
    else:
        stored = image_inputs.store_temporarily(_composite(paper, strokes))
    _delete(stale - {stored[0]})
    return stored


def _store_layers(paper: np.ndarray | None, strokes: QImage, stale: Set[str]) -> tuple[tuple[str, str], set[str]]:
    """Store the parts of a sketch, and delete the stored images `stale`. Return the names of the paper and of the
    strokes, "" for none, and those of them that are new. Raises StorageError.
    """
    from gdm_studio.engine import image_inputs

    layer = straight_array(strokes)
    parts = (paper, layer if layer[..., 3].any() else None)
    stored = [("", False) if part is None else image_inputs.store_temporarily(part) for part in parts]
    names = (stored[0][0], stored[1][0])
    _delete(stale - set(names))
    return names, {name for name, is_new in stored if is_new}


def _delete(names: Set[str]) -> None:
    from gdm_studio.engine import image_inputs

    for name in names:
        image_inputs.delete(name)


def _load_layers(paper: str, strokes: str) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Load the stored parts of a sketch as RGBA (height, width, 4), or None where the name is "". Raises BadRequest."""
    import numpy as np

    from gdm_studio.engine import image_inputs

    first, second = (np.array(image_inputs.load(name)) if name else None for name in (paper, strokes))
    return first, second


def _area_at(paper: np.ndarray, strokes: QImage, position: QPointF) -> np.ndarray:
    """Return the area, uint8 (height, width) of 0 and 255, of one colour around a position of the sketch."""
    from gdm_studio.engine.colour_selection import grow, select_colour

    area = select_colour(_composite(paper, strokes), (position.x(), position.y()))
    # The pixels at the edge of a stroke are a mixture, which would stay as a seam.
    return grow(area, 1)
