"""The training loop and its parts, with networks of a few numbers."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gdm_studio.common.errors import StorageError
from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.ema import Ema
from gdm_studio.training.learning_rate_schedule import Schedule, normal, step_rng
from gdm_studio.training.log import IntervalTimer, Log
from gdm_studio.training.loop import train
from gdm_studio.training.recipe import Objective, Recipe


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


def test_a_postponed_timer_lets_a_longer_interval_pass() -> None:
    times = iter([0, 12, 12, 50, 109, 110, 110, 115, 124, 125, 125])
    timer = IntervalTimer(10, clock=lambda: next(times))
    assert timer.restart_if_due()
    timer.postpone(60)
    assert [timer.restart_if_due(), timer.restart_if_due()] == [False, True]
    timer.postpone(1)
    assert [timer.restart_if_due(), timer.restart_if_due()] == [False, True], (
        "a shorter time does not shorten the interval"
    )


def test_every_is_due_once_an_interval() -> None:
    times = iter([0.0, 3.0, 10.0, 10.0, 12.0, 21.0, 21.0])
    every = IntervalTimer(10, clock=lambda: next(times))
    assert [every.restart_if_due() for _ in range(4)] == [False, True, False, True]


def test_log_appends_json_lines(tmp_path: Path) -> None:
    said: list[str] = []
    Log(tmp_path / "a" / "log.jsonl", said.append).write(step=1, loss=0.123456789)
    Log(tmp_path / "a" / "log.jsonl", said.append).write(step=2, note="x")
    assert said == (tmp_path / "a" / "log.jsonl").read_text().splitlines()
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
    with pytest.raises(StorageError, match="delete it"):
        load_checkpoint(tmp_path / "c.pt")


def test_every_damage_of_a_checkpoint_is_found(tmp_path: Path) -> None:
    file = tmp_path / "c.pt"
    state = {"w": torch.arange(5000.0), "optimizers": [{"step": 3}], "ema": None, "name": "x" * 50}
    chance = np.random.default_rng(61)
    for with_digest in (True, False):
        if with_digest:
            save_checkpoint(file, state)
        else:
            torch.save(state, file)
        whole = file.read_bytes()
        remarks: list[str] = []
        found = load_checkpoint(file, remarks.append)
        assert found is not None and torch.equal(found["w"], state["w"])
        assert len(remarks) == (0 if with_digest else 1)
        # Any tool for torch files still reads it.
        assert torch.load(file, weights_only=True)["name"] == state["name"]
        silent = 0
        for at in chance.choice(len(whole), 300, replace=False):
            broken = bytearray(whole)
            broken[at] ^= 1 << int(chance.integers(8))
            file.write_bytes(broken)
            try:
                load_checkpoint(file)
                silent += 1
            except StorageError as error:
                assert "delete it to start again" in str(error)
        # Without a digest, damage of padding, dates and the like is not seen; zip checksums protect all numbers.
        assert silent == 0 if with_digest else silent < 30
        for length in (0, 1, 100, len(whole) // 2, len(whole) - 1):
            file.write_bytes(whole[:length])
            with pytest.raises(StorageError, match="damaged"):
                load_checkpoint(file)
    torch.save([1, 2], file)
    with pytest.raises(StorageError, match="damaged"):
        load_checkpoint(file)


def test_a_checkpoint_that_may_not_be_read_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path / "c.pt", {"step": 1})

    def refuse(*args: object, **options: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StorageError, match="permission is missing"):
        load_checkpoint(tmp_path / "c.pt")


class FullDisk:
    """Disk of a folder that is full while `is_full` is set. Files get their first byte, and then no other."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = False
        real = open

        def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            is_here = isinstance(file, str | Path) and folder in Path(file).parents
            if self.is_full and is_here and {*"wxa+"} & {*mode}:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
            return real(file, mode, *args, **options)

        monkeypatch.setattr("builtins.open", opened)
        monkeypatch.setattr("io.open", opened)
        monkeypatch.setattr(Path, "open", lambda path, mode="r", *args, **options: opened(path, mode, *args, **options))


