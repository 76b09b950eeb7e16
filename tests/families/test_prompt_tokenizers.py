"""Tokenizers of the text encoders: the reference's tokens, from files of every kind, and damaged files."""

from __future__ import annotations

import base64
import hashlib
import json
import lzma
import random
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.shared_parts.part_layout import Kind, Part, parts_of
from gdm_studio.models.families.shared_parts.prompt_tokenizer import (
    CONVERTED_WORDS,
    TEKKEN_WORDS,
    PromptTokenizer,
    build_tokenizer,
    load_tokenizer,
    shipped_tokenizer,
    shipped_vocabulary,
)
from gdm_studio.models.families.shared_parts.vocabulary_files import (
    Vocabulary,
    from_json,
    from_spm,
    from_tekken,
    from_vocab_and_merges,
    read_vocabulary,
)
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.networks.text_encoders import gemma2, qwen3, t5
from tests.helpers.tekken import tekken
from tests.parity.weights import strings

STORED: dict[str, Any] = json.loads(
    lzma.decompress((Path(__file__).parents[1] / "data" / "parity" / "prompt_tokens.json.xz").read_bytes())
)
GEMMA_MODEL = base64.b64decode(STORED["gemma2_model"])
# The weights by which a text encoder is recognised, with few tokens.
MARKS: Mapping[Kind, tuple[str, Sequence[str]]] = {
    "qwen3": ("model.embed_tokens.weight", ["model.layers.0.self_attn.q_norm.weight"]),
    "t5": ("shared.weight", ["encoder.block.0.layer.0.SelfAttention.q.weight"]),
    "gemma2": ("model.embed_tokens.weight", ["model.layers.0.post_feedforward_layernorm.weight"]),
}
KINDS: tuple[Kind, ...] = ("qwen3", "t5", "gemma2")


@cache
def tokenizer_of(kind: Kind) -> PromptTokenizer:
    return shipped_tokenizer(kind) or build_tokenizer(kind, from_spm(GEMMA_MODEL, "spiece.model"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand_strings_have_the_tokens_of_the_reference(kind: Kind) -> None:
    tokenizer = tokenizer_of(kind)
    for text, ids in STORED[kind]["shown"]:
        assert tokenizer.encode(text) == ids, repr(text)
    found = [tokenizer.encode(text) for text in strings(STORED["count"], STORED["seed"])]
    each = STORED["each"]
    hashes = [digest(found[first : first + each]) for first in range(0, len(found), each)]
    assert hashes == STORED[kind]["sha256"]


def test_chat_templates_have_the_tokens_of_qwen() -> None:
    tokenizer = tokenizer_of("qwen3")
    begin, end = [151644, 872, 198], [151645, 198, 151644, 77091, 198]
    plain = tokenizer.encode("a red fox")
    assert tokenizer.encode(qwen3.Z_IMAGE.wrap("a red fox")) == [*begin, *plain, *end]
    assert tokenizer.encode(qwen3.FLUX_2_KLEIN.wrap("a red fox")) == [*begin, *plain, *end, 151667, 271, 151668, 271]
    assert tokenizer.pad == 151643


def test_long_prompts_are_cut_and_short_ones_padded() -> None:
    long, short = tokenizer_of("t5").encode("fox " * 900, 256), tokenizer_of("t5").encode("fox", 256)
    assert len(long) == 256 and long[-1] == short[-1] == 1
    ids, mask = t5.FLUX_1_SCHNELL.batch([long, short], tokenizer_of("t5").pad)
    assert ids.shape == mask.shape == (2, 256)
    assert ids[1].tolist() == short + [0] * (256 - len(short)) and mask.sum(1).tolist() == [256, len(short)]
    ids, mask = qwen3.Z_IMAGE.batch([[1, 2, 3], [4]], 9)
    assert ids.tolist() == [[1, 2, 3], [4, 9, 9]] and mask.tolist() == [[True] * 3, [True, False, False]]
    fox = tokenizer_of("gemma2").encode("fox " * 900, gemma2.LUMINA_2.tokens)
    assert len(fox) == 256 and fox[0] == 2


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        pytest.param("qwen3", "tokenizer.json", marks=pytest.mark.slow),
        pytest.param("qwen3", "vocab.json", marks=pytest.mark.slow),
        ("t5", "tokenizer.json"),
        ("t5", "spiece.model"),
        ("gemma2", "tokenizer.json"),
        ("gemma2", "tokenizer.model"),
    ],
)
def test_every_kind_of_file_gives_the_same_tokens(kind: Kind, form: str, tmp_path: Path) -> None:
    write_vocabulary(tmp_path, kind, form)
    vocabulary = read_vocabulary(tmp_path)
    assert vocabulary is not None
    check_shown(kind, build_tokenizer(kind, vocabulary))


