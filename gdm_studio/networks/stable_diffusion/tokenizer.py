"""CLIP's byte-pair encoding of prompts (Radford et al. 2021; Sennrich et al. 2016, arXiv:1508.07909)."""

from __future__ import annotations

import lzma
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

from gdm_studio.common import paths

# The ids of the tokens that begin and end a prompt.
BEGIN = 49406
END = 49407
# The strings of these tokens. A prompt may also contain them literally.
MARKS = ("<|startoftext|>", "<|endoftext|>")
WORD_END = "</w>"
WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


@cache
def clip_tokenizer() -> Tokenizer:
    """Return CLIP's tokenizer. Its `encode(text).ids` do not include the special tokens at the start and the end of a
    prompt.
    """
    return _build()


class WordPart(NamedTuple):
    """Token of a word that a model's folder adds to CLIP's vocabulary. A word may have several tokens, which are never
    split between windows.
    """

    word: str
    # Place of the token in the word, and the number of the word's tokens.
    place: int
    length: int
    id: int


class ClipTokenizer:
    """CLIP's tokenizer with the words that a model's folder adds.

    As in diffusers, a word "x" whose embedding has several vectors is added as the words "x", "x_1", "x_2" …, and a
    prompt only names the first. A word that a prompt spells with other capitals is only its first token, as
    there.
    """

    def __init__(self, added: Sequence[tuple[AddedToken, int]] = ()) -> None:
        """Create a tokenizer with words that are added with their ids, in ascending order. Raises ValueError if a word
        has another id.
        """
        self._tokenizer = _build() if added else clip_tokenizer()
        self._tokenizer.add_tokens([word for word, _ in added])
        names = {word.content: number for word, number in added}
        if any(self._tokenizer.token_to_id(name) != number for name, number in names.items()):
            raise ValueError("a word has another id")
        self._words = {number: _parts_of(name, names) for name, number in names.items()}

    @property
    def longest(self) -> int:
        """Number of tokens of the longest added word, or 0 if there is none."""
        return max(map(len, self._words.values()), default=0)

    def encode(self, text: str) -> list[int | WordPart]:
        """Convert text to CLIP's token ids, and to the tokens of added words."""
        return [token for token, _ in self._iter_tokens(text)]

    def ids(self, text: str, *, expands: bool = True) -> list[int]:
        """Convert text to token ids. If it does not expand words, each is only its first token."""
        tokens = self._iter_tokens(text, expands)
        return [token if isinstance(token, int) else token.id for token, _ in tokens]

    def spans(self, text: str, *, expands: bool = True) -> list[tuple[int, int]]:
        """Return the range (start, end) of characters for each token that `ids` returns."""
        return [span for _, span in self._iter_tokens(text, expands)]

    def _iter_tokens(self, text: str, expands: bool = True) -> Iterator[tuple[int | WordPart, tuple[int, int]]]:
        found = self._tokenizer.encode(text)
        for token, span in zip(found.ids, found.offsets, strict=True):
            word = self._words.get(token)
            if word is None:
                yield token, span
            elif expands and text[slice(*span)].strip() == word[0].word:
                yield from ((each, span) for each in word)
            else:
                yield word[0]._replace(length=1), span


@cache
def plain_tokenizer() -> ClipTokenizer:
    """Return CLIP's tokenizer without added words."""
    return ClipTokenizer()


def vector_ids(word: str, names: Mapping[str, int]) -> Iterator[int]:
    """Yield the id of an added word, and those of the words "x_1", "x_2" … that represent the further vectors of a
    word "x". `names` has the ids of all added words.
    """
    yield names[word]
    count = 1
    while f"{word}_{count}" in names:
        yield names[f"{word}_{count}"]
        count += 1


def _parts_of(word: str, names: Mapping[str, int]) -> list[WordPart]:
    ids = list(vector_ids(word, names))
    return [WordPart(word, place, len(ids), number) for place, number in enumerate(ids)]


def _build() -> Tokenizer:
    merges = [(left, right) for left, _, right in (line.partition(" ") for line in _read_merges())]
    letters = [_character_of(byte) for byte in _order_bytes()]
    pieces = [*letters, *(letter + WORD_END for letter in letters), *(left + right for left, right in merges)]
    vocabulary = {piece: place for place, piece in enumerate([*pieces, *MARKS])}
    tokenizer = Tokenizer(
        models.BPE(vocabulary, merges, unk_token=MARKS[1], continuing_subword_prefix="", end_of_word_suffix=WORD_END)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.add_special_tokens([AddedToken(mark, normalized=False, special=True) for mark in MARKS])
    return tokenizer


@cache
def whole_words() -> dict[str, int]:
    """Return the words of CLIP's vocabulary that are one token, each with its rank: 0 for the most frequent pair of
    letters.
    """
    ending = {rank: line for rank, line in enumerate(_read_merges()) if line.endswith(WORD_END)}
    return {line.removesuffix(WORD_END).replace(" ", "", 1): rank for rank, line in ending.items()}


def decode(tokens: Sequence[int]) -> tuple[str, bool]:
    """Convert CLIP token ids that form a word, or a part of one, to lower-case text. Returns the text, and True if the
    last token ends a word.
    """
    pieces = [clip_tokenizer().id_to_token(token) or "" for token in tokens]
    ends = bool(pieces) and pieces[-1].endswith(WORD_END)
    letters = "".join(pieces).replace(WORD_END, "")
    known = _bytes_by_character()
    return bytes(known[letter] for letter in letters if letter in known).decode("utf-8", "replace"), ends


@cache
def _bytes_by_character() -> dict[str, int]:
    return {_character_of(byte): byte for byte in range(256)}


def _read_merges() -> list[str]:
    packed = (paths.resources() / "clip" / "merges.txt.xz").read_bytes()
    return lzma.decompress(packed).decode("utf-8").splitlines()


def _order_bytes() -> list[int]:
    """Return all 256 byte values in the order of CLIP's vocabulary, with printable bytes first."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [*printable, *(byte for byte in range(256) if byte not in printable)]


def _character_of(byte: int) -> str:
    """Return the character that represents a byte in CLIP's vocabulary: the byte's own character if it is printable,
    otherwise a character from U+0100 on.
    """
    order = _order_bytes()
    place = order.index(byte)
    return chr(byte) if place < 188 else chr(256 + place - 188)
