"""Small vocabulary in the format of Mistral's tokenizer, tekken.json."""

from __future__ import annotations

import base64
import json

from gdm_studio.models.families.shared_parts.prompt_tokenizer import TEKKEN_WORDS

SPECIAL = ("<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "<pad>")
# Number of ids that precede those of the vocabulary.
FIRST = 1000
# Merged pieces, each of two earlier ones or of bytes.
MERGED = (" a", " t", "in", "he", "re", "on", "at", " th", " the", "er", "ing", "as", "ph", "ot", "or")
PIECES = (*(bytes([byte]) for byte in range(256)), *(piece.encode() for piece in MERGED))


def tekken() -> bytes:
    """Return the contents of a small tekken.json."""
    vocab = [
        {"rank": rank, "token_bytes": base64.b64encode(piece).decode(), "token_str": None}
        for rank, piece in enumerate(PIECES)
    ]
    special = [{"rank": rank, "token_str": piece, "is_control": True} for rank, piece in enumerate(SPECIAL)]
    config = {"pattern": TEKKEN_WORDS, "default_vocab_size": FIRST + len(vocab), "default_num_special_tokens": FIRST}
    return json.dumps({"config": config, "vocab": vocab, "special_tokens": special}).encode()
