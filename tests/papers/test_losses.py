"""Every system's loss against its paper: 0 for the true target, and the number of the paper's formula for an error.

All numbers are computed here from the equations, in float64 and without the program's processes, predictions and
bounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.papers.systems.ddpm import TARGETS
from gdm_studio.papers.systems.one_step_generators import vae_bound
from tests.papers.oracle import (
    Oracle,
    assert_standard_normal,
    assert_uniform,
    cosine,
    draw,
    ids_of,
    linear,
    normal,
    recipe,
)

Floats = Any
LOG2 = math.log(2)


# Noise levels as the papers state them.


def shifted_cosine(timesteps: int = 1000) -> Floats:
    """Hoogeboom et al. 2023, equation 5: −2·ln tan(angle) + 2·ln(64/side), within ±15 before the shift, side 8."""
    first = math.atan(math.exp(-7.5))
    angles = first + (np.pi / 2 - 2 * first) * np.arange(1, timesteps + 1) / timesteps
    return 1 / (1 + (np.tan(angles) * 8 / 64) ** 2)


def sigmoid(timesteps: int = 1000) -> Floats:
    """Chen 2023, algorithm 1, from −3 to 3."""
    falling = 1 / (1 + np.exp(-3 + 6 * np.arange(1, timesteps + 1) / timesteps))
    return np.maximum((falling - falling[-1]) / (1 / (1 + np.exp(-3)) - falling[-1]), 1e-9)


def vp_sde(t: Floats) -> Floats:
    """Song et al. 2020, equation 29: α of VP at time t, with β from 0.1 to 20."""
    return np.exp(-0.25 * t**2 * 19.9 - 0.05 * t)


def long_steps() -> Floats:
    """Xiao et al. 2022, appendix C: four steps of VP, which begins at 0.001."""
    return (vp_sde(0.001 + 0.999 * np.arange(1, 5) / 4) / vp_sde(0.001)) ** 2


def preserving(alpha_bars: Floats) -> tuple[Floats, Floats]:
    return np.sqrt(alpha_bars), np.sqrt(1 - alpha_bars)


def exploding(least: float, most: float, count: int) -> tuple[Floats, Floats]:
    return np.ones(count), np.geomspace(least, most, count)


TIMES = np.linspace(0.001, 1, 9)
# (α, σ) of every level that a system trains on: of discrete chains all, of continuous ones some.
LEVELS: dict[str, tuple[Floats, Floats]] = {
    **dict.fromkeys(("ddpm", "diffusion-2015", "gamma", "mixture", "diffusevae", "diffusevae-2"), preserving(linear())),
    **dict.fromkeys(("latent", "dit", "u-vit"), preserving(linear())),
    **dict.fromkeys(("tdpm", "es-ddpm"), preserving(linear()[:200])),
    "ddpm-learned": preserving(cosine()),
    "simple": preserving(shifted_cosine()),
    "rin": preserving(sigmoid()),
    "ddgan": preserving(long_steps()),
    "ncsn": exploding(0.01, 50, 232),
    "consistency": exploding(0.002, 80, 64),
    "score-sde-vp": (vp_sde(TIMES), np.sqrt(1 - vp_sde(TIMES) ** 2)),
    "score-sde-subvp": (vp_sde(TIMES), 1 - vp_sde(TIMES) ** 2),
    "score-sde-ve": (np.ones(9), 0.01 * 5000**TIMES),
    "flow-matching": (1 - TIMES, TIMES),
    "edm": exploding(0.01, 10, 9),
}
CONTINUOUS = ("score-sde-vp", "score-sde-subvp", "score-sde-ve", "flow-matching", "edm")
OF_IMAGES = ("dit", "u-vit", "simple", "rin")
# The quantity that the network puts out, which is not always the one that the loss compares.
OUTPUTS = {name: "v" for name in LEVELS} | {
    **dict.fromkeys(("ncsn", "score-sde-ve", "edm", "consistency"), "edm"),
    "flow-matching": "flow",
    "ddgan": "x0",
}
# Those whose loss takes the output for known noise levels.
KNOWN = [name for name in LEVELS if name not in ("consistency", "ddgan", "latent")]


def data_of(name: str) -> str:
    return "images" if name in OF_IMAGES else "points:classes"


def true_output(kind: str, x0: Floats, eps: Floats, alpha: Floats, sigma: Floats, s: float) -> Floats:
    """Return the output F of a network that knows x_0."""
    if kind == "edm":  # Karras et al. 2022, table 1, also for α < 1
        square = sigma**2 + alpha**2 * s**2
        return (x0 - s**2 * alpha / square * (alpha * x0 + sigma * eps)) * np.sqrt(square) / (sigma * s)
    return {"v": alpha * eps - sigma * x0, "flow": eps - x0, "x0": x0, "epsilon": eps, "score": -eps / sigma}[kind]


def noise_error(kind: str, wrong: Floats, alpha: Floats, sigma: Floats, s: float) -> Floats:
    """Return ε_θ − ε for an output that is wrong by `wrong`, where x = α·x_0 + σ·ε is known."""
    if kind == "edm":
        return alpha / sigma * wrong * sigma * s / np.sqrt(sigma**2 + alpha**2 * s**2)
    return alpha / (alpha**2 + sigma**2) * wrong


class Known:
    """A batch at known noise levels, its true outputs in float64, and an error of them."""

    def __init__(self, name: str, made: Any, *, each: int = 3) -> None:
        alphas, sigmas = LEVELS[name]
        last = len(alphas) - 1
        self.index = np.repeat([0, 1, last // 8, last // 2, last], each)
        before = np.append(alphas[:-1], 1)[self.index - 1], np.append(sigmas[:-1], 0)[self.index - 1]
        before = before if name not in CONTINUOUS else (alphas[self.index], sigmas[self.index])
        rows = np.stack([alphas[self.index], sigmas[self.index], *before], axis=1)
        self.levels = torch.from_numpy(rows).float()
        self.alpha, self.sigma, self.alpha_before, self.sigma_before = (
            self.levels[:, :, None, None, None].double().numpy().swapaxes(0, 1)
        )
        count = len(rows)
        shape = tuple(made.pictures.data.shape[1:])
        self.x0, self.eps = 0.5 * normal(1, count, *shape).double().numpy(), normal(2, count, *shape).double().numpy()
        # A picture is within its values, some at their very ends.
        self.x0 = np.round(255 * (self.x0.clip(-1, 1) + 1) / 2) / 127.5 - 1
        self.s = float(made.pictures.data.double().std())
        self.wrong = 0.3 * normal(3, count, *shape).double().numpy()
        self.cond = normal(4, count, made.cond_width)

    @property
    def batch(self) -> tuple[Tensor, ...]:
        x = self.alpha * self.x0 + self.sigma * self.eps
        return torch.from_numpy(self.x0).float(), torch.from_numpy(x).float(), self.levels, self.cond


def measure(name: str, made: Any, known: Known, wrong: Floats, *others: Tensor, more: Floats = None) -> tuple[Any, Any]:
    """Return the loss where the network's output is the true one plus `wrong`, and the network."""
    output = true_output(OUTPUTS[name], known.x0, known.eps, known.alpha, known.sigma, known.s) + wrong
    parts = [output] if more is None else [output, more]
    answer = torch.from_numpy(np.concatenate(parts, axis=1)).float()
    shift = torch.zeros((), requires_grad=True)
    answer = torch.cat([answer[:, : output.shape[1]] + shift, answer[:, output.shape[1] :]], dim=1)
    if others and name.startswith("diffusevae"):
        answer = torch.cat([answer, torch.full_like(answer, 9.0, requires_grad=False)], dim=1)  # of no meaning
    network = Oracle(lambda *_: answer)
    model = {"denoiser": network, "generator": Oracle(lambda *_: answer), "discriminator": Oracle(lambda *_: answer)}
    objective, *_ = made.objectives(nn.ModuleDict(model))
    assert {id(each) for each in objective.parameters} == ids_of(network)
    loss = objective.loss(*known.batch, *others)
    network.slope = float(torch.autograd.grad(loss, shift)[0])
    return loss.item(), network


