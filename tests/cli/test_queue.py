"""`gdm-studio queue`: the same items as the window's, made without one, and gone on with after a `kill -9`."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import numpy as np
import pytest
from PIL import Image

from gdm_studio import paths, preferences
from gdm_studio.cli.main import run
from gdm_studio.gallery import Gallery, read
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.queueing import Item, ItemState, Queue
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event
from gdm_studio.studio.work import Work
from tests.helpers import tiny_model

PICTURE = ["--steps", "4", "--seed", "7", "--sampler", "euler"]
STEPS = 200  # long enough to be killed in the middle of
TINY = ["--model", tiny_model.NAME, "--seed", "7"]


@pytest.fixture
def _tiny(_own_home: Path) -> None:
    """A model that takes no time."""
    tiny_model.write(paths.models_dir() / tiny_model.NAME)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def pictures(home: Path) -> list[Path]:
    return sorted((home / "pictures").glob("*.png"))


def test_added_listed_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    for prompt in ("a red apple", "a blue bird", "a green frog"):
        assert run(["queue", "add", prompt, *PICTURE, "--json"]) == 0
    assert run(["queue", "add", "a gold coin", "--until-stopped"]) == 0
    assert "until stopped" in capsys.readouterr().out
    ids = [item.id for item in Queue.open().items()]
    assert run(["queue", "list", "--json"]) == 0
    assert [(item["id"], item["request"]["prompt"], item["state"]) for item in lines(capsys)][:2] == [
        (ids[0], "a red apple", "waiting"), (ids[1], "a blue bird", "waiting"),
    ]  # fmt: skip
    assert run(["queue", "remove", "2", ids[2][:8]]) == 0
    assert [item.id for item in Queue.open().items()] == [ids[0], ids[3]]
    assert run(["queue", "remove", "2"]) == 0, "the last one too"
    assert [item.id for item in Queue.open().items()] == [ids[0]]
    assert run(["queue", "clear"]) == 0 and run(["queue", "list"]) == 0
    assert "Nothing is to be made" in capsys.readouterr().err


@pytest.mark.usefixtures("_tiny")
def test_titles_as_the_window_shows_them_are_ids(capsys: pytest.CaptureFixture[str]) -> None:
    titles = ["--model", "Tiny", "--style", "DARK", "--sampler", "dpm++ 2M SDE", "--spacing", "Exponential"]
    assert run(["queue", "add", "a red fox", *titles]) == 0
    (item,) = Queue.open().items()
    asked = item.request
    assert (asked.model, asked.style, asked.sampler) == (tiny_model.NAME, "dark", "dpmpp_2m_sde")
    assert asked.spacing == "exponential" and asked.steps == SAMPLERS["dpmpp_2m_sde"].default_steps
    assert run(["queue", "add", "a red fox", "--model", "tiny", "--style", "Flat"]) == 2
    assert "choose one of plain, dark" in capsys.readouterr().err


@pytest.mark.usefixtures("_tiny")
def test_who_makes_the_queue_is_said_where_it_is_another(capsys: pytest.CaptureFixture[str]) -> None:
    run(["queue", "add", "a red fox", *TINY])
    window = Queue.open()
    (item,) = window.items()
    assert window.take(item.id)
    capsys.readouterr()
    assert run(["queue", "run"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said == ["Another GDM Studio, such as the open window, is making 1 entry of the queue; nothing else waits."]


@pytest.mark.parametrize("which", ["0", "3", "ffff", ""])
def test_what_is_not_there_cannot_be_removed(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["queue", "add", "a red apple"])
    assert run(["queue", "remove", which]) == 2
    assert "queue list" in capsys.readouterr().err and len(Queue.open().items()) == 1


@pytest.mark.usefixtures("_tiny")
def test_all_that_waits_is_made_and_what_fails_stays(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["queue", "add", "a red fox", *TINY, "--count", "2"])
    queue = Queue.open()
    broken = queue.add(Request(model="gone", prompt="a broken one"))
    run(["queue", "add", "a blue owl", *TINY])
    capsys.readouterr()
    assert run(["queue", "run", "--json"]) == 2
    captured = capsys.readouterr()
    events = [json.loads(line)["event"] for line in captured.out.splitlines()]
    assert events.count("saved") == 3 and events.count("done") == 2
    assert "There is no model called 'gone'" in captured.err
    (left,) = queue.items()
    assert left.id == broken.id and left.state is ItemState.FAILED and "gone" in left.error
    made = {(read(path).request.prompt, read(path).request.seed) for path in pictures(_own_home)}
    assert made == {("a red fox", 7), ("a red fox", 8), ("a blue owl", 7)}


@pytest.mark.usefixtures("_tiny")
def test_what_is_held_while_it_is_made_stops_at_its_step_and_goes_on_when_it_is_let_go_on(
    _own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["queue", "add", "a red fox", *TINY, "--steps", "40"])
    window, made = Queue.open(), list[int]()
    (item,) = window.items()
    record = Work.record

    def recorded(work: Work, event: Event, began: float) -> None:
        record(work, event, began)
        if isinstance(event, Advance):
            made.append(event.index)
            if len(made) == 5:
                window.hold(item.id, True)

    monkeypatch.setattr(Work, "record", recorded)
    assert run(["queue", "run"]) == 0 and made == [1, 2, 3, 4, 5] and not pictures(_own_home)
    (held,) = window.items()
    assert held.state is ItemState.PAUSED and window.steps(item.id)
    capsys.readouterr()
    assert run(["queue", "list"]) == 0 and "paused at step 5" in capsys.readouterr().out
    assert run(["queue", "run"]) == 0 and "Nothing waits in the queue: 1 held." in capsys.readouterr().err
    window.hold(item.id, False)
    assert run(["queue", "run"]) == 0 and len(pictures(_own_home)) == 1 and not window.items()


@pytest.mark.usefixtures("_tiny")
def test_what_is_made_lets_go_of_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a night's queue only the item that is being made is held."""
    there = WeakSet[Work]()
    held: list[int] = []

    class Followed(Work):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            there.add(self)
            gc.collect()
            held.append(len(there))

    monkeypatch.setattr("gdm_studio.cli.runner.Work", Followed)
    for number in range(4):
        run(["queue", "add", "a red fox", *TINY[:2], "--seed", str(number), "--steps", "2"])
    assert run(["queue", "run"]) == 0
    assert len(held) == 4 and max(held) <= 2  # the one before is let go of once another is there
    gc.collect()
    assert not there


