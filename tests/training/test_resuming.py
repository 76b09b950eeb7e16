"""Resumed runs: the options that may change, for every kind of training, and what a finished run says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.cli.train import TRAINED, _load_recipe
from gdm_studio.papers.systems.ddpm import DdpmRecipe
from gdm_studio.training.loop import train
from gdm_studio.training.options import DeclaredOption, options_of
from tests.helpers.tiny_model import NAME, TinyLibrary

# Lengths and the learning rate are used from the restart on; the others do not change the weights. Each is a decision:
# an option that a resumed run would ignore must not be here.
LENGTHS = {"samples", "warmup", "cooldown", "others", "even", "vae_samples", "sketch_samples", "memory_samples"}
LENGTHS |= {"prior_samples", "minutes"}
WITHOUT_EFFECT = {"device", "threads", "measure", "sheet_minutes", "prompts", "title", "layout", "source"}
MAY_CHANGE = {"learning_rate", *LENGTHS, *WITHOUT_EFFECT}
OPTIONS = {name: options_of(_load_recipe(name)) for name in TRAINED}
TINY = ["--samples", "16", "--batch", "8", "--sheet-minutes", "0", "--learning-rate", "0.01"]
COMMANDS = {
    "ddpm": ["--data", "points:grid", "--width", "16", "--widest", "16", "--even", "8", *TINY],
    "lora": ["--images", "drawings", "--base", NAME, *TINY],
    "fine-tune": ["--images", "drawings", "--base", NAME, *TINY],
}


def test_every_option_of_every_training_is_decided() -> None:
    found = {each.name for options in OPTIONS.values() for each in options if each.option.may_change}
    assert found == MAY_CHANGE


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folder with a finished run of each command."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("runs")
        patch.setenv("GDM_STUDIO_HOME", str(folder / "home"))
        patch.chdir(folder)
        TinyLibrary()
        (folder / "drawings").mkdir()
        for name in ("red", "blue", "grey", "tan"):
            Image.new("RGB", (64, 64), name).save(folder / "drawings" / f"{name} disc.png")
        for stage in COMMANDS:
            assert start(stage) == 0
        yield folder


def start(stage: str, *options: str) -> int:
    return run(["train", stage, "--out", stage, *COMMANDS[stage], *options])


def other_value(stage: str, option: DeclaredOption) -> str:
    command = COMMANDS[stage]
    value = command[command.index(option.flag) + 1] if option.flag in command else option.default
    if option.option.choices:
        return next(each for each in option.option.choices if each != value)
    if option.kind in (str, Path):
        return f"{value or ''}x"
    if option.kind is float:
        return str(float(value) / 2 or option.option.high / 2)
    # Fewer samples are trained, too.
    smaller = max(round(option.option.low), int(value) // 2)
    return str(smaller if smaller < int(value) else int(value) + 1)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file() and each.suffix != ".lock"}


@pytest.mark.parametrize(
    ("stage", "option"),
    # Another title or layout names another product, which is written.
    [
        pytest.param(stage, each, id=f"{stage}{each.flag}")
        for stage in COMMANDS
        for each in OPTIONS[stage]
        if each.name not in ("title", "layout", "device")
    ],
)
def test_a_finished_run_that_is_started_again_says_so_or_refuses_other_settings(
    finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stage: str, option: Any
) -> None:
    monkeypatch.chdir(finished)
    before = contents(finished / stage)
    status = start(stage, option.flag, other_value(stage, option))
    error = capsys.readouterr().err
    if option.name in MAY_CHANGE:
        total = 24 if stage == "ddpm" else 16
        assert status == 0
        assert f"{stage} is finished: all {total} samples are trained; raise --samples, or choose" in error
    else:
        assert status == 2 and f"has other settings ({option.name}: " in error
    assert contents(finished / stage) == before


def test_more_samples_are_trained(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished)
    assert start("ddpm", "--samples", "32") == 0
    assert torch.load(finished / "ddpm" / "checkpoint.pt", weights_only=True)["seen"] == 32


def test_an_unfinished_run_uses_and_records_another_learning_rate(tmp_path: Path) -> None:
    recipe = DdpmRecipe(data=Path("points:grid"), width=16, widest=16, even=0, samples=32, batch=8, learning_rate=0.01)
    weights = []
    for name, rate in (("same", 0.01), ("other", 0.02)):
        with closing(train(recipe, tmp_path / name)) as steps:
            list(islice(steps, 2))
        list(train(replace(recipe, learning_rate=rate), tmp_path / name))
        state = torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)
        weights.append(torch.cat([each.flatten() for each in state["ema"]]))
    assert not torch.equal(*weights)
    log = [json.loads(line) for line in (tmp_path / "other" / "log.jsonl").read_text().splitlines()]
    starts = [(line["seen"], line["learning_rate"]) for line in log if "learning_rate" in line]
    assert starts == [(0, 0.01), (16, 0.02)]
