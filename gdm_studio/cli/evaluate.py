"""`gdm-studio evaluate icons`: figures of models on fixed prompts and seeds, side by side, and their sheets."""

from __future__ import annotations

import argparse
import errno
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.atomic import check_writable, make_folder, problem
from gdm_studio.cli.bar import Bar
from gdm_studio.cli.saying import remark, say, say_json
from gdm_studio.errors import BadRequest

if TYPE_CHECKING:
    from gdm_studio.training.evaluation.drawing import Drawings
    from gdm_studio.training.evaluation.figures import Measured

JUDGED = ("held-out", "words", "unstyled")  # these need the scorer and the training pictures
BESIDE = ("seen", "repeats", "mixtures")  # these the training pictures alone
NAMES = (*JUDGED, *BESIDE, "colours", "time", "diversity", "norms")
NOTHING = "–"  # in the table, of a figure that a model has not


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "evaluate",
        help="measure models on fixed prompts and seeds",
        description="Pictures once drawn are kept, so that an evaluation that was stopped goes on. Several models end "
        "in a table, side by side; a sheet of each is then written beside FILE, with its name.",
    )
    what = "icons, other models' names, or their .safetensors files"
    parser.add_argument("models", nargs="+", metavar="MODEL", help=what)
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
    parser.add_argument(
        "--list", choices=("prompts", "prompts-2"), default="prompts", help="which fixed prompts (default: prompts)"
    )
    parser.add_argument(
        "--pairs", type=Path, metavar="FILE", help="write its pictures beside drawings of the same things (with --data)"
    )
    parser.add_argument("--named", type=int, metavar="N", help="how many of the sheet someone new to it could name")
    parser.add_argument("--figures", action=argparse.BooleanOptionalAction, default=True, help="measure")
    parser.add_argument("--card", action="store_true", help="write what was measured into the models' cards")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Draw the sheets and measure, as asked."""
    from gdm_studio.models.library import Library

    library = Library()
    cards, names = [library.card(model) for model in args.models], _names(args)
    from gdm_studio.training.evaluation.drawing import Drawings
    from gdm_studio.training.evaluation.figures import write_figures

    bar = Bar()
    for path in (args.sheet, args.answers, args.pairs, *(card.path for card in cards if args.card)):
        if path:  # refused now, rather than after the minutes it takes
            _check_can_be_written(path)
    found: dict[str, list[Measured]] = {}
    for model, card in zip(args.models, cards, strict=True):
        drawings = Drawings.of(library, model, bar.show)
        _write_sheets(args, bar, drawings)
        figures = found.setdefault(card.name, [])
        for figure in _measured(args, names, drawings):
            figures.append(figure)
            if args.json or len(cards) == 1:
                _tell(args, bar, {"model": card.name} | _facts(figure), _sentence(figure))
        if args.card:
            written = str(write_figures(card, figures))
            _tell(args, bar, {"card": written}, written)
    if len(cards) > 1 and not args.json:
        bar.end()
        say(*table(found))
    return 0


def table(found: Mapping[str, Sequence[Measured]]) -> list[str]:
    """Lines of figures by model, side by side, and what they come to."""
    firsts = {figure.key: figure for figures in found.values() for figure in reversed(figures)}
    keys = dict.fromkeys(figure.key for figures in found.values() for figure in figures)
    words = {model: {figure.key: figure.words for figure in figures} for model, figures in found.items()}
    rows = [["", *found, "goal"]]
    rows += [[firsts[k].title, *(words[model].get(k, NOTHING) for model in found), firsts[k].goal] for k in keys]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    remarks = [f"{model}: {f.remark}" for model, figures in found.items() for f in figures if f.remark]
    return [*lines, *remarks]


def _write_sheets(args: argparse.Namespace, bar: Bar, drawings: Drawings) -> None:
    from gdm_studio.training.evaluation.pairs import write_pairs
    from gdm_studio.training.evaluation.sheet import write_answers, write_sheet
    from gdm_studio.training.evaluation.taught import open_taught

    name = drawings.library.card(drawings.base.model).name

    def own(path: Path) -> Path:
        return path.with_name(f"{path.stem}-{name}{path.suffix}") if len(args.models) > 1 else path

    if args.sheet:
        write_sheet(own(args.sheet), drawings, args.list)
        _tell(args, bar, {"sheet": str(own(args.sheet))}, str(own(args.sheet)))
    if args.answers:
        write_answers(own(args.answers), drawings, args.data, args.list)
        _tell(args, bar, {"answers": str(own(args.answers))}, str(own(args.answers)))
    if args.pairs:
        taught = open_taught(args.data, drawings.library.card(drawings.base.model), drawings.show)
        pairs, key = own(args.pairs), write_pairs(own(args.pairs), drawings, taught)
        _tell(args, bar, {"pairs": str(pairs), "key": str(key)}, f"{pairs}\n{key}")


def _names(args: argparse.Namespace) -> tuple[str, ...]:
    """What is to be measured; raises BadRequest."""
    if args.quick and args.card:
        raise BadRequest("A quarter of the pictures is too little for the card; leave out --quick or --card.")
    if args.named is not None and len(args.models) > 1:
        raise BadRequest("--named is of one model's sheet; name one model.")
    if args.pairs and not args.data:
        raise BadRequest("--pairs needs drawings to stand beside: --data is missing.")
    if not args.figures:
        nothing = args.named is None and (args.card or not (args.sheet or args.answers or args.pairs))
        if args.only or nothing:
            raise BadRequest("There is nothing to measure or to write; leave out --no-figures.")
        return ()
    lacking = [name for name in NAMES if not _can_be_had(name, args)]
    if not lacking:
        return tuple(args.only) or NAMES
    needs = f"{', '.join(BESIDE)} need training pictures, --data; {', '.join(JUDGED)} --scorer too"
    if wanted := [name for name in args.only if name in lacking]:
        missing = " and ".join(f"--{option}" for option in ("data", "scorer") if _lacks(option, wanted, args))
        raise BadRequest(f"{needs}: {missing} {'are' if ' and ' in missing else 'is'} missing.")
    if not args.only:
        remark(f"left out: {needs}")
    return tuple(args.only) or tuple(name for name in NAMES if name not in lacking)


def _can_be_had(name: str, args: argparse.Namespace) -> bool:
    return not any(_lacks(option, [name], args) for option in ("data", "scorer"))


def _lacks(option: str, names: Sequence[str], args: argparse.Namespace) -> bool:
    """Whether one of these figures needs `data` or `scorer` and it is not given."""
    needing = JUDGED if option == "scorer" else (*JUDGED, *BESIDE)
    return not getattr(args, option) and any(name in needing for name in names)


def _check_can_be_written(path: Path) -> None:
    if path.is_dir():
        raise problem(path, IsADirectoryError(errno.EISDIR, ""))
    make_folder(path.parent)
    check_writable(path.parent)


def _measured(args: argparse.Namespace, names: tuple[str, ...], drawings: Drawings) -> Iterator[Measured]:
    from gdm_studio.training.evaluation import diversity, figures, norms
    from gdm_studio.training.evaluation.sheet import judged

    if args.named is not None:
        yield judged(args.named, args.list)
    yield from _compared(args, names, drawings)
    if "colours" in names:
        yield from figures.colours(drawings, quick=args.quick)
    if "time" in names:
        yield from figures.speed(drawings)
    if "diversity" in names:
        yield from diversity.rising(drawings, quick=args.quick)
    if "norms" in names:
        yield from norms.measured_norms(drawings, args.data, quick=args.quick)


def _compared(args: argparse.Namespace, names: tuple[str, ...], drawings: Drawings) -> Iterator[Measured]:
    """What is measured beside training pictures."""
    from gdm_studio.training.evaluation import figures, mixtures, seen
    from gdm_studio.training.evaluation.taught import open_taught

    card, evidence = drawings.library.card(drawings.base.model), None
    if any(name in JUDGED for name in names) or ("mixtures" in names and args.scorer):
        about: dict[str, Any] = {"source": args.source, "quick": args.quick, "show": drawings.show}
        evidence = figures.gather(args.data, args.scorer, card, **about)
        if "held-out" in names:
            yield from figures.held_out(drawings, evidence)
        if "words" in names:
            yield from figures.novel(drawings, evidence, quick=args.quick)
        if "unstyled" in names:
            yield from mixtures.unstyled(drawings, evidence)
    if any(name in BESIDE for name in names):
        taught = open_taught(args.data, card, drawings.show)
        if "seen" in names:
            yield from seen.seen(drawings, taught, quick=args.quick)
        if "repeats" in names:
            yield from seen.repeats(drawings, taught, quick=args.quick)
        if "mixtures" in names:
            yield from mixtures.mixed(drawings, taught, evidence, quick=args.quick)


def _facts(figure: Measured) -> dict[str, Any]:
    facts = {"figure": figure.key, "title": figure.title, "value": figure.value, "goal": figure.goal}
    return facts | ({"of": figure.of} if figure.of else {}) | figure.details | figure.card


def _sentence(figure: Measured) -> str:
    details = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in figure.details.items())
    goal = f"   goal {figure.goal}" if figure.goal else ""
    below = "".join(f"\n    {line}" for line in (details, figure.remark) if line)
    return f"{figure.title:48} {figure.words}{goal}{below}"


def _tell(args: argparse.Namespace, bar: Bar, facts: dict[str, Any], sentence: str) -> None:
    bar.end()
    say_json(facts) if args.json else say(*sentence.split("\n"))
