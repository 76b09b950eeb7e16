"""`gdm-studio grid`: generates an image for each value of one or two settings, and draws them on a labelled sheet."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.cli.options import add_options, card_for, nonempty_text, request_from, with_input_images
from gdm_studio.cli.output import print_json, print_lines, print_notice
from gdm_studio.cli.progress_bar import ProgressBar
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.engine.grids import Axis, Grid, list_axis_settings
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import GALLERY, NOTHING
from gdm_studio.jobs.runner import Runner
from gdm_studio.jobs.workers.work_items import single_items
from gdm_studio.request.generation_events import Phase, Progress, Result, StepEvent

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request

SUFFIX = ".png"
OUT_HELP = "the sheet, a PNG file (default: grid.png); an existing name gets a number"
AXIS_HELP = """the {} axis, such as steps=4,8,20 or seed=1-9 or sampler=ddim,euler_a or prompt=fox,owl,cat (the first
word is replaced by the others everywhere in the prompt)"""


def add(verbs: Any) -> None:
    parser = verbs.add_parser("grid", help="generate an image per value of one or two settings, on one sheet")
    add_options(parser)
    parser.add_argument("--x", required=True, metavar="SETTING=VALUES", help=AXIS_HELP.format("horizontal"))
    parser.add_argument("--y", type=nonempty_text, metavar="SETTING=VALUES", help=AXIS_HELP.format("vertical"))
    parser.add_argument("--out", type=Path, default=Path("grid.png"), metavar="FILE", help=OUT_HELP)
    parser.add_argument("--singles", type=Path, metavar="DIR", help="folder to save the single images to")
    parser.add_argument("--json", action="store_true", help="print the path of the sheet as one JSON object")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Generate the images of a grid and draw them on one labelled sheet. The requests of all images are checked before
    the first is generated.

    If an image fails or the user stops the run, the sheet shows the images that are finished.
    """
    from gdm_studio.gallery.storage import file_operations
    from gdm_studio.models.model_library import Library

    if args.out.suffix.lower() != SUFFIX:
        raise BadRequest(f"The sheet is a PNG file; {args.out.name} does not end in {SUFFIX}.")
    if args.count is not None:
        raise BadRequest("A grid has one image per cell; leave out --count, or write --x seed=1-4.")
    library = Library()
    card = card_for(args, library)
    base = card.checked(with_input_images(args, card.checked(request_from(args, card)), card, library))
    known = list_axis_settings(base, library.cards())
    grid = Grid(base, _parse_axis(args.x, known), _parse_axis(args.y, known) if args.y else None)
    singles = [library.card(single.model).checked(single) for single in grid.requests()]
    draw = _load_drawing()
    file = file_operations.new_file(args.out)
    finished: dict[int, np.ndarray] = {}
    try:
        _generate(singles, library, args.singles, finished)
    finally:
        if finished:
            images = [
                finished[cell] if cell in finished else _create_placeholder(single)
                for cell, single in enumerate(singles)
            ]
            path = file.write(draw(grid, singles, images))
            facts = {"event": "saved", "path": str(path), "pictures": len(finished)}
            print_json(facts) if args.json else print_lines(path)
    return 0


def _create_placeholder(request: Request) -> np.ndarray:
    """Return a transparent image, the placeholder for a grid image that was not generated."""
    import numpy as np

    assert request.size is not None
    width, height = request.size
    return np.zeros((height, width, 4), np.uint8)


def _parse_axis(text: str, known: dict[str, Any]) -> Axis:
    name, equals, values = text.partition("=")
    names = {kind.title.casefold(): kind.name for kind in known.values()}
    name = names.get(name.strip().casefold(), name.strip())
    # Options have hyphens in place of underscores.
    name = name if name in known else name.replace("-", "_")
    if not equals or name not in known:
        words = (kind.title.casefold() if kind.title.isalpha() else kind.name for kind in known.values())
        wrong = f"There is no setting called {name!r}" if equals else f"{text!r} is not SETTING=VALUES"
        raise BadRequest(f"{wrong}; the settings are {', '.join(words)}.")
    return Axis.of(known[name], values)


def _generate(requests: list[Request], library: Library, folder: Path | None, finished: dict[int, np.ndarray]) -> None:
    """Generate the images of all cells of a grid in order, and add each to the dictionary `finished`. If `folder` is
    given, the images are also saved in it.
    """
    from gdm_studio.gallery.gallery import Gallery

    bar = ProgressBar(titles=False)
    with ExitStack() as stack:
        stack.callback(bar.end)
        runner = Runner(Executor(library))
        if folder is not None:
            gallery = stack.enter_context(closing(Gallery.open(folder)))
            gallery.check_writable()
            runner = Runner(runner.executor, lambda: gallery)
        stack.enter_context(runner)
        whole = replace(requests[0], count=len(requests))
        job = runner.submit(whole, GALLERY if folder is not None else NOTHING, work_items=single_items(requests))
        for event in stack.enter_context(closing(runner.run_job(job))):
            if isinstance(event, StepEvent | Progress):
                bar.show(f"image {len(finished) + 1} of {len(requests)}", event.index, event.of)
            elif isinstance(event, Phase) and event.note:
                bar.end()
                print_notice(event.note)
            elif isinstance(event, Result):
                finished[event.image] = event.rgba


def _load_drawing() -> Callable[[Grid, Sequence[Request], Sequence[np.ndarray]], bytes]:
    """Return the function that draws a labelled image grid and encodes it as PNG. The graphical interface uses the same
    function.

    Raises StudioError if Qt is missing.
    """
    try:
        from gdm_studio.ui.create.board.contact_sheet import grid_png
    except ImportError as error:
        raise StudioError(f"The sheet needs PySide6, which cannot be loaded ({error}).") from error
    return grid_png
