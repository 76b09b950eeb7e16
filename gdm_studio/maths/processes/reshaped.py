"""Processes made of processes: moved to another resolution, ended in pure noise."""

from __future__ import annotations

import math
from dataclasses import replace

from gdm_studio.errors import BadRequest
from gdm_studio.maths.processes.coordinates import variance_preserving
from gdm_studio.maths.processes.process import Process


def shifted(process: Process, shift: float) -> Process:
    """The process for pictures `shift` times as wide and high: every ratio · shift, log-SNR − 2·ln(shift).

    Averaged down to the old size, its pictures have the old signal-to-noise ratio (Hoogeboom et al. 2023,
    arXiv:2301.11093, section 3.1). Only the table moves; its points lie on the same curve, so that an SDE stays true.
    """
    if not 0 < shift < math.inf:
        raise BadRequest(f"A resolution shift must be a number above 0, not {shift!r}.")
    return process if shift == 1 else replace(process, ratios=tuple(ratio * shift for ratio in process.ratios))


def with_zero_terminal_snr(process: Process) -> Process:
    """The process moved and stretched in alpha so that it ends in pure noise and begins where it did.

    alpha′ = (alpha − alpha_T)·alpha_1 / (alpha_1 − alpha_T) (Lin et al. 2024, arXiv:2305.08891, algorithm 1).
    Raises BadRequest unless alpha² + sigma² = 1 on it.
    """
    if process.coordinates is not variance_preserving:
        raise BadRequest("Only a variance-preserving process can be rescaled to end in pure noise.")
    alphas = [process.coordinates(ratio).alpha for ratio in process.ratios]
    first, last = alphas[0], alphas[-1]
    rescaled = [(alpha - last) * first / (first - last) for alpha in alphas]
    # sigma / alpha through 1 − alpha² would lose digits at the beginning; that point stays as it is
    ratios = [math.sqrt((1 - alpha) * (1 + alpha)) / alpha for alpha in rescaled[1:-1]]
    return replace(process, ratios=(process.ratios[0], *ratios, math.inf), sde=None)
