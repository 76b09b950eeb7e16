"""`gdm-studio generate`: the window's lines with `for` in place of `async for`."""

from __future__ import annotations

import argparse
import json
import math
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gdm_studio import atomic
from gdm_studio.cli.asked import add_options, asked, asked_over, card_for, whole, with_pictures
from gdm_studio.cli.bar import Bar
from gdm_studio.cli.recalled import ours, steps_file
from gdm_studio.cli.saying import remark, say, say_json
from gdm_studio.drive import Drive
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.models.fingerprint import fingerprint
from gdm_studio.models.library import as_made
from gdm_studio.request import Branch, Request
from gdm_studio.run import Advance, Event, Phase, Progress, Result
from gdm_studio.studio.crew import Crew
from gdm_studio.studio.work import Work
from gdm_studio.workers.orders import Order, placed

if TYPE_CHECKING:
    from gdm_studio.maths.path import Step
    from gdm_studio.models.card import ModelCard
    from gdm_studio.models.library import Library

KEEP_HELP = """keep every step as DIR/SEED-STEP.step, in place of what has that name; of several devices the first
makes them all"""
FROM_HELP = """go on from a step that was kept, with its settings: the picture comes out the same. Other options than
--device, --dtype, --batch and --out make it a branch, which keeps model, size, steps, spacing and the picture it began
from"""
BRANCH_HELP = """leave the path of this picture after --step, with its settings but for the other options: from the
steps kept beside it, or making them again"""
JSON_HELP = """one JSON object a line: start, phase, step, saved, done, and at last stopped (Ctrl-C) or error. In start,
unmet_words are those of the prompt that the model never met, and what each is read as, if anything. In a
step, sigma is the noise level it started from and ms its time for this picture, that of the batch shared out"""


def add(verbs: Any) -> None:
    parser = verbs.add_parser("generate", help="make pictures from a prompt")
    add_options(parser)
    parser.add_argument("--keep-steps", type=Path, metavar="DIR", help=KEEP_HELP)
    parser.add_argument("--from-step", type=Path, metavar="FILE", help=FROM_HELP)
    parser.add_argument("--branch", type=Path, metavar="PICTURE", help=BRANCH_HELP)
    parser.add_argument("--step", metavar="N", help="the step of that picture to leave it after, 0 its beginning")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to save (default: the pictures folder)")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    report = reporting(args.json)
    try:
        make(args, report)
    finally:
        report.end()
    return 0


def make(args: argparse.Namespace, report: Report) -> None:
    """Checks everything that can be checked before the first step, then makes and keeps picture after picture."""
    from gdm_studio.gallery.gallery import Gallery
    from gdm_studio.models.library import Library

    library = Library()
    request, resume = _begun(args, library)
    with ExitStack() as stack:
        gallery = stack.enter_context(closing(Gallery.open(args.out)))
        gallery.check_writable()
        if args.keep_steps is not None:
            atomic.make_folder(args.keep_steps)
            atomic.check_writable(args.keep_steps)
        drive = Drive(args.keep_steps) if args.keep_steps is not None else None
        crew = stack.enter_context(closing(Crew(library)))
        from gdm_studio.engine import devices

        places = devices.several(request.device)
        request = placed(request, places)
        places = places[:1] if request.count == 1 or drive is not None else places
        report.start(request, library.card(request.model))
        work = _work(request, library, resume, alone=len(places) == 1)
        for event in stack.enter_context(closing(crew.carry_out(work, places))):
            report.event(event)
            if isinstance(event, Result):
                report.saved(work.keep(event, gallery).path, event)
            elif isinstance(event, Advance) and drive is not None:
                drive.check()
                drive.wrote(_keep_steps(args.keep_steps, event, request))
        report.done()


def _work(request: Request, library: Library, resume: Step | None, *, alone: bool) -> Work:
    """The pictures of the request, going on from `resume` where there is such a step."""
    if resume is None:
        return Work(request)
    if alone:
        from gdm_studio.engine.generate import generate

        return Work(request, source=partial(generate, resume=resume))
    from gdm_studio.engine.resuming import standing

    stood = standing(request, resume, fingerprint(library.card(request.model)))
    return Work(request, orders=[Order.of(request, stood=stood)])


def reporting(as_json: bool) -> Report:
    """How runs are told, on standard output: as JSON lines, or for people."""
    return _Lines() if as_json else _Bar()


def _begun(args: argparse.Namespace, library: Library) -> tuple[Request, Step | None]:
    """What to make, and the step to go on from where there is one. Raises StudioError."""
    if args.branch is not None and args.from_step is not None:
        raise BadRequest("--branch and --from-step both say where to begin; leave one of them out.")
    if (args.branch is None) != (args.step is None):
        raise BadRequest("--branch names a picture and --step where to leave it; they go together.")
    if args.from_step is not None:
        from gdm_studio.engine import steps

        saved = steps.load(args.from_step)
        saved = saved if args.model else saved.exactly(library)
        card = card_for(args, library, usual=saved.request.model)
        return card.checked(saved.continued(asked_over(args, saved.request))), saved.step
    if args.branch is not None:
        return _branched(args, library)
    card = card_for(args, library)
    return card.checked(with_pictures(args, card.checked(asked(args, card)))), None


