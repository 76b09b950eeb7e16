"""`gdm-studio data icons`: make the pictures that the built-in model is trained on."""

import argparse
import os
from pathlib import Path

from gdm_studio.cli.bar import Bar
from gdm_studio.cli.saying import say
from gdm_studio.maths.knobs import check_number

MOST_PROCESSES = 1024


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the verb."""
    parser = verbs.add_parser("data", help="make pictures to train on")
    kinds = parser.add_subparsers(dest="kind", required=True)
    icons = kinds.add_parser(
        "icons",
        help="render open icon sets with captions",
        description="Fetch open icon sets with npm and render them. Run it again to go on after a stop.",
    )
    icons.add_argument("--out", type=Path, required=True, help="the directory to write")
    icons.add_argument("--size", type=int, default=128, help="pixels a side (default: %(default)s)")
    icons.add_argument(
        "--subset",
        choices=("few", "narrow", "emoji", "best", "all"),
        default="emoji",
        help="few: 64 things in seven flat styles, for --size 32; narrow: things most emoji sets draw; "
        "emoji: eight emoji sets; best: these and four more styles; "
        "all: 24 sets in 30 styles (default: emoji)",
    )
    icons.add_argument("--source", type=Path, help="a folder with the npm archives, instead of fetching them")
    icons.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: one a core")
    icons.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Build the pictures, showing progress on standard error."""
    from gdm_studio.training.data.build import BuildConfig, build

    check_number("--processes", args.processes, 1, MOST_PROCESSES)
    config = BuildConfig(out=args.out, size=args.size, subset=args.subset, source=args.source, processes=args.processes)
    bar = Bar()
    for progress in build(config):
        bar.show(progress.phase, progress.done, progress.total)
    bar.end()
    say(args.out)
    return 0
