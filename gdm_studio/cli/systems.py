"""`gdm-studio systems`: the systems of the literature, their claims, and which of them are trained here."""

from __future__ import annotations

import argparse
from typing import Any

from gdm_studio.cli.saying import say, say_json
from gdm_studio.errors import BadRequest

COLUMNS = ("name", "year", "parameters", "weights", "figure", "claim")


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser("systems", help="list the systems of the literature, their claims and weights")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.engine import threads

    threads.prepare()
    from gdm_studio.models.library import Library

    cards = {card.name: card for card in Library().cards() if card.family == "systems"}
    rows = []
    for system in chosen(args.names).values():
        card = cards.get(system.model)
        figure = card.figures.get(system.claim.figure) if card else None
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
            "figure": figure,
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
                f"{figure:g}" if isinstance(figure, float) else "–",
                f"{system.claim.text} {system.claim.bound} ({system.authors})",
            ))
    if not args.json:
        widths = [max(map(len, column)) for column in zip(COLUMNS, *rows, strict=True)]
        for row in (COLUMNS, *rows):
            say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def chosen(names: list[str]) -> Any:
    """The systems of these names, or all; raises BadRequest."""
    from gdm_studio.systems import systems

    known = systems()
    for name in names:
        if name not in known:
            raise BadRequest(f"There is no system called {name!r}; choose from {', '.join(known)}.")
    return {name: known[name] for name in names or known}
