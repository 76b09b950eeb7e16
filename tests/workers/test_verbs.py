"""Command-line verbs on several devices: the same files as on one device, and no process left over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.gallery import read
from gdm_studio.jobs.queue import ItemState, Queue
from gdm_studio.jobs.workers.pool import Pool
from gdm_studio.request.generation_request import Request
from tests.helpers import tiny_model

FOX = ["a red fox", "--model", tiny_model.NAME, "--seed", "7", "--steps", "3"]
# This is long enough to be interrupted.
STEPS = 200


@pytest.fixture
def _hired(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the shared pool for the verbs."""
    monkeypatch.setattr("gdm_studio.jobs.workers.pool.Pool", lambda devices: pool)
    monkeypatch.setattr(pool, "close", lambda: None)


def pictures(folder: Path) -> dict[str, np.ndarray]:
    """Return the saved images by prompt and seed."""
    found = {}
    for path in folder.rglob("*.png"):
        request = read(path).request
        found[f"{request.prompt} {request.seed} {request.guidance_scale}"] = np.asarray(Image.open(path))
    return found


def assert_the_same(one: Path, other: Path, count: int) -> None:
    made, there = pictures(one), pictures(other)
    assert made.keys() == there.keys() and len(made) == count
    assert all(np.array_equal(made[name], there[name]) for name in made)


@pytest.mark.slow
@pytest.mark.usefixtures("_hired")
def test_generate_and_grid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = (tmp_path / device for device in ("cpu", "cpu,cpu"))
    for folder in (one, two):
        asked = [*FOX, "--device", folder.name]
        assert run(["generate", *asked, "--count", "3", "--out", str(folder), "--json"]) == 0
        told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert sum(line["event"] == "step" for line in told) == 9 and told[-1]["pictures"] == 3
        sheet = ["--x", "guidance=1,2,3", "--out", str(tmp_path / f"{folder.name}.png"), "--singles", str(folder)]
        assert run(["grid", *asked, *sheet]) == 0
        capsys.readouterr()
    # One image of the grid equals one of the three.
    assert_the_same(one, two, 5)
    assert np.array_equal(*(np.asarray(Image.open(f"{folder}.png")) for folder in (one, two)))
    assert {read(path).request.device for path in two.rglob("*.png")} == {"cpu"}


@pytest.mark.usefixtures("_hired")
def test_all_workers_share_the_queue_and_failed_items_stay_in_it(
    _own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["queue", "add", *FOX, "--count", "3"])
    queue = Queue.open()
    broken = queue.add(Request(model="gone", prompt="a broken one"))
    run(["queue", "add", "a blue owl", *FOX[1:]])
    capsys.readouterr()
    assert run(["queue", "run", "--json", "--device", "cpu,cpu"]) == 2
    captured = capsys.readouterr()
    told = [json.loads(line) for line in captured.out.splitlines()]
    assert [sum(line["event"] == event for line in told) for event in ("start", "saved", "done")] == [3, 4, 2]
    assert len({line["item"] for line in told}) == 3 and "There is no model called 'gone'" in captured.err
    (left,) = queue.items()
    assert left.id == broken.id and left.state is ItemState.FAILED and "gone" in left.error
    assert sorted(pictures(_own_home / "pictures")) == [
        "a blue owl 7 2.0", "a red fox 7 2.0", "a red fox 8 2.0", "a red fox 9 2.0",
    ]  # fmt: skip


def test_all_means_the_one_device_if_there_is_only_one(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny_model.write(_own_home / "data" / "models" / "tiny")
    run(["queue", "add", *FOX, "--device", "all"])
    assert run(["queue", "run"]) == 0 and run(["generate", *FOX, "--device", "all", "--count", "2"]) == 0
    made = [read(path).request for path in (_own_home / "pictures").glob("*.png")]
    assert len(made) == 3 and "all" not in {request.device for request in made}


def test_missing_devices_are_reported_before_an_item_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    tiny_model.write(Path(os.environ["GDM_STUDIO_HOME"]) / "data" / "models" / "tiny")
    for asked in (["generate", *FOX], ["queue", "run"]):
        assert run([*asked, "--device", "cpu,warp:1"]) == 2
        assert "There is no device called 'warp:1' here" in capsys.readouterr().err


@pytest.mark.usefixtures("forked_processes")
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are found in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_program_and_the_queue_resumes(
    number: signal.Signals, _own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny_model.write(_own_home / "data" / "models" / "tiny")
    run(["queue", "add", *FOX[:-1], str(STEPS), "--count", "2"])
    (item,) = Queue.open().items()
    kept = _own_home / "data" / "queue" / "running" / f"{item.id}.steps"
    command = [sys.executable, "-m", "gdm_studio", "queue", "run", "--device", "cpu,cpu"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until(lambda: kept.exists() and kept.stat().st_size > 50_000)
        workers = workers_of(process.pid)
        process.send_signal(number)
        process.wait(60)
    assert len(workers) == 2 and process.returncode == (130 if number is signal.SIGINT else -number)
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    if number is signal.SIGINT:
        capsys.readouterr()
        assert run(["queue", "run", "--json"]) == 0
        told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert sum(line["event"] == "saved" for line in told) == 2
        assert not Queue.open().items()


def workers_of(pid: int) -> list[int]:
    """Return the ids of the program's worker processes."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    found = [Path("/proc", child) for each in lists for child in each.read_text().split()]
    return [int(each.name) for each in found if b"workers.worker_main" in (each / "cmdline").read_bytes()]


def until(reason: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not reason():
        assert time.monotonic() < end
        time.sleep(0.02)
