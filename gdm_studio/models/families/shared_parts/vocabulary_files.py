"""Tokenizer vocabularies in files: tokenizer.json, SentencePiece models, and vocab.json with merges.txt.

Only the vocabulary is read. The rules for normalising and splitting prompts are built in for each text encoder; the
pattern in a file only tells which of them applies.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gdm_studio.common.atomic_files import open_file
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.files.clip_words import flags_of
from gdm_studio.models.files.header import strict_json

# Maximum number of bytes of a file. The largest published files have half of that.
LONGEST = 64 * 2**20
# Maximum number of pieces of a vocabulary. The largest published vocabularies have half of that.
MOST_PIECES = 2**19
# Maximum number of characters of a piece, and of all pieces. The largest published vocabularies have half of that.
LONGEST_PIECE = 256
MOST_CHARACTERS = 2**22
# Maximum number of merges for each piece. Published vocabularies have fewer than three, but a vocabulary of all words
# of two letters has many.
MERGES_PER_PIECE = 4
# Maximum number of pieces that are matched before a string is split. The largest published vocabularies have a fifth.
MOST_WHOLE = 2**15
# Maximum number of bytes of the table of normalised characters, eight times the published one.
MOST_TABLE = 2**21
# Types of SentencePiece's pieces that are matched in a string before it is split: control and user-defined.
_WHOLE = (3, 4)
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True)
class Vocabulary:
    """Vocabulary of a text encoder's tokenizer, read from its files: pieces of text, their scores, and the merges."""

    # Pieces of text by their ids.
    pieces: Mapping[str, int]
    # Scores of the pieces, in the same order, or () if there are none.
    scores: Sequence[float] = ()
    # Pairs of pieces that are merged, in order of priority.
    merges: Sequence[tuple[str, str]] = ()
    # Pieces that are matched in a string before it is split.
    whole: Sequence[str] = ()
    # SentencePiece's table of normalised characters.
    characters: bytes = b""
    # Name of the file in error messages.
    source: str = ""
    # Pattern by which a string is split, or "" if the file has none.
    words: str = ""
    # Flags of the pieces in `whole`, by their names in the `tokenizers` library, where the file has them.
    flags: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)


def most_merges(pieces: int) -> int:
    """Return the maximum number of merges in a vocabulary with this number of pieces."""
    return 1024 + MERGES_PER_PIECE * pieces


def read_vocabulary(folder: Path) -> Vocabulary | None:
    """Read the tokenizer vocabulary in a folder, in any supported format, or return None if the folder has none. Raises
    ModelError for damaged files.
    """
    for name, read in (
        *(("tokenizer.json", from_json), ("tekken.json", from_tekken)),
        *(("spiece.model", from_spm), ("tokenizer.model", from_spm)),
    ):
        if (folder / name).is_file():
            found = read(_read_file(folder / name), name)
            return _with_added(found, folder) if read is from_spm else found
    if not all((folder / name).is_file() for name in ("vocab.json", "merges.txt")):
        return None
    return from_vocab_and_merges(
        _read_file(folder / "vocab.json"), _read_file(folder / "merges.txt"), _read_added_tokens(folder)
    )


def _with_added(vocabulary: Vocabulary, folder: Path) -> Vocabulary:
    """Return a SentencePiece vocabulary with the tokens that other files in its folder add. Raises ModelError if these
    are damaged.
    """
    with _ParsingErrors("added_tokens.json or tokenizer_config.json"):
        added, flags = _parse_added(_read_added_tokens(folder))
        new = {piece: number for piece, number in added.items() if piece not in vocabulary.pieces}
        if not new:
            return vocabulary
        pieces, whole = {**vocabulary.pieces, **new}, [*vocabulary.whole, *new]
        found = _create_checked(pieces, list(vocabulary.scores), [], whole, vocabulary.characters, vocabulary.source)
        return replace(found, flags={piece: flags[piece] for piece in new if piece in flags})


def _read_added_tokens(folder: Path) -> bytes:
    """Return the contents of the file in a folder that names added tokens, or an empty object if there is none."""
    if (folder / "added_tokens.json").is_file():
        return _read_file(folder / "added_tokens.json")
    config = folder / "tokenizer_config.json"
    found = _read_file(config) if config.is_file() else b"{}"
    return found if b"added_tokens_decoder" in found else b"{}"