@pytest.mark.parametrize(("kind", "component"), [("gemma2", ""), ("gemma2", "text_encoder"), ("t5", "text_encoder_3")])
def test_the_tokenizer_lies_in_the_folder(kind: Kind, component: str, tmp_path: Path) -> None:
    folder = tmp_path / component.replace("text_encoder", "tokenizer")
    folder.mkdir(exist_ok=True)
    write_vocabulary(folder, kind, "tokenizer.json", more=["[here]"])
    if component:
        (tmp_path / "model_index.json").write_text(json.dumps({component: ["transformers", "Text"]}))
        (tmp_path / component).mkdir()
    save_encoder(tmp_path / component / "model.safetensors", kind)
    found = load_tokenizer(part_in(tmp_path))
    check_shown(kind, found)
    assert len(found.encode("[here]")) < len(tokenizer_of(kind).encode("[here]"))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "form"), [("t5", "spiece.model"), ("gemma2", "tokenizer.model")])
def test_tokens_beside_a_sentencepiece_model_are_added(kind: Kind, form: str, tmp_path: Path) -> None:
    write_vocabulary(tmp_path, kind, form)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 512}))
    plain = read_vocabulary(tmp_path)
    write_vocabulary(tmp_path, kind, form, more=["<toy>"])
    vocabulary = read_vocabulary(tmp_path)
    assert plain is not None and vocabulary is not None
    tokenizer = build_tokenizer(kind, vocabulary)
    assert len(plain.pieces) in tokenizer.encode("a <toy> fox")
    assert len(plain.pieces) not in build_tokenizer(kind, plain).encode("a <toy> fox")
    check_shown(kind, tokenizer)
    told = {"added_tokens_decoder": {str(len(plain.pieces)): {"content": "<toy>"}}}
    (tmp_path / "added_tokens.json").unlink()
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(told))
    again = read_vocabulary(tmp_path)
    assert again is not None and build_tokenizer(kind, again).encode("a <toy> fox") == tokenizer.encode("a <toy> fox")


def test_a_t5_without_a_table_of_characters_normalises_nothing(tmp_path: Path) -> None:
    write_vocabulary(tmp_path, "t5", "tokenizer.json")
    file = tmp_path / "tokenizer.json"
    # Written by T5Tokenizer of transformers 5 from a vocabulary.
    file.write_text(json.dumps({**json.loads(file.read_text()), "normalizer": None}))
    vocabulary = read_vocabulary(tmp_path)
    assert vocabulary is not None
    tokenizer = build_tokenizer("t5", vocabulary)
    assert tokenizer.encode("a red fox, 4k!") == tokenizer_of("t5").encode("a red fox, 4k!")
    assert 2 in tokenizer.encode("ﬁ")
    assert 2 not in tokenizer_of("t5").encode("ﬁ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_lone_file_has_the_shipped_tokenizer_or_its_own(kind: Kind, tmp_path: Path) -> None:
    own = {"spiece_model": torch.tensor(list(GEMMA_MODEL), dtype=torch.uint8)} if kind == "gemma2" else {}
    check_shown(kind, load_tokenizer(part_in(save_encoder(tmp_path / "encoder.safetensors", kind, more=own))))


def test_a_text_encoder_without_tokenizer_is_refused(tmp_path: Path) -> None:
    part = part_in(save_encoder(tmp_path / "gemma.safetensors", "gemma2"))
    with pytest.raises(ModelError, match="gemma.safetensors lacks its tokenizer"):
        load_tokenizer(part)


def test_a_tokenizer_with_more_tokens_than_the_encoder_is_refused(tmp_path: Path) -> None:
    part = part_in(save_encoder(tmp_path / "qwen.safetensors", "qwen3", rows=1000))
    with pytest.raises(ModelError, match="has 1,000 tokens, its tokenizer 151,669"):
        load_tokenizer(part)


@pytest.mark.parametrize("kind", KINDS)
def test_the_vocabulary_of_another_encoder_is_refused(kind: Kind, tmp_path: Path) -> None:
    other = KINDS[KINDS.index(kind) - 1]
    with pytest.raises(ModelError, match="is not the tokenizer|lacks the token"):
        build_tokenizer(kind, vocabulary_of(other))


TINY: dict[str, Any] = {
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}, "merges": ["a b"]},
    "added_tokens": [{"id": 3, "content": "<|endoftext|>"}],
}


