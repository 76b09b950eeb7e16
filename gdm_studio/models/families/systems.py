"""The family of the systems of the literature: one small file that says all of itself in its header."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.errors import BadRequest, ModelError
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.processes import PROCESSES
from gdm_studio.models.accepts import Accepts
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import Entry
from gdm_studio.models.families.base import Family
from gdm_studio.models.families.icons import checked_card
from gdm_studio.models.header import read_header, strict_json
from gdm_studio.models.typed import from_plain

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded import LoadedModel
    from gdm_studio.models.store import Store

NOT_ITS_OWN = {  # not for a header to say
    "family", "accepts", "stages", "vocabulary", "path", "weights", "files", "file_bytes", "own_steps",
}  # fmt: skip

MOST_TOLD = 4096
ONE_STEP = "one step"  # the tag of those that draw in one go
DAMAGES = (
    OSError, ArithmeticError, KeyError, ValueError, TypeError, AttributeError, RecursionError, MemoryError, BadRequest,
)  # fmt: skip


def matches(entry: Entry) -> bool:
    return entry.metadata.get("format") == "gdm-studio" and entry.metadata.get("family") == "systems"


def card(entry: Entry) -> ModelCard:
    """The card in the header; raises ModelError where it is damaged."""
    try:
        data = config_of(entry.metadata)["card"]
        own = {field.name: data[field.name] for field in fields(ModelCard) if field.name in data.keys() - NOT_ITS_OWN}
        found = checked_card(from_plain(ModelCard, {**own, "family": "systems"}))
        found = replace(found, accepts=_accepts(data))
        PROCESSES[found.process](**found.process_numbers)
        size = entry.path.stat().st_size
        base = base_of(entry.path, entry.metadata)
        header = entry.metadata if base == entry.path else read_header(base).metadata
        found = replace(found, own_steps="score" in config_of(header).get("networks", {}))
        weights = entry.weights if base == entry.path else (*entry.weights, base)
        files = (*entry.files, *weights[1:])
    except DAMAGES as error:
        raise ModelError(f"{entry.path.name} is damaged ({error}); copy the model again.") from error
    return replace(found, path=entry.path, weights=weights, files=files, file_bytes=size)


def base_of(path: Path, metadata: Any) -> Path:
    """The file whose networks it draws with: one beside it that its header names, or itself. Raises ModelError."""
    name = config_of(metadata).get("base", path.name)
    if isinstance(name, str) and Path(name).name == name and "\0" not in name and path.with_name(name).is_file():
        return path.with_name(name)
    raise ModelError(f"{path.name} belongs to {name!r}, which is not beside it; copy both.")


def _accepts(data: dict[str, Any]) -> Accepts:
    """Its classes, and the factors by their titles; raises ValueError or TypeError."""
    labels = from_plain(tuple[str, ...], data.get("labels", []))
    titles = from_plain(dict[str, str], data.get("factors", {}))
    if len(set(labels)) != len(labels) or len(labels) + len(titles) > MOST_TOLD:
        raise ValueError("its classes are not told apart")
    sees, steps = bool(data.get("takes_pictures", True)), ONE_STEP not in data.get("tags", [])
    told = tuple(Knob(title, 0.0, 1.0, "How much of it.", name) for name, title in titles.items())
    led = bool(data.get("guidance", labels or titles))
    return Accepts("", negative=False, guidance=led, steps=steps, labels=labels, factors=told, picture=sees, mask=sees)


def config_of(metadata: Any) -> dict[str, Any]:
    """What the header says: the card, and the networks with their sizes. Raises KeyError, ValueError, TypeError."""
    config = strict_json(metadata["config"])
    if not isinstance(config, dict) or not isinstance(config["card"], dict):
        raise TypeError("its header says nothing of it")
    return config


def load(of: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> LoadedModel:
    from gdm_studio.models.families.systems_model import SystemModel, habits_in

    assert of.path is not None
    try:
        header = read_header(of.path).metadata
        config, base = config_of(header), base_of(of.path, header)
        sizes = config_of(read_header(base).metadata)["networks"]
    except (LookupError, TypeError, ValueError) as error:
        raise ModelError(f"{of.path.name} is damaged; copy the model again.") from error
    return SystemModel.load(of, device, dtype, store, sizes=sizes, base=base, habits=habits_in(config))


# what its models offer beyond the usual, their cards say
SYSTEMS = Family("systems", matches, card, load, group="From the literature")
