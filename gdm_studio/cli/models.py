"""`gdm-studio models`: what can be used, newest first."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add(verbs: Any) -> None:
    parser = verbs.add_parser("models", help="list the models: name, date, parameters, author")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.models.library import Library

    cards = Library().cards()
    if args.json:
        for card in cards:
            facts = {"name": card.name, "date": card.date, "parameters": card.parameters, "author": card.author}
            more = {"family": card.family, "licence": card.licence, "size": card.size, "path": str(card.path)}
            words = len(card.vocabulary.met) if card.vocabulary else None
            print(json.dumps(facts | more | {"styles": [style.id for style in card.styles], "words_met": words}))
        return 0
    rows = [("name", "date", "parameters", "author", "licence")]
    rows += [(card.name, card.date, f"{card.parameters:,}", card.author, card.licence) for card in cards]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for card in cards:
        if card.styles:
            print(f"\nstyles of {card.name}: " + ", ".join(f"{style.id} ({style.title})" for style in card.styles))
    return 0
