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
    """For each name a tensor of that shape in fp64: small numbers, none of them zero, norms about one."""
    found = {}
    for name, shape in shapes.items():
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
        numbers = np.random.Generator(np.random.PCG64(key)).standard_normal(shape)
        scale, middle = (0.1, 1.0 if name.endswith("weight") else 0.0) if len(shape) == 1 else (0.05, 0.0)
        found[name] = torch.from_numpy(np.asarray(middle + scale * numbers))
    return found


def inputs(name: str, *shape: int) -> torch.Tensor:
    """Standard normal numbers in fp64 that hang on the name."""
    return weights({name: (1, *shape)})[name][0] / 0.05


def prompts(count: int) -> list[str]:
    """Some of words, some of letters of all kinds, some long."""
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