@pytest.mark.usefixtures("_tiny")
def test_where_no_picture_can_be_written_all_of_them_wait(
    _own_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next ones could not be written either: none is marked as failed, none is made in vain."""
    folder = _own_home / "elsewhere"
    preferences.save(preferences.Preferences(library=str(folder)))
    for prompt in ("a red fox", "a blue owl"):
        run(["queue", "add", prompt, *TINY])
    monkeypatch.setattr("gdm_studio.gallery.Gallery.check_writable", lambda gallery: folder.write_text("a file"))
    assert run(["queue", "run"]) == 2
    assert "is a file, not a folder" in capsys.readouterr().err
    assert [(item.request.prompt, item.state) for item in Queue.open().items()] == [
        ("a red fox", ItemState.WAITING), ("a blue owl", ItemState.WAITING),
    ]  # fmt: skip


@contextmanager
def crashed_before_its_tick(count: int) -> Iterator[Item]:
    """Makes pictures of an item, which after the block stands as after a crash before any of them was noted."""
    run(["queue", "add", "a red fox", *TINY, "--count", str(count)])
    (item,) = Queue.open().items()
    file = Queue.open().folder / f"{item.id}.json"
    before = file.read_text()
    assert run(["queue", "run"]) == 0
    yield item
    file.write_text(before)
    (file.parent / "running" / f"{item.id}.lock").touch()


@pytest.mark.usefixtures("_tiny")
def test_what_was_kept_before_a_crash_that_came_before_its_tick_is_not_made_again(_own_home: Path) -> None:
    with crashed_before_its_tick(2):
        pictures(_own_home)[-1].unlink()  # of the second only the steps were made
    assert run(["queue", "run"]) == 0 and not Queue.open().items()
    assert len(pictures(_own_home)) == 2
    assert {read(path).request.seed for path in pictures(_own_home)} == {7, 8}  # type: ignore[union-attr]


@pytest.mark.usefixtures("_tiny")
def test_what_was_deleted_or_not_looked_for_since_a_crash_is_not_made_again(_own_home: Path) -> None:
    with crashed_before_its_tick(3) as item, closing(Gallery.open()) as gallery:
        gallery.delete([item.picture_id(1)])
        gallery.close()
        for part in gallery.index_path.parent.glob(f"{gallery.index_path.name}*"):
            part.unlink()  # as it was before it was told of them
    assert run(["queue", "run"]) == 0 and not Queue.open().items()
    assert {read(path).request.seed for path in pictures(_own_home)} == {7, 9}  # type: ignore[union-attr]
    assert len(pictures(_own_home)) == 2


@pytest.mark.slow
@pytest.mark.usefixtures("_tiny")
@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_after_kill_9_it_goes_on_at_its_step(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["a red fox", *TINY, "--steps", str(STEPS), "--sampler", "dpmpp_2m"]
    run(["queue", "add", *settings])
    (item,) = Queue.open().items()
    kept = _own_home / "data" / "queue" / "running" / f"{item.id}.steps"
    with subprocess.Popen([sys.executable, "-m", "gdm_studio", "queue", "run"], stdout=subprocess.PIPE) as process:
        end = time.monotonic() + 60
        while not kept.exists() or kept.stat().st_size < 20_000:
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert not pictures(_own_home) and kept.exists()
    capsys.readouterr()
    assert run(["queue", "run", "--json"]) == 0
    captured = capsys.readouterr()
    assert "Going on after a crash: a red fox" in captured.err
    told = [json.loads(line) for line in captured.out.splitlines()]
    assert [event["step"] for event in told if event["event"] == "step"] == list(range(1, STEPS + 1))
    assert not Queue.open().items() and not kept.exists()
    run(["generate", *settings])
    one, other = (np.asarray(Image.open(path)) for path in pictures(_own_home))
    assert np.array_equal(one, other)
