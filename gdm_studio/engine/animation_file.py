"""Animation files: GIF, WebP and MP4."""

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

from gdm_studio.common.atomic_files import NewFile, open_for_writing, path_of
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.common.optional_packages import missing_package
from gdm_studio.common.translation_markers import translatable
from gdm_studio.maths.numeric_parameters import check_number
from gdm_studio.request.generation_request import MAX_SIDE

SUFFIXES = (".gif", ".webp", ".mp4")
# Kinds of looping. "back" plays forwards and backwards, forever.
LOOPS = ("forever", "once", "back")
WHITE = (255, 255, 255)
# The palette index of a GIF's transparent colour.
_TRANSPARENT_INDEX = 255
# The size to which a frame is reduced for choosing its palette. More pixels are slower and change little.
_PALETTE_SAMPLE_SIZE = (160, 160)


@dataclass(frozen=True, kw_only=True)
class Film:
    """Settings of an animation: frame rate, duration of the last frame, size, looping and background colour."""

    # Frames per second.
    fps: float = 8.0
    # The duration of the last frame in seconds.
    hold: float = 1.5
    # The longer side in pixels, or 0 for the size of the frames.
    size: int = 0
    # One of LOOPS. In an MP4 file, looping is left to the player.
    loop: str = "forever"
    # The background colour. None preserves transparency, which MP4 shows as white.
    background: tuple[int, int, int] | None = None

    def checked(self) -> Film:
        """Check the settings of the animation and return them unchanged.

        Raises BadRequest, naming the valid range, for an invalid setting.
        """
        check_number("frames a second", self.fps, 0.1, 60)
        check_number("seconds on the last frame", self.hold, 0, 60)
        if self.loop not in LOOPS:
            raise BadRequest(f"There is no way to loop called {self.loop!r}; choose one of {', '.join(LOOPS)}.")
        if self.size:
            check_number("the size of a film", self.size, 16, MAX_SIDE)
        return self


def write_film(frames: Iterable[np.ndarray], file: Path | NewFile, film: Film) -> Iterator[int]:
    """Write frames, RGBA or RGB uint8 (height, width, channels), to an animation file in the format of its suffix.

    Yields the number of frames read so far. The file is written atomically after the last frame. Raises StorageError,
    and the errors of `check` before it reads the first frame.
    """
    film = film.checked()
    form = _format_of(path_of(file))
    made = []
    for frame in frames:
        made.append(form.convert(_prepare_frame(frame, film)))
        yield len(made)
    if not made:
        raise BadRequest("A film needs at least one picture.")
    with open_for_writing(file) as opened:
        form.write(_add_loop(made, film), film, opened)


def check(file: Path) -> None:
    """Raise BadRequest if a file's suffix is not an animation format.

    Raises StudioError for an MP4 file if the package `av` is missing.
    """
    _format_of(file)


@dataclass(frozen=True)
class _Format:
    """Animation format with its two functions: `convert` prepares a single frame, and `write` writes all frames to a
    file.
    """

    # The conversion that is applied to each frame as soon as it is available.
    convert: Callable[[Image.Image], Image.Image]
    write: Callable[[list[tuple[Image.Image, float]], Film, IO[bytes]], None]


def _format_of(file: Path) -> _Format:
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadRequest(f"A film can be {', '.join(SUFFIXES)}; name a file that ends in one, not {file.name!r}.")
    if suffix == ".mp4":
        _import_av()
    return {
        ".gif": _Format(_reduce_to_palette, _write_gif),
        ".webp": _Format(lambda frame: frame, _write_webp),
        ".mp4": _Format(lambda frame: frame, _write_mp4),
    }[suffix]


def _import_av() -> Any:
    """Import the optional package `av`, which writes MP4. Raises StudioError if it is not installed."""
    try:
        return import_module("av")
    except ImportError as error:
        advice = missing_package("video")
        raise StudioError(translatable("{advice} GIF and WebP work without it.", advice=advice)) from error


