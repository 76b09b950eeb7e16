"""`gdm-studio queue`: what is still to be made, the same that the window shows, and making it without one."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from contextlib import closing
from typing import Any

from gdm_studio import preferences
from gdm_studio.cli.asked import add_options, asked, card_for, with_pictures
from gdm_studio.cli.generate import reporting
from gdm_studio.cli.runner import Runner
from gdm_studio.cli.saying import remark, say, say_json
from gdm_studio.errors import BadRequest, StudioError
from gdm_studio.queueing import Item, ItemState, Queue, kept_awake, reached
from gdm_studio.request import SETTINGS

PROMPT = 60  # characters shown
_AT_REST = {ItemState.PAUSED: "held", ItemState.FAILED: "failed"}
JSON_HELP = "one JSON object a line; those of a run name their item"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = verbs.add_parser("queue", help="list what is to be made, add to it, make it")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="list|run|add|remove|clear")
    listing = kinds.add_parser("list", help="what runs and what waits, in its order")
    listing.set_defaults(main=_list)
    run = kinds.add_parser("run", help="make all that waits; what was broken off goes on at the step it had reached")
    run.add_argument("--device", help=f"for all of it, whatever was asked for: {SETTINGS['device'].usage}")
    run.set_defaults(main=_run)
    adding = kinds.add_parser("add", help="put pictures at the end of the queue")
    add_options(adding)
    adding.add_argument("--until-stopped", action="store_true", help="go on with the next seeds until it is removed")
    adding.set_defaults(main=_add)
    removing = kinds.add_parser("remove", help="take something out of the queue")
    removing.add_argument("which", nargs="+", help="numbers of `gdm-studio queue list`, or the beginnings of ids")
    removing.set_defaults(main=_remove)
    clearing = kinds.add_parser("clear", help="take everything out that is not being made")
    clearing.set_defaults(main=_clear)
    for kind in (listing, run, adding, removing, clearing):
        kind.add_argument("--json", action="store_true", help=JSON_HELP)


def _list(args: argparse.Namespace) -> int:
    queue = Queue.open()
    items = queue.items()
    for number, item in enumerate(items, 1):
        step = reached(queue.steps(item.id))
        say_json(_as_json(item) | {"step": step}) if args.json else say(f"{number:>3}  {_as_line(item, step)}")
    if queue.paused and not args.json:
        remark("The queue is paused in the window; `gdm-studio queue run` makes it all the same.")
    if not items and not args.json:
        remark("Nothing is to be made.")
    return 0


def _add(args: argparse.Namespace) -> int:
    from gdm_studio.models.library import Library

    card = card_for(args, Library())
    request = card.checked(with_pictures(args, card.checked(asked(args, card))))
    queue = Queue.open()
    item = queue.add(request)
    if args.until_stopped:
        item = queue.set_endless(item.id, True) or item
    say_json(_as_json(item)) if args.json else say(f"Queued: {_as_line(item)}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    queue = Queue.open()
    items = queue.items()
    _tell_removed(queue, [_found(which, items) for which in args.which], as_json=args.json)
    return 0


def _clear(args: argparse.Namespace) -> int:
    queue = Queue.open()
    items = [item for item in queue.items() if item.state is not ItemState.RUNNING]
    _tell_removed(queue, items, as_json=args.json)
    return 0


def _run(args: argparse.Namespace) -> int:
    """Makes item after item; one that fails stays in the queue, and is told of at the end."""
    from gdm_studio.gallery import Gallery

    queue, report = Queue.open(), reporting(args.json)
    crashed = queue.recover()
    for item in crashed:
        remark(f"Going on after a crash: {_as_line(item, reached(queue.steps(item.id)))}")
    if said := _who_makes(queue.items()):
        remark(said)
    wanted = preferences.load()
    with closing(Gallery.open()) as gallery, kept_awake(wanted.keep_awake):
        gallery.check_writable()
        if crashed:
            gallery.sync()  # what was kept last may not be in the index
        runner = Runner(queue, gallery, report, device=args.device or "")
        try:
            runner.run()
        finally:
            queue.close()
            report.end()
    if not runner.begun and not said:
        remark("Another GDM Studio, such as the open window, took what waited.")
    if runner.failed:
        many = runner.failed
        raise StudioError(f"{many} of them failed and wait{'s' * (many == 1)} in the queue; `queue list` says why.")
    return 0


def _who_makes(items: list[Item]) -> str:
    """Who makes what is in the queue, where that is not this run alone; "" where it is."""
    many = Counter(item.state for item in items)
    running, waiting = many[ItemState.RUNNING], many[ItemState.WAITING]
    if running:
        here = "what waits is made here too" if waiting else "nothing else waits"
        what = "1 entry" if running == 1 else f"{running} entries"
        return f"Another GDM Studio, such as the open window, is making {what} of the queue; {here}."
    if waiting:
        return ""
    left = " and ".join(f"{many[state]} {word}" for state, word in _AT_REST.items() if many[state])
    return f"Nothing waits in the queue: {left}." if left else "Nothing waits in the queue."


def _tell_removed(queue: Queue, items: list[Item], *, as_json: bool) -> None:
    for item in queue.remove([item.id for item in items]).items:
        say_json(_as_json(item)) if as_json else say(f"Removed: {_as_line(item)}")


def _found(which: str, items: list[Item]) -> Item:
    """The item of that number in the list, or whose id begins so; raises BadRequest."""
    if which.isdecimal() and 0 < int(which) <= len(items):
        return items[int(which) - 1]
    found = [item for item in items if len(which) > 3 and item.id.startswith(which)]
    if len(found) != 1:
        raise BadRequest(f"There is no {which} in the queue; `gdm-studio queue list` numbers what is in it.")
    return found[0]


def _as_json(item: Item) -> dict[str, Any]:
    return json.loads(item.to_json())


def _as_line(item: Item, step: int = 0) -> str:
    """`step` is the last that is kept of the picture in hand."""
    request = item.request
    words = request.title
    prompt = words if len(words) <= PROMPT else words[: PROMPT - 1] + "…"
    count = f"{len(item.made)}/{request.count}" if request.count > 1 else ""
    endless = f"until stopped, {item.pictures} made" if item.endless else ""
    state = f"{item.state.value} at step {step}" if step else item.state.value
    facts = (count, f"{request.steps} steps", f"seed {request.seed}", endless, state, item.error)
    return f"{prompt} · {' · '.join(filter(None, facts))}"
