"""Headers of files in GGUF format: valid, invalid and random ones."""

from __future__ import annotations

import os
import random
import struct
import tracemalloc
from pathlib import Path

import pytest
import torch

from gdm_studio.common.errors import ModelError
from gdm_studio.models.files import gguf
from gdm_studio.models.files.checkpoints import read_entry, read_header
from gdm_studio.models.files.header import BLOCKS
from gdm_studio.models.files.weights import Weights
from tests.helpers import gguf_file
from tests.helpers.gguf_file import ALIGNMENT, ARRAY, INT32, STRING, UINT32, plain, random_blocks, text, write_gguf

INT64 = 11
CONV = torch.arange(4 * 2 * 3 * 3.0).reshape(4, 2, 3, 3).half()


def write(file: Path) -> Path:
    """Write a file with tensors of several types, one of them reshaped."""
    tensors = {
        "bias": plain(torch.arange(5.0)),
        "conv": plain(CONV),
        "half": plain(torch.tensor([[1.5, -2.0]], dtype=torch.bfloat16)),
        "blocks": random_blocks("Q5_K", (3, 512)),
        "reshaped": random_blocks("Q8_0", (9, 256)),
    }
    return write_gguf(file, tensors, architecture="sdxl", original={"reshaped": (32, 8, 3, 3)})


def test_shapes_types_and_numbers_are_read(tmp_path: Path) -> None:
    entry = read_entry(write(tmp_path / "x.gguf"))
    (header,) = entry.headers.values()
    assert header.metadata == {"gguf.architecture": "sdxl"}
    shapes = {"bias": (5,), "conv": (4, 2, 3, 3), "half": (1, 2), "blocks": (3, 512), "reshaped": (32, 8, 3, 3)}
    assert header.shapes == shapes
    assert {name: each.dtype for name, each in header.stored.items()} == {
        "bias": "F32", "conv": "F16", "half": "BF16", "blocks": "Q5_K", "reshaped": "Q8_0"
    }  # fmt: skip
    weights = Weights(entry)
    assert torch.equal(weights["bias"], torch.arange(5.0)) and torch.equal(weights["conv"], CONV)
    assert weights["half"].tolist() == [[1.5, -2.0]] and {name: tuple(w.shape) for name, w in weights.items()} == shapes
    _, _, data = random_blocks("Q8_0", (9, 256))
    first = torch.tensor(struct.unpack_from("<32b", data, 2)) * struct.unpack_from("<e", data)[0]
    assert torch.equal(weights["reshaped"].flatten()[:32], first) and weights["blocks"].dtype == torch.float32
    compressed = weights.compressed("reshaped")
    assert compressed is not None and compressed.shape == (32, 8, 3, 3) and compressed.nbytes == 9 * 8 * 34
    assert torch.equal(compressed.expanded(), weights["reshaped"]) and weights.compressed("conv") is None


def test_the_storage_is_that_of_most_weights(tmp_path: Path) -> None:
    assert read_header(write(tmp_path / "x.gguf")).storage == "Q8_0"
    mixed = {"a": random_blocks("Q4_K", (8, 256)), "b": random_blocks("Q6_K", (2, 256)), "c": plain(torch.zeros(9))}
    assert read_header(write_gguf(tmp_path / "y.gguf", mixed)).storage == "Q4_K"
    assert read_header(write_gguf(tmp_path / "z.gguf", {"a": plain(torch.zeros(9).half())})).storage == ""


def test_data_begin_at_the_stated_alignment(tmp_path: Path) -> None:
    for alignment in (32, 64, 4096):
        pair = text("general.alignment") + struct.pack("<II", UINT32, alignment)
        tensor = text("a") + struct.pack("<IQIQ", 1, 2, 0, 0)
        head = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + pair + tensor
        file = tmp_path / f"{alignment}.gguf"
        file.write_bytes(head + bytes(-len(head) % alignment) + struct.pack("<2f", 0.25, -3))
        assert Weights(read_entry(file))["a"].tolist() == [0.25, -3]


def test_a_tensor_of_another_type_is_listed_and_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in ((41, "Q1_0"), (77, "number 77")):
        monkeypatch.setitem(gguf_file.TYPES, "Q8_0", number)
        file = write_gguf(tmp_path / f"{number}.gguf", {"a": random_blocks("Q8_0", (4, 32))})
        assert read_header(file).shapes == {"a": (4, 32)} and read_header(file).storage == name
        with pytest.raises(ModelError, match=f"{number}.gguf has weights in {name}, which cannot be read; choose"):
            Weights(read_entry(file))["a"]


