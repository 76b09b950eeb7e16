"""`gdm-studio bench`: how quick this machine is; from the source tree, how quick and exact the program is on it."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gdm_studio import paths
from gdm_studio.cli.asked import MODEL, named
from gdm_studio.cli.bar import Bar
from gdm_studio.cli.saying import remark, say, say_json
from gdm_studio.errors import BadRequest, StudioError
from gdm_studio.figure import Figure

OF_A_MACHINE = ("speed", "picture")
OF_THE_PROGRAM = (  # in `benches`
    "network", "dtype", "batch", "busy", "memory", "models", "steps", "workers", "gallery", "ui",
)  # fmt: skip
NAMES = (*OF_A_MACHINE, *OF_THE_PROGRAM)
AGAINST = "diffusers"
PROMPT = "a red apple"
PICTURES = 100_000
PER_SECOND = 200  # pictures of a made-up library that are drawn, read and made small on a quiet machine


def add(verbs: Any) -> None:
    parser = verbs.add_parser("bench", help="measure speed on this machine")
    parser.add_argument("names", nargs="*", metavar="NAME", help=_NAMES_HELP)
    parser.add_argument("--model", type=named, default=MODEL, help="default: %(default)s")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps, xpu (default: auto)")
    parser.add_argument(
        "--pictures",
        type=int,
        metavar="N",
        help="size of the made-up library for gallery (default: 100000) and ui (default: none), kept in the cache",
    )
    parser.add_argument("--against", choices=(AGAINST,), help=_AGAINST_HELP)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


_NAMES_HELP = f"""any of {", ".join(OF_A_MACHINE)}; in the program's source tree also {", ".join(OF_THE_PROGRAM)}
(default: all there are; gallery only with --pictures)"""


_AGAINST_HELP = """instead of all that, loading, a step and a picture beside those of diffusers on the same random
weights, where that is installed; they take 6 GB in the folder for temporary files"""


def main(args: argparse.Namespace) -> int:
    for name in (args.against,) if args.against else _names(args.names, args.pictures):
        for figure in _measured(name, args):
            if args.json:
                facts = {"name": figure.name, "value": figure.value, "unit": figure.unit, "goal": figure.goal}
                say_json({"bench": name, **facts})
            else:
                goal = f"   goal {figure.goal}" if figure.goal else ""
                say(f"{name:8} {figure.name:48} {figure.value:10.4g} {figure.unit}{goal}")
    return 0


def _names(asked: Sequence[str], pictures: int | None) -> Sequence[str]:
    """What is to be measured. Raises BadRequest, and StudioError where that is not here."""
    for name in asked:
        if name not in NAMES:
            raise BadRequest(f"There is nothing called {name!r} to measure; choose from {', '.join(NAMES)}.")
    if find_spec("benches"):
        return asked or [name for name in NAMES if name != "gallery" or pictures]
    for name in asked:
        if name not in OF_A_MACHINE:
            here = " or ".join(f"`gdm-studio bench {each}`" for each in OF_A_MACHINE)
            raise StudioError(
                f"What {name!r} measures comes with the program's source tree alone; run it there, or {here} here."
            )
    return asked or OF_A_MACHINE


def _measured(name: str, args: argparse.Namespace) -> Iterator[Figure]:
    if name == AGAINST:
        if not find_spec("benches"):
            raise StudioError("What is measured against diffusers comes with the program's source tree; run it there.")
        from benches import against

        yield from against.figures()
    elif name == "gallery":
        from benches import gallery

        if args.pictures != 0:
            yield from gallery.figures(_library(PICTURES if args.pictures is None else args.pictures))
    elif name == "ui":
        from benches import gallery_page, window

        yield from window.figures()
        if args.pictures:
            yield from gallery_page.figures(_library(args.pictures))
    else:
        from gdm_studio.engine import devices
        from gdm_studio.models.library import Library
        from gdm_studio.request import Request

        library, device = Library(), str(devices.resolve(args.device))
        defaults: dict[str, Any] = dict(library.card(args.model).defaults)
        request = Request(model=args.model, prompt=PROMPT, seed=1, device=device, **defaults)
        yield from _bench(name)(library, request)


def _bench(name: str) -> Callable[..., Iterator[Figure]]:
    """The measurement of that name, of a library and a request."""
    if name in OF_A_MACHINE:
        from gdm_studio.engine import speed

        return {"speed": speed.speed, "picture": speed.picture}[name]
    from benches.engine import BENCHES

    return BENCHES[name]


def _library(pictures: int) -> Path:
    """The made-up library of that size, drawn now or earlier."""
    from benches.gallery import build

    home, bar = paths.cache_dir() / "bench" / f"gallery-{pictures}", Bar()
    if not home.exists():
        minutes = math.ceil(pictures / PER_SECOND / 60)
        sentence = f"Building a library of {pictures:,} pictures in {home}, once; it takes about {minutes} min."
        remark(sentence)
    build(home, pictures, bar.show)
    bar.end()
    return home
