"""`gdm-studio bench`: measures the speed of this machine and, in a source tree, of GDM Studio itself."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gdm_studio.cli.options import MODEL, nonempty_text
from gdm_studio.cli.output import print_json, print_lines, print_notice
from gdm_studio.cli.progress_bar import ProgressBar
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.common.measurement import Measurement
from gdm_studio.maths.numeric_parameters import check_number

OF_A_MACHINE = ("speed", "picture")
# Modules of `benches`.
OF_THE_PROGRAM = (
    "network",
    "dtype",
    "batch",
    "busy",
    "memory",
    "streaming",
    "models",
    "steps",
    "workers",
    "gallery",
    "ui",
    "start",
    "window",
)
NAMES = (*OF_A_MACHINE, *OF_THE_PROGRAM)
# The benchmark that needs 8 GB of memory and runs only if it is named.
LARGE = "streaming"
AGAINST = "diffusers"
PROMPT = "a red apple"
PICTURES = 100_000
# Images of a synthetic library that an idle machine can draw, read and shrink in a second.
PER_SECOND = 200


def add(verbs: Any) -> None:
    parser = verbs.add_parser("bench", help="measure speed on this machine")
    parser.add_argument("names", nargs="*", metavar="NAME", help=_NAMES_HELP)
    parser.add_argument("--model", type=nonempty_text, default=MODEL, help="default: %(default)s")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps, xpu (default: auto)")
    parser.add_argument(
        "--pictures",
        type=int,
        metavar="N",
        help="size of the synthetic library for gallery (default: 100000) and ui (default: none), kept in the cache",
    )
    parser.add_argument("--checkout", type=Path, metavar="DIR", help=_CHECKOUT_HELP)
    parser.add_argument("--against", choices=(AGAINST,), help=_AGAINST_HELP)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


_NAMES_HELP = f"""any of {", ".join(OF_A_MACHINE)}; in the source tree also {", ".join(OF_THE_PROGRAM)}
(default: all but streaming; gallery only with --pictures)"""


_CHECKOUT_HELP = "another checkout of GDM Studio that start and window run in turn with this one, to compare them"


_AGAINST_HELP = """compare loading, a step and an image with diffusers on the same random weights, if it is installed;
needs 6 GB in the folder for temporary files"""


def main(args: argparse.Namespace) -> int:
    if args.pictures is not None:
        check_number("--pictures", args.pictures, 0, 100_000_000)
    for name in (args.against,) if args.against else _select_names(args.names, args.pictures):
        for figure in _run_benchmark(name, args):
            if args.json:
                facts = {"name": figure.name, "value": figure.value, "unit": figure.unit, "goal": figure.goal}
                print_json({"bench": name, **facts})
            else:
                goal = f"   goal {figure.goal}" if figure.goal else ""
                print_lines(f"{name:8} {figure.name:48} {figure.value:10.4g} {figure.unit}{goal}")
    return 0


def _select_names(asked: Sequence[str], pictures: int | None) -> Sequence[str]:
    """Return the names of the benchmarks selected on the command line.

    Raises BadRequest for an unknown name, and StudioError if a benchmark needs the source tree.
    """
    for name in asked:
        if name not in NAMES:
            raise BadRequest(f"There is no benchmark called {name!r}; choose from {', '.join(NAMES)}.")
    if find_spec("benches"):
        return asked or [name for name in NAMES if name != LARGE and (name != "gallery" or pictures)]
    for name in asked:
        if name not in OF_A_MACHINE:
            here = " or ".join(f"`gdm-studio bench {each}`" for each in OF_A_MACHINE)
            raise StudioError(f"The benchmark {name!r} needs the source tree; run it there, or {here} here.")
    return asked or OF_A_MACHINE


def _run_benchmark(name: str, args: argparse.Namespace) -> Iterator[Measurement]:
    if name == AGAINST:
        if not find_spec("benches"):
            raise StudioError("The comparison with diffusers needs the source tree; run it there.")
        from benches import diffusers

        yield from diffusers.figures()
    elif name == "gallery":
        from benches import gallery

        if args.pictures != 0:
            yield from gallery.figures(_prepare_library(PICTURES if args.pictures is None else args.pictures))
    elif name == "start":
        from benches import start

        yield from start.figures(args.checkout)
    elif name == "window":
        from benches import window_start

        yield from window_start.figures(args.checkout)
    elif name == "ui":
        from benches import gallery_page, window

        yield from window.figures()
        if args.pictures:
            yield from gallery_page.figures(_prepare_library(args.pictures))
    else:
        from gdm_studio.models.memory import devices
        from gdm_studio.models.model_library import Library
        from gdm_studio.request.generation_request import Request

        library, device = Library(), str(devices.resolve(args.device))
        defaults: dict[str, Any] = dict(library.card(args.model).defaults)
        request = Request(model=args.model, prompt=PROMPT, seed=1, device=device, **defaults)
        yield from _load_benchmark(name)(library, request)


def _load_benchmark(name: str) -> Callable[..., Iterator[Measurement]]:
    """Return the function of the benchmark `name`. The caller passes it a model library and a request, and it yields
    measurements.
    """
    if name in OF_A_MACHINE:
        from gdm_studio.engine import speed_benchmark

        return {"speed": speed_benchmark.measure_batches, "picture": speed_benchmark.measure_image}[name]
    from benches.engine import BENCHES

    return BENCHES[name]


def _prepare_library(pictures: int) -> Path:
    """Return the folder of a synthetic image library with `pictures` images, on which the gallery benchmark runs.

    It is built on first use.
    """
    from benches.gallery import build

    home = paths.cache_dir() / "bench" / f"gallery-{pictures}"
    bar = ProgressBar()
    if not home.exists():
        minutes = math.ceil(pictures / PER_SECOND / 60)
        sentence = f"Building a library of {pictures:,} images in {home}, once; it takes about {minutes} min."
        print_notice(sentence)
    build(home, pictures, bar.show)
    bar.end()
    return home
