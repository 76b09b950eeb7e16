"""The built-in family: a text-conditioned latent U-Net with its autoencoder, in one safetensors file and a card."""

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
        return ModelCard(**known, path=path, file_bytes=path.stat().st_size)
    except OSError as error:
        raise ModelError(f"{path.name} has no readable card.json beside it; copy the model's whole folder.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{sidecar} is damaged; copy the model's whole folder again.") from error


def load(of: ModelCard, device: torch.device, dtype: torch.dtype) -> LoadedModel:
    from gdm_studio.models.families.icons_model import IconsModel

    return IconsModel.load(of, device, dtype)


ICONS = Family("icons", matches, card, load)
