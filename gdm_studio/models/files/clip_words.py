"""Words that a model's folder adds to CLIP's vocabulary, such as textual inversions saved by diffusers.

The text encoder has a row of its embedding table for each of them. They are named in files of the tokenizer's folder,
which lies beside that of the text encoder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from gdm_studio.common.atomic_files import open_file
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.models.files.checkpoints import Stamp, read_header, stamp_of
from gdm_studio.models.files.header import strict_json

# Number of tokens of CLIP's own vocabulary.
STOCK = 49408
# Maximum number of words that a folder adds.
MOST_WORDS = 2**12
# Maximum number of characters of a word.
LONGEST_WORD = 256
# Maximum number of bytes of a file. That of CLIP's tokenizer has 4 MB.
LONGEST = 2**24
# Files that name words, in the order in which transformers reads them.
_CONFIG, _ADDED, _WHOLE = "tokenizer_config.json", "added_tokens.json", "tokenizer.json"
_FLAGS = ("single_word", "lstrip", "rstrip", "normalized", "special")
# The embedding table of CLIP's text encoders, under the names of transformers and OpenCLIP.
_TOKENS = "token_embedding.weight"
# CLIP's special tokens, which files name among the added ones, and the token with which OpenCLIP's prompts are padded.
_SPECIAL = ("<|startoftext|>", "<|endoftext|>", "!")
# Errors from reading a file that is no tokenizer's.
_FLAWS = (StorageError, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_TEXT = re.compile(r"text_encoder(_\d+)?")


class ClipWord(NamedTuple):
    """Word that a folder adds to CLIP's vocabulary, with the flags of the `tokenizers` library's AddedToken."""

    id: int
    content: str
    single_word: bool
    lstrip: bool
    rstrip: bool
    normalized: bool
    special: bool


def tokenizer_files(weights: Iterable[Path]) -> tuple[Path, ...]:
    """Return the paths of the files that may name added words, for the weight files of text encoders in folders of
    diffusers. They need not exist.
    """
    folders = dict.fromkeys(file.parent for file in weights if _TEXT.fullmatch(file.parent.name))
    beside = (folder.with_name(folder.name.replace("text_encoder", "tokenizer")) for folder in folders)
    return tuple(folder / name for folder in beside for name in (_CONFIG, _ADDED, _WHOLE))


def read_clip_words(weights: Iterable[Path]) -> tuple[ClipWord, ...]:
    """Return the words that the folder of a CLIP text encoder with these weight files adds to the vocabulary, in the
    order of their ids. These follow CLIP's own vocabulary, unless a word is a piece of it.

    CLIP's special tokens are left out. Raises ModelError if a file is damaged.
    """
    files = tokenizer_files(weights)
    return _read(files, tuple(map(stamp_of, files))) if files else ()


def words_by_folder(weights: Iterable[Path]) -> list[tuple[ClipWord, ...]]:
    """Return the words that each folder with a CLIP text encoder among these weight files adds to CLIP's vocabulary.
    Folders that lack a tokenizer are left out. Raises ModelError if a file is damaged.
    """
    folders = {file.parent: file for file in weights if any(map(stamp_of, tokenizer_files([file])))}
    clips = [file for file in folders.values() if any(name.endswith(_TOKENS) for name in read_header(file).shapes)]
    return [read_clip_words([file]) for file in clips]


@lru_cache(maxsize=8)
def _read(files: tuple[Path, Path, Path], stamps: tuple[Stamp | None, ...]) -> tuple[ClipWord, ...]:
    """Read the words in the files of one tokenizer. `stamps` are their sizes and modification times, with which the
    result is cached.
    """
    config, added, whole = files
    there = dict(zip(files, (stamp is not None for stamp in stamps), strict=True))
    found: list[ClipWord] = []
    stated = _read_object(config) if there[config] else {}
    if "added_tokens_decoder" in stated:
        with _Damage(config):
            found = [_word_of(int(number), each) for number, each in stated["added_tokens_decoder"].items()]
        return _checked(found, config)
    if there[added]:
        with _Damage(added):
            found = [_word_of(number, {"content": content}) for content, number in _read_object(added).items()]
    if there[whole]:
        with _Damage(whole):
            found += [_word_of(each["id"], each) for each in _read_object(whole).get("added_tokens") or ()]
    return _checked(found, whole if there[whole] else added)


def _word_of(number: Any, stated: Any) -> ClipWord:
    content = stated["content"]
    if type(content) is not str or not 0 < len(content) <= LONGEST_WORD:
        raise ValueError("a word is empty or too long")
    if type(number) is not int:
        raise TypeError("an id is not an integer")
    content.encode()  # lone surrogates have no bytes
    return ClipWord(number, content, **flags_of(stated))


def flags_of(stated: Any) -> dict[str, bool]:
    """Return the flags of an added token in a tokenizer's file, by their names in the `tokenizers` library. Raises
    TypeError if one is neither true nor false.
    """
    flags = {name: stated.get(name, False) for name in _FLAGS}
    flags["normalized"] = stated.get("normalized", not flags["special"])
    if any(type(flag) is not bool for flag in flags.values()):
        raise TypeError("a flag is not true or false")
    return flags


def _checked(found: Iterable[ClipWord], file: Path) -> tuple[ClipWord, ...]:
    """Return the words that are not CLIP's own special tokens, in the order of their ids. Raises ModelError unless the
    ids of those that are not in the vocabulary follow it.
    """
    by_id = {word.id: word for word in found if word.id >= STOCK or not (word.special or word.content in _SPECIAL)}
    words = tuple(by_id[number] for number in sorted(by_id))
    new = [word.id for word in words if word.id >= STOCK]
    is_whole = new == list(range(STOCK, STOCK + len(new))) and len({word.content for word in words}) == len(words)
    if not is_whole or len(words) > MOST_WORDS:
        names = ", ".join(repr(word.content[:40]) for word in words[:3])
        what = f"{file.parent.name}/{file.name} adds tokens ({names}) whose ids cannot be read"
        raise ModelError(f"{what}; save the model's folder again with diffusers.")
    return words


def _read_object(path: Path) -> dict[str, Any]:
    with _Damage(path):
        with open_file(path) as file:
            data = file.read(LONGEST + 1)
        if len(data) > LONGEST:
            raise ValueError("it is too large")
        found = strict_json(data)
        if not isinstance(found, dict):
            raise TypeError("it is not a JSON object")
        return found


class _Damage:
    """Context manager that converts errors from reading a malformed file of a tokenizer to ModelError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, _FLAWS) and not isinstance(error, ModelError):
            name = f"{self._path.parent.name}/{self._path.name}"
            raise ModelError(f"{name} is damaged; copy or download the model again.") from error
