"""Tokenizers of the text encoders: byte-level BPE for Qwen3, unigrams for T5, and BPE with byte fallback for Gemma 2.

They are built with the `tokenizers` library, from the vocabulary in a model's own files or from an installed
vocabulary.
"""

from __future__ import annotations

import lzma
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from itertools import islice
from types import MappingProxyType

from tokenizers import AddedToken, Encoding, Regex, Tokenizer, models, normalizers, pre_tokenizers

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.shared_parts.part_layout import WIDTH_OF, Kind, Part
from gdm_studio.models.families.shared_parts.vocabulary_files import (
    LONGEST,
    Vocabulary,
    byte_characters,
    from_json,
    from_spm,
    from_tekken,
    most_merges,
    read_vocabulary,
)
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.networks.stable_diffusion.tokenizer import vector_ids

# Character that represents a space in SentencePiece.
SPACE = "▁"
# Pattern by which Qwen splits a string before its bytes are merged.
QWEN_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Pattern by which Mistral's tokenizer Tekken splits a string before its bytes are merged.
TEKKEN_WORDS = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Pattern in files that early versions of transformers converted from Tekken's. It does not split words at capitals.
CONVERTED_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)"
    r"|\s+"
)
# Qwen3's tokens that are matched in a string before it is split, in ascending order of ids.
QWEN_WHOLE = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>", "<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>",
    "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<tool_response>", "</tool_response>", "<think>",
    "</think>",
)  # fmt: skip
# Number of these tokens that Qwen2.5 has, too.
QWEN25_WHOLE = 22


# Flags of a token that is matched as a whole, if the vocabulary's file has none.
_UNSTATED: Mapping[str, bool] = {"normalized": False, "special": True}


