"""Diagnosis of a training run, from the network's error at each noise level.

The error is compared with three floors computed from the data: the errors of the best constant image, of the best
Gaussian denoiser, and of a denoiser that has memorised the training images. It is measured with the sampler's formulas
instead of the run's loss, so that a wrong loss function is detected.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from gdm_studio.training.diagnosis_messages import sentence_of
from gdm_studio.training.run_comparison import UNITS

# Shrinkage of the Gaussian floor's covariance towards an isotropic one. The floor uses the best of these values.
_SHRINKAGES = (0.0, 0.02, 0.1, 0.3, 0.6, 1.0)
# A level counts as learned if its error is at most this multiple of the Gaussian floor.
_MAX_LEARNED_ERROR = 1.15
# Minimum relative gain of the Gaussian floor over the constant floor at an informative level.
_MIN_INFORMATIVE_GAIN = 0.05
# Accepted range of the data's spread, divided by the spread that the model expects.
_SPREAD_RANGE = (0.6, 1.6)
# Ratio of the highest loss to the first one above which the learning rate is too high.
_PEAK_LOSS_RATIO = 4.0
# Increase of the weights' squared norm in each step above which the learning rate is too high. Sound runs of systems
# have at most 0.02, and runs with a hundred times their learning rate at least 2.
_MAX_GROWTH = 0.1
# Ratio of a run's error to that of a constant output above which a level is not learned at all, and ratio at the best
# quarter of the levels below which a run is learning, even if its error at the highest noise is that of a new network.
_UNLEARNED_RATIO = 0.95
_LEARNING_RATIO = 0.62
# Ratio above which a level must not have a higher error than the levels above it. Below, it is not learned yet.
_LAGGING_RATIO = 1.1
# Highest ratio of such a run's error at the highest noise to that of a new network.
_NEW_NETWORK_RATIO = 1.2
# Ratio of the error to that of the trained network from which a run has started, at half of the levels, above which the
# learning rate is too high. Copying and learning reduce the error on training images.
_DAMAGED_RATIO = 1.5
# Correlation of the prediction with the noise, at the highest level, above which the training target is wrong.
_MAX_NOISE_CORRELATION = 0.5
# Difference between the mean prediction and the data's mean, in standard deviations, above which the range is wrong.
_MAX_BIAS = 0.35
# Gap between training and other images, as a fraction of a memorising denoiser's gap, above which a network is copying.
_MIN_COPYING_GAP = 0.4
# Minimum relative increase of the error with wrong captions, if the captions explain at least this share of the data.
_MIN_CAPTION_EFFECT = 0.01
_MIN_INFORMATION = 0.05
# Shuffles of the captions that must explain less of the data than the captions themselves.
_SHUFFLES = 99

# Number of steps after which the error of a sound run must have fallen.
_EARLY_STEPS = 100

# Function (noisy images x0 + ratio·noise, ratio, indices of the captions) → predicted images.
Predict = Callable[[Tensor, float, Tensor], Tensor]


@dataclass(frozen=True)
class ReferenceErrors:
    """Reference values for judging a network's error at each noise level: the mean squared errors of simple denoisers.

    They are measured at the noise levels `ratios` = sigma / alpha, in ascending order. `constant` is the error of the
    best constant image, and `gaussian` the error of the best Gaussian denoiser. `copying` and `copying_others` are the
    errors of a denoiser that has memorised the training images, on training images and on other images.
    """

    ratios: tuple[float, ...]
    constant: float
    gaussian: tuple[float, ...]
    copying: tuple[float, ...]
    copying_others: tuple[float, ...]

    @classmethod
    def of(cls, images: Tensor, others: Tensor, ratios: Sequence[float], *, seed: int = 0) -> ReferenceErrors:
        """Compute the errors of the reference denoisers at the noise levels `ratios`, given training images (n, …) and
        held-out images `others` (m, …).
        """
        known, unknown = images.flatten(1).double(), others.flatten(1).double()
        mean = known.mean(0)
        constant = float((unknown - mean).square().mean())
        generator = torch.Generator().manual_seed(seed)
        return cls(
            tuple(ratios),
            constant,
            _compute_gaussian_floor(known, unknown, ratios, constant),
            tuple(_compute_copying_error(known, known, ratio, generator) for ratio in ratios),
            tuple(_compute_copying_error(known, unknown, ratio, generator) for ratio in ratios),
        )


@dataclass(frozen=True)
class Evidence:
    """Measurements from which a training run is diagnosed, such as its losses and its errors on training and held-out
    images.

    `train` and `others` are the errors at the noise levels of the floors. `wrong_level` are errors on training images
    whose noise is one level higher than the level passed to the network. `wrong_captions` are errors with the captions
    of other images, or () if no caption occurs twice.
    """

    # The loss of the first step, the mean loss at present, and the highest loss of any step.
    first_loss: float
    loss: float
    peak_loss: float
    train: tuple[float, ...]
    others: tuple[float, ...]
    wrong_level: tuple[float, ...]
    wrong_captions: tuple[float, ...] = ()
    # Share of the data's variance that the captions explain; 0 if no more than shuffled captions do.
    information: float = 0.0
    # Correlation of the prediction with the noise, and the mean error of the prediction in standard deviations.
    noise_share: float = 0.0
    bias: float = 0.0
    # Standard deviation of the training data, divided by the value that the model expects.
    scale: float = 1.0
    # Names of trained layers whose weights have not changed.
    unchanged: tuple[str, ...] = ()
    # Errors on other images of a network whose output is the same for all images, or () to leave out the comparison.
    constant_output: tuple[float, ...] = ()
    # Increase of the weights' squared norm in each step, as a fraction of a new network's; 0 if unknown.
    growth: float = 0.0
    # Errors on training images of the trained network from which the run has started, or () for a new network.
    initial: tuple[float, ...] = ()
    # True in the first steps, in which a high error is no defect.
    is_early: bool = False
    # True if the averaged weights equal the current ones in a run that should average.
    is_unaveraged: bool = False


@dataclass(frozen=True)
class Diagnosis:
    """Diagnosis of a training run, with a message for the user.

    `kind` is "learning", "copying", or the name of a defect: "overflow", "scale", "frozen", "average", "noise", "rate",
    "target", "stuck", "range", "captions" or "details". `share` is the progress from the constant floor (0) to the
    Gaussian floor (1).
    """

    kind: str
    # The name of a message in MESSAGES, and its values.
    message: str
    values: dict[str, str] = field(default_factory=dict)
    share: float = 0.0

    @property
    def sentence(self) -> str:
        """Message of the diagnosis in English, with its values filled in."""
        return sentence_of(self.message, self.values)


def is_early(seen: int, *, batch: int, warmup: int) -> bool:
    """Return True if a training run is still in its first steps after `seen` samples, when a high error does not
    indicate a defect.

    The error may not fall until the learning rate has risen during `warmup` samples, and for a while after that.
    """
    return seen < max(4 * warmup, _EARLY_STEPS * batch)


def levels_for(spread: float) -> tuple[float, ...]:
    """Return the noise levels at which a denoiser's errors are measured for a diagnosis.

    They are powers of 2, from 1/16 to 16 times the standard deviation `spread` of the data.
    """
    return tuple(spread * 2.0**power for power in range(-4, 5))


@dataclass(frozen=True)
class MeasuredImages:
    """Images (n, …) with the captions of each, on which the errors of denoisers are measured.

    The noise is always the same, so measurements at different times of a run are paired.
    """

    images: Tensor
    captions: Tensor

    def errors(
        self, predict: Predict, ratios: Sequence[float], stated_ratios: Sequence[float] | None = None
    ) -> tuple[float, ...]:
        """Return a denoiser's mean squared error at each of the noise levels `ratios`.

        `stated_ratios` are the levels passed to the network, if they are others.
        """
        missed = self._compute_differences(predict, ratios, ratios if stated_ratios is None else stated_ratios)
        return tuple(float(each.square().mean()) for each in missed)

    def constant_output_errors(self, predict: Predict, ratios: Sequence[float]) -> tuple[float, ...]:
        """Return, for each noise level, the mean squared error of the best network whose output does not depend on its
        input.

        `predict` is the denoiser of a network whose output is 0. The result is () for a single image, whose error a
        constant output can always bring to 0.
        """
        if len(self.images) < 2:
            return ()
        return tuple(float(each.var(0).mean()) for each in self._compute_differences(predict, ratios, ratios))

    def _compute_differences(
        self, predict: Predict, ratios: Sequence[float], stated_ratios: Sequence[float]
    ) -> Iterator[Tensor]:
        """Yield the difference (n, …) between a denoiser's predictions and the images at each noise level."""
        noise = self._draw_noise(0)
        for ratio, stated in zip(ratios, stated_ratios, strict=True):
            yield predict(self.images + ratio * noise, stated, self.captions).float() - self.images

    def _draw_noise(self, seed: int) -> Tensor:
        return torch.randn(self.images.shape, generator=torch.Generator().manual_seed(seed))

    def high_noise_signs(self, predict: Predict, ratio: float) -> tuple[float, float]:
        """Measure two signs of a defective denoiser at a high noise level: its correlation with the noise and its bias.

        Returns the prediction's correlation with the noise, and its mean error in standard deviations of the images.
        For a sound network, both are near 0 at the highest level, where the prediction is about the mean of the data.
        Both are 0 for a single image, which has no mean to compare with.
        """
        if len(self.images) < 2:
            return 0.0, 0.0
        images, noise = self.images, self._draw_noise(0)
        predicted = predict(images + ratio * noise, ratio, self.captions).float()
        centred = predicted - predicted.mean(0)
        others = noise - noise.mean(0)
        share = float((centred * others).mean() / (centred.std() * others.std()).clamp_min(1e-9))
        # A correlation is harmless if the predictions hardly vary, so it is scaled by their standard deviation.
        share *= min(1.0, float(centred.std() / images.std()))
        bias = float((predicted.mean() - images.mean()) / images.std())
        return share, bias

    def paired_units(self, predict: Predict, ratios: Sequence[float], spread: float) -> tuple[str, np.ndarray]:
        """Return a denoiser's errors (UNITS,) on a fixed set of image and noise pairs, and a key that identifies the
        set.

        Two runs with the same key can be compared pair by pair. The images, with standard deviation `spread`, and the
        noise levels `ratios` are used in turn, with fixed noise. The squared errors have EDM's weights (σ² + s²) /
        (σ·s)². If there are fewer images than units, each is used with several noises.
        """
        places = torch.arange(UNITS)
        units = MeasuredImages(*(part[places % len(part)] for part in (self.images, self.captions)))
        noise = units._draw_noise(1)
        found = torch.zeros(UNITS, dtype=torch.float64)
        for place, ratio in enumerate(ratios):
            # The levels change more slowly than the images, so that each image has several levels.
            chosen = places * len(ratios) // UNITS == place
            clean = units.images[chosen]
            predicted = predict(clean + ratio * noise[chosen], ratio, units.captions[chosen])
            error = (predicted.float() - clean).square().flatten(1).mean(1)
            found[chosen] = error.double() * (ratio**2 + spread**2) / (ratio * spread) ** 2
        levels = repr((*ratios, spread)).encode()
        digest = hashlib.sha256(units.images.contiguous().float().numpy().tobytes() + levels)
        return digest.hexdigest()[:16], found.numpy()


