"""Hostile image files: real files damaged, their texts mixed and repacked, and files written for the purpose."""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gdm_studio.gallery.metadata.containers import read_texts
from tests.helpers.foreign_images import manifest_store

DATA = Path(__file__).parent.parent / "data" / "metadata"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORDS = (
    "parameters", "prompt", "workflow", "Comment", "Description", "Software", "Source", "invokeai_metadata",
    "sd-metadata", "Dream", "generation_data", "parameters-json", "fooocus_scheme", "gdm_studio", "extraMetadata",
    "use_stable_diffusion_model", "scale", "XML:com.adobe.xmp", "seed", "steps",
)  # fmt: skip
_SCALARS: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, 2**64, -(2**70), 10**400, 0.5, float("nan"), float("inf"), "", "x", "1e999",
    "\ud800", "\0", "512x512", "9" * 5000, [], {}, [[]], ["1", 0], ["none", 9], [1, 0], {"a": {}}, "Steps: 1, Seed: 2"
)  # fmt: skip


def real_files() -> list[Path]:
    """Return images of many tools."""
    return sorted(path for path in DATA.iterdir() if path.suffix in (".png", ".jpg", ".jpeg", ".webp"))


def file(rng: random.Random, sources: list[Path]) -> tuple[str, str, bytes]:
    """Return what was done, the file name suffix, and the content."""
    make = rng.choices(_MAKERS, [weight for _, weight in _WEIGHTS])[0]
    suffix, content = make(rng, sources)
    return make.__name__.strip("_"), suffix, content


def damaged(rng: random.Random, sources: list[Path]) -> tuple[str, bytes]:
    """Return a real file with bytes changed, removed, inserted, or cut off, and its checksums unchanged."""
    path = rng.choice(sources)
    return path.suffix, _mutated(rng, _content(path))


def damaged_inside(rng: random.Random, sources: list[Path]) -> tuple[str, bytes]:
    """Return a real PNG with damaged text chunks and correct checksums."""
    path = rng.choice([each for each in sources if each.suffix == ".png"])
    before = _chunks(_content(path))
    chunks = [(kind, _mutated(rng, body) if kind in _TEXTS and body else body) for kind, body in before]
    return ".png", _png(chunks)


def repacked(rng: random.Random, sources: list[Path]) -> tuple[str, bytes]:
    """Return damaged texts of real files under one another's keywords, in any format."""
    texts = {
        rng.choice((*_KEYWORDS, name)): _bent(rng, text)
        for name, text in (_texts(rng.choice(sources)) | _texts(rng.choice(sources))).items()
    }
    return _packed(rng, texts)


def made_up(rng: random.Random, sources: list[Path]) -> tuple[str, bytes]:
    """Return texts that no tool wrote."""
    texts = {rng.choice(_KEYWORDS): rng.choice(_TEXT_MAKERS)(rng) for _ in range(rng.randrange(1, 4))}
    return _packed(rng, texts)


def laid_out(rng: random.Random, sources: list[Path]) -> tuple[str, bytes]:
    """Return damaged texts in layouts of tools without a sample file."""
    keyword, text = rng.choice(_LAYOUTS)
    return _packed(rng, {keyword: _bent(rng, text)})


def signed(rng: random.Random, sources: list[Path]) -> tuple[str, bytes]:
    """Return damaged content credentials with correct checksums."""
    claim = {"alg": "sha256", "claim_generator": "x/1 y/2", "claim_generator_info": [{"name": "x", "version": "1"}]}
    manifests = manifest_store(claim, claim)
    body = manifests[:300] if rng.random() < 0.1 else _mutated(rng, manifests[-400:])
    body = manifests[: rng.choice((0, len(manifests) - 400))] + body
    chunks = [(b"IHDR", _header(8)), (b"caBX", body), (b"IDAT", zlib.compress(bytes(8 * 33))), (b"IEND", b"")]
    return ".png", _png(chunks)


