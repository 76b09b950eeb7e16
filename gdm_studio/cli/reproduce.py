"""`gdm-studio reproduce`: generates an image again from its file alone and compares the pixels."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.cli.output import print_json, print_lines
from gdm_studio.cli.progress_bar import ProgressBar, with_progress
from gdm_studio.cli.saved_image_arguments import read_own_image

if TYPE_CHECKING:
    from gdm_studio.engine.reproduction_verdict import Verdict


def add(verbs: Any) -> None:
    parser = verbs.add_parser(
        "reproduce",
        help="generate an image again from its file and compare",
        description="Generate an image of GDM Studio again from its file, branches and stopped ones too, and compare "
        "the pixels. Exit status: 0 if they are equal, 1 if they differ, 2 if it cannot be generated here.",
    )
    parser.add_argument("picture", type=Path, metavar="FILE", help="an image that GDM Studio made")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    verdict = _reproduce(args.picture)
    if args.json:
        print_json(_to_json(args.picture, verdict))
    else:
        print_lines(verdict, *(f"  {reason}" for reason in verdict.reasons))
    return 0 if verdict.answer == "exactly" else 1


def _reproduce(path: Path) -> Verdict:
    from gdm_studio.common.image_file import read_rgba_array
    from gdm_studio.models.model_library import Library

    metadata, request = read_own_image(path)
    from gdm_studio.engine.reproduction import check_reproduction
    from gdm_studio.models.memory import devices

    devices.use_threads(preferences.load().threads)
    events = check_reproduction(
        read_rgba_array(path),
        request,
        Library(),
        stopped_at=metadata.stopped_at,
        made_with={**metadata.made_with, "version": str(metadata.fields.get("version", ""))},
        unread=[*metadata.ignored, *metadata.unknown],
        jpeg=path.suffix.lower() in (".jpg", ".jpeg"),
    )
    bar = ProgressBar(titles=False)
    try:
        return with_progress(events, bar)
    finally:
        bar.end()


def _to_json(path: Path, verdict: Verdict) -> dict[str, Any]:
    return {
        "path": str(path),
        "answer": verdict.answer,
        "largest": verdict.largest,
        "share": verdict.share,
        "reasons": verdict.reasons,
    }
