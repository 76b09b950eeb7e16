"""Self-test of a model, implemented as a generator that yields its progress and returns a report."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from gdm_studio.common.errors import BadRequest, NotFinite
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.loaded_model import Conditioning, LoadedModel
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request
from gdm_studio.self_test.alternative_configurations import Alternative, alternatives_of
from gdm_studio.self_test.denoising_errors import Probe
from gdm_studio.self_test.example_images import CaptionedImage, captioned_images
from gdm_studio.self_test.report import BAD, OK, SKIPPED, Finding, LevelErrors, Report

# Number of test images by default, and for models with more than LARGE parameters.
IMAGES, FEWER_IMAGES = 24, 12
LARGE = 100_000_000
# Least mean PSNR in dB of images after encoding and decoding.
LEAST_PSNR = 20.0
# Bounds of the latents' standard deviation, relative to the value that the network expects.
SCALES = (0.3, 3.0)
# Relative rise of the error to a lower noise level that counts as noise of the measurement.
RISE = 0.1
# Share of the best Gaussian's error above which a network is worse, and the highest relative error at which they are
# compared. At higher noise, the Gaussian's knowledge of our images is an advantage.
WORSE = 1.0
COMPARED = 0.75
# Most default steps of a model that is only judged where the Gaussian is compared. Models for few steps are distilled
# and predict one sharp image instead of the mean of all possible ones. Where noise hides most of the image, a sharp
# image is farther from the original than a grey one.
FEW_STEPS = 8
# Least fall of the logarithm of the error by an alternative reading, and by another order of the weights.
BETTER, BETTER_LAYOUT = 0.1, 0.01
# Student's t of the differences of the error by which an alternative reading must be better.
SIGNIFICANT = 4.0
# Images on which alternative readings are tried, and the mean fall of the logarithm of the error at one noise level
# below which they are not tried at others.
TRIED = 8
HOPELESS = -0.05
# Total number of measurements, for the progress.
STEPS = 19
# Shifts of the shuffled captions, and Student's t of the differences that true captions must reach.
SHIFTS = (5, 11, 17)
LEAST_T = 2.5
# Bounds of an adapter's change relative to the predicted images' deviation.
CHANGES = (1e-4, 1.0)


@dataclass(frozen=True)
class Progress:
    """Progress of a model's self-test: `done` of its `total` measurements are finished."""

    done: int
    total: int


def check_model(
    model: LoadedModel, library: Library, request: Request, *, images: int = 0, adapter: str = ""
) -> Generator[Progress, None, Report]:
    """Run the self-test of a loaded model, or only of its LoRA with the prompt tag `adapter`. Yields Progress and
    returns a Report. `request` contains the model's default settings.

    Raises StudioError if the model cannot be tested.
    """
    card = model.card
    count = images or (FEWER_IMAGES if card.parameters > LARGE else IMAGES)
    if reason := _explain_unsuitable(card):
        return Report(card.name, 0, [Finding("noise", SKIPPED, reason)])
    ours = captioned_images(library, request.size or card.sizes()[0], count)
    test = _Test(model, request, ours)
    yield from test.run(adapter)
    return Report(card.name, len(ours), test.findings, test.levels)


