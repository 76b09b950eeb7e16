"""Checks of keyed noise: draws match their definition, and no two draws are correlated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch

from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.maths.processes import Process, edm, flow, sub_vp, vp
from gdm_studio.request.generation_request import Interpolation, Request
from gdm_studio.verify.check_result import Row, at_most, equal
from gdm_studio.verify.exact_model import ExactLibrary, request, run_engine

# Shape of an image for measuring moments.
LARGE = (4, 128, 128)
# Number of standard errors that is never exceeded by chance.
SURE = 5.0
# (step, draw): forwards, repeated, with gaps, backwards.
KEYS = ((0, 0), (1, 0), (1, 0), (2, 1), (2, 0), (5, 0), (6, 1), (3, 1), (4, 1), (0, 0), (0, 2), (1, 2), (7, 0), (0, 0))


def draw_numbers(seed: int, step: int, draw: int, shape: Sequence[int]) -> np.ndarray:
    """Return the reference noise for a seed, step and draw, computed independently of the engine: the three are hashed
    with splitmix64's finaliser to seed torch's generator.
    """
    key = np.uint64(seed)
    for part in (step, draw):
        key = _hash_integer(key ^ _hash_integer(np.uint64(part)))
    generator = torch.Generator().manual_seed(int(key) & (2**63 - 1))
    return torch.randn(*shape, generator=generator).double().numpy()


def draws(wanted: Request, shape: Sequence[int]) -> Callable[..., np.ndarray]:
    """Return a function `draw(step, number=0)` that computes the expected noise of all images of a request. The noise
    is an array of shape (N, C, h, w).
    """

    def draw(step: int, number: int = 0) -> np.ndarray:
        rows = [draw_numbers((wanted.seed + i) % 2**63, step, number, shape[1:]) for i in range(shape[0])]
        return np.stack(rows)

    return draw


def check_noise() -> Iterator[Row]:
    """Check that keyed noise is independent of the order of draws, and that draws are not correlated."""
    like = torch.empty(2, 4, 4, 4)
    for seeds in ((5, 6), (0, 2**63 - 1)):
        keyed = KeyedNoise(seeds)
        for place, (step, draw) in enumerate(KEYS):
            wanted = np.stack([draw_numbers(seed, step, draw, like.shape[1:]) for seed in seeds])
            off = np.abs(keyed(step, like, draw).double().numpy() - wanted).max()
            title = f"seeds {seeds[0]} and {seeds[1]}, request {place + 1}, step {step}, draw {draw}: off by"
            yield equal(title, off, 0, tolerance=0)
    yield from _check_initial_noise()
    yield from _check_single_images()
    yield from _check_interpolation()
    yield from _check_correlation()


def _check_initial_noise() -> Iterator[Row]:
    """Check that the initial noise has the standard deviation √(alpha² + sigma²), which noisy images have if the
    variance of the data is 1.
    """
    places: tuple[tuple[str, Process, Callable[[float], float]], ...] = (
        ("EDM to sigma 2", edm(0.01, 2.0), lambda r: math.hypot(1, r)),
        ("variance preserving", vp("linear"), lambda r: 1.0),
        ("sub-VP", sub_vp(), lambda r: math.hypot(1, r) * 2 / (r + math.hypot(r, 2))),
        ("flow", flow(), lambda r: math.hypot(1, r) / (1 + r) if r < math.inf else 1.0),
    )
    for title, process, size in places:
        for spacing in ("karras", "leading"):
            run = run_engine(request(sampler="ddim", spacing=spacing, steps=4), ExactLibrary(process))
            draw = draws(request(), run.start.shape)
            away = np.abs(run.start - size(run.ratios[0]) * draw(0)).max()
            yield at_most(f"{title}, {spacing}: start off by", away, 1e-5)


def _check_single_images() -> Iterator[Row]:
    """Check that each image of a batch consists of the same numbers if it is generated alone, from a request of its
    own.
    """
    wanted = request(sampler="pc", count=3, seed=2**63 - 2, steps=4)
    library = ExactLibrary(vp("linear"))
    together = run_engine(wanted, library).steps[-1].x
    for image in range(wanted.count):
        own = replace(wanted.picture(image), batch=1)
        away = float((run_engine(own, library).steps[-1].x[0] - together[image]).abs().max())
        yield at_most(f"picture {image + 1} of 3, seed {own.seed}, made alone: off by", away, 1e-9)


def _check_interpolation() -> Iterator[Row]:
    """Check that initial noise between two seeds is a spherical interpolation of the noise of both seeds, which
    preserves the variance 1.
    """
    process = vp("linear")
    for amount in (0.0, 0.3, 1.0):
        toward = Interpolation("right", 77, amount)
        run = run_engine(request(sampler="ddim", toward=toward, steps=2), ExactLibrary(process))
        own, other = (draws(request(seed=seed), run.start.shape)(0) for seed in (5, 77))
        turn = amount * math.pi / 2
        away = np.abs(run.start - (math.cos(turn) * own + math.sin(turn) * other)).max()
        yield at_most(f"{amount:g} of the way from seed 5 to 77: start off by", away, 1e-5)


def _check_correlation() -> Iterator[Row]:
    """Check the mean, variance and fourth moment of the engine's noise, and that draws with similar keys (seed, step,
    draw) are uncorrelated.
    """
    like = torch.empty(3, *LARGE)
    seeds = (5, 6, 7)
    numbers = math.prod(LARGE)
    keyed = KeyedNoise(seeds)
    found = [keyed(step, like, draw) for draw in (0, 1) for step in (0, 1, 2)]
    whole = torch.cat(found).double().numpy().reshape(-1, numbers)
    mean = np.abs(whole.mean(axis=1)).max() * math.sqrt(numbers)
    yield at_most("mean of a draw, at most, in standard errors", mean, SURE)
    variance = np.abs((whole**2).mean(axis=1) - 1).max() * math.sqrt(numbers / 2)
    yield at_most("variance of a draw less 1, at most, in standard errors", variance, SURE)
    kurtosis = np.abs((whole**4).mean(axis=1) - 3).max() * math.sqrt(numbers / 96)
    yield at_most("fourth moment of a draw less 3, at most, in standard errors", kurtosis, SURE)
    correlations = whole @ whole.T / numbers - np.eye(len(whole))
    np.fill_diagonal(correlations, 0)
    title = f"correlation of any two of {len(whole)} draws, at most, in standard errors"
    yield at_most(title, np.abs(correlations).max() * math.sqrt(numbers), SURE)


def _hash_integer(value: np.uint64) -> np.uint64:
    """Return a 64-bit hash of an integer: one step of the splitmix64 generator followed by its finaliser, modulo 2^64
    (Steele et al. 2014).
    """
    with np.errstate(over="ignore"):
        value = value + np.uint64(0x9E3779B97F4A7C15)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
