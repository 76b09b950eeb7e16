"""Tokenizers of CLIP text encoders whose folders add words to the vocabulary."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tokenizers import AddedToken

from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.models.files.clip_words import ClipWord, read_clip_words, words_by_folder
from gdm_studio.networks.stable_diffusion.tokenizer import ClipTokenizer, plain_tokenizer

if TYPE_CHECKING:
    from gdm_studio.networks.stable_diffusion.clip import ClipText

# Maximum number of tokens of a word: those of one window.
LONGEST = 75


def with_words_of_folder(encoder: ClipText, files: Collection[Path], name: str) -> ClipText:
    """Give a text encoder the words that its folder adds to CLIP's vocabulary, and return it. Raises ModelError, as
    `tokenizer_of_folder` does.
    """
    if encoder.extended_tokenizer is None:
        encoder.extended_tokenizer = tokenizer_of_folder(files, encoder.config.vocabulary, name)
    return encoder


def tokenizer_of_folder(files: Collection[Path], rows: int, name: str) -> ClipTokenizer | None:
    """Create the tokenizer of a text encoder whose folder adds words to CLIP's vocabulary, or return None if it adds
    none. `files` are its weight files, `rows` is the length of its embedding table, and `name` the model's in error
    messages.

    Raises ModelError if the table lacks a word, or a word cannot be read.
    """
    if not (words := read_clip_words(files)):
        return None
    shown = ", ".join(repr(word.content[:40]) for word in words[:3]) + (" …" if len(words) > 3 else "")
    whose = f"The tokenizer of {name} adds tokens ({shown})"
    if max(word.id for word in words) >= rows:
        raise ModelError(f"{whose}, and its text encoder lacks some of them; save the folder again with diffusers.")
    try:
        tokenizer = _create_tokenizer(words)
    except ValueError as error:
        raise ModelError(f"{whose} whose ids cannot be read; save the folder again with diffusers.") from error
    if tokenizer.longest > LONGEST:
        longer = f"with a word of {tokenizer.longest} tokens, and at most {LONGEST} can be read"
        raise ModelError(f"{whose} {longer}; choose another model.")
    return tokenizer


def tokenizers_of_files(files: Iterable[Path]) -> tuple[ClipTokenizer, ...]:
    """Return the tokenizers of the CLIP text encoders among weight files, or CLIP's own if their folders add no words.
    Words that cannot be read are left out; loading the model reports them.

    Does not import torch.
    """
    try:
        words = set(words_by_folder(files))
        found = tuple(_create_tokenizer(each) if each else plain_tokenizer() for each in words)
    except (OSError, StorageError, ModelError, ValueError):
        found = ()
    return found or (plain_tokenizer(),)


@lru_cache(maxsize=8)
def _create_tokenizer(words: tuple[ClipWord, ...]) -> ClipTokenizer:
    """Create a tokenizer with added words. Raises ValueError if a word has another id."""
    return ClipTokenizer([(_added_token(word), word.id) for word in words])


def _added_token(word: ClipWord) -> AddedToken:
    return AddedToken(
        word.content,
        single_word=word.single_word,
        lstrip=word.lstrip,
        rstrip=word.rstrip,
        normalized=word.normalized,
        special=word.special,
    )
