"""The picture that a run begins from, as it is and in the data of a model's stages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gdm_studio.engine import inputs
from gdm_studio.maths.path import Denoise, Point
from gdm_studio.models.card import ModelCard
from gdm_studio.models.loaded import Stage
from gdm_studio.request import Request

GREY = np.array([127.5, 127.5, 127.5, 255], np.float32)  # the very middle, which a network is shown as 0


@dataclass(frozen=True)
class Known:
    """What is known of a picture before it is made, in the data of one stage."""

    data: Tensor  # (1, …)
    anew: Tensor | None = None  # (1, 1, h, w) in 0 … 1: where it is painted anew; None for everywhere
    rest: Tensor | None = None  # (1, …) with grey where it is painted anew; None where nobody asks for it

    def under(self, denoise: Denoise) -> Denoise:
        """`denoise`, its x0 that of the picture wherever nothing is painted anew.

        Replaced in x0 and not in x, what is known is exact at every point of any path and for every sampler, and the
        rest is denoised beside it (compare Lugmayr et al. 2022, arXiv:2201.09865, which mends x step by step).
        """
        if (anew := self.anew) is None:
            return denoise

        def denoise_the_rest(x: Tensor, at: Point) -> Tensor:
            return torch.lerp(self.data, denoise(x, at), anew)

        return denoise_the_rest


@dataclass(frozen=True)
class Source:
    """The picture a run begins from, fitted to the model's size, and what of it is painted anew."""

    rgba: np.ndarray  # (H, W, 4) uint8, straight alpha
    mask: np.ndarray | None = None  # (H, W) in 0 … 1, 1 to be painted anew; None for everywhere

    def known_to(self, stage: Stage, *, with_rest: bool = False) -> Known:
        data = encoded(stage, self.rgba)
        if self.mask is None:
            return Known(data)
        rest = encoded(stage, np.where(self.mask[..., None] < 0.5, self.rgba, GREY)) if with_rest else None
        return Known(data, _data_mask(self.mask, data), rest)

    def finished(self, made: np.ndarray) -> np.ndarray:
        """The picture made, the source's own pixels where nothing was painted anew.

        One of another size, such as that of a run stopped in an early stage, stays as it is.
        """
        if self.mask is None or made.shape[:2] != self.rgba.shape[:2]:
            return made
        return inputs.composite(made, self.rgba, self.mask)


def source_of(card: ModelCard, request: Request) -> Source | None:
    """What `request.image` and `request.mask` name; None where there is no picture. Raises BadRequest."""
    if not request.image:
        return None
    size = request.size or card.sizes()[0]
    mask = inputs.fitted_mask(request.mask, request.image, size) if request.mask else None
    return Source(inputs.fitted(request.image, size), mask)


def encoded(stage: Stage, rgba: np.ndarray) -> Tensor:
    """Data (1, …) of one picture (H, W, 4) of the model's size."""
    return stage.encode(torch.from_numpy(np.array(rgba))[None])


def _data_mask(mask: np.ndarray, data: Tensor) -> Tensor:
    """(1, 1, h, w): a number is painted anew as much as the most masked of its pixels, which it may decide."""
    pixels = torch.from_numpy(mask).float()[None, None]
    return torch.nn.functional.adaptive_max_pool2d(pixels, data.shape[-2:]).to(data.device)
