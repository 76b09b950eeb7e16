"""Forward processes: how a picture turns into noise, and the path back."""

from collections.abc import Callable

from gdm_studio.maths.processes.tabulated import Process, edm, variance_exploding, variance_preserving, vp

PROCESSES: dict[str, Callable[..., Process]] = {"edm": edm, "vp": vp}

__all__ = ["PROCESSES", "Process", "edm", "variance_exploding", "variance_preserving", "vp"]
