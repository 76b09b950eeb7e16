"""Where a run begins: in noise, in a picture that is noised part of the way, or in a step that was made before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from gdm_studio.engine import inputs
from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Denoise, Noise, Path, Point, Step
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.request import Request


@dataclass(frozen=True)
class Start:
    """x (N, C, h, w) stands at path[index], with the history `carry` that the sampler goes on from."""

    x: Tensor
    path: Path
    index: int = 0
    carry: tuple[Tensor, ...] = ()

    def row(self, row: int) -> Start:
        """That of one of its pictures, copied to the CPU."""
        x, *carry = (each[row : row + 1].to("cpu", copy=True) for each in (self.x, *self.carry))
        return Start(x, self.path, self.index, tuple(carry))

    def taken_up(self, like: Tensor, *, keeps_history: bool) -> Start:
        """Shaped like `like` and on its device; what holds a single picture serves any number."""
        x, *carry = (each.to(like.device).expand_as(like) for each in (self.x, *self.carry))
        return Start(x, self.path, self.index, tuple(carry) if keeps_history else ())


@dataclass(frozen=True)
class Source:
    """The picture a run begins from, fitted to the model's size, and what of it is painted anew."""

    rgba: np.ndarray  # (H, W, 4) uint8, straight alpha
    latents: Tensor  # (1, C, h, w)
    mask: np.ndarray | None = None  # (H, W) in 0 … 1, 1 to be painted anew; None for everywhere

    def known(self, denoise: Denoise) -> Denoise:
        """`denoise`, its x0 that of the picture wherever nothing is painted anew.

        Replaced in x0 and not in x, what is known is exact at every point of any path and for every sampler, and the
        rest is denoised beside it (compare Lugmayr et al. 2022, arXiv:2201.09865, which mends x step by step).
        """
        if self.mask is None:
            return denoise
        anew = _latent_mask(self.mask, self.latents)

        def denoise_the_rest(x: Tensor, at: Point) -> Tensor:
            return torch.lerp(self.latents, denoise(x, at), anew)

        return denoise_the_rest

    def finished(self, made: np.ndarray) -> np.ndarray:
        """The picture made, the source's own pixels where nothing was painted anew."""
        return made if self.mask is None else inputs.composite(made, self.rgba, self.mask)


def source_of(model: LoadedModel, request: Request) -> Source | None:
    """What `request.image` and `request.mask` name, encoded; None where there is no picture. Raises BadRequest."""
    if not request.image:
        return None
    size = request.size or model.card.sizes()[0]
    rgba = inputs.fitted(request.image, size)
    mask = inputs.fitted_mask(request.mask, request.image, size) if request.mask else None
    return Source(rgba, encoded(model, rgba), mask)


def from_noise(model: LoadedModel, path: Path, noise: Noise, *, like: Tensor) -> Start:
    """The beginning of the path: what the process has there when it knows nothing of the picture."""
    return Start(model.process.prior(noise, like, path[0]), path)


def from_picture(model: LoadedModel, source: Source, path: Path, noise: Noise, *, index: int, like: Tensor) -> Start:
    """The source, noised to path[index] (SDEdit, Meng et al. 2022, arXiv:2108.01073)."""
    x0 = source.latents.expand_as(like)
    return Start(model.process.degrade(x0, path[index], noise(0, like)), path, index)


def at_step(step: Step, path: Path, *, like: Tensor) -> Start:
    """Where the step leaves off, on the device of `like`; raises BadRequest where it lies on another path."""
    if step.x.shape != like.shape or not 0 <= step.index < len(path) or step.at != path[step.index]:
        raise BadRequest("The step belongs to another model or to other steps; go on with those it was made with.")
    return Start(step.x, path, step.index, step.carry).taken_up(like, keeps_history=True)


def rows_of(step: Step, rows: Sequence[int]) -> Step:
    """The step of these of its pictures; one of a single picture serves any."""
    if len(step.x) == 1:
        return step
    at = list(rows)
    return replace(step, x=step.x[at], denoised=step.denoised[at], carry=tuple(each[at] for each in step.carry))


def check_step(step: Step, request: Request, path: Path, *, like: Tensor) -> None:
    """Raises BadRequest where `request` cannot go on from the step."""
    if step.x.shape[1:] != like.shape[1:] or not 0 <= step.index < len(path) or step.at != path[step.index]:
        raise BadRequest("The step belongs to another model or to other steps; go on with those it was made with.")
    if request.branch is not None and step.index < request.branch.step:
        raise BadRequest(f"The step is number {step.index}, before the branch at {request.branch.step}.")


def keeps_history(request: Request, index: int) -> bool:
    """Whether the history in step `index` is that of the request: where a branch leaves, it is the parent's.

    What another prompt, guidance or sampler predicted says nothing of how the new one's predictions change.
    """
    branch = request.branch
    if branch is None or index > branch.step:
        return True
    return all(getattr(request, name) == getattr(branch.parent, name) for name in _DECIDING)


_DECIDING = (
    *("prompt", "negative_prompt", "style", "sampler", "knobs", "guidance_scale", "temperature", "controls"),
    "toward",
)


def encoded(model: LoadedModel, rgba: np.ndarray) -> Tensor:
    """Latents (1, C, h, w) of one picture (H, W, 4) of the model's size."""
    return model.encode_picture(torch.from_numpy(np.array(rgba))[None])


def _latent_mask(mask: np.ndarray, latents: Tensor) -> Tensor:
    """(1, 1, h, w): a latent is painted anew as much as the most masked of its pixels, which it may decide."""
    pixels = torch.from_numpy(mask).float()[None, None]
    return torch.nn.functional.adaptive_max_pool2d(pixels, latents.shape[-2:]).to(latents.device)
