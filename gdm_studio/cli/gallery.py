"""`gdm-studio gallery`: lists, searches, tags, imports, deletes and exports saved images, and rebuilds their index."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.cli.options import nonempty_text
from gdm_studio.cli.output import confirm, print_json, print_lines, print_notice
from gdm_studio.cli.progress_bar import ProgressBar
from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import Sentence
from gdm_studio.request.generation_request import SETTINGS, Role, with_role
from gdm_studio.studio.prompt_embedding import PromptEmbedding

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture

_PAGE_SIZE = 500
# Number of files that could not be read whose names are shown.
_MAX_NAMED_FILES = 5
# Maximum characters of a prompt that are shown.
_MAX_PROMPT_LENGTH = 60
_SETTINGS = ", ".join(f"{setting.word}:" for setting in with_role(SETTINGS, Role.SEARCH))
_LANGUAGE = f"""Words all have to match; "quoted words" together, -word not at all, one OR another. Fields:
is:favourite, is:settings, is:plain, is:made-here, is:imported, is:branch, is:edited, is:stopped, is:untagged, is:noted,
{_SETTINGS}, size:512x768, size:>512, tool:, tag:"in the woods", note:, prompt:, negative:, like:animal,
collection:"Slides, spring", in:FOLDER, file:IMG_2505, date:2026-11, date:>2026-01, date:today; numbers as
in steps:20, steps:>20, steps:10..20. Write -- before a query that begins with a minus."""

_NAMES_HELP = 'such as "{n:03} {prompt} {seed}" (default: as when saving)'


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb `gallery` with its subcommands, such as `list` and `search`, to the command-line parser."""
    parser = verbs.add_parser("gallery", help="list, search, tag, import, delete and export your images")
    kinds = parser.add_subparsers(
        dest="kind", required=True, metavar="list|search|tag|import|sources|delete|undelete|export|move|rebuild"
    )
    add_kind = _SubcommandBuilder(kinds)
    listing = add_kind("list", _list, "all images, newest first")
    listing.set_defaults(query=())
    search = add_kind("search", _list, "images that match", query=True)
    for listed in (listing, search):
        listed.add_argument("--limit", type=_parse_positive, metavar="N", help="at most N images (default: all)")
    tag = add_kind("tag", _tag, "add a tag to the images that match", chosen=True, asks_first=True)
    tag.add_argument("--name", required=True, help="the tag")
    tag.add_argument("--off", action="store_true", help="remove the tag instead")
    importing = add_kind("import", _import, "show the images of a folder in place; nothing is written there")
    importing.add_argument("folder", type=Path, metavar="FOLDER", help="folder with images")
    sources = add_kind("sources", _list_sources, "the imported folders")
    sources.add_argument("--remove", type=Path, metavar="FOLDER", help="stop showing the images of this folder")
    add_kind("delete", _delete, "delete the images that match; undelete restores them", chosen=True, asks_first=True)
    add_kind("undelete", _undelete, "restore what was deleted last, within 30 days")
    export = add_kind("export", _export, "copy the images that match to a folder, a ZIP file or one sheet", chosen=True)
    kind = export.add_mutually_exclusive_group()
    kind.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="folder to copy to (default: here)")
    kind.add_argument("--zip", type=Path, metavar="FILE", help="ZIP file, with a manifest.json of all settings")
    kind.add_argument("--sheet", type=Path, metavar="FILE", help="one labelled contact sheet: .png, .jpg or .webp")
    export.add_argument("--names", type=nonempty_text, metavar="PATTERN", help=_NAMES_HELP)
    export.add_argument("--without-metadata", action="store_true", help="leave the settings out of the copies")
    move = add_kind("move", _move, "move the library to another folder; close the window first")
    move.add_argument("folder", type=Path, metavar="FOLDER", help="its new place")
    add_kind("rebuild", _rebuild, "rebuild the index from the files; tags and notes stay")


