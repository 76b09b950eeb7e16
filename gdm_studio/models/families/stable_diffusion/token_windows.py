"""Splitting of prompts into token windows of CLIP's length.

Does not import torch, so that tokens can be counted while the user types.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from gdm_studio.common.unicode_names import comparable_name
from gdm_studio.models.prompts.a1111_syntax import Weighted, parse_prompt
from gdm_studio.networks.stable_diffusion.tokenizer import ClipTokenizer, WordPart, plain_tokenizer

# Tokens per window, between the start and the end token.
WINDOW = 75
# A window ends after a comma within this many tokens of its end, so that phrases stay together.
BACK = 20
COMMA = 267
# Number of steps for which a scheduled prompt is counted.
STEPS = 20

# Token of the vocabulary, of a word that the model's folder adds to it, or an embedding and the index of one of its
# vectors.
Token = int | WordPart | tuple[str, int]
# Tokens with their weights.
Tokens = list[tuple[Token, float]]


def tokenize(
    window: Iterable[Weighted],
    embeddings: Mapping[str, int] = MappingProxyType({}),
    tokenizer: ClipTokenizer | None = None,
) -> Iterator[Tokens]:
    """Yield the tokens of a prompt in chunks of at most WINDOW tokens, the number that CLIP reads. An empty prompt
    yields one empty chunk.

    `embeddings` maps each embedding to its number of vectors, which are never split between chunks. `tokenizer` is the
    text encoder's, if it is not CLIP's own.
    """
    here: Tokens = []
    tokenizer = tokenizer or plain_tokenizer()
    comma = -1  # position of the last comma in this chunk
    for part in window:
        for token in _iter_tokens(part.text, embeddings, tokenizer):
            if isinstance(token, tuple) and token[1] == 0 and len(here) + _length_of(token, embeddings) > WINDOW:
                yield here
                here = []
                comma = -1
            elif token == COMMA:
                comma = len(here)
            elif len(here) == WINDOW and comma >= 0 and WINDOW - comma <= BACK:
                here, rest = here[: comma + 1], here[comma + 1 :]
                yield here
                here = rest
                comma = -1
            if len(here) == WINDOW:
                yield here
                here = []
                comma = -1
            here.append((token, part.weight))
    yield here


def _length_of(token: WordPart | tuple[str, int], embeddings: Mapping[str, int]) -> int:
    return token.length if isinstance(token, WordPart) else embeddings[token[0]]


def _iter_tokens(text: str, embeddings: Mapping[str, int], tokenizer: ClipTokenizer) -> Iterator[Token]:
    text = unicodedata.normalize("NFC", text)
    words = "|".join(map(re.escape, sorted(embeddings, key=len, reverse=True)))
    for place, piece in enumerate(re.split(rf"(?<!\w)({words})(?!\w)", text, flags=re.IGNORECASE) if words else [text]):
        if place % 2:
            name = comparable_name(piece)
            yield from ((name, vector) for vector in range(embeddings[name]))
        else:
            yield from tokenizer.encode(piece)


def count_tokens(
    prompt: str,
    embeddings: Mapping[str, int] = MappingProxyType({}),
    *,
    plain: bool = False,
    tokenizers: Sequence[ClipTokenizer] = (),
) -> tuple[int, int]:
    """Count the tokens of a prompt for the display below the editor. Returns the count and the capacity of its token
    windows, such as (38, 75).

    As in A1111's web UI, a window followed by another one counts as full. If the prompt changes during the run, its
    longest version is counted. `tokenizers` are those of the text encoders, if they are not CLIP's own; the one with
    most tokens is counted.
    """

    def of(windows: Iterable[Iterable[Weighted]], tokenizer: ClipTokenizer) -> tuple[int, int]:
        *full, last = [chunk for window in windows for chunk in tokenize(window, embeddings, tokenizer)]
        return len(full) * WINDOW + len(last), (len(full) + 1) * WINDOW

    stretches = parse_prompt(prompt, STEPS, plain=plain)
    readers = tokenizers or (plain_tokenizer(),)
    return max(of(stretch.windows, reader) for stretch in stretches for reader in readers)
