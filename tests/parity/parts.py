"""Inputs of the text encoders that by_parts.py and the tests compare."""

from __future__ import annotations

import torch

# Tokens of each prompt. The longer one crosses the distance from which on T5 knows no further positions.
LENGTHS = (150, 37)
VOCABULARY = 100
# Hidden states that FLUX.2 Klein takes.
KLEIN_LAYERS = (9, 18, 27)


def token_ids(length: int) -> torch.Tensor:
    """Return token ids (2, length)."""
    return torch.arange(2 * length).reshape(2, length) * 31 % VOCABULARY


def token_mask() -> torch.Tensor:
    """Return the mask (2, L), False at the padding on the right."""
    return torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS)[:, None]
