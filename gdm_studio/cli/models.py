"""`gdm-studio models`: what is there, newest first; more of it, in the models folder or where another tool has it."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.cli.saying import say, say_json
from gdm_studio.errors import StudioError
from gdm_studio.models.choices import PREDICTIONS, YES_NO
from gdm_studio.models.few_steps import FEW_STEPS, NONE
from gdm_studio.models.held import Held, counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdm_studio.models.library import Library

_COLUMNS = ("name", "family", "date", "parameters", "author", "licence", "size", "last used")


def add(verbs: Any) -> None:
    parser = verbs.add_parser(
        "models", help="list the models: name, family, date, parameters, author, licence, size, last used"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--family", default="", help="only those of a family, or of a kind such as LoRA")
    parser.add_argument("--tag", default="", help="only those with that tag")
    parser.add_argument("--hashes", action="store_true", help="find out all hashes first, and list them")
    parser.set_defaults(main=main)
    deeds = parser.add_subparsers(metavar="add, forget, set")
    adding = deeds.add_parser(
        "add",
        help="a model's file: copy it into the models folder, with all the files that belong to it, once it proves "
        "sound. A folder: use its models where they lie, as another tool has them; nothing is copied",
    )
    adding.add_argument("file", type=Path, nargs="+", metavar="FILE", help="models' own files, or folders of models")
    adding.add_argument("--copy", action="store_true", help="copy the model that a folder is")
    adding.set_defaults(main=_add)
    leaving = deeds.add_parser("forget", help="look no longer into a folder of another tool's; nothing is deleted")
    leaving.add_argument("folder", type=Path, metavar="FOLDER")
    leaving.set_defaults(main=_forget)
    setting = deeds.add_parser("set", help="what a model begins with from now on; '' for what its file says, or has")
    setting.add_argument("name", metavar="NAME", help="a model's, or that of a LoRA for few steps")
    setting.add_argument("--vae", help="the name of a VAE to be used in place of its own")
    setting.add_argument("--refiner", help="the name of a model that makes the last steps")
    kinds = ", ".join((*FEW_STEPS, NONE))
    setting.add_argument("--few-steps", metavar="KIND", help=f"how it was distilled to draw in few steps: {kinds}")
    setting.add_argument("--fast", metavar="LORA", help="of the LoRAs for few steps, the one that Fast draws with")
    setting.add_argument("--tags", help="its tags, with commas between, in place of those that its file has")
    setting.add_argument("--prediction", help=f"what it predicts: {', '.join(PREDICTIONS)}")
    setting.add_argument("--zero-snr", metavar="|".join(YES_NO), help="whether its last level of noise is noise alone")
    setting.set_defaults(main=_set)
    for deed in (adding, leaving, setting):
        deed.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object")


def main(args: argparse.Namespace) -> int:
    from gdm_studio.models.library import Library

    library = Library()
    lines, refused = [line for line in library.held() if _wanted(line, args)], library.refused()
    if args.json:
        for line in lines:
            say_json(_facts(line, hashed=args.hashes))
        for one in refused:
            say_json({"path": str(one.path), "error": one.reason})
        return 0
    rows = [_COLUMNS, *map(_row, lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for line in lines:
        for title, words in _more(line, hashed=args.hashes).items():
            say("", f"{title} of {line.name}: {words}")
    _say_refused({one.path: one.reason for one in refused})
    return 0


def _say_refused(refused: Mapping[Path, str]) -> None:
    if refused:
        say("", "cannot be used:")
    for path, reason in refused.items():
        say(f"  {path}", f"    {reason}")


def _wanted(line: Held, args: argparse.Namespace) -> bool:
    tag, family = args.tag.casefold(), args.family.casefold()
    return family in line.family.casefold() and (not tag or tag in map(str.casefold, line.tags))


def _row(line: Held) -> tuple[str, ...]:
    from gdm_studio import memory

    used = time.strftime("%Y-%m-%d", time.localtime(line.last_used)) if line.last_used else "never"
    size = memory.in_words(line.file_bytes) if line.file_bytes >= 1e6 else f"{line.file_bytes / 1e3:.0f} kB"
    return line.name, line.family, line.date, f"{line.parameters:,}", line.author, line.licence, size, used


def _more(line: Held, *, hashed: bool) -> dict[str, str]:
    """What has no room in the table."""
    styles = ", ".join(f"{style.id} ({style.title})" for style in line.card.styles) if line.card else ""
    found = {"styles": styles, "made for": line.made_for, "tags": ", ".join(line.tags)}
    found["trigger words"] = ", ".join(line.triggers)
    found["hashes"] = ", ".join(f"{name} {digits}" for name, digits in _hashes(line, anew=hashed).items())
    return {title: words for title, words in found.items() if words and (title != "hashes" or hashed)}


def _facts(line: Held, *, hashed: bool) -> dict[str, Any]:
    facts = {"name": line.name, "date": line.date, "parameters": line.parameters, "author": line.author}
    facts |= {"family": line.family, "licence": line.licence, "bytes": line.file_bytes, "path": str(line.path)}
    facts |= {"title": line.title, "made_for": line.made_for, "tags": line.tags, "trigger_words": line.triggers}
    facts |= {"usable": line.card is not None, "last_used": line.last_used or None}
    facts["hashes"] = _hashes(line, anew=hashed)
    if (card := line.card) is None:
        return facts
    words = len(card.vocabulary.met) if card.vocabulary else None
    return facts | {"size": card.size, "styles": [style.id for style in card.styles], "words_met": words}


def _hashes(line: Held, *, anew: bool) -> dict[str, str]:
    """By their names; those that are known, or all."""
    from gdm_studio.errors import StorageError
    from gdm_studio.models.hashes import hashes, known

    if not line.path.is_file():
        return {}
    try:
        found = hashes(line.path) if anew else known(line.path)
    except (OSError, StorageError):
        return {}
    return found.forms if found is not None else {}


def _add(args: argparse.Namespace) -> int:
    """One file that cannot be used is the error; of several it keeps none of the others away."""
    from gdm_studio.models.checkpoints import is_weights
    from gdm_studio.models.library import Library

    library, added, refused = Library(), list[Held](), dict[Path, str]()
    for file in args.file:
        copies = args.copy or file.is_file() or (is_weights(file.name) and not file.is_dir())
        try:
            added += [_copied(file, library, args)] if copies else _use_in_place(file, library, refused, args)
        except StudioError as error:
            if len(args.file) == 1:
                raise
            refused[file] = str(error)
    if args.json:
        for path, reason in refused.items():
            say_json({"event": "refused", "path": str(path), "error": reason})
    else:
        say(*[f"{counted(added)} in all."] * (len(args.file) > 1))
        _say_refused(refused)
    return 2 if refused.keys() & set(args.file) else 0


def _copied(file: Path, library: Library, args: argparse.Namespace) -> Held:
    from gdm_studio.models.adding import add

    line = add(file, library)
    if args.json:
        say_json({"event": "added", "name": line.name, "path": str(line.path)})
    else:
        say(f"{line.name}  {line.path}")
    return line


def _use_in_place(place: Path, library: Library, refused: dict[Path, str], args: argparse.Namespace) -> list[Held]:
    """Its lines; what is in it and cannot be used is put to those that are `refused`."""
    from gdm_studio.models.adding import place_of, use_in_place

    anew, folder = use_in_place(place), place_of(place)
    library.refresh()
    useless = {one.path: one.reason for one in library.refused() if one.path.is_relative_to(folder)}
    found = [line for line in library.held() if line.path.is_relative_to(folder) and line.path not in useless]
    refused.update(useless)
    if args.json:
        say_json({"event": "named", "folder": str(folder), "anew": anew, "models": len(found)})
    else:
        say(f"{folder} is looked into from now on: {counted(found)}; nothing was copied.")
    return found


def _set(args: argparse.Namespace) -> int:
    from dataclasses import asdict, fields

    from gdm_studio.errors import ModelError
    from gdm_studio.models.choices import Choices
    from gdm_studio.models.library import Library

    library = Library()
    line = next((line for line in library.held() if line.name == args.name), None)
    if line is None:
        raise ModelError(f"There is no model and no LoRA called {args.name!r}; `gdm-studio models` lists them.")
    told = {each.name: getattr(args, each.name) for each in fields(Choices)}
    chosen = asdict(library.choose(line, **{name: value for name, value in told.items() if value is not None}))
    if args.json:
        say_json({"event": "chosen", "name": line.name, **chosen})
    else:
        words = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in chosen.items() if value)
        say(f"{line.name}  {words or 'nothing is chosen: as its file says'}")
    return 0


def _forget(args: argparse.Namespace) -> int:
    from gdm_studio.errors import StorageError
    from gdm_studio.models.adding import leave

    if not leave(args.folder):
        raise StorageError(f"{args.folder} is no folder that was named; `gdm-studio models add` names one.")
    if args.json:
        say_json({"event": "forgotten", "folder": str(args.folder)})
    else:
        say(f"{args.folder} is looked into no longer; nothing in it was changed.")
    return 0
