"""Pairs of concurrent processes of every kind on one library: each reported result exists afterwards.

python -m tests.drills.pairs python -m tests.drills.pairs --only rebuild
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing.process
import os
import random
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.gallery import Gallery, Metadata, Picture, SaveSettings, read, save
from gdm_studio.jobs.queue import Queue
from gdm_studio.request.generation_request import Request
from tests.drills import kill_work
from tests.drills.home import forked, temporary_home
from tests.drills.kill_work import Doom
from tests.helpers import library as made_up
from tests.helpers import tiny_model

KINDS = ("generate", "queue", "rebuild", "tag", "export", "move", "window")
PICTURES = 25  # in the library beforehand
STARTING = 4  # seconds for a window, beside those that it is used for
PATIENCE = 120  # seconds for a verb
TINY = ("--model", tiny_model.NAME, "--steps", "4", "--json")


@dataclass
class Report:
    pairs: int = 0
    verbs: int = 0
    announced: int = 0
    refused: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        refused = f"; refused with a sentence: {', '.join(sorted(set(self.refused)))}" if self.refused else ""
        return (
            f"{self.pairs} pairs, {self.verbs} verbs in {self.seconds:.0f} s: {self.announced} pictures announced, all "
            f"there and listed, all that was tagged found again{refused}"
        )


def drill(home: Path, *, kinds: Sequence[str] = KINDS, only: str = "", seconds: float = 6.0, seed: int = 0) -> Report:
    """Run each pair for some seconds in `home`. Raise AssertionError if a promise is broken."""
    report, started, rng = Report(), time.monotonic(), random.Random(seed)
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    others = home / "others" / "one"  # what a window imports
    others.mkdir(parents=True)
    save(made_up.result("a foreign disc"), others, saving=SaveSettings(form="jpeg"))
    with closing(Gallery.open()) as gallery:
        for number in range(PICTURES):
            gallery.save(made_up.result(f"an old fox {number}", seed=2**42 + number))
    for pair in itertools.combinations_with_replacement(kinds, 2):
        if only in ("", *pair) and pair != ("window", "window"):
            _try(pair, home, seconds, rng, report)
    report.seconds = time.monotonic() - started
    return report


def _try(pair: tuple[str, str], home: Path, seconds: float, rng: random.Random, report: Report) -> None:
    queue = Queue.open()
    while "queue" in pair and len(queue.items()) < 6:
        queue.add(Request(prompt="an owl", model=tiny_model.NAME, seed=rng.randrange(2**40), steps=4).checked())
    logs = [home / f"log-{place}-{kind}" for place, kind in enumerate(pair)]
    target = forked().Process
    processes = [
        target(target=work, args=(kind, str(home), str(log), rng.random(), seconds))
        for kind, log in zip(pair, logs, strict=True)
    ]
    for process in processes:
        process.start()
    _wait(processes, pair, seconds)
    told = [json.loads(line) for log in logs for line in log.read_text().splitlines() if line.startswith("{")]
    for kind, process, log in zip(pair, processes, logs, strict=True):
        ended = -signal.SIGKILL if kind == "window" else 0
        assert process.exitcode == ended, f"{kind} beside {pair} ended with {process.exitcode}, see {log}"
        text = log.read_text(encoding="utf-8")
        assert "Traceback" not in text and "unforeseen" not in text, f"{kind} of {pair}, see {log}"
    _check(pair, told, report)
    report.pairs += 1
    for log in logs:
        log.unlink()


def _wait(processes: Sequence[multiprocessing.process.BaseProcess], pair: tuple[str, str], seconds: float) -> None:
    end = time.monotonic() + seconds + PATIENCE
    for kind, process in zip(pair, processes, strict=True):
        if kind == "window":  # it goes on until it is closed
            process.join(seconds + STARTING)
            process.kill()
            process.join(PATIENCE)
            continue
        process.join(max(0.0, end - time.monotonic()))
        assert process.exitcode is not None, f"{kind} of {pair} does not come to its end"


def _check(pair: tuple[str, str], told: list[dict[str, object]], report: Report) -> None:
    with closing(Gallery.open()) as gallery:
        gallery.sync()
        shown = {picture.id: picture for picture in gallery.page(limit=100_000) if not picture.source}
    on_disk = {found.id for path in preferences.pictures_dir().rglob("*.png") if (found := read(path)).id}
    assert set(shown) == on_disk, f"{pair}: {len(on_disk - {*shown})} not listed, {len({*shown} - on_disk)} not there"
    known = _marks([*shown.values(), *_deleted()])
    for event in told:
        match event["event"]:
            case "saved":
                assert str(event.get("id", event.get("seed"))) in known, f"{pair}: announced and not there: {event}"
                report.announced += 1
            case "tagging":
                ids, before = list(event["ids"]), event["before"]  # type: ignore[call-overload]
                assert len(ids) >= before or "window" in pair, f"{pair}: {len(ids)} of {before} pictures"  # type: ignore[operator]
                lost = [each for each in ids if each in shown and event["name"] not in shown[each].tags]
                assert not lost, f"{pair}: tagged with {event['name']} and lost: {lost[:5]}"
            case "verb":
                report.verbs += 1
                if event["status"]:
                    report.refused.append(f"{event['kind']} beside {[*pair]}")


def _marks(pictures: Iterable[Picture | Metadata]) -> set[str]:
    """Return the ids and seeds that identify reported images."""
    return {mark for each in pictures if each.request for mark in (each.id, str(each.request.seed))}


def _deleted() -> list[Metadata]:
    """Return the images that the user deleted in the window."""
    bins = (paths.data_dir() / "deleted", paths.data_dir().parent / "trash")
    return [read(path) for folder in bins for path in folder.rglob("*.png")]


def work(kind: str, home: str, log: str, seed: float, seconds: float) -> None:
    """Run this command-line verb repeatedly, as the body of a process."""
    if kind == "window":
        kill_work.work("window", home, log, seed, Doom())
    os.environ["GDM_STUDIO_HOME"] = home
    sys.stdout = sys.stderr = open(log, "w", buffering=1, encoding="utf-8")  # noqa: SIM115 - for as long as it lives
    rng, end = random.Random(seed), time.monotonic() + seconds
    while time.monotonic() < end:
        status = _verb(kind, rng, Path(home))
        print(json.dumps({"event": "verb", "kind": kind, "status": status}), flush=True)
        assert status in (0, 2), f"{kind} ended with {status}"
    sys.stdout.flush()
    os._exit(0)


def _verb(kind: str, rng: random.Random, home: Path) -> int:
    word = f"{rng.randrange(2**40):010x}"
    match kind:
        case "generate":
            return run(["generate", "a red disc", *TINY, "--seed", str(rng.randrange(2**40)), "--count", "2"])
        case "queue":
            return run(["queue", "run", "--json"])
        case "rebuild":
            return run(["gallery", "rebuild", "--json"])
        case "export":
            return run(["gallery", "export", "--json", "--out", str(home / "copies" / word), "fox"])
        case "move":
            return run(["gallery", "move", "--json", str(home / "libraries" / word)])
    before = sum(1 for _ in preferences.pictures_dir().glob("*old fox*.png"))
    with closing(Gallery.open()) as gallery:
        gallery.sync()
        ids = [picture.id for picture in gallery.page("old", limit=1_000)]
        gallery.tags.set(ids, word)
    print(json.dumps({"event": "tagging", "name": word, "before": before, "ids": ids}), flush=True)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", choices=KINDS, help="only pairs with this kind")
    parser.add_argument("--without", default=(), nargs="*", choices=KINDS, help="no pairs with these")
    parser.add_argument("--seconds", type=float, default=6.0, help="for each pair (default: 6)")
    args = parser.parse_args()
    with temporary_home("pairs") as home:
        kinds = [kind for kind in KINDS if kind not in args.without]
        print(drill(home, kinds=kinds, only=args.only, seconds=args.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
