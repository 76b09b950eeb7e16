"""Training of the denoiser of `icons` to draw from the text alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.models.model_library import Library
from gdm_studio.networks.icons.special_tokens import ANY_STYLE, FIRST_WORD
from gdm_studio.networks.icons.unet import UNet, UNetConfig
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.training.checkpoint import load_checkpoint
from gdm_studio.training.icons import text_drawings, text_recipe
from gdm_studio.training.icons.text_drawings import SILHOUETTE_STYLE, TextDrawings
from gdm_studio.training.icons.text_recipe import DRAWINGS, TextRecipe, grown_unet
from gdm_studio.training.learning_rate_schedule import Deadline, Schedule, TimedSchedule
from gdm_studio.training.loop import LOG, train
from gdm_studio.training.recipe import CHECKPOINT
from tests.helpers.gpu import GPU
from tests.training.curves import trained
from tests.training.made_up_pictures import COLOURS
from tests.training.test_recipes import made, recalling, taught

__all__ = ["made", "recalling", "taught"]


@pytest.fixture(scope="module")
def model(made: Path, recalling: Path) -> Path:
    """Export a small model that has memorised 18 drawings of two styles."""
    told = ("--data", made / "pictures", "--words", made / "words", "--vae", made / "vae" / "vae.safetensors")
    command = ("train", "icons", *told, "--out", recalling, "--export", made / "icons", "--subset", "all")
    assert run([*map(str, command)]) == 0
    return next(path for path in (made / "icons").glob("icons*.safetensors") if path.name.count(".") == 1)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold out some of the few drawings, and write small sheets."""
    monkeypatch.setattr(text_drawings, "OTHER_STYLES", 1)
    monkeypatch.setattr(text_drawings, "HELD_OUT", 0.3)
    monkeypatch.setattr(text_recipe, "SHEET_PROMPTS", 3)


def _recipe(model: Path, **changes: Any) -> TextRecipe:
    recipe = TextRecipe(
        init_model=str(model), size="shipped", poses=1, samples=24, batch=4, warmup=4, cooldown=8, prior_samples=32,
        prior_batch=8, prior_width=16, prior_rows=1, measure=12, threads=1,
    )  # fmt: skip
    return replace(recipe, **changes)


def _figures(out: Path) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in (out / LOG).read_text("utf-8").splitlines()]
    return [line for line in lines if "seen_4_gain" in line]


@pytest.mark.slow
@pytest.mark.parametrize("device", ["cpu", GPU])
def test_a_run_measures_the_text_and_writes_a_sheet(model: Path, tmp_path: Path, device: str) -> None:
    trained(_recipe(model, device=device), tmp_path)
    figures = _figures(tmp_path)
    # Before the first step, in the middle, and at the end, where the interval and the end coincide.
    assert [line["samples"] for line in figures] == [0, 12, 24, 24]
    for line in figures:
        for which in ("seen_10", "seen_4", "unseen_10", "unseen_4"):
            right, shuffled, none = (line[f"{which}_{text}"] for text in ("right", "shuffled", "none"))
            assert min(right, shuffled, none) > 0
            assert line[f"{which}_gain"] == pytest.approx(1 - right / none, abs=1e-4)
    with Image.open(tmp_path / "sheets" / "00000024.png") as sheet:
        assert sheet.height == 128


@pytest.mark.slow
def test_the_prior_network_learns_the_text(model: Path, tmp_path: Path) -> None:
    trained(_recipe(model, poses=0, prior_samples=4_000, prior_batch=40, samples=4, learning_rate=5e-3), tmp_path)
    before, *_, after = _figures(tmp_path)
    assert after["seen_10_right"] < 0.9 * after["seen_10_none"]
    assert after["seen_10_right"] < 0.9 * after["seen_10_shuffled"]
    assert after["seen_10_gain"] > before["seen_10_gain"] + 0.1


