"""`gdm-studio film`: how a picture came about, or the way from it to another, as GIF, animated WebP or MP4."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.cli.asked import colour, number, toward, whole
from gdm_studio.cli.bar import Bar, followed
from gdm_studio.cli.recalled import ours, steps_file
from gdm_studio.cli.saying import say, say_json
from gdm_studio.engine.looks import LOOKS
from gdm_studio.errors import BadRequest, StorageError

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.library import Library

FRAMES = 24
TO_HELP = "ending in .gif, .webp or .mp4; a name that is taken gets a number"
DESCRIPTION = """Write the steps of a picture as a film, from the steps kept beside it or made again; or, with
--toward-seed or --toward-prompt, the way from it to another picture."""


def add(verbs: Any) -> None:
    parser = verbs.add_parser(
        "film", help="show how a picture came about, as GIF, WebP or MP4", description=DESCRIPTION
    )
    parser.add_argument("picture", type=Path, metavar="FILE", help="a picture that GDM Studio made")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help=TO_HELP)
    parser.add_argument("--shown", choices=LOOKS, default=LOOKS[0], help="which look of a step (default: predicted)")
    parser.add_argument("--size", metavar="N", help="pixels of the longer side (default: the picture's own)")
    parser.add_argument("--fps", metavar="N", help="frames a second, 0.1 to 60 (default: 8)")
    parser.add_argument("--hold", metavar="SECONDS", help="how long the last frame stays (default: 1.5)")
    parser.add_argument("--loop", default="forever", help="forever, once, or back, which is there and back again")
    parser.add_argument("--background", metavar="COLOUR", help="behind the picture: a name such as white, or ff8800")
    parser.add_argument("--toward-seed", metavar="SEED", help="film the way to the picture of that seed")
    parser.add_argument("--toward-prompt", metavar="PROMPT", help="film the way to what that prompt makes")
    parser.add_argument("--frames", metavar="N", help=f"pictures on that way (default: {FRAMES})")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.gallery import files
    from gdm_studio.models.library import Library

    if args.frames is not None and args.toward_seed is None and args.toward_prompt is None:
        raise BadRequest("--frames is for the way to another picture; name it with --toward-seed or --toward-prompt.")
    from gdm_studio.engine import devices
    from gdm_studio.engine.film import Film, check, filming

    asked = {"fps": number(args.fps), "hold": number(args.hold), "size": whole(args.size)}
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    if given.get("size") == 0:
        raise BadRequest("A film of 0 pixels shows nothing; leave out --size for the picture's own.")
    film, bar = Film(loop=args.loop, background=colour(args.background), **given).checked(), Bar(titles=False)
    check(args.to)
    file = files.new_file(args.to)
    devices.use_threads(preferences.load().threads)
    try:
        count, frames = _frames(args, Library(), bar)
        for done in filming(frames, file, film):
            bar.show("filming", done, count)
    finally:
        bar.end()
    say_json({"event": "saved", "path": str(file.path), "frames": count}) if args.json else say(file.path)
    return 0


def _frames(args: argparse.Namespace, library: Library, bar: Bar) -> tuple[int, Iterable[np.ndarray]]:
    """How many there are, and they themselves."""
    import numpy as np

    from gdm_studio.engine import film, trajectory
    from gdm_studio.engine.between import between, clip
    from gdm_studio.engine.reproduce import made_again
    from gdm_studio.models.library import as_made
    from gdm_studio.picture_file import read_rgba

    metadata, request = ours(args.picture)
    way = toward(args, request)
    if way is not None:
        count: Any = FRAMES if args.frames is None else whole(args.frames)
        pictures = followed(clip(between(request, replace(way, amount=1.0), count), library), bar)
        return len(pictures), pictures
    kept, steps = steps_file(args.picture, metadata.id), None
    if kept is not None:
        with suppress(StorageError):  # damaged, they are made again
            steps = trajectory.load(kept)
    if steps is None:
        request = as_made(library, request, metadata.made_with)
        again = made_again(request, library, stopped_at=metadata.stopped_at, steps_budget=2**30)
        steps = trajectory.load(followed(again, bar).steps)
    picture = np.asarray(read_rgba(args.picture))
    return len(steps.indices), film.frames_of(steps, library, args.shown, picture=picture)
