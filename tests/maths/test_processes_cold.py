"""Cold diffusion: every degradation leaves a clean picture as it is, and belongs to its picture."""

import math

import numpy as np
import pytest

from gdm_studio.maths.path import CLEAN, Point
from gdm_studio.maths.processes import PROCESSES, Process
from gdm_studio.maths.processes.cold import BLUR

COLD = [process for process in (PROCESSES[name]() for name in PROCESSES if name != "tabulated") if process.cold]
RNG = np.random.default_rng(0)
PICTURES, EPS = RNG.uniform(-1, 1, size=(3, 4, 12, 16)), RNG.normal(size=(3, 4, 12, 16))
GONE = Point(0.0, 1.0)


def severity(s: float) -> Point:
    return Point(1 - s, s)


def of(name: str) -> Process:
    return PROCESSES[name]()


def test_there_are_five() -> None:
    assert [process.name for process in COLD] == ["blur", "pixelate", "mask", "fade", "snow"]


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_points_are_even_severities(process: Process) -> None:
    path = process.path("trailing", 4)
    assert np.allclose(path, (GONE, severity(0.75), severity(0.5), severity(0.25), CLEAN), atol=1e-12)
    assert path[0] == GONE and path[-1] == CLEAN


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_a_clean_picture_stays_exactly_what_it_is(process: Process) -> None:
    assert process.degrade(PICTURES, CLEAN, EPS) is PICTURES
    almost = process.degrade(PICTURES, severity(1e-4), EPS)
    if process.name != "snow":  # the first flake, where eps is highest, is white at once
        assert np.allclose(almost, PICTURES, atol=1e-2)
    assert np.isclose(almost, PICTURES, atol=1e-2).mean() > 0.99


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_nothing_of_the_picture_is_left_at_the_end(process: Process) -> None:
    """But for its mean colour, where the picture is averaged."""
    found = process.degrade(PICTURES, GONE, EPS)
    mean = PICTURES.mean(axis=(2, 3), keepdims=True)
    wanted = {"blur": mean, "pixelate": mean, "mask": 0.0, "fade": 0.0, "snow": 1.0}[process.name]
    assert np.allclose(found, np.broadcast_to(wanted, found.shape), atol=1e-12)


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_every_severity_takes_more_of_the_picture(process: Process) -> None:
    """What is left of a difference between two pictures shrinks: never more than before."""
    other = PICTURES[::-1].copy()
    left = [
        np.linalg.norm(process.degrade(PICTURES, at, EPS) - process.degrade(other, at, EPS))
        for at in reversed(process.path("linspace", 40))
    ]
    assert left[0] == pytest.approx(np.linalg.norm(PICTURES - other))
    if process.name == "pixelate":  # cells of different counts do not nest
        assert left[-1] < left[30] < left[15] < left[0]
    else:
        assert all(later <= earlier + 1e-12 for earlier, later in zip(left, left[1:], strict=False))


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_a_degradation_belongs_to_its_picture(process: Process) -> None:
    """The same from the same numbers, alone or in a batch, from numpy and torch, in their precision."""
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
def test_what_is_random_differs_between_pictures(name: str) -> None:
    same = np.repeat(PICTURES[:1], 3, axis=0)
    one, two, _ = of(name).degrade(same, severity(0.4), EPS)
    assert not np.allclose(one, two, atol=0.1)


def test_blurs_add_up() -> None:
    """Two in a row are one whose variance is their sum, and the mean colour stays."""
    process = of("blur")

    def at(width: float) -> Point:
        return process.coordinates(width / BLUR)

    twice = process.degrade(process.degrade(PICTURES, at(0.03), EPS), at(0.04), EPS)
    assert np.allclose(twice, process.degrade(PICTURES, at(0.05), EPS), atol=1e-12)
    assert twice.mean(axis=(2, 3)) == pytest.approx(PICTURES.mean(axis=(2, 3)))


def test_a_blurred_point_is_a_gaussian() -> None:
    process, side, width = of("blur"), 64, 0.05
    picture = np.zeros((1, 1, side, side))
    picture[0, 0, 32, 32] = 1
    blurred = process.degrade(picture, process.coordinates(width / BLUR), EPS[:1])[0, 0]
    d = np.arange(side) - 32
    bell = np.exp(-(d**2) / (2 * (width * side) ** 2)) / (width * side * math.sqrt(2 * math.pi))
    assert np.allclose(blurred, np.outer(bell, bell), atol=1e-5)


def test_pixels_grow_to_means_of_their_cells() -> None:
    """16 columns and 12 rows at severity ½: 4 cells across, 3 down."""
    found = of("pixelate").degrade(PICTURES, severity(0.5), EPS)
    cells = PICTURES.reshape(3, 4, 3, 4, 4, 4).mean(axis=(3, 5))
    assert np.allclose(found, np.repeat(np.repeat(cells, 4, axis=2), 4, axis=3))


def test_masks_are_placed_evenly() -> None:
    """Where the hole is deepest, over many pictures, every quarter of the picture has its share."""
    eps = np.random.default_rng(1).normal(size=(2000, 1, 8, 8))
    holes = of("mask").degrade(np.ones((2000, 1, 8, 8)), severity(0.2), eps).reshape(2000, 64)
    rows, columns = np.divmod(holes.argmin(axis=1), 8)
    quarters = np.bincount(2 * (rows > 3) + (columns > 3), minlength=4)
    assert quarters == pytest.approx(np.full(4, 500), abs=4 * math.sqrt(500))


@pytest.mark.parametrize("shape", [(32, 16), (16, 32)], ids=str)
def test_a_mask_has_its_hole_at_the_same_place_of_a_picture_of_any_shape(shape: tuple[int, int]) -> None:
    eps = np.random.default_rng(1).normal(size=(50, 1, 32, 32))

    def places(rows: int, columns: int) -> np.ndarray:
        holes = of("mask").degrade(np.ones((50, 1, rows, columns)), severity(0.2), eps).reshape(50, -1)
        down, across = np.divmod(holes.argmin(axis=1), columns)
        return np.stack([(down + 0.5) / rows, (across + 0.5) / columns])

    assert np.abs(places(*shape) - places(32, 32)).max() <= 1 / 32


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_snow_covers_about_its_severity(share: float) -> None:
    eps = np.random.default_rng(1).normal(size=(8, 3, 64, 64))
    covered = of("snow").degrade(np.zeros((8, 3, 64, 64)), severity(share), eps)
    assert covered.mean() == pytest.approx(share, abs=0.02)
    assert covered.min() >= 0 and covered.max() <= 1


@pytest.mark.parametrize("process", COLD, ids=lambda p: p.name)
def test_the_start_is_a_fully_degraded_picture_and_a_trace_of_noise(process: Process) -> None:
    start = process.prior(lambda step, like: EPS, PICTURES, GONE)
    flat = start - 0.002 * EPS
    assert np.allclose(flat, process.degrade(flat, GONE, EPS), atol=1e-12)
    assert np.allclose(flat, flat[:, :, :1, :1])