@pytest.mark.slow
def test_an_interrupted_run_ends_with_the_same_weights(model: Path, tmp_path: Path) -> None:
    recipe = _recipe(model, measure=0)
    trained(recipe, tmp_path / "whole")
    for stop in (2, 3):
        steps = train(recipe, tmp_path / "parts")
        for progress in steps:
            if progress.phase == ("prior" if stop == 2 else TextRecipe.name) and progress.step == stop:
                break
        steps.close()
    trained(recipe, tmp_path / "parts")
    whole, parts = (load_checkpoint(tmp_path / name / CHECKPOINT) for name in ("whole", "parts"))
    assert whole and parts and whole["seen"] == parts["seen"] == 24
    assert all(map(torch.equal, whole["ema"], parts["ema"]))
    for name, module in whole["modules"].items():
        assert all(torch.equal(weight, parts["modules"][name][key]) for key, weight in module.items())


@pytest.mark.slow
def test_held_out_drawings_are_never_drawn(model: Path, tmp_path: Path) -> None:
    recipe = _recipe(model)
    trained(replace(recipe, samples=4, prior_samples=0, measure=0), tmp_path)
    drawings = TextDrawings.read(tmp_path / DRAWINGS, recipe.drawing_settings)
    assert 0 < drawings.is_held_out.sum() < len(drawings.odds)
    assert drawings.odds[drawings.is_held_out].sum() == 0
    assert drawings.odds.sum() == pytest.approx(1)
    # One further pose of each drawing.
    assert len(drawings.odds) == 36 and drawings.is_original.sum() == 18


@pytest.mark.slow
def test_drawings_of_other_settings_are_refused(model: Path, tmp_path: Path) -> None:
    recipe = _recipe(model, samples=4, prior_samples=0, measure=0)
    trained(recipe, tmp_path)
    (tmp_path / "checkpoint.pt").unlink()
    with pytest.raises(StorageError, match="were created with other settings"):
        trained(replace(recipe, poses=0), tmp_path)
    (tmp_path / DRAWINGS).write_bytes(b"no drawings")
    with pytest.raises(StorageError, match="is damaged"):
        trained(recipe, tmp_path)


@pytest.mark.slow
def test_drafts_are_dropped_and_noised(model: Path, tmp_path: Path) -> None:
    recipe = _recipe(model, batch=2_000)
    list(recipe.prepare(tmp_path))
    training = recipe.model(tmp_path)
    *_, has_draft, level, _, _, _, _, _ = recipe.draw(training, np.random.default_rng(0), 0)
    assert has_draft.float().mean() == pytest.approx(0.5, abs=0.05)
    assert (level > 0).float().mean() == pytest.approx(0.25, abs=0.05)
    assert not (level > 0)[~has_draft].any()


def test_prompts_name_the_drawings(model: Path, tmp_path: Path) -> None:
    recipe = _recipe(model, poses=0)
    list(recipe.prepare(tmp_path))
    training = recipe.model(tmp_path)
    tokenizer = training.networks.tokenizer
    names = {tuple(ids) for ids in training.drawings.prompts[:, 0].tolist()}
    expected = {
        tuple(tokenizer.encode(f"{colour} {shape}", style))
        for colour in COLOURS for shape in ("disc", "bar", "ring") for style in ("flat", "soft")
    }  # fmt: skip
    assert names == expected
    ids = text_recipe.prompt_ids(
        training.drawings, *(torch.tensor([0, 0]), torch.tensor([0, 0]), torch.tensor([True, False]), torch.ones(2) > 0)
    )
    assert ids[0, 1] >= FIRST_WORD
    assert ids[1].tolist() == tokenizer.encode("") and ids[1, 0] == ANY_STYLE


@pytest.mark.slow
def test_the_prior_network_sees_a_share_of_the_drawings(model: Path, tmp_path: Path) -> None:
    recipe = _recipe(model, prior_share=0.5)
    list(recipe.prepare(tmp_path))
    drawings = TextDrawings.read(tmp_path / DRAWINGS, recipe.drawing_settings)
    # All poses of a drawing belong together.
    assert torch.equal(drawings.lots[::2], drawings.lots[1::2]) and 0 < (drawings.lots < 0.5).float().mean() < 1
    x0 = torch.randn(4, 2, 3, 3)
    predicted = x0 + torch.tensor([1.0, 2.0, 3.0, 4.0])[:, None, None, None]
    lots = torch.tensor([0.1, 0.9, 0.2, 0.8])
    # The loss of a batch is the mean of the losses of its parts.
    whole, *parts = (
        float(text_recipe.prior_error(predicted[part], x0[part], lots[part], 0.5))
        for part in (slice(None), slice(2), slice(2, None))
    )
    assert whole == pytest.approx((1 + 9) / 2) == sum(parts) / 2


