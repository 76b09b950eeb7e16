"""`gdm-studio export`: exports images for other programs, and the steps of a run as a web page or notebook."""

from __future__ import annotations

import argparse
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.cli.options import parse_colour
from gdm_studio.cli.output import FailedFiles, print_json, print_lines
from gdm_studio.common.errors import BadRequest, ModelError, StorageError, StudioError
from gdm_studio.common.removable_drive import RemovableDrive

if TYPE_CHECKING:
    from gdm_studio.engine.upscale import Upscaler
    from gdm_studio.gallery.export import ExportSource, FlatStyle, Format, Options
    from gdm_studio.learning.handout import Handout

KINDS = ("png", "svg", "webp", "jpeg", "ora", "ico", "icns", "favicon", "appicon")
# Name of the export that writes all images into one folder, in one palette.
ICON_SET = "iconset"
# Formats of handouts, by suffix.
HANDOUTS = {"html": ".html", "notebook": ".ipynb"}
# Largest factor between an image's sides and its export's sides.
MAX_FACTOR = 8
PLANE_HELP = "with --as html or notebook: a run on the plane of points, as settings such as sampler=ddim steps=10"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb `export`, which writes images for other programs, to the command-line parser."""
    parser = verbs.add_parser(
        "export",
        help="write images for other programs: larger, as SVG, as layers, as icons",
        description="Write images in formats for other programs. Larger sizes use the upscaler. An existing name gets "
        "a number; nothing is overwritten. As html or notebook, all images go into one file with their steps.",
    )
    parser.add_argument("pictures", nargs="*", type=Path, metavar="PICTURE", help="PNG, JPEG or WebP files")
    parser.add_argument(
        "--as", dest="kind", choices=(*KINDS, ICON_SET, *HANDOUTS), default="png", help="format (default: %(default)s)"
    )
    parser.add_argument("--size", type=int, metavar="N", help="pixels of the longer side (default: that of the image)")
    parser.add_argument("--factor", type=int, metavar="N", help="in place of --size: times as many pixels a side")
    parser.add_argument("--upscaler", metavar="NAME", help="upscaler from `gdm-studio models`, or its file")
    parser.add_argument("--background", metavar="COLOUR", help="background: a name such as white, or ff8800")
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="folder to write to (default: here)")
    parser.add_argument(
        "--colours",
        metavar="N",
        help="flat colours: how many at most, or 'auto' for as many as the image needs (svg and iconset: always flat)",
    )
    parser.add_argument("--smoothing", type=float, metavar="N", help="radius in pixels of 256 that smooths flat areas")
    parser.add_argument("--smallest-area", type=int, metavar="N", help="square pixels of 256 x 256; smaller ones go")
    parser.add_argument(
        "--outline",
        action=argparse.BooleanOptionalAction,
        help="dark line around the shape, or none; implies flat colours (default: around pale parts, if needed; an "
        "iconset has none)",
    )
    parser.add_argument("--keep-dust", action="store_true", help="leave faint pixels around the shape as they are")
    parser.add_argument("--without-metadata", action="store_true", help="leave out the settings")
    parser.add_argument("--plane", action="append", nargs="*", metavar="NAME=VALUE", help=PLANE_HELP)
    parser.add_argument("--credits", action="store_true", help="write CREDITS.txt: authors of the training images")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Export the images named on the command line one by one and print the path of each new file."""
    if args.kind in HANDOUTS:
        return _export_handout(args)
    if not args.pictures or args.plane:
        raise BadRequest("Name the images to export; --plane needs --as html or --as notebook.")
    from gdm_studio.gallery.export import FORMATS, Options, export, write_credits
    from gdm_studio.gallery.export.writer import check_options
    from gdm_studio.models.credits import merge_credits
    from gdm_studio.studio.export_source import read_source

    if args.factor is not None and (args.size is not None or not 1 <= args.factor <= MAX_FACTOR):
        raise BadRequest(f"--factor must be from 1 to {MAX_FACTOR}, without --size.")
    ground = parse_colour(args.background)
    options = Options(
        size=args.size,
        factor=args.factor,
        names_size=args.size is not None and len(args.pictures) > 1,
        background=ground,
        metadata=not args.without_metadata,
        flat=_parse_flat_style(args),
        clean=not args.keep_dust,
    )
    check_options(options)
    if args.kind == ICON_SET:
        return _export_icon_set(args, options)
    failed = FailedFiles(len(args.pictures), "exported", as_json=args.json)
    credit = _collect_credits(args.pictures) if args.credits else {}
    form = FORMATS[args.kind]
    sharpen = _Sharpen(args.upscaler)
    drive = RemovableDrive(args.out)
    for path in args.pictures:
        try:
            master = read_source(path)
            of_image = options.for_image(master.side)
            check_options(of_image)
            master = sharpen(master, form, of_image)
        except StudioError as error:
            failed.add(path, error)
            continue
        drive.check()
        written = export(master, form, of_image, args.out)
        drive.record_write(written)
        _print_saved(args, "saved", written, of=path)
    for text, path in credit.items():
        _print_saved(args, "credits", write_credits(text, args.out, merge_credits), of=path)
    failed.check()
    return 0


