"""Noise paths: every spacing on every process."""

import math

import pytest

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import PROCESSES, edm, flow, sub_vp, tabulated, vp, vp_sde
from gdm_studio.maths.schedules import SCHEDULES, linear
from gdm_studio.maths.spacings import SPACINGS

PROCESS_CASES = {name: make() for name, make in PROCESSES.items() if make is not tabulated}
PROCESS_CASES |= {f"vp-{name}": vp(name) for name in SCHEDULES}
PROCESS_CASES |= {
    "tabulated": tabulated(linear()),
    "zero terminal": vp(zero_terminal_snr=True),
    "shifted": flow(shift=3.0),
}
PLAIN = [name for name, spec in SPACINGS.items() if not spec.needs_table]


@pytest.mark.parametrize("name", PROCESS_CASES)
@pytest.mark.parametrize("spacing", PLAIN)
def test_paths_fall_strictly_from_noise_to_a_clean_image(name: str, spacing: str) -> None:
    process = PROCESS_CASES[name]
    most = min(len(process.ratios), 100) - (spacing == "leading_1")
    for steps in (1, 2, 7, min(20, most), 50 if spacing == "lcm_50" else most):
        path = process.path(spacing, steps)
        assert len(path) == steps + 1
        assert path[-1] == NoiseLevel(1.0, 0.0)
        assert all(a.ratio > b.ratio for a, b in zip(path, path[1:], strict=False))
        assert process.ratios[0] * (1 - 1e-9) <= path[-2].ratio and path[0].ratio <= process.ratios[-1] * (1 + 1e-9)
        for at in path:
            assert math.isfinite(at.alpha) and math.isfinite(at.sigma)


def test_noise_levels_are_on_the_curve_of_their_process() -> None:
    curves = [
        (vp(), lambda at: at.alpha**2 + at.sigma**2),
        (vp_sde(), lambda at: at.alpha**2 + at.sigma**2),
        (edm(), lambda at: at.alpha),
        (sub_vp(), lambda at: at.alpha**2 + at.sigma),
        (flow(), lambda at: at.alpha + at.sigma),
    ]
    for process, one in curves:
        for at in process.path("karras", 20):
            assert one(at) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", PROCESS_CASES)
def test_timestep_inverts_the_table(name: str) -> None:
    process = PROCESS_CASES[name]
    last = len(process.ratios) - 1
    for t in (0, 1, last // 2, last - 1.75, last - 0.25, last):
        assert process.timestep(process.at(t)) == pytest.approx(t, abs=1e-6)
    assert process.at(-3) == process.at(0) and process.at(last + 3) == process.at(last)
    assert all(process.at(t).ratio == pytest.approx(process.ratios[t]) for t in (0, last // 2, last))


def test_a_model_may_supply_its_own_ratios() -> None:
    own = next(name for name, spec in SPACINGS.items() if spec.needs_table)
    path = vp().path(own, 2, table={2: (30.0, 1.0)})
    assert [at.ratio for at in path] == pytest.approx([30.0, 1.0, 0.0])
