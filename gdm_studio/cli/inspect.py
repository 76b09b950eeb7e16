"""`gdm-studio inspect`: shows the settings in image files."""

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

from gdm_studio.cli.options import parse_whole
from gdm_studio.cli.output import print_json, print_lines, print_notice
from gdm_studio.cli.saved_image_arguments import read_own_image, steps_file
from gdm_studio.common.errors import BadRequest, ModelError, StorageError, StudioError
from gdm_studio.models.files.checkpoints import is_weights_name

if TYPE_CHECKING:
    from gdm_studio.gallery import Metadata
    from gdm_studio.models.attribution import Origin
    from gdm_studio.models.installed.model_table import ModelTableRow
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.models.model_library import Library
    from gdm_studio.studio.settings_import import RestoredRequest

# Returns the installed files, found on the first call.
Lines = Callable[[], "list[ModelTableRow]"]
# Returns the usable models, including combinations with a LoRA for few steps.
Cards = Callable[[], "list[ModelCard]"]
_WITHOUT_SETTINGS = "without settings that can be read"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb `inspect`, which prints the settings in image files, to the command-line parser."""
    parser = verbs.add_parser(
        "inspect",
        help="show how an image was made",
        description="Show the settings in images by GDM Studio or by other tools: the A1111 family, ComfyUI, "
        "InvokeAI, NovelAI, Fooocus, SwarmUI, Midjourney and more. `used` shows how they would be restored here, with "
        "a model that takes them.",
    )
    parser.add_argument("image", type=Path, nargs="+", help="PNG, JPEG or WebP files, or folders of them")
    parser.add_argument("--step", metavar="N", help="show this step in numbers, with its formula and its code")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for several files one per line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Print the settings in the image files on the command line. A file without settings is not an error. If several
    files are named, unreadable ones are skipped.
    """
    if args.step is not None:
        return _show_step(args)
    from gdm_studio.gallery import read
    from gdm_studio.models.model_library import Library

    library = cache(Library)
    unread = 0
    installed = cache(lambda: library().model_table())
    cards = cache(lambda: library().cards())
    alone = len(args.image) == 1 and not args.image[0].is_dir()
    for path in _list_files(args.image):
        try:
            if isinstance(path, StudioError):
                raise path
            if is_weights_name(path.name):
                raise StorageError(_describe_model(path, library()))
            found = _restore(read(path), installed, cards)
            origin = _find_origin(path, found.metadata, library)
        except StudioError as error:
            if alone:
                raise
            print_notice(f"gdm-studio: {error}")
            unread += 1
            continue
        if args.json:
            print_json({**({} if alone else {"file": str(path)}), **_to_json(found, origin)})
        else:
            print_lines(*_to_lines(path, found, origin))
    return 2 if unread else 0


def _show_step(args: argparse.Namespace) -> int:
    """Print the numbers, the formula and the code of one denoising step of an image.

    Raises BadRequest for several images, or one without recorded steps.
    """
    from dataclasses import asdict

    from gdm_studio.engine.step_history import load
    from gdm_studio.learning.step_numbers import image_step
    from gdm_studio.models.model_library import Library

    step = parse_whole(args.step)
    if not isinstance(step, int):
        raise BadRequest(f"--step needs the number of a step, not {args.step!r}.")
    if len(args.image) != 1 or args.image[0].is_dir():
        raise BadRequest("--step needs exactly one image.")
    metadata, _ = read_own_image(args.image[0])
    file = steps_file(args.image[0], metadata.id)
    if file is None:
        raise BadRequest(f"The steps of {args.image[0].name} are not recorded; choose another image.")
    library = Library()
    steps = load(file).with_exact_weights(library)
    numbers = image_step(steps, step, library, file=str(file), guidance=True)
    if args.json:
        print_json(asdict(numbers))
    else:
        title = f"Step {numbers.index} of {numbers.of} with {numbers.sampler}"
        print_lines(title, *(f"  {line}" for line in numbers.lines), "", *numbers.code.splitlines())
    return 0


def _describe_model(path: Path, library: Library) -> str:
    """Return a sentence that tells the user which model a weight file contains. It is shown if the file is passed in
    place of an image.

    Raises ModelError if the file cannot be used.
    """
    from gdm_studio.models.files.recognition import format_count

    row = library.row_at(path)
    what = (
        f"{path.name} is not an image but a model or part: {row.family} with {format_count(row.parameters)} parameters"
    )
    return f"{what}; `gdm-studio models` lists the models."


def _list_files(paths: Sequence[Path]) -> Iterator[Path | StudioError]:
    """Yield the files named on the command line, and for each folder its images sorted by name, or an error if it
    contains none.
    """
    from gdm_studio.common.image_file import is_picture_name

    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(each for each in path.rglob("*") if is_picture_name(each) and each.is_file())
        if not inside:
            yield StudioError(f"There are no images in {path}; choose another folder.")
        yield from inside


