"""Weights that the `gguf` package makes of quantised blocks, bit by bit.

pip install --no-deps gguf && python -m tests.parity.by_ggml
"""

from __future__ import annotations

import warnings

import numpy as np

from tests.parity.numbers import FOLDER

TYPES = ("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS")
FILE = FOLDER / "ggml.npz"
RANDOM = 6
# Bytes of blocks in which all bytes are equal: zeros, all bits set, and the smallest and largest numbers of fp16.
EQUAL = (0, 255, 1, 127, 128, 251)


def blocks(kind: str, seed: int, count: int = RANDOM) -> np.ndarray:
    """Return blocks (n, bytes): random ones, and those in which all bytes are equal."""
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

    size = GGML_QUANT_SIZES[GGMLQuantizationType[kind]][1]
    random = np.random.default_rng(seed).integers(0, 256, (count, size), dtype=np.uint8)
    return np.concatenate([random, *(np.full((1, size), value, np.uint8) for value in EQUAL)])


def weights(kind: str, data: np.ndarray) -> np.ndarray:
    """Return the weights (n, weights of a block) in fp32."""
    from gguf.constants import GGMLQuantizationType
    from gguf.quants import dequantize

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some scales are infinite or no numbers
        return dequantize(data, GGMLQuantizationType[kind]).reshape(len(data), -1)


def main() -> None:
    found = {}
    for seed, kind in enumerate(TYPES):
        found[f"{kind} blocks"] = data = blocks(kind, seed)
        found[f"{kind} weights"] = weights(kind, data)
    np.savez_compressed(FILE, **found)


if __name__ == "__main__":
    main()