class PromptTokenizer:
    """Tokenizer that converts prompts to token ids for one text encoder. Shorter prompts are padded with the id
    `pad`.

    `words` are the tokens that are matched in a string before it is split.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        pad: str,
        begin: str = "",
        end: str = "",
        name: str = "",
        words: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._tokenizer = tokenizer
        self._name = name
        self._words = {number: (word, list(vector_ids(word, words))) for word, number in words.items()}
        self.pad = self._id_of(pad)
        self._begin = [self._id_of(begin)] if begin else []
        self._end_ids = [self._id_of(end)] if end else []

    def encode(self, text: str, max_tokens: int | None = None, *, expands: bool = False) -> list[int]:
        """Convert a prompt to at most `max_tokens` token ids, including the special tokens at the start and the end. If
        it `expands` words, a word "x" whose embedding has several vectors gets the ids of "x", "x_1", "x_2" …

        Raises ModelError.
        """
        # A word of thousands of vectors may occur thousands of times.
        tokens = islice(self._iter_tokens(text, expands), self._content_length(max_tokens))
        return [*self._begin, *(token for token, _ in tokens), *self._end_ids]

    def spans(self, text: str, max_tokens: int | None = None, *, expands: bool = False) -> list[tuple[int, int]]:
        """Return the range (start, end) of characters for each token that `encode` returns. Special tokens at the start
        and the end have the range (0, 0).
        """
        around = [[(0, 0)] * len(tokens) for tokens in (self._begin, self._end_ids)]
        tokens = islice(self._iter_tokens(text, expands), self._content_length(max_tokens))
        return [*around[0], *(span for _, span in tokens), *around[1]]

    def _iter_tokens(self, text: str, expands: bool) -> Iterator[tuple[int, tuple[int, int]]]:
        found = self._encode_unpadded(text)
        for token, span in zip(found.ids, found.offsets, strict=True):
            word, ids = self._words.get(token, ("", [token])) if expands else ("", [token])
            # diffusers looks for the word as it is written, without normalising the prompt.
            is_expanded = len(ids) > 1 and text[slice(*span)].strip() == word
            yield from ((each, span) for each in (ids if is_expanded else [token]))

    def _encode_unpadded(self, text: str) -> Encoding:
        with _report_failure(self._name):
            # Lone surrogates have no bytes.
            return self._tokenizer.encode(text.encode("utf-8", "replace").decode(), add_special_tokens=False)

    def _content_length(self, max_tokens: int | None) -> int | None:
        return None if max_tokens is None else max(max_tokens - len(self._begin) - len(self._end_ids), 0)

    @cached_property
    def size(self) -> int:
        """Size of the tokenizer's vocabulary with special tokens: one more than the largest token id. `get_vocab` takes
        0.1 s for 150,000 tokens.
        """
        return max(self._tokenizer.get_vocab().values()) + 1

    def _id_of(self, piece: str) -> int:
        found = self._tokenizer.token_to_id(piece)
        if found is None:
            raise ModelError(f"{self._name} lacks the token {piece!r}; copy or download it again.")
        return int(found)


def build_tokenizer(kind: Kind, vocabulary: Vocabulary) -> PromptTokenizer:
    """Create the tokenizer of a text encoder from its vocabulary. Raises ModelError if the vocabulary is for another
    encoder.
    """
    with _report_failure(vocabulary.source):
        tokenizer = _BUILDERS[kind](vocabulary)
        # The library numbers pieces that the model lacks in their order.
        words = {
            piece: vocabulary.pieces[piece] for piece in sorted(vocabulary.whole, key=vocabulary.pieces.__getitem__)
        }
        tokenizer.add_tokens([AddedToken(piece, **vocabulary.flags.get(piece, _UNSTATED)) for piece in words])
        # An empty piece is skipped, and those after it would get each other's embeddings.
        if any(tokenizer.token_to_id(piece) != number for piece, number in words.items()):
            raise ValueError("a word has another id")
    return PromptTokenizer(tokenizer, *_MARKS[kind], name=vocabulary.source, words=words)


def load_tokenizer(part: Part) -> PromptTokenizer:
    """Create the tokenizer of a text encoder from its own folder or file, or else from a vocabulary that is installed
    with the program. Raises ModelError.
    """
    found = _load_own_tokenizer(part) or shipped_tokenizer(part.kind)
    if found is None:
        raise ModelError(f"{part.path.name} lacks its tokenizer; use a folder that contains tokenizer.json beside it.")
    rows = part.network.shapes[WIDTH_OF[part.kind]][0]
    if found.size > rows:
        raise ModelError(f"{part.path.name} has {rows:,} tokens, its tokenizer {found.size:,}; download both again.")
    return found


def load_shipped_tokenizer(kind: Kind, name: str, rows: int) -> PromptTokenizer:
    """Return the tokenizer that is installed with the program for a model that needs token ids, but not the text
    encoder of this kind. `name` is the model's file, and `rows` its number of tokens. Raises ModelError.
    """
    found = shipped_tokenizer(kind)
    if found is None:
        raise ModelError(f"This program lacks a tokenizer for {name}; install it again.")
    if found.size > rows:
        raise ModelError(f"{name} has {rows:,} tokens, its tokenizer {found.size:,}; choose another model.")
    return found


def _load_own_tokenizer(part: Part) -> PromptTokenizer | None:
    """Create a tokenizer from the vocabulary in a text encoder's folder or weight file, or return None if it
    has none. Raises ModelError if the folder's tokenizer cannot be read, because another one may have other tokens.
    """
    if part.path.is_dir():
        beside = part.component.replace("text_encoder", "tokenizer")
        vocabulary = read_vocabulary(part.path / beside)
        if vocabulary is None and beside and (part.path / beside).is_dir():
            sentence = "contains no tokenizer that can be read; copy or download that folder again"
            raise ModelError(f"{beside} of {part.path.name} {sentence}.")
    else:
        vocabulary = _read_embedded_vocabulary(part)
    return build_tokenizer(part.kind, vocabulary) if vocabulary is not None else None


def _read_embedded_vocabulary(part: Part) -> Vocabulary | None:
    """Return the vocabulary that ComfyUI stores as a byte tensor in the weight file of a text
    encoder, or None.
    """
    from gdm_studio.models.files.weights import Weights

    weights = Weights(read_entry(part.path))
    name = next((name for name in weights if name.rpartition(".")[2] in _EMBEDDED_READERS), None)
    if name is None:
        return None
    if weights.shapes[name] != weights[name].flatten().shape or weights[name].nbytes > LONGEST:
        raise ModelError(f"{part.path.name} is damaged at {name!r}; copy or download it again.")
    return _EMBEDDED_READERS[name.rpartition(".")[2]](weights[name].numpy().tobytes(), part.path.name)


@cache
def shipped_tokenizer(kind: Kind) -> PromptTokenizer | None:
    """Create the tokenizer of a text encoder from the vocabulary installed with the program. Returns None if there is
    none.
    """
    vocabulary = shipped_vocabulary(kind)
    return None if vocabulary is None else build_tokenizer(kind, vocabulary)


@cache
def shipped_vocabulary(kind: Kind) -> Vocabulary | None:
    """Return the tokenizer vocabulary that is installed with the program for this kind of text encoder, or None."""
    if kind in ("qwen3", "qwen3vl"):
        return _create_shipped_qwen(QWEN_WHOLE)
    if kind == "qwen25vl":
        return _create_shipped_qwen(QWEN_WHOLE[:QWEN25_WHOLE])
    return from_json(_read_shipped("t5.json.xz"), "t5.json.xz") if kind == "t5" else None


def _build_qwen(vocabulary: Vocabulary) -> Tokenizer:
    tokenizer = _build_byte_level(vocabulary, QWEN_WORDS)
    tokenizer.normalizer = normalizers.NFC()
    return tokenizer


def _build_mistral(vocabulary: Vocabulary) -> Tokenizer:
    words = vocabulary.words or TEKKEN_WORDS
    if words not in (TEKKEN_WORDS, CONVERTED_WORDS):
        raise ModelError(
            f"{vocabulary.source} splits words by unknown rules; use the tokenizer of the model's authors."
        )
    return _build_byte_level(vocabulary, words)


def _build_byte_level(vocabulary: Vocabulary, words: str) -> Tokenizer:
    """Create a tokenizer that splits a string by a pattern, and merges the bytes of each part."""
    tokenizer = Tokenizer(models.BPE(dict(vocabulary.pieces), list(vocabulary.merges)))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(words), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    return tokenizer


def _build_t5(vocabulary: Vocabulary) -> Tokenizer:
    # Added pieces have no scores. The model would prefer them to all others, also within words.
    scored = _list_scored_pieces(vocabulary)[: len(vocabulary.scores) or None]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=vocabulary.pieces["<unk>"], byte_fallback=False))
    # Files that transformers 5 writes from a vocabulary alone have no table, and normalise nothing.
    if vocabulary.characters:
        tokenizer.normalizer = normalizers.Precompiled(vocabulary.characters)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(SPACE, prepend_scheme="always")]
    )
    return tokenizer


def _build_gemma(vocabulary: Vocabulary) -> Tokenizer:
    merges = list(vocabulary.merges) or _reconstruct_merges(vocabulary)
    model = models.BPE(dict(vocabulary.pieces), merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Replace(" ", SPACE)
    return tokenizer


def _reconstruct_merges(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Reconstruct the merges of a SentencePiece BPE model from the scores of the merged pieces, because its file does
    not contain the merges. Raises ValueError if there are more than any tokenizer has.
    """
    pieces = vocabulary.pieces
    found: list[tuple[float, str, str]] = []
    # Pieces without scores were added later, and are not merged.
    for piece, score in _list_scored_pieces(vocabulary)[: len(vocabulary.scores)]:
        pairs = ((piece[:at], piece[at:]) for at in range(1, len(piece)))
        known = sorted((pieces[a], pieces[b], a, b) for a, b in pairs if a in pieces and b in pieces)
        found += [(score, a, b) for _, _, a, b in known]
        if len(found) > most_merges(len(pieces)):
            raise ValueError("its pieces have too many merges")
    found.sort(key=lambda each: (each[0], len(each[1])), reverse=True)
    return [(a, b) for _, a, b in found]