def _find_origin(path: Path, metadata: Metadata, library: Callable[[], Library]) -> Origin | None:
    """Return the origin of an image: the training image that it closely resembles, or None. The image's model must be
    installed with an index of its training images.
    """
    if metadata.request is None:
        return None
    from gdm_studio.common.image_file import read_rgba_array
    from gdm_studio.models.attribution import find_origin

    with suppress(ModelError):
        return find_origin(library().card(metadata.request.model), read_rgba_array(path))
    return None


def _to_json(found: RestoredRequest, origin: Origin | None) -> dict[str, Any]:
    """Return the settings of an image as JSON values. The common fields come first and are null if missing, followed by
    all other settings and the restored request.
    """
    from gdm_studio.gallery.metadata.generation_settings import FIELD_NAMES

    metadata = found.metadata
    width, height = metadata.size
    return {
        "tool": metadata.tool or None,
        **dict.fromkeys(FIELD_NAMES),
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


def _to_lines(path: Path, found: RestoredRequest, origin: Origin | None) -> list[str]:
    metadata = found.metadata
    width, height = metadata.size
    signed = f"its C2PA manifest names {metadata.maker}" if metadata.maker else "a C2PA manifest is present"
    if not metadata.fields:
        tool = f" made by {metadata.tool}" if metadata.tool else ""
        manifest = f"; {signed}" if metadata.c2pa else ""
        return [f"{path.name} is a picture of {width}x{height} pixels{tool}, {_WITHOUT_SETTINGS}{manifest}."]
    fields = {name: value for name, value in metadata.fields.items() if value not in ("", {}, [])}
    if not metadata.stopped_at:
        fields.pop("stopped_at", None)
    if created := fields.pop("created", 0):
        fields["created"] = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(created))
    lines = [f"{path.name}, {width}x{height} pixels, made by {metadata.tool}{f'; {signed}' if metadata.c2pa else ''}"]
    for name, value in fields.items():
        lines += _format_setting(name.replace("_", " "), value)
    here = found.model.name if found.model else ""
    notes = {"model here": here, "another hash": found.warning, "not here": ", ".join(found.missing)}
    for name, text in notes.items():
        lines += _format_setting(name, text) if text else []
    # For images of GDM Studio all entries are used.
    used = _list_used_entries(metadata) if not metadata.id else []
    for title, names in (("used here", used), ("not used", metadata.ignored), ("not known", metadata.unknown)):
        if names:
            lines += _format_setting(title, ", ".join(names))
    return lines + (_format_setting("close to", f"{origin.words}, {origin.source.url}") if origin else [])


def _restore(metadata: Metadata, installed: Lines, cards: Cards) -> RestoredRequest:
    """Convert the settings in an image file to a request for the installed models.

    For an image of GDM Studio, the model is found by the hash of its weights.
    """
    from gdm_studio.models.files.hashes import known_hashes
    from gdm_studio.models.installed.description import Description
    from gdm_studio.models.installed.model_table import row_of_card
    from gdm_studio.studio.settings_import import RestoredRequest, restore_request

    if metadata.request is None or not metadata.id:
        return restore_request(metadata, installed()) if metadata.request is not None else RestoredRequest(metadata)
    digits = metadata.made_with.get("model_hash", "")
    card = _find_own_model(metadata.request.model, digits, cards())
    forms = known_hashes(card.weights[0]) if card is not None and digits and len(card.weights) == 1 else None
    hashes = {"model_hash": forms.forms["AutoV2"]} if forms is not None else {}
    line = row_of_card(card, Description()) if card is not None else None
    return RestoredRequest(replace(metadata, fields=hashes | metadata.fields), line)


def _find_own_model(name: str, digits: str, cards: Sequence[ModelCard]) -> ModelCard | None:
    """Return the installed model that generated an image of GDM Studio, found by the hash of its weights.

    If a hash is unknown, the name must match instead.
    """
    from gdm_studio.models.fingerprint import fingerprint, is_known

    for card in sorted(cards, key=lambda card: card.name != name):
        if fingerprint(card) == digits if digits and is_known(card) else card.name == name:
            return card
    return None


def _list_used_entries(metadata: Metadata) -> list[str]:
    """Return the names of the metadata entries from which the image's request was restored. An entry whose restored
    value differs from the displayed one is listed as "name as value".
    """
    values = {_format_number(value) for value in metadata.fields.values()} | {
        *metadata.fields.get("size", "").split("x")
    }
    return [name if value in values or "\n" in value else f"{name} as {value}" for name, value in metadata.used.items()]


def _format_setting(name: str, value: Any) -> list[str]:
    """Format one setting of an image as lines of text. If its value has several lines, the second and further lines are
    indented.
    """
    if isinstance(value, dict):
        value = ", ".join(f"{key} {number:g}" for key, number in value.items())
    if isinstance(value, list):
        value = "\n".join(_format_item(each) for each in value)
    first, *others = _format_number(value).rstrip().expandtabs().splitlines() or [""]
    return [f"  {name:19} {first}", *(" " * 22 + other for other in others)]


def _format_item(value: Any) -> str:
    """Format one element of a list in an image's settings as text, such as a prompt, or a LoRA with its weight."""
    return " ".join(_format_number(part) for part in (value.values() if isinstance(value, dict) else [value]))


def _format_number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