@pytest.mark.parametrize(
    "changes",
    [
        {"model": None},
        {"model": {"vocab": {}}, "added_tokens": []},
        {"model": {"vocab": {"a": -1}}},
        {"model": {"vocab": {"a": 1.5}}},
        {"model": {"vocab": {"a": True}}},
        {"model": {"vocab": {"a": 0, "b": 0}}},
        {"model": {"vocab": {"a": 2**70}}},
        {"model": {"vocab": {"a" * 300: 0}}},
        {"model": {"vocab": {"a": 0, "<|endoftext|>": 1}, "merges": ["a z"]}},
        {"model": {"vocab": {"a": 0, "<|endoftext|>": 1}, "merges": ["a"]}},
        {"model": {"vocab": {"a": 0, "<|endoftext|>": 1}, "merges": [["a", 1]]}},
        {"model": {"vocab": [["a", 0.0], ["b"]]}},
        {"model": {"vocab": [["a", "x"]]}},
        {"added_tokens": {"a": 1}},
        {"added_tokens": [{"content": "x"}]},
        {"normalizer": {"type": "Precompiled", "precompiled_charsmap": 7}},
    ],
)
def test_impossible_vocabularies_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ModelError):
        build_tokenizer("qwen3", from_json(json.dumps(TINY | changes).encode(), "tokenizer.json"))


def spm(pieces: Sequence[str]) -> bytes:
    """Return a SentencePiece model of these pieces."""

    def field(number: int, data: bytes) -> bytes:
        length = bytes([len(data) & 127 | 128, len(data) >> 7]) if len(data) > 127 else bytes([len(data)])
        return bytes([number << 3 | 2]) + length + data

    return b"".join(field(1, field(1, piece.encode()) + b"\x15" + struct.pack("<f", -1.0)) for piece in pieces)


@pytest.mark.slow
def test_a_vocabulary_with_more_merges_than_any_tokenizer_has_is_refused() -> None:
    words = ["<pad>", "<bos>", "<unk>"]
    for length in range(1, 14):
        words += ["".join(word) for word in product("ab", repeat=length)]
    with pytest.raises(ModelError, match="is not the tokenizer of this text encoder"):
        build_tokenizer("gemma2", from_spm(spm(words), "spiece.model"))
    merges = [[word[:at], word[at:]] for word in words[3:] for at in range(1, len(word))]
    model = {"type": "BPE", "vocab": {word: place for place, word in enumerate(words)}, "merges": merges}
    with pytest.raises(ModelError, match="tokenizer.json is damaged"):
        from_json(json.dumps({"model": model}).encode(), "tokenizer.json")
    with pytest.raises(ModelError, match="is damaged"):
        lines = "\n".join(" ".join(pair) for pair in merges)
        from_vocab_and_merges(json.dumps(model["vocab"]).encode(), lines.encode(), b"{}")


