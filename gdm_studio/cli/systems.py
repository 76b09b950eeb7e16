"""`gdm-studio systems`: lists reimplemented systems from the literature, with their claims and available weights."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gdm_studio.cli.output import print_json, print_lines, print_notice
from gdm_studio.common.atomic_files import check_writable, make_folder, write
from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.numeric_parameters import check_number

COLUMNS = ("name", "year", "parameters", "weights", "figure", "claim")

COMPARE_HELP = """measure quality against network evaluations of all systems with weights of images, or the named ones,
and write a table, a chart and their numbers to DIR. Resumes if started again with the same DIR"""


def add(verbs: Any) -> None:
    """Add the verb `systems`, which lists published methods and the models that reimplement them, to the command-line
    parser.
    """
    parser = verbs.add_parser("systems", help="list the systems of the literature, their claims and weights")
    parser.add_argument("names", nargs="*", metavar="NAME", help="names of systems (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    parser.add_argument("--tree", type=Path, metavar="FILE", help="write the family tree as Markdown, and stop")
    parser.add_argument(
        "--claims", type=Path, metavar="FILE", help="write the table of all claims into a Markdown file, and stop"
    )
    parser.add_argument("--strips", action="store_true", help="draw a denoising strip of each, and stop")
    parser.add_argument("--out", type=Path, metavar="DIR", help="with --strips: the folder to write to")
    parser.add_argument("--compare", type=Path, metavar="DIR", help=COMPARE_HELP)
    parser.add_argument("--judge", type=Path, metavar="FILE", help="with --compare: another judge than the shipped one")
    parser.add_argument("--pictures", type=int, default=167, metavar="N", help="with --compare: images per seed")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.models.model_library import Library

    if args.tree:
        return _write_tree(Library(), args.tree, as_json=args.json)
    if args.claims:
        return _update_claims(Library(), args.claims, as_json=args.json)
    if args.strips:
        return _draw_strips(Library(), args.names, args.out, as_json=args.json)
    if args.compare:
        return _compare(Library(), args)
    from gdm_studio.papers.family_tree import load_measurements, local_folder, members, shipped_folder

    figures = load_measurements(shipped_folder(), local_folder())
    known = members(Library().cards(), figures)
    rows = []
    for system in select_systems(args.names).values():
        card = known[system.name].card
        figure = figures.get(system.name)
        outcome = figure and system.claim.outcome(figure)
        facts = {
            "name": system.name,
            "title": system.title,
            "year": system.year,
            "authors": system.authors,
            "paper": system.paper,
            "tags": list(system.tags),
            "trains": list(system.trains),
            "weights_of": system.model,
            "model": card and card.name,
            "parameters": card.parameters if card else None,
            "claim": system.claim.text,
            "range": [system.claim.range.low, system.claim.range.high],
            "terms": {name: [each.low, each.high] for name, each in system.claim.terms.items()},
            "needs": system.claim.requires,
            "figure": figure and figure.value,
            "holds": outcome and outcome == "holds",
            "outcome": outcome,
            "weights": known[system.name].weights,
        }
        if args.json:
            print_json(facts)
        else:
            rows.append(
                (
                    system.name,
                    str(system.year),
                    f"{card.parameters:,}" if card else "–",
                    known[system.name].weights,
                    f"{figure.value:.4g}{'' if facts['holds'] else f', {outcome}'}" if figure else "–",
                    f"{system.claim.text}: {system.claim.range.text} ({system.authors})",
                )
            )
    if not args.json:
        widths = [max(map(len, column)) for column in zip(COLUMNS, *rows, strict=True)]
        for row in (COLUMNS, *rows):
            print_lines("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _write_tree(library: Any, file: Path, *, as_json: bool) -> int:
    """Write a Markdown file with the family tree of published methods, and with the shipped models that reimplement
    them.
    """
    from gdm_studio.common import paths
    from gdm_studio.papers.family_tree import family_tree_markdown, members

    cards = [card for card in library.cards() if card.path is not None and paths.is_shipped(card.path)]
    make_folder(file.parent)
    write(file, family_tree_markdown(members(cards)).encode())
    print_json({"tree": str(file)}) if as_json else print_lines(file)
    return 0


def _draw_strips(library: Any, names: list[str], out: Path | None, *, as_json: bool) -> int:
    """Draw a row of sample images, from noise to data, for each selected published method that has a model of images or
    of points, and save it as an image file.
    """
    from gdm_studio.papers.denoising_strips import write_strip
    from gdm_studio.papers.family_tree import STRIPS, local_folder, members

    known = members(library.cards())
    for system in select_systems(names).values():
        card = known[system.name].card
        if card is not None and card.family == "systems" and system.samplers:
            path = write_strip(library, system, card, out or local_folder() / STRIPS)
            print_json({"system": system.name, "strip": str(path)}) if as_json else print_lines(path)
    return 0


def _update_claims(library: Any, path: Path, *, as_json: bool) -> int:
    """Update the table in a Markdown file that compares the claims of published papers with measurements of the models
    that reimplement them.
    """
    from gdm_studio.common import paths
    from gdm_studio.common.errors import StorageError
    from gdm_studio.papers import all_systems
    from gdm_studio.papers.claims.systems_table import claim_table, with_claim_table
    from gdm_studio.papers.family_tree import load_measurements, shipped_folder

    try:
        page = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise StorageError(f"{path} cannot be read; choose a Markdown file.") from error
    cards = {card.name: card for card in library.cards() if card.path is not None and paths.is_shipped(card.path)}
    table = claim_table(all_systems(), load_measurements(shipped_folder()), cards)
    write(path, with_claim_table(page, table).encode())
    print_json({"claims": str(path)}) if as_json else print_lines(path)
    return 0


def _compare(library: Any, args: argparse.Namespace) -> int:
    from gdm_studio.papers.claims.claim_inputs import ClaimContext, shipped_judge
    from gdm_studio.papers.claims.system_comparison import compare_systems

    check_number("--pictures", args.pictures, 8, 100_000)
    make_folder(args.compare)
    check_writable(args.compare)
    context = ClaimContext(library, args.judge or shipped_judge(), args.pictures)
    for point in compare_systems(context, select_systems(args.names), args.compare):
        if isinstance(point, str):
            print_notice(point)
            continue
        if args.json:
            print_json(asdict(point))
            continue
        what = f"{point.system:20} {point.evaluations:5} evaluations"
        print_lines(
            f"{what}  Fréchet {point.frechet.text}  coverage {point.coverage.text}  class {point.accuracy.text}"
        )
    return 0


def select_systems(names: list[str]) -> Any:
    """Return the published methods with the given names as {name: method}, or all of them if no name is given.

    Raises BadRequest for an unknown name.
    """
    from gdm_studio.papers import all_systems

    known = all_systems()
    for name in names:
        if name not in known:
            raise BadRequest(f"There is no system called {name!r}; choose from {', '.join(known)}.")
    return {name: known[name] for name in names or known}