def squared_norm(weights: Iterable[Tensor]) -> float:
    """Return the squared norm of all matrices and kernels among the weights of a network."""
    return sum(float(weight.detach().float().square().sum()) for weight in weights if weight.ndim > 1)


def information_of(images: Tensor, captions: Sequence[object], *, seed: int = 0) -> float:
    """Return the fraction (0 … 1) of the images' variance that their captions explain.

    It shows how informative the captions are. The part that is explained by chance is subtracted. Returns 0 if any of
    _SHUFFLES random assignments of the captions explains as much (a permutation test at 1 %). The images have the shape
    (n, …).
    """
    places = {caption: place for place, caption in enumerate(dict.fromkeys(captions))}
    count, groups = len(captions), len(places)
    if groups < 2 or count <= groups:
        return 0.0
    groups_of = torch.tensor([places[caption] for caption in captions])
    flat = images.flatten(1).double()
    products = (flat - flat.mean(0)) @ (flat - flat.mean(0)).T
    whole = float(products.trace())

    def explained(order: Tensor) -> float:
        members = torch.nn.functional.one_hot(order, groups).double()
        return float(((members.T @ products) * members.T).sum(1).div(members.sum(0)).sum())

    found = explained(groups_of)
    generator = torch.Generator().manual_seed(seed)
    if any(explained(groups_of[torch.randperm(count, generator=generator)]) >= found for _ in range(_SHUFFLES)):
        return 0.0
    return max(0.0, 1 - ((whole - found) / (count - groups)) / (whole / (count - 1)))