def _parse_flat_style(args: argparse.Namespace) -> FlatStyle | None:
    """Return the style of flat colours that the command line asks for, or None if it asks for none."""
    from gdm_studio.gallery.export import FlatStyle, Outline

    style = FlatStyle()
    if args.outline is not None:
        style = replace(style, outline=Outline.ALL if args.outline else Outline.NONE)
    if args.colours not in (None, "auto"):
        try:
            style = replace(style, colours=int(args.colours))
        except ValueError:
            raise BadRequest(f"--colours must be a number or auto, not {args.colours!r}.") from None
    if args.smoothing is not None:
        style = replace(style, smoothing=args.smoothing)
    if args.smallest_area is not None:
        style = replace(style, smallest_area=args.smallest_area)
    given = (args.colours, args.smoothing, args.smallest_area, args.outline)
    return style if any(each is not None for each in given) else None


def _export_icon_set(args: argparse.Namespace, options: Options) -> int:
    """Export all images into one folder for developers, in one palette."""
    from gdm_studio.gallery import read
    from gdm_studio.gallery.export import FlatStyle, read_master, write_icon_set
    from gdm_studio.gallery.export.writer import finish

    unused = ("size", "factor", "upscaler", "background")
    if given := [f"--{name}" for name in unused if getattr(args, name)]:
        raise BadRequest(f"--as {ICON_SET} does not have {', '.join(given)}; leave out what it does not have.")
    # A set is published as a whole, so its folder always has the credits that are known.
    credit = "\n".join(_collect_credits(args.pictures, required=args.credits))
    masters = []
    for path in args.pictures:
        request = read(path).request
        masters.append(((request.subject if request else "") or path.stem, read_master(path)))
    written = finish(write_icon_set(masters, options.flat or FlatStyle(), args.out, credit))
    _print_saved(args, "saved", written, of=args.pictures[0])
    return 0


def _export_handout(args: argparse.Namespace) -> int:
    """Export one web page or notebook. It shows either images with their denoising steps, or a run that samples points
    in the plane.
    """
    from gdm_studio.gallery.storage import file_operations
    from gdm_studio.learning.handout import WRITERS

    if bool(args.pictures) == bool(args.plane):
        raise BadRequest("Name the images to export with their steps, or a run with --plane.")
    if args.without_metadata:
        raise BadRequest(
            f"--as {args.kind} shows the settings; leave out --without-metadata, or choose another format."
        )
    options = ("size", "factor", "upscaler", "background", "credits", "colours", "smoothing", "outline")
    if unused := [f"--{name}" for name in options if getattr(args, name) not in (None, False)]:
        raise BadRequest(f"--as {args.kind} does not have {', '.join(unused)}; leave out what it does not have.")
    handout = _create_plane_handout(args.plane) if args.plane else _create_image_handout(args.pictures)
    name = "plane" if args.plane else args.pictures[0].stem
    suffix = HANDOUTS[args.kind]
    written = file_operations.new_file(args.out / f"{name}{suffix}").write(WRITERS[suffix](handout))
    if args.json:
        print_json({"event": "saved", "path": str(written)})
    else:
        print_lines(written)
    return 0