def bound(known: Known, error: Floats, share: Floats) -> Floats:
    """Return the terms of the bound (Ho et al. 2020, equations 7, 8 and 13) in bits, with the variance
    exp(v·ln β + (1 − v)·ln β̃) and where x̂_0 − x_0 is `error`. Variances are at least (1/510)².
    """
    beta = 1 - (known.alpha / known.alpha_before) ** 2
    small = np.maximum(beta * (known.sigma_before / known.sigma) ** 2, 1 / 510**2) + 0 * error
    variance = np.exp(share * np.log(np.maximum(beta, 1 / 510**2)) + (1 - share) * np.log(small))
    mean = beta * known.alpha_before / known.sigma**2 * error
    q, p = (torch.distributions.Normal(*map(torch.from_numpy, each)) for each in (
        (0 * mean, np.sqrt(small)), (mean, np.sqrt(variance)),
    ))  # fmt: skip
    terms = torch.distributions.kl_divergence(q, p).numpy()
    cumulative = np.vectorize(NormalDist().cdf)
    above = cumulative((1 / 255 - error) / np.sqrt(variance))
    below = cumulative((-1 / 255 - error) / np.sqrt(variance))
    above, below = np.where(known.x0 > 0.999, 1, above), np.where(known.x0 < -0.999, 0, below)
    decoded = -np.log(np.maximum(above - below, 1e-12))
    return np.where(known.sigma_before > 0, terms, decoded) / LOG2


def x0_error(known: Known, wrong: Floats) -> Floats:
    return -known.sigma / (known.alpha**2 + known.sigma**2) * wrong


def expected_loss(name: str, known: Known, wrong: Floats, share: Floats) -> float:
    """Return the paper's loss where the output of the network is wrong by `wrong`."""
    error = noise_error(OUTPUTS[name], wrong, known.alpha, known.sigma, known.s)
    simple = (error**2).mean()
    if name in ("gamma", "mixture"):
        return float(abs(error).mean())
    if name == "ncsn":
        return float(simple / 2)
    if name == "diffusion-2015":
        return float(bound(known, x0_error(known, wrong), 0).mean())
    if name == "ddpm-learned":
        return float(simple + 0.001 * 1000 * bound(known, x0_error(known, wrong), share).mean())
    if name in ("edm", "flow-matching", *OF_IMAGES):
        return float((wrong**2).mean())
    return float(simple)


@pytest.mark.parametrize("name", KNOWN)
def test_a_loss_is_that_of_the_paper(name: str) -> None:
    made = recipe(name, data=data_of(name), batch=15)
    known = Known(name, made)
    others: tuple[Tensor, ...] = ()
    if name.startswith("diffusevae"):
        others = (normal(5, *known.x0.shape),)
    if name == "tdpm":
        others = normal(5, *known.x0.shape), normal(6, len(known.x0), 4)
    share = 1 / (1 + np.exp(-normal(7, *known.x0.shape).double().numpy())) if name == "ddpm-learned" else None
    more = None if share is None else 2 * share - 1
    whole, network = measure(name, made, known, 0 * known.wrong, *others, more=more)
    exact = expected_loss(name, known, 0 * known.wrong, share)
    assert whole == pytest.approx(exact, rel=1e-3, abs=1e-4)
    if name not in ("diffusion-2015", "ddpm-learned"):  # an image cannot be certain to 8 bits
        assert whole == pytest.approx(0, abs=1e-4)
    # Every noise level has its own weight: the error of one level alone, and of all.
    for chosen in (None, *np.unique(known.index)):
        wrong = known.wrong if chosen is None else known.wrong * (known.index == chosen)[:, None, None, None]
        loss, network = measure(name, made, known, wrong, *others, more=more)
        assert loss == pytest.approx(expected_loss(name, known, wrong, share), rel=2e-3, abs=2e-4)
    # The prediction is trained by the gradient of this number; in L_hybrid, by that of L_simple alone.
    own = "ddpm" if name == "ddpm-learned" else name
    step = 1e-4 if name != "diffusion-2015" else 1e-6
    up, down = (expected_loss(own, known, known.wrong + sign * step, share) for sign in (1, -1))
    _, network = measure(name, made, known, known.wrong, *others, more=more)
    assert network.slope == pytest.approx((up - down) / (2 * step), rel=1e-2, abs=1e-3)


@pytest.mark.parametrize("name", KNOWN)
def test_a_network_sees_the_noisy_image_its_time_and_class(name: str) -> None:
    made = recipe(name, data=data_of(name), batch=15)
    known = Known(name, made)
    x, beside = known.batch[1], normal(5, *known.x0.shape)
    others = (beside,) if name.startswith("diffusevae") else (beside, beside) if name == "tdpm" else ()
    more = None if name != "ddpm-learned" else known.wrong
    _, network = measure(name, made, known, 0 * known.wrong, *others, more=more)
    ((shown, time, cond),) = network.calls
    scale = 1 / np.sqrt(known.sigma**2 + (known.alpha * known.s) ** 2) if OUTPUTS[name] == "edm" else 1.0
    expected = x * torch.as_tensor(scale).float()
    if name == "diffusevae":
        expected = torch.cat([x, beside], dim=1)
    if name == "diffusevae-2":
        expected = torch.cat([x + beside, beside], dim=1)
    assert torch.allclose(shown, expected, rtol=1e-4, atol=1e-5)
    assert torch.equal(cond, known.cond)
    if OUTPUTS[name] == "edm":
        times = np.log(known.sigma / known.alpha).ravel() / 4
    elif name in CONTINUOUS:
        times = TIMES[known.index]
    else:
        times = known.index / len(LEVELS[name][0])
    assert time.numpy() == pytest.approx(times, abs=2e-3)


