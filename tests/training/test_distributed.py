"""Training in two processes of `torchrun`: the losses and weights of one process, files written once."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
import torch

from gdm_studio.training.checkpoint import load_checkpoint
from gdm_studio.training.loop import train
from tests.training.test_loop import Adversaries, Pair

pytestmark = pytest.mark.slow

# Runs `steps` steps of a recipe, and prints the losses as JSON.
PROGRAM = """
import json, sys
from contextlib import closing
from itertools import islice
from pathlib import Path
from gdm_studio.training import distributed
from gdm_studio.training.loop import train
from tests.training.test_distributed import Smooth

with distributed.process_group("cpu"), closing(train(Smooth(batch=int(sys.argv[3])), Path(sys.argv[1]))) as steps:
    losses = [[float(loss) for loss in step.losses.values()] for step in islice(steps, int(sys.argv[2]))]
print(json.dumps({"first": distributed.is_first(), "losses": losses}))
"""


class Smooth(Adversaries):
    """Adversaries without dropout, whose masks would depend on the part of a batch."""

    def model(self, out: Path) -> Pair:
        pair = super().model(out)
        pair.generator[1] = torch.nn.Identity()
        return pair


def in_processes(count: int, out: Path, steps: int, batch: int) -> list[list[list[float]]]:
    """Take `steps` steps in several processes, and return the losses that each of them reports."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    root = Path(__file__).parent.parent.parent
    path = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(out), str(steps), str(batch)],
            env=os.environ | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank), "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            cwd=root,
        )
        for rank in range(count)
    ]
    outputs = [process.communicate(timeout=200)[0] for process in running]
    assert [process.returncode for process in running] == [0] * count
    return [json.loads(output)["losses"] for output in outputs]


# A batch of one row leaves the second process without work.
@pytest.mark.parametrize("batch", [3, 1])
def test_two_processes_have_the_losses_and_weights_of_one(tmp_path: Path, batch: int) -> None:
    recipe = Smooth(batch=batch)
    whole = list(train(recipe, tmp_path / "one"))
    expected = [[float(loss) for loss in step.losses.values()] for step in whole]
    first, second = in_processes(2, tmp_path / "two", len(whole), batch)
    assert len(first) == len(expected) == 24 // batch
    torch.testing.assert_close(torch.tensor(first), torch.tensor(expected), rtol=1e-5, atol=1e-6)
    assert first == second
    states = [load_checkpoint(tmp_path / name / "checkpoint.pt") for name in ("one", "two")]
    assert states[0] is not None and states[1] is not None
    found, wanted = (state["modules"]["pair"] for state in (states[1], states[0]))
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-6)
    assert states[1]["seen"] == states[0]["seen"] == 24
    lines = [json.loads(line) for line in (tmp_path / "two" / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "recipe" in line] == [0]


def test_a_run_resumes_in_another_number_of_processes(tmp_path: Path) -> None:
    expected = [[float(loss) for loss in step.losses.values()] for step in train(Smooth(), tmp_path / "whole")]
    out = tmp_path / "parts"
    with closing(train(Smooth(), out)) as steps:
        found = [[float(loss) for loss in step.losses.values()] for step in islice(steps, 2)]
    found += in_processes(2, out, 2, 4)[0]
    found += [[float(loss) for loss in step.losses.values()] for step in train(Smooth(), out)]
    torch.testing.assert_close(torch.tensor(found), torch.tensor(expected), rtol=1e-5, atol=1e-6)
    assert (out / "made").read_text() == "24"
