"""`gdm-studio models`: what can be used, newest first; and more of it, put into the models folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gdm_studio.cli.saying import say, say_json


def add(verbs: Any) -> None:
    parser = verbs.add_parser("models", help="list the models: name, date, parameters, author")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)
    adding = parser.add_subparsers(metavar="add").add_parser(
        "add", help="copy a model into the models folder, with all the files that belong to it, once it proves sound"
    )
    adding.add_argument("file", type=Path, metavar="FILE", help="the model's own .safetensors file")
    adding.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object")
    adding.set_defaults(main=_add)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.models.library import Library

    library = Library()
    cards, refused = library.cards(), library.refused()
    if args.json:
        for card in cards:
            facts = {"name": card.name, "date": card.date, "parameters": card.parameters, "author": card.author}
            more = {"family": card.family, "licence": card.licence, "size": card.size, "path": str(card.path)}
            words = len(card.vocabulary.met) if card.vocabulary else None
            say_json(facts | more | {"styles": [style.id for style in card.styles], "words_met": words})
        for one in refused:
            say_json({"path": str(one.path), "error": one.reason})
        return 0
    rows = [("name", "date", "parameters", "author", "licence")]
    rows += [(card.name, card.date, f"{card.parameters:,}", card.author, card.licence) for card in cards]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for card in cards:
        if card.styles:
            say("", f"styles of {card.name}: " + ", ".join(f"{style.id} ({style.title})" for style in card.styles))
    if refused:
        say("", "cannot be used:")
        for one in refused:
            say(f"  {one.path}", f"    {one.reason}")
    return 0


def _add(args: argparse.Namespace) -> int:
    from gdm_studio.engine import threads

    threads.prepare()
    from gdm_studio.models.adding import add
    from gdm_studio.models.library import Library

    library = Library()
    name = add(args.file, library)
    path = str(library.card(name).path)
    if args.json:
        say_json({"event": "added", "name": name, "path": path})
    else:
        say(f"{name}  {path}")
    return 0
