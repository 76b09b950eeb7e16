"""List of export formats. To add a format, write a function that yields its files, and list it in FORMATS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PIL import Image

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.gallery.export.export_source import WHITE, Colour, ExportSource, on_background
from gdm_studio.gallery.export.favicons_and_app_icons import (
    APPICON_SIDE,
    FAVICON_SIDE,
    appicon_files,
    appicon_preview,
    favicon_files,
    favicon_preview,
)
from gdm_studio.gallery.export.flat_colours import FlatStyle, flatten, render
from gdm_studio.gallery.export.icon_files import ICNS_SIDES, ICO_SIDES, encode_icns, encode_ico
from gdm_studio.gallery.export.masks import clean_alpha
from gdm_studio.gallery.export.raster import encode_jpeg, encode_png, encode_webp
from gdm_studio.gallery.export.svg import TRACED_SIDE, trace

# Longer side in pixels up to which areas of flat colour are found. Larger exports are enlarged from it.
_MOST_FLATTENED = 2048


@dataclass(frozen=True, kw_only=True)
class Options:
    """The user's options for exporting an image, such as size and background.

    A format ignores options that it does not support.
    """

    # Longer side in pixels, or None to keep the size of the image.
    size: int | None = None
    # Factor between the size of the image and that of the export, in place of `size`.
    factor: int | None = None
    # True if every file is named after the size, as those of several images of which some may have this size already.
    names_size: bool = False
    # Background colour. None keeps transparency, or means white in formats without transparency.
    background: Colour | None = None
    # True if the file contains the generation settings.
    metadata: bool = True
    # Style of flat colours, or None for the colours of the image. An SVG is always flat. It is seen on `ground`.
    flat: FlatStyle | None = None
    # True to remove faint dust from the transparency.
    clean: bool = True

    def for_image(self, side: int) -> Options:
        """Return a copy of the options for an image whose longer side has `side` pixels, with the scale factor replaced
        by the resulting size.
        """
        return self if self.factor is None else replace(self, size=self.factor * side, factor=None)

    @property
    def ground(self) -> Colour:
        """The background colour on which images are composited in formats without transparency, white by default."""
        return self.background or WHITE


# (path in the target folder, with "/"; content)
File = tuple[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Format:
    """Export format, such as PNG or an icon set, with its description for the user and functions that encode and
    preview an image.
    """

    id: str
    # `title` and `summary` are in English. The window translates them in the context "ExportFormat".
    title: str
    summary: str
    # Returns the longer side in pixels that the largest level of the master should have.
    side: Callable[[ExportSource, Options], int]
    encode: Callable[[ExportSource, Options], Iterator[File]]
    # Returns the preview: one large image, followed by the smaller images of an icon set.
    draw: Callable[[ExportSource, Options], list[Image.Image]]
    # True if the option `size` applies.
    sized: bool = False
    keeps_metadata: bool = False
    # Use of a background: "may", "must" or "none".
    ground: str = "may"
    # True if the format writes several files into a new folder.
    folder: bool = False
    # True if the image is always reduced to flat colours, by `encode` itself.
    is_flat: bool = False
    # True if the pixels of the image are exported as they are, with neither flat colours nor dust removed.
    is_exact: bool = False

    def files(self, master: ExportSource, options: Options) -> Iterator[File]:
        """Yield the exported files of an image."""
        return self.encode(self._prepare(master, options), options)

    def preview(self, master: ExportSource, options: Options) -> list[Image.Image]:
        """Return preview images of the files that `files` yields: a large one, then the sizes of an icon."""
        return self.draw(self._prepare(master, options), options)

    def _prepare(self, master: ExportSource, options: Options) -> ExportSource:
        """Return the image in flat colours or without dust, as the options ask for."""
        if self.is_flat or self.is_exact:
            return master
        if options.flat is not None:
            style = replace(options.flat, ground=options.ground)
            return _flatten_master(master, style, self.side(master, options))
        return replace(master, levels=tuple(map(clean_alpha, master.levels))) if options.clean else master


def _flatten_master(master: ExportSource, style: FlatStyle, side: int) -> ExportSource:
    """Return the image in flat colours, at its own size and at the exported one.

    The areas are found at twice the size, so that their edges are smooth.
    """
    flat = flatten(master.at(min(2 * side, _MOST_FLATTENED)), style)
    return replace(master, levels=tuple(render(flat, each) for each in sorted({master.side, side})))


def _compute_side(master: ExportSource, options: Options) -> int:
    return options.size or master.side


def sized_name(name: str, options: Options, side: int) -> str:
    """Return the name of an exported file without its suffix: `name`, followed by the size in pixels if it differs from
    the image's own `side` or all files are named after it.
    """
    is_named = bool(options.size) and (options.names_size or options.size != side)
    return f"{name} {options.size}px" if is_named else name


def _make_raster_exporter(
    suffix: str, write: Callable[[ExportSource, Options], bytes]
) -> Callable[[ExportSource, Options], Iterator[File]]:
    def files(master: ExportSource, options: Options) -> Iterator[File]:
        yield f"{sized_name(master.name, options, master.side)}.{suffix}", write(master, options)

    return files


def _make_encoder(write: Callable[..., bytes], ground: str = "background") -> Callable[[ExportSource, Options], bytes]:
    """Return a function that encodes an image for export with `write`. The user's options determine the size, the
    background colour, and whether the settings are included.
    """
    return lambda master, options: write(
        master.at(_compute_side(master, options)), getattr(options, ground), master.texts if options.metadata else {}
    )


def _encode_svg(master: ExportSource, options: Options) -> bytes:
    size = _compute_side(master, options)
    style = replace(options.flat or FlatStyle(), ground=options.ground)
    return trace(master.at(TRACED_SIDE), size=size, style=style, background=options.background)


def _export_ico(master: ExportSource, options: Options) -> Iterator[File]:
    yield f"{master.name}.ico", encode_ico([master.square(side) for side in ICO_SIDES])


def _export_icns(master: ExportSource, options: Options) -> Iterator[File]:
    yield f"{master.name}.icns", encode_icns({side: master.square(side) for side in ICNS_SIDES})


def _export_open_raster(master: ExportSource, options: Options) -> Iterator[File]:
    # Most exports need neither ZIP nor XML.
    from gdm_studio.gallery.export.open_raster import encode_open_raster

    yield f"{master.name}.ora", encode_open_raster(master, master.texts if options.metadata else {})


def _preview_image(master: ExportSource, options: Options) -> list[Image.Image]:
    return [on_background(master.at(_compute_side(master, options)), options.background)]


def _preview_on_ground(master: ExportSource, options: Options) -> list[Image.Image]:
    return [on_background(master.at(_compute_side(master, options)), options.ground)]


def _make_size_preview(*sides: int) -> Callable[[ExportSource, Options], list[Image.Image]]:
    return lambda master, options: [master.square(side) for side in sides]


FORMATS: dict[str, Format] = {
    form.id: form
    for form in (
        Format(
            id="png",
            title=QT_TRANSLATE_NOOP("ExportFormat", "PNG"),
            summary=QT_TRANSLATE_NOOP("ExportFormat", "For slides, documents and the web; keeps transparency"),
            side=_compute_side,
            encode=_make_raster_exporter("png", _make_encoder(encode_png)),
            draw=_preview_image,
            sized=True,
            keeps_metadata=True,
        ),
        Format(
            id="svg",
            title=QT_TRANSLATE_NOOP("ExportFormat", "SVG"),
            summary=QT_TRANSLATE_NOOP("ExportFormat", "Shapes that stay sharp at any size; best for flat styles"),
            side=lambda master, options: TRACED_SIDE,
            encode=_make_raster_exporter("svg", _encode_svg),
            draw=_preview_image,
            sized=True,
            is_flat=True,
        ),
        Format(
            id="webp",
            title=QT_TRANSLATE_NOOP("ExportFormat", "WebP"),
            summary=QT_TRANSLATE_NOOP("ExportFormat", "Lossless, smaller than PNG; for the web"),
            side=_compute_side,
            encode=_make_raster_exporter("webp", _make_encoder(encode_webp)),
            draw=_preview_image,
            sized=True,
            keeps_metadata=True,
        ),
        Format(
            id="jpeg",
            title=QT_TRANSLATE_NOOP("ExportFormat", "JPEG"),
            summary=QT_TRANSLATE_NOOP("ExportFormat", "No transparency; fills the background"),
            side=_compute_side,
            encode=_make_raster_exporter("jpg", _make_encoder(encode_jpeg, "ground")),
            draw=_preview_on_ground,
            sized=True,
            keeps_metadata=True,
            ground="must",
        ),
        Format(
            id="ora",
            title=QT_TRANSLATE_NOOP("ExportFormat", "OpenRaster"),
            summary=QT_TRANSLATE_NOOP("ExportFormat", "Layers above the start picture, for Krita and GIMP"),
            side=lambda master, options: master.side,
            encode=_export_open_raster,
            draw=lambda master, options: [master.at(master.side)],
            keeps_metadata=True,
            ground="none",
            is_exact=True,
        ),
        Format(
            id="ico",
            title=QT_TRANSLATE_NOOP("ExportFormat", "Windows icon"),
            summary=QT_TRANSLATE_NOOP("ExportFormat", "One .ico with seven sizes from 16 to 256 pixels"),
            side=lambda master, options: max(ICO_SIDES),
            encode=_export_ico,
            draw=_make_size_preview(256, 64, 48, 32, 24, 16),
            ground="none",
        ),
        Format(
            id="icns",
            title=QT_TRANSLATE_NOOP("ExportFormat", "Mac icon"),
            summary=QT_TRANSLATE_NOOP("ExportFormat", "One .icns with every size from 16 to 1024 pixels"),
            side=lambda master, options: max(ICNS_SIDES),
            encode=_export_icns,
            draw=_make_size_preview(512, 64, 32, 16),
            ground="none",
        ),
        Format(
            id="favicon",
            title=QT_TRANSLATE_NOOP("ExportFormat", "Website icons"),
            summary=QT_TRANSLATE_NOOP(
                "ExportFormat", "favicon.ico, icons for phones and the web manifest, in a folder"
            ),
            side=lambda master, options: FAVICON_SIDE,
            encode=lambda master, options: favicon_files(master, options.ground),
            draw=lambda master, options: favicon_preview(master, options.ground),
            ground="must",
            folder=True,
        ),
        Format(
            id="appicon",
            title=QT_TRANSLATE_NOOP("ExportFormat", "App icons"),
            summary=QT_TRANSLATE_NOOP("ExportFormat", "For iOS, Android, macOS and Windows apps, in a folder"),
            side=lambda master, options: APPICON_SIDE,
            encode=lambda master, options: appicon_files(master, options.ground),
            draw=lambda master, options: appicon_preview(master, options.ground),
            ground="must",
            folder=True,
        ),
    )
}