@pytest.mark.parametrize("name", [name for name in LEVELS if name != "latent"])  # see below
def test_a_batch_has_the_stated_noise_at_the_stated_levels(name: str) -> None:
    made = recipe(name, data=data_of(name), batch=1024 if name in ("gamma", "mixture") else 2048)
    silent = Oracle(lambda x, *_: torch.zeros(len(x), 4), latent=2)
    x0, x, levels, *rest = draw(made, generator=silent, encoder=silent)
    if name == "ddgan":
        assert_levels(name, rest[1].double().numpy())
        return  # see below
    assert_levels(name, levels.double().numpy())
    known, drawn = (
        {row.tobytes() for row in np.round(images.flatten(1).numpy(), 5) + 0.0} for images in (made.pictures.data, x0)
    )
    assert drawn <= known
    alpha, sigma = (levels[:, column, None, None, None].double() for column in (0, 1))
    noise = ((x - alpha * x0) / sigma).numpy()
    if name in ("gamma", "mixture"):
        assert abs(noise.mean()) < 0.1 and noise.var() == pytest.approx(1, abs=0.25)
        kurtosis = (noise**4).mean() / noise.var() ** 2
        assert (noise**3).mean() > 0.1 if name == "gamma" else kurtosis > 3.3
        x0, x, levels, *_ = draw(made, noise=1.0)
        for row in range(0, 1024, 100):
            at = NoiseLevel(*levels[row, :2].tolist())
            own = at.alpha * x0[[row]] + at.sigma * made.process.law(torch.ones_like(x0[[row]]), at)
            assert x[row].numpy() == pytest.approx(own[0].numpy(), abs=0.05)
        return
    # Where σ is tiny, float32 leaves little of the noise.
    assert_standard_normal(noise[sigma.ravel() > 1e-3])
    x0, x, levels, *_ = draw(made, noise=1.0, generator=silent, encoder=silent)
    alpha, sigma = (levels[:, column, None, None, None].double() for column in (0, 1))
    assert torch.allclose(x.double(), alpha * x0 + sigma, rtol=1e-5, atol=1e-6), "exactly of its own level"


@pytest.mark.parametrize("name", [name for name in LEVELS if name not in CONTINUOUS])
def test_every_timestep_is_drawn(name: str) -> None:
    made = recipe(name, data=data_of(name))
    levels = made.training_levels.draw(np.random.default_rng(3), 20_000)
    assert len({at.sigma for at, _ in levels}) == len(LEVELS[name][0]) - (name == "consistency")


def assert_levels(name: str, found: Floats) -> None:
    """Check rows of (α, σ) and of the next lower level against the paper, and how often they occur."""
    alpha, sigma = found[:, 0], found[:, 1]
    if name not in CONTINUOUS:
        alphas, sigmas = LEVELS[name]
        index = (abs(alpha[:, None] - alphas) + abs(sigma[:, None] - sigmas)).argmin(axis=1)
        assert np.stack([alpha, sigma]) == pytest.approx(np.stack([alphas, sigmas])[:, index], rel=1e-5, abs=1e-7)
        before = np.append(alphas[:-1], 1)[index - 1], np.append(sigmas[:-1], 0)[index - 1]
        lower = found[:, 2:].T
        assert lower == pytest.approx(np.stack(before), rel=1e-5, abs=1e-7)
        first = int(name == "consistency")  # the lowest level has none below it
        assert index.min() >= first
        counts = np.bincount(index, minlength=len(alphas))[first:]
        mean = len(found) / len(counts)
        assert ((counts - mean) ** 2 / mean).sum() < len(counts) + 4 * math.sqrt(2 * len(counts))
        return
    assert (found[:, 2:] == found[:, :2]).all()
    if name in ("score-sde-vp", "score-sde-subvp"):
        times = (-0.05 + np.sqrt(0.0025 - 19.9 * np.log(alpha))) / (0.5 * 19.9)
        assert_uniform(times, 1e-3, 1)
        expected = np.sqrt(1 - alpha**2) if name == "score-sde-vp" else 1 - alpha**2
        assert sigma == pytest.approx(expected, rel=1e-3)
    elif name == "flow-matching":
        assert_uniform(sigma, 1e-3, 1)
        assert alpha == pytest.approx(1 - sigma, abs=1e-6)
    elif name == "score-sde-ve":
        assert_uniform(np.log(sigma / 0.01) / math.log(5000), 1e-5, 1)
        assert (alpha == 1).all()
    else:
        assert_uniform([NormalDist(-1.2, 1.2).cdf(each) for each in np.log(sigma)])
        assert (alpha == 1).all()


