"""`gdm-studio systems`: the systems of the literature, their claims, and which of them are trained here."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gdm_studio.atomic import check_writable, make_folder, write
from gdm_studio.cli.saying import remark, say, say_json
from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import check_number

COLUMNS = ("name", "year", "parameters", "weights", "figure", "claim")

COMPARE_HELP = """measure quality against network evaluations of all that have weights, or of those named, into DIR:
a table, a chart and their numbers. Started again with the same DIR, it goes on"""


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser("systems", help="list the systems of the literature, their claims and weights")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--tree", type=Path, metavar="FILE", help="write the family tree as Markdown, and stop")
    parser.add_argument("--strips", action="store_true", help="draw a strip of denoising of each, and stop")
    parser.add_argument("--out", type=Path, metavar="DIR", help="with --strips: draw them there")
    parser.add_argument("--compare", type=Path, metavar="DIR", help=COMPARE_HELP)
    parser.add_argument("--judge", type=Path, metavar="FILE", help="with --compare: another than the one shipped")
    parser.add_argument("--pictures", type=int, default=167, metavar="N", help="with --compare: of each of three seeds")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.models.library import Library

    if args.tree:
        return _tree(Library(), args.tree)
    if args.strips:
        return _strips(Library(), args.names, args.out)
    if args.compare:
        return _compare(Library(), args)
    from gdm_studio.systems.family import own, read_figures, shipped

    figures = read_figures(shipped(), own())
    cards = {card.name: card for card in Library().cards() if card.family == "systems"}
    rows = []
    for system in chosen(args.names).values():
        card = cards.get(system.model)
        figure = figures.get(system.name)
        facts = {
            "name": system.name,
            "title": system.title,
            "year": system.year,
            "authors": system.authors,
            "paper": system.paper,
            "tags": list(system.tags),
            "trains": list(system.trains),
            "weights_of": system.model,
            "parameters": card.parameters if card else None,
            "claim": system.claim.text,
            "threshold": system.claim.bound,
            "needs": system.claim.needs,
            "figure": figure and figure.value,
            "holds": figure and system.claim.holds(figure.value),
            "weights": card is not None,
        }
        if args.json:
            say_json(facts)
        else:
            rows.append((
                system.name,
                str(system.year),
                f"{card.parameters:,}" if card else "–",
                "yes" if card else "not trained yet",
                f"{figure.value:.4g}{'' if facts['holds'] else ', missed'}" if figure else "–",
                f"{system.claim.text} {system.claim.bound} ({system.authors})",
            ))
    if not args.json:
        widths = [max(map(len, column)) for column in zip(COLUMNS, *rows, strict=True)]
        for row in (COLUMNS, *rows):
            say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _tree(library: Any, file: Path) -> int:
    """Of what comes with the program, whatever else there is on this machine."""
    from gdm_studio import paths
    from gdm_studio.systems.family import members, page

    cards = [card for card in library.cards() if card.path is not None and paths.is_shipped(card.path)]
    make_folder(file.parent)
    write(file, page(members(cards)).encode())
    say(file)
    return 0


def _strips(library: Any, names: list[str], out: Path | None) -> int:
    """Of every system chosen that has weights and draws pictures."""
    from gdm_studio.systems.family import STRIPS, own
    from gdm_studio.systems.strips import write_strip

    cards = {card.name: card for card in library.cards() if card.family == "systems"}
    for system in chosen(names).values():
        card = cards.get(system.model)
        if card is not None and system.samplers:
            say(write_strip(library, system, out or own() / STRIPS))
    return 0


def _compare(library: Any, args: argparse.Namespace) -> int:
    from gdm_studio.systems.comparison import compared
    from gdm_studio.systems.figures import Bench, shipped_judge

    check_number("--pictures", args.pictures, 8, 100_000)
    make_folder(args.compare)
    check_writable(args.compare)
    bench = Bench(library, args.judge or shipped_judge(), args.pictures)
    for point in compared(bench, chosen(args.names), args.compare):
        if isinstance(point, str):
            remark(point)
            continue
        if args.json:
            say_json(asdict(point))
            continue
        what = f"{point.system:20} {point.evaluations:5} evaluations"
        say(f"{what}  Fréchet {point.frechet.words}  coverage {point.coverage.words}  class {point.accuracy.words}")
    return 0


def chosen(names: list[str]) -> Any:
    """The systems of these names, or all; raises BadRequest."""
    from gdm_studio.systems import systems

    known = systems()
    for name in names:
        if name not in known:
            raise BadRequest(f"There is no system called {name!r}; choose from {', '.join(known)}.")
    return {name: known[name] for name in names or known}
