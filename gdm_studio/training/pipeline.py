"""All stages of the built-in model's training in one command, each left alone once it is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gdm_studio.atomic import write
from gdm_studio.training import export, fast, icons, icons_decoder, icons_vae, lexicon, vocabulary, words
from gdm_studio.training.data.build import BuildConfig, build
from gdm_studio.training.fast import FastRecipe
from gdm_studio.training.icons import IconsRecipe
from gdm_studio.training.icons_decoder import DecoderRecipe
from gdm_studio.training.icons_vae import VaeRecipe
from gdm_studio.training.loop import stop_signals


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to train: pictures of `size` pixels of a subset, and a recipe a stage."""

    size: int
    subset: str
    vae: VaeRecipe
    icons: IconsRecipe
    decoder: DecoderRecipe
    fast: FastRecipe


LAPTOP = Plan(  # two cores, a day
    size=256,
    subset="best",
    vae=VaeRecipe(),
    icons=IconsRecipe(samples=3_000_000, log_sigma_mean=0.5, log_sigma_spread=1.3),
    decoder=DecoderRecipe(),
    fast=FastRecipe(),
)
GPU = Plan(  # one data-centre GPU, half an hour
    size=256,
    subset="best",
    vae=VaeRecipe(samples=400_000, batch=64, cooldown=150_000, device="cuda"),
    icons=IconsRecipe(
        samples=6_000_000,
        cooldown=1_500_000,
        batch=512,
        warmup=50_000,
        ema_halflife=250_000,
        log_sigma_mean=0.5,
        log_sigma_spread=1.3,
        sketch_samples=4_000_000,
        device="cuda",
    ),
    decoder=DecoderRecipe(samples=200_000, batch=64, device="cuda"),
    fast=FastRecipe(paths=40_000, samples=800_000, batch=256, device="cuda"),
)
PLANS = {"laptop": LAPTOP, "gpu": GPU}


def run(plan: Plan, out: Path, *, source: Path | None = None) -> Iterator[str]:
    """Works through the stages in `out`, yielding what is begun; the model ends up in `out/icons`.

    Run again after a stop or a kill it goes on where it was. SIGINT and SIGTERM end it after the step in hand.
    """
    data, table, vae, main = out / "pictures", out / "words", out / "vae", out / "run"
    decoder, student, weights = out / "decoder", out / "fast", icons_vae.WEIGHTS

    def pictures() -> None:
        for _ in build(BuildConfig(out=data, size=plan.size, subset=plan.subset, source=source)):
            pass

    def shipped() -> None:
        export.export(data, decoder / weights, table, main, to=out / "icons", student=student)
        vocabulary.build(data, out / "icons" / export.CARD, subset=plan.icons.subset)

    stages: tuple[tuple[str, Any, Callable[[], object]], ...] = (
        ("pictures", None, pictures),
        ("words", None, lambda: words.build(data, table)),
        ("lexicon", None, lambda: lexicon.build(data, table, subset=plan.icons.subset, source=source)),
        ("vae", plan.vae, lambda: icons_vae.train(data, vae, plan.vae)),
        ("run", plan.icons, lambda: icons.train(data, vae / weights, table, main, recipe=plan.icons)),
        ("decoder", plan.decoder, lambda: icons_decoder.train(
            data, vae / weights, table, main, decoder, recipe=plan.decoder
        )),
        ("fast", plan.fast, lambda: fast.train(data, table, main, student, recipe=plan.fast)),
        ("icons", None, shipped),
    )  # fmt: skip
    with stop_signals() as stopped:
        for name, recipe, work in stages:
            stamp = out / f"{name}.done"
            made_by = json.dumps([plan.size, plan.subset, asdict(recipe) if recipe else None])
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