NO_ENCODER = QT_TRANSLATE_NOOP("ModelCheck", "not applicable, because this model does not take pictures")
NO_STEPS = QT_TRANSLATE_NOOP("ModelCheck", "not applicable, because this model draws in one step")
COLD = QT_TRANSLATE_NOOP("ModelCheck", "not applicable, because this model removes another degradation than noise")
PIXELS = QT_TRANSLATE_NOOP("ModelCheck", "not applicable, because this model works on pixels")
NO_PROMPT = QT_TRANSLATE_NOOP("ModelCheck", "not applicable, because this model takes no prompt")
NO_LEVELS = QT_TRANSLATE_NOOP("ModelCheck", "not applicable, because its steps have too little noise")
TOO_NOISY = QT_TRANSLATE_NOOP("ModelCheck", "not applicable, because its steps have too much noise")
VAE_OK = QT_TRANSLATE_NOOP("ModelCheck", "pictures keep {psnr} dB; at least {least} dB are needed")
VAE_BAD = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "Encoded and decoded, pictures keep only {psnr} dB, and {least} dB are needed: the VAE is damaged or belongs to "
    "another model. Choose another VAE.",
)
SCALE_BAD = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "The latents are {times} times as large as the network expects: the scale of the latents is wrong. Choose the VAE "
    "that was made for it.",
)
NOT_FINITE = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "It computes infinite or undefined numbers: weights are damaged, or too large for the number type. Choose fp32 or "
    "download it again.",
)
NOISE_OK = QT_TRANSLATE_NOOP("ModelCheck", "its error is {best} to {worst} of that of the best Gaussian")
NOISE_BAD = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "It denoises worse than {rival}: a layer is missing or damaged, or the VAE or the text encoder is for another "
    "model. Choose other parts, or download the model again.",
)
NOISE_RISES = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "Its error does not fall with the noise: its timesteps or its weights are wrong. Download the model again.",
)
PROMPT_OK = QT_TRANSLATE_NOOP("ModelCheck", "true captions are better than others for {better} of {count} pictures")
PROMPT_BAD = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "True captions are no better than others (for {better} of {count} pictures): the text encoder or the tokenizer "
    "belongs to another model. Choose other text encoders.",
)
PROMPT_IGNORED = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "Prompts change nothing: the text encoder is damaged or not connected. Choose other text encoders.",
)
ADAPTER_OK = QT_TRANSLATE_NOOP("ModelCheck", "it changes predictions by {change} of their deviation")
ADAPTER_NOTHING = QT_TRANSLATE_NOOP(
    "ModelCheck", "It changes nothing: it was made for another model, or is empty. Choose an adapter for this model."
)
ADAPTER_TOO_MUCH = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "It changes predictions by {change} times their deviation: it was made for another model or another strength. Use "
    "a lower strength.",
)


def _explain_unsuitable(card: ModelCard) -> str:
    """Return a sentence that explains why the self-test does not support a model, or "" if it does."""
    if not card.accepts.steps:
        return NO_STEPS
    return "" if len(card.latent) == 3 and card.accepts.picture else NO_ENCODER


