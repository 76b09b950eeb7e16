"""Weights that the `gguf` package makes of quantised blocks, bit by bit.

pip install --no-deps gguf && python -m tests.parity.by_ggml
"""

from __future__ import annotations

import warnings

import numpy as np

from tests.parity.numbers import FOLDER

TYPES = (
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "MXFP4",
    "NVFP4", "TQ1_0", "TQ2_0", "IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S",
)  # fmt: skip
FILE = FOLDER / "ggml.npz"
# File of the package's own writer with the first IN_FILE blocks of every type.
GGUF_FILE = FOLDER / "ggml.gguf"
IN_FILE = 2
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
    from gguf import GGUFWriter
    from gguf.constants import GGMLQuantizationType

    found = {}
    writer = GGUFWriter(GGUF_FILE, "sd1")
    for seed, kind in enumerate(TYPES):
        found[f"{kind} blocks"] = data = blocks(kind, seed)
        found[f"{kind} weights"] = weights(kind, data)
        writer.add_tensor(kind, data[:IN_FILE], raw_dtype=GGMLQuantizationType[kind])
    np.savez_compressed(FILE, **found)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
