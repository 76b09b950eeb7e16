"""The mathematics of the figures, against closed forms and made-up clouds."""

from __future__ import annotations

import numpy as np
import pytest

from gdm_studio.training.evaluation.statistics import (
    HUES,
    dominant_hue,
    draw_subsets,
    frechet_distance,
    interval,
    kernel_distance,
    nearest_distance,
    recall_at_1,
    share_memorised,
)

COLOURS = {
    "red": (220, 30, 30), "orange": (245, 140, 20), "yellow": (250, 215, 40), "green": (50, 170, 70),
    "blue": (40, 90, 220), "purple": (140, 60, 200), "pink": (240, 90, 170), "brown": (120, 75, 40),
}  # fmt: skip


def test_recall_counts_the_queries_whose_own_answer_is_nearest() -> None:
    answers = np.eye(4)
    assert recall_at_1(answers, answers) == 1
    assert recall_at_1(answers[[1, 0, 2, 3]], answers) == 0.5


def test_a_draw_has_no_group_twice_and_is_the_same_every_time() -> None:
    groups = [f"thing {index % 7}" for index in range(40)]
    first, second = (draw_subsets(groups, 5, times=6, seed=3) for _ in range(2))
    for chosen, again in zip(first, second, strict=True):
        assert len(chosen) == 5 == len({groups[index] for index in chosen})
        np.testing.assert_array_equal(chosen, again)
    assert len({tuple(chosen) for chosen in first}) == 6
    assert [len(chosen) for chosen in draw_subsets(groups, 100, times=2, seed=3)] == [7, 7]


def test_every_picture_has_its_chance_in_a_draw() -> None:
    chosen = np.concatenate(draw_subsets(["a", "a", "b"], 2, times=400, seed=0))
    share = np.bincount(chosen, minlength=3) / 400
    np.testing.assert_allclose(share, (0.5, 0.5, 1.0), atol=0.1)


def test_every_group_has_its_chance_in_a_draw_of_a_part() -> None:
    """The chance grows with the size of a group: a random order meets a group of many pictures early."""
    small, large = [f"thing {index}" for index in range(12)], [f"other {index}" for index in range(4) for _ in range(6)]
    groups = np.array(small + large)
    found = groups[np.concatenate(draw_subsets(list(groups), 5, times=600, seed=1))]
    names, counts = np.unique(found, return_counts=True)
    assert len(names) == 16
    # The first five names of random orders, by a second way to find them.
    rng = np.random.default_rng(9)
    firsts = [list(dict.fromkeys(rng.permutation(groups)))[:5] for _ in range(600)]
    expected = dict(zip(*np.unique(firsts, return_counts=True), strict=True))
    np.testing.assert_allclose(counts / 600, [expected[name] / 600 for name in names], atol=0.1)


def test_an_interval_holds_95_of_100_draws() -> None:
    values = np.random.default_rng(0).normal(5, 2, 100_000)
    mean, low, high = interval(values)
    assert (mean, low, high) == pytest.approx((5, 5 - 1.96 * 2, 5 + 1.96 * 2), abs=0.06)


def test_frechet_distance_is_that_of_gaussians() -> None:
    rng = np.random.default_rng(1)
    spread, shift = np.array([1.0, 2.0, 0.5]), np.array([0.0, 3.0, 0.0])
    one = rng.normal(size=(200_000, 3)) * spread
    other = rng.normal(size=(200_000, 3)) * 2 * spread + shift
    # for diagonal covariances: |shift|² + the sum of squared differences of the standard deviations
    assert frechet_distance(one, other) == pytest.approx(9 + np.square(spread).sum(), rel=0.02)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    assert frechet_distance(one @ turn, other @ turn) == pytest.approx(frechet_distance(one, other), rel=1e-6)
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-9)


def test_frechet_distance_of_covariances_that_do_not_commute() -> None:
    one = np.random.default_rng(2).normal(size=(400_000, 2)) * (2, 1)
    turned = one @ np.array([[0, 1], [-1, 0]])
    # tr(C1 + C2 - 2 (C1 C2)^½) with C1 = diag(4, 1), C2 = diag(1, 4): 10 - 2 (2 + 2)
    assert frechet_distance(one, turned) == pytest.approx(2, rel=0.02)


def test_kernel_distance_is_nought_on_average_for_equal_clouds_and_has_the_closed_form_for_points() -> None:
    rng = np.random.default_rng(3)
    same = [kernel_distance(rng.normal(size=(60, 4)), rng.normal(size=(60, 4))) for _ in range(200)]
    assert abs(np.mean(same)) < 3 * np.std(same) / np.sqrt(200)
    assert min(same) < 0 < max(same), "unbiased, so that it falls below nought as well"
    ones, noughts = np.ones((5, 4)), np.zeros((6, 4))
    assert kernel_distance(ones, noughts) == pytest.approx(8 + 1 - 2)  # (1 + 1)³, (0 + 1)³, (0 + 1)³


def test_the_nearest_of_many_is_found_in_whatever_parts_they_are_read() -> None:
    rng = np.random.default_rng(4)
    known = rng.integers(0, 256, (2500, 3, 3), np.uint8)
    asked = rng.integers(0, 256, (70, 3, 3), np.uint8)
    asked[7] = known[2222]
    apart = known.reshape(-1, 9).astype(float)[None] - asked.reshape(-1, 9).astype(float)[:, None]
    found = nearest_distance(asked, known)
    np.testing.assert_allclose(found, np.sqrt(np.square(apart).sum(2)).min(1), atol=0.05)
    assert found[7] == 0


def test_memorised_are_those_nearer_than_unseen_pictures_ever_are() -> None:
    fresh = np.linspace(1, 2, 101)  # the first percentile is 1.01
    assert share_memorised(np.array([0.0, 1.0, 1.02, 3.0]), fresh) == 0.5
    assert share_memorised(fresh, fresh) == pytest.approx(0.01, abs=0.001)


@pytest.mark.parametrize("hue", HUES)
def test_the_dominant_hue_is_seen_through_outlines_shine_and_transparency(hue: str) -> None:
    picture = np.zeros((32, 32, 4), np.uint8)
    picture[..., :3] = COLOURS["green" if hue != "green" else "red"]  # seen by nobody
    picture[2:30, 2:30] = (25, 25, 25, 255)
    picture[4:28, 4:28] = (*COLOURS[hue], 255)
    picture[6:14, 6:14] = (255, 255, 255, 255)
    picture[20:26, 20:26] = (*COLOURS["blue" if hue != "blue" else "pink"], 255)
    assert dominant_hue(picture) == hue


def test_a_grey_picture_has_no_hue() -> None:
    assert dominant_hue(np.full((8, 8, 4), 200, np.uint8)) == ""
    assert dominant_hue(np.zeros((8, 8, 4), np.uint8)) == ""