class _Test:
    """A running self-test, with its findings and denoising errors so far."""

    def __init__(self, model: LoadedModel, request: Request, images: Sequence[CaptionedImage]) -> None:
        self.findings: list[Finding] = []
        self.levels: list[LevelErrors] = []
        self._model = model
        self._request = request
        self._images = images

    def run(self, adapter: str) -> Iterator[Progress]:
        stage = self._model.stages[0]
        rgba = torch.from_numpy(np.stack([image.rgba for image in self._images]))
        x0 = torch.cat([stage.encode(each) for each in rgba.split(1)])
        yield Progress(1, STEPS)
        if not adapter:
            self._check_vae(rgba, x0)
        if len(self._model.stages) > 1 and x0.shape[1] != self._model.card.channels:
            # The first stage of a cascade may draw an embedding.
            self.findings.append(Finding("noise", SKIPPED, NO_ENCODER))
            return
        if stage.diffusion.process.degradation is not None:
            self.findings.append(Finding("noise", SKIPPED, COLD))
            return
        if not bool(torch.isfinite(x0).all()):
            return
        self._probe = probe = Probe(self._model, self._request, self._images, x0)
        self._conditions = probe.conditions()
        self._predict = probe.denoiser(self._conditions)
        self._errors: dict[NoiseLevel, np.ndarray] = {}
        found = probe.levels()
        if not found:
            self.findings.append(Finding("noise", SKIPPED, NO_LEVELS))
            return
        if adapter:
            self._check_adapter(found, adapter)
            return
        yield from self._check_denoising(found)
        yield from self._check_prompt(found)

    def _check_vae(self, rgba: Tensor, x0: Tensor) -> None:
        stage = self._model.stages[0]
        if getattr(stage, "autoencoder", stage) is None:
            self.findings.append(Finding("vae", SKIPPED, PIXELS))
            return
        values = {"least": f"{LEAST_PSNR:g}"}
        try:
            again = torch.cat([stage.decode(each) for each in x0.split(1)])
        except NotFinite:
            self.findings.append(Finding("vae", BAD, NOT_FINITE, cause="finite"))
            return
        if again.shape[1:3] != rgba.shape[1:3]:
            # The first stage of a cascade draws a small image.
            self.findings.append(Finding("vae", SKIPPED, PIXELS))
            return
        error = (
            (_composite_over_white(again) - _composite_over_white(rgba)).square().flatten(1).mean(dim=1).clamp(min=1e-6)
        )
        psnr = float((-10 * error.log10()).mean())
        values["psnr"] = f"{psnr:.1f}"
        if psnr < LEAST_PSNR:
            self.findings.append(Finding("vae", BAD, VAE_BAD, values, "vae"))
        else:
            self.findings.append(Finding("vae", OK, VAE_OK, values))

    def _check_denoising(self, levels: Sequence[NoiseLevel]) -> Iterator[Progress]:
        probe = self._probe
        for place, at in enumerate(levels):
            self._errors[at] = probe.errors(at, self._predict)
            network, best = (
                float(each.mean()) / probe.variance for each in (self._errors[at], probe.gaussian_errors(at))
            )
            self.levels.append(LevelErrors(at.sigma, at.alpha, network, best))
            yield Progress(2 + place, STEPS)
        if not all(np.isfinite(each).all() for each in self._errors.values()):
            self.findings.append(Finding("noise", BAD, NOT_FINITE, cause="finite"))
            return
        times = math.sqrt(probe.variance) / self._model.card.data_scale
        if not SCALES[0] < times < SCALES[1]:
            values = {"times": f"{times:.2g}"}
            self.findings.append(Finding("noise", BAD, SCALE_BAD, values, "scale"))
            return
        found: list[tuple[float, Alternative]] = []
        known = list(alternatives_of(probe.stage))
        for place, alternative in enumerate(known):
            gain = self._measure_gain(alternative, levels)
            if gain is not None:
                found.append((gain, alternative))
            yield Progress(7 + 8 * (place + 1) // len(known), STEPS)
        if found:
            _, reading = max(found, key=lambda each: each[0])
            values = {"kind": reading.kind}
            self.findings.append(Finding("noise", BAD, reading.text, values, reading.cause))
            return
        self.findings.append(self._judge())

    def _judge(self) -> Finding:
        compared = [level for level in self.levels if level.gaussian < COMPARED]
        judged = compared if self._request.steps <= FEW_STEPS else self.levels
        if not judged:
            return Finding("noise", SKIPPED, TOO_NOISY)
        ratios = [level.network / level.gaussian for level in compared or judged]
        if any(level.network >= 1 for level in judged):
            rival = {"rival": QT_TRANSLATE_NOOP("ModelCheck", "one grey picture")}
            return Finding("noise", BAD, NOISE_BAD, rival, "network")
        if max(ratios) > WORSE:
            rival = {"rival": QT_TRANSLATE_NOOP("ModelCheck", "the best Gaussian")}
            return Finding("noise", BAD, NOISE_BAD, rival, "network")
        pairs = zip(self.levels, self.levels[1:], strict=False)
        if any(lower.network > (1 + RISE) * higher.network for higher, lower in pairs):
            return Finding("noise", BAD, NOISE_RISES, cause="network")
        values = {"best": f"{min(ratios):.2f}", "worst": f"{max(ratios):.2f}"}
        return Finding("noise", OK, NOISE_OK, values)

    def _measure_gain(self, alternative: Alternative, levels: Sequence[NoiseLevel]) -> float | None:
        """Return the decrease of the mean log denoising error that an alternative interpretation of the model file
        brings, or None if it brings none.

        Errors are compared with the best Gaussian's, which also improve for larger latents. Most interpretations affect
        medium noise levels; the order of weights affects low ones.
        """
        probe = self._probe
        count = len(self._images) if alternative.is_layout else min(TRIED, len(self._images))
        scale = alternative.scale
        offset = alternative.offset * math.sqrt(probe.variance)
        used = levels[-2:] if alternative.is_layout else levels[1:4] or levels
        falls = []
        ratios = []
        try:
            for at in used:
                with alternative.changed(probe.stage):
                    other = probe.errors(at, self._predict, count=count, scale=scale, offset=offset)
                other /= probe.gaussian_errors(at, scale=scale)[:count]
                falls.append(np.log(self._errors[at][:count] / probe.gaussian_errors(at)[:count] / other))
                ratios.append(other.mean())
                if not falls[-1].mean() > HOPELESS:
                    return None
        except (BadRequest, ArithmeticError):
            return None
        fall = np.mean(falls, axis=0)
        gain = float(fall.mean())
        # An alternative that leaves the network worse than a Gaussian repairs nothing.
        is_sound = max(ratios) < WORSE
        is_better = (
            gain > (BETTER_LAYOUT if alternative.is_layout else BETTER) and _compute_student_t(fall) > SIGNIFICANT
        )
        return gain if is_sound and is_better else None

    def _check_prompt(self, levels: Sequence[NoiseLevel]) -> Iterator[Progress]:
        probe = self._probe
        places = probe.captioned()
        if len(places) < 3:
            self.findings.append(Finding("prompt", SKIPPED, NO_PROMPT))
            return
        noisy = levels[:3]
        rises: list[np.ndarray] = []
        for number, shift in enumerate(SHIFTS):
            predict = probe.denoiser(self._shift_captions(places, shift % (len(places) - 1) + 1))
            with np.errstate(divide="ignore", invalid="ignore"):
                rises += [np.log(probe.errors(at, predict) / self._errors[at])[places] for at in noisy]
            yield Progress(16 + number, STEPS)
            # More captions are only needed if the first leave doubt.
            if abs(_compute_student_t(np.mean(rises, axis=0))) > 2 * LEAST_T:
                break
        rise = np.mean(rises, axis=0)
        if not np.isfinite(rise).all():
            # The previous check reports infinite values.
            return
        values = {"better": str(int((rise > 0).sum())), "count": str(len(places))}
        if np.abs(rise).max() < 1e-6:
            self.findings.append(Finding("prompt", BAD, PROMPT_IGNORED, values, "prompt"))
        elif _compute_student_t(rise) < LEAST_T:
            self.findings.append(Finding("prompt", BAD, PROMPT_BAD, values, "prompt"))
        else:
            self.findings.append(Finding("prompt", OK, PROMPT_OK, values))

    def _shift_captions(self, places: Sequence[int], shift: int) -> list[Conditioning]:
        """Return the test images' conditioning with exchanged captions. Each image listed in `places` gets the caption
        of the image `shift` positions before it in the list.
        """
        found = list(self._conditions)
        for place, other in zip(places, np.roll(places, shift), strict=True):
            caption = self._conditions[other]
            found[place] = replace(found[place], text=caption.text, label=caption.label)
        return found

    def _check_adapter(self, levels: Sequence[NoiseLevel], tag: str) -> None:
        probe = self._probe
        at = levels[len(levels) // 2]
        count = min(TRIED, len(self._images))
        x = probe.noisy(at, probe.x0[:count])
        before = self._predict(x, at)
        after = probe.denoiser(probe.conditions(suffix=f" {tag}")[:count])(x, at)
        change = float((after - before).square().mean().sqrt() / (before - probe.mean).square().mean().sqrt())
        low, high = CHANGES
        values = {"change": f"{change:.2g}"}
        if not math.isfinite(change):
            found = Finding("adapter", BAD, NOT_FINITE, values, "finite")
        elif change < low:
            found = Finding("adapter", BAD, ADAPTER_NOTHING, values, "nothing")
        elif change > high:
            found = Finding("adapter", BAD, ADAPTER_TOO_MUCH, values, "strength")
        else:
            found = Finding("adapter", OK, ADAPTER_OK, values)
        self.findings.append(found)


def _composite_over_white(rgba: Tensor) -> Tensor:
    """Composite uint8 images (N, H, W, 3 or 4) over a white background, and return them with values 0 … 1."""
    levels = rgba.float() / 255
    if levels.shape[-1] == 3:
        return levels
    return levels[..., :3] * levels[..., 3:] + 1 - levels[..., 3:]


def _compute_student_t(differences: np.ndarray) -> float:
    """Return Student's t statistic of paired differences, to decide whether their mean differs significantly from 0."""
    if len(differences) < 2:
        return 0.0
    return float(differences.mean() / max(differences.std(ddof=1), 1e-12) * math.sqrt(len(differences)))
