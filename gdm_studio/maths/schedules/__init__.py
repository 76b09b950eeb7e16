"""Noise schedules: tables of alpha-bar, the share of the picture's variance left at each timestep."""

from gdm_studio.maths.schedules.curves import SCHEDULES, cosine, linear, ratios, scaled_linear

__all__ = ["SCHEDULES", "cosine", "linear", "ratios", "scaled_linear"]
