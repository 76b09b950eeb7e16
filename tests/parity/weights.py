"""Made-up weights and prompts that two programs make alike: they hang on a name or a number, and on nothing else."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping

import numpy as np
import torch

POOLS = (  # of letters that prompts are made of
    (" ", "~"), ("\xa0", "ɏ"), ("Ͱ", "ԯ"), ("̀", "ͯ"), ("一", "仿"), ("🌀", "🙏"), ("\u2000", "\u206f"), ("\t", "\r"),
)  # fmt: skip
WORDS = (
    "a", "photo", "of", "an", "astronaut", "riding", "horse", "on", "mars,", "highly", "detailed,", "4k", "don't",
    "we're", "it's", "I'LL", "(masterpiece:1.2)", "[bad]", "<lora:x:0.8>", "naïve", "façade", "Łódź", "'ss", "'''",
    "ﬁ", "Ⅷ", "x²", "\u200d", "\ufe0f",
)  # fmt: skip


def weights(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    """Return for each name a tensor of its shape in fp64: small non-zero numbers, and values about 1 for norms."""
    found = {}
    for name, shape in shapes.items():
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
        numbers = np.random.Generator(np.random.PCG64(key)).standard_normal(shape)
        scale, middle = (0.1, 1.0 if name.endswith("weight") else 0.0) if len(shape) == 1 else (0.05, 0.0)
        found[name] = torch.from_numpy(np.asarray(middle + scale * numbers))
    return found


def inputs(name: str, *shape: int) -> torch.Tensor:
    """Return standard normal numbers in fp64 that depend on the name."""
    return weights({name: (1, *shape)})[name][0] / 0.05


HOSTILE = (  # pieces that a tokenizer may take for something else than text, or choke on
    "<|endoftext|>", "<|startoftext|>", "<|EndOfText|>", "<|endoftext", "</w>", "<w>", "\0", "\x1b[2J", "\x7f", "\x85",
    "\xad", "\ufeff", "\ufffd", "\uffff", "\u2028", "\u200b", "\u202e", "\u0345", "\u1e9e", "\u0130", "\u01c6",
    "\ufdfa", "\uac01", "\u1100\u1161\u11a8", "\xe9", "e\u0301", "\u0301", "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1eb\U0001f1f7", "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f44d\U0001f3fd", "\U0001d509\U0001d51e",
    "\u2460", "\xbd", "\u0663", "\u2126", "\u017f", "\xdf", "'S", "'LL", "'", "''s", "\n\r\t\v\f",
    "\xa0\u3000", "$(rm -rf /)", "%s%n", "{{7*7}}", "../../etc", "<script>", "a" * 300, "9" * 100,
    "!" * 100, "\u4e2d" * 80, "\U0010ffff", "\ue000",
)  # fmt: skip


def strings(count: int, seed: int) -> list[str]:
    """Return strings for a tokenizer: words, all scripts, emoji, hostile pieces, any characters, very long texts."""
    chance = random.Random(seed)
    anything = [number for number in range(0x110000) if not 0xD800 <= number < 0xE000]  # what UTF-8 can say
    made = []
    for number in range(count):
        kind = number % 5
        if kind == 0:
            pieces = chance.choices((*WORDS, *HOSTILE), k=chance.randrange(1, 12))
            made.append(chance.choice(("", " ", "  ")).join(pieces))
        elif kind == 1:
            made.append("".join(map(chr, chance.choices(anything, k=chance.randrange(40)))))
        elif kind == 2:
            made.append("".join(chr(chance.randint(0x1F000, 0x1FAFF)) for _ in range(chance.randrange(1, 12))))
        elif kind == 3:
            first, last = chance.choice(POOLS)
            length = 4000 if number % 500 == 3 else chance.randrange(80)
            made.append("".join(chr(chance.randint(ord(first), ord(last))) for _ in range(length)))
        else:
            words = [word if chance.random() < 0.7 else word.upper() for word in chance.choices(WORDS, k=20)]
            made.append(chance.choice((" ", ", ", "\n")).join(words))
    return made


def prompts(count: int) -> list[str]:
    """Return prompts of words, prompts of letters of all scripts, and long prompts."""
    chance = random.Random(7919)
    made = []
    for number in range(count):
        if number % 3 == 0:
            made.append(" ".join(chance.choices(WORDS, k=chance.randrange(40))))
            continue
        pools = chance.choices(POOLS, k=3)
        length = 600 if number % 100 == 1 else chance.randrange(60)
        ends = (chance.choice(pools) for _ in range(length))
        made.append("".join(chr(chance.randint(ord(first), ord(last))) for first, last in ends))
    return made
