"""`gdm-studio bench`: speed and exactness on this machine, as ratios taken side by side."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gdm_studio import paths
from gdm_studio.cli.bar import Bar
from gdm_studio.cli.saying import remark, say, say_json
from gdm_studio.engine import threads
from gdm_studio.errors import BadRequest
from gdm_studio.figure import Figure

NAMES = ("network", "picture", "dtype", "batch", "busy", "memory", "gallery", "ui")
PROMPT = "a red apple"
PICTURES = 100_000
PER_SECOND = 200  # pictures of a made-up library that are drawn, read and made small on a quiet machine


def add(verbs: Any) -> None:
    parser = verbs.add_parser("bench", help="measure speed on this machine")
    names = f"any of {', '.join(NAMES)} (default: all; gallery only with --pictures)"
    parser.add_argument("names", nargs="*", metavar="NAME", help=names)
    parser.add_argument(
        "--pictures",
        type=int,
        metavar="N",
        help="size of the made-up library for gallery (default: 100000) and ui (default: none), kept in the cache",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    unknown = [name for name in args.names if name not in NAMES]
    if unknown:
        raise BadRequest(f"There is nothing called {unknown[0]!r} to measure; choose from {', '.join(NAMES)}.")
    names = args.names or [name for name in NAMES if name != "gallery" or args.pictures]
    for name in names:
        for figure in _measure(name, args.pictures):
            if args.json:
                facts = {"name": figure.name, "value": figure.value, "unit": figure.unit, "goal": figure.goal}
                say_json({"bench": name, **facts})
            else:
                goal = f"   goal {figure.goal}" if figure.goal else ""
                say(f"{name:8} {figure.name:48} {figure.value:10.4g} {figure.unit}{goal}")
    return 0


def _measure(name: str, pictures: int | None) -> Iterator[Figure]:
    if name == "gallery":
        yield from _gallery(PICTURES if pictures is None else pictures) if pictures != 0 else ()
        return
    if name == "ui":
        from gdm_studio.ui import measure, measure_gallery

        yield from measure.figures()
        if pictures:
            yield from measure_gallery.figures(_library(pictures))
        return
    threads.prepare()
    from gdm_studio.engine.bench import BENCHES
    from gdm_studio.models.library import Library
    from gdm_studio.request import Request

    library = Library()
    defaults: dict[str, Any] = dict(library.card("icons").defaults)
    yield from BENCHES[name](library, Request(model="icons", prompt=PROMPT, seed=1, device="cpu", **defaults))


def _gallery(pictures: int) -> Iterator[Figure]:
    from gdm_studio.gallery.bench import figures

    yield from figures(_library(pictures))


def _library(pictures: int) -> Path:
    """The made-up library of that size, drawn now or earlier."""
    from gdm_studio.gallery.bench import build

    home, bar = paths.cache_dir() / "bench" / f"gallery-{pictures}", Bar()
    if not home.exists():
        minutes = math.ceil(pictures / PER_SECOND / 60)
        sentence = f"Building a library of {pictures:,} pictures in {home}, once; it takes about {minutes} min."
        remark(sentence)
    build(home, pictures, bar.show)
    bar.end()
    return home
