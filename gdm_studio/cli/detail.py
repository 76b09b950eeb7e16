"""Options for the details of pictures, and their generation after a run of `gdm-studio generate`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.cli.options import parse_number
from gdm_studio.cli.output import print_notice
from gdm_studio.common.errors import BadRequest
from gdm_studio.jobs.detail_redrawing import (
    DETAIL_STRENGTH,
    Detail,
    check_details,
    detail_requests,
    run_details,
    store_picture,
)
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from gdm_studio.cli.report import Report
    from gdm_studio.jobs.runner import Runner
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.models.model_library import Library

_DETAIL_HELP = """generate what WORD describes again, such as face, at the size that the model makes best, and put it
back; "face: a smiling face" gives it a prompt of its own; may be repeated"""
_STRENGTH_HELP = f"how much noise is added to the details, 0 to 1 (default: {DETAIL_STRENGTH})"


def add_detail_options(parser: argparse.ArgumentParser) -> None:
    """Add the command-line options for details to the parser."""
    parser.add_argument("--detail", action="append", metavar="WORD[: PROMPT]", help=_DETAIL_HELP)
    parser.add_argument("--detail-strength", metavar="NUMBER", help=_STRENGTH_HELP)


def details_from(args: argparse.Namespace, card: ModelCard) -> list[Detail]:
    """Return the details that the command line requests of the pictures of a model. Raises BadRequest."""
    if not args.detail:
        if args.detail_strength is not None:
            raise BadRequest("--detail-strength needs --detail, which names what to detail, such as face.")
        return []
    strength = DETAIL_STRENGTH if args.detail_strength is None else parse_number(args.detail_strength)
    details = [Detail.parse(text, strength) for text in args.detail]  # type: ignore[arg-type]
    check_details(details, card)
    return details


class DetailRun:
    """Details of the images of a run, which are generated after it on one device, and saved in the gallery."""

    def __init__(self, details: Sequence[Detail], runner: Runner, library: Library, *, device: str) -> None:
        self._details = details
        self._runner = runner
        self._library = library
        self._device = device
        # Number, name of the stored image, and request of each finished image.
        self._images: list[tuple[int, str, Request]] = []

    def add(self, result: Result) -> None:
        """Add a finished image of the run. An image that is too large to be detailed is reported and left out."""
        if not self._details:
            return
        try:
            name = store_picture(result.rgba)
        except BadRequest as error:
            print_notice(error)
        else:
            self._images.append((result.image, name, replace(result.request, device=self._device)))

    def generate(self, report: Report) -> None:
        """Generate the details of all images. Words that are not found are reported."""
        for number, name, request in self._images:
            last: Result | None = None
            own = report
            requests = detail_requests(name, self._details, self._library, request, made_by=request, note=print_notice)
            try:
                with closing(run_details(self._runner, requests)) as events:
                    for event in events:
                        if isinstance(event, Request):
                            own = report.for_detail(number)
                            own.start(event)
                            continue
                        if isinstance(event, Result):
                            last = event
                        own.event(event)
            finally:
                # The details so far are saved even if the user interrupts the next one.
                if last is not None:
                    self._save(last, own, request.subject)

    def _save(self, result: Result, report: Report, title: str) -> None:
        self._runner.on_saved = lambda job, saved, picture: report.saved(picture.path, saved)
        self._runner.save(result, title=title)
