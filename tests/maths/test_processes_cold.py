"""Cold diffusion: every degradation leaves a clean image unchanged and depends only on its image."""

import math

import numpy as np
import pytest

from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.maths.processes import PROCESSES, Process
from gdm_studio.maths.processes.cold import BLUR
from gdm_studio.maths.samplers import SAMPLERS

COLD = [process for process in (PROCESSES[name]() for name in PROCESSES if name != "tabulated") if process.cold]
RNG = np.random.default_rng(0)
PICTURES, EPS = RNG.uniform(-1, 1, size=(3, 4, 12, 16)), RNG.normal(size=(3, 4, 12, 16))
GONE = NoiseLevel(0.0, 1.0)


def severity(s: float) -> NoiseLevel:
    return NoiseLevel(1 - s, s)


def process_named(name: str) -> Process:
    return PROCESSES[name]()


def test_all_five_cold_processes_are_registered() -> None:
    assert [process.name for process in COLD] == ["blur", "pixelate", "mask", "fade", "snow"]


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_paths_have_even_severities(process: Process) -> None:
    path = process.path("trailing", 4)
    assert np.allclose(path, (GONE, severity(0.75), severity(0.5), severity(0.25), CLEAN), atol=1e-12)
    assert path[0] == GONE and path[-1] == CLEAN


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_a_clean_image_is_unchanged(process: Process) -> None:
    assert process.degrade(PICTURES, CLEAN, EPS) is PICTURES
    almost = process.degrade(PICTURES, severity(1e-4), EPS)
    # The first flake, at the highest eps, is white at once.
    if process.name != "snow":
        assert np.allclose(almost, PICTURES, atol=1e-2)
    assert np.isclose(almost, PICTURES, atol=1e-2).mean() > 0.99


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_nothing_of_the_image_is_left_at_the_end(process: Process) -> None:
    """Allow the mean colour, which averaging processes keep."""
    found = process.degrade(PICTURES, GONE, EPS)
    mean = PICTURES.mean(axis=(2, 3), keepdims=True)
    wanted = {"blur": mean, "pixelate": mean, "mask": 0.0, "fade": 0.0, "snow": 1.0}[process.name]
    assert np.allclose(found, np.broadcast_to(wanted, found.shape), atol=1e-12)


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_higher_severities_remove_more_of_the_image(process: Process) -> None:
    """Measure the remaining difference between two images, which never grows."""
    other = PICTURES[::-1].copy()
    left = [
        np.linalg.norm(process.degrade(PICTURES, at, EPS) - process.degrade(other, at, EPS))
        for at in reversed(process.path("linspace", 40))
    ]
    assert left[0] == pytest.approx(np.linalg.norm(PICTURES - other))
    # Cells of different counts do not nest.
    if process.name == "pixelate":
        assert left[-1] < left[30] < left[15] < left[0]
    else:
        assert all(later <= earlier + 1e-12 for earlier, later in zip(left, left[1:], strict=False))


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_a_degradation_depends_only_on_its_image_and_noise(process: Process) -> None:
    """Compare repeated calls, single images and batches, numpy and torch, and both precisions."""
    torch = pytest.importorskip("torch")
    at = severity(0.4)
    whole = process.degrade(PICTURES, at, EPS)
    assert np.array_equal(process.degrade(PICTURES, at, EPS), whole)
    assert np.allclose(process.degrade(PICTURES[1:2], at, EPS[1:2]), whole[1:2], rtol=0, atol=1e-14)
    tensors = torch.tensor(PICTURES), torch.tensor(EPS)
    assert np.allclose(process.degrade(tensors[0], at, tensors[1]).numpy(), whole, atol=1e-12)
    half = process.degrade(tensors[0].float(), at, tensors[1].float())
    assert half.dtype == torch.float32 and np.allclose(half.numpy(), whole, atol=1e-4)


@pytest.mark.parametrize("name", ["mask", "snow"])
def test_random_degradations_differ_between_images(name: str) -> None:
    same = np.repeat(PICTURES[:1], 3, axis=0)
    one, two, _ = process_named(name).degrade(same, severity(0.4), EPS)
    assert not np.allclose(one, two, atol=0.1)


