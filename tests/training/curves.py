"""Every recipe on made-up pictures with small networks, and the loss of each of its steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

from gdm_studio.models.memory import precision
from gdm_studio.models.memory.devices import threads_of
from gdm_studio.networks.convolution import Conv3x3
from gdm_studio.training.evaluation.scorer_training import ScorerRecipe
from gdm_studio.training.icons.autoencoder_recipe import VaeRecipe
from gdm_studio.training.icons.decoder_recipe import DecoderRecipe
from gdm_studio.training.icons.denoiser_recipe import IconsRecipe
from gdm_studio.training.icons.distillation_recipe import FastRecipe
from gdm_studio.training.loop import train
from gdm_studio.training.recipe import Progress, Recipe
from gdm_studio.training.upscaler.recipe import UpscalerRecipe
from tests.training.data.made_up import drawings, write_archives
from tests.training.made_up_pictures import write_pictures, write_words

PREPARED = ("guesses", "paths")  # steps of these phases teach nothing


def recipes(folder: Path, steps: int) -> dict[str, Recipe[Any]]:
    """Return recipes of `steps` steps by name, in the order of their dependencies, with their data in `folder`."""
    data, table = write_pictures(folder / "pictures"), write_words(folder / "words")
    (folder / "npm").mkdir()
    source = write_archives(folder / "npm", drawings())
    vae, run = folder / "icons-vae" / "vae.safetensors", folder / "icons"
    twos: dict[str, Any] = {"data": data, "samples": 2 * steps, "batch": 2, "warmup": 2 * steps // 10}
    fours: dict[str, Any] = {"data": data, "samples": 4 * steps, "batch": 4, "warmup": 4 * steps // 10}
    found: tuple[Recipe[Any], ...] = (
        VaeRecipe(**twos, crop=32, cooldown=steps, threads=1),
        IconsRecipe(
            **fours, vae=vae, words=table, subset="all", cooldown=2 * steps, sheet_minutes=0, threads=1,
            channels=(32, 64), sketch=16, sketch_samples=128 * steps,
        ),
        DecoderRecipe(**twos, vae=vae, words=table, run=run, subset="all", crop=32, threads=1),
        FastRecipe(
            **fours, words=table, run=run, subset="all", paths=16, threads=1, guidance_scale=2.0, temperature=0.8,
        ),
        ScorerRecipe(**fours, cooldown=2 * steps, others=6),
        UpscalerRecipe(**twos, vae=vae, source=source, subset="all", crop=16, cooldown=steps),
    )  # fmt: skip
    return {recipe.name: recipe for recipe in found}


@contextmanager
def as_written() -> Iterator[None]:
    """Use one thread, bf16 networks and torch's convolutions in a `with` block, as version 0.1.0 did on every device.

    Where a processor has no instructions for bf16, its matrix products take several times longer than convolutions.
    """
    with (
        threads_of("CPU · 1 thread"),
        mock.patch.object(precision, "is_fast", return_value=True),
        mock.patch.object(Conv3x3, "SMALL", 0),
    ):
        yield


def curves(folder: Path, steps: int) -> Iterator[tuple[str, list[float]]]:
    """Train every recipe without interruption, and yield (phase, losses) for each of its phases."""
    for name, recipe in recipes(folder, steps).items():
        yield from losses(train(recipe, folder / name)).items()


def trained(recipe: Recipe[Any], out: Path) -> Path:
    """Train the recipe in `out` to the end, and return the path of its product."""
    for _ in train(recipe, out):
        pass
    return out / recipe.product


def losses(steps: Iterator[Progress], most: int | None = None) -> dict[str, list[float]]:
    """Return the losses of the next steps by phase, at most `most`."""
    found: dict[str, list[float]] = defaultdict(list)
    with closing(steps):
        for progress in islice((step for step in steps if step.phase not in PREPARED), most):
            found[progress.phase].append(progress.loss)
    return found
