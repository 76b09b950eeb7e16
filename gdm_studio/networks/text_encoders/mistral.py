"""Mistral Small 3 (Mistral AI 2025) as the text encoder of FLUX.2 dev."""

from __future__ import annotations

from gdm_studio.networks.text_encoders.decoder import DecoderConfig
from gdm_studio.networks.text_encoders.prompt_format import PromptFormat

# Number of tokens of Tekken, Mistral's tokenizer.
VOCABULARY = 131072
_SYSTEM = (
    "You are an AI that reasons about image descriptions. You give structured responses focusing on object"
    " relationships, object\nattribution and actions without speculation."
)
# Padding precedes the prompt, and the denoiser sees its hidden states. Only the first 30 of 40 layers are used.
FLUX_2_DEV = PromptFormat(
    f"[SYSTEM_PROMPT]{_SYSTEM}[/SYSTEM_PROMPT][INST]",
    "[/INST]",
    tokens=512,
    padded=True,
    masked=True,
    layers=(10, 20, 30),
    left=True,
)


def mistral_config(
    width: int,
    layers: int,
    heads: int,
    hidden: int,
    *,
    key_heads: int = 8,
    head: int = 128,
    vocabulary: int = VOCABULARY,
) -> DecoderConfig:
    """Create the configuration of a Mistral Small 3 language model with these sizes. Its final normalisation is left
    out, because no denoiser uses it and some files lack it.
    """
    return DecoderConfig(
        vocabulary, width, layers, heads, key_heads, head, hidden, theta=1e9, eps=1e-5, final_norm=False
    )


MISTRAL_SMALL_3 = mistral_config(5120, 40, 32, 32768)