def diagnose(evidence: Evidence, floors: ReferenceErrors) -> Diagnosis:
    """Diagnose a training run from its measurements: return its most serious defect, or else its progress."""
    return (
        _diagnose_broken_run(evidence)
        or _diagnose_broken_learning(evidence, floors)
        or _diagnose_progress(evidence, floors)
    )


def count_copies(samples: Tensor, images: Tensor, others: Tensor) -> int:
    """Return the number of generated images (k, …) that are copies of training images (n, …).

    A copy is closer to its nearest training image than 99 % of the images `others` (m, …), which are not trained on.
    """
    known = images.flatten(1)
    distances = torch.cdist(others.flatten(1), known).min(1).values
    limit = torch.quantile(distances, 0.01)
    return int((torch.cdist(samples.flatten(1), known).min(1).values < limit).sum())


def _diagnose_broken_run(evidence: Evidence) -> Diagnosis | None:
    """Return a diagnosis if the run cannot learn at all, for example because its weights are infinite. Returns None
    otherwise.

    Other causes are badly scaled data and frozen layers.
    """
    numbers = (evidence.loss, *evidence.train, *evidence.others)
    if not all(map(math.isfinite, numbers)):
        return Diagnosis("overflow", "overflow")
    if evidence.scale <= _SPREAD_RANGE[0] and abs(evidence.bias) > _MAX_BIAS:
        # Clipping reduces the spread and also shifts the mean.
        return Diagnosis("range", "range")
    if not _SPREAD_RANGE[0] < evidence.scale < _SPREAD_RANGE[1]:
        return Diagnosis("scale", "scale", {"spread": f"{evidence.scale:.2g}"})
    if evidence.unchanged:
        return Diagnosis("frozen", "frozen", {"layer": evidence.unchanged[0]})
    return None


