"""Mistral Small 3 and Ministral 3 (Mistral AI 2025) as the text encoders of FLUX.2 dev and of ERNIE-Image."""

from __future__ import annotations

from functools import partial

from gdm_studio.networks.text_encoders.decoder import DecoderConfig, Yarn
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

# The prompt without a template, and the hidden states before the last of 26 layers.
ERNIE_IMAGE = PromptFormat(tokens=2048, layers=(25,))


def mistral_config(
    width: int,
    layers: int,
    heads: int,
    hidden: int,
    *,
    key_heads: int = 8,
    head: int = 128,
    vocabulary: int = VOCABULARY,
    theta: float = 1e9,
    yarn: Yarn | None = None,
) -> DecoderConfig:
    """Create the configuration of a Mistral Small 3 language model with these sizes. Its final normalisation is left
    out, because no denoiser uses it and some files lack it.
    """
    return DecoderConfig(
        vocabulary, width, layers, heads, key_heads, head, hidden, theta=theta, eps=1e-5, final_norm=False, yarn=yarn
    )


# Function that creates the configuration of a Ministral 3 language model, also without its final normalisation. Beyond
# 16,384 tokens, its attention is scaled by the position; prompts are shorter.
ministral3_config = partial(mistral_config, theta=1e6, yarn=Yarn(16.0, 16384))

MINISTRAL_3_3B = ministral3_config(3072, 26, 32, 9216)
MISTRAL_SMALL_3 = mistral_config(5120, 40, 32, 32768)
