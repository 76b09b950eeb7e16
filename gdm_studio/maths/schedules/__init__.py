"""Noise schedules: tables of alpha-bar, the fraction of the image's variance that remains at each timestep."""

from gdm_studio.maths.schedules.formulas import (
    SCHEDULES,
    cosine,
    cosine_snr,
    geometric,
    laplace,
    linear,
    scaled_linear,
    sigmoid,
)
from gdm_studio.maths.schedules.table_interpolation import locate, look_up, ratios

__all__ = [
    "SCHEDULES",
    "cosine",
    "cosine_snr",
    "geometric",
    "laplace",
    "linear",
    "locate",
    "look_up",
    "ratios",
    "scaled_linear",
    "sigmoid",
]