def _create_image_handout(pictures: list[Path]) -> Handout:
    from gdm_studio.cli.progress_bar import ProgressBar
    from gdm_studio.cli.saved_image_arguments import steps_of_image
    from gdm_studio.common.image_file import read_rgba_array
    from gdm_studio.engine.step_animation import frames_of
    from gdm_studio.learning.handout.image_handout import ImageRun, image_handout
    from gdm_studio.models.model_library import Library

    library, bar = Library(), ProgressBar(titles=False)
    runs = []
    for path in pictures:
        steps = steps_of_image(path, library, bar)
        frames = list(frames_of(steps, library, picture=read_rgba_array(path)))
        levels = [steps.path[index] for index in steps.indices]
        runs.append(ImageRun(steps.request, frames, levels, steps.first, len(steps.path) - 1))
    bar.end()
    return image_handout(runs)


def _create_plane_handout(plane: list[list[str]]) -> Handout:
    from gdm_studio.learning.handout.toy_points import plane_handout, plane_panel
    from gdm_studio.learning.point_runs import run_plane, settings_from

    all_settings = [settings_from(dict(_parse_named(each) for each in words)) for words in plane]
    titles = [" ".join(words) or "default" for words in plane]
    return plane_handout(
        [plane_panel(title, run_plane(each)) for title, each in zip(titles, all_settings, strict=True)]
    )


def _parse_named(word: str) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    if not sign:
        raise BadRequest(f"--plane needs settings such as steps=10, not {word!r}.")
    return name, value


class _Sharpen:
    """Callable that upscales an image if it has too few pixels for the export format.

    Imports torch on first use. Without a name, the built-in upscaler is used. Raises ModelError if no upscaler has the
    given name.
    """

    def __init__(self, name: str | None) -> None:
        from gdm_studio.models.model_library import Library

        self._file = Library().upscaler(name) if name else None
        self._upscaler: Upscaler | None = None

    def __call__(self, master: ExportSource, form: Format, options: Options) -> ExportSource:
        side = form.side(master, options)
        if not master.is_short_of(side):
            return master
        from gdm_studio.cli.progress_bar import ProgressBar
        from gdm_studio.studio.export_source import upscaled

        bar = ProgressBar(titles=False)
        master = upscaled(master, side, self._load(), lambda share: bar.show("upscaling", round(100 * share), 100))
        bar.end()
        return master

    def _load(self) -> Upscaler:
        if self._upscaler is None:
            from gdm_studio.engine.upscale import Upscaler

            self._upscaler = Upscaler(self._file)
        return self._upscaler


def _collect_credits(pictures: list[Path], *, required: bool = True) -> dict[str, Path]:
    """Return the texts that credit the training images of the exported images' models, as {credit text: path of one of
    the images}. Raises BadRequest if no sources are known although they are required.
    """
    from gdm_studio.common.image_file import read_rgba_array
    from gdm_studio.gallery import read
    from gdm_studio.models.attribution import find_origin
    from gdm_studio.models.credits import credit_text
    from gdm_studio.models.model_library import Library

    library = Library()
    made: dict[str, list[Path]] = {}
    # The export of several files reports those that cannot be read, and continues.
    skipping = suppress(StorageError) if len(pictures) > 1 else nullcontext()
    for path in pictures:
        with skipping:
            if request := read(path).request:
                made.setdefault(request.model, []).append(path)
    texts: dict[str, Path] = {}
    for model, paths in made.items():
        # The sources of a model that is not installed are unknown.
        with suppress(ModelError):
            card = library.card(model)
            origins = []
            for path in paths:
                with skipping:
                    origins.append(find_origin(card, read_rgba_array(path)))
            text = credit_text(card, origins) if origins else ""
            texts |= {text: paths[-1]} if text else {}
    if required and not texts:
        raise BadRequest("The sources of the models of these images are unknown; leave out --credits.")
    return texts


def _print_saved(args: argparse.Namespace, event: str, path: Path, *, of: Path) -> None:
    print_json({"event": event, "path": str(path), "of": str(of)}) if args.json else print_lines(path)