def _parse_added(data: bytes) -> tuple[dict[str, Any], dict[str, dict[str, bool]]]:
    """Parse the added tokens in the contents of added_tokens.json or tokenizer_config.json. Returns their ids, and the
    flags of those that have flags.
    """
    found = _parse_object(data)
    if "added_tokens_decoder" not in found:
        return found, {}
    tokens = found["added_tokens_decoder"]
    ids = {each["content"]: int(number) for number, each in tokens.items()}
    return ids, {each["content"]: flags_of(each) for each in tokens.values()}


def from_json(data: bytes, name: str) -> Vocabulary:
    """Parse a tokenizer.json file of Hugging Face's tokenizers library. Raises ModelError if it is damaged."""
    with _ParsingErrors(name):
        found = _parse_object(data)
        model = found["model"]
        vocab = model["vocab"]
        scores: list[float] = []
        if isinstance(vocab, list):
            scores = [float(score) for _, score in vocab]
            vocab = {piece: number for number, (piece, _) in enumerate(vocab)}
        tokens = found.get("added_tokens") or ()
        added = {each["content"]: each["id"] for each in tokens}
        flags = {each["content"]: flags_of(each) for each in tokens}
        merges = [tuple(each.split(" ") if isinstance(each, str) else each) for each in model.get("merges") or ()]
        characters = next(_iter_character_maps(found.get("normalizer")), "")
        words = "\n".join(_iter_patterns(found.get("pre_tokenizer")))
        table = base64.b64decode(characters)
        return replace(_create_checked(vocab | added, scores, merges, list(added), table, name, words), flags=flags)


def from_vocab_and_merges(vocab: bytes, merges: bytes, added: bytes) -> Vocabulary:
    """Parse the vocabulary of a byte-level BPE tokenizer from the contents of vocab.json, merges.txt, and
    added_tokens.json or tokenizer_config.json.

    Raises ModelError if one of them is damaged.
    """
    with _ParsingErrors("vocab.json or merges.txt"):
        lines = (line for line in merges.decode().split("\n") if line and not line.startswith("#version"))
        pairs = [tuple(line.rstrip("\r").split(" ")) for line in lines]
        whole, flags = _parse_added(added)
        return replace(
            _create_checked(_parse_object(vocab) | whole, [], pairs, list(whole), b"", "vocab.json"), flags=flags
        )


def from_tekken(data: bytes, name: str) -> Vocabulary:
    """Parse the vocabulary of Mistral's tokenizer, tekken.json: pieces of bytes in the order in which they were merged,
    after special tokens. Raises ModelError if it is damaged.
    """
    with _ParsingErrors(name):
        found = _parse_object(data)
        config = found["config"]
        special = {each["token_str"]: each["rank"] for each in found["special_tokens"]}
        first = int(config["default_num_special_tokens"])
        characters = byte_characters()
        order = {byte: characters[place] for place, byte in enumerate(_ordered_bytes())}
        pieces: dict[str, int] = {}
        merges: list[tuple[str, str]] = []
        for each in found["vocab"][: int(config["default_vocab_size"]) - first]:
            piece = "".join(order[byte] for byte in base64.b64decode(each["token_bytes"]))
            if len(piece) > LONGEST_PIECE:
                raise ValueError("a piece is too long")
            pairs = ((piece[:at], piece[at:]) for at in range(1, len(piece)))
            known = [
                (pieces[left], pieces[right], left, right) for left, right in pairs if {left, right} <= pieces.keys()
            ]
            merges += [(left, right) for _, _, left, right in sorted(known)]
            if len(merges) > most_merges(len(found["vocab"])):
                raise ValueError("there are too many merges")
            pieces[piece] = first + each["rank"]
        return _create_checked(pieces | special, [], merges, list(special), b"", name, config["pattern"])


def byte_characters() -> list[str]:
    """Return the characters with which byte-level BPE represents the 256 bytes, in the order of their ids: printable
    bytes represent themselves, and the others are represented by characters from U+0100 onwards.
    """
    printable = _printable_bytes()
    return [*map(chr, printable), *(chr(256 + number) for number in range(256 - len(printable)))]


def _ordered_bytes() -> list[int]:
    """Return the 256 bytes in the order of `byte_characters`."""
    printable = _printable_bytes()
    return [*printable, *(byte for byte in range(256) if byte not in printable)]


def _printable_bytes() -> list[int]:
    return [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]


