"""`gdm-studio evaluate icons`: the built-in model's figures, and its sheet of forty prompts."""

from __future__ import annotations

import argparse
import errno
import json
from pathlib import Path
from typing import Any

from gdm_studio.atomic import check_writable, make_folder, problem
from gdm_studio.cli.bar import Bar
from gdm_studio.engine import threads
from gdm_studio.errors import BadRequest


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser("evaluate", help="measure a model on fixed prompts and seeds")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="MODEL")
    icons = kinds.add_parser("icons", help="diversity over temperature; the sheet of forty prompts")
    icons.add_argument("--sheet", type=Path, metavar="FILE", help="write the forty pictures as one PNG")
    icons.add_argument("--data", type=Path, metavar="DIR", help="training pictures: the nearest goes beside each")
    icons.add_argument("--figures", action=argparse.BooleanOptionalAction, default=True, help="measure diversity")
    icons.add_argument("--card", action="store_true", help="write what was measured into the model's card")
    icons.add_argument("--json", action="store_true", help="one JSON object a line")
    icons.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Draw the sheet and measure, as asked."""
    if args.card and not args.figures:
        raise BadRequest("--card writes what is measured; leave out --no-figures.")
    threads.prepare()
    from gdm_studio.models.library import Library
    from gdm_studio.training.evaluate import write_figures

    library = Library()
    card = library.card("icons")
    for path in (args.sheet, card.path if args.card else None):
        if path:  # refused now, rather than after the minutes it takes
            _check_can_be_written(path)
    if args.sheet:
        _sheet(args, library)
    if args.figures:
        figures = _figures(args, library)
        if args.card:
            written = write_figures(card, figures)
            print(json.dumps({"card": str(written)}) if args.json else written)
    return 0


def _check_can_be_written(path: Path) -> None:
    if path.is_dir():
        raise problem(path, IsADirectoryError(errno.EISDIR, ""))
    make_folder(path.parent)
    check_writable(path.parent)


def _sheet(args: argparse.Namespace, library: Any) -> None:
    from gdm_studio.training.contact_sheet import contact_sheet
    from gdm_studio.training.data.dataset import open_pictures
    from gdm_studio.training.evaluate import draw_forty, nearest

    bar, drawn = Bar(), []
    training = open_pictures(args.data) if args.data else None
    for pair in draw_forty(library):
        drawn.append(pair)
        bar.show("drawing", len(drawn), 40)
    bar.end()
    pictures = [result.rgba for _, result in drawn]
    beside = [training.rgba([index])[0] for index in nearest(pictures, training)] if training else None
    contact_sheet(args.sheet, pictures, [asked.prompt for asked, _ in drawn], beside=beside)
    print(json.dumps({"sheet": str(args.sheet)}) if args.json else args.sheet)


def _figures(args: argparse.Namespace, library: Any) -> dict[str, float | str]:
    """Measures and prints; what belongs into the card."""
    from gdm_studio.training.evaluate import DIVERSITY_PROMPTS, TEMPERATURES, diversity, forty_prompts

    bar, rising = Bar(), 0
    prompts = [asked.prompt for asked in forty_prompts()[:DIVERSITY_PROMPTS]]
    for done, row in enumerate(diversity(library, prompts), start=1):
        rising += row.rises
        bar.show("diversity", done, len(prompts))
        bar.end()
        if args.json:
            rms = dict(zip(map(str, TEMPERATURES), row.rms, strict=True))
            print(json.dumps({"figure": "diversity", "prompt": row.prompt, "rms": rms, "rises": row.rises}), flush=True)
        else:
            said = "  ".join(f"{t:g}: {rms:.4f}" for t, rms in zip(TEMPERATURES, row.rms, strict=True))
            print(f"{row.prompt:28} {said}  {'rises' if row.rises else 'does not rise'}", flush=True)
    total = {"figure": "diversity rises with temperature", "prompts": rising, "of": len(prompts)}
    print(json.dumps(total) if args.json else f"diversity rises with temperature: {rising} of {len(prompts)} prompts")
    return {"diversity_rises_with_temperature": f"{rising} of {len(prompts)} prompts"}
