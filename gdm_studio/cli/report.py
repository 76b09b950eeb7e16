"""Reports about a run on standard output: one JSON object per line, or the saved paths and a progress bar."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gdm_studio.cli.output import print_json, print_lines, print_notice
from gdm_studio.cli.progress_bar import ProgressBar
from gdm_studio.models.fingerprint import borrowed_lines, describe_borrowed
from gdm_studio.models.prompts.mixed_prompts import needs_negative_prompt
from gdm_studio.request.generation_events import Event, NewSteps, Phase, Progress, Result, StepEvent
from gdm_studio.request.hires import total_steps

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.models.prompts.prompt_reading import PromptReading
    from gdm_studio.request.generation_request import Request


class Report(Protocol):
    """Interface for reporting the progress of a run on standard output."""

    def for_item(self, item_id: str) -> Report:
        """Return a new report for the queue item `item_id`, which writes to the same output."""
        ...

    def for_detail(self, image: int) -> Report:
        """Return a new report for a detail of image number `image`, which writes to the same output. `done` of this
        report counts its images too.
        """
        ...

    def start(self, request: Request, card: ModelCard | None = None, reading: PromptReading | None = None) -> None:
        """Report the request before the first step. With a model's card and its reading of the prompt, the report
        mentions prompt words that the model does not know.
        """
        ...

    def event(self, event: Event) -> None:
        """Report an event of the run, such as a denoising step."""
        ...

    def saved(self, path: Path, result: Result) -> None:
        """Report that a finished image was saved, with the path of its file."""
        ...

    def done(self) -> None:
        """Report that all images of the request are saved."""
        ...

    def end(self) -> None:
        """Finish the output of the run, for example by ending the line of the progress bar. This method is also called
        after an error.
        """
        ...


def new_report(*, as_json: bool) -> Report:
    """Create the report for a run: JSON lines for other programs, or text for a terminal."""
    return _JsonReport() if as_json else _TerminalReport()


class _JsonReport:
    """Report of a run as JSON lines, with one object per event. `main` prints the object for an error."""

    def __init__(self, *, saved: list[Path] | None = None, **facts: str | int) -> None:
        # Keys and values that every line contains.
        self._facts = facts
        self._started_at = time.monotonic()
        self._saved_paths: list[Path] = [] if saved is None else saved
        self._new_steps = NewSteps()

    def for_item(self, item_id: str) -> Report:
        return _JsonReport(item=item_id)

    def for_detail(self, image: int) -> Report:
        return _JsonReport(saved=self._saved_paths, **self._facts, detail_of=image)

    def start(self, request: Request, card: ModelCard | None = None, reading: PromptReading | None = None) -> None:
        words: dict[str, Any] = {}
        if card and reading:
            card = card.for_rules(request.rules)
            words["unmet_words"] = [reading.facts for reading in card.unknown_words(request.prompt)]
            words["borrowed"] = describe_borrowed(card)
            words["reading"] = reading.facts()
        self._print("start", request=json.loads(request.to_json()), **words)

    def event(self, event: Event) -> None:
        if isinstance(event, Phase):
            self._print("phase", title=event.title, note=event.note)
        elif isinstance(event, StepEvent | Progress):
            ms = round(1000 * event.seconds / len(event.images), 3)
            # The noise level before the step.
            level = event.path[event.index - 1].ratio
            # JSON has no infinity.
            sigma = level if math.isfinite(level) else None
            for image in self._new_steps.images(event):
                self._print("step", image=image, step=event.index, of=event.of, sigma=sigma, ms=ms)

    def saved(self, path: Path, result: Result) -> None:
        self._saved_paths.append(path)
        self._print("saved", image=result.image, path=str(path), seed=result.request.seed)

    def done(self) -> None:
        self._print("done", pictures=len(self._saved_paths), seconds=round(time.monotonic() - self._started_at, 3))

    def end(self) -> None:
        pass

    def _print(self, event: str, **facts: Any) -> None:
        print_json({"event": event, **self._facts, **facts})


@dataclass
class _StepCount:
    """Count of finished and total denoising steps over all runs that share one progress bar."""

    done: int = 0
    total: int = 0


class _TerminalReport:
    """Report of a run for a terminal: a progress bar on standard error, and the saved paths on standard output."""

    def __init__(self, bar: ProgressBar | None = None, steps: _StepCount | None = None) -> None:
        self._bar = bar or ProgressBar(titles=False)
        self._steps = steps or _StepCount()
        # Expected steps of this run.
        self._expected_steps = 0
        self._new_steps = NewSteps()

    def for_item(self, item_id: str) -> Report:
        return _TerminalReport(self._bar, self._steps)

    def for_detail(self, image: int) -> Report:
        return self.for_item("")

    def start(self, request: Request, card: ModelCard | None = None, reading: PromptReading | None = None) -> None:
        self._images = request.count
        self._expect(request.count * total_steps(request))
        if card and request.negative_prompt and not needs_negative_prompt(card.accepts, request):
            print_notice(
                "Without guidance (1) the negative prompt has no effect; use it with --guidance 3, for example."
            )
        if card and (notice := borrowed_notice(card)):
            print_notice(notice)
        if card and reading and (notice := _build_prompt_notice(request, card, reading)):
            print_notice(notice)

    def event(self, event: Event) -> None:
        if isinstance(event, StepEvent | Progress):
            steps = self._steps
            steps.done += len(self._new_steps.images(event))
            self._expect(self._images * (event.of - event.first))
            self._bar.show("denoising", min(steps.done, steps.total), steps.total)
        elif isinstance(event, Phase) and event.note:
            self._bar.end()
            print_notice(event.note)
        elif isinstance(event, Phase):
            self._bar.show(event.title, 0, 1)

    def saved(self, path: Path, result: Result) -> None:
        self._bar.end()
        print_lines(path)

    def done(self) -> None:
        pass

    def end(self) -> None:
        self._bar.end()

    def _expect(self, steps: int) -> None:
        self._steps.total += steps - self._expected_steps
        self._expected_steps = steps


def borrowed_notice(card: ModelCard) -> str:
    """Return a notice of the text encoders and the VAE that a model takes from other files, or "" if it has its own."""
    found = borrowed_lines(card)
    return f"{card.title or card.name} uses parts of other files: {', '.join(found)}" if found else ""


def _build_prompt_notice(request: Request, card: ModelCard, reading: PromptReading) -> str:
    """Return a notice if the prompt is empty or contains words that the model does not know, else ""."""
    if card.accepts.prompt and not any(map(str.strip, request.positive_prompts())):
        return f"The prompt is empty: {card.title or card.name} draws without one"
    if request.regions and not request.prompt.strip():
        return ""
    return reading.summary(card.title or card.name, card.words())