def test_a_log_that_cannot_be_written_ends_no_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FullDisk(tmp_path, monkeypatch)
    said: list[str] = []
    log = Log(tmp_path / "log.jsonl", said.append)
    for step in range(5):
        disk.is_full = step in (1, 2)
        log.write(step=step)
    notes = [json.loads(line)["note"] for line in said if "note" in line]
    assert notes == [f"The log is not written. The disk of {tmp_path} is full; free some space, then try again."]
    written = [json.loads(line)["step"] for line in (tmp_path / "log.jsonl").read_text().splitlines() if line]
    assert written == [0, 3, 4]

    def refuse(line: str) -> None:
        raise OSError(errno.ENOSPC, "the standard output is on a full disk")

    Log(tmp_path / "log.jsonl", refuse).write(step=5)


def test_a_full_disk_pauses_the_training_with_its_folder_and_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(tmp_path, monkeypatch)

    class OftenSaved(Adversaries):
        save_seconds = 1e-9

    recipe = OftenSaved()
    with pytest.raises(StorageError) as raised:
        for progress in train(recipe, tmp_path):
            disk.is_full = progress.step >= 2
    assert str(raised.value) == (
        f"The disk of {tmp_path} is full; free some space, then try again; training is paused at step 3, and resumes "
        "from step 2."
    )
    disk.is_full = False
    assert next(train(recipe, tmp_path)).step == 3


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.geteuid() != 0, reason="needs a tmpfs")
def test_torch_hides_no_full_disk(tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", tmp_path], capture_output=True).returncode:
        pytest.skip("no tmpfs can be mounted here")
    try:
        with pytest.raises(StorageError, match=f"The disk of {tmp_path} is full"):
            save_checkpoint(tmp_path / "c.pt", {"w": torch.zeros(2_000_000)})
        assert not [*tmp_path.iterdir()]
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_kill_while_saving_leaves_a_whole_checkpoint(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.pt", {"step": 0})
    program = (
        "import sys, torch; from pathlib import Path; from gdm_studio.training.checkpoint import save_checkpoint\n"
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


class Pair(nn.Module):
    """Two adversaries: what makes numbers of noise, with dropout, and what tells them from the true ones."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5), nn.Linear(8, 1))
        self.discriminator = nn.Linear(1, 1)


@dataclass(frozen=True, kw_only=True)
class Adversaries(Recipe[Pair]):
    """Two objectives, each with an optimizer and parameters of its own."""

    name: ClassVar[str] = "adversaries"

    samples: int = 24
    batch: int = 4
    learning_rate: float = 0.1
    warmup: int = 0
    wide: bool = False  # has nothing to do but to be another kind

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, 0)

    def model(self, out: Path) -> Pair:
        return Pair()

    def modules(self, model: Pair) -> dict[str, nn.Module]:
        return {"pair": model}

    def fixed_settings(self, model: Pair) -> dict[str, object]:
        return {"sizes": {"wide": self.wide}}

    def objectives(self, model: Pair) -> Sequence[Objective]:
        def tells(true: Tensor, noise: Tensor) -> Tensor:
            made = model.generator(noise).detach()
            return (model.discriminator(made) - model.discriminator(true)).mean()

        def fools(true: Tensor, noise: Tensor) -> Tensor:
            return -model.discriminator(model.generator(noise)).mean()

        found = []
        for name, loss, network in (("tells", tells, model.discriminator), ("fools", fools, model.generator)):
            parameters = list(network.parameters())
            found.append(Objective(name, loss, parameters, [torch.optim.Adam(parameters)]))
        return found

    def draw(self, model: Pair, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return normal(rng, self.batch, 1), normal(rng, self.batch, 2)

    def finish(self, model: Pair, out: Path, seen: int) -> None:
        (out / "made").write_text(str(seen))


def kept(out: Path) -> dict[str, object]:
    state = load_checkpoint(out / "checkpoint.pt")
    assert state is not None
    return state


def test_adversaries_learn_in_turns_and_go_on_to_the_same_bits_with_dropout(tmp_path: Path) -> None:
    whole = list(train(Adversaries(), tmp_path / "whole"))
    assert [step.seen for step in whole] == [4, 8, 12, 16, 20, 24]
    assert all(step.losses.keys() == {"tells", "fools"} for step in whole)
    with closing(train(Adversaries(), tmp_path / "parts")) as steps:
        first = [next(steps), next(steps)]
    assert not (tmp_path / "parts" / "made").exists()
    rest = list(train(Adversaries(), tmp_path / "parts"))
    assert [step.losses for step in first + rest] == [step.losses for step in whole]
    states = [kept(tmp_path / name) for name in ("whole", "parts")]
    assert all(torch.equal(states[0]["modules"]["pair"][name], value)
               for name, value in states[1]["modules"]["pair"].items())  # fmt: skip
    assert (tmp_path / "parts" / "made").read_text() == "24"


def test_an_objective_moves_its_own_parameters_only(tmp_path: Path) -> None:
    class OnlyOne(Adversaries):
        def objectives(self, model: Pair) -> Sequence[Objective]:
            return super().objectives(model)[:1]

    list(train(replace(OnlyOne(), samples=0), tmp_path / "before"))
    list(train(OnlyOne(), tmp_path / "after"))
    before, after = (kept(tmp_path / name)["modules"]["pair"] for name in ("before", "after"))
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert moved == {"discriminator.weight"}  # the bias cancels in the loss


def test_a_step_has_the_rate_of_its_samples_a_clipped_gradient_and_randomness_of_its_own(tmp_path: Path) -> None:
    weights, drawn = [], []

    class Steep(Adversaries):
        def objectives(self, model: Pair) -> Sequence[Objective]:
            weight = model.discriminator.weight

            def loss(true: Tensor, noise: Tensor) -> Tensor:
                weights.append(weight.item())
                drawn.append(float(torch.rand(())))
                return 1000 * weight.sum()

            return [Objective("steep", loss, [weight], [torch.optim.SGD([weight])])]

    list(train(Steep(warmup=16), tmp_path))
    moved = [before - after for before, after in pairwise(weights)]
    assert moved == pytest.approx([0.1 * rate for rate in (1 / 16, 5 / 16, 9 / 16, 13 / 16, 1)], rel=1e-4)
    assert len(set(drawn)) == 6


def test_a_clipped_gradient_keeps_its_direction(tmp_path: Path) -> None:
    """The norm over all parameters together is at most 1 (Pascanu et al. 2013, algorithm 1), and smaller ones stay."""
    seen = []

    class Steep(Adversaries):
        def objectives(self, model: Pair) -> Sequence[Objective]:
            layer = model.discriminator

            def loss(true: Tensor, noise: Tensor) -> Tensor:
                seen.append((layer.weight.item(), layer.bias.item()))
                size = (1000, 0.5)[(len(seen) - 1) % 2]
                return size * (3 * layer.weight.sum() + 4 * layer.bias.sum()) / 5

            parameters = list(layer.parameters())
            return [Objective("steep", loss, parameters, [torch.optim.SGD(parameters)])]

    list(train(Steep(samples=12), tmp_path))
    moved = np.array(seen[0]) - np.array(seen[1]), np.array(seen[1]) - np.array(seen[2])
    assert moved[0] == pytest.approx(np.array([0.06, 0.08]), rel=1e-4)
    assert moved[1] == pytest.approx(np.array([0.03, 0.04]), rel=1e-4)


@dataclass(frozen=True, kw_only=True)
class Averaged(Recipe[nn.Linear]):
    """Recipe with an average of three weights, which notes the weights that each of its methods meets."""

    name: ClassVar[str] = "averaged"
    sheet_seconds: ClassVar[float] = 1e-9  # type: ignore[assignment]
    starts_with_sheet: ClassVar[bool] = True
    measure_samples: ClassVar[int] = 40  # type: ignore[assignment]

    samples: int = 400
    batch: int = 4
    learning_rate: float = 0.1
    warmup: int = 0

    @cached_property
    def met(self) -> list[tuple[str, np.ndarray]]:
        """The weights that each method has met, in turn."""
        return []

    def note(self, where: str, model: nn.Linear) -> None:
        self.met.append((where, model.weight[0].detach().numpy().copy()))

    def model(self, out: Path) -> nn.Linear:
        return nn.Linear(3, 1, bias=False)

    def modules(self, model: nn.Linear) -> dict[str, nn.Module]:
        return {"linear": model}

    def initialise(self, model: nn.Linear) -> int:
        return 123

    def average(self, model: nn.Linear) -> Ema:
        return Ema(list(model.parameters()), halflife=10)

    def objectives(self, model: nn.Linear) -> Sequence[Objective]:
        def loss(x: Tensor) -> Tensor:
            self.note("training", model)
            return (model(x) - 1).square().mean()

        parameters = list(model.parameters())
        return [Objective("loss", loss, parameters, [torch.optim.SGD(parameters)])]

    def draw(self, model: nn.Linear, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return (normal(rng, self.batch, 3),)

    def figures(self, model: nn.Linear) -> dict[str, float]:
        self.note("figures", model)
        return {"size": model.weight.norm().item()}

    def paired_errors(self, model: nn.Linear) -> None:
        self.note("pairs", model)

    def write_sheet(self, model: nn.Linear, out: Path, seen: int) -> None:
        self.note("sheet", model)

    def finish(self, model: nn.Linear, out: Path, seen: int) -> None:
        self.note("finish", model)


def test_everything_but_the_training_meets_the_averaged_weights(tmp_path: Path) -> None:
    """a ← ½^(B/h)·a + (1 − ½^(B/h))·w after each step of B samples, where h is at most a twentieth of the samples so
    far (Karras et al. 2022, training code)."""
    whole, parts = Averaged(), Averaged()
    list(train(whole, tmp_path / "whole"))
    with closing(train(parts, tmp_path / "parts")) as steps:
        list(islice(steps, 30))
    list(train(parts, tmp_path / "parts"))
    states: list[Any] = [kept(tmp_path / name) for name in ("whole", "parts")]
    assert [state["before"] for state in states] == [123, 123], "the samples of the initial weights"
    final = states[0]["modules"]["linear"]["weight"][0].numpy()
    for recipe in (whole, parts):
        weights = [met for where, met in recipe.met if where == "training"]
        assert len(weights) == 100
        averages = [weights[0]]
        for step, after in enumerate([*weights[1:], final], start=1):
            keep = 0.5 ** (4 / min(10, 0.05 * 4 * step))
            averages.append(keep * averages[-1] + (1 - keep) * after)
        assert np.abs(averages[100] - final).max() > 1e-3, "the average differs"
        steps_taken, seen = 0, set()
        for where, met in recipe.met:
            if where == "training":
                steps_taken += 1
                continue
            seen.add(where)
            assert met == pytest.approx(averages[steps_taken], abs=1e-5), f"{where} after {steps_taken} steps"
        assert seen == {"figures", "pairs", "sheet", "finish"}
    one, other = ([*state["ema"], *state["modules"]["linear"].values()] for state in states)
    assert all(map(torch.equal, one, other))


def test_a_stopped_run_writes_what_it_has_and_begins_anew_where_it_is_not_to_resume(tmp_path: Path) -> None:
    assert list(islice(train(Adversaries(), tmp_path, should_stop=lambda: True), 5)) == []
    assert not (tmp_path / "made").exists() and load_checkpoint(tmp_path / "checkpoint.pt") is None
    heard = iter([False, False, False, True, True, True])
    assert len(list(train(Adversaries(), tmp_path, should_stop=lambda: next(heard)))) == 2
    assert (tmp_path / "made").read_text() == "8" and kept(tmp_path)["step"] == 2
    assert next(train(Adversaries(), tmp_path, resume=False)).step == 1


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    list(train(Adversaries(), tmp_path))
    longer = Adversaries(samples=48)
    with pytest.raises(StorageError, match="wide: False, now True"):
        next(train(replace(longer, wide=True), tmp_path))

    class Others(Adversaries):
        name: ClassVar[str] = "others"

    with pytest.raises(StorageError, match="recipe: adversaries, now others"):
        next(train(Others(), tmp_path))
    torch.save(kept(tmp_path) | {"optimizers": []}, tmp_path / "checkpoint.pt")
    with pytest.raises(StorageError, match="does not fit"):
        next(train(longer, tmp_path))
