"""Measurement of a model's score norms for its model card. Analytic-DPM and the spacing "optimal" need these norms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.score_norms import LEVELS, generate_latents, measure_score_norms
from gdm_studio.models.loaded_model import Conditioning, Stage
from gdm_studio.models.memory import devices
from gdm_studio.models.model_card import ModelCard
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.training.evaluation.cached_generator import CachedGenerator
from gdm_studio.training.evaluation.evaluation_sets import fixed_prompts
from gdm_studio.training.evaluation.metrics import EvaluationResult
from gdm_studio.training.evaluation.training_images import check_size, downscale, to_straight_alpha

PICTURES = 64


def measure_norms_for_card(
    generator: CachedGenerator, data: Path | None, *, quick: bool = False
) -> Iterator[EvaluationResult]:
    """Measure a model's score norms for its model card, on training images with their captions and styles.

    Without `data`, generated images are used instead. Raises StudioError.
    """
    base = generator.base
    library = generator.library
    card = library.card(base.model)
    count = 8 if quick else PICTURES
    device, dtype = devices.device_and_dtype(base, card)
    (stage,) = library.load(base.model, device=device, dtype=dtype).stages
    if data is not None:
        latents, prompts = _encode_training_latents(stage, card, data, count)
    else:
        texts = [asked.prompt for asked in fixed_prompts()[:count]]
        # Guidance and temperature would distort the model's own distribution.
        plain = replace(base, guidance_scale=1.0, temperature=1.0)
        requests = [replace(plain, prompt=prompt, seed=seed) for seed, prompt in enumerate(texts, start=1)]
        latents = torch.cat(list(generate_latents(library, requests)))
        prompts = [Conditioning(prompt, base.style) for prompt in texts]
    for norms in measure_score_norms(stage, latents, prompts):
        generator.show("score norms", len(norms.table), LEVELS)
    entries = {"score_norms": [list(row) for row in norms.table]}
    yield EvaluationResult("score_norms", "score norms", len(norms.table), unit="noise levels", card=entries)


def _encode_training_latents(
    stage: Stage, card: ModelCard, data: Path, count: int
) -> tuple[Tensor, list[Conditioning]]:
    """Encode `count` training images in the model's styles as latents, for measuring score norms.

    Returns the latents, and the conditioning with the images' captions and styles.
    """
    pictures = open_pictures(data)
    styles = {style.id for style in card.styles}
    check_size(data, pictures, card.size)
    known = [row for row in pictures.rows if row["style"] in styles]
    if not known:
        raise BadRequest(f"{data} has no image in a style of {card.name}; leave out --data, or build others.")
    rows = [known[index] for index in np.linspace(0, len(known) - 1, min(count, len(known))).astype(int)]
    rgba = torch.from_numpy(to_straight_alpha(downscale(pictures.rgba([row["index"] for row in rows]), card.size)))
    return stage.encode(rgba), [Conditioning(row["caption"], row["style"]) for row in rows]