class _SubcommandBuilder:
    """Builder of the subcommands ("kinds") of `gdm-studio gallery`. Each call adds one subcommand to the parser."""

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
        asks_first: bool = False,
    ) -> argparse.ArgumentParser:
        """Add a subcommand of `gdm-studio gallery` and return its parser. The flags add options: `query` a search,
        `chosen` a choice between a search and `--all`, and `asks_first` the option `--yes`.
        """
        parser = self._kinds.add_parser(name, help=help, description=_LANGUAGE if query or chosen else None)
        parser.set_defaults(main=main)
        parser.add_argument("--json", action="store_true", help="print one JSON object per line")
        if query:
            parser.add_argument("query", nargs="+", help="words and fields")
        if chosen:
            parser.add_argument("query", nargs="*", help="words and fields as for search, without unknown fields")
            parser.add_argument("--all", action="store_true", help="all images, instead of a search")
        if asks_first:
            parser.add_argument("--yes", action="store_true", help="change several images without asking")
        return parser


def _list(args: argparse.Namespace) -> int:
    from gdm_studio.gallery import find_unclear, matches_all

    query = " ".join(args.query)
    picture = None
    unclear = find_unclear(query)
    if unclear and matches_all(query):
        raise BadRequest(f"This search has no condition: {'; '.join(unclear)}; write a word or a field.")
    with _open_gallery() as gallery:
        for picture in _find_images(gallery, query, args.limit):
            print_json(_to_json(picture)) if args.json else print_lines(*_to_lines(picture))
        if unclear and picture is None:
            raise BadRequest(f"No image was found, and this search is not clear: {'; '.join(unclear)}.")
        if unclear:
            print_notice(f"gdm-studio: not understood: {'; '.join(unclear)}.")
        if picture is None and not args.json:
            print_notice(f"No images{' match' if args.query else ''} in {gallery.pictures}")
    return 0


def _tag(args: argparse.Namespace) -> int:
    with _open_gallery() as gallery:
        ids = _confirm_ids(gallery, args, "lose the tag" if args.off else "get the tag")
        changed = gallery.tags.set(ids, args.name, not args.off)
    return _print_done(args, "untagged" if args.off else "tagged", changed)


def _import(args: argparse.Namespace) -> int:
    bar = ProgressBar()
    with _open_gallery(sync=False) as gallery:
        known = {source.folder for source in gallery.sources.all()}
        folder = gallery.sources.add(args.folder)
        gallery.sync(lambda looked, total: bar.show("reading images", looked, total))
        bar.end()
        source = next(source for source in gallery.sources.all() if source.folder == folder)
        unreadable = gallery.sources.unreadable(folder, limit=_MAX_NAMED_FILES)
    counts = {"copies": source.copies, "plain": source.plain, "unreadable": source.unreadable}
    status = _print_done(args, "imported", source.pictures, folder=str(folder), **counts)
    if folder in known and not args.json:
        print_notice("the folder was imported before, and was read again")
    if source.plain and not args.json:
        print_notice(f"{source.plain} of them have no settings")
    if source.copies and not args.json:
        print_notice(f"{source.copies} more {'is a copy' if source.copies == 1 else 'are copies'} of these")
    if source.unreadable and not args.json:
        more = ", …" if source.unreadable > len(unreadable) else ""
        print_notice(f"{source.unreadable} could not be read: {', '.join(unreadable)}{more}")
    return status


def _list_sources(args: argparse.Namespace) -> int:
    with _open_gallery() as gallery:
        if args.remove is not None:
            gallery.sources.remove(_find_source(gallery, args.remove))
        for source in gallery.sources.all():
            facts = {"folder": str(source.folder), "pictures": source.pictures, "is_there": source.is_there}
            away = "" if source.is_there else "  (not there)"
            print_json(facts) if args.json else print_lines(f"{source.pictures:8}  {source.folder}{away}")
    return 0


