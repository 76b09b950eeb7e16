"""`gdm-studio queue`: the same items as the window's, made without one, and gone on with after a `kill -9`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.gallery import read
from gdm_studio.queueing import ItemState, Queue
from gdm_studio.request import Request

PICTURE = ["--steps", "4", "--seed", "7", "--sampler", "euler"]


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
    assert run(["queue", "clear"]) == 0 and run(["queue", "list"]) == 0
    assert "Nothing is to be made" in capsys.readouterr().err


@pytest.mark.parametrize("which", ["0", "3", "ffff", ""])
def test_what_is_not_there_cannot_be_removed(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["queue", "add", "a red apple"])
    assert run(["queue", "remove", which]) == 2
    assert "queue list" in capsys.readouterr().err and len(Queue.open().items()) == 1


def test_all_that_waits_is_made_and_what_fails_stays(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["queue", "add", "a red apple", *PICTURE, "--count", "2"])
    queue = Queue.open()
    broken = queue.add(Request(model="gone", prompt="a broken one"))
    run(["queue", "add", "a blue bird", *PICTURE])
    capsys.readouterr()
    assert run(["queue", "run", "--json"]) == 2
    captured = capsys.readouterr()
    events = [json.loads(line)["event"] for line in captured.out.splitlines()]
    assert events.count("saved") == 3 and events.count("done") == 2
    assert "There is no model called 'gone'" in captured.err
    (left,) = queue.items()
    assert left.id == broken.id and left.state is ItemState.FAILED and "gone" in left.error
    made = {(read(path).request.prompt, read(path).request.seed) for path in pictures(_own_home)}
    assert made == {("a red apple", 7), ("a red apple", 8), ("a blue bird", 7)}


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_after_kill_9_it_goes_on_at_its_step(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["a red apple", "--steps", "30", "--seed", "7", "--sampler", "dpmpp_2m"]
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
    assert "Going on after a crash: a red apple" in captured.err
    told = [json.loads(line) for line in captured.out.splitlines()]
    assert [event["step"] for event in told if event["event"] == "step"] == list(range(1, 31))
    assert not Queue.open().items() and not kept.exists()
    run(["generate", *settings])
    one, other = (np.asarray(Image.open(path)) for path in pictures(_own_home))
    assert np.array_equal(one, other)
