"""Cache of the deep features of a denoising network between the steps of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.noise_path import NoiseLevel, NoiseLevelInStep, NoisePath, step_from
from gdm_studio.models.batch_features import BatchFeatures, DenoiserWithFeatures, whole_steps

OTHER_SETTINGS = "The step was made with other settings; continue with the settings it was made with."


class FeatureCache:
    """Denoiser that evaluates the whole network only in some steps of a run. In the other steps, it reuses the deep
    features of the last whole evaluation.

    Which steps these are depends only on their number, see `whole_steps`, and not on the image, so that an image has
    the same bits alone, in a batch and after a pause. Instead of the features, `memory` contains the input of the whole
    evaluation, from which they are computed again when a run resumes. It is the input of an earlier step, so that saved
    steps do not grow. Source: DeepCache, Ma et al. 2024, arXiv:2312.00858.
    """

    def __init__(self, denoiser: DenoiserWithFeatures, path: NoisePath, interval: int, shape: Sequence[int]) -> None:
        self._denoiser = denoiser
        self._path = path
        self._whole_steps = whole_steps(len(path) - 1, interval)
        # Shape of the data of all images. x has one row per image, for each prompt in turn.
        self._shape = torch.Size(shape)
        # Input (one row per image) and noise level of the last whole evaluation.
        self._source: tuple[Tensor, NoiseLevelInStep] | None = None
        # Features of the last whole evaluation, and the number of their rows.
        self._features = BatchFeatures()
        self._rows = 0

    def __call__(self, x: Tensor, at: NoiseLevel) -> Tensor:
        step = step_from(self._path, at)
        if self._source is None or step in self._whole_steps:
            self._source = x[: self._shape[0]], NoiseLevelInStep.of(at, step)
            return self._evaluate_whole(x, at)
        if self._rows != len(x):
            source, level = self._source
            self._evaluate_whole(torch.cat([source] * (len(x) // self._shape[0])), level)
        return self._denoiser.with_features(x, at, self._features)

    def memory(self, index: int) -> tuple[Tensor, ...]:
        """Return the tensors, one row per image, with which a run resumes after step `index` of the path. They are ()
        if the next step evaluates the whole network, or there is none.
        """
        if self._source is None or index + 1 in self._whole_steps or index + 1 == len(self._path):
            return ()
        x, level = self._source
        # Integers, because some devices have no numbers of 64 bits. They keep every bit of the noise level.
        numbers = torch.tensor([*level, float(level.step)], dtype=torch.float64).view(torch.int32)
        return x, numbers.expand(self._shape[0], -1).to(x.device)

    def restore(self, memory: tuple[Tensor, ...]) -> None:
        """Restore the cache from the `memory` of the step after which the run resumes.

        Raises BadRequest if it belongs to another run.
        """
        if not memory:
            return
        if len(memory) != 2:
            raise BadRequest(OTHER_SETTINGS)
        x, numbers = memory
        if x.shape != self._shape or numbers.dtype != torch.int32 or numbers.shape != (len(x), 6):
            raise BadRequest(OTHER_SETTINGS)
        alpha, sigma, step = numbers[0].cpu().contiguous().view(torch.float64).tolist()
        if not all(map(math.isfinite, (alpha, sigma, step))):
            raise BadRequest(OTHER_SETTINGS)
        self._source = x, NoiseLevelInStep.of(NoiseLevel(alpha, sigma), int(step))

    def _evaluate_whole(self, x: Tensor, at: NoiseLevel) -> Tensor:
        self._features = BatchFeatures()
        self._rows = len(x)
        return self._denoiser.with_features(x, at, self._features)