def _diagnose_broken_learning(evidence: Evidence, floors: ReferenceErrors) -> Diagnosis | None:
    """Return a diagnosis if the errors show that the network learns badly or copies training images. Returns None
    otherwise.
    """
    if evidence.growth > _MAX_GROWTH and _compute_progress_share(evidence, floors) < 0.9:
        return Diagnosis("rate", "growth")
    damages = sorted(now / max(first, 1e-12) for now, first in zip(evidence.train, evidence.initial, strict=False))
    if damages and damages[len(damages) // 2] > _DAMAGED_RATIO:
        return Diagnosis("rate", "rate")
    is_copying = _measure_copying(evidence, floors) > _MIN_COPYING_GAP
    if evidence.is_early:
        return Diagnosis("copying", "copying") if is_copying else None
    is_bad = max(evidence.others) > 1.3 * floors.constant and not _is_learning(evidence)
    if is_bad and abs(evidence.noise_share) > _MAX_NOISE_CORRELATION:
        return Diagnosis("target", "target")
    is_wild = (
        evidence.peak_loss > _PEAK_LOSS_RATIO * evidence.first_loss and _compute_progress_share(evidence, floors) < 0.7
    )
    if is_wild or (is_bad and not evidence.loss < 0.85 * evidence.first_loss):
        return Diagnosis("rate", "rate")
    if evidence.constant_output and min(_compute_gains(evidence)) > _UNLEARNED_RATIO:
        return Diagnosis("stuck", "stuck")
    properly = evidence.train[1:]
    ratios = sorted(wrong / max(right, 1e-12) for wrong, right in zip(evidence.wrong_level, properly, strict=True))
    if ratios[len(ratios) // 2] < 0.85:
        return Diagnosis("noise", "noise")
    if abs(evidence.bias) > _MAX_BIAS and _compute_progress_share(evidence, floors) < 0.9:
        return Diagnosis("range", "range")
    if evidence.is_unaveraged:
        return Diagnosis("average", "average")
    if is_copying:
        return Diagnosis("copying", "copying")
    if evidence.wrong_captions and _compute_progress_share(evidence, floors) > 0.5:
        effect = max(1 - right / wrong for wrong, right in zip(evidence.wrong_captions, evidence.train, strict=True))
        # Captions that explain little of the data also have little effect in a sound run.
        if evidence.information == 0 or (evidence.information > _MIN_INFORMATION and effect < _MIN_CAPTION_EFFECT):
            return Diagnosis("captions", "captions")
    return None


def _is_learning(evidence: Evidence) -> bool:
    """Return True if the network is clearly learning: it beats a constant output by far at some noise levels, and is
    not worse than an untrained network at any.
    """
    if not evidence.constant_output:
        return False
    gains = sorted(_compute_gains(evidence))
    return gains[len(gains) // 4] < _LEARNING_RATIO and max(evidence.others) < _NEW_NETWORK_RATIO * evidence.first_loss


def _compute_gains(evidence: Evidence) -> list[float]:
    """Return the network's error divided by the error of the best constant output, at each noise level."""
    return [found / max(one, 1e-12) for found, one in zip(evidence.others, evidence.constant_output, strict=True)]


def _diagnose_progress(evidence: Evidence, floors: ReferenceErrors) -> Diagnosis:
    share = _compute_progress_share(evidence, floors)
    gains = _compute_gains(evidence) if evidence.constant_output else [math.inf] * len(floors.ratios)
    percent = {"percent": f"{100 * share:.0f}"}
    if evidence.is_early:
        # The errors of the first steps are those of the network from which the run has started.
        return Diagnosis("learning", "early", {}, share)
    for place in range(len(floors.ratios) - 2, -1, -1):
        is_rising = evidence.others[place] > 1.5 * min(evidence.others[place + 1 :])
        if share > 0.3 and is_rising and gains[place] > _LAGGING_RATIO:
            return Diagnosis("details", "details", {"ratio": f"{floors.ratios[place + 1]:.2g}"}, share)
    learned = None
    for place in reversed(_find_informative_levels(floors)):
        if evidence.others[place] > _MAX_LEARNED_ERROR * floors.gaussian[place]:
            break
        learned = place
    if learned is None:
        return Diagnosis("learning", "nothing learned", percent, share)
    if learned == _find_informative_levels(floors)[0]:
        return Diagnosis("learning", "all learned", percent, share)
    ratio = f"{floors.ratios[learned]:.2g}"
    return Diagnosis("learning", "layout learned", {"ratio": ratio, **percent}, share)


def _find_informative_levels(floors: ReferenceErrors) -> list[int]:
    """Return the indices of the noise levels at which a good denoiser clearly beats the best constant image.

    At other levels, errors do not reveal what a network has learned.
    """
    gains = [1 - error / floors.constant for error in floors.gaussian]
    return [place for place, gain in enumerate(gains) if gain > _MIN_INFORMATIVE_GAIN] or [0]


def _compute_progress_share(evidence: Evidence, floors: ReferenceErrors) -> float:
    """Return how far the training has progressed from the error of the best constant image (0) to that of the best
    Gaussian denoiser (1).

    The progress is measured in the logarithm of the error and averaged over the informative noise levels.
    """
    found = []
    for place in _find_informative_levels(floors):
        whole = math.log(floors.constant / floors.gaussian[place])
        done = math.log(floors.constant / max(evidence.others[place], 1e-12))
        found.append(min(max(done / whole, 0.0), 1.0))
    return sum(found) / len(found)


def _measure_copying(evidence: Evidence, floors: ReferenceErrors) -> float:
    """Return how strongly the network copies training images, from 0 (not at all) to 1 (complete memorisation).

    It is the largest gap between the errors on other images and on training images, as a fraction of the gap of a
    denoiser that has memorised the training images.
    """
    found = [0.0]
    for place in _find_informative_levels(floors):
        most = floors.copying_others[place] - floors.copying[place]
        gap = evidence.others[place] - evidence.train[place]
        if most > 0.2 * floors.constant and evidence.train[place] < 0.5 * evidence.others[place]:
            found.append(gap / most)
    return max(found)


def _compute_gaussian_floor(
    known: Tensor, unknown: Tensor, ratios: Sequence[float], constant: float
) -> tuple[float, ...]:
    """Return the error of the best Gaussian denoiser at each noise level, a reference for the errors of the network.

    It is fitted to the images `known` (n, d) and measured on `unknown` (m, d). The covariance of few images is
    rank-deficient, so it is shrunk towards an isotropic covariance by the best of _SHRINKAGES.
    """
    mean = known.mean(0)
    spread = known - mean
    # The smaller of two matrices with the same eigenvalues: (n, n), or (d, d) if there are more images than pixels.
    is_wide = len(known) <= known.shape[1]
    values, directions = torch.linalg.eigh(spread @ spread.T if is_wide else spread.T @ spread)
    is_used = values > 1e-9 * values.max()
    variances = values[is_used] / len(known)
    basis = directions[:, is_used].T
    if is_wide:
        basis = basis @ spread / values[is_used].sqrt()[:, None]
    centred = unknown - mean
    along = (centred @ basis.T).square().mean(0)
    beside = float(centred.square().sum(1).mean() - along.sum())
    count = known.shape[1]
    isotropic = float(variances.sum()) / count
    found = []
    for ratio in ratios:
        noise = ratio * ratio
        best = constant
        for share in _SHRINKAGES:
            inside = (1 - share) * variances + share * isotropic
            outside = share * isotropic
            lost = (noise / (inside + noise)).square() @ along + (noise / (outside + noise)) ** 2 * beside
            passed = noise * (inside / (inside + noise)).square().sum()
            passed = passed + noise * (count - len(inside)) * (outside / (outside + noise)) ** 2
            best = min(best, float(lost + passed) / count)
        found.append(best)
    return tuple(found)


def _compute_copying_error(known: Tensor, images: Tensor, ratio: float, generator: torch.Generator) -> float:
    """Return the mean squared error on `images` of an ideal denoiser that has memorised the images `known`.

    It returns their posterior mean.
    """
    noisy = images + ratio * torch.randn(images.shape, generator=generator, dtype=images.dtype)
    weights = torch.softmax(-torch.cdist(noisy, known).square() / (2 * ratio * ratio), dim=1)
    return float((weights @ known - images).square().mean())