def test_a_grown_network_draws_as_before(model: Path) -> None:
    torch.manual_seed(0)
    small = UNet(UNetConfig(channels=(32, 64), sketch=16)).eval()
    for weight in small.parameters():
        torch.nn.init.normal_(weight, std=0.05)
    grown = grown_unet(small, (96,), prior_width=8)
    inputs = torch.randn(2, 16, 16, 16), torch.randn(2), torch.randn(2, 5, 192), None, torch.randn(2, 192)
    draft = torch.randn(2, 16, 16, 16)
    with torch.no_grad():
        assert torch.allclose(small(*inputs, draft), grown(*inputs, draft), atol=1e-4)
    # The new level learns from the first step on.
    loss = grown(*inputs, draft).square().mean()
    (slope,) = torch.autograd.grad(loss, [grown.up[1].merges[0].weight])
    assert slope[:, :64].abs().sum() > 0


@pytest.mark.slow
def test_a_time_limit_ends_the_training_with_a_sheet(model: Path, tmp_path: Path) -> None:
    assert run(["train", "icons-text", "--out", str(tmp_path), "--init-model", str(model), "--minutes", "1e-9",
                "--prior-samples", "0", "--measure", "0", "--batch", "2"]) == 0  # fmt: skip
    state = load_checkpoint(tmp_path / CHECKPOINT)
    assert state is not None and state["seen"] == 0
    assert (tmp_path / "sheets" / "00000000.png").exists()


def test_the_rate_falls_with_the_time() -> None:
    now = 0.0
    schedule = TimedSchedule(Schedule(1_000, 0, 100), Deadline(100, lambda: now), 0.4)
    rates = []
    for now in (0.0, 60.0, 80.0, 100.0, 120.0):  # noqa: B007
        rates.append(schedule(10))
    assert rates == pytest.approx([1, 1, 0.5, 0, 0])
    assert Deadline(0, lambda: now).share_left() == 1
    assert schedule.schedule(950) == pytest.approx(0.5)


@pytest.mark.slow
def test_silhouettes_are_a_style_of_their_own() -> None:
    recipe = TextRecipe()
    made = list(text_drawings.create_text_drawings(recipe.shipped, count=60, poses=0, seed=0))[-1]
    assert isinstance(made, TextDrawings) and len(made.latents) == 60
    tokenizer = text_drawings.tokenizer_of(recipe.shipped)
    styles = made.prompts[:, 0, 0]
    assert (styles == tokenizer.styles[SILHOUETTE_STYLE]).any()
    assert SILHOUETTE_STYLE not in recipe.shipped.tokenizer.styles
    # The name of a silhouette is not replaced by the name of a similar drawing.
    assert tokenizer.encode("anteater")[1:] != recipe.shipped.tokenizer.encode("anteater")[1:]
    assert made.latents.float().std() == pytest.approx(1, abs=0.2)


def test_a_model_without_drawings_is_refused(made: Path, taught: Path, tmp_path: Path) -> None:
    told = ("--data", made / "pictures", "--words", made / "words", "--vae", made / "vae" / "vae.safetensors")
    command = ("train", "icons", *told, "--out", taught, "--export", tmp_path / "icons", "--subset", "all")
    assert run([*map(str, command)]) == 0
    plain = next(path for path in (tmp_path / "icons").glob("icons*.safetensors") if path.name.count(".") == 1)
    with pytest.raises(BadRequest, match=f"contains no drawings; choose {BUILT_IN}"):
        trained(_recipe(plain), tmp_path / "run")
    assert Library().card(str(plain)).family == "icons"
