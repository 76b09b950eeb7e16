"""What mends a run that failed: a change of its request that one click can make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gdm_studio.request import Request, computed_in


@dataclass(frozen=True)
class Remedy:
    """A change of the request, and the words on the button that makes it and tries again."""

    title: str
    mended: Callable[[Request], Request]


_USUAL = Request()

REMEDIES = {
    "batch": Remedy("One at a time", lambda request: replace(request, batch=1)),
    "cpu": Remedy("Use the CPU", lambda request: _on_cpu(request)),
    "fp32": Remedy("Use full precision", lambda request: replace(request, dtype="fp32")),
    "calm": Remedy("Use calmer settings", lambda request: _calmed(request)),
    "again": Remedy("Try again", lambda request: request),
}


def _on_cpu(request: Request) -> Request:
    """There, in numbers that it has."""
    return replace(request, device="cpu", dtype=computed_in(request.dtype, "cpu"))


def _calmed(request: Request) -> Request:
    """With the usual sampler and no more guidance than usual; a branch stays on its parent's path."""
    path = {} if request.branch else {"spacing": _USUAL.spacing, "steps": max(request.steps, _USUAL.steps)}
    return replace(
        request,
        sampler=_USUAL.sampler,
        knobs={},
        controls={},
        guidance_scale=min(request.guidance_scale, _USUAL.guidance_scale),
        temperature=_USUAL.temperature,
        **path,  # type: ignore[arg-type]
    )
