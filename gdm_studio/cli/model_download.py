"""`gdm-studio models get`: lists models that can be downloaded, and downloads them."""

from __future__ import annotations

import argparse
from contextlib import suppress
from typing import Any

from gdm_studio.cli.output import format_seconds, print_json, print_lines
from gdm_studio.common.errors import DeviceError, StudioError
from gdm_studio.common.translatable_json import sentence_to_json

_COLUMNS = ("name", "family", "download", "memory", "time", "licence", "for")


def add(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the commands of `gdm-studio models`, and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "get",
        help="download a model with all its parts, or resume a download; without a name, list models with their "
        "licence, size, memory and time",
    )
    parser.add_argument(
        "name", nargs="?", metavar="NAME|URL", help="name in the list, OWNER/NAME[/FILE] of huggingface.co, or address"
    )
    parser.add_argument(
        "--allow", action="store_true", help="allow downloads from now on, as in Settings under Permissions"
    )
    parser.set_defaults(main=main)
    return parser


def main(args: argparse.Namespace) -> int:
    """List the models of the catalogue, or download one."""
    from gdm_studio import preferences

    if args.allow:
        preferences.change({"downloads": True})
    if args.name is None:
        _list(args)
        return 0
    try:
        _download(args)
    except StudioError as error:
        if args.json:
            message = {"event": "error", "message": str(error), "sentence": sentence_to_json(error.sentence)}
            print_json(message)
        raise
    return 0


def _list(args: argparse.Namespace) -> None:
    from gdm_studio.common.memory import format_bytes
    from gdm_studio.downloads.catalogue import CATALOGUE, COMMERCIAL_USE, estimate_times

    times: dict[str, float] = {}
    with suppress(DeviceError):
        times = estimate_times()
    if args.json:
        for each in CATALOGUE:
            facts = {"name": each.name, "title": each.title, "family": each.family, "purpose": each.purpose}
            facts |= {"licence": each.licence, "commercial": COMMERCIAL_USE[each.commercial], "page": each.page}
            needs = {"bytes": each.size, "memory": each.memory, "pixels": each.pixels, "seconds": times.get(each.name)}
            print_json(facts | needs | {"files": [f"{file.repository}/{file.path}" for file in each.files]})
        return
    rows = [_COLUMNS]
    for each in CATALOGUE:
        time = f"{format_seconds(times[each.name])} at {each.pixels}²" if each.name in times else "unknown"
        sizes = (format_bytes(each.size), format_bytes(each.memory))
        rows.append((each.name, each.family, *sizes, time, each.licence, each.purpose))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        print_lines("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print_lines("")
    for commercial, sentence in COMMERCIAL_USE.items():
        names = ", ".join(each.name for each in CATALOGUE if each.commercial == commercial)
        if names:
            print_lines(f"{names}: {sentence}")
    print_lines("Sizes are approximate; memory is for all weights at once, time an estimate for this machine.")


def _download(args: argparse.Namespace) -> None:
    from gdm_studio.cli.progress_bar import ProgressBar
    from gdm_studio.common.memory import format_bytes
    from gdm_studio.downloads.model_download import Added, Plan, Progress, download
    from gdm_studio.models.model_library import Library

    bar = ProgressBar(titles=not args.json)
    try:
        for event in download(args.name, Library()):
            if isinstance(event, Progress):
                if args.json:
                    facts = {"file": event.file, "done": event.done, "total": event.total}
                    print_json({"event": "progress", **facts})
                else:
                    note = f"of {format_bytes(event.total)}"
                    bar.show(event.file, event.done // 10**6, max(event.total // 10**6, 1), note)
            elif isinstance(event, Plan):
                if args.json:
                    facts = {"files": event.files, "here": event.here, "bytes": event.missing_bytes}
                    print_json({"event": "plan", **facts})
                elif event.here:
                    print_lines(f"Here already: {', '.join(event.here)}")
            elif isinstance(event, Added):
                bar.end()
                for row in event.rows:
                    if args.json:
                        facts = {"name": row.name, "path": str(row.path), "usable": row.card is not None}
                        print_json({"event": "added", **facts, "reason": str(row.unusable)})
                    else:
                        print_lines(f"{row.name}  {row.path}", *([row.unusable] if row.unusable else []))
                if args.json:
                    print_json({"event": "done"})
    finally:
        bar.end()
