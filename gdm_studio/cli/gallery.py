"""`gdm-studio gallery`: list, search, mark, import, delete and export the kept pictures, and index them anew."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.cli.asked import named
from gdm_studio.cli.bar import Bar
from gdm_studio.cli.saying import agrees, remark, say, say_json
from gdm_studio.errors import BadRequest
from gdm_studio.request import SETTINGS, Role, with_role

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture

_PAGE = 500
_PROMPT = 60  # characters shown
_SETTINGS = ", ".join(f"{setting.word}:" for setting in with_role(SETTINGS, Role.SEARCH))
_LANGUAGE = f"""Words all have to match; "quoted words" together, -word not at all, one OR another. Fields:
is:favourite, is:stopped, is:imported, is:branch, is:untagged, {_SETTINGS}, size:512x768, size:>512, tool:,
tag:"in the woods", note:, prompt:, negative:, collection:"Slides, spring", in:FOLDER, date:2026-11, date:>2026-01,
date:today; numbers as in steps:20, steps:>20, steps:10..20. Write -- before a query that begins with a minus."""

_NAMES_HELP = 'such as "{n:03} {prompt} {seed}" (default: as when saving)'


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = verbs.add_parser("gallery", help="list, search, mark, import, delete and export your pictures")
    kinds = parser.add_subparsers(
        dest="kind", required=True, metavar="list|search|tag|import|sources|delete|undelete|export|move|rebuild"
    )
    add_kind = _Kinds(kinds)
    listing = add_kind("list", _list, "all pictures, newest first")
    listing.set_defaults(query=())
    search = add_kind("search", _list, "pictures that match", query=True)
    for listed in (listing, search):
        listed.add_argument("--limit", type=_whole, metavar="N", help="at most N pictures (default: all)")
    tag = add_kind("tag", _tag, "put a tag on the pictures that match", chosen=True, asks=True)
    tag.add_argument("--name", required=True, help="the tag")
    tag.add_argument("--off", action="store_true", help="take it off instead")
    importing = add_kind("import", _import, "show the pictures of a folder where they are; nothing is written there")
    importing.add_argument("folder", type=Path)
    sources = add_kind("sources", _sources, "the imported folders")
    sources.add_argument("--remove", type=Path, metavar="FOLDER", help="show this one's pictures no more")
    add_kind("delete", _delete, "delete the pictures that match; undelete brings them back", chosen=True, asks=True)
    add_kind("undelete", _undelete, "bring back what was deleted last")
    export = add_kind("export", _export, "copy the pictures that match to a folder, a ZIP, one sheet", chosen=True)
    kind = export.add_mutually_exclusive_group()
    kind.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where to copy them (default: here)")
    kind.add_argument("--zip", type=Path, metavar="FILE", help="pack them, with manifest.json of all their settings")
    kind.add_argument("--sheet", type=Path, metavar="FILE", help="one picture of them all, labelled: .png, .jpg, .webp")
    export.add_argument("--names", type=named, metavar="PATTERN", help=_NAMES_HELP)
    export.add_argument("--without-metadata", action="store_true", help="copies that do not say how they were made")
    move = add_kind("move", _move, "move the library to another folder; close the window first")
    move.add_argument("folder", type=Path)
    add_kind("rebuild", _rebuild, "make the index anew from the files; what you added stays")


class _Kinds:
    """Registers what can be done."""

    def __init__(self, kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        self._kinds = kinds

    def __call__(
        self,
        name: str,
        main: Callable[[argparse.Namespace], int],
        help: str,
        *,
        query: bool = False,
        chosen: bool = False,
        asks: bool = False,
    ) -> argparse.ArgumentParser:
        """`query` takes a search; with `chosen` what it finds is worked on, and with `asks` changed."""
        parser = self._kinds.add_parser(name, help=help, description=_LANGUAGE if query or chosen else None)
        parser.set_defaults(main=main)
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        if query:
            parser.add_argument("query", nargs="+", help="words and fields")
        if chosen:
            parser.add_argument("query", nargs="*", help="words and fields, as for search, all of them clear")
            parser.add_argument("--all", action="store_true", help="every picture, in place of a search")
        if asks:
            parser.add_argument("--yes", action="store_true", help="do not ask before several pictures are changed")
        return parser


def _list(args: argparse.Namespace) -> int:
    from gdm_studio.gallery import doubts, says_nothing

    query, picture = " ".join(args.query), None
    unclear = doubts(query)
    if unclear and says_nothing(query):
        raise BadRequest(f"This search says nothing: {'; '.join(unclear)}; write a word or a field.")
    with _opened() as gallery:
        for picture in _found(gallery, query, args.limit):
            say_json(_as_json(picture)) if args.json else say(*_as_lines(picture))
        if unclear and picture is None:
            raise BadRequest(f"No picture was found, and this search is not clear: {'; '.join(unclear)}.")
        if unclear:
            remark(f"gdm-studio: not understood: {'; '.join(unclear)}.")
        if picture is None and not args.json:
            remark(f"No pictures{' match' if args.query else ''} in {gallery.pictures}")
    return 0


def _tag(args: argparse.Namespace) -> int:
    with _opened() as gallery:
        ids = _agreed(gallery, args, "lose the tag" if args.off else "get the tag")
        gallery.tag(ids, args.name, not args.off)
    return _told(args, "untagged" if args.off else "tagged", len(ids))


def _import(args: argparse.Namespace) -> int:
    bar = Bar()
    with _opened(sync=False) as gallery:
        folder = gallery.add_source(args.folder)
        gallery.sync(lambda looked, total: bar.show("reading pictures", looked, total))
        bar.end()
        source = next(source for source in gallery.sources() if source.folder == folder)
    told = _told(args, "imported", source.pictures, folder=str(folder), others=source.others)
    if source.others and not args.json:
        remark(f"{source.others} more do not say how they were made and are not shown")
    return told


def _sources(args: argparse.Namespace) -> int:
    with _opened() as gallery:
        if args.remove is not None:
            gallery.remove_source(_known(gallery, args.remove))
        for source in gallery.sources():
            facts = {"folder": str(source.folder), "pictures": source.pictures, "is_there": source.is_there}
            away = "" if source.is_there else "  (not there)"
            say_json(facts) if args.json else say(f"{source.pictures:8}  {source.folder}{away}")
    return 0


def _delete(args: argparse.Namespace) -> int:
    with _opened() as gallery:
        ids = _agreed(gallery, args, "be deleted")
        if ids:
            gallery.delete(ids)
    return _told(args, "deleted", len(ids))


def _undelete(args: argparse.Namespace) -> int:
    with _opened(sync=False) as gallery:
        held = gallery.held()
        if held:
            gallery.restore(held[0])
    return _told(args, "restored", held[0].count if held else 0)


def _export(args: argparse.Namespace) -> int:
    from gdm_studio.gallery import files
    from gdm_studio.gallery.export import archive, copies, sheet

    bar = Bar()
    with _opened() as gallery:
        pictures = list(_found(gallery, _chosen(args)))
        if not pictures:
            raise BadRequest("No picture matches; nothing was exported.")
        pattern, metadata = args.names or gallery.saving.pattern, not args.without_metadata
        file = files.new_file(args.sheet or args.zip) if args.sheet or args.zip else None
        if file and args.sheet:
            steps: Iterator[object] = sheet(pictures, file)
        elif file:
            steps = archive(pictures, file, pattern=pattern, metadata=metadata)
        else:
            steps = copies(pictures, args.out, pattern=pattern, metadata=metadata)
        for done, _ in enumerate(steps, 1):
            bar.show("exporting", done, len(pictures))
        bar.end()
    return _told(args, "exported", len(pictures), path=str(file.path if file else args.out))


def _move(args: argparse.Namespace) -> int:
    from gdm_studio import preferences

    def remember(folder: Path) -> None:
        preferences.change({"library": str(folder.absolute())})

    bar = Bar()
    with _opened(sync=False) as gallery:
        for done, total in gallery.moving(args.folder.absolute(), remember):
            bar.show("moving, in MB", done // 10**6, max(total // 10**6, 1))
        bar.end()
        return _told(args, "moved", gallery.count(), path=str(gallery.pictures))


def _rebuild(args: argparse.Namespace) -> int:
    bar = Bar()
    with _opened(sync=False) as gallery:
        found = gallery.rebuild(lambda looked, total: bar.show("reading pictures", looked, total))
        bar.end()
        if args.json:
            say_json({"event": "done", "pictures": found, "folder": str(gallery.pictures)})
        else:
            say(f"{_counted(found)} in {gallery.pictures}")
    return 0


@contextlib.contextmanager
def _opened(*, sync: bool = True) -> Iterator[Gallery]:
    """The gallery, knowing of all files unless told otherwise."""
    from gdm_studio.gallery import Gallery  # brings Pillow and SQLite, which no other verb needs

    with contextlib.closing(Gallery.open()) as gallery:
        if sync:
            gallery.sync()
        yield gallery


def _chosen(args: argparse.Namespace) -> str:
    """The search of a verb that works on what it finds. Raises BadRequest where it might not be what was meant."""
    from gdm_studio.gallery import understood

    if args.all and args.query:
        raise BadRequest("--all is every picture and a search chooses some; leave one of them out.")
    if not args.all and not args.query:
        raise BadRequest("There is no search; say which pictures are meant, or --all for every one.")
    return "" if args.all else understood(" ".join(args.query))


def _agreed(gallery: Gallery, args: argparse.Namespace, what: str) -> list[str]:
    """The ids of the pictures to change: more than one only where that is agreed to. Raises BadRequest."""
    ids = [picture.id for picture in _found(gallery, _chosen(args))]
    if len(ids) < 2:
        return ids
    every = "All " if len(ids) == gallery.count() else ""
    told = f"{every}{_counted(len(ids))} would {what}"
    if not args.yes and not sys.stdin.isatty():
        raise BadRequest(f"{told}; add --yes to have it done without being asked.")
    remark(told.replace(" would ", " will "))
    if not args.yes and not agrees("Go on?"):
        raise BadRequest("Nothing was changed, since the answer was not yes.")
    return ids


def _found(gallery: Gallery, query: str, limit: int | None = None) -> Iterator[Picture]:
    """Page by page, so that the first lines come at once and memory stays small."""
    after, left = None, sys.maxsize if limit is None else limit
    while page := gallery.page(query, after=after, limit=min(_PAGE, left)):
        yield from page
        after, left = page[-1], left - len(page)


def _known(gallery: Gallery, folder: Path) -> Path:
    for source in gallery.sources():
        if source.folder in (folder, folder.absolute()):
            return source.folder
    raise BadRequest(f"{folder} is not one of the imported folders; `gdm-studio gallery sources` lists them.")


def _told(args: argparse.Namespace, event: str, pictures: int, **facts: object) -> int:
    if args.json:
        say_json({"event": event, "pictures": pictures, **facts})
    else:
        say(f"{_counted(pictures)} {event}" + (f" to {facts['path']}" if "path" in facts else ""))
    return 0


def _counted(pictures: int) -> str:
    return f"{pictures} picture{'' if pictures == 1 else 's'}"


def _as_json(picture: Picture) -> dict[str, object]:
    from gdm_studio.gallery import facts_of

    return {
        "id": picture.id,
        "path": str(picture.path),
        "created": picture.created,
        **facts_of(picture.request, picture.size),
        "model": picture.model,
        "favourite": picture.favourite,
        "tags": list(picture.tags),
        "note": picture.note,
        "source": picture.source,
        "stopped_at": picture.stopped_at,
        "tool": picture.tool,
    }


def _as_lines(picture: Picture) -> tuple[str, str]:
    moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(picture.created))
    prompt = " ".join(picture.request.subject.split())
    shown = prompt if len(prompt) <= _PROMPT else prompt[: _PROMPT - 1] + "…"
    star = "*" if picture.favourite else " "
    tags = "".join(f"  #{tag}" for tag in picture.tags)
    return f"{moment} {star} {picture.model}  {picture.request.seed}  {shown}{tags}", f"    {picture.path}"


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)
