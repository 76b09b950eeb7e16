"""Prompts as the U-Net is told of them: windows of tokens, each word as strongly as it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from gdm_studio.models.families.stable_diffusion.kinds import SIZES, Kind
from gdm_studio.models.families.stable_diffusion.layout import Text
from gdm_studio.models.families.stable_diffusion.windows import WINDOW, Tokens, tokenized
from gdm_studio.models.grammar import Weighted
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.tokenizer import BEGIN, END, text_of
from gdm_studio.networks.stable_diffusion.unet import sinusoidal

Vectors = Mapping[str, Mapping[Text, Tensor]]  # by learnt word and text encoder (count, width)


@dataclass(frozen=True)
class Told:
    """What one row is told: the text (1, L, C), and pooled text and sizes (1, V) where the U-Net wants them."""

    context: Tensor
    vector: Tensor | None = None

    def on(self, device: torch.device) -> Told:
        """The same there."""
        return Told(self.context.to(device), None if self.vector is None else self.vector.to(device))

    def silenced(self) -> Told:
        """Of nothing at all, as in training where the text was left out."""
        return Told(torch.zeros_like(self.context), None if self.vector is None else torch.zeros_like(self.vector))

    def sized(self, sizes: Sequence[float]) -> Told:
        """With these sizes behind the pooled text (Podell et al. 2023, section 2.2)."""
        if self.vector is None:
            return self
        waves = sinusoidal(torch.tensor(sizes, device=self.vector.device), SIZES)
        return Told(self.context, torch.cat([self.vector, waves.reshape(1, -1)], dim=1))


@torch.no_grad()
def encoded(
    kind: Kind,
    encoders: Sequence[ClipText],
    windows: Iterable[Sequence[Weighted]],
    *,
    skip: int = 0,
    learnt: Vectors = MappingProxyType({}),
) -> Told:
    """What the text encoders of that kind of model make of a prompt's windows, as AUTOMATIC1111's web UI reads them.

    The pooled text is the first window's. So many layers more than usual are left out at the end. For words that were
    `learnt` their vectors stand in the place of tokens.
    """
    lengths = {word: len(next(iter(vectors.values()))) for word, vectors in learnt.items()}
    chunks = [chunk for window in windows for chunk in tokenized(window, lengths)]
    sides, pooled = [], None
    for place, clip in enumerate(encoders):
        pad = kind.pads[place] if kind.pads else END
        vectors = {word: each[kind.texts[place]] for word, each in learnt.items()}
        found = [_window(kind, clip, chunk, pad, skip, vectors) for chunk in chunks]
        sides.append(torch.cat([context for context, _ in found], dim=1))
        pooled = found[0][1]
    return Told(torch.cat(sides, dim=-1), pooled if kind.told else None)


def words_in(
    windows: Iterable[Sequence[Weighted]], learnt: Mapping[str, int] = MappingProxyType({})
) -> list[tuple[str, list[int]]]:
    """The words of a prompt's windows, each with the places of its tokens in what the U-Net is told."""
    found: list[tuple[str, list[int]]] = []
    chunks = [chunk for window in windows for chunk in tokenized(window, learnt)]
    for number, chunk in enumerate(chunks):
        here: list[int] = []  # tokens of a word that is not ended
        for place, (token, _) in enumerate(chunk, start=number * (WINDOW + 2) + 1):
            if isinstance(token, tuple):
                word, part = token
                found += [(word, [])] if part == 0 else []
                found[-1][1].append(place)
                continue
            found += [("", [])] if not here else []
            here.append(token)
            text, ended = text_of(here)
            found[-1] = (text, [*found[-1][1], place])
            here = [] if ended else here
    return found


def _window(
    kind: Kind, clip: ClipText, tokens: Tokens, pad: int, skip: int, learnt: Mapping[str, Tensor]
) -> tuple[Tensor, Tensor | None]:
    """Text (1, 77, C) and pooled text; the weights leave the mean as it is."""
    device, behind = clip.position_embedding.weight.device, [pad] * (WINDOW - len(tokens))
    known = (END if isinstance(token, tuple) else token for token, _ in tokens)
    embedded = clip.embed(torch.tensor([[BEGIN, *known, END, *behind]], device=device))
    for place, (token, _) in enumerate(tokens, start=1):
        if isinstance(token, tuple):
            embedded[0, place] = learnt[token[0]][token[1]].to(embedded)
    found = clip(embedded, torch.tensor([len(tokens) + 1], device=device))
    text = clip.skipping(found, kind.skip + skip, norm=kind.norm)
    if all(weight == 1 for _, weight in tokens):
        return text, found.pooled
    strengths = torch.tensor([1.0, *(weight for _, weight in tokens), 1.0, *(1.0 for _ in behind)], device=device)
    weighed = text * strengths[None, :, None]
    before, after = text.mean(), weighed.mean()
    return torch.where(after == 0, weighed, weighed * (before / after)), found.pooled
