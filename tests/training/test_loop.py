import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gdm_studio.errors import StorageError
from gdm_studio.training.loop import Every, Log, Schedule, load_checkpoint, normal, save_checkpoint, step_rng


def test_schedule_warms_up_holds_and_cools_to_zero() -> None:
    schedule = Schedule(samples=1000, warmup=100, cooldown=200)
    assert schedule(0) == pytest.approx(0.01)
    assert [schedule(seen) for seen in (100, 500, 800)] == [1, 1, 1]
    assert schedule(900) == pytest.approx(0.5)
    assert schedule(1000) == 0


def test_randomness_is_keyed_by_seed_and_step() -> None:
    assert torch.equal(normal(step_rng(1, 5), 3, 2), normal(step_rng(1, 5), 3, 2))
    assert not torch.equal(normal(step_rng(1, 5), 3, 2), normal(step_rng(1, 6), 3, 2))
    assert not torch.equal(normal(step_rng(1, 5), 3, 2), normal(step_rng(2, 5), 3, 2))
    assert abs(float(normal(step_rng(0, 0), 10_000).std()) - 1) < 0.05


def test_every_is_due_once_an_interval() -> None:
    times = iter([0.0, 3.0, 10.0, 10.0, 12.0, 21.0, 21.0])
    every = Every(10, clock=lambda: next(times))
    assert [every.due() for _ in range(4)] == [False, True, False, True]


def test_log_appends_json_lines(tmp_path: Path) -> None:
    Log(tmp_path / "a" / "log.jsonl").write(step=1, loss=0.123456789)
    Log(tmp_path / "a" / "log.jsonl").write(step=2, note="x")
    lines = [json.loads(line) for line in (tmp_path / "a" / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2]
    assert lines[0]["loss"] == 0.12346


def test_checkpoints_come_back(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path / "c.pt") is None
    save_checkpoint(tmp_path / "c.pt", {"w": torch.arange(3), "step": 7})
    state = load_checkpoint(tmp_path / "c.pt")
    assert state is not None
    assert state["step"] == 7 and state["w"].tolist() == [0, 1, 2]
    assert [path.name for path in tmp_path.iterdir()] == ["c.pt"]


def test_a_damaged_checkpoint_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "c.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(StorageError, match="remove it"):
        load_checkpoint(tmp_path / "c.pt")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_kill_while_saving_leaves_a_whole_checkpoint(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.pt", {"step": 0})
    program = (
        "import sys, torch; from pathlib import Path; from gdm_studio.training.loop import save_checkpoint\n"
        "weights = torch.zeros(2_000_000); step = 0\n"
        "while True:\n"
        "    step += 1; save_checkpoint(Path(sys.argv[1]), {'w': weights, 'step': step}); print(step, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "c.pt")], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    state = load_checkpoint(tmp_path / "c.pt")
    assert state is not None
    assert state["step"] >= 3 and len(state["w"]) == 2_000_000