def _list_scored_pieces(vocabulary: Vocabulary) -> list[tuple[str, float]]:
    """Return the pieces of a vocabulary with their scores, in the order of the ids. Raises ValueError if an id is
    missing.
    """
    ordered = sorted(vocabulary.pieces.items(), key=lambda each: each[1])
    if [number for _, number in ordered] != list(range(len(ordered))):
        raise ValueError("an id is missing")
    # Pieces that were added later have no scores.
    scores = [*vocabulary.scores, *[0.0] * (len(ordered) - len(vocabulary.scores))]
    return [(piece, score) for (piece, _), score in zip(ordered, scores, strict=True)]


def _create_shipped_qwen(whole: Sequence[str]) -> Vocabulary:
    """Create Qwen's vocabulary from the installed list of merges: the bytes, the merged pairs, and the tokens `whole`
    that are matched as a whole.
    """
    lines = _read_shipped("qwen_merges.txt.xz").decode().split("\n")
    merges = [(left, right) for left, _, right in (line.partition(" ") for line in lines if line)]
    pieces = [*byte_characters(), *(left + right for left, right in merges), *whole]
    return Vocabulary({piece: number for number, piece in enumerate(pieces)}, (), merges, whole)


def _read_shipped(name: str) -> bytes:
    return lzma.decompress((paths.resources() / "tokenizers" / name).read_bytes())


@contextmanager
def _report_failure(name: str) -> Iterator[None]:
    """Context manager that converts errors of the `tokenizers` library, which have no class of their own, to
    ModelError.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError, ModelError):
        raise
    except BaseException as error:  # a panic in Rust code is not an Exception
        raise ModelError(f"{name} is not the tokenizer of this text encoder; copy or download it again.") from error


_BUILDERS: dict[Kind, Callable[[Vocabulary], Tokenizer]] = {
    "qwen3": _build_qwen,
    "qwen3vl": _build_qwen,
    "qwen25vl": _build_qwen,
    "t5": _build_t5,
    "gemma2": _build_gemma,
    "mistral": _build_mistral,
    "ministral3": _build_mistral,
}
# Functions that read the vocabulary in a tensor with this name.
_EMBEDDED_READERS: dict[str, Callable[[bytes, str], Vocabulary]] = {
    "spiece_model": from_spm,
    "tekken_model": from_tekken,
}
# Kinds of text encoders whose tokenizers are created here.
TOKENIZED = frozenset(_BUILDERS)
# The padding token, and the tokens that begin and end a prompt.
_MARKS: dict[Kind, tuple[str, str, str]] = {
    "qwen3": ("<|endoftext|>", "", ""),
    "qwen3vl": ("<|endoftext|>", "", ""),
    "qwen25vl": ("<|endoftext|>", "", ""),
    "t5": ("<pad>", "", "</s>"),
    "gemma2": ("<pad>", "<bos>", ""),
    "mistral": ("<pad>", "<s>", ""),
    "ministral3": ("<pad>", "<s>", ""),
}
