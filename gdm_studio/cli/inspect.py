"""`gdm-studio inspect`: how a picture was made, as far as its file tells."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.cli.saying import remark, say, say_json
from gdm_studio.errors import ModelError, StorageError, StudioError

if TYPE_CHECKING:
    from gdm_studio.gallery import Metadata
    from gdm_studio.models.card import ModelCard
    from gdm_studio.models.held import Held
    from gdm_studio.models.library import Library
    from gdm_studio.models.origins import Origin
    from gdm_studio.studio.restoring import Restored

Lines = Callable[[], "list[Held]"]  # the models that are here, looked for when they are first asked for
Cards = Callable[[], "list[ModelCard]"]  # those too that are one of them with a LoRA for few steps
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif")
_WITHOUT = "without settings that can be read"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "inspect",
        help="show how a picture was made",
        description="Show the settings in pictures made by GDM Studio or by other tools: the A1111 family, ComfyUI, "
        "InvokeAI, NovelAI, Fooocus, SwarmUI, Midjourney and more. `used` says what restoring them here would make of "
        "them.",
    )
    parser.add_argument("image", type=Path, nargs="+", help="PNG, JPEG or WebP files, or folders of them")
    parser.add_argument("--json", action="store_true", help="one JSON object, for several files one a line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Print what the files hold; a file without settings is no error, one of several that cannot be read ends none."""
    from gdm_studio.gallery import read
    from gdm_studio.models.library import Library

    library, unread = cache(Library), 0
    held, cards = cache(lambda: library().held()), cache(lambda: library().cards())
    alone = len(args.image) == 1 and not args.image[0].is_dir()
    for path in _files(args.image):
        try:
            found = _restored(read(path), held, cards)
            origin = _origin(path, found.metadata, library)
        except StorageError as error:
            if alone:
                raise
            remark(f"gdm-studio: {error}")
            unread += 1
            continue
        if args.json:
            say_json({**({} if alone else {"file": str(path)}), **_as_json(found, origin)})
        else:
            say(*_as_lines(path, found, origin))
    return 2 if unread else 0


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files, and the pictures in folders, in the order of their names. Raises StudioError for one without any."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in _SUFFIXES and each.is_file())
        if not inside:
            raise StudioError(f"There are no pictures in {path}; choose a folder that has some.")
        yield from inside


def _origin(path: Path, metadata: Metadata, library: Callable[[], Library]) -> Origin | None:
    """The training drawing that it is close to, where the model that made it is here and knows its drawings."""
    if metadata.request is None:
        return None
    from gdm_studio.models.origins import close_to
    from gdm_studio.picture_file import read_rgba

    with suppress(ModelError):
        import numpy as np

        return close_to(library().card(metadata.request.model), np.asarray(read_rgba(path)))
    return None


def _as_json(found: Restored, origin: Origin | None) -> dict[str, Any]:
    """Every usual field, null where the file does not say, its other fields, and what restoring would do."""
    from gdm_studio.gallery.metadata import USUAL

    metadata = found.metadata
    width, height = metadata.size
    return {
        "tool": metadata.tool or None,
        **dict.fromkeys(USUAL),
        **metadata.fields,
        "made_with": metadata.made_with,
        "width": width,
        "height": height,
        "c2pa": metadata.c2pa,
        "c2pa_maker": metadata.maker or None,
        "model_here": found.model.name if found.model else None,
        "missing": found.missing,
        "another_hash": found.others,
        "restorable": metadata.request is not None,
        "request": json.loads(metadata.request.to_json()) if metadata.request else None,
        "used": metadata.used,
        "ignored": metadata.ignored,
        "unknown": metadata.unknown,
        "close_to": origin.facts if origin else None,
    }


def _as_lines(path: Path, found: Restored, origin: Origin | None) -> list[str]:
    metadata = found.metadata
    width, height = metadata.size
    signed = f"its C2PA manifest names {metadata.maker}" if metadata.maker else "a C2PA manifest is present"
    if not metadata.fields:
        tool = f" made by {metadata.tool}" if metadata.tool else ""
        manifest = f"; {signed}" if metadata.c2pa else ""
        return [f"{path.name} is a picture of {width}x{height} pixels{tool}, {_WITHOUT}{manifest}."]
    fields = {name: value for name, value in metadata.fields.items() if value not in ("", {}, [])}
    if not metadata.stopped_at:
        fields.pop("stopped_at", None)
    if created := fields.pop("created", 0):
        fields["created"] = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(created))
    lines = [f"{path.name}, {width}x{height} pixels, made by {metadata.tool}{f'; {signed}' if metadata.c2pa else ''}"]
    for name, value in fields.items():
        lines += _lines(name.replace("_", " "), value)
    here = found.model.name if found.model else ""
    for name, said in (("model here", here), ("another hash", found.warning), ("not here", ", ".join(found.missing))):
        lines += _lines(name, said) if said else []
    used = _used(metadata) if not metadata.id else []  # all of one of ours, mostly
    for title, names in (("used here", used), ("not used", metadata.ignored), ("not known", metadata.unknown)):
        if names:
            lines += _lines(title, ", ".join(names))
    return lines + (_lines("close to", f"{origin.words}, {origin.source.url}") if origin else [])


def _restored(metadata: Metadata, held: Lines, cards: Cards) -> Restored:
    """What restoring makes of a file by the models here; of a picture of ours, the model that has its weights."""
    from gdm_studio.models.about import About
    from gdm_studio.models.hashes import known
    from gdm_studio.models.held import of_card
    from gdm_studio.studio.restoring import Restored, restored

    if metadata.request is None or not metadata.id:
        return restored(metadata, held()) if metadata.request is not None else Restored(metadata)
    digits = metadata.made_with.get("model_hash", "")
    card = _own_model(metadata.request.model, digits, cards())
    forms = known(card.weights[0]) if card is not None and digits and len(card.weights) == 1 else None
    told = {"model_hash": forms.forms["AutoV2"]} if forms is not None else {}
    line = of_card(card, About()) if card is not None else None
    return Restored(replace(metadata, fields=told | metadata.fields), line)


def _own_model(name: str, digits: str, cards: Sequence[ModelCard]) -> ModelCard | None:
    """That of these weights, or of that name as long as nothing is known of either's."""
    from gdm_studio.models.fingerprint import fingerprint, is_known

    for card in sorted(cards, key=lambda card: card.name != name):
        if fingerprint(card) == digits if digits and is_known(card) else card.name == name:
            return card
    return None


def _used(metadata: Metadata) -> list[str]:
    """The entries that restoring takes, and what those become that are called otherwise here."""
    said = {_number(value) for value in metadata.fields.values()} | {*metadata.fields.get("size", "").split("x")}
    return [name if value in said or "\n" in value else f"{name} as {value}" for name, value in metadata.used.items()]


def _lines(name: str, value: Any) -> list[str]:
    """An entry, the further lines of its value below the first."""
    if isinstance(value, dict):
        value = ", ".join(f"{key} {number:g}" for key, number in value.items())
    if isinstance(value, list):
        value = "\n".join(_item(each) for each in value)
    first, *others = _number(value).rstrip().expandtabs().splitlines() or [""]
    return [f"  {name:20}{first}", *(" " * 22 + other for other in others)]


def _item(value: Any) -> str:
    """One of a list: a prompt, or a LoRA with its weight."""
    return " ".join(_number(part) for part in (value.values() if isinstance(value, dict) else [value]))


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
