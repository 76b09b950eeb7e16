"""`gdm-studio reproduce`: a picture made again from its file alone, and compared."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.cli.bar import Bar, followed
from gdm_studio.cli.recalled import ours
from gdm_studio.cli.saying import say, say_json

if TYPE_CHECKING:
    from gdm_studio.engine.reproduce import Verdict


def add(verbs: Any) -> None:
    parser = verbs.add_parser(
        "reproduce",
        help="make a picture again from its file and compare",
        description="Make a picture of ours again from what its file says, branches and stopped ones too, and compare "
        "the pixels. Exit status: 0 where they are the same, 1 where they differ, 2 where it cannot be made here.",
    )
    parser.add_argument("picture", type=Path, metavar="FILE", help="a picture that GDM Studio made")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    verdict = _verdict(args.picture)
    if args.json:
        say_json(_as_json(args.picture, verdict))
    else:
        say(verdict, *(f"  {reason}" for reason in verdict.reasons))
    return 0 if verdict.answer == "exactly" else 1


def _verdict(path: Path) -> Verdict:
    import numpy as np

    from gdm_studio.models.library import Library
    from gdm_studio.picture_file import read_rgba

    metadata, request = ours(path)
    from gdm_studio.engine import devices
    from gdm_studio.engine.reproduce import reproducing

    devices.use_threads(preferences.load().threads)
    events = reproducing(
        np.asarray(read_rgba(path)),
        request,
        Library(),
        stopped_at=metadata.stopped_at,
        made_with={**metadata.made_with, "version": str(metadata.fields.get("version", ""))},
        unread=[*metadata.ignored, *metadata.unknown],
        jpeg=path.suffix.lower() in (".jpg", ".jpeg"),
    )
    bar = Bar(titles=False)
    try:
        return followed(events, bar)
    finally:
        bar.end()


def _as_json(path: Path, verdict: Verdict) -> dict[str, Any]:
    return {
        "path": str(path),
        "answer": verdict.answer,
        "largest": verdict.largest,
        "share": verdict.share,
        "reasons": verdict.reasons,
    }
