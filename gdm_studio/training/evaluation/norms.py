"""A model's score norms, measured once for its card: Analytic-DPM and the spacing "optimal" go by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gdm_studio.engine import devices
from gdm_studio.engine.measure import LEVELS, own_latents, score_norms
from gdm_studio.errors import BadRequest
from gdm_studio.models.card import ModelCard
from gdm_studio.models.loaded import Ask, Stage
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.training.evaluation.drawing import Drawings
from gdm_studio.training.evaluation.figures import Measured
from gdm_studio.training.evaluation.lists import fixed_prompts
from gdm_studio.training.evaluation.taught import check_size, reduced, straight

PICTURES = 64


def measured_norms(drawings: Drawings, data: Path | None, *, quick: bool = False) -> Iterator[Measured]:
    """From training pictures, each under its caption in its style; without any, from the model's own pictures.

    Raises StudioError.
    """
    base, library = drawings.base, drawings.library
    card, count = library.card(base.model), 8 if quick else PICTURES
    place, dtype = devices.place_of(base, card)
    (stage,) = library.load(base.model, device=place, dtype=dtype).stages
    if data is not None:
        latents, prompts = _taught(stage, card, data, count)
    else:
        told = [asked.prompt for asked in fixed_prompts()[:count]]
        plain = replace(base, guidance_scale=1.0, temperature=1.0)  # what else bends, the model's own law does not
        requests = [replace(plain, prompt=prompt, seed=seed) for seed, prompt in enumerate(told, start=1)]
        latents = torch.cat(list(own_latents(library, requests)))
        prompts = [Ask(prompt, base.style) for prompt in told]
    for norms in score_norms(stage, latents, prompts):
        drawings.show("score norms", len(norms.table), LEVELS)
    about = {"score_norms": [list(row) for row in norms.table]}
    yield Measured("score_norms", "score norms", len(norms.table), unit="noise levels", card=about)


def _taught(stage: Stage, card: ModelCard, data: Path, count: int) -> tuple[Tensor, list[Ask]]:
    """Latents of `count` training pictures in the styles of the model, evenly chosen, and what they show."""
    pictures, styles = open_pictures(data), {style.id for style in card.styles}
    check_size(data, pictures, card.size)
    known = [row for row in pictures.rows if row["style"] in styles]
    if not known:
        raise BadRequest(f"{data} has no picture in a style of {card.name}; leave out --data, or make others.")
    rows = [known[index] for index in np.linspace(0, len(known) - 1, min(count, len(known))).astype(int)]
    rgba = torch.from_numpy(straight(reduced(pictures.rgba([row["index"] for row in rows]), card.size)))
    return stage.encode(rgba), [Ask(row["caption"], row["style"]) for row in rows]
