"""`gdm-studio queue`: lists, changes and runs the queue, which the window uses too."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.cli.options import add_options, card_for, request_from, with_input_images
from gdm_studio.cli.output import print_json, print_lines, print_notice
from gdm_studio.cli.report import Report, new_report
from gdm_studio.common.errors import BadRequest, DeviceError, StudioError
from gdm_studio.common.text_safety import shorten
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.queue import Item, ItemState, Queue, inhibit_sleep, progress_of
from gdm_studio.jobs.runner import Runner
from gdm_studio.request.generation_events import Event, Result
from gdm_studio.request.generation_request import SETTINGS

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture

# Maximum characters of a prompt that are shown.
PROMPT = 60
_AT_REST = {ItemState.PAUSED: "paused", ItemState.FAILED: "failed"}
JSON_HELP = "print one JSON object per line; those of a run name their entry"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb `queue`, which lists, changes and runs the queue, to the command-line parser."""
    parser = verbs.add_parser("queue", help="list, change and run the queue")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="list|run|add|remove|clear")
    listing = kinds.add_parser("list", help="list running and waiting entries in order")
    listing.set_defaults(main=_list)
    run = kinds.add_parser("run", help="run all waiting entries; interrupted ones resume at their last step")
    run.add_argument("--device", help=f"device for all entries, instead of their own: {SETTINGS['device'].usage}")
    run.set_defaults(main=_run)
    adding = kinds.add_parser("add", help="add an entry at the end of the queue")
    add_options(adding)
    adding.add_argument("--until-stopped", action="store_true", help="repeat with the next seeds until it is removed")
    adding.set_defaults(main=_add)
    removing = kinds.add_parser("remove", help="remove entries")
    removing.add_argument("which", nargs="+", help="numbers from `gdm-studio queue list`, or starts of ids")
    removing.set_defaults(main=_remove)
    clearing = kinds.add_parser("clear", help="remove all entries that are not running")
    clearing.set_defaults(main=_clear)
    for kind in (listing, run, adding, removing, clearing):
        kind.add_argument("--json", action="store_true", help=JSON_HELP)


def _list(args: argparse.Namespace) -> int:
    queue = Queue.open()
    items = queue.items()
    for number, item in enumerate(items, 1):
        step = progress_of(queue.steps(item.id))
        if args.json:
            print_json(_to_json(item) | {"step": step})
        else:
            print_lines(f"{number:>3}  {_to_line(item, step)}")
    if queue.is_paused and not args.json:
        print_notice("The queue is paused in the window; `gdm-studio queue run` runs it nevertheless.")
    if not items and not args.json:
        print_notice("The queue is empty.")
    return 0


