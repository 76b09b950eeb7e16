"""Measurements of the cascades' claims, made on their embedding and 64-pixel stages.

The prompts name the things that the judge, an image classifier, knows. Each is drawn with SEEDS seeds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.maths.guidance import apply_guidance
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.families.papers.cascade import (
    CANDIDATES,
    BaseStage,
    CascadeModel,
    CascadeStage,
    PriorStage,
    UpsamplerStage,
)
from gdm_studio.models.families.papers.cascade_settings import AUGMENTATION, CLIP_GUIDANCE
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.memory.parallel_rows import whole_batches
from gdm_studio.papers.claims.claim_inputs import SEEDS, ClaimContext, Measure, summarise
from gdm_studio.papers.claims.point_distances import Terms
from gdm_studio.papers.system_description import Measurement, System
from gdm_studio.papers.training.cascade_images import SIDES, open_captioned_images
from gdm_studio.training.evaluation.statistics import frechet_distance

# The number of steps of a measured stage, and the guidance scale of the paper's images.
STEPS, GUIDANCE = 20, 3.0
# The number of prompts whose images are compared between seeds.
VARIETY = 16
# The number of steps of a measured upsampler, and of images that it enlarges. Each has thousands of details.
UPSAMPLER_STEPS, ENLARGED = 8, 16
# The largest error of an enlarged image, in standard deviations of images.
MOST_LOST = 0.5
# The weights of CLIP guidance to try. The best one is used.
CLIP_WEIGHTS = (0.03, 0.1, 0.3, 1.0)
# A guidance scale that drives predictions out of the range of images.
STRONG_GUIDANCE = 10.0
# The quantile of dynamic thresholding.
QUANTILE = 0.995
# The distance from the end of the range within which a value counts as clipped, and the number of prompts whose
# predictions are looked at.
CLOSE, LOOKED_AT = 1e-5, 4
# The absolute value from which a channel counts as saturated, and the opacity from which a pixel counts at all.
SATURATED, OPAQUE = 0.99, 0.9
# The largest difference of the shares of recognised images at which two saturations are compared.
SAME_CLASSES = 0.05


@dataclass(frozen=True)
class StageSampler:
    """Sampler for the single stages of a trained cascade, for measurements. The prompts are all objects that the judge,
    an image classifier, can recognise.
    """

    context: ClaimContext
    model: CascadeModel

    @classmethod
    def of(cls, context: ClaimContext, system: System) -> StageSampler:
        """Load the trained cascade of a published system, so that its stages can be measured. Raises ModelError if it
        is not trained yet.
        """
        card = context.card(system.model)
        model = context.library.load(card.name, device=torch.device("cpu"), dtype=torch.float32)
        return cls(context, cast(CascadeModel, model))

    @property
    def names(self) -> tuple[str, ...]:
        return self.context.judge.labels

    @property
    def conditions(self) -> list[Conditioning]:
        """Conditioning for each prompt that the judge (an image classifier) can recognise, with all factors of the
        model set to 0.
        """
        factors = {factor.name: 0.0 for factor in self.model.card.accepts.factors}
        return [Conditioning(text=name, factors=factors) for name in self.names]

    def stage(self, kind: type[CascadeStage]) -> CascadeStage:
        """Return the first stage of the cascade that is an instance of the class `kind`, such as `UpsamplerStage`."""
        return next(stage for stage in self.model.stages if isinstance(stage, kind))

    def draw(
        self,
        stage: CascadeStage,
        conditions: Sequence[Conditioning],
        seed: int,
        *,
        seen: Callable[[Tensor], None] = lambda x0: None,
        **controls: float,
    ) -> Tensor:
        """Sample one stage of the cascade, and return its results (N, …), one for each conditioning.

        `controls` are keyword arguments for `apply_guidance`. `seen` is called with every prediction (N, …) that the
        sampler uses.
        """
        steps = UPSAMPLER_STEPS if isinstance(stage, UpsamplerStage) else STEPS
        path = self.model.card.points(stage.diffusion.process, "linspace", steps)
        noise = KeyedNoise(range(seed * 1000, seed * 1000 + len(conditions)))
        like = torch.empty(len(conditions), *stage.shape(self.model.card.default_request()))
        both = [*conditions, *(replace(condition, negative=True) for condition in conditions)]
        guided = stage.denoiser(both, path, denoiser_noise(noise, path, len(conditions)))
        plain = stage.denoiser(conditions, path, denoiser_noise(noise, path, len(conditions)))

        def pair(x: Tensor, at: NoiseLevel) -> tuple[Tensor, Tensor]:
            with_prompt, without = guided(torch.cat([x, x]), at).chunk(2)
            return with_prompt, without

        settings: dict[str, Any] = {"data_scale": stage.diffusion.data_scale, **controls}
        changed = apply_guidance(plain, path, pair=pair, **settings)

        def denoise(x: Tensor, at: NoiseLevel) -> Tensor:
            x0: Tensor = changed(x, at)
            seen(x0)
            return x0

        x = stage.start(conditions, path, noise, like)
        with whole_batches():
            for step in SAMPLERS["ddim"].fn(denoise, x, path, noise):
                x = step.x
        return x

    def recognised(self, images: Tensor) -> float:
        """Return the fraction of generated images that the judge (an image classifier) classifies as the prompted
        object.

        The images (N, 4, 64, 64), one for each prompt, are decoded first.
        """
        stage = self.stage(BaseStage)
        return self.context.judge.accuracy(stage.decode(images).numpy(), self.names)


def recognised_beside_clip_guidance(context: ClaimContext, system: System) -> Measurement:
    """Measure whether classifier-free guidance gives more recognisable images than guidance by CLIP.

    The value is the difference of the fractions of recognised images, with the best weight of CLIP guidance. In the
    ablation, both sides use CLIP guidance.
    """
    drawing = StageSampler.of(context, system)
    stage = drawing.stage(BaseStage)
    found, own_images = [], []
    for seed in range(SEEDS):
        shares = []
        for weight in CLIP_WEIGHTS:
            factors = {CLIP_GUIDANCE: weight}
            guided = [replace(condition, factors=factors) for condition in drawing.conditions]
            shares.append(drawing.recognised(drawing.draw(stage, guided, seed)))
        own = max(shares)
        if not context.broken:
            own_images.append(drawing.draw(stage, drawing.conditions, seed, guidance_scale=GUIDANCE))
            own = drawing.recognised(own_images[-1])
        found.append(own - max(shares))
        context.show(system.title, seed + 1, SEEDS)
    return summarise(found, len(drawing.names), terms=_measure_variety(own_images))


def recognised_beside_text_embedding(context: ClaimContext, system: System) -> Measurement:
    """Measure whether images improve if DALL·E 2's prior predicts the image embedding, compared with using the
    caption's embedding directly.

    The value is the difference of the fractions of recognised images. The decoder gets no caption, so that it knows the
    thing only from the embedding. In the ablation, both sides use the caption's embedding.
    """
    drawing = StageSampler.of(context, system)
    base = cast(BaseStage, drawing.stage(BaseStage))
    prior = cast(PriorStage, drawing.stage(PriorStage))
    ids = drawing.model.read(drawing.conditions)
    texts = drawing.model.text_embeddings(ids)
    found: list[float] = []
    own_images: list[Tensor] = []
    chosen: list[float] = []
    for seed in range(SEEDS):
        drawn = drawing.draw(prior, drawing.conditions, seed)  # (N, 1, CANDIDATES, D)
        pairs = zip(drawing.conditions, drawn.split(1), strict=True)
        best = base.choose_embeddings([replace(condition, before=before) for condition, before in pairs], ids)
        agreement = (prior.network.unscaled(drawn[:, 0]) * texts[:, None]).sum(dim=-1)  # (N, CANDIDATES)
        chosen.append(float(((best * texts).sum(dim=-1) > agreement.mean(dim=1)).float().mean()))
        images = []
        for directions in (texts if context.broken else best, texts):
            embeddings = prior.network.scaled(directions)
            befores = embeddings[:, None, None].expand(-1, 1, CANDIDATES, -1).split(1)
            images.append(drawing.draw(base, [Conditioning(before=before) for before in befores], seed))
        first, second = map(drawing.recognised, images)
        found.append(first - second)
        own_images.append(images[0])
        context.show(system.title, seed + 1, SEEDS)
    return summarise(found, len(drawing.names), terms=_measure_variety(own_images) | {"chosen": chosen})


def _measure_variety(batches: Sequence[Tensor]) -> Terms:
    """Return how much the images of one prompt differ between two seeds, divided by how much the images of different
    prompts differ, for each pair of successive seeds.

    Each batch (N, C, H, W) has one image per prompt. Only the first VARIETY prompts are used.
    """
    ratios = []
    for one, other in pairwise(batch[:VARIETY] for batch in batches):
        same, different = (one - other).square().mean(), (one - other.roll(1, dims=0)).square().mean()
        ratios.append(float((same / different).sqrt()))
    return {"variety": ratios} if ratios else {}


def saturation_beside_clipping(context: ClaimContext, system: System) -> Measurement:
    """Measure whether dynamic thresholding avoids the oversaturated colours that clipping causes under strong guidance.

    The value is the ratio of the fractions of saturated channels. If the fractions of recognised images differ by more
    than SAME_CLASSES, the value is 1, since blander images are less saturated. In the ablation, both sides use
    clipping.

    The terms are those of the predictions, by `measure_clipping`.
    """
    drawing = StageSampler.of(context, system)
    stage = drawing.stage(BaseStage)
    bound = 1 / stage.diffusion.data_scale
    found = []
    terms: Terms = defaultdict(list)
    for seed in range(SEEDS):
        dynamic = {"clip": bound} if context.broken else {"clip": bound, "dynamic_threshold": QUANTILE}
        sides: tuple[dict[str, Any], ...] = (dynamic, {"clip": bound})
        images = [
            drawing.draw(stage, drawing.conditions, seed, guidance_scale=STRONG_GUIDANCE, **controls)
            for controls in sides
        ]
        shares = [drawing.recognised(each) for each in images]
        ratio = _measure_saturation(images[0]) / max(_measure_saturation(images[1]), 1e-6)
        found.append(ratio if abs(shares[0] - shares[1]) <= SAME_CLASSES else 1.0)
        if not context.broken:
            for name, values in measure_clipping(drawing, sides, seed).items():
                terms[name] += values
        context.show(system.title, seed + 1, SEEDS)
    return summarise(found, len(drawing.names), terms=terms)


def measure_clipping(drawing: StageSampler, sides: Sequence[Mapping[str, float]], seed: int) -> Terms:
    """Measure the predictions of the base stage with strong guidance, for the first LOOKED_AT prompts: the largest
    absolute value on each side ("range"), and the fraction of a prediction's values that dynamic thresholding, the
    first side, leaves at the end of the range ("clipped").

    `sides` are the controls of the two sides. Predictions that are within the range anyway do not count as clipped.
    """
    predictions: list[list[Tensor]] = [[] for _ in sides]
    for seen, controls in zip(predictions, sides, strict=True):
        settings = {"guidance_scale": STRONG_GUIDANCE, **controls}
        conditions = drawing.conditions[:LOOKED_AT]
        drawing.draw(drawing.stage(BaseStage), conditions, seed, seen=seen.append, **settings)
    sizes = [torch.cat(seen).abs().flatten(1) for seen in predictions]
    ends = sizes[0] >= 1 - CLOSE
    shares = ends.float().mean(dim=1)[ends.any(dim=1)]
    return {
        "range": [float(each.max()) for each in sizes],
        "clipped": [float(shares.median()) if len(shares) else 0.0],
    }


def _measure_saturation(images: Tensor) -> float:
    """Return the fraction of saturated colour values among the opaque pixels of images (N, 4, H, W)."""
    is_opaque = (images[:, 3:] > OPAQUE).expand(-1, 3, -1, -1)
    values = images[:, :3][is_opaque].abs()
    return float(np.mean((values > SATURATED).numpy())) if len(values) else 0.0


def detail_gap_beside_clean(context: ClaimContext, system: System) -> Measurement:
    """Measure whether noise in an upsampler's small input makes upscaled generated images as detailed as upscaled real
    images.

    The gap is the distance in detail of enlarged generated images from real ones, minus that of enlarged held-out
    images. The value is the ratio of the gap with noise to that without. It is 1 if noise does not bring generated
    images nearer to real ones, or if held-out images are lost: an upsampler that ignores its input has no gap. In the
    ablation, both sides have no noise.
    """
    drawing = StageSampler.of(context, system)
    base, upsampler = drawing.stage(BaseStage), drawing.stage(UpsamplerStage)
    images = open_captioned_images(context.pictures)
    held_out = images.held_out[:ENLARGED]
    large = torch.cat([F.avg_pool2d(images.large(int(index)), SIDES[2] // SIDES[1]) for index in held_out])
    real, truth = F.avg_pool2d(large, SIDES[1] // SIDES[0]), _extract_details(large)
    defaults = {factor.name: factor.default for factor in drawing.model.card.accepts.factors}
    levels = (0.0, 0.0 if context.broken else defaults[AUGMENTATION])

    def enlarge(small: Tensor, noise: float, seed: int) -> Tensor:
        conditions = [Conditioning(before=each, factors={AUGMENTATION: noise}) for each in small.split(1)]
        return drawing.draw(upsampler, conditions, seed)

    found = []
    for seed in range(SEEDS):
        generated = drawing.draw(base, drawing.conditions[: len(real)], seed, guidance_scale=GUIDANCE)
        from_real = [enlarge(real, level, seed) for level in levels]
        of_real = [frechet_distance(_extract_details(each), truth) for each in from_real]
        clean, noisy = (frechet_distance(_extract_details(enlarge(generated, level, seed)), truth) for level in levels)
        is_lost = (from_real[1] - large).std() > MOST_LOST * large.std()
        gap = clean - of_real[0]
        fails = is_lost or noisy >= clean or gap <= 0
        found.append(1.0 if fails else max(noisy - of_real[1], 0.0) / gap)
        context.show(system.title, seed + 1, SEEDS)
    return summarise(found, len(real))


def _extract_details(images: Tensor) -> NDArray[np.float64]:
    """Return the details that an upsampler has added to each pixel of the small image: the upscaled pixels (n, C · f²)
    minus their mean.
    """
    factor = SIDES[1] // SIDES[0]
    blocks = F.pixel_unshuffle(images.clamp(-1, 1), factor).unflatten(1, (-1, factor**2))  # (N, C, f², h, w)
    details = (blocks - blocks.mean(dim=2, keepdim=True)).flatten(1, 2)
    return details.permute(0, 2, 3, 1).flatten(0, 2).double().numpy()


MEASUREMENTS: Mapping[str, Measure] = {
    "recognised_beside_clip_guidance": recognised_beside_clip_guidance,
    "recognised_beside_text_embedding": recognised_beside_text_embedding,
    "saturation_beside_clipping": saturation_beside_clipping,
    "detail_gap_beside_clean": detail_gap_beside_clean,
}