def test_consecutive_blurs_add_up() -> None:
    """Check that two blurs in a row equal one with the sum of their variances, and that the mean colour stays."""
    process = process_named("blur")

    def at(width: float) -> NoiseLevel:
        return process.coordinates(width / BLUR)

    twice = process.degrade(process.degrade(PICTURES, at(0.03), EPS), at(0.04), EPS)
    assert np.allclose(twice, process.degrade(PICTURES, at(0.05), EPS), atol=1e-12)
    assert twice.mean(axis=(2, 3)) == pytest.approx(PICTURES.mean(axis=(2, 3)))


def test_a_blurred_point_is_a_gaussian() -> None:
    process, side, width = process_named("blur"), 64, 0.05
    picture = np.zeros((1, 1, side, side))
    picture[0, 0, 32, 32] = 1
    blurred = process.degrade(picture, process.coordinates(width / BLUR), EPS[:1])[0, 0]
    d = np.arange(side) - 32
    bell = np.exp(-(d**2) / (2 * (width * side) ** 2)) / (width * side * math.sqrt(2 * math.pi))
    assert np.allclose(blurred, np.outer(bell, bell), atol=1e-5)


def test_pixelation_averages_cells() -> None:
    """Check 16 columns and 12 rows at severity ½: 4 cells across and 3 down."""
    found = process_named("pixelate").degrade(PICTURES, severity(0.5), EPS)
    cells = PICTURES.reshape(3, 4, 3, 4, 4, 4).mean(axis=(3, 5))
    assert np.allclose(found, np.repeat(np.repeat(cells, 4, axis=2), 4, axis=3))


def test_masks_are_placed_evenly() -> None:
    """Find the deepest place of the hole in many images; every quarter must have its share."""
    eps = np.random.default_rng(1).normal(size=(2000, 1, 8, 8))
    holes = process_named("mask").degrade(np.ones((2000, 1, 8, 8)), severity(0.2), eps).reshape(2000, 64)
    rows, columns = np.divmod(holes.argmin(axis=1), 8)
    quarters = np.bincount(2 * (rows > 3) + (columns > 3), minlength=4)
    assert quarters == pytest.approx(np.full(4, 500), abs=4 * math.sqrt(500))


@pytest.mark.parametrize("shape", [(32, 16), (16, 32)], ids=str)
def test_masks_are_at_the_same_relative_place_for_any_shape(shape: tuple[int, int]) -> None:
    eps = np.random.default_rng(1).normal(size=(50, 1, 32, 32))

    def places(rows: int, columns: int) -> np.ndarray:
        holes = process_named("mask").degrade(np.ones((50, 1, rows, columns)), severity(0.2), eps).reshape(50, -1)
        down, across = np.divmod(holes.argmin(axis=1), columns)
        return np.stack([(down + 0.5) / rows, (across + 0.5) / columns])

    assert np.abs(places(*shape) - places(32, 32)).max() <= 1 / 32


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_snow_covers_about_its_severity(share: float) -> None:
    eps = np.random.default_rng(1).normal(size=(8, 3, 64, 64))
    covered = process_named("snow").degrade(np.zeros((8, 3, 64, 64)), severity(share), eps)
    assert covered.mean() == pytest.approx(share, abs=0.02)
    assert covered.min() >= 0 and covered.max() <= 1


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_the_prior_is_a_degraded_image_with_little_noise(process: Process) -> None:
    start = process.prior(lambda step, like: EPS, PICTURES, GONE)
    flat = start - 0.002 * EPS
    assert np.allclose(flat, process.degrade(flat, GONE, EPS), atol=1e-12)
    assert np.allclose(flat, flat[:, :, :1, :1])


@pytest.mark.parametrize("sampler", ["cold_1", "cold_2"])
def test_a_hole_stays_in_its_place_at_every_step(sampler: str) -> None:
    """The random part of a degradation is that of the start (Bansal et al. 2022, section 4.2)."""
    process = process_named("mask")
    path = process.path("linspace", 5)
    x = process.degrade(PICTURES, path[0], EPS)
    found = list(
        SAMPLERS[sampler].fn(
            lambda x, at: PICTURES,
            x,
            path,
            lambda step, like, draw=0: -step - EPS if step else EPS,
            degrade=process.degrade,
        )
    )
    assert len(found) == 5
    for step in found:
        assert np.allclose(step.x, process.degrade(PICTURES, step.at, EPS), atol=1e-12)
