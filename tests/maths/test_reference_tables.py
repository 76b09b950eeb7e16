"""Schedules, spacings, shift and pure noise against reference tables from their papers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import PROCESSES, Process, edm, flow, vp
from gdm_studio.maths.schedules import SCHEDULES
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.verify.exact_model import ExactLibrary, request, run_engine
from gdm_studio.verify.noise_level_tables import EXACT, share_off
from tests.maths.reference_tables import RATIOS, SPACED

# Number of timesteps at which schedules are compared.
PLACES = 50
STEPS = (2, 5, 10, 30)
ON: dict[str, Process] = {"vp": vp("linear"), "cosine": vp("cosine"), "edm": edm(), "flow": flow()}


def reference(name: str, count: int = 1000) -> np.ndarray:
    return RATIOS[name](np.arange(count), count)


def largest_difference(found: Sequence[float], wanted: np.ndarray) -> float:
    """Return the largest relative difference of two tables at PLACES timesteps."""
    places = np.unique(np.linspace(0, len(wanted) - 1, PLACES).round().astype(int))
    return share_off(np.array(found)[places], wanted[places])


def test_every_schedule_and_spacing_has_a_reference() -> None:
    assert {name for name, spec in SPACINGS.items() if not spec.needs_table} == {*SPACED}
    assert {*SCHEDULES} <= {*RATIOS}


@pytest.mark.parametrize("count", [100, 1000])
@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_a_schedule_equals_its_reference(name: str, count: int) -> None:
    assert largest_difference(vp(name, count).ratios, reference(name, count)) <= EXACT


@pytest.mark.parametrize("name", ["vp_sde", "subvp", "ve", "edm", "flow"])
def test_a_process_equals_its_reference(name: str) -> None:
    assert largest_difference(PROCESSES[name]().ratios, reference(name)) <= EXACT


@pytest.mark.parametrize("shift", [0.5, 3.0])
def test_shifted_tables_equal_their_references(shift: float) -> None:
    """Compare with Hoogeboom et al. 2023, section 3.1, and Esser et al. 2024, eq. 23."""
    log_snr = -2 * np.log(reference("cosine_snr")) - 2 * math.log(shift)
    assert largest_difference(vp("cosine_snr", shift=shift).ratios, np.exp(-log_snr / 2)) <= EXACT
    time = (np.arange(1000) + 1) / 1000
    moved = shift * time / (1 + (shift - 1) * time)
    ratios = np.divide(moved, 1 - moved, out=np.full(1000, math.inf), where=time < 1)
    assert largest_difference(flow(shift=shift).ratios, ratios) <= EXACT


@pytest.mark.parametrize("name", ["linear", "scaled_linear"])
def test_tables_rescaled_to_pure_noise_equal_their_references(name: str) -> None:
    """Compare with Lin et al. 2024, algorithm 1."""
    root = 1 / np.sqrt(1 + reference(name) ** 2)
    root = (root - root[-1]) * root[0] / (root[0] - root[-1])
    wanted = np.divide(np.sqrt(1 - root**2), root, out=np.full(1000, math.inf), where=root > 0)
    assert largest_difference(vp(name, zero_terminal_snr=True).ratios, wanted) <= EXACT


@pytest.mark.parametrize("on", sorted(ON))
@pytest.mark.parametrize("name", sorted(SPACED))
def test_the_noise_levels_of_a_run_equal_the_reference(name: str, on: str) -> None:
    process = ON[on]
    away = 0.0
    for steps in STEPS:
        found = run_engine(request(sampler="ddim", spacing=name, steps=steps, count=1), ExactLibrary(process))
        assert found.path[-1] == NoiseLevel(1.0, 0.0)
        away = max(away, share_off(np.array(found.ratios[:-1]), SPACED[name](np.array(process.ratios), steps)))
    assert away <= 1e-7
