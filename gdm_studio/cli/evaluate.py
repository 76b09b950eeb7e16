"""`gdm-studio evaluate icons`: a model's figures on fixed prompts and seeds, and its sheet of fixed prompts."""

from __future__ import annotations

import argparse
import errno
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.atomic import check_writable, make_folder, problem
from gdm_studio.cli.bar import Bar
from gdm_studio.cli.saying import remark, say, say_json
from gdm_studio.engine import threads
from gdm_studio.errors import BadRequest

if TYPE_CHECKING:
    from gdm_studio.training.evaluation.drawing import Drawings
    from gdm_studio.training.evaluation.figures import Measured

JUDGED = ("held-out", "words")  # these need the scorer and the training pictures
NAMES = (*JUDGED, "colours", "time", "diversity", "norms")


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "evaluate",
        help="measure a model on fixed prompts and seeds",
        description="Pictures once drawn are kept, so that an evaluation that was stopped goes on.",
    )
    parser.add_argument("model", metavar="MODEL", help="icons, another model's name, or its .safetensors file")
    any_of = f"any of {', '.join(NAMES)} (default: all that can be had)"
    parser.add_argument("--only", nargs="+", default=[], choices=NAMES, metavar="FIGURE", help=any_of)
    parser.add_argument("--data", type=Path, metavar="DIR", help="training pictures, from  gdm-studio data icons")
    parser.add_argument("--scorer", type=Path, metavar="DIR", help="the judge, from  gdm-studio train scorer")
    parser.add_argument("--source", type=Path, metavar="DIR", help="a folder with the npm archives; else fetched")
    parser.add_argument("--quick", action="store_true", help="a quarter of everything, to see that it runs")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="write the fixed prompts' pictures, numbered only")
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help="the same with prompts; with --data, the likest training pictures"
    )
    parser.add_argument("--named", type=int, metavar="N", help="how many of the sheet someone new to it could name")
    parser.add_argument("--figures", action=argparse.BooleanOptionalAction, default=True, help="measure")
    parser.add_argument("--card", action="store_true", help="write what was measured into the model's card")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Draw the sheets and measure, as asked."""
    from gdm_studio.models.library import Library

    library = Library()
    card, names = library.card(args.model), _names(args)
    threads.prepare()
    from gdm_studio.training.evaluation.drawing import Drawings
    from gdm_studio.training.evaluation.figures import write_figures
    from gdm_studio.training.evaluation.sheet import write_answers, write_sheet

    bar = Bar()
    for path in (args.sheet, args.answers, card.path if args.card else None):
        if path:  # refused now, rather than after the minutes it takes
            _check_can_be_written(path)
    drawings = Drawings.of(library, args.model, bar.show)
    if args.sheet:
        write_sheet(args.sheet, drawings)
        _tell(args, bar, {"sheet": str(args.sheet)}, str(args.sheet))
    if args.answers:
        write_answers(args.answers, drawings, args.data)
        _tell(args, bar, {"answers": str(args.answers)}, str(args.answers))
    figures = []
    for figure in _measured(args, names, drawings):
        figures.append(figure)
        _tell(args, bar, _facts(figure), _sentence(figure))
    if args.card:
        written = str(write_figures(card, figures))
        _tell(args, bar, {"card": written}, written)
    return 0


def _names(args: argparse.Namespace) -> tuple[str, ...]:
    """What is to be measured; raises BadRequest."""
    if args.quick and args.card:
        raise BadRequest("A quarter of the pictures is too little for the card; leave out --quick or --card.")
    if not args.figures:
        nothing = args.named is None and (args.card or not (args.sheet or args.answers))
        if args.only or nothing:
            raise BadRequest("There is nothing to measure or to write; leave out --no-figures.")
        return ()
    if args.data and args.scorer:
        return tuple(args.only) or NAMES
    needs = f"{' and '.join(JUDGED)} are judged by the scorer beside training pictures: --data and --scorer"
    if any(name in JUDGED for name in args.only):
        raise BadRequest(f"{needs} are missing.")
    if not args.only:
        remark(f"left out: {needs}")
    return tuple(args.only) or tuple(name for name in NAMES if name not in JUDGED)


def _check_can_be_written(path: Path) -> None:
    if path.is_dir():
        raise problem(path, IsADirectoryError(errno.EISDIR, ""))
    make_folder(path.parent)
    check_writable(path.parent)


def _measured(args: argparse.Namespace, names: tuple[str, ...], drawings: Drawings) -> Iterator[Measured]:
    from gdm_studio.training.evaluation import diversity, figures, norms
    from gdm_studio.training.evaluation.sheet import judged

    if args.named is not None:
        yield judged(args.named)
    if any(name in JUDGED for name in names):
        card = drawings.library.card(args.model)
        about: dict[str, Any] = {"source": args.source, "quick": args.quick, "show": drawings.show}
        evidence = figures.gather(args.data, args.scorer, card, **about)
        if "held-out" in names:
            yield from figures.held_out(drawings, evidence)
        if "words" in names:
            yield from figures.novel(drawings, evidence, quick=args.quick)
    if "colours" in names:
        yield from figures.colours(drawings, quick=args.quick)
    if "time" in names:
        yield from figures.speed(drawings)
    if "diversity" in names:
        yield from diversity.rising(drawings, quick=args.quick)
    if "norms" in names:
        yield from norms.measured_norms(drawings, args.data, quick=args.quick)


def _facts(figure: Measured) -> dict[str, Any]:
    facts = {"figure": figure.key, "title": figure.title, "value": figure.value, "goal": figure.goal}
    return facts | ({"of": figure.of} if figure.of else {}) | figure.details | figure.card


def _sentence(figure: Measured) -> str:
    details = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in figure.details.items())
    goal = f"   goal {figure.goal}" if figure.goal else ""
    return f"{figure.title:48} {figure.words}{goal}" + (f"\n    {details}" if details else "")


def _tell(args: argparse.Namespace, bar: Bar, facts: dict[str, Any], sentence: str) -> None:
    bar.end()
    say_json(facts) if args.json else say(*sentence.split("\n"))
