"""Reference tokens of transformers' tokenizers of Qwen3, T5 and Gemma 2 for 10,000 strings, as a hash of each hundred.

    pip install .[parity] sentencepiece protobuf && python -m tests.parity.by_prompt_tokenizers

writes tests/data/parity/prompt_tokens.json.xz. It uses the shipped vocabularies of Qwen3 and T5. Gemma 2's may not be
shipped, so this trains a SentencePiece model with the same settings, and writes it too.
"""

from __future__ import annotations

import base64
import io
import json
import lzma
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sentencepiece
import transformers
from transformers.convert_slow_tokenizer import SentencePieceExtractor
from transformers.tokenization_utils_base import generate_merges

from gdm_studio.common import paths
from gdm_studio.models.families.shared_parts.prompt_tokenizer import QWEN_WHOLE
from tests.parity.by_tokenizer import COUNT, EACH, SEED, digest
from tests.parity.numbers import FOLDER
from tests.parity.weights import strings

FILE = FOLDER / "prompt_tokens.json.xz"
# Every so many strings are written with their tokens, so that a difference can be seen. Longer ones are left out.
SHOWN, LONGEST = 40, 60
GEMMA: dict[str, Any] = {
    "model_type": "bpe", "vocab_size": 600, "byte_fallback": True, "normalization_rule_name": "identity",
    "add_dummy_prefix": False, "remove_extra_whitespaces": False, "split_digits": True, "pad_id": 0, "eos_id": 1,
    "bos_id": 2, "unk_id": 3, "bos_piece": "<bos>", "eos_piece": "<eos>", "allow_whitespace_only_pieces": True,
    "character_coverage": 0.98, "num_threads": 1, "minloglevel": 2,
    "user_defined_symbols": ["<start_of_turn>", "<end_of_turn>", "\n", "\t", "<h1>"],
}  # fmt: skip


def main() -> None:
    model = _train()
    about: dict[str, Any] = {
        "versions": {name: version(name) for name in ("transformers", "tokenizers", "sentencepiece")}
    }
    about |= {"count": COUNT, "seed": SEED, "each": EACH, "gemma2_model": base64.b64encode(model).decode()}
    made = strings(COUNT, SEED)
    for name, tokenizer in (("qwen3", qwen3_tokenizer()), ("t5", t5_tokenizer()), ("gemma2", gemma2_tokenizer(model))):
        # The published configuration of Gemma 2's tokenizer, which is not here, adds the token that begins a text.
        begin = [GEMMA["bos_id"]] if name == "gemma2" else []
        found: list[list[int]] = [begin + tokenizer(each)["input_ids"] for each in made]
        shown = [[text, ids] for text, ids in zip(made, found, strict=True) if len(ids) <= LONGEST][::SHOWN]
        hashes = [digest(found[first : first + EACH])[:16] for first in range(0, COUNT, EACH)]
        about[name] = {"sha256": hashes, "shown": shown}
    FILE.write_bytes(lzma.compress(json.dumps(about, indent=None, separators=(",", ":")).encode(), preset=9))


def qwen3_tokenizer() -> Any:
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    merges = lzma.decompress((paths.resources() / "tokenizers" / "qwen_merges.txt.xz").read_bytes()).decode()
    pairs = [tuple(line.split(" ")) for line in merges.split("\n") if line]
    pieces = [*bytes_to_unicode().values(), *("".join(pair) for pair in pairs)]
    tokenizer = transformers.Qwen2Tokenizer(vocab={piece: at for at, piece in enumerate(pieces)}, merges=pairs)
    tokenizer.add_tokens([transformers.AddedToken(each, special=True, normalized=False) for each in QWEN_WHOLE])
    return tokenizer


def t5_tokenizer() -> Any:
    whole = json.loads(lzma.decompress((paths.resources() / "tokenizers" / "t5.json.xz").read_bytes()))
    characters = whole["normalizer"]["normalizers"][0]["precompiled_charsmap"]
    vocab = [tuple(each) for each in whole["model"]["vocab"]]
    return transformers.T5Tokenizer(vocab=vocab, _spm_precompiled_charsmap=base64.b64decode(characters))


def gemma2_tokenizer(model: bytes) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "spiece.model")
        file.write_bytes(model)
        proto = SentencePieceExtractor(str(file)).proto
    vocab = {each.piece: at for at, each in enumerate(proto.pieces)}
    merges = generate_merges(vocab, {each.piece: each.score for each in proto.pieces})
    tokenizer = transformers.GemmaTokenizer(vocab=vocab, merges=merges)
    whole = [each.piece for each in proto.pieces if each.type in (3, 4)]
    tokenizer.add_tokens([transformers.AddedToken(each, special=True, normalized=False) for each in whole])
    return tokenizer


def _train() -> bytes:
    written = io.BytesIO()
    lines = (line for text in strings(3000, SEED + 1)[4::5] for line in text.split("\n"))
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=lines, model_writer=written, **GEMMA)
    return written.getvalue()


if __name__ == "__main__":
    main()
