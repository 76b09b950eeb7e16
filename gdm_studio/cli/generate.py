"""`gdm-studio generate`: the window's lines with `for` in place of `async for`."""

from __future__ import annotations

import argparse
import json
import math
import re
import secrets
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from gdm_studio import paths
from gdm_studio.cli.bar import Bar
from gdm_studio.engine import threads
from gdm_studio.errors import BadRequest
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.card import ModelCard
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Phase, Result

JSON_HELP = """one JSON object a line: start, phase, step, saved, done, and at last stopped (Ctrl-C) or error. In a
step, sigma is the noise level it started from and ms its time for this picture, that of the batch shared out"""


def add(verbs: Any) -> None:
    parser = verbs.add_parser("generate", help="make pictures from a prompt")
    parser.add_argument("prompt", help='what to draw, e.g. "a red apple"')
    parser.add_argument("--model", default="icons", help="a name from `gdm-studio models`, or a .safetensors file")
    parser.add_argument("--negative", default="", metavar="PROMPT", help="what to keep away from")
    parser.add_argument("--style", help="one of the model's styles; '' for none in particular (default: the model's)")
    parser.add_argument("--steps", help="denoising steps, 1 to 1000 (default: the model's)")
    parser.add_argument("--sampler", help=f"one of {', '.join(SAMPLERS)}")
    parser.add_argument("--spacing", help=f"which noise levels to visit: one of {', '.join(SPACINGS)}")
    parser.add_argument("--eta", help="fresh noise in a step, 0 to 1, for samplers that have it")
    parser.add_argument("--seed", help="of the first picture; the next have seed + 1, … (default: random)")
    parser.add_argument("--count", help="how many pictures (default: 1)")
    parser.add_argument("--batch", help="how many at a time (default: as suits the device)")
    parser.add_argument("--guidance", help="how strictly to follow the prompt, 0 to 30 (default: the model's)")
    parser.add_argument("--temperature", help="0.1 (focused) to 2 (varied) (default: the model's)")
    parser.add_argument("--size", metavar="WxH", help="in pixels (default: the model's)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps, xpu (default: auto)")
    parser.add_argument("--dtype", default="auto", help="auto, fp32, bf16 (default: auto)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to save (default: the pictures folder)")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    report: _Report = _Lines() if args.json else _Bar()
    try:
        make(args, report)
    finally:
        report.end()
    return 0


def make(args: argparse.Namespace, report: _Report) -> None:
    """Checks everything that can be checked before the first step, then makes and keeps picture after picture."""
    from gdm_studio.gallery.gallery import Gallery
    from gdm_studio.models.library import Library

    library = Library()
    card = library.card(args.model)
    request = card.checked(request_of(args, card))
    with closing(Gallery(args.out or paths.pictures_dir(), paths.data_dir(), paths.cache_dir())) as gallery:
        gallery.check_writable()
        threads.prepare()
        from gdm_studio.engine.generate import generate

        report.start(request)
        with closing(generate(request, library)) as events:
            for event in events:
                report.event(event)
                if isinstance(event, Result):
                    note = event.made.note() if event.made else None
                    report.saved(gallery.keep(event, note=note).path, event)
        report.done()


def request_of(args: argparse.Namespace, card: ModelCard) -> Request:
    """The request that the arguments describe, over the card's and the sampler's defaults; raises BadRequest."""
    given: dict[str, Any] = {
        "steps": _whole(args.steps),
        "seed": _whole(args.seed),
        "count": _whole(args.count),
        "batch": _whole(args.batch),
        "guidance_scale": _number(args.guidance),
        "temperature": _number(args.temperature),
        "size": _size(args.size),
        "style": args.style,
        "sampler": args.sampler,
        "spacing": args.spacing,
        "knobs": None if args.eta is None else {"eta": _number(args.eta)},
    }
    settings: dict[str, Any] = {"seed": secrets.randbelow(2**32)} | dict(card.defaults)
    if args.sampler in SAMPLERS and args.sampler != settings.get("sampler"):
        spec = SAMPLERS[args.sampler]
        settings |= {"steps": spec.default_steps, "spacing": spec.default_spacing}
    settings |= {name: value for name, value in given.items() if value is not None}
    return Request(
        prompt=args.prompt,
        negative_prompt=args.negative,
        model=args.model,
        device=args.device,
        dtype=args.dtype,
        **settings,
    )


def _whole(text: str | None) -> int | str | None:
    """The number; what is none is left as it is, for the request to refuse with its range."""
    try:
        return None if text is None else int(text)
    except ValueError:
        return text


def _number(text: str | None) -> float | str | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,6})[xX×](\d{1,6})", text)
    if not match:
        raise BadRequest(f"--size must be WIDTHxHEIGHT in pixels, such as 128x128, not {text!r}.")
    return int(match[1]), int(match[2])


class _Report(Protocol):
    """How a run is told."""

    def start(self, request: Request) -> None: ...
    def event(self, event: Event) -> None: ...
    def saved(self, path: Path, result: Result) -> None: ...
    def done(self) -> None: ...

    def end(self) -> None:
        """Whatever happened."""
        ...


class _Lines:
    """One JSON object a line on standard output; that of a failure comes from `main`."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._saved = 0

    def start(self, request: Request) -> None:
        self._print("start", request=json.loads(request.to_json()))

    def event(self, event: Event) -> None:
        if isinstance(event, Phase):
            self._print("phase", title=event.title, note=event.note)
        elif isinstance(event, Advance):
            step, ms = event.step, round(1000 * event.seconds / len(event.images), 3)
            level = event.path[step.index - 1].ratio  # what the step started from
            sigma = level if math.isfinite(level) else None  # JSON has no infinity
            for image in event.images:
                self._print("step", image=image, step=step.index, of=step.of, sigma=sigma, ms=ms)

    def saved(self, path: Path, result: Result) -> None:
        self._saved += 1
        self._print("saved", image=result.image, path=str(path), seed=result.request.seed)

    def done(self) -> None:
        self._print("done", pictures=self._saved, seconds=round(time.monotonic() - self._began, 3))

    def end(self) -> None:
        pass

    def _print(self, event: str, **facts: Any) -> None:
        print(json.dumps({"event": event, **facts}, ensure_ascii=False), flush=True)


class _Bar:
    """A progress bar on standard error, the saved paths on standard output."""

    def __init__(self) -> None:
        self._bar = Bar(titles=False)
        self._steps = 0

    def start(self, request: Request) -> None:
        self._total = request.count * request.steps

    def event(self, event: Event) -> None:
        if isinstance(event, Advance):
            self._steps += len(event.images)
            self._bar.show("denoising", min(self._steps, self._total), self._total)
        elif isinstance(event, Phase) and event.note:
            self._bar.end()
            print(event.note, file=sys.stderr)
        elif isinstance(event, Phase):
            self._bar.show(event.title, 0, 1)

    def saved(self, path: Path, result: Result) -> None:
        self._bar.end()
        print(path, flush=True)

    def done(self) -> None:
        pass

    def end(self) -> None:
        self._bar.end()
