"""The list of formats. To add one: a function that yields its files, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from gdm_studio.gallery.export.appicon import APPICON_SIDE, appicon_files, appicon_shown
from gdm_studio.gallery.export.containers import ICNS_SIDES, ICO_SIDES, icns, ico
from gdm_studio.gallery.export.favicon import FAVICON_SIDE, favicon_files, favicon_shown
from gdm_studio.gallery.export.master import Colour, Master, over
from gdm_studio.gallery.export.raster import jpeg, png, webp
from gdm_studio.gallery.export.tracing import TRACED_SIDE, trace

WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What can be chosen; a format that has no use for one of them leaves it be."""

    size: int | None = None  # pixels of the longer side; None is the picture's own
    background: Colour | None = None  # None leaves it transparent, and is white where there has to be a colour
    metadata: bool = True  # how the picture was made goes into the file

    @property
    def ground(self) -> Colour:
        """The colour behind the picture where there has to be one."""
        return self.background or WHITE


File = tuple[str, bytes]  # a path below the folder it is written to, with "/"; its content


@dataclass(frozen=True, kw_only=True)
class Format:
    """A form in which a picture can leave the program."""

    id: str
    title: str
    summary: str  # one plain line for people
    side: Callable[[Master, Options], int]  # pixels that the master's largest level should have
    files: Callable[[Master, Options], Iterator[File]]
    shown: Callable[[Master, Options], list[Image.Image]]  # to judge it by: one large, then small ones of a set
    sized: bool = False  # whether `size` matters to it
    keeps_metadata: bool = False
    ground: str = "may"  # "may" have a background, "must", or has "none"
    folder: bool = False  # several files, which get a folder of their own


def _asked(master: Master, options: Options) -> int:
    return options.size or master.side


def _raster(suffix: str, write: Callable[[Master, Options], bytes]) -> Callable[[Master, Options], Iterator[File]]:
    def files(master: Master, options: Options) -> Iterator[File]:
        size = f" {options.size}px" if options.size and options.size != master.side else ""
        yield f"{master.name}{size}.{suffix}", write(master, options)

    return files


def _saved(write: Callable[..., bytes], ground: str = "background") -> Callable[[Master, Options], bytes]:
    """One picture over the options' `ground`, with what made it where that is wanted."""
    return lambda master, options: write(
        master.at(_asked(master, options)), getattr(options, ground), master.texts if options.metadata else {}
    )


def _svg(master: Master, options: Options) -> bytes:
    return trace(master.at(TRACED_SIDE), size=_asked(master, options), background=options.background)


def _ico(master: Master, options: Options) -> Iterator[File]:
    yield f"{master.name}.ico", ico([master.square(side) for side in ICO_SIDES])


def _icns(master: Master, options: Options) -> Iterator[File]:
    yield f"{master.name}.icns", icns({side: master.square(side) for side in ICNS_SIDES})


def _plain(master: Master, options: Options) -> list[Image.Image]:
    return [over(master.at(_asked(master, options)), options.background)]


def _solid(master: Master, options: Options) -> list[Image.Image]:
    return [over(master.at(_asked(master, options)), options.ground)]


def _sizes(*sides: int) -> Callable[[Master, Options], list[Image.Image]]:
    return lambda master, options: [master.square(side) for side in sides]


FORMATS: dict[str, Format] = {
    made.id: made
    for made in (
        Format(
            id="png",
            title="PNG",
            summary="For slides, documents and the web; keeps transparency",
            side=_asked,
            files=_raster("png", _saved(png)),
            shown=_plain,
            sized=True,
            keeps_metadata=True,
        ),
        Format(
            id="svg",
            title="SVG",
            summary="Shapes that stay sharp at any size; best for flat styles",
            side=lambda master, options: TRACED_SIDE,
            files=_raster("svg", _svg),
            shown=_plain,
            sized=True,
        ),
        Format(
            id="webp",
            title="WebP",
            summary="Smaller files than PNG, as exact; for the web",
            side=_asked,
            files=_raster("webp", _saved(webp)),
            shown=_plain,
            sized=True,
            keeps_metadata=True,
        ),
        Format(
            id="jpeg",
            title="JPEG",
            summary="For programs that know no transparency; over a colour",
            side=_asked,
            files=_raster("jpg", _saved(jpeg, "ground")),
            shown=_solid,
            sized=True,
            keeps_metadata=True,
            ground="must",
        ),
        Format(
            id="ico",
            title="Windows icon",
            summary="One .ico with seven sizes from 16 to 256 pixels",
            side=lambda master, options: max(ICO_SIDES),
            files=_ico,
            shown=_sizes(256, 64, 48, 32, 24, 16),
            ground="none",
        ),
        Format(
            id="icns",
            title="Mac icon",
            summary="One .icns with every size from 16 to 1024 pixels",
            side=lambda master, options: max(ICNS_SIDES),
            files=_icns,
            shown=_sizes(512, 64, 32, 16),
            ground="none",
        ),
        Format(
            id="favicon",
            title="Website icons",
            summary="favicon.ico, icons for phones and the web manifest, in a folder",
            side=lambda master, options: FAVICON_SIDE,
            files=lambda master, options: favicon_files(master, options.ground),
            shown=lambda master, options: favicon_shown(master, options.ground),
            ground="must",
            folder=True,
        ),
        Format(
            id="appicon",
            title="App icons",
            summary="For iOS, Android, macOS and Windows apps, in a folder",
            side=lambda master, options: APPICON_SIDE,
            files=lambda master, options: appicon_files(master, options.ground),
            shown=lambda master, options: appicon_shown(master, options.ground),
            ground="must",
            folder=True,
        ),
    )
}