def _prepare_frame(frame: np.ndarray, film: Film) -> Image.Image:
    """Convert a frame of an animation to RGBA, resized and placed on a background as the settings require."""
    picture = Image.fromarray(np.ascontiguousarray(frame)).convert("RGBA")
    factor = film.size / max(picture.size) if film.size else 1
    if factor != 1:
        size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        # Premultiplied colours are resized, so that transparent pixels do not bleed into edges.
        picture = picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")
    return picture if film.background is None else _place_on(picture, film.background)


def _place_on(picture: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", picture.size, (*colour, 255)), picture)


def _add_loop(frames: list[Image.Image], film: Film) -> list[tuple[Image.Image, float]]:
    """Return the frames of an animation in playing order, as pairs of a frame and its duration in seconds.

    Looping "back" appends them in reverse.
    """
    shown = [(frame, 1 / film.fps) for frame in frames]
    shown[-1] = (frames[-1], max(film.hold, 1 / film.fps))
    return shown + shown[-2:0:-1] if film.loop == "back" else shown


def _write_gif(shown: list[tuple[Image.Image, float]], film: Film, file: IO[bytes]) -> None:
    first, *others = (frame for frame, _ in shown)
    once = {} if film.loop == "once" else {"loop": 0}
    first.save(
        file, "GIF", save_all=True, append_images=others, duration=_durations_in_ms(shown), disposal=2,
        transparency=_TRANSPARENT_INDEX, optimize=False, **once,
    )  # fmt: skip


def _reduce_to_palette(frame: Image.Image) -> Image.Image:
    """Reduce a frame to the palette of a GIF: 255 colours and a transparent one.

    Pixels with less than half the maximum alpha become transparent.
    """
    rgba = np.asarray(frame)
    solid = rgba[..., 3] >= 128
    colours = rgba[..., :3].copy()
    # Transparent pixels are filled with the mean colour, so that they use up at most one palette entry.
    colours[~solid] = colours[solid].mean(axis=0) if solid.any() else 0
    rgb = Image.fromarray(colours)
    sample = rgb.copy()
    sample.thumbnail(_PALETTE_SAMPLE_SIZE, Image.Resampling.NEAREST)
    palette = sample.quantize(_TRANSPARENT_INDEX, method=Image.Quantize.MEDIANCUT, kmeans=1)
    indexed = np.asarray(rgb.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)).copy()
    indexed[~solid] = _TRANSPARENT_INDEX
    made = Image.fromarray(indexed, "P")
    made.putpalette((palette.getpalette() or [])[: 3 * _TRANSPARENT_INDEX] + [0] * 3)
    return made


def _write_webp(shown: list[tuple[Image.Image, float]], film: Film, file: IO[bytes]) -> None:
    (first, _), *others = shown
    frames = [frame for frame, _ in others]
    loop = 1 if film.loop == "once" else 0
    first.save(
        file, "WEBP", save_all=True, append_images=frames, duration=_durations_in_ms(shown), loop=loop, quality=90,
        method=4,
    )  # fmt: skip


def _durations_in_ms(shown: list[tuple[Image.Image, float]]) -> list[int]:
    return [round(1000 * seconds) for _, seconds in shown]


def _write_mp4(shown: list[tuple[Image.Image, float]], film: Film, file: IO[bytes]) -> None:
    """Write the frames of an animation as an MP4 file in H.264 with 4:2:0 chroma, which every player supports.

    Odd sides are padded by one pixel.
    """
    av = _import_av()
    # The MP4 writer seeks back to finish the container, which the output file may not support.
    made = io.BytesIO()
    with av.open(made, "w", format="mp4") as container:
        stream = container.add_stream("h264", rate=Fraction(film.fps).limit_denominator(1000))
        stream.width, stream.height = (side + side % 2 for side in shown[0][0].size)
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "16"}
        for picture, seconds in shown:
            canvas = Image.new("RGB", (stream.width, stream.height), film.background or WHITE)
            canvas.paste(_place_on(picture, film.background or WHITE).convert("RGB"))
            for _ in range(max(1, round(seconds * film.fps))):
                container.mux(stream.encode(av.VideoFrame.from_image(canvas)))
        container.mux(stream.encode())
    file.write(made.getvalue())
