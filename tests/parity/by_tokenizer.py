"""Reference tokens of transformers' CLIP tokenizer for 10,000 strings, as a hash of each hundred.

    pip install .[parity] && python -m tests.parity.by_tokenizer

writes tests/data/parity/tokens.json.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import transformers
from transformers.convert_slow_tokenizer import bytes_to_unicode

from gdm_studio.common import paths
from tests.parity.numbers import FOLDER
from tests.parity.weights import strings

FILE = FOLDER / "tokens.json"
COUNT, SEED, EACH = 10_000, 20260, 100


def main() -> None:
    tokenizer = clip_tokenizer()
    found: list[list[int]] = [tokenizer(each, add_special_tokens=False)["input_ids"] for each in strings(COUNT, SEED)]
    hashed = [digest(found[first : first + EACH]) for first in range(0, COUNT, EACH)]
    about: dict[str, Any] = {"versions": {name: version(name) for name in ("transformers", "tokenizers")}}
    about |= {"count": COUNT, "seed": SEED, "each": EACH, "sha256": hashed}
    FILE.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def digest(tokens: list[list[int]]) -> str:
    """Return the hash of the tokens of some strings."""
    return hashlib.sha256(json.dumps(tokens).encode()).hexdigest()


def clip_tokenizer(pad: str = "<|endoftext|>") -> Any:
    """Return transformers' CLIP tokenizer, with our vocabulary written in the format of its files."""
    merges = lzma.decompress((paths.resources() / "clip" / "merges.txt.xz").read_bytes()).decode().splitlines()
    letters = list(bytes_to_unicode().values())
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), *(merge.replace(" ", "") for merge in merges)]
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = {piece: place for place, piece in enumerate([*pieces, "<|startoftext|>", "<|endoftext|>"])}
        Path(folder, "vocab.json").write_text(json.dumps(vocabulary))
        Path(folder, "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]))
        return transformers.CLIPTokenizer.from_pretrained(folder, pad_token=pad)


if __name__ == "__main__":
    main()
