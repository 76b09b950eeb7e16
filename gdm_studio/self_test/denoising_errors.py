"""Denoising errors of a loaded model on captioned images, compared with the errors of the best Gaussian denoiser."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gdm_studio.engine.conditioning import conditioning_of
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.models.loaded_model import Conditioning, LoadedModel, Stage
from gdm_studio.models.memory.parallel_rows import whole_batches
from gdm_studio.request.generation_request import Request
from gdm_studio.self_test.example_images import CaptionedImage

# Relative errors of the best Gaussian at the noise levels of the test, from the highest level to the lowest.
TARGETS = (0.9, 0.7, 0.45, 0.2, 0.06)
# Maximum number of latent values in one batch of the network.
BATCH = 2**17
SEED = 1
# Function (noisy images, noise level) -> predicted images.
Predict = Callable[[Tensor, NoiseLevel], Tensor]


class Probe:
    """Measurement of a model's denoising errors on captioned test images: the model denoises noisy versions of the
    images, and the results are compared with the originals.

    Errors are mean squared errors per image. Each image has the same noise in all measurements, so that differences are
    paired.
    """

    def __init__(self, model: LoadedModel, request: Request, images: Sequence[CaptionedImage], x0: Tensor) -> None:
        self.model = model
        self.images = images
        self.x0 = x0
        self.mean = x0.mean(dim=(0, 2, 3), keepdim=True)
        self.variance = float((x0 - self.mean).square().mean())
        self._request = request
        (self.pipeline_stage, *_) = Pipeline(model, request, (0,)).stages
        self.stage: Stage = self.pipeline_stage.model
        self.eps = torch.randn(x0.shape, generator=torch.Generator().manual_seed(SEED)).to(x0)
        spectrum = torch.fft.fft2(x0 - self.mean, norm="ortho").abs().square()
        # Each image is predicted from the spectra of the other images only.
        self._spectrum = (spectrum.sum(dim=0) - spectrum) / max(len(x0) - 1, 1)

    def levels(self) -> list[NoiseLevel]:
        """Return up to five of the model's noise levels at which to measure denoising errors: those where the relative
        error of the best Gaussian denoiser is nearest to one of TARGETS.
        """
        path = [at for at in dict.fromkeys(self.pipeline_stage.path) if at != CLEAN and at.sigma > 0 and at.alpha > 0]
        errors = {at: float(self.gaussian_errors(at).mean()) / self.variance for at in path}
        usable = [at for at in path if 0.5 * TARGETS[-1] < errors[at] < 0.97]
        nearest = (min(usable, key=lambda at: abs(math.log(errors[at] / wanted))) for wanted in TARGETS if usable)
        return list(dict.fromkeys(nearest))

    def noisy(self, at: NoiseLevel, x0: Tensor) -> Tensor:
        """Return noisy versions, at a noise level, of the clean images x0, which are the first test images. The noise
        of each image is the same in every call.
        """
        found: Tensor = self.stage.diffusion.process.degrade(x0, at, self.eps[: len(x0)])
        return found

    def gaussian_errors(self, at: NoiseLevel, *, scale: float = 1.0) -> np.ndarray:
        """Return the mean squared errors (N,) of the best Gaussian denoiser on the test images, with pixel values
        multiplied by `scale`, for comparison with the network.

        It predicts each frequency of each channel independently (Wiener filter).
        """
        x = at.alpha * scale * (self.x0 - self.mean) + at.sigma * self.eps
        power = scale**2 * self._spectrum
        gain = at.alpha * power / (at.alpha**2 * power + at.sigma**2)
        found = torch.fft.ifft2(gain * torch.fft.fft2(x, norm="ortho"), norm="ortho").real
        return _mean_square(found - scale * (self.x0 - self.mean))

    def conditions(self, *, suffix: str = "") -> list[Conditioning]:
        """Return the network's conditioning for each test image. Its prompt is the caption of the image, followed by
        `suffix`.
        """
        rows = []
        for image in self.images:
            request = replace(self._request, **self._build_prompt(image, suffix))
            rows.append(conditioning_of(self.model.card, request, None, guided=False)[0])
        return rows

    def captioned(self) -> list[int]:
        """Return the indices of the test images whose captions the model understands as a prompt or label."""
        prompts = [self._build_prompt(image, "") for image in self.images]
        return [place for place, prompt in enumerate(prompts) if prompt.get("prompt") or prompt.get("label")]

    def _build_prompt(self, image: CaptionedImage, suffix: str) -> dict[str, Any]:
        accepts = self.model.card.accepts
        if accepts.prompt:
            has_style = any(style.id == image.style for style in self.model.card.styles)
            return {"prompt": f"{image.caption}{suffix}", "style": image.style if has_style else ""}
        label = next((label for label in accepts.labels if f" {label} " in f" {image.caption} "), "")
        return {"label": label} if label else {}

    def denoiser(self, conditions: Sequence[Conditioning]) -> Predict:
        """Return a function that denoises the first test images at a noise level, each with its own condition.

        Prompts are encoded once, in this call.
        """
        size = max(1, BATCH // self.x0[0].numel())
        whole = range(len(conditions))
        path = self.pipeline_stage.path
        batches = [whole[first : first + size] for first in range(0, len(whole), size)]
        known = [self.stage.denoiser([conditions[place] for place in batch], path, _noise) for batch in batches]

        @torch.no_grad()
        def predict(x: Tensor, at: NoiseLevel) -> Tensor:
            with whole_batches():
                parts = zip(x.split(size), known, strict=False)
                return torch.cat([denoise(part, at).to(x) for part, denoise in parts])

        return predict

    def errors(
        self, at: NoiseLevel, predict: Predict, *, count: int = 0, scale: float = 1.0, offset: float = 0.0
    ) -> np.ndarray:
        """Return the model's mean squared denoising errors (N,) at a noise level, on test images transformed to scale ·
        x0 + offset.

        `predict` comes from `denoiser`. `count` is the number of images, 0 for all.
        """
        x0 = scale * self.x0[: count or None] + offset
        return _mean_square(predict(self.noisy(at, x0), at) - x0)


def _noise(at: NoiseLevel, like: Tensor, draw: int = 0) -> Tensor:
    return torch.randn(like.shape, generator=torch.Generator().manual_seed(draw)).to(like)


def _mean_square(x: Tensor) -> np.ndarray:
    found: np.ndarray = x.double().square().flatten(1).mean(dim=1).cpu().numpy()
    return found
