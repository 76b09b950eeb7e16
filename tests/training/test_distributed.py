"""Training in two processes of `torchrun`: the losses and weights of one process, files written once."""

from __future__ import annotations

import json
import os
from contextlib import closing
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import torch

from gdm_studio.training import distributed
from gdm_studio.training.checkpoint import load_checkpoint
from gdm_studio.training.loop import train
from tests.drills.home import forked
from tests.helpers.ports import own_port
from tests.training.test_loop import Adversaries, Pair

pytestmark = pytest.mark.slow

# Modules that are imported once for all processes. Torch's optimizers import its compiler, which takes seconds.
MODULES = ("tests.training.test_distributed", "torch._dynamo")


class Smooth(Adversaries):
    """Adversaries without dropout, whose masks would depend on the part of a batch."""

    def model(self, out: Path) -> Pair:
        pair = super().model(out)
        pair.generator[1] = torch.nn.Identity()
        return pair


def in_processes(count: int, out: Path, steps: int, batch: int) -> list[list[list[float]]]:
    """Take `steps` steps in several processes, and return the losses that each of them reports."""
    shared = {"WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(own_port())}
    context = forked(*MODULES)
    processes, found = [], []
    for rank in range(count):
        receiver, sender = context.Pipe(duplex=False)
        environment = shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)}
        process = context.Process(target=take_steps, args=(environment, out, steps, batch, sender), daemon=True)
        process.start()
        sender.close()
        processes.append((process, receiver))
    for process, receiver in processes:
        assert receiver.poll(200), "a process hangs"
        found.append(receiver.recv())
        process.join()
        assert process.exitcode == 0
    return found


def take_steps(environment: dict[str, str], out: Path, steps: int, batch: int, losses: Connection) -> None:
    """Take `steps` steps of a recipe as one of several processes, and send the losses."""
    os.environ.update(environment)
    with distributed.process_group("cpu"), closing(train(Smooth(batch=batch), out)) as progress:
        losses.send([[float(loss) for loss in step.losses.values()] for step in islice(progress, steps)])


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
