"""A tiny made-up copy of the three npm archives: a handful of drawings under names that the real sets use."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

from gdm_studio.training.data.dataset import EMOJI_SETS

DISC = '<circle cx="18" cy="18" r="15" fill="{}"/>'
BAR = '<path fill="{}" d="M2 14h32v8H2z"/>'
HALVES = '<path fill="#e02020" d="M3 3h30v15H3z"/><path fill="#2050e0" d="M3 18h30v15H3z"/>'

Sets = dict[str, dict[str, str]]


def drawings() -> Sets:
    """Return {set: {name: SVG body}}. "bomb" of twemoji and "bear" of fluent-emoji are held out."""
    sets: Sets = {name: {"red-apple": DISC.format("#e02020")} for name in EMOJI_SETS if name != "fxemoji"}
    sets["fxemoji"] = {"banana": BAR.format("#f0d020")}
    sets["twemoji"] |= {
        "bomb": '<path d="M4 4h20v20H4z"/>',
        "banana": BAR.format("#f0d020"),
        "abacus": BAR.format("#208020"),
        "unicorn": HALVES,
        "grapes": DISC.format("#8020c0"),
    }
    sets["fluent-emoji"]["bear"] = '<path fill="#604020" d="M0 0h30v9H0z"/>'
    sets["fluent-emoji-flat"]["bear"] = '<path fill="#604020" d="M0 20h9v9H0z"/>'
    return sets


def write_archives(folder: Path, sets: Sets, *, noto: dict[str, Any] | None = None) -> Path:
    """Pack the sets and a few English words into `folder`, as npm would; `noto` replaces parts of a set."""
    documents = {prefix: _set_document(prefix, icons) for prefix, icons in sets.items()}
    documents["noto"] |= noto or {}
    members = {f"package/json/{prefix}.json": document for prefix, document in documents.items()}
    _pack(folder / "iconify-json-2.2.535.tgz", members)
    annotations = {
        "🍎": {"default": ["apple", "fruit", "red", "ripe"], "tts": ["red apple"]},
        "🍇": {"default": ["fruit", "grape"], "tts": ["grapes"]},
        "🍌": {"default": ["banana", "fruit", "potassium"], "tts": ["banana"]},
    }
    document = {"annotations": {"annotations": annotations}}
    _pack(folder / "cldr-annotations-full-48.2.0.tgz", {"package/annotations/en/annotations.json": document})
    words = {"🍎": ["red_apple", "mac", "ripe", ":)"], "🍇": ["grapes", "wine"]}
    _pack(folder / "emojilib-4.0.3.tgz", {"package/dist/emoji-en-US.json": words})
    return folder


def _set_document(prefix: str, icons: dict[str, str]) -> dict[str, Any]:
    return {
        "prefix": prefix,
        "width": 36,
        "height": 36,
        "icons": {name: {"body": body} for name, body in icons.items()},
    }


def _pack(path: Path, members: dict[str, Any]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, document in members.items():
            content = json.dumps(document).encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
