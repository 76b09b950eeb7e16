"""`gdm-studio data icons`: renders the training images of the built-in model."""

import argparse
import os
from pathlib import Path

from gdm_studio.cli.output import print_lines
from gdm_studio.cli.progress_bar import ProgressBar
from gdm_studio.maths.numeric_parameters import check_number

MOST_PROCESSES = 1024


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb `data`, which creates training images, to the command-line parser."""
    parser = verbs.add_parser("data", help="create training images")
    kinds = parser.add_subparsers(dest="kind", required=True)
    icons = kinds.add_parser(
        "icons",
        help="render open icon sets with captions",
        description="Download open icon sets with npm and render them. Run it again to resume.",
    )
    icons.add_argument("--out", type=Path, required=True, help="folder to write")
    icons.add_argument("--size", type=int, default=128, help="pixels per side (default: %(default)s)")
    icons.add_argument(
        "--subset",
        choices=("few", "narrow", "emoji", "best", "all"),
        default="emoji",
        help="few: 64 things in seven flat styles, for --size 32; narrow: things most emoji sets draw; "
        "emoji: eight emoji sets; best: these and four more styles; "
        "all: 24 sets in 30 styles (default: emoji)",
    )
    icons.add_argument("--source", type=Path, help="folder with the npm archives, instead of downloading them")
    icons.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: one per core")
    icons.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Render the training images into the output folder, with a progress bar on standard error."""
    from gdm_studio.training.data.build import BuildConfig, build

    check_number("--processes", args.processes, 1, MOST_PROCESSES)
    config = BuildConfig(out=args.out, size=args.size, subset=args.subset, source=args.source, processes=args.processes)
    bar = ProgressBar()
    for progress in build(config):
        bar.show(progress.phase, progress.done, progress.total)
    bar.end()
    print_lines(args.out)
    return 0