def from_spm(data: bytes, name: str) -> Vocabulary:
    """Parse the vocabulary of a SentencePiece model, which is a protocol buffer message. Raises ModelError if it is
    damaged.
    """
    with _ParsingErrors(name):
        pieces: dict[str, int] = {}
        scores: list[float] = []
        whole: list[str] = []
        characters = b""
        for number, value in _iter_fields(data):
            if number == 1:
                inner = dict(_iter_fields(value))
                piece = inner[1].decode()
                if pieces.setdefault(piece, len(scores)) != len(scores):
                    raise ValueError(f"{piece[:20]!r} occurs twice")
                scores.append(struct.unpack("<f", inner.get(2, bytes(4)))[0])
                if inner.get(3, 1) in _WHOLE:
                    whole.append(piece)
            elif number == 3:
                characters = dict(_iter_fields(value)).get(2, b"")
        return _create_checked(pieces, scores, [], whole, characters, name)


def _create_checked(
    pieces: Mapping[Any, Any],
    scores: list[float],
    merges: list[Any],
    whole: list[str],
    characters: bytes,
    name: str,
    words: str = "",
) -> Vocabulary:
    """Create a vocabulary after checking its untrusted parts. Raises ValueError or TypeError if a part has the wrong
    type or is too large.
    """
    if not 0 < len(pieces) <= MOST_PIECES or len(merges) > most_merges(len(pieces)):
        raise ValueError("it has too many pieces or merges, or none")
    if len(whole) > MOST_WHOLE or len(characters) > MOST_TABLE:
        raise ValueError("it has too many special pieces or normalised characters")
    if any(type(piece) is not str or len(piece) > LONGEST_PIECE for piece in pieces):
        raise ValueError("a piece is too long")
    if sum(map(len, pieces)) > MOST_CHARACTERS:
        raise ValueError("its pieces are too long")
    if any(type(number) is not int or not 0 <= number < MOST_PIECES for number in pieces.values()):
        raise ValueError("an id is impossible")
    if len(set(pieces.values())) != len(pieces):
        raise ValueError("an id occurs twice")
    if any(len(pair) != 2 or not all(type(part) is str for part in pair) for pair in merges):
        raise ValueError("a merge is not a pair")
    if any(not abs(score) < 1e30 for score in scores):
        raise ValueError("a score is impossible")
    if type(words) is not str:
        raise TypeError("the pattern is not a string")
    return Vocabulary(pieces, scores, merges, whole, characters, name, words)


def _iter_character_maps(normalizer: Any) -> Iterator[str]:
    """Yield SentencePiece's character maps for normalising text, from the normaliser entry of a tokenizer.json file."""
    for each in (normalizer or {}).get("normalizers", [normalizer or {}]):
        if each.get("type") == "Precompiled":
            yield each["precompiled_charsmap"]


def _iter_patterns(pre_tokenizer: Any) -> Iterator[str]:
    """Yield the patterns by which strings are split, from the entry of a tokenizer.json file."""
    for each in (pre_tokenizer or {}).get("pretokenizers", [pre_tokenizer or {}]):
        if each.get("type") == "Split":
            yield from each["pattern"].values()


def _parse_object(data: bytes) -> dict[str, Any]:
    found = strict_json(data)
    if not isinstance(found, dict):
        raise TypeError("it is not a JSON object")
    return found


def _iter_fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Parse a protocol buffer message, and yield the number and the value (bytes or an integer) of each field. Raises
    ValueError.
    """
    at = 0
    while at < len(data):
        key, at = _decode_varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _decode_varint(data, at)
            yield key >> 3, value
            continue
        if kind == _BYTES:
            length, at = _decode_varint(data, at)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"a field has the type {kind}")
        if at + length > len(data):
            raise ValueError("it is cut short")
        yield key >> 3, data[at : at + length]
        at += length


def _decode_varint(data: bytes, at: int) -> tuple[int, int]:
    """Decode the variable-length integer at a position in a protocol buffer message. Returns the integer and the
    position after it.
    """
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
    raise ValueError("a number is too long")


def _read_file(path: Path) -> bytes:
    try:
        with open_file(path) as file:
            data = file.read(LONGEST + 1)
    except (StorageError, OSError) as error:
        raise ModelError(f"{path.name} cannot be read; copy or download it again.") from error
    if len(data) > LONGEST:
        raise ModelError(f"{path.name} is too large for a tokenizer; copy or download it again.")
    return bytes(data)


class _ParsingErrors:
    """Context manager that converts errors from parsing malformed tokenizer files to ModelError."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError | LookupError | TypeError | AttributeError | RecursionError | struct.error):
            raise ModelError(translatable("{name} is damaged; copy or download it again.", name=self._name)) from error
