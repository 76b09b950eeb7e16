"""The built-in family: a text-conditioned latent U-Net, its text encoder and autoencoder, and a card beside them."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.errors import ModelError
from gdm_studio.models.card import ModelCard, Source, Style
from gdm_studio.models.families.base import Family
from gdm_studio.models.header import Header

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded import LoadedModel


PARTS = ("unet", "text", "vae")  # each in a file of its own, so that no file is too large for a repository


def part_file(path: Path, part: str) -> Path:
    """Where a part's weights are: the first one's in the model's file, the others' beside it."""
    return path if part == PARTS[0] else path.with_name(f"{path.stem}.{part}.safetensors")


def matches(header: Header) -> bool:
    return header.metadata.get("format") == "gdm-studio" and header.metadata.get("family") == "icons"


def card(path: Path, header: Header) -> ModelCard:
    """The card beside the weights (`card.json`); raises ModelError where it is missing or damaged."""
    sidecar = path.with_name("card.json")
    try:
        data = json.loads(sidecar.read_text(encoding="utf-8"))
        known = {f.name: data[f.name] for f in fields(ModelCard) if f.name in data}
        known["latent"] = tuple(known["latent"])
        known["examples"] = tuple(known.get("examples", ()))
        known["styles"] = tuple(Style(style["id"], style["title"]) for style in known.get("styles", ()))
        known["sources"] = tuple(Source(**source) for source in known.get("sources", ()))
        return ModelCard(**known, path=path, file_bytes=_bytes(path))
    except OSError as error:
        raise ModelError(f"{path.name} lacks the files that belong beside it; copy its whole folder.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{sidecar} is damaged; copy the model's whole folder again.") from error


def _bytes(path: Path) -> int:
    return sum(part_file(path, part).stat().st_size for part in PARTS)


def load(of: ModelCard, device: torch.device, dtype: torch.dtype) -> LoadedModel:
    from gdm_studio.models.families.icons_model import IconsModel

    return IconsModel.load(of, device, dtype)


ICONS = Family("icons", matches, card, load)
