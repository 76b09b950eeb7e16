"""What a model is asked for: a request's prompts, class, factors and hints, as its stages take them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from gdm_studio.engine import inputs
from gdm_studio.engine.sources import Known
from gdm_studio.models.accepts import PLAIN, factors_of
from gdm_studio.models.card import ModelCard
from gdm_studio.models.loaded import Ask, HintPicture
from gdm_studio.request import Hint, Request


def asks_of(card: ModelCard, request: Request, known: Known | None, *, guided: bool) -> list[Ask]:
    """One for each of the request's prompts and, if `guided`, the negative one at the end. Raises BadRequest."""
    size = request.size or card.sizes()[0]
    alike = Ask(
        plain=request.grammar == PLAIN,
        factors=factors_of(card.accepts, request),
        size=size,
        picture=known.data if known else None,
        mask=known.anew if known else None,
        rest=known.rest if known else None,
        hints=tuple(_shown(hint, size) for hint in request.hints),
    )
    # guidance strengthens how things are drawn as well as what: style and class stand on one side only
    told = [replace(alike, text=text, style=request.style, label=request.label) for text in request.prompt_weights()]
    return [*told, replace(alike, text=request.negative_prompt, negative=True)] if guided else told


def _shown(hint: Hint, size: tuple[int, int]) -> HintPicture:
    return HintPicture(hint.kind, torch.from_numpy(np.array(inputs.fitted(hint.image, size)))[None], hint.weight)
