"""`gdm-studio edit FOLDER`: edits all pictures of a folder from one prompt, or upscales them."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.cli.detail import add_detail_options, details_from
from gdm_studio.cli.options import add_options, card_for, parse_number, request_from
from gdm_studio.cli.output import list_few, print_json, print_lines, print_notice
from gdm_studio.cli.progress_bar import ProgressBar
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.jobs.folder_edit import FolderEdit, FolderPicture, Upscaling, default_output, list_pictures
from gdm_studio.jobs.folder_edit_run import edit_pictures

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.model_library import Library

# Factors by which an upscaler enlarges pictures.
FACTORS = (1, 8)
DESCRIPTION = """Edit all pictures of a folder and its subfolders from one prompt, each as a start image. A mask beside
a picture, such as cat.mask.png beside cat.jpg, restricts the edit to its white part. The edited pictures have the same
names in another folder and keep EXIF data and colour profiles. With --detail, only what a word describes is generated
again. Nothing is overwritten. Started again, the command continues, and edits finished pictures no second time."""
# Options of `generate` that are refused: each picture is a start image with its own mask, and nothing is interpolated.
_REFUSED_INPUTS = ("image", "mask", "extend", "enlarge")
_INTERPOLATION = ("toward", "toward_seed", "toward_prompt")


def add(verbs: Any) -> None:
    parser = verbs.add_parser("edit", help="edit all pictures of a folder", description=DESCRIPTION)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="folder with the pictures")
    add_options(parser)
    add_detail_options(parser)
    parser.add_argument("--prompt", dest="prompt_option", metavar="PROMPT", help="the prompt, also without --prompt")
    parser.add_argument("--masks", type=Path, metavar="DIR", help="folder with masks of the same names")
    parser.add_argument(
        "--upscale", metavar="FACTOR", help="upscale the pictures so many times instead, by the network --upscaler"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help='folder to write to (default: "FOLDER edited")')
    parser.add_argument("--json", action="store_true", help="one JSON object per line: saved, failed, done")
    parser.set_defaults(main=main, resumes_gc=True)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.common import gc_pause
    from gdm_studio.jobs.queue import inhibit_sleep
    from gdm_studio.models.model_library import Library

    gc_pause.resume_gc()
    out = args.out or default_output(args.folder)
    args.prompt = args.prompt if args.prompt_option is None else args.prompt_option
    if given := [name for name in (*_REFUSED_INPUTS, *_INTERPOLATION) if getattr(args, name) is not None]:
        raise BadRequest(f"A folder has its own pictures; leave out --{given[0].replace('_', '-')}.")
    pictures = list_pictures(args.folder, out=out, masks=args.masks)
    if not pictures:
        raise BadRequest(f"{args.folder} contains no pictures; choose another folder.")
    library = Library()
    report = _Report(len(pictures), as_json=args.json)
    with ExitStack() as stack:
        stack.callback(report.end)
        stack.enter_context(inhibit_sleep(preferences.load().keep_awake))
        edit = stack.enter_context(_create_edit(args, pictures, out, library))
        for picture, event in edit_pictures(edit, library, device=args.device, note=report.note):
            report.event(picture, event)
    return report.finish(out)


def _create_edit(args: argparse.Namespace, pictures: list[FolderPicture], out: Path, library: Library) -> FolderEdit:
    if args.mask_word and (args.masks is not None or any(picture.mask for picture in pictures)):
        raise BadRequest("--mask-word finds the masks itself; leave it out, or move the masks to another folder.")
    if args.upscale is not None:
        return FolderEdit(pictures, out, _create_upscaling(args))
    card = card_for(args, library)
    details = details_from(args, card)
    if details:
        has_more = args.size is not None or args.inpaint_area is not None or args.inpaint_padding is not None
        if has_more or _edits_whole_pictures(args) or any(picture.mask for picture in pictures):
            raise BadRequest("--detail changes nothing else; leave out the prompt, --strength, --size and the masks.")
        args.prompt = ""
    # Each picture is a start image, and may have a mask.
    named = argparse.Namespace(**vars(args) | {"image": args.folder, "mask": None if args.mask_word else args.folder})
    request = request_from(named, card)
    if request.count != 1:
        raise BadRequest("Every picture of a folder has one edited picture; leave out --count.")
    size_given = request.size is not None and args.size is not None
    given: dict[str, Any] = {"seed_given": args.seed is not None, "size_given": size_given}
    if not args.mask_word:
        return FolderEdit(pictures, out, request, card, details=details, **given)
    from gdm_studio.jobs.mask_from_word import select_for_redrawing

    def select(path: Path) -> np.ndarray:
        return select_for_redrawing(path, args.mask_word, library, replace(request, prompt=""))

    return FolderEdit(pictures, out, request, card, mask_word=args.mask_word, select=select, **given)


def _edits_whole_pictures(args: argparse.Namespace) -> bool:
    """Return True if the command line has a prompt, a strength or masks for the pictures as a whole."""
    return args.prompt is not None or args.strength is not None or args.masks is not None or bool(args.mask_word)


def _create_upscaling(args: argparse.Namespace) -> Upscaling:
    factor = parse_number(args.upscale)
    if not isinstance(factor, float) or not FACTORS[0] < factor <= FACTORS[1]:
        raise BadRequest(f"--upscale must be a number above {FACTORS[0]}, at most {FACTORS[1]}, not {args.upscale!r}.")
    if _edits_whole_pictures(args) or args.detail:
        raise BadRequest("--upscale changes nothing else; leave out the prompt, --strength, --detail and the masks.")
    return Upscaling(args.upscaler or "", factor)


class _Report:
    """Report of an edit: a path or JSON object per picture, a notice per failure, and a progress bar."""

    def __init__(self, total: int, *, as_json: bool) -> None:
        self._total = total
        self._as_json = as_json
        self._bar = ProgressBar(titles=False)
        self._saved_count = 0
        self._skipped_count = 0
        self._failures: list[str] = []

    def event(self, picture: FolderPicture, event: Path | StudioError | None) -> None:
        if isinstance(event, StudioError):
            self._report_failure(picture, event)
        elif event is not None:
            self._report_saved(picture, event)
        else:
            self._skipped_count += 1
        self._bar.show("picture", self._saved_count + self._skipped_count + len(self._failures), self._total)

    def _report_saved(self, picture: FolderPicture, path: Path) -> None:
        self._saved_count += 1
        if self._as_json:
            print_json({"event": "saved", "picture": picture.name, "path": str(path)})
        else:
            self._bar.end()
            print_lines(path)

    def _report_failure(self, picture: FolderPicture, error: StudioError) -> None:
        self._failures.append(picture.name)
        if self._as_json:
            print_json({"event": "failed", "picture": picture.name, "message": str(error)})
        self._bar.end()
        print_notice(f"gdm-studio: {picture.name}: {error}")

    def note(self, note: str) -> None:
        self._bar.end()
        print_notice(note)

    def end(self) -> None:
        self._bar.end()

    def finish(self, out: Path) -> int:
        """Report the numbers of pictures at the end. Raises StudioError if some could not be edited."""
        if self._as_json:
            facts = {"pictures": self._saved_count, "finished_before": self._skipped_count, "failed": self._failures}
            print_json({"event": "done", "folder": str(out), **facts})
        elif self._skipped_count:
            print_notice(f"{self._skipped_count} of {self._total} pictures were finished before.")
        if self._failures:
            count = len(self._failures)
            them = "1 picture was" if count == 1 else f"{count} pictures were"
            named = list_few(self._failures)
            raise StudioError(f"{them} not edited: {named}; mend that, and start the command again.")
        return 0
