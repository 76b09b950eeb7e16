"""The lock on the folder of a training: one writer at a time, on the command line and in the window."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gdm_studio.cli.main import run as main
from gdm_studio.common.errors import BadRequest
from gdm_studio.common.file_lock import FileLock, is_locked
from gdm_studio.studio import training
from gdm_studio.studio.training import TrainingRun, TrainingSettings, training_run
from gdm_studio.training.icons.pipeline import PLANS, Folders, run
from gdm_studio.training.run_state_file import LIVE, LOCK, LiveState
from tests.helpers.tiny_model import NAME, TinyLibrary

SENTENCE = "Another training is writing into {}; wait until it ends, or choose another folder."


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    folder = tmp_path / "drawings"
    folder.mkdir()
    for name in ("red", "blue"):
        Image.new("RGB", (64, 64), name).save(folder / f"{name} disc.png")
    return folder


def verb(drawings: Path, out: Path, samples: int) -> list[str]:
    options = ["--images", str(drawings), "--out", str(out), "--base", NAME, "--samples", str(samples)]
    return ["train", "lora", *options, "--sheet-minutes", "0", "--rank", "1", "--batch", "4", "--threads", "1"]


@pytest.mark.slow
def test_two_processes_do_not_train_into_one_folder(drawings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The window is refused like the command line, and a killed process leaves nothing locked."""
    TinyLibrary()
    other = training_run("flat")
    out = other.folder
    command = [sys.executable, "-m", "gdm_studio", *verb(drawings, out, 1_000_000)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as first:
        while not is_locked(out / LOCK):
            assert first.poll() is None
            time.sleep(0.05)
        assert main(verb(drawings, out, 8)) == 2
        assert SENTENCE.format(out) in capsys.readouterr().err
        with pytest.raises(BadRequest, match="flat is still being trained; wait for its end, or choose another name."):
            other.start(TrainingSettings(str(drawings), NAME, "flat"))
        assert main(verb(drawings, out.with_name("other"), 8)) == 0, "another folder is free"
        first.kill()
    assert first.returncode != 0 and (out / LOCK).exists()
    assert main(verb(drawings, out, 8)) == 0
    assert (out / "my-lora.safetensors").is_file() and not (out / LOCK).exists()


SLEEP = "import time; print(flush=True); time.sleep(600)"
TRAIN = f"""
import sys
from pathlib import Path
from gdm_studio.training.output_lock import output_lock
with output_lock(Path(sys.argv[1])): {SLEEP}
"""


def test_only_the_process_that_holds_the_lock_is_killed(tmp_path: Path) -> None:
    """Files of an earlier process may contain the id of any process of today."""
    lock = tmp_path / LOCK
    other = subprocess.Popen([sys.executable, "-c", SLEEP])
    training = subprocess.Popen([sys.executable, "-c", TRAIN, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert training.stdout is not None and training.stdout.readline() and is_locked(lock)
        state = json.loads(LiveState("running").to_json()) | {"pid": other.pid}
        (tmp_path / LIVE).write_text(json.dumps(state), "utf-8")
        TrainingRun(tmp_path).wait(0)
        assert other.poll() is None and training.wait(60) != 0
        left = lock.read_bytes()
        assert str(training.pid).encode() in left, "the killed process leaves its lock's file"
        lock.write_bytes(left.replace(str(training.pid).encode(), str(other.pid).encode()))
        TrainingRun(tmp_path).wait(0)
        assert other.poll() is None
    finally:
        for each in (other, training):
            each.kill()
            each.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("status", ["preparing", "paused", ""])
def test_a_process_without_a_step_is_killed_soon(status: str, tmp_path: Path) -> None:
    """It may be loading a model, and has nothing to save. A resumed process finds the status of an earlier one."""
    if status:
        (tmp_path / LIVE).write_bytes(LiveState(status).to_json())
    run = TrainingRun(tmp_path)
    with subprocess.Popen([sys.executable, "-c", TRAIN, str(tmp_path)], stdout=subprocess.PIPE) as training:
        assert training.stdout is not None and training.stdout.readline()
        run.request_stop()
        # The limit is longer than the process lives.
        run.wait(10_000)
        assert training.wait(60) != 0
    assert run.was_interrupted or status == "paused"


@pytest.mark.slow
def test_a_process_that_trains_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PREPARING_SECONDS", 0.1)
    (tmp_path / LIVE).write_bytes(LiveState("running").to_json())
    run = TrainingRun(tmp_path)
    with subprocess.Popen([sys.executable, "-c", TRAIN, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline()
        began = time.monotonic()
        run.wait(0.5)
        assert time.monotonic() - began >= 0.5
        assert process.wait(60) != 0, "it is killed at last"


@pytest.mark.parametrize(
    "stage",
    [
        "words --data HERE --out HERE",
        "lexicon --data HERE --out HERE",
        "recall --data HERE --vae HERE --words HERE --run HERE --out HERE",
        "icons --data NOWHERE --vae NOWHERE --words NOWHERE --out HERE",
        "icons --data NOWHERE --vae NOWHERE --words NOWHERE --out NOWHERE --export HERE",
        "vocabulary --data NOWHERE --model tiny",
        "dictionary --model tiny",
        "unpack --model tiny --out HERE",
        "all --plan laptop --out HERE",
    ],
)
def test_every_stage_locks_what_it_writes(stage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = TinyLibrary().card(NAME).path
    assert path is not None
    here = path.parent
    lock = FileLock.take(here / LOCK)
    assert lock is not None
    before = sorted(here.iterdir())
    places = {"NOWHERE": str(tmp_path / "nowhere"), "HERE": str(here)}
    assert main(["train", *(places.get(word, word) for word in stage.split())]) == 2
    assert SENTENCE.format(here) in capsys.readouterr().err and sorted(here.iterdir()) == before
    lock.release()


def test_all_stages_lock_the_folder_of_each(tmp_path: Path) -> None:
    plan = PLANS["laptop"](Folders(tmp_path))
    (tmp_path / "pictures.done").write_text(json.dumps([plan.size, plan.subset, None]), "utf-8")
    lock = FileLock.take(tmp_path / "words" / LOCK)
    assert lock is not None
    stages = run(plan, tmp_path)
    assert next(stages) == "words"
    with pytest.raises(BadRequest, match="Another training is writing into"):
        next(stages)
    lock.release()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks files on every file system")
def test_a_file_system_without_locks_refuses_nothing(
    drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: Any) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    TinyLibrary()
    monkeypatch.setattr("fcntl.flock", flock)
    assert main(verb(drawings, tmp_path / "out", 8)) == 0