@pytest.mark.parametrize("target", [each for each in TARGETS if each != "epsilon"])
def test_ddpm_may_compare_another_target(target: str) -> None:
    made = recipe("ddpm", batch=15, target=target)
    known = Known("ddpm", made)
    if target == "previous":
        beta = 1 - (known.alpha / known.alpha_before) ** 2
        right = beta * known.alpha_before / known.sigma**2 * known.x0 + known.alpha / known.alpha_before * (
            known.sigma_before / known.sigma
        ) ** 2 * (known.alpha * known.x0 + known.sigma * known.eps)
    else:
        right = true_output(target, known.x0, known.eps, known.alpha, known.sigma, known.s)
    for wrong in (0 * known.wrong, known.wrong):
        answer = torch.from_numpy(right + wrong).float()
        (objective,) = made.objectives(nn.ModuleDict({"denoiser": Oracle(lambda *_, answer=answer: answer)}))
        assert objective.loss(*known.batch).item() == pytest.approx((wrong**2).mean(), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("name", ["ddpm", "ddpm-learned", "ncsn", "score-sde-subvp", "diffusevae-2"])
def test_the_even_phase_weights_all_outputs_equally(name: str) -> None:
    made = recipe(name, batch=15)
    *_, phase, own = made.phases
    assert own is made and phase.name == "even" and phase.draw_seed != made.draw_seed
    known = Known(name, made)
    others = (normal(5, *known.x0.shape),) if name.startswith("diffusevae") else ()
    output = true_output(OUTPUTS[name], known.x0, known.eps, known.alpha, known.sigma, known.s)
    for wrong in (0 * known.wrong, known.wrong):
        answer = torch.from_numpy(output + wrong).float()
        whole = torch.cat([answer, torch.full_like(answer, 5.0)], dim=1)
        network = Oracle(lambda *_, whole=whole, answer=answer: whole if others or made.outputs == 2 else answer)
        (objective,) = phase.objectives(nn.ModuleDict({"denoiser": network}))
        assert objective.loss(*known.batch, *others).item() == pytest.approx((wrong**2).mean(), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize(("name", "options", "levels"), [
    ("ddpm", {"noise": "cosine", "timesteps": 50}, preserving(cosine(50))),
    ("diffusion-2015", {"timesteps": 20}, preserving(linear(20))),
    ("ncsn", {"noises": 10, "least": 0.1, "most": 5.0}, exploding(0.1, 5, 10)),
    ("consistency", {"noises": 12, "least": 0.1, "most": 5.0}, exploding(0.1, 5, 12)),
    ("tdpm", {"until": 50}, preserving(linear()[:50])),
    ("es-ddpm", {"until": 50, "noise": "cosine"}, preserving(cosine()[:50])),
    ("ddgan", {"steps": 1}, preserving((vp_sde(np.ones(1)) / vp_sde(0.001)) ** 2)),
])  # fmt: skip
def test_the_levels_of_a_chain_are_options(name: str, options: dict[str, Any], levels: tuple[Floats, Floats]) -> None:
    made = recipe(name, **options)
    found = sorted(
        {tuple(at) for at, _ in made.training_levels.draw(np.random.default_rng(0), 2000)}, key=lambda at: at[1]
    )
    first = int(name == "consistency")
    assert pytest.approx(np.stack(levels)[:, first:], rel=1e-5) == np.array(found).T


def test_the_levels_in_continuous_time_are_options() -> None:
    rng = np.random.default_rng(0)
    logs = [math.log(at.sigma) for at, _ in recipe("edm", mean=0.5, spread=0.3).training_levels.draw(rng, 4000)]
    assert_uniform([NormalDist(0.5, 0.3).cdf(each) for each in logs])
    sigmas = [at.sigma for at, _ in recipe("score-sde-ve", most=2.0).training_levels.draw(rng, 4000)]
    assert_uniform(np.log(np.array(sigmas) / 0.01) / math.log(200), 1e-5, 1)


@pytest.mark.slow
def test_the_law_of_the_noise_is_an_option() -> None:
    """Where σ = α, gamma noise has the skewness 2·θ_0 (Nachmani et al. 2021, section 4), and noise with jumps the
    kurtosis 3 + 3·share·jump².
    """
    at, eps = NoiseLevel(math.sqrt(0.5), math.sqrt(0.5)), normal(1, 20_000, 1, 1, 2)
    for theta0 in (0.1, 0.5, 1.0):
        noise = recipe("gamma", theta0=theta0).process.law(eps, at).double()
        assert float((noise**3).mean()) == pytest.approx(2 * theta0, abs=0.15)
    for share, jump in ((0.5, 1.0), (0.2, 1.0), (0.5, 0.1)):
        noise = recipe("mixture", share=share, jump=jump).process.law(eps, at).double()
        assert float((noise**4).mean()) == pytest.approx(3 + 3 * share * jump**2, abs=0.25)


# Cold diffusion


def test_cold_diffusion_restores_the_image_itself() -> None:
    """E‖R_θ(D(x_0, s), s) − x_0‖₁ (Bansal et al. 2022, equation 1)."""
    made = recipe("cold", data="images", batch=2048)
    x0, x, levels, cond = draw(made)
    severity = levels[:, 1]
    assert torch.allclose(levels[:, 0], 1 - severity, atol=1e-6)
    hundredths = torch.round(100 * severity).long()
    assert torch.allclose(severity, hundredths / 100, atol=1e-5)
    assert set(hundredths.tolist()) == set(range(1, 101))
    assert np.bincount(hundredths)[1:] == pytest.approx(np.full(100, 20.48), abs=20)
    kinds = cond[:, 6:]
    assert (kinds.sum(dim=1) == 1).all() and kinds.mean(dim=0) == pytest.approx(np.full(5, 0.2), abs=0.03)
    faded = kinds[:, 3] == 1
    assert torch.allclose(x[faded], (1 - severity[faded])[:, None, None, None] * x0[faded], atol=1e-6)
    pixelated = (kinds[:, 1] == 1) & (severity > 0.85)
    assert torch.allclose(x[pixelated], x0[pixelated].mean(dim=(2, 3), keepdim=True).expand_as(x[pixelated]), atol=1e-5)
    halved = (kinds[:, 1] == 1) & (8 ** (1 - severity) > 3.55) & (8 ** (1 - severity) < 4.45)
    means = nn.functional.avg_pool2d(x0[halved], 2).repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    assert halved.any() and torch.allclose(x[halved], means, atol=1e-5)
    for kind, moved in ((2, -x0), (4, 1 - x0)):  # a hole of 0, or snow of 1, at the same place in all channels
        rows = kinds[:, kind] == 1
        cover = ((x - x0) / moved)[rows].nanmedian(dim=1, keepdim=True).values
        assert torch.allclose(x[rows], x0[rows] + cover * moved[rows], atol=1e-3) and bool((cover < 1.001).all())
        assert float(np.corrcoef(cover.mean(dim=(1, 2, 3)), severity[rows])[0, 1]) > 0.8
    blurred = (kinds[:, 0] == 1) & (severity > 0.95)
    assert torch.allclose(x[blurred], x0[blurred].mean(dim=(2, 3), keepdim=True).expand_as(x[blurred]), atol=0.02)
    wrong = 0.3 * normal(3, *x0.shape)
    for answer, loss in ((x0, 0.0), (x0 + wrong, float(wrong.abs().mean())), (x, float((x - x0).abs().mean()))):
        network = Oracle(lambda *_, answer=answer: answer)
        (objective,) = made.objectives(nn.ModuleDict({"denoiser": network}))
        assert objective.loss(x0, x, levels, cond).item() == pytest.approx(loss, rel=1e-4, abs=1e-6)
    ((shown, time, told),) = network.calls
    assert torch.equal(shown, x) and torch.equal(told, cond)
    assert time.numpy() == pytest.approx(severity.numpy() - 0.01, abs=1e-4), "of a hundred severities"


# Consistency


def test_a_consistency_loss_compares_neighbours_on_the_teachers_path() -> None:
    """‖f_θ(x_{n+1}, σ_{n+1}) − f_θ⁻(x̂_n, σ_n)‖ (Song et al. 2023, algorithm 2), as √(‖·‖² + c²) − c with c = 0.03.

    The teacher answers as the exact denoiser of N(0, s²), whose F is 0, plus a part that depends on x.
    """
    made = recipe("consistency", batch=32)
    s, count = float(made.pictures.data.double().std()), 32
    x0, x, levels, cond = draw(made)
    at, to = (levels[:, column, None, None, None].double().numpy() for column in (1, 3))
    assert (at > to).all() and (levels[:, [0, 2]] == 1).all()
    teacher = Oracle(lambda shown, time, told: 0.1 * shown.sin())
    student = Oracle(lambda shown, time, told: 0.2 * shown.cos() + time[:, None, None, None])
    vars(made)["teacher"] = teacher

    def denoised(network: Callable[..., Floats], x: Floats, sigma: Floats) -> Floats:
        norm = np.sqrt(sigma**2 + s**2)
        return s**2 / norm**2 * x + sigma * s / norm * network(x / norm, np.log(sigma) / 4)

    def first(shown: Floats, time: Floats) -> Floats:
        return 0.1 * np.sin(shown)

    def own(shown: Floats, time: Floats) -> Floats:
        return 0.2 * np.cos(shown) + time

    start = x.double().numpy()
    slope = (start - denoised(first, start, at)) / at
    moved = start + (to - at) * slope
    lower = start + (to - at) / 2 * (slope + (moved - denoised(first, moved, to)) / to)
    apart = denoised(own, start, at) - denoised(own, lower, to)
    expected = (np.sqrt((apart**2).reshape(count, -1).sum(axis=1) + 0.03**2)).mean() - 0.03
    (objective,) = made.objectives(nn.ModuleDict({"denoiser": student}))
    loss = objective.loss(x0, x, levels, cond)
    assert loss.item() == pytest.approx(expected, rel=1e-3)
    assert all(torch.equal(call[2], cond) for call in (*teacher.calls, *student.calls)), "with the class"
    # The target is constant: the gradient is that of the student's prediction at the higher level alone.
    size = np.sqrt((apart**2).reshape(count, -1).sum(axis=1) + 0.03**2)[:, None, None, None]
    slope_of_weight = 4 * (apart / size * at * s / np.sqrt(at**2 + s**2)).reshape(count, -1).sum(axis=1).mean() / 4
    (gradient,) = torch.autograd.grad(loss, student.matrix)
    assert gradient.numpy() == pytest.approx(np.full((2, 2), slope_of_weight), rel=1e-2, abs=1e-4)
    assert teacher.matrix.grad is None


# Adversarial losses


class Bowl(nn.Module):
    """Discriminator Σ (x²/2 + w·x) + k·class, whose gradient is x + w."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.7))
        self.calls: list[tuple[Tensor, ...]] = []

    def forward(self, x: Tensor, *others: Tensor) -> Tensor:
        self.calls.append((x, *others))
        return 0.3 * (x.square() / 2 + self.weight * x).flatten(1).sum(dim=1, keepdim=True) + others[0].sum(1, True)


def judged(x: Tensor, cond: Tensor) -> Floats:
    flat = x.double().flatten(1).detach().numpy()
    return 0.3 * (flat**2 / 2 + 0.7 * flat).sum(axis=1) + cond.double().numpy().sum(axis=1)


def assert_adversarial(
    objectives: Any, batch: tuple[Tensor, ...], real: Tensor, fake: Tensor, cond: Tensor, *, gamma: float
) -> None:
    """Check both losses: E softplus(−D(x)) + E softplus(D(G(z))) + γ/2·E‖∇D(x)‖², and
    E softplus(−D(G(z))) (Mescheder et al. 2018, equation 9, and Goodfellow et al. 2014, section 3).
    """
    discriminator, generator = objectives
    softplus = np.logaddexp
    few = real[: math.ceil(len(real) / 8)].double().flatten(1).numpy()
    penalty = gamma / 2 * ((0.3 * (few + 0.7)) ** 2).sum(axis=1).mean()
    told = softplus(0, -judged(real, cond)).mean() + softplus(0, judged(fake, cond)).mean() + penalty
    assert discriminator.loss(*batch).item() == pytest.approx(told, rel=1e-3)
    loss = generator.loss(*batch)
    assert loss.item() == pytest.approx(softplus(0, -judged(fake, cond)).mean(), rel=1e-3)
    assert not set(map(id, discriminator.parameters)) & set(map(id, generator.parameters))
    assert discriminator.name == "discriminator" and not discriminator.splits and not generator.splits
    # The discriminator is not trained to deceive itself, and the generator is trained.
    gradients = torch.autograd.grad(loss, generator.parameters, allow_unused=True)
    assert all(each is not None and each.abs().sum() > 0 for each in gradients)
    unused = torch.autograd.grad(discriminator.loss(*batch), generator.parameters, allow_unused=True)
    assert all(each is None for each in unused)


def test_a_gan_is_trained_by_the_non_saturating_loss() -> None:
    made = recipe("gan", batch=64)
    real, cond, z = draw(made)
    assert real.shape == (64, 1, 1, 2) and z.shape == (64, 2)
    generator, bowl = Oracle(lambda z, cond: 0.4 * z[:, None, None] + 0.1), Bowl()
    objectives = made.objectives(nn.ModuleDict({"generator": generator, "discriminator": bowl}))
    fake = 0.4 * z[:, None, None] + 0.1
    assert_adversarial(objectives, (real, cond, z), real, fake, cond, gamma=0.5)
    assert all(torch.equal(call[0], z) and torch.equal(call[1], cond) for call in generator.calls)
    assert_standard_normal(draw(recipe("gan"))[2])


def test_tdpm_generates_the_noisy_image_at_its_last_level() -> None:
    """The discriminator compares x_T′ with √ᾱ_T′·G(z) + √(1 − ᾱ_T′)·ε (Zheng et al. 2022, equation 7), T′ = 200."""
    made = recipe("tdpm", batch=1024)
    generator, bowl = Oracle(lambda z, cond: 0.4 * z[:, None, None] + 0.1, latent=2), Bowl()
    model = {"denoiser": Oracle(lambda x, *_: x), "generator": generator, "discriminator": bowl}
    x0, x, levels, cond, noised, inputs = batch = draw(made, **model)
    alpha, sigma = (float(each[199]) for each in preserving(linear()))
    assert_standard_normal((noised - alpha * x0) / sigma)
    exact = draw(made, noise=1.0, **model)
    assert torch.allclose(exact[4], alpha * exact[0] + sigma, atol=1e-5), "exactly of the last level"
    assert_standard_normal(inputs)
    assert inputs.shape == (1024, 2 + 2)
    fake = alpha * (0.4 * inputs[:, None, None, :2] + 0.1) + sigma * inputs[:, None, None, 2:]
    _, *adversarial = made.objectives(nn.ModuleDict(model))
    assert_adversarial(adversarial, batch, noised, fake, cond, gamma=0.5)
    _, *adversarial = recipe("tdpm", penalty=3.0).objectives(nn.ModuleDict(model))
    assert_adversarial(adversarial, batch, noised, fake, cond, gamma=3.0)
    assert all(torch.equal(call[0], inputs[:, :2]) and torch.equal(call[1], cond) for call in generator.calls)


@pytest.mark.slow
def test_a_denoising_gan_compares_steps_of_the_chain() -> None:
    """(x_{t−1}, x_t) of the chain against a draw from q(x_{t−1} | x_t, G(x_t, z, t)) (Xiao et al. 2022, equation 4)."""
    made = recipe("ddgan", batch=2048)
    network, bowl = Oracle(lambda x, time, cond: 0.3 * x + 0.6 * cond[:, None, None, 3:5]), Bowl()
    before, cond, inputs, x, levels = batch = draw(made, denoiser=network)
    alpha, sigma, alpha_before, sigma_before = levels[:, :, None, None, None].double().unbind(1)
    kept = alpha / alpha_before
    beta = 1 - kept**2
    assert_standard_normal((x - kept * before) / beta.sqrt())
    assert_standard_normal(inputs)
    scale = made.pictures.data.double().square().mean()
    spread = (before.double() ** 2 / (alpha_before**2 * scale + sigma_before**2)).mean()
    assert float(spread) == pytest.approx(1, abs=0.08), "x_{t−1} has the noise of its own level"
    lower, _, _, higher, at = draw(made, noise=1.0, denoiser=network)
    at = at.double()[:, :, None, None, None]
    clean = ((lower - at[:, 3]) / at[:, 2]).float()
    assert torch.cdist(clean.flatten(1), made.pictures.data.flatten(1)).amin(dim=1).max() < 1e-3, "exactly of its level"
    added = (1 - (at[:, 0] / at[:, 2]) ** 2).sqrt()
    assert torch.allclose(higher.double(), at[:, 0] / at[:, 2] * lower + added, atol=1e-5)
    z, noise = inputs[:, :2], inputs[:, 2:, None, None].reshape(x.shape)
    guess = 0.3 * x + 0.6 * z[:, None, None]  # some are outside of −1 … 1, where a clipped one has a little slope
    assert 0.03 < float((guess.abs() > 1).float().mean()) < 0.3
    guess = torch.where(guess.abs() > 1, guess.sign() + 0.01 * (guess - guess.sign()), guess)
    posterior = beta * alpha_before / sigma**2 * guess + kept * sigma_before**2 / sigma**2 * x
    fake = posterior + (beta.sqrt() * sigma_before / sigma) * noise
    objectives = made.objectives(nn.ModuleDict({"denoiser": network, "discriminator": bowl}))
    assert_adversarial(objectives, batch, before, fake, cond, gamma=0.5)
    shown, time, told = network.calls[0]
    assert torch.equal(shown, x) and torch.equal(told, torch.cat([cond, z], dim=1))
    index = (levels[:, :1] - torch.from_numpy(LEVELS["ddgan"][0]).float()).abs().argmin(dim=1)
    assert torch.allclose(time, index / 4, atol=1e-4)
    for call in bowl.calls:
        assert torch.equal(call[2], x[: len(call[2])]) and torch.equal(call[3], levels[: len(call[3])])


def test_a_step_discriminator_knows_both_images_and_the_step() -> None:
    made = recipe("ddgan")
    judge = made.networks()["discriminator"]
    judge.encoder = Oracle(lambda x, told: x)
    before, x, cond = normal(1, 4, 1, 1, 2), normal(2, 4, 1, 1, 2), normal(3, 4, 3)
    alphas, sigmas = LEVELS["ddgan"]
    lower = np.append(1, alphas[:-1]), np.append(0, sigmas[:-1])
    levels = torch.from_numpy(np.stack([alphas, sigmas, *lower], axis=1)).float()
    judge(before, cond, x, levels)
    ((shown, told),) = judge.encoder.calls
    assert torch.equal(shown, torch.cat([before, x], dim=1))
    assert torch.equal(told, torch.cat([cond, torch.eye(4)], dim=1))


# Autoencoders and latents


def vae_loss(x: Tensor, mean: Tensor, log_variance: Tensor, found: Tensor, variance: float) -> float:
    """Kingma and Welling 2013, equation 3, in nats per number: −E log N(x; x̂, variance) + KL."""
    q = torch.distributions.Normal(mean.double(), (log_variance.double() / 2).exp())
    divergence = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum()
    likelihood = torch.distributions.Normal(found.double(), variance**0.5).log_prob(x.double()).sum()
    return float((divergence - likelihood) / x.numel())


@pytest.mark.parametrize(("name", "variance"), [("vae", 16.0), ("diffusevae", 4.0)])
def test_a_vae_is_trained_by_its_bound(name: str, variance: float) -> None:
    made = recipe(name, batch=64)
    phase = made.phases[0]
    coded = 0.5 * normal(1, 64, 4)
    encoder, generator = Oracle(lambda x, cond: coded), Oracle(lambda z, cond: 0.3 * z[:, None, None])
    model = nn.ModuleDict({"encoder": encoder, "generator": generator})
    x, cond, noise = phase.draw(model, np.random.default_rng(0), 0)
    assert noise.shape == (64, 2)
    (objective,) = phase.objectives(model)
    z = coded[:, :2] + (coded[:, 2:] / 2).exp() * noise
    expected = vae_loss(x, coded[:, :2], coded[:, 2:], 0.3 * z[:, None, None], variance)
    assert objective.loss(x, cond, noise).item() == pytest.approx(expected, rel=1e-4)
    ((seen, told),), ((given, also),) = encoder.calls, generator.calls
    assert torch.equal(seen, x) and torch.equal(told, cond) and torch.equal(also, cond)
    assert torch.allclose(given, z, atol=1e-6)
    assert ids_of(encoder, generator) == {id(each) for each in objective.parameters}
    assert_standard_normal(recipe(name).phases[0].draw(model, np.random.default_rng(0), 0)[2])


def test_the_bound_of_a_vae_divides_the_divergence_by_the_numbers_of_the_image() -> None:
    """Images have more numbers than z, whereas points have as many."""
    x, coded, noise, found = normal(1, 8, 4, 8, 8), 0.5 * normal(2, 8, 12), normal(3, 8, 6), normal(4, 8, 4, 8, 8)
    model = nn.ModuleDict({"encoder": Oracle(lambda x, cond: coded), "generator": Oracle(lambda z, cond: found)})
    expected = vae_loss(x, coded[:, :6], coded[:, 6:], found, 4.0)
    assert vae_bound(model, 4.0)(x, torch.zeros(8, 0), noise).item() == pytest.approx(expected, rel=1e-5)


def test_diffusevae_shows_the_image_of_an_encoded_z() -> None:
    made = recipe("diffusevae", batch=1024)
    encoder = Oracle(lambda x, cond: torch.cat([2 * x[:, 0, 0], x[:, 0, 0] - 1], dim=1))
    generator = Oracle(lambda z, cond: 0.3 * z[:, None, None])
    x0, _, _, cond, beside = draw(made, encoder=encoder, generator=generator)
    ((seen, told),), ((z, also),) = encoder.calls, generator.calls
    assert torch.equal(seen, x0) and torch.equal(told, cond) and torch.equal(also, cond)
    assert torch.allclose(beside, 0.3 * z[:, None, None])
    assert_standard_normal((z - 2 * x0[:, 0, 0]) / ((x0[:, 0, 0] - 1) / 2).exp())


class KnownAutoencoder(nn.Module):
    """Autoencoder with a known posterior, z = 2·x + 0.3 on the mean, and reconstruction z/2."""

    def __init__(self, log_variance: float = -1.0) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.zeros(2, 2))
        self.log_variance = log_variance
        self.config = type("Config", (), {"latent_channels": 4, "factor": 1})

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        shift = self.matrix.sum()
        return 2 * x + 0.3 + shift, torch.full_like(x, self.log_variance) + shift

    def reconstruct(self, z: Tensor) -> Tensor:
        return z / 2


def test_lsgm_is_trained_by_one_bound() -> None:
    """−log p(x | z_0) − H(q) + CE with the weight ½·ln(σ²_max/σ²_min)/(1 − σ²) (Vahdat et al. 2021, theorem 1, and
    appendix B), ε_θ = (1 − m)·σ·z + m·ε′ (section 3.2).
    """
    made = recipe("lsgm", batch=2048)
    autoencoder, network = KnownAutoencoder(), Oracle(lambda z, time, cond: 0.4 * z.cos())
    others = made.networks()
    model = {"denoiser": network, "autoencoder": autoencoder, "spread": others["spread"], "mixing": others["mixing"]}
    with torch.no_grad():
        others["spread"].log_variance.fill_(-0.7)
        others["mixing"].logits.fill_(0.4)
    x, cond, variance, first, eps = batch = draw(made, **model)
    least, most = (float(1 - vp_sde(t) ** 2) for t in (1e-3, 1.0))
    assert_uniform(np.log(variance.numpy().ravel() / least) / math.log(most / least))
    assert_standard_normal(first)
    assert_standard_normal(eps)
    assert not torch.equal(first, eps)
    (objective,) = made.objectives(nn.ModuleDict(model))
    assert {id(each) for each in objective.parameters} == ids_of(*model.values())
    mean, deviation = 2 * x.double() + 0.3, math.exp(-0.5)
    z0 = mean + deviation * first
    sigma = variance.double().sqrt()
    z = (1 - variance.double()).sqrt() * z0 + sigma * eps
    share = 1 / (1 + math.exp(-0.4))
    error = eps - (1 - share) * sigma * z - share * 0.4 * z.cos()
    weight = 0.5 * math.log(most / least) / (1 - variance.double())
    cross = weight * error.square() + 0.5 * math.log(2 * math.pi * math.e * least)
    entropy = torch.distributions.Normal(mean, deviation).entropy()
    likelihood = torch.distributions.Normal(z0 / 2, math.exp(-0.35)).log_prob(x.double())
    assert objective.loss(*batch).item() == pytest.approx(float((cross - entropy - likelihood).mean()), rel=1e-3)
    ((shown, time, told),) = network.calls
    assert torch.allclose(shown, z.float(), atol=1e-4) and torch.equal(told, cond)
    alpha = (1 - variance.double()).sqrt().numpy().ravel()
    times = (-0.05 + np.sqrt(0.0025 - 19.9 * np.log(alpha))) / (0.5 * 19.9)
    assert time.numpy() == pytest.approx(times, abs=2e-3)


def test_an_autoencoder_learns_differences_and_a_little_divergence() -> None:
    """|d| + d² + edges/2 + 1e-4·KL (Rombach et al. 2022, appendix G, with edges for the perceptual loss)."""
    made = recipe("latent", data="images", batch=16)
    phase, network = made.phases[0], KnownAutoencoder()
    model = nn.ModuleDict({"autoencoder": network})
    x, noise = batch = phase.draw(model, np.random.default_rng(0), 0)
    assert noise.shape == x.shape
    assert_standard_normal(noise)
    (objective,) = phase.objectives(model)
    d = ((2 * x + 0.3 + math.exp(-0.5) * noise) / 2 - x).double()
    edges = d.diff(dim=2).abs().mean() + d.diff(dim=3).abs().mean()
    q = torch.distributions.Normal(2 * x.double() + 0.3, math.exp(-0.5))
    divergence = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).mean()
    expected = float(d.abs().mean() + d.square().mean() + edges / 2 + 1e-4 * divergence)
    assert objective.loss(*batch).item() == pytest.approx(expected, rel=1e-5)
    assert {id(each) for each in objective.parameters} == ids_of(network)


def test_latents_have_mean_0_and_deviation_1_where_the_denoiser_meets_them() -> None:
    made = recipe("latent", data="images", batch=64)
    torch.manual_seed(0)
    model = nn.ModuleDict(made.networks())
    model["denoiser"] = Oracle(lambda x, *_: x)
    made.initialise(model)
    known = model["autoencoder"].posterior
    # An autoencoder whose latents are neither centred nor of deviation 1.
    model["autoencoder"].posterior = lambda x: (3 * known(x)[0] + torch.arange(8)[:, None, None], known(x)[1])
    before = {name: value.clone() for name, value in model["autoencoder"].state_dict().items()}
    (objective,) = made.objectives(model)
    changed = [
        name for name, value in model["autoencoder"].state_dict().items() if not torch.equal(value, before[name])
    ]
    assert sorted(changed) == ["scale", "shift"] and {id(each) for each in objective.parameters} == ids_of(
        model["denoiser"]
    )
    x0, x, levels, cond = draw(made, **dict(model.items()))
    latents = made.data_of(model, made.pictures.data)
    assert float(latents.std()) == pytest.approx(1, abs=0.02) and float(latents.mean()) == pytest.approx(0, abs=0.02)
    assert latents.mean(dim=(0, 2, 3)).abs().max() < 0.02
    rows = {tuple(np.round(each.ravel(), 3)) for each in latents.numpy()}
    assert {tuple(np.round(each.ravel(), 3)) for each in x0.numpy()} <= rows
    alpha, sigma = (levels[:, column, None, None, None].double() for column in (0, 1))
    assert_standard_normal((x - alpha * x0) / sigma)
    exact, noisy, at, _ = draw(made, noise=1.0, **dict(model.items()))
    assert torch.allclose(noisy, at[:, 0, None, None, None] * exact + at[:, 1, None, None, None], atol=1e-5)
    output = (alpha * (x - alpha * x0) / sigma - sigma * x0).float()
    wrong = 0.3 * normal(1, *x0.shape)
    for added in (0 * wrong, wrong):
        model["denoiser"] = Oracle(lambda *_, added=added: output + added)
        (objective,) = made.objectives(model)
        expected = float((alpha * added).square().mean())
        assert objective.loss(x0, x, levels, cond).item() == pytest.approx(expected, rel=1e-3, abs=1e-3)


# Flows and chains of their own


def test_a_normalizing_flow_is_trained_by_its_likelihood() -> None:
    made = recipe("normalizing-flow", data="points:grid", batch=64)
    (points,) = draw(made)
    model = nn.ModuleDict(made.networks())
    (objective,) = made.objectives(model)
    exact = float((0.5 * points.double().square() + 0.5 * math.log(2 * math.pi)).sum(dim=-1).mean())
    assert objective.loss(points).item() == pytest.approx(exact, rel=1e-5), "of the identity"
    layer = model["generator"].layers[0][-1]
    with torch.no_grad():  # The second number is divided by e^a after b is subtracted.
        layer.bias.copy_(torch.tensor([0.5, 0.2]))
    scale, x = 2 * math.tanh(0.25), points.double()[..., 0, :]
    z = torch.stack([x[..., 0], (x[..., 1] - 0.2) * math.exp(-scale)], dim=-1)
    exact = float((0.5 * z.square() + 0.5 * math.log(2 * math.pi)).sum(dim=-1).mean()) + scale
    assert objective.loss(points).item() == pytest.approx(exact, rel=1e-5)


def test_diffflow_is_trained_by_its_bound() -> None:
    """−log p(x_N) + ½·Σ(|ΔB|² − |ΔF|²) (Zhang and Chen 2021, equation 11), written out for linear fields."""
    made = recipe("diffflow", batch=1500, steps=3)
    x, cond, noise = draw(made)
    assert noise.shape == (1500, 3, 2) and cond.sum(dim=1).eq(1).all()
    assert cond.mean(dim=0) == pytest.approx(np.full(3, 1 / 3), abs=0.05)
    assert_standard_normal(noise)
    for row, reach in zip(cond.T, ("spiral", "rings", "grid"), strict=True):
        own = x[row == 1].double().norm(dim=1)
        if reach == "rings":
            assert ((own - 1.7).abs().lt(0.3) | (own - 0.7).abs().lt(0.3)).all()
    forward = Oracle(lambda x, t, cond: 0.2 * x + 0.1 * t + 0.05 * cond[:, :1])
    backward = Oracle(lambda x, t, cond: 0.3 * x - 0.1 * cond[:, :1])
    (objective,) = made.objectives(nn.ModuleDict({"drift": forward, "score": backward}))
    assert {id(each) for each in objective.parameters} == ids_of(forward, backward)
    times = 4 * (np.arange(4) / 3) ** 3
    state, told, nats = x.double().numpy(), cond.double().numpy()[:, :1], np.zeros(1500)

    def drift(x: Floats, t: float) -> Floats:
        return -x / 2 + 0.2 * x + 0.1 * t + 0.05 * told

    for place in range(3):
        here, there = times[place], times[place + 1]
        step, added = there - here, noise[:, place].double().numpy()
        after = state + drift(state, here) * step + math.sqrt(step) * added
        score = -after + (0.3 * after - 0.1 * told) / math.sqrt(1 - math.exp(-there))
        back = (state - after + (drift(after, there) - score) * step) / math.sqrt(step)
        nats += 0.5 * (back**2 - added**2).sum(axis=1)
        state = after
    nats += 0.5 * (state**2 + math.log(2 * math.pi)).sum(axis=1)
    assert objective.loss(x, cond, noise).item() == pytest.approx(nats.mean(), rel=1e-4)


def test_bits_are_trained_by_the_whole_bound() -> None:
    """T·E_t of KL(q(x_{t−1} | x_t, x_0) ‖ p) and of −log p(x_0 | x_1) (Sohl-Dickstein et al. 2015, equation 14)."""
    from gdm_studio.papers.systems.diffusion2015 import BinomialRecipe

    made = BinomialRecipe(batch=4096, steps=10)
    x0, x, t = draw(made)
    assert np.bincount(t.numpy().astype(int).ravel(), minlength=11)[1:] == pytest.approx(np.full(10, 409.6), abs=90)
    equal = (x == x0).double()
    for step in (1, 5, 10):
        rows = equal[t[:, 0] == step]
        kept = (10 - step) / 10
        assert float(rows.mean()) == pytest.approx(kept + (1 - kept) / 2, abs=0.03)

    class Sure(nn.Module):
        def __init__(self, guess: Tensor) -> None:
            super().__init__()
            self.matrix = nn.Parameter(torch.zeros(2, 2))
            self.guess = guess

        def forward(self, x: Tensor, share: Tensor) -> Tensor:
            assert torch.allclose(share, t / 10)
            return self.guess + self.matrix.sum()

    def arrives(value: Floats, before: float, step: Floats) -> Floats:
        beta = 1 / (10 - step + 1)
        return np.where(value == before, 1 - beta / 2, beta / 2)

    def posterior(value: Floats, clean: float, step: Floats) -> Floats:
        """Bayes' rule for q(x_{t−1} = 1 | x_t, x_0)."""
        kept = (10 - (step - 1)) / 10
        one = clean * kept + (1 - kept) / 2
        return arrives(value, 1, step) * one / (arrives(value, 1, step) * one + arrives(value, 0, step) * (1 - one))

    start, value, step = (each.double().numpy() for each in (x0, x, t))
    for guess in (x0, 0.2 + 0.6 * torch.rand(x0.shape, generator=torch.manual_seed(0))):
        (objective,) = made.objectives(Sure(guess))
        share = guess.double().numpy()
        q = np.where(start == 1, posterior(value, 1, step), posterior(value, 0, step))
        p = share * posterior(value, 1, step) + (1 - share) * posterior(value, 0, step)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.nan_to_num(q * np.log(q / p)) + np.nan_to_num((1 - q) * np.log((1 - q) / (1 - p)))
        assert objective.loss(x0, x, t).item() == pytest.approx(10 * terms.mean(), rel=1e-3, abs=1e-4)


# Gradients


def smooth_networks(name: str, made: Any) -> dict[str, nn.Module]:
    """Return networks of a system that are smooth functions of all their inputs."""
    if name == "lsgm":
        others = {each: made.networks()[each] for each in ("spread", "mixing")}
        return {"denoiser": Oracle(lambda z, *_: 0.4 * z.cos()), "autoencoder": KnownAutoencoder(), **others}
    if name == "diffflow":
        fields = Oracle(lambda x, t, cond: (0.2 * x + t).sin()), Oracle(lambda x, t, cond: (0.3 * x).cos())
        return dict(zip(("drift", "score"), fields, strict=True))
    if name == "latent":
        return {"autoencoder": KnownAutoencoder()}
    generator = Oracle(lambda z, *_: 0.4 * z[:, None, None, :2].sin(), latent=2)
    if name in ("vae", "diffusevae"):
        encoder = Oracle(lambda x, cond: torch.cat([x[:, 0, 0].sin(), x[:, 0, 0] - 1], dim=1))
        return {"generator": generator, "encoder": encoder}
    denoiser = Oracle(lambda x, time, cond: 0.1 * x + 0.6 * cond[:, None, None, 3:5].sin())
    return {"denoiser": denoiser, "generator": generator, "discriminator": Bowl()}


@pytest.mark.parametrize("name", ["vae", "diffusevae", "latent", "lsgm", "gan", "ddgan", "tdpm", "diffflow"])
def test_a_loss_is_differentiated_as_a_whole(name: str) -> None:
    """The gradient by each parameter is the slope of the loss: no part of it is taken for a constant.

    Parts that are constant on purpose (consistency, L_hybrid) have tests of their own.
    """
    made = recipe(name, data="images" if name == "latent" else "points:classes", batch=64)
    phase = made.phases[0] if name in ("diffusevae", "latent") else made
    model = nn.ModuleDict(smooth_networks(name, made))
    batch = [part.double() for part in draw(phase, **dict(model.items()))]
    objectives = phase.objectives(model.double())
    for objective in objectives[1:] if name == "tdpm" else objectives:
        slopes = torch.autograd.grad(objective.loss(*batch), objective.parameters)
        assert any(slope.any() for slope in slopes)
        for parameter, slope in zip(objective.parameters, slopes, strict=True):
            first, losses = parameter.data.view(-1)[:1], []
            for step in (1e-5, -2e-5):
                first += step
                losses.append(objective.loss(*batch).item())
            first += 1e-5
            measured = (losses[0] - losses[1]) / 2e-5
            assert float(slope.flatten()[0]) == pytest.approx(measured, rel=1e-3, abs=1e-5)
