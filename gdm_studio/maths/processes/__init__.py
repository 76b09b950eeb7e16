"""Forward processes: how a picture turns into noise, and the path back."""

from gdm_studio.maths.processes.tabulated import Process, edm, variance_exploding, variance_preserving, vp

__all__ = ["Process", "edm", "variance_exploding", "variance_preserving", "vp"]
