"""`gdm-studio inspect`: how a picture was made, as far as its file tells."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdm_studio.gallery import Metadata

_ALWAYS = (
    "prompt",
    "negative_prompt",
    "seed",
    "steps",
    "sampler",
    "scheduler",
    "guidance_scale",
    "temperature",
    "size",
    "model",
    "style",
    "version",
)


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "inspect",
        help="show how a picture was made",
        description="Show the settings in a picture made by GDM Studio or by a tool of the A1111 family.",
    )
    parser.add_argument("image", type=Path, help="a PNG, JPEG or WebP file")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Print what the file holds; a file without settings is no error."""
    from gdm_studio.gallery import read

    metadata = read(args.image)
    if args.json:
        print(json.dumps(_as_json(metadata)))
    else:
        print(_as_text(args.image, metadata))
    return 0


def _as_json(metadata: Metadata) -> dict[str, Any]:
    """Every usual field, null where the file does not say, its other fields, and what restoring would do."""
    width, height = metadata.size
    return {
        "tool": metadata.tool or None,
        **{name: metadata.fields.get(name) for name in _ALWAYS},
        **{name: value for name, value in metadata.fields.items() if name not in _ALWAYS},
        "width": width,
        "height": height,
        "restorable": metadata.request is not None,
        "used": metadata.used,
        "ignored": metadata.ignored,
        "unknown": metadata.unknown,
    }


def _as_text(path: Path, metadata: Metadata) -> str:
    width, height = metadata.size
    if not metadata.fields:
        return f"{path.name} is a picture of {width}x{height} pixels, without settings that can be read."
    fields = {name: value for name, value in metadata.fields.items() if value not in ("", {})}
    if not metadata.stopped_at:
        fields.pop("stopped_at", None)
    if created := fields.pop("created", 0):
        fields["created"] = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(created))
    lines = [f"{path.name}, {width}x{height} pixels, made by {metadata.tool}"]
    lines += [_line(name.replace("_", " "), value) for name, value in fields.items()]
    for title, entries in (("ignored", metadata.ignored), ("unknown", metadata.unknown)):
        if entries:
            lines.append(_line(title, ", ".join(entries)))
    return "\n".join(lines)


def _line(name: str, value: Any) -> str:
    if isinstance(value, dict):
        value = ", ".join(f"{key} {number:g}" for key, number in value.items())
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"  {name:16}" + text.replace("\n", "\n" + " " * 18)