@pytest.mark.parametrize("kind", BLOCKS)
def test_short_blocks_are_refused(kind: str, tmp_path: Path) -> None:
    weights, size = BLOCKS[kind]
    cut = write_gguf(tmp_path / "cut.gguf", {"a": (kind, (3, weights), bytes(3 * size))})
    # A block less than the shape requires, in a file that is not padded.
    cut.write_bytes(cut.read_bytes()[: -(-3 * size % ALIGNMENT) - size])
    part = write_gguf(tmp_path / "part.gguf", {"a": (kind, (3, weights // 2), bytes(2 * size))})
    for file, problem in ((cut, "cut short"), (part, r"damaged \(a tensor is not divisible into blocks\)")):
        with pytest.raises(ModelError, match=rf"^{file.name} is {problem}; copy or download it again\.$"):
            read_header(file)


@pytest.mark.parametrize("kind", ["NVFP4", "TQ2_0"])
def test_blocks_with_a_separate_scale_are_refused(kind: str, tmp_path: Path) -> None:
    """llama.cpp multiplies the weights of NVFP4 and BitNet files by a tensor beside them."""
    tensors = {"l.weight": (kind, (1, 256), bytes(BLOCKS[kind][1] * 256 // BLOCKS[kind][0]))}
    write_gguf(tmp_path / "x.gguf", {**tensors, "l.scale": plain(torch.ones(1))})
    sentence = f"x.gguf has weights in {kind} with a separate scale, which cannot be read; choose"
    with pytest.raises(ModelError, match=sentence):
        Weights(read_entry(tmp_path / "x.gguf"))["l.weight"]


def pair(key: str, kind: int, form: str, *values: object) -> bytes:
    return text(key) + struct.pack("<I", kind) + struct.pack(form, *values)


def hostile_headers() -> dict[str, bytes]:
    """Return {defect: header} of GGUF headers with impossible values."""
    tensor = text("a") + struct.pack("<IQIQ", 1, 32, 8, 0)
    shape = "comfy.gguf.orig_shape.a"
    pairs = {
        "no alignment": pair("general.alignment", UINT32, "<I", 0),
        "an odd alignment": pair("general.alignment", UINT32, "<I", 33),
        "a huge alignment": pair("general.alignment", 10, "<Q", 2**63),
        "an alignment as text": text("general.alignment") + struct.pack("<I", STRING) + text("32"),
        "another size": pair(shape, ARRAY, "<IQ2i", INT32, 2, 5, 5),
        "a negative shape": pair(shape, ARRAY, "<IQ2i", INT32, 2, -4, -8),
        "a huge shape": pair(shape, ARRAY, "<IQ3q", INT64, 3, 2**62, 2**62, 0),
        "a long shape": pair(shape, ARRAY, "<IQ", INT32, 2**61),
        "a shape of texts": text(shape) + struct.pack("<IIQ", ARRAY, STRING, 1) + text("4"),
        "a shape as a number": pair(shape, UINT32, "<I", 32),
        "a list of lists": pair("x", ARRAY, "<IQ", ARRAY, 2**40),
        "an unknown type": pair("x", 99, "<I", 0),
    }
    tensors = {
        "no whole block": text("a") + struct.pack("<IQIQ", 1, 31, 8, 0),
        "no axes": text("a") + struct.pack("<IIQ", 0, 8, 0),
        "many axes": text("a") + struct.pack("<I", 2**31),
        "a huge axis": text("a") + struct.pack("<I4QIQ", 4, *[2**63] * 4, 0, 0),
        "far away": text("a") + struct.pack("<IQIQ", 1, 32, 8, 2**63),
        "twice": 2 * tensor,
        "on each other": tensor + text("b") + struct.pack("<IQIQ", 1, 32, 8, 16),
    }
    found = {what: struct.pack("<IQQ", 3, 1, 1) + each + tensor for what, each in pairs.items()}
    counts = {"twice": 2, "on each other": 2}
    return found | {what: struct.pack("<IQQ", 3, counts.get(what, 1), 0) + each for what, each in tensors.items()}


@pytest.mark.parametrize("what", hostile_headers())
def test_impossible_headers_are_refused(what: str, tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"GGUF" + hostile_headers()[what] + bytes(256))
    with pytest.raises(ModelError, match=r"^x\.gguf is (damaged|cut short)"):
        read_header(file)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return a valid file with bytes changed, removed, repeated or replaced by huge numbers."""
    found = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        # The header is the first half of the file.
        at, count = rng.randrange(len(found) // 2), rng.randint(1, 8)
        match rng.randrange(5):
            case 0:
                found[at : at + count] = rng.randbytes(count)
            case 1:
                del found[at : at + count]
            case 2:
                found[at:at] = found[max(0, at - 40) : at]
            case 3:
                found[at : at + 8] = rng.choice([b"\xff" * 8, bytes(8), struct.pack("<Q", 2**31), struct.pack("<Q", 9)])
            case 4:
                found[at] ^= 1 << rng.randrange(8)
    return bytes(found)


@pytest.mark.parametrize(
    "count", [1_000, pytest.param(6_000, marks=pytest.mark.slow)], ids=["a thousand", "six thousand"]
)
def test_random_headers_raise_only_model_errors(tmp_path: Path, count: int) -> None:
    file, rng, opened = tmp_path / "fuzzed.gguf", random.Random(count), 0
    small = {"a": random_blocks("Q8_0", (2, 32)), "b": plain(torch.ones(3, 2)), "c": random_blocks("Q4_K", (1, 256))}
    data = write_gguf(file, small, architecture="sd1", original={"c": (16, 16)}).read_bytes()
    tracemalloc.start()
    try:
        for number in range(count):
            if number == 2_000:
                # Recording allocations makes the reader four times as slow, and these files had every kind of damage.
                assert tracemalloc.get_traced_memory()[1] < 2**23
                tracemalloc.stop()
            file.unlink(missing_ok=True)
            file.write_bytes(damaged(data, rng))
            try:
                header = read_header(file)
            except ModelError as error:
                assert "fuzzed.gguf" in str(error) and str(error).isprintable() and str(error).endswith(".")
            else:
                opened += 1
                assert all(stored.end <= os.path.getsize(file) for stored in header.stored.values())
        assert tracemalloc.get_traced_memory()[1] < 2**23
    finally:
        tracemalloc.stop()
    assert 0 < opened < count * 0.9


def test_a_header_beyond_the_limit_is_not_called_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "x.gguf")
    monkeypatch.setattr(gguf, "_FIRST_READ", 16)
    monkeypatch.setattr(gguf, "LIMIT", 64)
    with pytest.raises(ModelError, match=r"^x\.gguf has a header of more than 0 MB, which no known model has; choose"):
        read_header(file)
    file.write_bytes(file.read_bytes()[:60])
    with pytest.raises(ModelError, match="cut short"):
        read_header(file)
