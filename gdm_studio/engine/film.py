"""Films: the steps of a picture, or pictures one after another, as GIF, animated WebP or MP4."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from gdm_studio.atomic import NewFile, path_of, writing
from gdm_studio.engine import devices
from gdm_studio.engine.decoding import decoded
from gdm_studio.engine.looks import looking
from gdm_studio.engine.previews import noisy_and_noise
from gdm_studio.engine.steps import on
from gdm_studio.engine.trajectory import Trajectory
from gdm_studio.errors import BadRequest, StudioError
from gdm_studio.maths.knobs import check_number
from gdm_studio.models.library import Library, load_for
from gdm_studio.models.loaded import stage_of
from gdm_studio.request import MAX_SIDE
from gdm_studio.run import View

SUFFIXES = (".gif", ".webp", ".mp4")
LOOPS = ("forever", "once", "back")  # "back" goes there and back, forever
WITHOUT_AV = "MP4 needs the package av; install it with  pip install gdm-studio[video]  or choose GIF or WebP."
WHITE = (255, 255, 255)
_CLEAR = 255  # the colour of a GIF's palette that stands for none
_SAMPLE = (160, 160)  # pixels that the other colours are chosen by: more take long and change little


@dataclass(frozen=True, kw_only=True)
class Film:
    """How frames become a film."""

    fps: float = 8.0  # frames a second
    hold: float = 1.5  # seconds that the last frame stays
    size: int = 0  # pixels of the longer side; 0 for the frames' own
    loop: str = "forever"  # one of LOOPS; MP4 leaves repeating to whoever plays it
    background: tuple[int, int, int] | None = None  # None leaves clear what is clear, which MP4 shows as white

    def checked(self) -> Film:
        """This; raises BadRequest, with the range, for what cannot be."""
        check_number("frames a second", self.fps, 0.1, 60)
        check_number("seconds on the last frame", self.hold, 0, 60)
        if self.loop not in LOOPS:
            raise BadRequest(f"There is no way to loop called {self.loop!r}; choose one of {', '.join(LOOPS)}.")
        if self.size:
            check_number("the size of a film", self.size, 16, MAX_SIDE)
        return self


def filming(frames: Iterable[np.ndarray], file: Path | NewFile, film: Film) -> Iterator[int]:
    """Writes frames, RGBA or RGB uint8 (height, width, channels), as the film that the file's ending names.

    Yields the number of frames taken, so far; the file is written whole, after the last. Raises as `check`, before the
    first frame, and StorageError.
    """
    film = film.checked()
    form = _form(path_of(file))
    made = []
    for frame in frames:
        made.append(form.convert(_prepared(frame, film)))
        yield len(made)
    if not made:
        raise BadRequest("A film needs a picture at least.")
    with writing(file) as opened:
        form.write(_looped(made, film), film, opened)


def check(file: Path) -> None:
    """Raises BadRequest for an ending that is none of SUFFIXES, StudioError for MP4 where its package is missing."""
    _form(file)


def frames_of(
    trajectory: Trajectory, library: Library, look: str = "predicted", *, picture: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """The steps of a picture, each RGBA uint8 (height, width, 4) in one of LOOKS.

    `picture`, where it is given, is what the steps have led to: the last predicted frame. Raises ModelError.
    """
    views: list[View] = []
    for view in views_of(trajectory, library):
        views = [*views[-1:], view]
        at_the_end = view.index == len(trajectory.indices) and look == "predicted"
        if at_the_end and picture is not None and picture.shape[:2] == view.predicted.shape[:2]:
            yield picture
        else:
            yield looking(views, look)


def views_of(trajectory: Trajectory, library: Library) -> Iterator[View]:
    """A view of every step, decoded; a step that is not kept is made again, be it to the bit or nearly."""
    trajectory = trajectory.exactly(library)
    request = trajectory.request
    device, dtype = devices.nearest_place(request, library.card(request.model))
    model = load_for(library, request, device=device, dtype=dtype)
    first, of = trajectory.first, len(trajectory.path) - 1
    for index in trajectory.indices:
        step = on(trajectory.step(index, library, exact=False), model.device)
        stage = stage_of(model, step)
        noisy, noise = (stage.preview(each).numpy()[0] for each in noisy_and_noise(step))
        predicted = np.asarray(Image.fromarray(decoded(stage, step.denoised).numpy()[0]).convert("RGBA"))
        yield View(
            image=0,
            index=index - first,
            of=of - first,
            at=step.at,
            ms=0.0,
            predicted=predicted,
            noisy=noisy,
            noise=noise,
            decoded=True,
        )


@dataclass(frozen=True)
class _Form:
    convert: Callable[[Image.Image], Image.Image]  # of a frame, as soon as it is there
    write: Callable[[list[tuple[Image.Image, float]], Film, IO[bytes]], None]


def _form(file: Path) -> _Form:
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadRequest(f"A film can be {', '.join(SUFFIXES)}; name a file that ends in one, not {file.name!r}.")
    if suffix == ".mp4":
        _av()
    return {
        ".gif": _Form(_in_palette, _write_gif),
        ".webp": _Form(lambda frame: frame, _write_webp),
        ".mp4": _Form(lambda frame: frame, _write_mp4),
    }[suffix]


def _av() -> Any:
    """The package that writes MP4, which is not among those that come with the program; raises StudioError."""
    try:
        return import_module("av")
    except ImportError as error:
        raise StudioError(WITHOUT_AV) from error


def _prepared(frame: np.ndarray, film: Film) -> Image.Image:
    """The frame as RGBA, in its size and on its background."""
    picture = Image.fromarray(np.ascontiguousarray(frame)).convert("RGBA")
    factor = film.size / max(picture.size) if film.size else 1
    if factor != 1:
        size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        # colours weigh by their alpha, so that clear pixels lend none to an edge
        picture = picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")
    return picture if film.background is None else _on(picture, film.background)


def _on(picture: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", picture.size, (*colour, 255)), picture)


def _looped(frames: list[Image.Image], film: Film) -> list[tuple[Image.Image, float]]:
    """The frames in order, and the seconds each stays."""
    shown = [(frame, 1 / film.fps) for frame in frames]
    shown[-1] = (frames[-1], max(film.hold, 1 / film.fps))
    return shown + shown[-2:0:-1] if film.loop == "back" else shown


def _write_gif(shown: list[tuple[Image.Image, float]], film: Film, file: IO[bytes]) -> None:
    first, *others = (frame for frame, _ in shown)
    once = {} if film.loop == "once" else {"loop": 0}
    first.save(
        file, "GIF", save_all=True, append_images=others, duration=_milliseconds(shown), disposal=2,
        transparency=_CLEAR, optimize=False, **once,
    )  # fmt: skip


def _in_palette(frame: Image.Image) -> Image.Image:
    """The frame in 255 colours of its own and one that is clear, its edges decided at half."""
    rgba = np.asarray(frame)
    solid = rgba[..., 3] >= 128
    colours = rgba[..., :3].copy()
    colours[~solid] = colours[solid].mean(axis=0) if solid.any() else 0  # which take up no more than one of them
    rgb = Image.fromarray(colours)
    sample = rgb.copy()
    sample.thumbnail(_SAMPLE, Image.Resampling.NEAREST)
    palette = sample.quantize(_CLEAR, method=Image.Quantize.MEDIANCUT, kmeans=1)
    indexed = np.asarray(rgb.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)).copy()
    indexed[~solid] = _CLEAR
    made = Image.fromarray(indexed, "P")
    made.putpalette((palette.getpalette() or [])[: 3 * _CLEAR] + [0] * 3)
    return made


def _write_webp(shown: list[tuple[Image.Image, float]], film: Film, file: IO[bytes]) -> None:
    (first, _), *others = shown
    frames = [frame for frame, _ in others]
    loop = 1 if film.loop == "once" else 0
    first.save(
        file, "WEBP", save_all=True, append_images=frames, duration=_milliseconds(shown), loop=loop, quality=90,
        method=4,
    )  # fmt: skip


def _milliseconds(shown: list[tuple[Image.Image, float]]) -> list[int]:
    return [round(1000 * seconds) for _, seconds in shown]


def _write_mp4(shown: list[tuple[Image.Image, float]], film: Film, file: IO[bytes]) -> None:
    """H.264 in 4:2:0, which every player takes; its sides are even."""
    av = _av()
    made = io.BytesIO()  # the container is finished by going back in it
    with av.open(made, "w", format="mp4") as container:
        stream = container.add_stream("h264", rate=Fraction(film.fps).limit_denominator(1000))
        stream.width, stream.height = (side + side % 2 for side in shown[0][0].size)
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "16"}
        for picture, seconds in shown:
            canvas = Image.new("RGB", (stream.width, stream.height), film.background or WHITE)
            canvas.paste(_on(picture, film.background or WHITE).convert("RGB"))
            for _ in range(max(1, round(seconds * film.fps))):
                container.mux(stream.encode(av.VideoFrame.from_image(canvas)))
        container.mux(stream.encode())
    file.write(made.getvalue())