@pytest.mark.parametrize(
    ("pieces", "whole"), [(200, 0), (1, 40_000)], ids=["long pieces", "many pieces that are matched as a whole"]
)
def test_the_work_for_a_vocabulary_is_limited(pieces: int, whole: int) -> None:
    vocab = {f"{number:0{pieces}}": number for number in range(2**22 // pieces + 1 if pieces > 1 else 1)}
    added = [{"content": f"<{number}>", "id": len(vocab) + number} for number in range(whole)]
    with pytest.raises(ModelError, match="tokenizer.json is damaged"):
        from_json(json.dumps({"model": {"vocab": vocab}, "added_tokens": added}).encode(), "tokenizer.json")


@pytest.mark.parametrize("data", [b"", b"\0", b"[" * 100_000, b'{"a": NaN}', b"{}", b"\xff" * 50])
def test_files_that_are_no_vocabulary_are_refused(data: bytes) -> None:
    with pytest.raises(ModelError, match="tokenizer.json is damaged"):
        from_json(data, "tokenizer.json")
    with pytest.raises(ModelError, match="spiece.model is damaged"):
        from_spm(data or b"\x0a", "spiece.model")


def test_damaged_files_give_a_model_error_or_a_tokenizer() -> None:
    """Flip, cut and repeat bytes of real files. No other error may leave, of whatever class."""
    chance = random.Random(7)
    whole: list[tuple[Kind, Callable[[bytes, str], Vocabulary], bytes]] = [
        ("gemma2", from_spm, GEMMA_MODEL),
        ("qwen3", from_json, json.dumps(TINY).encode()),
        ("t5", from_spm, spm_of(small_t5())),
    ]
    refused = 0
    for number in range(600):
        kind, read, data = whole[number % len(whole)]
        damaged = bytearray(data)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(damaged))
            end = at + chance.randrange(1, 9)
            damaged[at:end] = chance.choice((b"", bytes(8), chance.randbytes(3), damaged[at:end] * 2))
        try:
            tokenizer = build_tokenizer(kind, read(bytes(damaged), "file"))
            assert all(type(each) is int for each in tokenizer.encode("a ☃ fox, ﬁ 2²\x85 한글"))
        except ModelError as error:
            assert str(error).startswith("file ")
            refused += 1
    assert 100 < refused < 600


def test_a_damaged_table_of_characters_gives_a_model_error_or_tokens() -> None:
    vocabulary = vocabulary_of("t5")
    chance = random.Random(11)
    for _ in range(100):
        table = bytearray(vocabulary.characters)
        for _ in range(200):
            table[chance.randrange(len(table))] = chance.randrange(256)
        small = small_t5(bytes(table[: chance.choice((3, 4, 5, len(table) // 2, len(table)))]))
        try:
            tokenizer = build_tokenizer("t5", small)
            for text in strings(40, 3):
                tokenizer.encode(text[:80])
        except ModelError:
            pass


@pytest.mark.parametrize("words", [TEKKEN_WORDS, CONVERTED_WORDS])
def test_a_prompt_for_mistral_is_split_as_its_tokenizer_does(words: str) -> None:
    file = mistral_json(words)
    text = "a photo of seaTall fox's den, 2024/25"
    found = build_tokenizer("ministral3", from_json(file, "tokenizer.json")).encode(text)
    wanted = Tokenizer.from_str(file.decode()).encode(text).ids
    assert found == [1, *wanted] and (9999 in found) == (words == CONVERTED_WORDS)


@pytest.mark.parametrize("words", [r"\w+", r"(a+)+$"])
def test_a_tokenizer_of_mistral_with_other_rules_is_refused(words: str) -> None:
    with pytest.raises(ModelError, match="tokenizer.json splits words by unknown rules"):
        build_tokenizer("mistral", from_json(mistral_json(words), "tokenizer.json"))


def mistral_json(words: str) -> bytes:
    """Return a tokenizer.json that splits by a pattern. Its token 9999 joins a small and a capital letter."""
    vocabulary = from_tekken(tekken(), "tekken.json")
    split = {"type": "Split", "pattern": {"Regex": words}, "behavior": "Isolated", "invert": False}
    merged = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    model = {
        "type": "BPE",
        "vocab": {**vocabulary.pieces, "aT": 9999},
        "merges": [*map(" ".join, vocabulary.merges), "a T"],
    }
    added = [{"id": vocabulary.pieces[piece], "content": piece, "special": True} for piece in vocabulary.whole]
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    steps = {"type": "Sequence", "pretokenizers": [split, merged]}
    whole = {"model": model, "added_tokens": [each | flags for each in added], "pre_tokenizer": steps}
    return json.dumps({"version": "1.0", **whole}).encode()


def check_shown(kind: Kind, tokenizer: PromptTokenizer) -> None:
    for text, ids in STORED[kind]["shown"]:
        assert tokenizer.encode(text) == ids, repr(text)


def digest(tokens: list[list[int]]) -> str:
    return hashlib.sha256(json.dumps(tokens).encode()).hexdigest()[:16]


def vocabulary_of(kind: Kind) -> Vocabulary:
    return shipped_vocabulary(kind) or from_spm(GEMMA_MODEL, "spiece.model")


def small_t5(characters: bytes = b"") -> Vocabulary:
    pieces = ["<pad>", "</s>", "<unk>", "▁", "a", "▁fox", "2", ","]
    scores = [0.0, 0.0, 0.0, -2.0, -3.0, -5.0, -6.0, -4.0]
    return Vocabulary({piece: at for at, piece in enumerate(pieces)}, scores, (), pieces[:2], characters, "small")


def write_vocabulary(folder: Path, kind: Kind, form: str, *, more: Sequence[str] = ()) -> None:
    """Write a vocabulary as one kind of file, with further tokens that are found as a whole."""
    vocabulary = vocabulary_of(kind)
    added = {piece: vocabulary.pieces[piece] for piece in vocabulary.whole}
    added |= {piece: len(vocabulary.pieces) + at for at, piece in enumerate(more)}
    if form.endswith(".model"):
        (folder / form).write_bytes(GEMMA_MODEL if kind == "gemma2" else spm_of(vocabulary))
        if more:
            first = len(vocabulary.pieces)
            (folder / "added_tokens.json").write_text(json.dumps({piece: first + at for at, piece in enumerate(more)}))
        return
    plain = {piece: at for piece, at in vocabulary.pieces.items() if kind != "qwen3" or piece not in vocabulary.whole}
    merges = list(vocabulary.merges)
    if form == "vocab.json":
        (folder / "vocab.json").write_text(json.dumps(plain))
        (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *map(" ".join, merges), ""]), encoding="utf-8")
        told = {str(at): {"content": piece, "special": True} for piece, at in added.items()}
        (folder / "tokenizer_config.json").write_text(json.dumps({"added_tokens_decoder": told}))
        return
    model: dict[str, Any] = {"type": "BPE", "vocab": plain, "merges": merges}
    if kind == "gemma2":
        tokenizer = tokenizer_of(kind)._tokenizer
        model["merges"] = json.loads(tokenizer.to_str())["model"]["merges"]
    if kind == "t5":
        model = {"type": "Unigram", "unk_id": 2, "vocab": list(zip(plain, vocabulary.scores, strict=True))}
    table = base64.b64encode(vocabulary.characters).decode()
    normalizer = {"type": "Sequence", "normalizers": [{"type": "Precompiled", "precompiled_charsmap": table}]}
    tokens = [{"id": at, "content": piece} for piece, at in added.items()]
    whole = {"model": model, "added_tokens": tokens, "normalizer": normalizer if kind == "t5" else None}
    (folder / "tokenizer.json").write_text(json.dumps(whole))


def spm_of(vocabulary: Vocabulary) -> bytes:
    """Return a SentencePiece model as protocol buffers."""
    found = bytearray()
    for (piece, _), score in zip(vocabulary.pieces.items(), vocabulary.scores, strict=True):
        kind = 3 if piece in vocabulary.whole else 1
        found += field(1, field(1, piece.encode()) + b"\x15" + struct.pack("<f", score) + b"\x18" + bytes([kind]))
    return bytes(found + field(3, field(2, vocabulary.characters)))


def field(number: int, data: bytes) -> bytes:
    length = len(data)
    size = bytearray()
    while length > 127:
        size.append(length & 127 | 128)
        length >>= 7
    return bytes([number << 3 | 2]) + bytes(size) + bytes([length]) + data


def save_encoder(file: Path, kind: Kind, *, rows: int = 152_000, more: Mapping[str, Tensor] | None = None) -> Path:
    """Write the weights by which a text encoder is recognised."""
    table, others = MARKS[kind]
    weights = {table: torch.zeros(rows, 1), **{name: torch.zeros(1) for name in others}}
    save_file({**weights, **(more or {})}, file)
    return file


def part_in(place: Path) -> Part:
    (part,) = parts_of(read_entry(place))
    return part
