"""Format of the prompts that a denoiser was trained with: template, length, padding and hidden states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class PromptFormat:
    """Format of the encoded prompts that a denoiser expects: the template text, the length and padding, and the hidden
    states to use.
    """

    # Template text before and after the prompt.
    before: str = ""
    after: str = ""
    # Maximum number of tokens, including the template's. Further tokens are cut off.
    tokens: int = 512
    # True if shorter prompts are padded to `tokens`, and the denoiser sees the padding.
    padded: bool = False
    # True if the text encoder's attention leaves out the padding.
    masked: bool = False
    # Indices of the layers after which hidden states are taken, concatenated along channels. 0 is the embedding, and
    # negative numbers count from the end: −1 is the last layer with the final normalisation, which the number of layers
    # leaves out.
    layers: tuple[int, ...] = (-1,)
    # Number of the template's last tokens that remain when a prompt is cut off.
    kept: int = 0
    # Number of the template's first tokens whose hidden states the denoiser does not get.
    dropped: int = 0
    # True if padding precedes the prompt.
    left: bool = False

    def wrap(self, prompt: str) -> str:
        """Insert a prompt into the template of the text encoder, and return the text to tokenise."""
        return f"{self.before}{prompt}{self.after}"

    def batch(self, rows: Sequence[Sequence[int]], pad: int) -> tuple[Tensor, Tensor]:
        """Combine the token ids of several prompts into a tensor (N, L), padded on one side, with a mask (N, L) that
        is False at padding.

        L is `tokens` if prompts are padded, else the length of the longest prompt.
        """
        cut = [self._cut_tokens(row) for row in rows]
        length = self.tokens if self.padded else max(map(len, cut))
        padding = [[pad] * (length - len(row)) for row in cut]
        if self.left:
            ids = torch.tensor([more + row for row, more in zip(cut, padding, strict=True)])
            return ids, torch.arange(length) >= torch.tensor([[len(more)] for more in padding])
        ids = torch.tensor([row + more for row, more in zip(cut, padding, strict=True)])
        return ids, torch.arange(length) < torch.tensor([[len(row)] for row in cut])

    def _cut_tokens(self, row: Sequence[int]) -> list[int]:
        if len(row) <= self.tokens or not self.kept:
            return list(row[: self.tokens])
        return [*row[: self.tokens - self.kept], *row[-self.kept :]]
