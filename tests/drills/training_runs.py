"""Drill of the diagnosis of training runs, with tiny sound and sabotaged runs.

    python -m tests.drills.training_runs

trains ten sabotaged and ten sound runs, and prints the diagnosis of each. A run takes a few seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.maths import processes
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.networks.icons.unet import UNet, UNetConfig
from gdm_studio.training.diagnosis import (
    Diagnosis,
    Evidence,
    MeasuredImages,
    ReferenceErrors,
    diagnose,
    information_of,
    levels_for,
    squared_norm,
)
from gdm_studio.training.ema import Ema

SIDE, CLASSES, SPREAD = 16, 4, 0.5
HELD_OUT = 64
NETWORK = UNetConfig(
    in_channels=1, out_channels=1, channels=(16, 32), blocks=1, attention=(False, False), embedding=32, context=0,
    pooled=CLASSES,
)  # fmt: skip


@dataclass(frozen=True)
class TinyRun:
    """Run on drawings of four shapes. `sabotage` is the expected kind of its diagnosis, or "" for a sound run."""

    sabotage: str = ""
    seed: int = 0
    images: int = 512
    steps: int = 250
    batch: int = 32
    rate: float = 4e-3
    width: int = 16
    prediction: str = "edm"


# The kinds of diagnoses by the sabotage that each is about.
SABOTAGES = {
    "fp16 overflow": TinyRun("overflow"),
    "wrong scaling": TinyRun("scale"),
    "shuffled labels": TinyRun("captions"),
    "rate x 100": TinyRun("rate", rate=0.4),
    "averaging off": TinyRun("average"),
    "five images": TinyRun("copying", images=5, steps=400),
    "wrong target": TinyRun("target"),
    "clipped range": TinyRun("range"),
    "frozen layer": TinyRun("frozen"),
    "double noise": TinyRun("noise"),
}
SOUND = {
    "plain": TinyRun(seed=1),
    "other images": TinyRun(seed=2),
    "early": TinyRun(seed=3, steps=50),
    "very early": TinyRun(seed=4, steps=15),
    "long": TinyRun(seed=5, steps=500),
    "slow rate": TinyRun(seed=6, rate=1e-3),
    "wide": TinyRun(seed=7, width=24, steps=200),
    "epsilon": TinyRun(seed=8, prediction="epsilon"),
    "v": TinyRun(seed=9, prediction="v"),
    "few images": TinyRun(seed=10, images=160, steps=200),
}


def shapes(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Return drawings (count, 1, SIDE, SIDE) of discs, squares, rings and bars, about in -1 … 1, with their classes."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % CLASSES
    down, across, size, grey = torch.rand(4, count, 1, 1, generator=generator)
    y, x = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    dy, dx = y - (5 + 6 * down), x - (5 + 6 * across)
    radius = 2.5 + 2.5 * size
    distance = (dy.square() + dx.square()).sqrt()
    forms = torch.stack([
        distance - radius,
        torch.maximum(dy.abs(), dx.abs()) - radius,
        (distance - radius).abs() - 1,
        torch.maximum(dy.abs() - 1, dx.abs() - 1.6 * radius),
    ])  # fmt: skip
    inside = torch.sigmoid(-3 * forms[labels, torch.arange(count)])
    return (inside * (0.9 + 0.9 * grey) - 0.6)[:, None], labels


def evidence_of(run: TinyRun) -> tuple[Evidence, ReferenceErrors]:
    """Train a run, and measure it."""
    torch.manual_seed(run.seed)
    images, labels = shapes(run.images, run.seed)
    others, other_labels = shapes(HELD_OUT, 1000 + run.seed)
    if run.sabotage == "captions":
        labels = labels[torch.randperm(len(labels))]
    learned = {"scale": 4 * images, "range": images.clamp(min=0)}.get(run.sabotage, images)
    config = replace(NETWORK, channels=(run.width, 2 * run.width))
    network = UNet(config)
    initial = {name: value.clone() for name, value in network.state_dict().items()}
    parameters = list(network.parameters())
    if run.sabotage == "frozen":
        network.down.requires_grad_(False)
        parameters = [each for each in parameters if each.requires_grad]
    process = processes.edm(0.002, 80.0) if run.prediction == "edm" else processes.PROCESSES["vp"](schedule="cosine")
    diffusion = Diffusion(process, run.prediction, SPREAD)
    optimizer = torch.optim.AdamW(parameters, run.rate, betas=(0.9, 0.99))
    average = Ema(list(network.parameters()), 0.01 if run.sabotage == "average" else 1000)
    losses = []
    for step in range(run.steps):
        picked = torch.randint(len(learned), (run.batch,))
        ratios = (torch.randn(run.batch, 1, 1, 1) * 1.2 - 0.9).exp()
        at = level_of(run, ratios)
        noise = torch.randn(run.batch, 1, SIDE, SIDE)
        x0 = learned[picked]
        x = process.degrade(x0, at, 2 * noise if run.sabotage == "noise" else noise)
        found = network(
            diffusion.scaled_input(x, at), time_of(diffusion, at), pooled=F.one_hot(labels[picked], CLASSES).float()
        )
        target = noise if run.sabotage == "target" else diffusion.target(x0, x, at)
        loss = (found - target).square().mean()
        optimizer.zero_grad()
        (loss * (2.0**24 if run.sabotage == "overflow" else 1)).backward()
        for each in parameters if run.sabotage == "overflow" else ():
            if each.grad is not None:
                each.grad = each.grad.half().float()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        average.update(run.batch, (step + 1) * run.batch)
        losses.append(float(loss.detach()))
    part = max(1, len(losses) // 10)
    unchanged = tuple(name for name, value in network.state_dict().items() if is_still(name, value, initial[name]))
    gap = max(float((a - b).detach().abs().max()) for a, b in zip(average.averages, average.parameters, strict=True))
    ratios = levels_for(SPREAD)
    floors = ReferenceErrors.of(images, others, ratios)
    count = min(len(images), HELD_OUT)
    new_norm = squared_norm(initial.values())
    with average.swapped(), torch.no_grad():
        predict = predictor(run, network, diffusion)
        one_hot, other_hot = (F.one_hot(each, CLASSES).float() for each in (labels, other_labels))
        known, unknown = MeasuredImages(images[:count], one_hot[:count]), MeasuredImages(others, other_hot)
        shifted = MeasuredImages(images[:count], one_hot[:count].roll(1, 1))
        share, bias = unknown.high_noise_signs(predict, ratios[-1])
        evidence = Evidence(
            first_loss=losses[0],
            peak_loss=max(losses),
            loss=sum(losses[-part:]) / part,
            train=known.errors(predict, ratios),
            others=unknown.errors(predict, ratios),
            wrong_level=known.errors(predict, ratios[1:], ratios[:-1]),
            wrong_captions=shifted.errors(predict, ratios),
            information=information_of(images, labels.tolist()),
            noise_share=share,
            bias=bias,
            scale=float(learned.std()) / SPREAD,
            growth=(squared_norm(network.state_dict().values()) / new_norm - 1) / run.steps,
            unchanged=unchanged,
            is_unaveraged=gap == 0,
        )
    return evidence, floors


def is_still(name: str, value: Tensor, initial: Tensor) -> bool:
    return value.ndim > 1 and torch.equal(value, initial)


def level_of(run: TinyRun, ratios: Tensor) -> NoiseLevel:
    """Return the noise levels with these ratios of sigma to alpha."""
    alphas = torch.ones_like(ratios) if run.prediction == "edm" else 1 / (1 + ratios.square()).sqrt()
    return NoiseLevel(alphas, alphas * ratios)  # type: ignore[arg-type]


def time_of(diffusion: Diffusion, at: NoiseLevel) -> Tensor:
    time: Tensor = diffusion.of_order_one(diffusion.time(at))
    return time.flatten().float()


def predictor(run: TinyRun, network: UNet, diffusion: Diffusion) -> Callable[[Tensor, float, Tensor], Tensor]:
    def predict(noisy: Tensor, ratio: float, captions: Tensor) -> Tensor:
        at = level_of(run, torch.full((len(noisy), 1, 1, 1), ratio))
        x = at.alpha * noisy
        found = network(diffusion.scaled_input(x, at), time_of(diffusion, at), pooled=captions)
        predicted: Tensor = diffusion.to_x0(found, x, at)
        return predicted

    return predict


def main() -> int:
    torch.set_num_threads(1)
    right = accused = 0
    chosen = [each for each in sys.argv[1:] if not each.startswith("-")]
    runs = {**SABOTAGES, **SOUND}
    for name, run in runs.items():
        if chosen and name not in chosen:
            continue
        evidence, floors = evidence_of(run)
        found: Diagnosis = diagnose(evidence, floors)
        right += bool(run.sabotage) and found.kind == run.sabotage
        accused += not run.sabotage and found.kind != "learning"
        print(f"{name:16} {found.kind:9} {found.sentence}", flush=True)
        if "-v" in sys.argv:
            print("   ", evidence, floors, flush=True)
    print(f"{right} of {len(SABOTAGES)} sabotaged runs are diagnosed, {accused} of {len(SOUND)} sound ones accused")
    return right < len(SABOTAGES) - 1 or accused > 0


if __name__ == "__main__":
    sys.exit(main())
