"""Qwen3 language model (Yang et al. 2025, arXiv:2505.09388), the text encoder of Z-Image, FLUX.2 Klein and Anima, and
the language model of Qwen3-VL (Bai et al. 2025, arXiv:2511.21631), the text encoder of Krea 2 and Ideogram 4.
"""

from __future__ import annotations

from dataclasses import replace

from gdm_studio.networks.text_encoders.decoder import DecoderConfig
from gdm_studio.networks.text_encoders.prompt_format import PromptFormat
from gdm_studio.networks.text_encoders.qwen25_vl import QWEN_IMAGE

_USER = "<|im_start|>user\n"
_ASSISTANT = "<|im_end|>\n<|im_start|>assistant\n"
# The hidden states before the last layer, without padding.
Z_IMAGE = PromptFormat(_USER, _ASSISTANT, tokens=512, masked=True, layers=(-2,))
# The prompt ends with an empty chain of thought, and the padding's hidden states are used.
FLUX_2_KLEIN = PromptFormat(
    _USER, f"{_ASSISTANT}<think>\n\n</think>\n\n", tokens=512, padded=True, masked=True, layers=(9, 18, 27)
)
# The prompt alone, without a template.
ANIMA = PromptFormat(tokens=512, masked=True)
# The hidden states of twelve layers, for the tokens after the system prompt. The template's last tokens are never cut.
KREA_2 = replace(QWEN_IMAGE, layers=tuple(range(2, 36, 3)), kept=5)


# The hidden states of thirteen layers, of which the last is not normalised. The template's last tokens are never cut.
IDEOGRAM_4 = PromptFormat(_USER, _ASSISTANT, tokens=2048, masked=True, layers=(*range(1, 35, 3), 36), kept=5)


def qwen3_config(
    width: int,
    layers: int,
    heads: int,
    hidden: int,
    *,
    key_heads: int = 8,
    head: int = 128,
    vocabulary: int = 151936,
    theta: float = 1e6,
) -> DecoderConfig:
    """Create the configuration of a Qwen3 language model with these sizes."""
    return DecoderConfig(vocabulary, width, layers, heads, key_heads, head, hidden, theta=theta, head_norm=True)


def qwen3_vl_config(
    width: int, layers: int, heads: int, hidden: int, *, key_heads: int = 8, head: int = 128, vocabulary: int = 151936
) -> DecoderConfig:
    """Create the configuration of a Qwen3-VL language model with these sizes, for texts without images."""
    return qwen3_config(width, layers, heads, hidden, key_heads=key_heads, head=head, vocabulary=vocabulary, theta=5e6)


QWEN3_06B = qwen3_config(1024, 28, 16, 3072)
QWEN3_4B = qwen3_config(2560, 36, 32, 9728)
QWEN3_8B = qwen3_config(4096, 36, 32, 12288)