def hidden(rng: random.Random, sources: list[Path]) -> tuple[str, bytes]:
    """Return a message hidden in the pixels, usually an invalid one."""
    texts = _texts(rng.choice(sources))
    raw = json.dumps(texts).encode() if rng.random() < 0.5 else rng.choice(_TEXT_MAKERS)(rng).encode("utf-8", "replace")
    depth, packs = rng.choice((1, 3)), rng.random() < 0.6
    raw = gzip.compress(raw[: 2**16]) if packs else raw[: 2**15]
    length = rng.choice((8 * len(raw), 0, 7, 2**31, 2**32 - 1, rng.randrange(2**20)))
    kind = b"stealth_" + {1: b"png", 3: b"rgb"}[depth] + (b"comp" if packs else b"info")
    bits = np.unpackbits(np.frombuffer(kind + struct.pack(">I", length) + raw, np.uint8))
    width, height = rng.choice(((64, 64), (200, 130), (16, 400), (400, 16), (300, 300)))
    pixels = np.full((width, height, 4), 254, np.uint8)  # columns first, as the message lies
    planes = pixels[:, :, 3:] if depth == 1 else pixels[:, :, :3]
    flat = planes.reshape(-1).copy()
    flat[: len(bits)] |= bits[: len(flat)]
    planes[...] = flat.reshape(planes.shape)
    content = _saved(Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 0, 2))), "PNG")
    return ".png", _mutated(rng, content) if rng.random() < 0.2 else content


def bombs(rng: random.Random, sources: list[Path]) -> tuple[str, bytes]:
    """Return small data that unpacks to a large size or claims to."""
    packed = _bomb(rng.choice((10, 10**4, 10**7)))
    side = rng.choice((0, 1, 65536, 2**31 - 1))
    kinds = {
        b"zTXt": b"parameters\0\0" + packed,
        b"iTXt": b"parameters\0\1\0\0\0" + packed,
        b"tEXt": b"prompt\0" + b'{"a":' * rng.randrange(1, 200_000),
        b"eXIf": _exif_loop(rng),
        b"IDAT": zlib.compress(bytes(rng.choice((10, 10**6)))),
    }
    chosen = rng.choices(list(kinds), k=rng.randrange(1, 40))
    content = _png([(b"IHDR", _header(side)), *((kind, kinds[kind]) for kind in chosen), (b"IEND", b"")])
    if rng.random() < 0.2:
        content += struct.pack(">I", 2**32 - 1) + b"tEXt"
    return ".png", content


