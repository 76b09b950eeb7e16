"""All stages of the built-in model's training in one command, each left alone once it is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gdm_studio.atomic import write
from gdm_studio.training import export, icons_vae, lexicon, names, origins, vocabulary, words
from gdm_studio.training.data.build import BuildConfig, build
from gdm_studio.training.fast import FastRecipe
from gdm_studio.training.icons import IconsRecipe
from gdm_studio.training.icons_decoder import DecoderRecipe
from gdm_studio.training.icons_vae_recipe import VaeRecipe
from gdm_studio.training.loop import train
from gdm_studio.training.recipe import Recipe


class Folders:
    """Where the stages of a run in `out` leave what they make, and find what those before them made."""

    def __init__(self, out: Path) -> None:
        self.pictures, self.words, self.run, self.fast = (out / each for each in ("pictures", "words", "run", "fast"))
        self.vae, self.decoder = out / "vae" / icons_vae.WEIGHTS, out / "decoder" / icons_vae.WEIGHTS
        self.model = out / "icons"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to train: pictures of `size` pixels of a subset, and a recipe a stage."""

    size: int
    subset: str
    vae: VaeRecipe
    icons: IconsRecipe
    decoder: DecoderRecipe
    fast: FastRecipe


def laptop(at: Folders) -> Plan:
    """Two cores, a day."""
    data, vae, table, run = at.pictures, at.vae, at.words, at.run
    return Plan(
        size=256,
        subset="best",
        vae=VaeRecipe(data=data),
        icons=IconsRecipe(data=data, vae=vae, words=table, samples=3_000_000, log_sigma_mean=0.5, log_sigma_spread=1.3),
        decoder=DecoderRecipe(data=data, vae=vae, words=table, run=run),
        fast=FastRecipe(data=data, words=table, run=run),
    )


def gpu(at: Folders) -> Plan:
    """One data-centre GPU, half an hour."""
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
    stopped: Callable[[], bool] = lambda: False,
    say: Callable[[str], object] = lambda line: None,
) -> Iterator[str]:
    """Works through the stages in `out`, yielding what is begun; the model ends up in `out/icons`.

    `plan` is one of `Folders(out)`. Run again after a stop or a kill it goes on where it was; once `stopped()`, it
    ends after the step in hand.
    """
    at = Folders(out)

    def pictures() -> None:
        for _ in build(BuildConfig(out=at.pictures, size=plan.size, subset=plan.subset, source=source)):
            pass

    def trained(recipe: Recipe[Any], folder: Path) -> Callable[[], None]:
        def work() -> None:
            for _ in train(recipe, folder, stopped=stopped, say=say):
                pass

        return work

    def shipped() -> None:
        export.export(at.pictures, at.decoder, at.words, at.run, to=at.model, student=at.fast)
        vocabulary.build(at.pictures, at.model / export.CARD, subset=plan.icons.subset)
        names.build(at.pictures, at.model / export.CARD, subset=plan.icons.subset, source=source)
        origins.build(at.pictures, at.model / export.CARD, subset=plan.icons.subset)

    stages: tuple[tuple[str, Recipe[Any] | None, Callable[[], object]], ...] = (
        ("pictures", None, pictures),
        ("words", None, lambda: words.build(at.pictures, at.words)),
        ("lexicon", None, lambda: lexicon.build(at.pictures, at.words, subset=plan.icons.subset, source=source)),
        ("vae", plan.vae, trained(plan.vae, at.vae.parent)),
        ("run", plan.icons, trained(plan.icons, at.run)),
        ("decoder", plan.decoder, trained(plan.decoder, at.decoder.parent)),
        ("fast", plan.fast, trained(plan.fast, at.fast)),
        ("icons", None, shipped),
    )
    for name, recipe, work in stages:
        stamp = out / f"{name}.done"
        made_by = json.dumps([plan.size, plan.subset, recipe.settings if recipe else None])
        if stamp.exists() and stamp.read_text(encoding="utf-8") == made_by:
            continue
        yield name
        work()
        if stopped():
            return
        write(stamp, made_by.encode())


def shortened(plan: Plan, factor: float) -> Plan:
    """The same plan with `factor` times the samples in every stage, to try it out."""

    def fewer(recipe: Any, *names: str) -> Any:
        return replace(recipe, **{name: max(1, round(factor * getattr(recipe, name))) for name in names})

    return replace(
        plan,
        vae=fewer(plan.vae, "samples", "cooldown", "warmup"),
        icons=fewer(plan.icons, "samples", "cooldown", "warmup", "sketch_samples"),
        decoder=fewer(plan.decoder, "samples", "warmup"),
        fast=fewer(plan.fast, "paths", "samples", "warmup"),
    )
