"""Paired errors of two runs: the band covers at its level, files of crashed runs, and runs of the same network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gdm_studio.papers import recipe_of
from gdm_studio.training.loop import train
from gdm_studio.training.run_comparison import (
    FILE,
    LEVEL,
    UNITS,
    PairedErrors,
    append,
    band_widths,
    compare,
    index_of,
)
from tests.papers.toy import SMALL, write_pictures


def differences(rng: np.random.Generator, shift: float = 0.0) -> NDArray[np.float64]:
    """Return heavy-tailed differences (12, UNITS) of which neighbouring measurements are correlated."""
    fresh = rng.standard_t(3, (12, UNITS)) * np.exp(rng.normal(size=UNITS))
    return np.cumsum(fresh, axis=0) / np.sqrt(np.arange(1, 13))[:, None] + shift


def test_the_band_covers_at_its_level() -> None:
    rng = np.random.default_rng(0)
    count = 600
    inside = 0
    for _ in range(count):
        drawn = differences(rng)
        inside += bool((np.abs(drawn.mean(axis=1)) <= band_widths(drawn)).all())
    # Four standard errors of the binomial law.
    assert abs(inside / count - LEVEL) < 4 * np.sqrt(LEVEL * (1 - LEVEL) / count)
    drawn = differences(rng, shift=4.0)
    assert (np.abs(drawn.mean(axis=1)) > band_widths(drawn)).any()
    assert not band_widths(np.zeros((3, UNITS))).any()


def test_runs_are_compared_at_common_measurements(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    base = rng.random((5, UNITS))
    curves = {"earlier": base, "better": base - 0.2 + 0.01 * rng.random((5, UNITS)), "same": base}
    for name, errors in curves.items():
        (tmp_path / name).mkdir()
        for index, each in enumerate(errors[: 3 if name == "better" else 5]):
            append(tmp_path / name, index, 64 * (index + 1), "units", each)
    loaded = {name: PairedErrors.load(tmp_path / name) for name in curves}
    found = compare(loaded["better"], loaded["earlier"])
    assert found is not None and found.sign == -1 and [seen for seen, _, _ in found.band] == [64, 128, 192]
    worse = compare(loaded["earlier"], loaded["better"])
    assert worse is not None and worse.sign == 1
    same = compare(loaded["same"], loaded["earlier"])
    assert same is not None and same.sign == 0
    append(tmp_path / "same", 0, 64, "other units", base[0])
    other = PairedErrors.load(tmp_path / "same")
    assert len(other.points) == 1 and compare(other, loaded["earlier"]) is None
    assert compare(PairedErrors(), PairedErrors()) is None


def test_damaged_lines_are_left_out_and_repeated_ones_replaced(tmp_path: Path) -> None:
    append(tmp_path, 2, 128, "units", np.ones(UNITS))
    good = (tmp_path / FILE).read_text()
    bad = ["{", "[]", "{}", json.dumps({"index": 1, "seen": 3, "key": "units", "errors": ["x"]}), good[:40], "\0"]
    bad += [json.dumps({"index": place, "seen": 1, "key": "", "errors": [float("nan")] * UNITS}) for place in (-1, 3)]
    bad.append(json.dumps({"index": 3, "seen": 10**400, "key": "units", "errors": [1.0] * UNITS}))
    (tmp_path / FILE).write_text("\n".join([*bad, good.strip(), *bad]) + "\n")
    append(tmp_path, 2, 130, "units", np.full(UNITS, 2.0))
    assert PairedErrors.load(tmp_path).curve() == [(130, 2.0)]


def test_measurements_are_due_at_equal_factors() -> None:
    due = [seen for seen in range(1, 1025) if index_of(seen) != index_of(seen - 1)]
    assert due[0] == 64 and due[-1] == 1024 and len(due) == 17
    assert all(
        later / earlier == pytest.approx(2**0.25, rel=0.02) for earlier, later in zip(due, due[1:], strict=False)
    )


@pytest.mark.slow
def test_systems_are_compared_on_the_same_units(tmp_path: Path) -> None:
    """Two systems with other processes have the same units, and the same run twice has no difference."""
    data = write_pictures(tmp_path / "pictures")
    options = {name: value for name, value in SMALL.items() if name != "even"} | {"samples": 96, "batch": 32}
    found = []
    for place, name in enumerate(("edm", "flow-matching", "edm")):
        recipe = recipe_of(name)(data=data, **options, hold_out=0.1, sheet_minutes=1e6)
        steps = train(recipe, tmp_path / str(place))
        for _ in range(3):
            next(steps)
        steps.close()
        found.append(PairedErrors.load(tmp_path / str(place)))
    assert [len(each.points) for each in found] == [2, 2, 2] and len({each.key for each in found}) == 1
    assert found[0].curve() == found[2].curve() != found[1].curve()
    comparison = compare(found[0], found[2])
    assert comparison is not None and comparison.sign == 0
