"""Training pairs in random poses, and the recipe that trains the denoiser of `icons` on them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.cli.main import run
from gdm_studio.models.straight_alpha import to_premultiplied
from gdm_studio.training.checkpoint import load_checkpoint
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.training.icons import autoencoder_training, pose_augmented_pairs
from gdm_studio.training.icons.distillation_recipe import FastRecipe
from gdm_studio.training.icons.networks import IconsNetworks, load_averaged
from gdm_studio.training.icons.pose_augmented_pairs import PosedDrawings, pose_drawings
from gdm_studio.training.icons.posed_drafts_recipe import PosedRecipe
from gdm_studio.training.loop import train
from tests.training.curves import trained
from tests.training.made_up_pictures import COLOURS
from tests.training.test_recipes import made, recalling, taught

__all__ = ["made", "recalling", "taught"]

PAIRS = 48


def _posed(made: Path, networks: IconsNetworks, *, seed: int = 0, pictures: Path | None = None) -> PosedDrawings:
    vae = autoencoder_training.load(made / "vae" / "vae.safetensors")
    opened = open_pictures(pictures or made / "pictures")
    return pose_drawings(networks, vae, opened, subset="all", count=PAIRS, seed=seed)


def _recipe(made: Path, init: Path) -> PosedRecipe:
    files = {"data": made / "pictures", "vae": made / "vae" / "vae.safetensors", "words": made / "words"}
    return PosedRecipe(init=init, subset="all", pairs=16, samples=16, batch=4, warmup=4, cooldown=8, threads=1, **files)


@pytest.mark.slow
def test_a_draft_has_the_pose_and_the_colours_of_its_drawing(made: Path, recalling: Path) -> None:
    networks, _ = load_averaged(recalling, made / "words")
    pairs = _posed(made, networks)
    assert len(pairs) == PAIRS and len(pairs.prompts) == PAIRS

    def distance(drafts: torch.Tensor) -> float:
        return float((drafts.float() - pairs.latents.float()).square().mean())

    # Each drawing was posed several times, so a draft of another pair often shows the same thing in another pose.
    assert distance(pairs.drafts) < 0.5 * distance(pairs.drafts.roll(1, 0))


@pytest.mark.slow
def test_a_draft_that_is_its_drawing_stays_so_in_every_pose_colour_and_collage(
    made: Path, recalling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks, _ = load_averaged(recalling, made / "words")
    opened = open_pictures(made / "pictures")
    last: list[np.ndarray] = []
    shift = pose_augmented_pairs._PairMaker._shift_components

    def shifted(maker: Any, picked: np.ndarray, *given: Any) -> torch.Tensor:
        last[:] = [maker.images[picked]]
        return shift(maker, picked, *given)

    class Pixels:
        """Autoencoder whose latents are the pixels, and which decodes the drawings themselves."""

        def to(self, device: Any) -> Pixels:
            return self

        def decode(self, latents: torch.Tensor) -> torch.Tensor:
            return to_premultiplied(torch.from_numpy(opened.rgba(last[0])))

        def encode(self, pixels: torch.Tensor) -> torch.Tensor:
            return pixels

    monkeypatch.setattr(pose_augmented_pairs._PairMaker, "_shift_components", shifted)
    # The names of the made-up pictures are colours, which would stay.
    monkeypatch.setattr(pose_augmented_pairs, "FIXED_COLOURS", frozenset())
    pixels: Any = Pixels()
    pairs = pose_drawings(networks, pixels, opened, subset="all", count=PAIRS, seed=0)
    assert torch.equal(pairs.drafts, pairs.latents)
    drawings = to_premultiplied(torch.from_numpy(opened.rgba(np.arange(opened.count)))).half()
    is_changed = [not (pair == drawings).flatten(1).all(dim=1).any() for pair in pairs.latents]
    assert sum(is_changed) > 0.8 * PAIRS


@pytest.mark.slow
def test_the_drawings_have_the_colours_of_their_prompts(made: Path, recalling: Path) -> None:
    networks, _ = load_averaged(recalling, made / "words")
    pairs = _posed(made, networks)
    with torch.no_grad():
        decoded = autoencoder_training.load(made / "vae" / "vae.safetensors").decode(pairs.latents.float())
    amounts = decoded[:, :3].mean((2, 3))
    amounts = amounts - amounts.mean(0)
    requested = torch.tensor([networks.tokenizer.encode(colour)[1] for colour in COLOURS])
    is_requested = (pairs.prompts[:, :, None] == requested).any(1)
    # A picture of two things has two colours.
    is_single = is_requested.sum(1) == 1
    right = amounts[is_single].argmax(1) == is_requested[is_single].float().argmax(1)
    assert right.float().mean() > 0.8


@pytest.mark.slow
def test_recoloured_drawings_are_posed_if_their_style_has_no_others(
    made: Path, recalling: Path, tmp_path: Path
) -> None:
    networks, _ = load_averaged(recalling, made / "words")
    pictures = tmp_path / "pictures"
    shutil.copytree(made / "pictures", pictures)
    manifest = pictures / "manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]
    changed = [
        row | {"tint": row["colour"]} if row["style"] == "soft" or "ring" in row["name"] else row for row in rows
    ]
    manifest.write_text("".join(json.dumps(row) + "\n" for row in changed), "utf-8")
    prompts = _posed(made, networks, pictures=pictures).prompts
    ring = networks.tokenizer.encode("ring")[1]
    is_ring = (prompts == ring).any(1)
    flat, soft = (prompts[:, 0] == networks.tokenizer.styles[style] for style in ("flat", "soft"))
    assert soft.any() and (soft & is_ring).any()
    assert flat.any() and not (flat & is_ring).any()


@pytest.mark.slow
def test_pairs_depend_on_the_seed_alone(made: Path, recalling: Path) -> None:
    networks, _ = load_averaged(recalling, made / "words")
    first, again, other = (_posed(made, networks, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(first.drafts, again.drafts) and torch.equal(first.prompts, again.prompts)
    assert not torch.equal(first.latents, other.latents)


@pytest.mark.slow
def test_only_the_denoiser_learns_from_posed_drawings(made: Path, recalling: Path, tmp_path: Path) -> None:
    trained(_recipe(made, recalling), tmp_path / "posed")
    before, _ = load_averaged(recalling, made / "words")
    after, _ = load_averaged(tmp_path / "posed", made / "words")
    assert after.prototypes is not None and before.prototypes is not None
    assert torch.equal(after.prototypes.components, before.prototypes.components)
    for (name, old), new in zip(before.unet.named_parameters(), after.unet.parameters(), strict=True):
        assert torch.equal(old, new) == name.startswith("sketch."), name
    assert all(map(torch.equal, before.text.parameters(), after.text.parameters()))


@pytest.mark.slow
def test_an_interrupted_run_ends_with_the_same_weights(made: Path, recalling: Path, tmp_path: Path) -> None:
    recipe = _recipe(made, recalling)
    trained(recipe, tmp_path / "whole")
    steps = train(recipe, tmp_path / "parts")
    next(steps)
    steps.close()
    trained(recipe, tmp_path / "parts")
    whole, parts = (load_averaged(tmp_path / name, made / "words")[0] for name in ("whole", "parts"))
    assert all(map(torch.equal, whole.unet.parameters(), parts.unet.parameters()))


@pytest.mark.slow
def test_a_student_learns_from_posed_drafts(made: Path, recalling: Path, tmp_path: Path) -> None:
    recipe = FastRecipe(
        data=made / "pictures", words=made / "words", run=recalling, vae=made / "vae" / "vae.safetensors", subset="all",
        paths=8, samples=8, batch=4, warmup=4, substeps=2, threads=1,
    )  # fmt: skip
    trained(recipe, tmp_path / "fast")
    drawn = load_checkpoint(tmp_path / "fast" / "paths.pt")
    networks, _ = load_averaged(recalling, made / "words")
    vae = autoencoder_training.load(made / "vae" / "vae.safetensors")
    pairs = pose_drawings(networks, vae, open_pictures(made / "pictures"), subset="all", count=8, seed=recipe.seed)
    assert drawn is not None and torch.equal(drawn["drafts"], pairs.drafts) and torch.equal(drawn["ids"], pairs.prompts)


def test_a_run_without_memorised_drawings_is_refused(
    made: Path, taught: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _recipe(made, taught)
    files = {"--data": recipe.data, "--vae": recipe.vae, "--words": recipe.words, "--init": taught}
    told = [str(part) for pair in files.items() for part in pair]
    assert run(["train", "icons-posed", *told, "--out", str(tmp_path / "posed")]) == 2
    assert "has no memorised drawings" in capsys.readouterr().err
