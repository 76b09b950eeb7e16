"""The built-in family: a text-conditioned latent U-Net, its text encoder and autoencoder, and a card beside them."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.errors import BadRequest, ModelError, StorageError
from gdm_studio.maths.predictions import PREDICTIONS, PREVIOUS
from gdm_studio.maths.processes import PROCESSES
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import Entry
from gdm_studio.models.families.base import Family
from gdm_studio.models.header import read_header, strict_json
from gdm_studio.models.typed import from_plain
from gdm_studio.models.vocabulary import Readings, Vocabulary
from gdm_studio.request import DTYPES, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from gdm_studio.models.loaded import LoadedModel
    from gdm_studio.models.store import Store

PARTS = ("unet", "text", "vae")  # each in a file of its own, so that no file is too large for a repository
# Of the U-Net and its variants, where it is not in the U-Net's own file; and the drawings that it knows by heart.
SKETCH, RECALL = "sketch", "recall"
ORIGINS = "origins.xz"  # beside the weights: by what its pictures are told to be close to training drawings
BASE = "base"  # in the header of a variant: the file beside it whose text encoder and autoencoder it shares

MOST = 2**53  # of anything a model has
NOT_ITS_OWN = {  # not for a card to say
    "accepts", "chosen_snr", "stages", "vocabulary", "process_numbers", "path", "weights", "files", "file_bytes",
}  # fmt: skip


def part_file(path: Path, part: str) -> Path:
    """Where a part's weights are: the first one's in the model's file, the others' beside it."""
    return path if part == PARTS[0] else path.with_name(f"{path.stem}.{part}.safetensors")


def matches(entry: Entry) -> bool:
    return entry.metadata.get("format") == "gdm-studio" and entry.metadata.get("family") == "icons"


def card(entry: Entry) -> ModelCard:
    """The card beside the weights (`card.json`); raises ModelError where it is missing or damaged.

    A variant has what is its own in `<name>.json` (`icons-fast.json`), the rest in the card of its base.
    """
    path, base = entry.path, _base_of(entry.path, entry.metadata)
    config = _config(path, base, entry.metadata)
    sidecar, beside = path.with_name("card.json"), path.with_suffix(".json")
    weights = (path, *(part_file(base, part) for part in PARTS[1:]))
    weights += tuple(file for part in (SKETCH, RECALL) if (file := part_file(base, part)).is_file())
    drawings = path.with_name(ORIGINS)
    files = (*weights, sidecar, *((base, beside) if base != path else ()), *([drawings] if drawings.is_file() else ()))
    try:
        data = entry.object(sidecar.name)
        if base != path:
            sidecar = beside
            data |= {"defaults": {}, "score_norms": [], "figures": {}} | entry.object(sidecar.name)
        known = {field.name: data[field.name] for field in fields(ModelCard) if field.name in data.keys() - NOT_ITS_OWN}
        told = [{"prompt": each} if isinstance(each, str) else each for each in known.get("examples", ())]
        found = checked_card(from_plain(ModelCard, known | {"examples": told, "accepts": _accepts(data)}))
        words = _met(data)
        own = files[:1] if base != path else weights
        here = replace(found, path=path, weights=weights, files=files, file_bytes=_bytes(weights, own))
    except (OSError, StorageError) as error:
        raise ModelError(f"{path.name} lacks the files that belong beside it; copy its whole folder.") from error
    except (ArithmeticError, ValueError, TypeError, KeyError, AttributeError, RecursionError, BadRequest) as error:
        raise ModelError(f"{sidecar} is damaged ({error}); copy the model's whole folder again.") from error
    try:
        vocabulary = _vocabulary(words, config["tokenizer"]) if words else None
        PROCESSES[here.process](**config["process"])
    except (ArithmeticError, KeyError, TypeError, ValueError, AttributeError, MemoryError) as error:
        raise _damaged(path) from error
    return replace(here, vocabulary=vocabulary, process_numbers=config["process"])


def checked_card(found: ModelCard) -> ModelCard:
    """The card; raises ValueError, TypeError or BadRequest where it cannot be that of a model."""
    date.fromisoformat(found.date)
    counts = (found.parameters, found.size, *found.latent)
    if len(found.latent) != 3:
        raise ValueError(f"latent is {found.latent!r}")
    if min(counts) < 1 or max(counts) > MOST or found.channels not in (3, 4):
        raise ValueError("a size is out of range")
    if not math.isfinite(found.data_scale) or found.data_scale <= 0:
        raise ValueError(f"data_scale is {found.data_scale!r}")
    if found.prediction not in {*PREDICTIONS, PREVIOUS} or found.process not in PROCESSES:
        raise ValueError(f"{found.prediction!r} on {found.process!r} is not known here")
    for example in found.examples:
        Request(prompt=example.prompt, seed=example.seed).checked()
    if not {former.nearest for former in found.former_styles} <= {style.id for style in found.styles}:
        raise ValueError("a former style is drawn in one that it does not have")
    if not found.dtypes or not set(found.dtypes) <= {*DTYPES} - {"auto"}:
        raise ValueError(f"dtypes are {found.dtypes!r}")
    ratios = [at for at, _ in found.score_norms]
    rising = sorted(set(ratios)) == ratios and all(map(math.isfinite, ratios))
    if not rising or not all(0 <= g <= 1 for _, g in found.score_norms):
        raise ValueError("its score norms do not rise with the noise, or are not from 0 to 1")
    Request(**found.defaults).checked()  # type: ignore[arg-type]
    return found


def _accepts(data: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON would have it: everything, or all but pictures where the card says so."""
    pictures = data.get("takes_pictures", True)
    return {"picture": pictures, "mask": pictures}


