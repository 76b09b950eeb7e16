"""`gdm-studio film`: saves the steps of an image, or an interpolation, as GIF, animated WebP or MP4."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.cli.options import interpolation_from, parse_colour, parse_number, parse_whole
from gdm_studio.cli.output import print_json, print_lines
from gdm_studio.cli.progress_bar import ProgressBar, with_progress
from gdm_studio.cli.saved_image_arguments import read_own_image, steps_of_image
from gdm_studio.common.errors import BadRequest
from gdm_studio.request.view_modes import VIEW_MODES

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.model_library import Library

FRAMES = 24
TO_HELP = "a file ending in .gif, .webp or .mp4; an existing name gets a number"
DESCRIPTION = """Write the steps of an image as a film, from its recorded steps or by generating it again; or, with
--toward-seed or --toward-prompt, the interpolation from it to another image."""


def add(verbs: Any) -> None:
    parser = verbs.add_parser("film", help="show the steps of an image as GIF, WebP or MP4", description=DESCRIPTION)
    parser.add_argument("picture", type=Path, metavar="FILE", help="an image that GDM Studio made")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help=TO_HELP)
    parser.add_argument(
        "--shown", choices=VIEW_MODES, default=VIEW_MODES[0], help="view of a step (default: predicted)"
    )
    parser.add_argument("--size", metavar="N", help="pixels of the longer side (default: that of the image)")
    parser.add_argument("--fps", metavar="N", help="frames a second, 0.1 to 60 (default: 8)")
    parser.add_argument("--hold", metavar="SECONDS", help="duration of the last frame (default: 1.5)")
    parser.add_argument("--loop", default="forever", help="forever, once, or back (forwards, then backwards)")
    parser.add_argument("--background", metavar="COLOUR", help="background: a name such as white, or ff8800")
    parser.add_argument("--toward-seed", metavar="SEED", help="interpolate to the image of this seed")
    parser.add_argument("--toward-prompt", metavar="PROMPT", help="interpolate to the image of this prompt")
    parser.add_argument("--frames", metavar="N", help=f"frames of the interpolation (default: {FRAMES})")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.gallery.storage import file_operations
    from gdm_studio.models.model_library import Library

    if args.frames is not None and args.toward_seed is None and args.toward_prompt is None:
        raise BadRequest("--frames needs --toward-seed or --toward-prompt.")
    from gdm_studio.engine.animation_file import Film, check, write_film
    from gdm_studio.models.memory import devices

    options = {"fps": parse_number(args.fps), "hold": parse_number(args.hold), "size": parse_whole(args.size)}
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    if given.get("size") == 0:
        raise BadRequest("A film needs at least 1 pixel; leave out --size for the size of the image.")
    film = Film(loop=args.loop, background=parse_colour(args.background), **given).checked()
    bar = ProgressBar(titles=False)
    check(args.to)
    file = file_operations.new_file(args.to)
    devices.use_threads(preferences.load().threads)
    try:
        count, frames = _generate_frames(args, Library(), bar)
        for done in write_film(frames, file, film):
            bar.show("filming", done, count)
    finally:
        bar.end()
    print_json({"event": "saved", "path": str(file.path), "frames": count}) if args.json else print_lines(file.path)
    return 0


def _generate_frames(args: argparse.Namespace, library: Library, bar: ProgressBar) -> tuple[int, Iterable[np.ndarray]]:
    """Return the frames of the requested animation: their number, and an iterable that generates or decodes them."""
    from gdm_studio.common.image_file import read_rgba_array
    from gdm_studio.engine import step_animation
    from gdm_studio.engine.step_animation import generate_frames, interpolate

    _, request = read_own_image(args.picture)
    interpolation = interpolation_from(args, request)
    if interpolation is not None:
        count: Any = FRAMES if args.frames is None else parse_whole(args.frames)
        pictures = with_progress(
            generate_frames(interpolate(request, replace(interpolation, amount=1.0), count), library), bar
        )
        return len(pictures), pictures
    steps = steps_of_image(args.picture, library, bar)
    picture = read_rgba_array(args.picture)
    return len(steps.indices), step_animation.frames_of(steps, library, args.shown, picture=picture)
