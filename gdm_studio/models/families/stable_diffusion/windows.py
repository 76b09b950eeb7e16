"""Prompts as tokens in windows of CLIP's length; torch-free, so that they can be counted while they are typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from gdm_studio.models.grammar import Weighted, stretches
from gdm_studio.networks.stable_diffusion.tokenizer import clip_tokenizer

WINDOW = 75  # tokens between the one that begins and the one that ends
BACK = 20  # tokens: a comma no farther from a window's end than this ends it, so that what follows stays together
COMMA = 267
STEPS = 20  # of a run in which a prompt that changes is counted

Token = int | tuple[str, int]  # of the vocabulary, or a learnt word and which of its vectors
Tokens = list[tuple[Token, float]]  # each, and how many times it counts


def tokenized(window: Iterable[Weighted], learnt: Mapping[str, int] = MappingProxyType({})) -> Iterator[Tokens]:
    """The tokens of a window of a prompt, in pieces of WINDOW at most; one that is empty where there are none.

    A `learnt` word has so many of its own, and all of them stand in one piece.
    """
    here: Tokens = []
    comma = -1  # the place of the last one in this piece
    for part in window:
        for token in _tokens(part.text, learnt):
            if isinstance(token, tuple) and token[1] == 0 and len(here) + learnt[token[0]] > WINDOW:
                yield here
                here, comma = [], -1
            elif token == COMMA:
                comma = len(here)
            elif len(here) == WINDOW and comma >= 0 and WINDOW - comma <= BACK:
                here, rest = here[: comma + 1], here[comma + 1 :]
                yield here
                here, comma = rest, -1
            if len(here) == WINDOW:
                yield here
                here, comma = [], -1
            here.append((token, part.weight))
    yield here


def _tokens(text: str, learnt: Mapping[str, int]) -> Iterator[Token]:
    words = "|".join(map(re.escape, sorted(learnt, key=len, reverse=True)))
    for place, piece in enumerate(re.split(rf"(?<!\w)({words})(?!\w)", text, flags=re.IGNORECASE) if words else [text]):
        if place % 2:
            yield from ((piece.lower(), vector) for vector in range(learnt[piece.lower()]))
        else:
            yield from clip_tokenizer().encode(piece).ids


def counted(prompt: str, learnt: Mapping[str, int] = MappingProxyType({}), *, plain: bool = False) -> tuple[int, int]:
    """How many tokens a prompt is and how many its windows have room for, as the web UI counts: (38, 75).

    A window that another follows counts as full; of a prompt that changes from step to step its longest text counts.
    """

    def of(windows: Iterable[Iterable[Weighted]]) -> tuple[int, int]:
        *full, last = [chunk for window in windows for chunk in tokenized(window, learnt)]
        return len(full) * WINDOW + len(last), (len(full) + 1) * WINDOW

    return max(of(stretch.windows) for stretch in stretches(prompt, STEPS, plain=plain))
