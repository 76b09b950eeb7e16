"""Complete training of the built-in model, which runs all stages in order and skips finished ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gdm_studio.common.atomic_files import write
from gdm_studio.training.data.build import BuildConfig, build
from gdm_studio.training.icons import autoencoder_training, export
from gdm_studio.training.icons.autoencoder_recipe import VaeRecipe
from gdm_studio.training.icons.decoder_recipe import DecoderRecipe
from gdm_studio.training.icons.denoiser_recipe import IconsRecipe
from gdm_studio.training.icons.distillation_recipe import FastRecipe
from gdm_studio.training.loop import FinishedRun, train
from gdm_studio.training.output_lock import output_lock
from gdm_studio.training.recipe import Recipe
from gdm_studio.training.table_builders import (
    attribution_index,
    lexicon,
    name_index,
    rare_training_images,
    silhouettes,
    suggestions,
    translation_dictionary,
    vocabulary,
    word_table,
)


class Folders:
    """Paths of the files that the training stages of the built-in model write, all in the folder `out`."""

    def __init__(self, out: Path) -> None:
        self.pictures = out / "pictures"
        self.words = out / "words"
        self.run = out / "run"
        self.fast = out / "fast"
        self.vae = out / "vae" / autoencoder_training.WEIGHTS
        self.decoder = out / "decoder" / autoencoder_training.WEIGHTS
        self.model = out / "icons"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Plan for training the built-in model: image size in pixels, dataset subset, and the recipe of each stage."""

    size: int
    subset: str
    vae: VaeRecipe
    icons: IconsRecipe
    decoder: DecoderRecipe
    fast: FastRecipe


def laptop(at: Folders) -> Plan:
    """Return a training plan that takes a day on a computer with two CPU cores."""
    data = at.pictures
    vae = at.vae
    table = at.words
    run = at.run
    return Plan(
        size=256,
        subset="best",
        vae=VaeRecipe(data=data),
        icons=IconsRecipe(data=data, vae=vae, words=table, samples=3_000_000, log_sigma_mean=0.5, log_sigma_spread=1.3),
        decoder=DecoderRecipe(data=data, vae=vae, words=table, run=run),
        fast=FastRecipe(data=data, words=table, run=run),
    )


def gpu(at: Folders) -> Plan:
    """Return a training plan that takes half an hour on a data-centre GPU."""
    less = laptop(at)
    return replace(
        less,
        vae=replace(less.vae, samples=400_000, batch=64, cooldown=150_000, device="cuda"),
        icons=replace(
            less.icons,
            samples=6_000_000,
            cooldown=1_500_000,
            batch=512,
            warmup=50_000,
            ema_halflife=250_000,
            sketch_samples=4_000_000,
            device="cuda",
        ),
        decoder=replace(less.decoder, samples=200_000, batch=64, device="cuda"),
        fast=replace(less.fast, paths=40_000, samples=800_000, batch=256, device="cuda"),
    )


PLANS: dict[str, Callable[[Folders], Plan]] = {"laptop": laptop, "gpu": gpu}


def run(
    plan: Plan,
    out: Path,
    *,
    source: Path | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_log: Callable[[str], object] = lambda line: None,
) -> Iterator[str]:
    """Train the built-in model in all stages, from building the dataset to exporting the model. Yields the name of each
    stage.

    A name is yielded when its stage starts. The model is written to `out/icons`. `plan` must have been created for
    `Folders(out)`. Interrupted training is resumed. When `should_stop()` returns True, training ends after the current
    step.
    """
    at = Folders(out)

    def pictures() -> None:
        for _ in build(BuildConfig(out=at.pictures, size=plan.size, subset=plan.subset, source=source)):
            pass

    def trained(recipe: Recipe[Any], folder: Path) -> Callable[[], None]:
        def work() -> None:
            # A finished stage lacks only its stamp.
            with suppress(FinishedRun):
                for _ in train(recipe, folder, should_stop=should_stop, on_log=on_log):
                    pass

        return work

    def shipped() -> None:
        export.export(at.pictures, at.decoder, at.words, at.run, to=at.model, student=at.fast)
        vocabulary.build(at.pictures, at.model / export.CARD, subset=plan.icons.subset)
        name_index.build(at.pictures, at.model / export.CARD, subset=plan.icons.subset, source=source)
        attribution_index.build(at.pictures, at.model / export.CARD, subset=plan.icons.subset)
        translation_dictionary.build(at.model / export.CARD, source=source)
        if plan.icons.named:
            rare_training_images.build(at.pictures, at.model / export.CARD, subset=plan.icons.subset)
            suggestions.build(at.model / export.CARD, source=source)
            silhouettes.build(at.model / export.CARD, source=source)

    def known_words() -> None:
        lexicon.build(at.pictures, at.words, subset=plan.icons.subset, source=source)

    stages: tuple[tuple[str, Path, Recipe[Any] | None, Callable[[], object]], ...] = (
        ("pictures", at.pictures, None, pictures),
        ("words", at.words, None, lambda: word_table.build(at.pictures, at.words)),
        ("lexicon", at.words, None, known_words),
        ("vae", at.vae.parent, plan.vae, trained(plan.vae, at.vae.parent)),
        ("run", at.run, plan.icons, trained(plan.icons, at.run)),
        ("decoder", at.decoder.parent, plan.decoder, trained(plan.decoder, at.decoder.parent)),
        ("fast", at.fast, plan.fast, trained(plan.fast, at.fast)),
        ("icons", at.model, None, shipped),
    )
    for name, folder, recipe, work in stages:
        stamp = out / f"{name}.done"
        settings = json.dumps([plan.size, plan.subset, recipe.settings if recipe else None])
        if stamp.exists() and stamp.read_text(encoding="utf-8") == settings:
            continue
        yield name
        with output_lock(folder):
            work()
        if should_stop():
            return
        write(stamp, settings.encode())


def shorten(plan: Plan, factor: float) -> Plan:
    """Shorten a training plan for a trial run: multiply the samples of every stage by `factor`."""

    def fewer(recipe: Any, *names: str) -> Any:
        return replace(recipe, **{name: max(1, round(factor * getattr(recipe, name))) for name in names})

    return replace(
        plan,
        vae=fewer(plan.vae, "samples", "cooldown", "warmup"),
        icons=fewer(plan.icons, "samples", "cooldown", "warmup", "sketch_samples"),
        decoder=fewer(plan.decoder, "samples", "warmup"),
        fast=fewer(plan.fast, "paths", "samples", "warmup"),
    )
