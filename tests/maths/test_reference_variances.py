"""The variance of samplers with noise on Gaussian data, against recurrences from their papers."""

from __future__ import annotations

import pytest

from gdm_studio.verify.sampler_cases import SamplerCase, stochastic
from gdm_studio.verify.samplers_on_gaussians import LINE, law, variance_of
from tests.maths.reference_variances import CHAINS

RIGS = [rig for rig in stochastic() if rig.spec.affine]


def test_every_sampler_with_noise_has_a_reference() -> None:
    assert {rig.name for rig in RIGS} == {*CHAINS}


@pytest.mark.parametrize("steps", [10, 50, 1000])
@pytest.mark.parametrize("rig", RIGS, ids=lambda rig: rig.name)
def test_the_variance_equals_the_reference(rig: SamplerCase, steps: int) -> None:
    path = rig.path(steps)
    assert variance_of(law(rig, LINE, path)) == pytest.approx(CHAINS[rig.name]([at.ratio for at in path]), rel=1e-9)