@cache
def _bomb(times: int) -> bytes:
    """Compress in pieces, because the unpacked size of up to 310 MB must not count as measured memory."""
    packer, piece = zlib.compressobj(), b"Steps: 20, Seed: 1, Size: 8x8, " * min(times, 10**4)
    return b"".join(packer.compress(piece) for _ in range(max(1, times // 10**4))) + packer.flush()


_WEIGHTS: tuple[tuple[Callable[[random.Random, list[Path]], tuple[str, bytes]], int], ...] = (
    (damaged, 6), (damaged_inside, 6), (repacked, 6), (made_up, 5), (laid_out, 6), (signed, 3), (hidden, 2), (bombs, 1),
)  # fmt: skip
_MAKERS = [make for make, _ in _WEIGHTS]
_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf")


@cache
def _content(path: Path) -> bytes:
    return path.read_bytes()


@cache
def _texts(path: Path) -> dict[str, str]:
    return dict(read_texts(path).texts)


def _mutated(rng: random.Random, content: bytes) -> bytes:
    data = bytearray(content)
    if rng.random() < 0.3:
        del data[rng.randrange(len(data)) :]
    for _ in range(rng.randrange(1, 12)):
        at = rng.randrange(min(len(data), rng.choice((100, 4000, 10**7)))) if data else 0
        match rng.randrange(5):
            case 0 | 1 if data:
                data[at] = rng.choice((0, 255, rng.randrange(256)))
            case 2:
                del data[at : at + rng.randrange(1, 30)]
            case 3:
                data[at:at] = rng.choice((rng.randbytes(8), b"\xff" * 4, b'"', b"[", b"\\", b"{" * 50, b"\0" * 8))
            case 4 if data:
                start = rng.randrange(len(data))
                data[at:at] = data[start : start + rng.randrange(1, 200)]
    return bytes(data)


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        found.append((kind, content[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def _png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + zlib.crc32(kind + body).to_bytes(4, "big") for kind, body in chunks
    )


def _header(side: int) -> bytes:
    return struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)


def _bent(rng: random.Random, text: str) -> str:
    """Return the text damaged as text, or as a value if it is JSON."""
    if rng.random() < 0.6 and text.lstrip().startswith("{"):
        try:
            value = json.loads(text)
        except ValueError:
            return text
        for _ in range(rng.randrange(1, 8)):
            value = _rearranged(rng, value)
        return json.dumps(value)
    raw = text.encode("utf-8", "replace")
    return _mutated(rng, raw).decode("utf-8", "replace") if raw else text


def _rearranged(rng: random.Random, value: Any) -> Any:
    """Return the JSON with one of its values replaced, moved, or removed."""
    at, trail = value, []
    while isinstance(at, dict | list) and at and (not trail or rng.random() < 0.8):
        key = rng.choice(list(at)) if isinstance(at, dict) else rng.randrange(len(at))
        trail.append((at, key))
        at = at[key]
    if not trail:
        return _scalar(rng)
    holder, key = trail[-1]
    match rng.randrange(4):
        case 0:
            holder.pop(key)
        case 1 if len(trail) > 1:
            holder[key] = [rng.choice(list(value)) if isinstance(value, dict) else "1", rng.randrange(3)]
        case 2 if isinstance(holder, dict):
            holder[rng.choice(_NAMES)] = holder.pop(key)
        case _:
            holder[key] = _scalar(rng)
    return value


def _scalar(rng: random.Random) -> Any:
    return copy.deepcopy(rng.choice(_SCALARS))


_NAMES = (
    "", "seed", "steps", "cfg", "sampler_name", "scheduler", "positive", "negative", "model", "latent_image", "text",
    "images", "class_type", "inputs", "prompt", "width", "height", "sui_image_params", "Comment", "image", "switch",
)  # fmt: skip


def _packed(rng: random.Random, texts: dict[str, str]) -> tuple[str, bytes]:
    """Store all texts in a PNG, or the first as EXIF, XMP or a comment in another format."""
    suffix = rng.choice((".png", ".png", ".jpg", ".webp"))
    raw = {name: text.encode("utf-8", "replace") for name, text in texts.items()}
    if suffix == ".png":
        chunks = [(b"tEXt", name.encode("latin-1", "replace") + b"\0" + text) for name, text in raw.items()]
        return suffix, _png([(b"IHDR", _header(8)), *chunks, (b"IDAT", zlib.compress(bytes(8 * 33))), (b"IEND", b"")])
    text = next(iter(raw.values()), b"")[:60_000]
    charset = rng.choice((b"UNICODE\0", b"ASCII\0\0\0", b"JIS\0\0\0\0\0", bytes(8), b""))
    order = rng.choice(("utf-16-be", "utf-16-le"))
    comment = charset + (text.decode("utf-8", "replace").encode(order) if charset.startswith(b"U") else text)
    exif = Image.Exif()
    exif[rng.choice((0x010E, 0x010F, 0x0110, 0x0131))] = rng.choice((b"", b"prompt:", b"Workflow: ")) + text[:20_000]
    exif.get_ifd(0x8769)[rng.choice((0x9286, 0x9286, 0x927C))] = comment[:30_000]
    xmp = b"<x:xmpmeta><exif:UserComment><rdf:li>" + text[:9000] + b"</rdf:li></exif:UserComment>Draw Things"
    options: dict[str, Any] = {"exif": exif} if rng.random() < 0.8 else {"xmp": xmp}
    if suffix == ".jpg" and rng.random() < 0.3:
        options["comment"] = text
    content = _saved(Image.new("RGB", (8, 8)), "JPEG" if suffix == ".jpg" else "WEBP", **options)
    return suffix, _mutated(rng, content) if rng.random() < 0.4 else content


def _saved(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def _exif_loop(rng: random.Random) -> bytes:
    """Return EXIF directories that refer to themselves or beyond the end, with false entry counts."""
    entries = [
        struct.pack("<HHII", rng.choice((0x8769, 0x9286, 0x010E, 0x010F)), rng.choice((1, 2, 4, 7)), size, place)
        for size, place in ((2**32 - 1, 8), (1, 8), (4, 2**32 - 1), (10, rng.randrange(60)))
    ]
    return b"II*\0" + struct.pack("<IH", 8, rng.choice((4, 65535))) + b"".join(entries)


_KEYS = ("Steps", "Sampler", "CFG scale", "Seed", "Size", "Model", "Civitai resources", "Lora weights", "Version", "x")
_VALUES = ("20", '"', '"a, b', "[" * 9, '{"a": ', '[{"type": "model"}]', "1x1", "NaN", "-1", "9" * 99, ": , :", "")
_ABOVE = ("", "cat", "Negative prompt: x", "<lora:a:1" * 99)
_BELOW = ("", "Template: x")
# a graph is known by the words in it, and only then is it parsed
_BRACKETS = (("[", "]"), ('{"inputs":', "}"), ('{"prompt":', "}"), ('{"class_type":', "}"))
_PARTS = ("Steps: 1, ", "a: [", 'ab: ["cd: ', "<lora:", "[x] ", "(", "\n", "Negative prompt:", '"\\', "-S 1 ", "{}")


def _infotext(rng: random.Random) -> str:
    line = ", ".join(f"{rng.choice(_KEYS)}: {rng.choice(_VALUES)}" for _ in range(rng.choice((3, 12, 900))))
    return "\n".join([rng.choice(_ABOVE), line, rng.choice(_BELOW)])


def _nested(rng: random.Random) -> str:
    depth, (opening, closing) = rng.choice((5, 900, 50_000)), rng.choice(_BRACKETS)
    return opening * depth + "1" + closing * (depth if rng.random() < 0.7 else depth // 2)


def _long(rng: random.Random) -> str:
    part = rng.choice(_PARTS)
    return part * (rng.choice((10, 10**3, 2 * 10**6)) // len(part))


_NODES = (
    "KSampler", "SaveImage", "ConditioningCombine", "ConditioningConcat", "StringConcatenate", "CLIPTextEncode",
    "Reroute", "ComfySwitchNode", "SamplerCustomAdvanced", "EmptyLatentImage", "LoraLoader", "\ud800",
)  # fmt: skip
_INPUTS = (
    "positive", "negative", "conditioning_1", "conditioning_2", "string_a", "string_b", "text", "clip", "model", "",
    "latent_image", "images", "samples", "seed", "steps", "value", "switch", "on_true", "on_false", "sigmas", "guider",
    "conditioning_to", "conditioning_from", "width", "height", "pipe",
)  # fmt: skip


def _graph(rng: random.Random) -> str:
    """Return nodes with random links: loops, diamonds with exponentially many paths, and dangling links."""
    count, near = rng.choice((3, 12, 60, 400)), rng.random() < 0.5

    def value(number: int) -> Any:
        if rng.random() < 0.3:
            return _scalar(rng)
        return [str(max(0, number - rng.randrange(1, 3)) if near else rng.randrange(count)), 0]

    inputs = [{rng.choice(_INPUTS): value(number) for _ in range(9)} for number in range(count)]
    kinds = rng.choices(_NODES, k=count)
    if rng.random() < 0.7:
        nodes = zip(kinds, inputs, strict=True)
        return json.dumps({str(at): {"class_type": kind, "inputs": each} for at, (kind, each) in enumerate(nodes)})
    slots = [{"name": name, "link": rng.randrange(9)} for name in rng.choices(_INPUTS, k=4)]
    widgets = [1, "fixed", None, float("nan")]
    drawn = [{"id": at, "type": kind, "widgets_values": widgets, "inputs": slots} for at, kind in enumerate(kinds)]
    links = [[number, rng.randrange(count), 0, 1, 0, "*"] for number in range(9)]
    return json.dumps({"nodes": drawn, "links": rng.choice((links, links, None, [[]], 5))})


_SEARGE = {
    "3": {"class_type": "SeargeTextInputV2", "inputs": {"prompt": "a cat"}},
    "9": {"class_type": "SeargePromptAdapterV2", "inputs": {"main_prompt": ["3", 0], "negative_main_prompt": ["3", 0]}},
    "10": {"class_type": "SeargeGenerationParameters", "inputs": {
        "seed": 5, "image_size_preset": "512x768 (2:3)", "steps": 20, "cfg": 6.5, "sampler_preset": "1 - x",
    }},
    "11": {"class_type": "SeargeOperatingMode", "inputs": {"workflow_mode": "text-to-image", "prompting_mode": "x"}},
    "13": {"class_type": "SeargeLoras", "inputs": {"lora_1": "fur", "lora_1_strength": 0.2, "data": ["10", 0]}},
}  # fmt: skip
_INNER = {
    "id": "a-b", "inputs": [{"name": "model"}, {"name": "seed"}],
    "nodes": [
        {"id": 1, "type": "KSampler", "widgets_values": [5, "fixed", 20, 6.5, "euler", "normal", 1],
         "inputs": [{"name": "model", "link": 1}, {"name": "seed", "link": 2, "widget": {"name": "seed"}},
                    {"name": "positive", "link": 4}]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["a /* b */ cat"], "inputs": []},
        {"id": 5, "type": "GetNode", "widgets_values": ["words"]},
        {"id": 6, "type": "SetNode", "widgets_values": ["words"]},
    ],
    "links": [
        {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 1, "target_slot": 0},
        {"id": 2, "origin_id": -10, "origin_slot": 1, "target_id": 1, "target_slot": 1},
        {"id": 3, "origin_id": 1, "origin_slot": 0, "target_id": -20, "target_slot": 0},
        {"id": 4, "origin_id": 2, "origin_slot": 0, "target_id": 1, "target_slot": 2},
    ],
}  # fmt: skip
_DRAWN = {
    "nodes": [
        {"id": 7, "type": "a-b", "widgets_values": [9],
         "inputs": [{"name": "model", "link": 8}, {"name": "seed", "widget": {"name": "seed"}, "link": None}]},
        {"id": 8, "type": "a-b", "inputs": [{"name": "model", "link": 9}]},
        {"id": 9, "type": "SaveImage", "inputs": [{"name": "images", "link": 7}]},
    ],
    "links": [[7, 7, 0, 9, 0, "*"], [8, 8, 0, 7, 0, "*"], [9, 7, 0, 8, 0, "*"]],
    "definitions": {"subgraphs": [_INNER]},
}  # fmt: skip
_PLUS = {"Prompt": "a cat", "Base Model": "x", "Seed": "42", "Resolution": "(8, 8)", "Version": "FooocusPlus 1.0.0",
         "LoRAs": [["fur", 0.8, "ff"]], "Metadata Scheme": "Fooocus"}  # fmt: skip
_BLEND = {"image": {"prompt": [{"prompt": "a", "weight": 0.2}, {"prompt": "b", "weight": 0.8}]}, "model_id": "x"}
_BESIDE = {"10": _SEARGE["10"], "extraMetadata": json.dumps({"prompt": "a cat", "seed": -1, "width": 8})}
_LAYOUTS = (
    ("prompt", json.dumps(_SEARGE)),
    ("workflow", json.dumps(_DRAWN)),
    ("workflow", json.dumps(_DRAWN)),
    ("Comment", json.dumps(_PLUS)),
    ("sd-metadata", json.dumps(_BLEND)),
    ("prompt", json.dumps(_BESIDE)),
    ("Dream", '"a cat" -s50 -W512 -Ak_lms -S3357757885 -U 4 0.75 --hires -f0.4'),
    ("Description", "a castle --ar 2:1 --no people --v 6 Job ID: a7421d2f-b262-44f9-977c-ac23e9c7d3e3"),
    ("XML:com.adobe.xmp", "<dc:description><rdf:li>a --v 6 Job ID: 1</rdf:li></dc:description>"),
)
_TEXT_MAKERS = (_infotext, _nested, _long, _graph, _graph)
