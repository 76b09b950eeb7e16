"""`gdm-studio models`: lists the installed models, adds and tests models, and changes their defaults."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.cli import model_download
from gdm_studio.cli.output import format_seconds, list_few, print_json, print_lines
from gdm_studio.common.errors import BadRequest, ModelError, StudioError
from gdm_studio.models.few_step_models import FEW_STEPS, NONE
from gdm_studio.models.fingerprint import borrowed_lines, describe_borrowed
from gdm_studio.models.installed.model_options import PREDICTIONS, YES_NO
from gdm_studio.models.installed.model_table import ModelTableRow, count_by_kind, group_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gdm_studio.models.memory.estimate_values import CostEstimate
    from gdm_studio.models.model_library import Library, RefusedFile

_COLUMNS = ("name", "family", "date", "parameters", "author", "licence", "size", "last used")


def add(verbs: Any) -> None:
    parser = verbs.add_parser(
        "models", help="list the models: name, family, date, parameters, author, licence, size, last used"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--family", default="", help="only models of this family, or files of a kind such as LoRA")
    parser.add_argument("--tag", default="", help="only models with this tag")
    parser.add_argument("--hashes", action="store_true", help="compute all hashes, and list them")
    parser.add_argument("--needs", action="store_true", help="estimate the memory and the time of an image")
    parser.set_defaults(main=main)
    commands = parser.add_subparsers(metavar="add, cache, check, forget, get, set")
    adding = commands.add_parser(
        "add",
        help="check a model file and copy it, with the files that belong to it, into the models folder; or use the "
        "models in a folder of another tool in place, without copying. The exit status is 2 if a file, or all files of "
        "a folder, cannot be used; the folder stays in use all the same",
    )
    adding.add_argument("file", type=Path, nargs="+", metavar="FILE", help="model files, or folders with models")
    adding.add_argument(
        "--copy",
        action="store_true",
        help="copy a folder that is one model, or a file of a kind that cannot be used yet",
    )
    adding.set_defaults(main=_add)
    leaving = commands.add_parser("forget", help="stop using a folder of another tool; nothing is deleted")
    leaving.add_argument("folder", type=Path, metavar="FOLDER", help="folder that was added by `gdm-studio models add`")
    leaving.set_defaults(main=_forget)
    setting = commands.add_parser("set", help="change the defaults of a model; '' restores what its file says")
    setting.add_argument("name", metavar="NAME", help="name of a model, or of a LoRA for few steps")
    setting.add_argument("--vae", help="name of a VAE to use instead of its own")
    setting.add_argument("--refiner", help="name of a model for the last steps")
    kinds = ", ".join((*FEW_STEPS, NONE))
    setting.add_argument("--few-steps", metavar="KIND", help=f"distillation for few steps: {kinds}")
    setting.add_argument("--fast", metavar="LORA", help="LoRA for few steps that Fast uses")
    setting.add_argument("--tags", help="tags separated by commas, instead of those in its file")
    setting.add_argument("--prediction", help=f"prediction type: {', '.join(PREDICTIONS)}")
    setting.add_argument("--zero-snr", metavar="|".join(YES_NO), help="whether its schedule has zero terminal SNR")
    setting.set_defaults(main=_set)
    checking = commands.add_parser(
        "check",
        help="test a model or a LoRA on images of this program: VAE, denoising, prompts; exit status 1 for faults",
    )
    checking.add_argument("name", metavar="NAME|FILE", help="name or file of a model, or name of a LoRA")
    checking.add_argument("--images", type=int, metavar="N", help="number of images, 4 to 24")
    checking.add_argument("--device", default="auto", help="device, such as cpu or cuda:0")
    checking.add_argument("--dtype", default="auto", help="number type: fp32, bf16, fp16 or auto")
    checking.set_defaults(main=_check)
    caching = commands.add_parser(
        "cache",
        help="measure how much time the feature cache (--cache-interval) saves with a model, and how far its images "
        "change; the window then shows it",
    )
    caching.add_argument("name", metavar="NAME|FILE", help="name or file of a model")
    caching.add_argument("--images", type=int, default=8, metavar="N", help="number of images (default: 8)")
    caching.add_argument("--device", default="auto", help="device, such as cpu or cuda:0")
    caching.set_defaults(main=_measure_cache)
    getting = model_download.add(commands)
    for command in (adding, leaving, setting, checking, caching, getting):
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object")


def main(args: argparse.Namespace) -> int:
    from gdm_studio.models.model_library import Library

    library = Library()
    lines = _select_rows(library.model_table(), args)
    refused = library.refused()
    if args.family or args.tag:
        shown = {line.path for line in lines}
        refused = [one for one in refused if one.path in shown]
    if args.json:
        for line in lines:
            print_json(_collect_facts(line, hashed=args.hashes) | (_collect_needs(line) if args.needs else {}))
        for one in refused:
            print_json({"path": str(one.path), "error": one.reason})
        return 0
    rows = [_COLUMNS, *map(_format_row, lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        print_lines("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for line in lines:
        for title, words in _collect_details(line, hashed=args.hashes).items():
            print_lines("", f"{title} of {line.name}: {words}")
        if args.needs and (words := _format_needs(line)):
            print_lines("", f"an image of {line.name}: {words}")
    _print_refused({one.path: one.reason for one in refused})
    return 0


def _measure_cache(args: argparse.Namespace) -> int:
    from gdm_studio.engine.cache_measurement import measure_cache
    from gdm_studio.models.cache_errors import save_cache_errors
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import MAX_CACHE_INTERVAL
    from gdm_studio.request.setting import check_whole

    check_whole("--images", args.images, 1, 1000)
    library = Library()
    card = library.card(args.name)
    *_, found = measure_cache(library, card, range(2, MAX_CACHE_INTERVAL + 1), images=args.images, device=args.device)
    save_cache_errors(card, found)
    if getattr(args, "json", False):
        intervals = [{"interval": each, "time": e.time, "difference": e.difference} for each, e in found.items()]
        print_json(
            {"model": card.name, "images": args.images, "steps": card.default_request().steps, "cache": intervals}
        )
        return 0
    print_lines(f"{card.name}, {card.default_request().steps} steps, {args.images} images:")
    for interval, error in found.items():
        print_lines(
            f"  --cache-interval {interval}: {error.time:.2f} × the time, mean difference {error.difference:.1f} of 255"
        )
    return 0


def _print_refused(refused: Mapping[Path, str]) -> None:
    if refused:
        print_lines("", "These files cannot be used:")
    for path, reason in refused.items():
        print_lines(f"  {path}", f"    {reason}")


def _select_rows(rows: Sequence[ModelTableRow], args: argparse.Namespace) -> list[ModelTableRow]:
    """Return the rows of a family and with a tag. Raises BadRequest if no row has the family, or none has the tag."""
    tag, family = args.tag.casefold(), args.family.casefold()
    # The group of all adapters is called LoRAs, whatever their kind.
    in_family = [row for row in rows if family in f"{row.family} {group_of(row)}".casefold()]

    def is_tagged(row: ModelTableRow) -> bool:
        return not tag or tag in map(str.casefold, row.tags)

    for name, value, is_found, known in (
        ("family", args.family, in_family, (name for row in rows for name in (row.family, group_of(row)))),
        ("tag", args.tag, any(map(is_tagged, rows)), (name for row in rows for name in row.tags)),
    ):
        if value and not is_found:
            there = ", ".join(sorted(set(known), key=str.casefold)) or "none"
            raise BadRequest(f"There is no {name} called {value!r} here; there are: {there}.")
    return [*filter(is_tagged, in_family)]


def _format_row(line: ModelTableRow) -> tuple[str, ...]:
    from gdm_studio.common import memory

    used = time.strftime("%Y-%m-%d", time.localtime(line.last_used)) if line.last_used else "never"
    size = memory.format_bytes(line.file_bytes) if line.file_bytes >= 1e6 else f"{line.file_bytes / 1e3:.0f} kB"
    size = f"{line.storage}, {size}" if line.storage else size
    family = f"{line.family} (unusable)" if line.unusable else line.family
    return line.name, family, line.date, f"{line.parameters:,}", line.author, line.licence, size, used


def _collect_details(line: ModelTableRow, *, hashed: bool) -> dict[str, str]:
    """Return the details of a model that the table of `gdm-studio models` does not show, as {title: value}."""
    styles = ", ".join(f"{style.id} ({style.title})" for style in line.card.styles) if line.card else ""
    found = {"styles": styles, "made for": line.made_for, "tags": ", ".join(line.tags)}
    found["trigger words"] = ", ".join(line.triggers)
    found["parts of other files"] = ", ".join(borrowed_lines(line.card)) if line.card else ""
    found["hashes"] = ", ".join(f"{name} {digits}" for name, digits in _collect_hashes(line, compute=hashed).items())
    return {title: words for title, words in found.items() if words and (title != "hashes" or hashed)}


def _collect_facts(line: ModelTableRow, *, hashed: bool) -> dict[str, Any]:
    facts = {"name": line.name, "date": line.date, "parameters": line.parameters, "author": line.author}
    facts |= {"family": line.family, "licence": line.licence, "bytes": line.file_bytes, "path": str(line.path)}
    facts |= {"storage": line.storage}
    facts |= {"title": line.title, "made_for": line.made_for, "tags": line.tags, "trigger_words": line.triggers}
    facts |= {"usable": line.card is not None, "last_used": line.last_used or None}
    facts["hashes"] = _collect_hashes(line, compute=hashed)
    if (card := line.card) is None:
        return facts
    words = len(card.vocabulary.met) if card.vocabulary else None
    facts["borrowed"] = describe_borrowed(card)
    return facts | {"size": card.size, "styles": [style.id for style in card.styles], "words_met": words}


def _estimate(line: ModelTableRow) -> CostEstimate | None:
    from gdm_studio.models.families import estimate_cost

    if line.card is None:
        return None
    try:
        return estimate_cost(line.card)
    except ModelError:
        return None


def _format_needs(line: ModelTableRow) -> str:
    """Return the memory and the time needed for an image with this model, as text, or "" if they are unknown."""
    from gdm_studio.common.memory import format_bytes

    if (found := _estimate(line)) is None:
        return ""
    width, height = found.size
    words = f"about {format_bytes(found.expected_memory)} of memory at {width} × {height}"
    words += f", about {format_seconds(found.seconds)} for {found.steps} steps"
    if found.fits or found.limit is None:
        return words
    limit, least = format_bytes(found.limit), format_bytes(found.least)
    if not found.is_possible:
        return f"{words}; {limit} can be used, and it needs at least {least}"
    return f"{words}; {limit} can be used, so its weights are read from the disk at each step"


def _collect_needs(line: ModelTableRow) -> dict[str, Any]:
    if (found := _estimate(line)) is None:
        return {}
    facts = {"size": found.size, "memory": found.memory, "least_memory": found.least, "memory_limit": found.limit}
    facts |= {"expected_memory": found.expected_memory}
    return {"needs": facts | {"steps": found.steps, "seconds": found.seconds, "measured": found.measured}}


def _collect_hashes(line: ModelTableRow, *, compute: bool) -> dict[str, str]:
    """Return the hashes of a model file as {name of the hash: hexadecimal digits}. Hashes that are not cached are
    computed only if `compute` is True.
    """
    from gdm_studio.common.errors import StorageError
    from gdm_studio.models.files.hashes import hash_file, known_hashes

    if not line.path.is_file():
        return {}
    try:
        found = hash_file(line.path) if compute else known_hashes(line.path)
    except (OSError, StorageError):
        return {}
    return found.forms if found is not None else {}


def _add(args: argparse.Namespace) -> int:
    """Add the model files on the command line to the user's models. If some files cannot be used, the others are still
    added and the errors are reported at the end.
    """
    from gdm_studio.models.files.checkpoints import is_weights_name
    from gdm_studio.models.model_library import Library

    library = Library()
    added: list[ModelTableRow] = []
    refused: dict[Path, str] = {}
    failed: list[Path] = []
    for file in args.file:
        copies = args.copy or file.is_file() or (is_weights_name(file.name) and not file.is_dir())
        try:
            if copies:
                added.append(_copy(file, library, args))
                continue
            found, useless = _use_in_place(file, library, args)
            added += found
            refused |= {one.path: one.reason for one in useless}
            # The weights of a copy can be used, under the path of the other file.
            failed += [] if found or any(one.is_copy for one in useless) else [file]
        except StudioError as error:
            if len(args.file) == 1:
                raise
            refused[file] = str(error)
            failed.append(file)
    if args.json:
        for path, reason in refused.items():
            print_json({"event": "refused", "path": str(path), "error": reason})
    else:
        if len(args.file) > 1:
            print_lines(f"{count_by_kind(added)} in all.")
        _print_refused(refused)
    if failed:
        raise ModelError(f"Nothing can be used in: {list_few([*map(str, failed)])}; the list above says why.")
    return 0


def _copy(file: Path, library: Library, args: argparse.Namespace) -> ModelTableRow:
    from gdm_studio.models.importer import import_model

    line = import_model(file, library, even_unusable=args.copy)
    if args.json:
        print_json({"event": "added", "name": line.name, "path": str(line.path)})
    else:
        print_lines(f"{line.name}  {line.path}", *([line.unusable] if line.unusable else []))
    return line


def _use_in_place(
    place: Path, library: Library, args: argparse.Namespace
) -> tuple[list[ModelTableRow], list[RefusedFile]]:
    """Add the models of a folder without copying them, and return them and the files that cannot be used.

    Raises ModelError if the folder contains no model files, and StorageError if it cannot be read.
    """
    from gdm_studio.models.importer import absolute_path, add_folder

    folder = absolute_path(place)
    is_new = add_folder(place)
    library.refresh()
    refused = [one for one in library.refused() if one.path.is_relative_to(folder)]
    useless = {one.path for one in refused}
    found = [line for line in library.model_table() if line.path.is_relative_to(folder) and line.path not in useless]
    if args.json:
        print_json({"event": "named", "folder": str(folder), "anew": is_new, "models": len(found)})
    else:
        print_lines(f"{folder} is used in place: {count_by_kind(found)}; nothing was copied.")
    return found, refused


def _set(args: argparse.Namespace) -> int:
    from dataclasses import asdict, fields

    from gdm_studio.models.installed.model_options import Choices
    from gdm_studio.models.model_library import Library

    library = Library()
    line = next((line for line in library.model_table() if line.name == args.name), None)
    if line is None:
        raise ModelError(f"There is no model and no LoRA called {args.name!r}; `gdm-studio models` lists them.")
    values = {each.name: getattr(args, each.name) for each in fields(Choices)}
    chosen = asdict(library.choose(line, **{name: value for name, value in values.items() if value is not None}))
    if args.json:
        print_json({"event": "chosen", "name": line.name, **chosen})
    else:
        words = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in chosen.items() if value)
        print_lines(f"{line.name}  {words or 'no changes: as its file says'}")
    return 0


def _forget(args: argparse.Namespace) -> int:
    from gdm_studio.common.errors import StorageError
    from gdm_studio.models.importer import remove_folder

    if not remove_folder(args.folder):
        raise StorageError(f"{args.folder} is not a folder in use; `gdm-studio models add` adds one.")
    if args.json:
        print_json({"event": "forgotten", "folder": str(args.folder)})
    else:
        print_lines(f"{args.folder} is no longer used; nothing in it was changed.")
    return 0


def _check(args: argparse.Namespace) -> int:
    """Test a model, or an adapter together with a compatible model, and print the result.

    Returns 1 if the test finds faults.
    """
    from gdm_studio.cli.progress_bar import ProgressBar
    from gdm_studio.models.model_library import Library
    from gdm_studio.self_test.model_selection import check_named

    bar = ProgressBar(titles=False)
    testing = check_named(Library(), args.name, images=args.images, device=args.device, dtype=args.dtype)
    try:
        while True:
            progress = next(testing)
            if args.json:
                print_json({"event": "progress", "done": progress.done, "total": progress.total})
            else:
                bar.show("testing", progress.done, progress.total)
    except StopIteration as ended:
        report = ended.value
    finally:
        bar.end()
    print_json(report.facts()) if args.json else print_lines(
        f"{report.model}, on {report.images} images", *report.lines()
    )
    return 1 if report.faults else 0
