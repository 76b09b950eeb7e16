"""Data whose denoiser is known in closed form, to check samplers against."""

from gdm_studio.maths.exact.gaussian import BasisNoise, gaussian_denoiser, propagated_variance

__all__ = ["BasisNoise", "gaussian_denoiser", "propagated_variance"]