def _delete(args: argparse.Namespace) -> int:
    with _open_gallery() as gallery:
        ids = _confirm_ids(gallery, args, "be deleted", files=True)
        undo = gallery.trash.delete(ids) if ids else None
    status = _print_done(args, "deleted", undo.count if undo else 0, files=len(undo.files()) if undo else 0)
    if undo and undo.hidden and not args.json:
        print_notice(
            f"{undo.hidden} of them {'is' if undo.hidden == 1 else 'are'} only hidden: imported folders are not changed"
        )
    return status


def _undelete(args: argparse.Namespace) -> int:
    with _open_gallery(sync=False) as gallery:
        held = gallery.trash.all()[:1]
        restored = sum(gallery.trash.restore(undo) for undo in held)
    if not held:
        print_notice(
            "Nothing is left to restore; look in the system's trash, to which images move when the window that deleted "
            "them closes, and others after 30 days."
        )
    return _print_done(args, "restored", restored, files=sum(undo.count for undo in held))


def _export(args: argparse.Namespace) -> int:
    from gdm_studio.gallery.export import copy_images, write_archive, write_contact_sheet
    from gdm_studio.gallery.storage import file_operations

    bar = ProgressBar()
    remarks: list[Sentence] = []
    with _open_gallery() as gallery:
        pictures = list(_find_images(gallery, _clear_query(args)))
        if not pictures:
            raise BadRequest("No image matches; nothing was exported.")
        pattern = args.names or gallery.saving.pattern
        metadata = not args.without_metadata
        file = file_operations.new_file(args.sheet or args.zip) if args.sheet or args.zip else None
        if file and args.sheet:
            steps: Iterator[object] = write_contact_sheet(pictures, file, remarks=remarks)
        elif file:
            steps = write_archive(pictures, file, pattern=pattern, metadata=metadata)
        else:
            steps = copy_images(pictures, args.out, pattern=pattern, metadata=metadata)
        for done, _ in enumerate(steps, 1):
            bar.show("exporting", done, len(pictures))
        bar.end()
    print_notice(*remarks)
    return _print_done(args, "exported", len(pictures), path=str(file.path if file else args.out))


