"""`gdm-studio export`: pictures in the forms that other programs take."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.cli.asked import colour
from gdm_studio.cli.saying import say, say_json
from gdm_studio.drive import Drive
from gdm_studio.errors import BadRequest, ModelError

if TYPE_CHECKING:
    from gdm_studio.engine.upscale import Doubler
    from gdm_studio.gallery.export import Format, Master, Options

KINDS = ("png", "svg", "webp", "jpeg", "ico", "icns", "favicon", "appicon")


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "export",
        help="write pictures for other programs: larger, as SVG, icons of every kind",
        description="Write pictures in the forms that other programs take. What is larger than a picture is drawn by "
        "the upscaler. A name that is taken gets a number; nothing is overwritten.",
    )
    parser.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE", help="PNG, JPEG or WebP files")
    parser.add_argument("--as", dest="kind", choices=KINDS, default="png", help="the form (default: %(default)s)")
    parser.add_argument("--size", type=int, metavar="N", help="pixels of the longer side (default: the picture's own)")
    parser.add_argument("--background", metavar="COLOUR", help="behind the picture: a name such as white, or ff8800")
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where to write (default: here)")
    parser.add_argument("--without-metadata", action="store_true", help="leave out how the picture was made")
    parser.add_argument("--credits", action="store_true", help="write CREDITS.txt: whose drawings taught the model")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Export picture after picture, printing each path."""
    from gdm_studio.gallery.export import FORMATS, Options, export, read_master, write_credits
    from gdm_studio.gallery.export.writing import check

    options = Options(size=args.size, background=colour(args.background), metadata=not args.without_metadata)
    check(options)
    credit = _credit(args.pictures) if args.credits else {}
    form = FORMATS[args.kind]
    sharpen, drive = _Sharpen(), Drive(args.out)
    for path in args.pictures:
        master = sharpen(read_master(path), form, options)
        drive.check()
        written = export(master, form, options, args.out)
        drive.wrote(written)
        _told(args, "saved", written, of=path)
    for text, path in credit.items():
        _told(args, "credits", write_credits(text, args.out), of=path)
    return 0


class _Sharpen:
    """Gives a picture the enlargements that a format needs; torch is loaded with the first of them."""

    def __init__(self) -> None:
        self._double: Doubler | None = None

    def __call__(self, master: Master, form: Format, options: Options) -> Master:
        while master.is_short_of(form.side(master, options)):
            master = master.enlarged(self._doubler()(master.levels[-1]))
        return master

    def _doubler(self) -> Doubler:
        if self._double is None:
            from gdm_studio.engine.upscale import Doubler

            self._double = Doubler()
        return self._double


def _credit(pictures: list[Path]) -> dict[str, Path]:
    """The texts that credit those whose drawings were learned from, one a model, each with a picture it is for."""
    import numpy as np

    from gdm_studio.gallery import read
    from gdm_studio.models.credits import credit_text
    from gdm_studio.models.library import Library
    from gdm_studio.models.origins import close_to
    from gdm_studio.picture_file import read_rgba

    library = Library()
    made: dict[str, list[Path]] = {}
    for path in pictures:
        if request := read(path).request:
            made.setdefault(request.model, []).append(path)
    texts: dict[str, Path] = {}
    for model, paths in made.items():
        with suppress(ModelError):  # made by a model that is not here: nothing is known of its sources
            card = library.card(model)
            text = credit_text(card, [close_to(card, np.asarray(read_rgba(path))) for path in paths])
            texts |= {text: paths[-1]} if text else {}
    if not texts:
        raise BadRequest("No model whose sources are known made these pictures; leave out --credits.")
    return texts


def _told(args: argparse.Namespace, event: str, path: Path, *, of: Path) -> None:
    say_json({"event": event, "path": str(path), "of": str(of)}) if args.json else say(path)
