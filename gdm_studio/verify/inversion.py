"""Checks of DDIM inversion, which computes an image's noise by reversed DDIM steps, and of the way back to the
image.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gdm_studio.maths.exact import Mixture, two_modes
from gdm_studio.maths.exact.distance import quantiles
from gdm_studio.maths.noise_path import NoisePath
from gdm_studio.maths.processes import vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.inversion import invert
from gdm_studio.verify.check_result import Row, at_least, at_most, close, reported
from gdm_studio.verify.sampler_cases import last_x, no_noise

LINEAR = vp("linear")
TWO_MODES = two_modes()
WIDE = two_modes(0.3**2)
# Root-mean-square error of the round trip, between a clean image and the first of even timesteps.
KNOWN = {50: 0.0256, 100: 0.0157, 200: 0.0087, 500: 0.0037, 1000: 0.0019}


def check_inversion() -> Iterator[Row]:
    """Check the error of a round trip on two narrow modes: DDIM inversion to noise, and sampling back."""
    found = {steps: _measure_round_trip_error(TWO_MODES, LINEAR.path("linspace", steps)[:-1]) for steps in KNOWN}
    for steps, known in KNOWN.items():
        # The known values have two to three digits.
        yield close(f"{steps} steps: round trip off by", found[steps], known, share=0.05)
    yield at_least("order of the round trip, 500 to 1000 steps", np.log2(found[500] / found[1000]), 0.9)
    path = LINEAR.path("linspace", 100)[:-1]
    plain, refined = (_measure_round_trip_error(WIDE, path, refinements=count) for count in (0.0, 20.0))
    yield reported("two wide modes, 100 steps: round trip off by", plain)
    yield at_most("two wide modes, 100 steps of 20 refinements: round trip off by", refined, plain / 100)
    lost = _measure_round_trip_error(TWO_MODES, path, refinements=20.0)
    yield reported("two narrow modes, 100 steps of 20 refinements: off by", lost)
    whole = _measure_round_trip_error(TWO_MODES, LINEAR.path("linspace", 200))
    yield at_most("200 steps from a clean picture: round trip off by", whole, 0.01)


def _measure_round_trip_error(data: Mixture, path: NoisePath, *, refinements: float = 0.0) -> float:
    start = quantiles(data, 1000, at=path[-1])
    x = last_x(invert(data.denoise, start, path, refinements=refinements))
    x = last_x(SAMPLERS["ddim"].fn(data.denoise, x, path, no_noise))
    return float(np.sqrt(np.mean((x - start) ** 2)))
