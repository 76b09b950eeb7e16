"""Tokenizers of CLIP text encoders whose folders add words to the vocabulary."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tokenizers import AddedToken

from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.clip_words import ClipWord, read_clip_words
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.tokenizer import ClipTokenizer

# Maximum number of tokens of a word: those of one window.
LONGEST = 75


def with_words_of_folder(encoder: ClipText, files: Collection[Path], name: str) -> ClipText:
    """Give a text encoder the words that its folder adds to CLIP's vocabulary, and return it. `files` are its weight
    files, and `name` is the model's in error messages.

    Raises ModelError if the embedding table lacks a word, or a word cannot be read.
    """
    if encoder.extended_tokenizer is not None or not (words := read_clip_words(files)):
        return encoder
    rows = encoder.config.vocabulary
    shown = ", ".join(repr(word.content[:40]) for word in words[:3]) + (" …" if len(words) > 3 else "")
    if words[-1].id >= rows:
        what = f"adds {len(words):,} tokens ({shown}), and its text encoder lacks some of them"
        raise ModelError(f"The tokenizer of {name} {what}; save the model's folder again with diffusers.")
    try:
        tokenizer = ClipTokenizer([(_added_token(word), word.id) for word in words])
    except ValueError as error:
        what = f"adds tokens ({shown}) whose ids cannot be read"
        raise ModelError(f"The tokenizer of {name} {what}; save the model's folder again with diffusers.") from error
    if tokenizer.longest > LONGEST:
        what = f"adds a word of {tokenizer.longest} tokens ({shown}), and at most {LONGEST} can be read"
        raise ModelError(f"The tokenizer of {name} {what}; choose another model.")
    encoder.extended_tokenizer = tokenizer
    return encoder


def _added_token(word: ClipWord) -> AddedToken:
    return AddedToken(
        word.content,
        single_word=word.single_word,
        lstrip=word.lstrip,
        rstrip=word.rstrip,
        normalized=word.normalized,
        special=word.special,
    )
