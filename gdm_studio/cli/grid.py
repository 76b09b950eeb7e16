"""`gdm-studio grid`: one picture for each value of one or two settings, and all of them on one labelled sheet."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.cli.asked import add_options, asked, card_for, named, with_pictures
from gdm_studio.cli.bar import Bar
from gdm_studio.cli.saying import remark, say, say_json
from gdm_studio.engine.grids import Axis, Grid, kinds
from gdm_studio.errors import BadRequest, StudioError
from gdm_studio.run import Advance, Phase, Progress, Result
from gdm_studio.studio.crew import Crew
from gdm_studio.studio.work import Work
from gdm_studio.workers.making import singles as singles_of

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.library import Library
    from gdm_studio.request import Request

SUFFIX = ".png"
OUT_HELP = "the sheet, a PNG (default: grid.png); a name that is taken gets a number"
AXIS_HELP = """what goes {}, such as steps=4,8,20 or seed=1-9 or sampler=ddim,euler_a or prompt=fox,owl,cat (the first,
wherever it stands in the prompt, is replaced by the others)"""


def add(verbs: Any) -> None:
    parser = verbs.add_parser("grid", help="make a picture for each value of one or two settings, on one sheet")
    add_options(parser)
    parser.add_argument("--x", required=True, metavar="SETTING=VALUES", help=AXIS_HELP.format("across"))
    parser.add_argument("--y", type=named, metavar="SETTING=VALUES", help=AXIS_HELP.format("down"))
    parser.add_argument("--out", type=Path, default=Path("grid.png"), metavar="FILE", help=OUT_HELP)
    parser.add_argument("--singles", type=Path, metavar="DIR", help="where to save the single pictures too")
    parser.add_argument("--json", action="store_true", help="say in one JSON object where the sheet is")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Checks every picture before the first is made; a later one that fails leaves the earlier ones in --singles."""
    from gdm_studio.gallery import files
    from gdm_studio.models.library import Library

    if args.out.suffix.lower() != SUFFIX:
        raise BadRequest(f"A sheet is a PNG; {args.out.name} does not end in {SUFFIX}.")
    library = Library()
    card = card_for(args, library)
    base = card.checked(with_pictures(args, card.checked(asked(args, card))))
    known = kinds(base, library.cards())
    grid = Grid(base, _axis(args.x, known), _axis(args.y, known) if args.y else None)
    singles = [library.card(single.model).checked(single) for single in grid.requests()]
    draw = _drawing()
    file = files.new_file(args.out)
    path = file.write(draw(grid, singles, _made(singles, library, args.singles)))
    say_json({"event": "saved", "path": str(path), "pictures": grid.count}) if args.json else say(path)
    return 0


def _axis(text: str, known: dict[str, Any]) -> Axis:
    name, equals, values = text.partition("=")
    titled = {kind.title.casefold(): kind.name for kind in known.values()}  # as people call settings
    name = titled.get(name.strip().casefold(), name.strip())
    if not equals or name not in known:
        raise BadRequest(f"{text!r} is no SETTING=VALUES; the settings are {', '.join(known)}.")
    return Axis.of(known[name], values)


def _made(singles: list[Request], library: Library, folder: Path | None) -> list[np.ndarray]:
    """The pictures in their order; each is kept in `folder` as soon as it is made, where there is one."""
    from gdm_studio.gallery.gallery import Gallery

    work = Work(replace(singles[0], count=len(singles)), orders=singles_of(singles))
    made: dict[int, np.ndarray] = {}
    bar = Bar(titles=False)
    with ExitStack() as stack:
        stack.callback(bar.end)
        gallery = stack.enter_context(closing(Gallery.open(folder))) if folder is not None else None
        if gallery is not None:
            gallery.check_writable()
        crew = stack.enter_context(closing(Crew(library)))
        for event in stack.enter_context(closing(crew.carry_out(work))):
            if isinstance(event, Advance | Progress):
                bar.show(f"picture {len(made) + 1} of {len(singles)}", event.index, event.of)
            elif isinstance(event, Phase) and event.note:
                bar.end()
                remark(event.note)
            elif isinstance(event, Result):
                made[event.image] = event.rgba
                work.let_go(event, gallery.keep(event).id if gallery is not None else "")
    return [made[place] for place in range(len(singles))]


def _drawing() -> Callable[[Grid, Sequence[Request], Sequence[np.ndarray]], bytes]:
    """What draws the sheet, as the window does; raises StudioError where Qt is missing."""
    try:
        from gdm_studio.ui.create.grids.headless import png_of
    except ImportError as error:
        raise StudioError(f"A sheet is drawn with PySide6, which cannot be loaded ({error}).") from error
    return png_of