def _add(args: argparse.Namespace) -> int:
    from gdm_studio.models.model_library import Library

    library = Library()
    card = card_for(args, library)
    request = card.checked(with_input_images(args, card.checked(request_from(args, card)), card, library))
    queue = Queue.open()
    item = queue.add(request)
    if args.until_stopped:
        item = queue.set_endless(item.id, True) or item
    print_json(_to_json(item)) if args.json else print_lines(f"Queued: {_to_line(item)}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    queue = Queue.open()
    items = queue.items()
    _remove_items(queue, [_find_item(which, items) for which in args.which], as_json=args.json)
    return 0


def _clear(args: argparse.Namespace) -> int:
    queue = Queue.open()
    items = [item for item in queue.items() if item.state is not ItemState.RUNNING]
    _remove_items(queue, items, as_json=args.json)
    return 0


def _run(args: argparse.Namespace) -> int:
    """Generate the images of all waiting queue items. An item that fails stays in the queue and is
    reported at the end.
    """
    from gdm_studio.gallery import Gallery

    queue = Queue.open()
    report = new_report(as_json=args.json)
    crashed = queue.recover()
    for item in crashed:
        print_notice(f"Resuming after a crash: {_to_line(item, progress_of(queue.steps(item.id)))}")
    if others := _describe_other_work(queue.items()):
        print_notice(others)
    with closing(Gallery.open()) as gallery, inhibit_sleep(preferences.load().keep_awake):
        gallery.check_writable()
        if crashed:
            # The index may lack the most recent images.
            gallery.sync()
        run = _QueueRun(queue, gallery, report, device=args.device or "")
        try:
            run.run()
        finally:
            queue.close()
            report.end()
    if not run.started and not others:
        print_notice("Another GDM Studio, such as the open window, took the waiting entries.")
    if run.failed:
        entries = "1 entry" if run.failed == 1 else f"{run.failed} entries"
        raise StudioError(f"{entries} failed; `gdm-studio queue list` shows why.")
    return 0


class _QueueRun:
    """Run of all waiting queue items, with counts of the started and the failed ones.

    Each item uses its own device unless `device` is given. An item that is paused during the run stops before its next
    step and can be resumed.
    """

    def __init__(self, queue: Queue, gallery: Gallery, report: Report, *, device: str = "") -> None:
        self.started = 0
        self.failed = 0
        self._queue = queue
        self._gallery = gallery
        self._report = report
        self._device = device
        self._reports: dict[Job, Report] = {}

    def run(self) -> None:
        """Run queue items until none is waiting. Raises StorageError as soon as an image cannot be saved."""
        from gdm_studio.models.memory import devices
        from gdm_studio.models.model_library import Library

        # Raises DeviceError for a missing device before any entry is taken.
        devices.device_names(self._device or "auto")
        with Runner(Executor(Library()), lambda: self._gallery, self._queue) as self._runner:
            self._runner.on_saved = self._report_saved
            with closing(self._runner.run(refill=self._submit_next)) as events:
                for job, event in events:
                    self._report_event(job, event)

    def _submit_next(self, running_job: Job | None) -> None:
        """Submit the next waiting queue item to the runner. While a job is running, submit an item only if it uses the
        same devices.
        """
        while (waiting := self._queue.next()) is not None:
            places = self._list_devices(waiting)
            if running_job is not None and running_job.places != tuple(places):
                return
            item = self._queue.take(waiting.id, self._gallery.saved_ids)
            # Another process may have started the item.
            if item is None:
                continue
            job = self._runner.submit(item, device=self._device, places=places, shares=True)
            report = self._report.for_item(item.id)
            report.start(job.run.request)
            self._reports[job] = report
            self.started += 1
            return

    def _report_event(self, job: Job, event: Event | StudioError | None) -> None:
        if event is None or isinstance(event, StudioError):
            self._report_end(job, event)
            return
        self._reports[job].event(event)
        if job.item is not None and not isinstance(event, Result) and self._queue.is_item_paused(job.item.id):
            # The steps of the job are recorded, so it can resume later.
            job.cancel()

    def _report_end(self, job: Job, error: StudioError | None) -> None:
        report = self._reports.pop(job)
        if error is not None:
            self.failed += 1
            report.end()
            print_notice(f"gdm-studio: {error}")
        elif job.item is not None and self._queue.is_item_paused(job.item.id):
            report.end()
        else:
            report.done()

    def _report_saved(self, job: Job, result: Result, picture: Picture) -> None:
        self._reports[job].saved(picture.path, result)

    def _list_devices(self, item: Item) -> list[str]:
        """Return the names of the devices that a queue item uses. Names of missing devices are included, so that
        running the item reports the error.
        """
        from gdm_studio.models.memory import devices

        device = self._device or item.request.device
        try:
            return devices.device_names(device)
        except DeviceError:
            return [device]


def _describe_other_work(items: list[Item]) -> str:
    """Return a message if another process is running queue items, or if no item is waiting. Otherwise return "".

    If none is waiting, the message counts the remaining items, such as paused ones.
    """
    count = Counter(item.state for item in items)
    running = count[ItemState.RUNNING]
    waiting = count[ItemState.WAITING]
    if running:
        rest = "the waiting entries run here" if waiting else "nothing else is waiting"
        entries = "1 entry" if running == 1 else f"{running} entries"
        return f"Another GDM Studio, such as the open window, is running {entries} of the queue; {rest}."
    if waiting:
        return ""
    left = " and ".join(f"{count[state]} {word}" for state, word in _AT_REST.items() if count[state])
    return f"Nothing is waiting in the queue: {left}." if left else "Nothing is waiting in the queue."


def _remove_items(queue: Queue, items: list[Item], *, as_json: bool) -> None:
    for item in queue.remove([item.id for item in items]).items:
        print_json(_to_json(item)) if as_json else print_lines(f"Removed: {_to_line(item)}")


def _find_item(which: str, items: list[Item]) -> Item:
    """Return the queue item that the user names by its number or by the beginning of its id.

    Raises BadRequest if there is none.
    """
    number = int(which) if which.isdecimal() and len(which) < 10 else 0
    if 0 < number <= len(items):
        return items[number - 1]
    found = [item for item in items if len(which) > 3 and item.id.startswith(which)]
    if len(found) != 1:
        raise BadRequest(f"There is no entry {shorten(which)} in the queue; `gdm-studio queue list` shows the numbers.")
    return found[0]


def _to_json(item: Item) -> dict[str, Any]:
    return json.loads(item.to_json())


def _to_line(item: Item, step: int = 0) -> str:
    """Return the line of text that lists a queue item in the terminal. `step` is the last recorded step of its current
    image.
    """
    request = item.request
    title = request.title
    prompt = title if len(title) <= PROMPT else title[: PROMPT - 1] + "…"
    count = f"{len(item.made)}/{request.count}" if request.count > 1 else ""
    endless = f"until stopped, {item.pictures} generated" if item.endless else ""
    state = f"{item.state.value} at step {step}" if step else item.state.value
    facts = (count, f"{request.steps} steps", f"seed {request.seed}", endless, state, item.error)
    return f"{prompt} · {' · '.join(filter(None, facts))}"
