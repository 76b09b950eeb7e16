"""Damaged and hostile image files are read or refused with a message, in little time and memory."""

from __future__ import annotations

import json
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import read_rgba
from gdm_studio.gallery import Metadata, read
from tests.drills.fuzz_metadata import drill, peak
from tests.helpers.foreign_images import SIDES, chunk, png, png_chunks, with_comment, with_exif

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER = struct.pack(">IIBBBBB", *SIDES, 8, 6, 0, 0, 0)
TEXT = "cat\nSteps: 9, Sampler: Euler, Seed: 1, Size: 64x64"


@pytest.mark.slow
def test_the_fuzzing_drill_reads_and_refuses_files(tmp_path: Path) -> None:
    report = drill(120, 1, tmp_path)
    assert report.count == 120 and report.read > 10 and report.refused > 5


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"class_type": ' + "[" * 100_000,
        "Steps: " * 300_000,
        "a: [" * 300_000,
        'ab: ["cd: ' * 200_000,
        "<lora:" * 300_000,
        "[x] " * 300_000,
        '"' + "\\" * 1_000_000,
        "\n" * 1_000_000,
        '{"prompt": ' + "9" * 1_000_000 + "}",
        '{"c": "x", "sui_image_params": {"seed": 1e999, "steps": NaN, "cfgscale": -Infinity}}',
    ],
)
@pytest.mark.parametrize("keyword", ["parameters", "prompt", "Dream", "Comment", "invokeai_metadata", "gdm_studio"])
def test_very_long_texts_are_read_quickly(tmp_path: Path, keyword: str, text: str) -> None:
    path = png(tmp_path / "x.png", {keyword: text})
    begun = time.process_time()
    json.dumps(read(path).fields, allow_nan=False)
    # Well under a second; a reader that takes quadratic time needs minutes for texts of this length.
    assert time.process_time() - begun < 20


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\x0a" + bytes(40), "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(40), "JPEG XL"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heix" + bytes(40), "HEIC"),
    ],
)
def test_unsupported_image_formats_are_named_in_the_error(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    for reading in (read, read_rgba):
        with pytest.raises(StorageError) as error:
            reading(path)
        assert str(error.value).startswith(f"{path} is a {kind} picture, ") and "save it as" in str(error.value)
    path.write_bytes(b"\0\0\0\x14ftypavif\0\0\0\0mif1" + content[20:])
    with pytest.raises(StorageError, match="not a picture, or it is damaged"):
        read(path)


@pytest.mark.parametrize(
    ("name", "form"), [("x.tga", "TGA"), ("x.ICO", "ICO"), ("x.jp2", "JPEG2000"), ("x.ppm", "PPM")]
)
def test_pictures_of_other_formats_are_named_by_their_suffix(tmp_path: Path, name: str, form: str) -> None:
    path = tmp_path / name
    Image.new("RGB", (32, 32), "red").save(path, form)
    for reading in (read, read_rgba):
        with pytest.raises(StorageError, match=r"x\.\w+ is a .+ picture, which is not supported; save it as PNG"):
            reading(path)


def test_a_chunk_with_a_wrong_checksum_is_ignored(tmp_path: Path) -> None:
    path = png(tmp_path / "x.png", {"parameters": TEXT})
    content = path.read_bytes()
    assert read(path).request.prompt == "cat"
    path.write_bytes(content.replace(b"cat", b"dog"))
    assert read(path) == Metadata(size=SIDES)


def test_chunks_longer_than_the_file_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    good = chunk(b"tEXt", b"parameters\0" + TEXT.encode())
    path.write_bytes(SIGNATURE + chunk(b"IHDR", HEADER) + good + b"\xff\xff\xff\xfftEXtprompt\0{}")
    assert read(path).request.prompt == "cat"


def test_decompression_bombs_are_skipped_and_other_chunks_are_read(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(40_000_000))
    bombs = [(b"zTXt", b"prompt\0\0" + bomb), (b"iTXt", b"workflow\0\1\0\0\0" + bomb)]
    path = png_chunks(tmp_path / "x.png", [*bombs, (b"tEXt", b"parameters\0" + TEXT.encode())])
    assert read(path).request.prompt == "cat"


def test_exif_directories_that_contain_themselves_are_ignored(tmp_path: Path) -> None:
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    path = png_chunks(tmp_path / "x.png", [(b"eXIf", b"II*\0" + struct.pack("<IH", 8, 65535) + entry * 9)])
    assert read(path) == Metadata(size=SIDES)


def test_entities_in_xmp_are_not_expanded(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    xmp = f"{laughs}<x><sdcpp:parameters>{TEXT.replace('cat', '&b;&b;')}</sdcpp:parameters></x>"
    assert read(with_exif(tmp_path / "x.jpg", {}, xmp=xmp.encode())).request.prompt == "&b;&b;"


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_truncated_files_are_read_or_refused(tmp_path: Path, suffix: str) -> None:
    path = with_comment(tmp_path / f"x.{suffix}", TEXT)
    whole = path.read_bytes()
    complete = read(path)
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        try:
            assert read(path).fields.keys() <= complete.fields.keys()
        except StorageError as error:
            assert str(path) in str(error)


BLANK = " " * 1_000_000
LETTERS = "x" * 1_000_000


def _meshed() -> dict[str, Any]:
    """Return a graph of 900 nodes that are each connected with 150 others."""
    return {
        str(at): {"class_type": "SaveImage", "inputs": {f"input {way}": [str(at // 2 + 1), 0] for way in range(150)}}
        for at in range(900)
    }


TWICE = [{"string_a": [f"n{at + 1}", 0], "string_b": [f"n{at + 1}", 0]} for at in range(12)]
DOUBLED = {f"n{at}": {"class_type": "StringConcatenate", "inputs": inputs} for at, inputs in enumerate(TWICE)}
SAMPLER = {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 2, "positive": ["n0", 0], "latent_image": ["0", 0]}}


def _recursive() -> dict[str, Any]:
    """Return a workflow whose nodes contain themselves."""
    inner = {"id": "x", "nodes": [{"id": at, "type": "x"} for at in range(4000)], "links": [], "inputs": []}
    return {
        "nodes": [{"id": at, "type": "x", "inputs": [{"name": "a", "link": at}] * 200} for at in range(900)],
        "links": [[at, at, 0, at, 0, "*"] for at in range(900)], "definitions": {"subgraphs": [inner]},
    }  # fmt: skip


def _wireless() -> dict[str, Any]:
    """Return a workflow of 3,999 nodes that are connected by names alone."""
    nodes = [{"id": at, "type": ("SetNode", "GetNode")[at % 2], "widgets_values": ["x" * 300]} for at in range(3999)]
    return {"nodes": nodes, "links": []}


@pytest.mark.parametrize(
    "create_texts",
    [
        lambda: {"workflow": json.dumps(_recursive())},
        lambda: {"workflow": json.dumps(_wireless())},
        *(lambda text=text: {"workflow": json.dumps(
            {"nodes": [{"id": 1, "type": "CLIPTextEncode", "widgets_values": [text]}], "links": []})}
          for text in ("/*" * 500_000, "/* x */" + "/* " * 300_000, "/* " * 300_000 + "*/", "//" * 500_000)),
        lambda: {"Description": "a" + " --v 6" * 300_000 + " Job ID: a7421d2f-b262-44f9-977c-ac23e9c7d3e3"},
        lambda: {"Description": f"a{BLANK}Job ID: 1{BLANK}"},
        lambda: {"Dream": '"a"' + " -A" * 300_000},
        lambda: {"sd-metadata": json.dumps({"image": {"prompt": f"[a]{BLANK}"}})},
        lambda: {"Dream": f'"[a]{BLANK}" -s 5'},
        lambda: {"parameters": json.dumps(
            {"base_model": "x", "resolution": BLANK, "sampler": BLANK, "seed": "9" * 10**6})},
        lambda: {"parameters": "<lora:" * 40_000 + "\nSteps: 1, Seed: 2, Size: 8x8"},
        lambda: {"parameters": "cat\nSteps: 1, Seed: 2, Size: 8x8, " + 'a: ["b: {' * 3000},
        lambda: {"invokeai_metadata": json.dumps({f"{number}": {"a": number} for number in range(150_000)})},
        lambda: {"prompt": json.dumps(
            {LETTERS: {"class_type": LETTERS, "inputs": {LETTERS: ["1", 0]}}} | {"s": SAMPLER})},
        lambda: {"prompt": json.dumps(_meshed() | {"s": SAMPLER})},
        lambda: {"prompt": json.dumps(
            DOUBLED | {"n12": {"class_type": "Text", "inputs": {"text": LETTERS}}, "s": SAMPLER,
                       "n0": {"class_type": "E", "inputs": {"text": ["n1", 0], "clip": ["9", 0]}}})},
        lambda: {"XML:com.adobe.xmp": "Draw Things parameters UserComment" + "<a:a-a " * 500_000},
        lambda: {"XML:com.adobe.xmp": "<x:parameters " * 250_000},
    ],
)  # fmt: skip
def test_adversarial_texts_take_little_time_and_memory(
    tmp_path: Path, create_texts: Callable[[], dict[str, str]]
) -> None:
    path = png(tmp_path / "x.png", create_texts())
    before, begun = peak(), time.process_time()
    read(path)
    # At most 0.4 s on an idle machine; a vulnerable reader would not finish.
    assert time.process_time() - begun < 20
    assert peak() - before < 2**27