def _move(args: argparse.Namespace) -> int:
    from gdm_studio import preferences

    def remember(folder: Path) -> None:
        preferences.change({"library": str(folder.absolute())})

    bar = ProgressBar()
    with _open_gallery(sync=False) as gallery:
        for done, total in gallery.move_library(args.folder.absolute(), remember):
            bar.show("moving, in MB", done // 10**6, max(total // 10**6, 1))
        bar.end()
        return _print_done(args, "moved", gallery.count(), path=str(gallery.pictures))


def _rebuild(args: argparse.Namespace) -> int:
    bar = ProgressBar()
    with _open_gallery(sync=False) as gallery:
        found = gallery.rebuild(lambda looked, total: bar.show("reading images", looked, total))
        bar.end()
        if args.json:
            print_json({"event": "done", "pictures": found, "folder": str(gallery.pictures)})
        else:
            print_lines(f"{_describe_count(found)} in {gallery.pictures}")
    return 0


@contextlib.contextmanager
def _open_gallery(*, sync: bool = True) -> Iterator[Gallery]:
    """Context manager that opens the user's gallery. Unless `sync` is False, its index is first
    updated from the files.
    """
    # This imports Pillow and SQLite, which few other verbs need.
    from gdm_studio.gallery import Gallery
    from gdm_studio.models.model_library import Library

    with contextlib.closing(Gallery.open()) as gallery:
        gallery.similarity.embed = PromptEmbedding(Library())
        if sync:
            gallery.sync()
        yield gallery


def _clear_query(args: argparse.Namespace) -> str:
    """Return the search query of a `gdm-studio gallery` command, after checking that it is clear. With `--all`, it is
    "", which selects all images.

    Raises BadRequest if part of it is not understood.
    """
    from gdm_studio.gallery import require_clear

    if args.all and args.query:
        raise BadRequest("Use either --all or a search, not both.")
    if not args.all and not args.query:
        raise BadRequest("There is no search; write one, or --all for all images.")
    return "" if args.all else require_clear(" ".join(args.query))


def _confirm_ids(gallery: Gallery, args: argparse.Namespace, change: str, *, files: bool = False) -> list[str]:
    """Find the images that a command is about to change, ask the user to confirm, and return their ids.

    Raises BadRequest if the user declines. A single image needs no confirmation, unless `files` is set and the image
    has several files.
    """
    ids = [picture.id for picture in _find_images(gallery, _clear_query(args))]
    changed = gallery.trash.count_files(ids) if files else len(ids)
    if max(changed, len(ids)) < 2:
        return ids
    every = "All " if 1 < len(ids) == gallery.count() else ""
    effect = f"{every}{_describe_count(len(ids), changed)} would {change}"
    if not args.yes and not sys.stdin.isatty():
        raise BadRequest(f"{effect}; add --yes to confirm.")
    print_notice(effect.replace(" would ", " will "))
    if not args.yes and not confirm("Continue?"):
        raise BadRequest("Nothing was changed.")
    return ids


def _find_images(gallery: Gallery, query: str, limit: int | None = None) -> Iterator[Picture]:
    """Yield the gallery images that match a search, loaded page by page so that output starts at once."""
    after = None
    left = sys.maxsize if limit is None else limit
    while page := gallery.page(query, after=after, limit=min(_PAGE_SIZE, left)):
        yield from page
        after = page[-1]
        left -= len(page)


def _find_source(gallery: Gallery, folder: Path) -> Path:
    for source in gallery.sources.all():
        if source.folder in (folder, folder.absolute()):
            return source.folder
    raise BadRequest(f"{folder} is not an imported folder; `gdm-studio gallery sources` lists them.")


def _print_done(
    args: argparse.Namespace, event: str, pictures: int, *, files: int | None = None, **facts: object
) -> int:
    if args.json:
        print_json({"event": event, "pictures": pictures, **({} if files is None else {"files": files}), **facts})
    else:
        print_lines(
            f"{_describe_count(pictures, files or 0)} {event}" + (f" to {facts['path']}" if "path" in facts else "")
        )
    return 0


def _describe_count(pictures: int, files: int = 0) -> str:
    """Return a number of images, and of their files, as text, such as "2 images (3 files)".

    The number of files is included only if it is larger.
    """
    words = f"{pictures} image{'' if pictures == 1 else 's'}"
    return f"{words} ({files} files)" if files > pictures else words


def _to_json(picture: Picture) -> dict[str, object]:
    return {
        "id": picture.id,
        "path": str(picture.path),
        "created": picture.created,
        **picture.facts,
        "model": picture.model,
        "favourite": picture.favourite,
        "tags": list(picture.tags),
        "note": picture.note,
        "source": picture.source,
        "edited_from": picture.edited_from,
        "stopped_at": picture.stopped_at,
        "tool": picture.tool,
    }


def _to_lines(picture: Picture) -> tuple[str, str]:
    moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(picture.created))
    prompt = " ".join(picture.request.subject.split())
    shown = prompt if len(prompt) <= _MAX_PROMPT_LENGTH else prompt[: _MAX_PROMPT_LENGTH - 1] + "…"
    star = "*" if picture.favourite else " "
    tags = "".join(f"  #{tag}" for tag in picture.tags)
    edited = "  (edited in another program)" if picture.edited_from else ""
    if not picture.has_settings:
        return f"{moment} {star} (no settings)  {picture.path.stem}{tags}", f"    {picture.path}"
    return (
        f"{moment} {star} {picture.model}  {picture.facts.get('seed', '')}  {shown}{tags}{edited}",
        f"    {picture.path}",
    )


def _parse_positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)
