"""Files in GGUF format with random quantised weights, as ComfyUI-GGUF and stable-diffusion.cpp write them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path

import torch
from torch import Tensor

from gdm_studio.models.files.header import BLOCKS

TYPES = {
    "F32": 0, "F16": 1, "Q4_0": 2, "Q4_1": 3, "Q5_0": 6, "Q5_1": 7, "Q8_0": 8, "Q2_K": 10, "Q3_K": 11, "Q4_K": 12,
    "Q5_K": 13, "Q6_K": 14, "IQ2_XXS": 16, "IQ2_XS": 17, "IQ3_XXS": 18, "IQ1_S": 19, "IQ4_NL": 20, "IQ3_S": 21,
    "IQ2_S": 22, "IQ4_XS": 23, "IQ1_M": 29, "BF16": 30, "TQ1_0": 34, "TQ2_0": 35, "MXFP4": 39, "NVFP4": 40,
}  # fmt: skip
# Offsets of the scales in fp16 in a block.
HALVES = {
    "Q4_0": (0,), "Q4_1": (0, 2), "Q5_0": (0,), "Q5_1": (0, 2), "Q8_0": (0,), "Q2_K": (80, 82), "Q3_K": (108,),
    "Q4_K": (0, 2), "Q5_K": (0, 2), "Q6_K": (208,), "IQ4_NL": (0,), "IQ4_XS": (0,),
}  # fmt: skip
# Typical size of a weight relative to the scale, with random levels.
SPREADS = {
    "Q4_0": 4.6, "Q4_1": 8, "Q5_0": 9, "Q5_1": 16, "Q8_0": 74, "Q2_K": 15, "Q3_K": 40, "Q4_K": 270, "Q5_K": 540,
    "Q6_K": 1300, "IQ4_NL": 70, "IQ4_XS": 1300,
}  # fmt: skip
ALIGNMENT = 32
INT32, UINT32, FLOAT32, STRING, ARRAY = 5, 4, 6, 8, 9

# Type, shape in the order of torch, and data as bytes.
Stored = tuple[str, Sequence[int], bytes | memoryview]


def plain(weight: Tensor) -> Stored:
    """Encode a weight for a GGUF file without quantising it."""
    kinds = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}
    data = weight.contiguous().flatten().view(torch.uint8).numpy()
    return kinds[weight.dtype], tuple(weight.shape), memoryview(data)


def random_blocks(kind: str, shape: Sequence[int], *, size: float = 0.02, seed: int = 0) -> Stored:
    """Create a quantised weight for a GGUF file, with random levels and scales.

    Its values are about as large as `size`.
    """
    weights, count = BLOCKS[kind]
    random = torch.Generator().manual_seed(seed)
    blocks = torch.randint(0, 256, (prod(shape) // weights, count), dtype=torch.uint8, generator=random)
    for offset in HALVES[kind]:
        scale = size / SPREADS[kind] * (0.5 + torch.rand(len(blocks), 1, generator=random))
        blocks[:, offset : offset + 2] = scale.half().view(torch.uint8)
    return kind, tuple(shape), blocks.numpy().tobytes()


def write_gguf(
    file: Path,
    tensors: Mapping[str, Stored],
    *,
    architecture: str = "",
    original: Mapping[str, Sequence[int]] = {},
    rope_base: float = 0.0,
) -> Path:
    """Write tensors to a model file in GGUF format.

    `original` has the shapes of tensors before ComfyUI-GGUF reshaped them. `rope_base` is the base of the rotary
    frequencies, as llama.cpp writes it, or 0 for none.
    """
    pairs = [text("general.architecture") + struct.pack("<I", STRING) + text(architecture)] if architecture else []
    pairs.append(text("general.quantization_version") + struct.pack("<II", UINT32, 2))
    if rope_base:
        pairs.append(text(f"{architecture}.rope.freq_base") + struct.pack("<If", FLOAT32, rope_base))
    for name, shape in original.items():
        value = struct.pack(f"<IIQ{len(shape)}i", ARRAY, INT32, len(shape), *shape)
        pairs.append(text(f"comfy.gguf.orig_shape.{name}") + value)
    described = []
    offset = 0
    for name, (kind, shape, content) in tensors.items():
        axes = struct.pack(f"<I{len(shape)}Q", len(shape), *reversed(shape))
        described.append(text(name) + axes + struct.pack("<IQ", TYPES[kind], offset))
        offset += len(content) + -len(content) % ALIGNMENT
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs)) + b"".join((*pairs, *described))
    file.parent.mkdir(parents=True, exist_ok=True)
    # The tensors may be those of the file itself, mapped into memory.
    part = file.with_name(f"{file.name}.part")
    with open(part, "wb") as written:
        for content in (head, *(content for _, _, content in tensors.values())):
            written.write(content)
            written.write(bytes(-len(content) % ALIGNMENT))
    part.replace(file)
    return file


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()
