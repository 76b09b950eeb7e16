"""Step-by-step comparison of our samplers with public implementations: with their stored results, or run directly.

by_diffusers.py and by_k_diffusion.py list the known differences.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.maths.noise_path import NoiseLevel, Step
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.inversion import invert
from gdm_studio.maths.spacings import SPACINGS
from tests.parity.numbers import FOLDER, Case, consistent, denoise, keyed, load, variance
from tests.parity.numbers import SPACINGS as spacings_file

TOLERANCES = {torch.float64: 1e-12, torch.float32: 1e-5}  # of what they calculate in
COARSE = {"deis": 1e-4, "pndm": 5e-5}  # where single precision costs diffusers more
STORED = {name: load(FOLDER / f"{name}.npz") for name in ("k-diffusion", "diffusers")}
VISITED = json.loads(spacings_file.read_text(encoding="utf-8"))
CASES = [pytest.param(case, table, id=case.name) for cases, table in STORED.values() for case in cases]


@pytest.mark.parametrize(("case", "table"), CASES)
def test_every_step_is_theirs(case: Case, table: np.ndarray) -> None:
    begin, *theirs = map(torch.from_numpy, case.x)
    allowed = COARSE.get(case.sampler, TOLERANCES[begin.dtype])
    steps = {step.index: step for step in ours(case, table)}
    assert len(steps) == len(case.path) - 1 - case.start and theirs
    for index, x in zip(case.steps, theirs, strict=True):
        found = getattr(steps[index], case.shows)
        assert found.dtype == x.dtype and (found - x).abs().max() < allowed, f"step {index}"


def test_every_sampler_that_has_a_public_twin_is_compared() -> None:
    compared = {case.sampler for cases, _ in STORED.values() for case in cases}
    alone = {  # cross-checked by closed forms instead
        *("restart", "ode_rk45", "analytic_ddpm", "analytic_ddim", "pc", "pc_ancestral", "ncsn", "ncsnv2"),
        *("cold_1", "cold_2"),
    }
    assert compared - {"invert"} == set(SAMPLERS) - alone


@pytest.mark.parametrize("entry", VISITED["spacings"], ids=lambda entry: entry["spacing"])
def test_every_spacing_visits_what_theirs_does(entry: dict[str, Any]) -> None:
    visited = entry["visited"]
    ours = SPACINGS[entry["spacing"]].pick(VISITED["tables"][entry["table"]], len(visited))
    assert ours == pytest.approx(visited, rel=5e-6)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # theirs, under a newer numpy
@pytest.mark.parametrize(("name", "module"), [("k-diffusion", "by_k_diffusion"), ("diffusers", "by_diffusers")])
def test_the_numbers_are_what_they_make(name: str, module: str) -> None:
    for package in {name.replace("-", "_"), "scipy"}:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    stored, made = STORED[name][0], list(importlib.import_module(f"tests.parity.{module}").cases())
    assert [case.name for case in made] == [case.name for case in stored]
    for one, other in zip(made, stored, strict=True):
        assert (one.sampler, one.path, one.steps, one.knobs) == (other.sampler, other.path, other.steps, other.knobs)
        assert one.x.dtype == other.x.dtype and np.allclose(one.x, other.x, rtol=0, atol=1e-6), one.name


def ours(case: Case, table: np.ndarray) -> Iterator[Step]:
    begin = torch.from_numpy(case.x[0])
    if case.sampler == "invert":
        return invert(denoise, begin, case.path, start=case.start)
    time_at = dict(zip(case.path, case.times, strict=False))

    def denoised(x: torch.Tensor, at: NoiseLevel) -> torch.Tensor:
        return consistent(x, at, time_at[at]) if time_at else denoise(x, at)

    needed = {"learned_variance": lambda x, at: variance()} if case.learned else {}
    return SAMPLERS[case.sampler].fn(denoised, begin, case.path, keyed(table, begin.dtype), **case.knobs, **needed)
