"""`gdm-studio gallery`: list and search the kept pictures, and make their index anew."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gdm_studio.cli.bar import Bar

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture

_PAGE = 500
_PROMPT = 60  # characters shown


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = verbs.add_parser("gallery", help="list and search your pictures, rebuild their index")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="list|search|rebuild")
    listing = kinds.add_parser("list", help="all pictures, newest first")
    listing.set_defaults(main=_list, query="")
    search = kinds.add_parser(
        "search",
        help="pictures that match",
        description='Words all have to match; "quoted words" together, -word not at all. Fields: '
        "is:favourite, is:stopped, seed:42, steps:>20, guidance:<5, temperature:1, model:, style:, sampler:, "
        'spacing:, tool:, collection:"Slides, spring", date:2026-11, date:today. Write -- before a query that begins '
        "with a minus.",
    )
    search.add_argument("query", nargs="+", help="words and fields")
    search.set_defaults(main=_list)
    for listed in (listing, search):
        listed.add_argument("--limit", type=_whole, metavar="N", help="at most N pictures (default: all)")
    rebuild = kinds.add_parser("rebuild", help="make the index anew from the files; favourites stay")
    rebuild.set_defaults(main=_rebuild)
    for kind in (listing, search, rebuild):
        kind.add_argument("--json", action="store_true", help="one JSON object a line")


def _list(args: argparse.Namespace) -> int:
    from gdm_studio.gallery import Gallery  # brings Pillow and SQLite, which no other verb needs

    query = args.query if isinstance(args.query, str) else " ".join(args.query)
    with contextlib.closing(Gallery.open()) as gallery:
        gallery.sync()
        picture = None
        for picture in _pages(gallery, query, args.limit):
            print(json.dumps(_as_json(picture)) if args.json else _as_line(picture))
        if picture is None and not args.json:
            print(f"No pictures{' match' if query else ''} in {gallery.pictures}", file=sys.stderr)
    return 0


def _rebuild(args: argparse.Namespace) -> int:
    from gdm_studio.gallery import Gallery

    bar = Bar()
    with contextlib.closing(Gallery.open()) as gallery:
        found = gallery.rebuild(lambda looked, total: bar.show("reading pictures", looked, total))
        bar.end()
        if args.json:
            print(json.dumps({"event": "done", "pictures": found, "folder": str(gallery.pictures)}))
        else:
            print(f"{found} picture{'' if found == 1 else 's'} in {gallery.pictures}")
    return 0


def _pages(gallery: Gallery, query: str, limit: int | None) -> Iterator[Picture]:
    """Page by page, so that the first lines come at once and memory stays small."""
    after, left = None, sys.maxsize if limit is None else limit
    while page := gallery.page(query, after=after, limit=min(_PAGE, left)):
        yield from page
        after, left = page[-1], left - len(page)


def _as_json(picture: Picture) -> dict[str, object]:
    from gdm_studio.gallery import facts_of

    return {
        "id": picture.id,
        "path": str(picture.path),
        "created": picture.created,
        **facts_of(picture.request, picture.size),
        "model": picture.model,
        "favourite": picture.favourite,
        "stopped_at": picture.stopped_at,
        "tool": picture.tool,
    }


def _as_line(picture: Picture) -> str:
    moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(picture.created))
    prompt = " ".join(picture.request.prompt.split())
    shown = prompt if len(prompt) <= _PROMPT else prompt[: _PROMPT - 1] + "…"
    star = "*" if picture.favourite else " "
    return f"{moment} {star} {picture.model}  {picture.request.seed}  {shown}\n    {picture.path}"


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)
