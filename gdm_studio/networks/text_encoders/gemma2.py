"""Gemma 2 (Gemma Team 2024, arXiv:2408.00118) as the text encoder of Lumina 2.

Prompts are shorter than the 4096 tokens of its sliding window, so that all layers attend to the whole prompt.
"""

from __future__ import annotations

from gdm_studio.networks.text_encoders.decoder import DecoderConfig
from gdm_studio.networks.text_encoders.prompt_format import PromptFormat

_SYSTEM = (
    "You are an assistant designed to generate superior images with the superior degree of image-text alignment based"
    " on textual prompts or user prompts."
)
# The hidden states before the last layer. A negative prompt has no system prompt: `before` is left out.
LUMINA_2 = PromptFormat(f"{_SYSTEM} <Prompt Start> ", tokens=256, masked=True, layers=(-2,))


def gemma2_config(
    width: int, layers: int, heads: int, hidden: int, *, key_heads: int = 4, head: int = 256, vocabulary: int = 256000
) -> DecoderConfig:
    """Create the configuration of a Gemma 2 language model with these sizes."""
    return DecoderConfig(
        vocabulary, width, layers, heads, key_heads, head, hidden,
        theta=1e4, sandwich=True, offset=True, gelu=True, softcap=50.0, scaled=True,
    )  # fmt: skip


GEMMA2_2B = gemma2_config(2304, 26, 8, 9216)