def _met(data: Mapping[str, Any]) -> str:
    met = data.get("vocabulary", "")
    if not isinstance(met, str):
        raise TypeError(f"vocabulary is {met!r:.40}")
    return met


def _vocabulary(met: str, tokenizer: Mapping[str, Any]) -> Vocabulary:
    """That of the words in the card, with how the tokenizer reads others; raises TypeError, ValueError, KeyError."""
    told = from_plain(Readings, {"emoji": tokenizer["emoji"], "things": tokenizer.get("lexicon", {})})
    return Vocabulary(met, " ".join(tokenizer["vocab"]), json.dumps(vars(told), ensure_ascii=False))


def _bytes(weights: tuple[Path, ...], own: tuple[Path, ...]) -> int:
    """Of the model's own files: a variant's others are its base's. Raises OSError where one is not there."""
    if not all(file.is_file() for file in weights):
        raise FileNotFoundError
    return sum(file.stat().st_size for file in own)


def config_of(path: Path) -> dict[str, Any]:
    """Sizes, tokenizer and process in the header; of a variant, its own over its base's. Raises ModelError."""
    told = read_header(path).metadata
    return _config(path, _base_of(path, told), told)


def _base_of(path: Path, told: Mapping[str, str]) -> Path:
    """The model whose other parts this one uses: the file its header names, or itself. Raises ModelError."""
    name = told.get(BASE, path.name)
    try:
        if Path(name).name == name and (base := path.with_name(name)).is_file():
            return base
    except (OSError, ValueError):  # a name that no file can have
        pass
    raise ModelError(f"{path.name} says that it belongs to {name!r}, which is not beside it; copy it again.")


def _config(path: Path, base: Path, told: Mapping[str, str]) -> dict[str, Any]:
    try:
        config: dict[str, Any] = strict_json(told["config"])
        return config if base == path else strict_json(read_header(base).metadata["config"]) | config
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> ModelError:
    return ModelError(f"{path.name} is damaged; copy or download the model again.")


def load(of: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> LoadedModel:
    from gdm_studio.models.families.icons_model import IconsModel

    assert of.path is not None
    named = {file.name.split(".")[-2]: file for file in of.weights[1:]}
    return IconsModel.load(of, device, dtype, store, config=config_of(of.path), files={PARTS[0]: of.path} | named)


ICONS = Family("icons", matches, card, load)
