"""Builder of a model's silhouettes: one-colour icons from open icon sets, for common objects that no training image
shows.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.common.atomic_files import write
from gdm_studio.models.families.icons.family import SILHOUETTES_PART, part_file
from gdm_studio.models.families.icons.silhouettes import Silhouettes
from gdm_studio.models.model_card import Source
from gdm_studio.training.data.iconify import Archive
from gdm_studio.training.data.licences import SOURCES
from gdm_studio.training.data.package_downloads import ICONIFY, archive
from gdm_studio.training.data.svg import render
from gdm_studio.training.icons.export import BESIDE

# The list of drawings: the icon and its colour by the name of the object, followed by further names, or only the name
# of a memorised drawing.
LIST = "silhouettes.json"
# The side of a mask in pixels. Larger ones take more space, and are not crisper in the finished images.
SIDE = 112
# Icons are rendered at this multiple of their final side.
OVERSAMPLE = 4
# The opacity, of 255, from which a pixel belongs to the body.
OPAQUE = 128


def build(card_file: Path, *, source: Path | None = None) -> int:
    """Write a model's silhouettes (one-colour icons) to a file beside its card, and credit their authors in the card.
    Returns the file's size in bytes.

    The icons come from the npm archive of all Iconify sets, in the folder `source` or downloaded. Raises StudioError.
    """
    listed = listed_drawings()
    facts = json.loads(card_file.read_text(encoding="utf-8"))
    table = silhouettes_of(listed, Archive(archive(ICONIFY, source)))
    path = part_file(card_file.with_name(f"{facts['name']}.safetensors"), SILHOUETTES_PART)
    table.write(path, **BESIDE)
    authors = sources_of(listed)
    kept = [each for each in facts.get("sources", ()) if each["set"] not in {author["set"] for author in authors}]
    write(card_file, json.dumps(facts | {"sources": kept + authors}, ensure_ascii=False, indent=1).encode())
    return path.stat().st_size


def listed_drawings() -> dict[str, Any]:
    """Return the list of drawings to be stored as silhouettes. It maps each name to an icon with a colour and synonyms,
    or to the name of a memorised training image.
    """
    listed: dict[str, Any] = json.loads((files("gdm_studio.training.data") / LIST).read_text("utf-8"))
    return listed


def sources_of(listed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sources of a list of silhouettes, as credits for the model card: each icon set with its author,
    licence and number of icons.
    """
    icons = {entry[0] for entry in listed.values() if not isinstance(entry, str)}
    counts = Counter(icon.partition(":")[0] for icon in sorted(icons))
    sources = []
    for name, count in counts.most_common():
        known = SOURCES[name]
        sources.append(asdict(Source(name, known.author, known.licence, known.link, count, known.title)))
    return sources


def silhouettes_of(listed: dict[str, Any], icons: Archive) -> Silhouettes:
    """Create the table of silhouettes for a list of names and icons. Raises StudioError if the archive lacks an
    icon.
    """
    drawn = {name: entry for name, entry in listed.items() if not isinstance(entry, str)}
    wanted = dict.fromkeys(entry[0] for entry in drawn.values())
    sets = {each.prefix: each for each in icons.read(frozenset(icon.partition(":")[0] for icon in wanted))}
    masks = []
    for icon in wanted:
        prefix, _, name = icon.partition(":")
        masks.append(mask(sets[prefix].svg(name)))
    rows = {icon: row for row, icon in enumerate(wanted)}
    drawings = {
        each: (rows[icon], colour) for name, (icon, colour, *further) in drawn.items() for each in (name, *further)
    }
    same_as = {name: entry for name, entry in listed.items() if isinstance(entry, str)}
    return Silhouettes(np.stack(masks), drawings, same_as)


def mask(svg: str) -> NDArray[np.bool_]:
    """Return a boolean mask (SIDE, SIDE) of an icon's opaque pixels. The icon is centred and scaled to touch two
    opposite edges.
    """
    opacity = Image.fromarray(render(svg, OVERSAMPLE * SIDE, oversample=1)[..., 3])
    drawing = opacity.crop(opacity.getbbox())
    factor = SIDE / max(drawing.size)
    size = (max(1, round(factor * drawing.width)), max(1, round(factor * drawing.height)))
    whole = Image.new("L", (SIDE, SIDE))
    whole.paste(drawing.resize(size, Image.Resampling.LANCZOS), ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    return np.asarray(whole) >= OPAQUE