def _branched(args: argparse.Namespace, library: Library) -> tuple[Request, Step | None]:
    metadata, parent = ours(args.branch)
    step: Any = whole(args.step)
    parent = as_made(library, parent, metadata.made_with)
    card = card_for(args, library, usual=parent.model)
    request = card.checked(replace(asked_over(args, parent), branch=Branch(parent, step)))
    kept = steps_file(args.branch, metadata.id)
    if kept is None:
        return request, None
    from gdm_studio.engine import trajectory

    with suppress(BadRequest, StorageError):  # its beginning, or not to be had to the bit: the parent is made again
        return request, trajectory.load(kept).step(step, library)
    return request, None


def _keep_steps(folder: Path, advance: Advance, request: Request) -> Path:
    """Keeps the step of each picture; the last of their files."""
    from gdm_studio.engine import steps

    for saved in steps.saved_steps(advance, request):
        path = folder / f"{saved.request.seed}-{saved.step.index:03}{steps.SUFFIX}"
        steps.save(path, saved)
    return path


class Report(Protocol):
    """How a run is told."""

    def of(self, item: str) -> Report:
        """How another run is told in the same place, that of this item of the queue."""
        ...

    def start(self, request: Request, card: ModelCard | None = None) -> None:
        """Before the first step; of a model's card, what it makes of words that it never met."""
        ...

    def event(self, event: Event) -> None: ...
    def saved(self, path: Path, result: Result) -> None: ...
    def done(self) -> None: ...

    def end(self) -> None:
        """Whatever happened."""
        ...


class _Lines:
    """One JSON object a line on standard output; that of a failure comes from `main`."""

    def __init__(self, **facts: str) -> None:
        self._facts = facts  # on every line
        self._began = time.monotonic()
        self._saved = 0

    def of(self, item: str) -> Report:
        return _Lines(item=item)

    def start(self, request: Request, card: ModelCard | None = None) -> None:
        words = {"unmet_words": [reading.facts for reading in card.unmet(request.prompt)]} if card else {}
        self._print("start", request=json.loads(request.to_json()), **words)

    def event(self, event: Event) -> None:
        if isinstance(event, Phase):
            self._print("phase", title=event.title, note=event.note)
        elif isinstance(event, Advance | Progress):
            ms = round(1000 * event.seconds / len(event.images), 3)
            level = event.path[event.index - 1].ratio  # what the step started from
            sigma = level if math.isfinite(level) else None  # JSON has no infinity
            for image in event.images:
                self._print("step", image=image, step=event.index, of=event.of, sigma=sigma, ms=ms)

    def saved(self, path: Path, result: Result) -> None:
        self._saved += 1
        self._print("saved", image=result.image, path=str(path), seed=result.request.seed)

    def done(self) -> None:
        self._print("done", pictures=self._saved, seconds=round(time.monotonic() - self._began, 3))

    def end(self) -> None:
        pass

    def _print(self, event: str, **facts: Any) -> None:
        say_json({"event": event, **self._facts, **facts})


def _about_prompt(request: Request, card: ModelCard) -> str:
    """What people should know of it before they see the picture; "" where there is nothing to say."""
    if card.accepts.prompt and not any(map(str.strip, request.prompt_weights())):
        return f"The prompt is empty: {card.title or card.name} draws without one"
    return card.about_words(request.prompt)


@dataclass
class _Steps:
    """Of all runs that one bar shows."""

    made: int = 0
    total: int = 0


class _Bar:
    """A progress bar on standard error, the saved paths on standard output."""

    def __init__(self, bar: Bar | None = None, steps: _Steps | None = None) -> None:
        self._bar = bar or Bar(titles=False)
        self._steps = steps or _Steps()
        self._own = 0  # steps of this run, as far as they are known

    def of(self, item: str) -> Report:
        return _Bar(self._bar, self._steps)

    def start(self, request: Request, card: ModelCard | None = None) -> None:
        self._pictures = request.count
        self._expect(request.count * request.steps)
        if card and (said := _about_prompt(request, card)):
            remark(said)

    def event(self, event: Event) -> None:
        if isinstance(event, Advance | Progress):
            steps = self._steps
            steps.made += len(event.images)
            self._expect(self._pictures * (event.of - event.first))
            self._bar.show("denoising", min(steps.made, steps.total), steps.total)
        elif isinstance(event, Phase) and event.note:
            self._bar.end()
            remark(event.note)
        elif isinstance(event, Phase):
            self._bar.show(event.title, 0, 1)

    def saved(self, path: Path, result: Result) -> None:
        self._bar.end()
        say(path)

    def done(self) -> None:
        pass

    def end(self) -> None:
        self._bar.end()

    def _expect(self, steps: int) -> None:
        self._steps.total += steps - self._own
        self._own = steps
