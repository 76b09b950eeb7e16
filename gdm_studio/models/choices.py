"""What people chose for a model once and for all: its VAE, refiner, few-step kind, what it predicts, its tags."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from gdm_studio import atomic, mended, paths
from gdm_studio.errors import BadRequest, ModelError, StorageError
from gdm_studio.models.about import listed
from gdm_studio.models.card import ModelCard
from gdm_studio.models.few_steps import FEW_STEPS, NONE

FILE = "models.json"
YES_NO = ("yes", "no")
PREDICTIONS = ("epsilon", "v")  # of what a model may predict, those that its weights look alike for
_KNOWN = {
    "few_steps": ("few-step kind", (NONE, *FEW_STEPS)),
    "prediction": ("prediction", PREDICTIONS),
    "zero_snr": ("zero terminal SNR", YES_NO),
}
_CHANGING = threading.Lock()


@dataclass(frozen=True)
class Choices:
    """Of one model or adapter; "" for what its file says, or has."""

    vae: str = ""  # the name of a file
    refiner: str = ""  # the name of a model
    few_steps: str = ""  # one of FEW_STEPS, or NONE
    prediction: str = ""  # one of PREDICTIONS
    fast: str = ""  # of the adapters that have it draw in few steps, the name of that which is to
    zero_snr: str = ""  # one of YES_NO: whether its last level of noise is noise alone
    tags: str = ""  # with commas between


def choices() -> dict[str, Choices]:
    """By the paths that they were made for; what is missing or damaged counts as not chosen."""
    try:
        return _all(atomic.read(paths.data_dir() / FILE))
    except (StorageError, ValueError):
        return {}


def choose(path: Path, **values: str) -> Choices:
    """Remembers other choices for what is at that path; all of them now. A damaged file of them is put aside.

    Raises BadRequest, StorageError.
    """
    for name, (what, there) in _KNOWN.items():
        if (value := values.get(name, "")) not in ("", *there):
            raise BadRequest(f"There is no {what} called {value!r}; choose one of {', '.join(there)}.")
    if "tags" in values:
        values["tags"] = ", ".join(listed(values["tags"]))
    with _CHANGING:
        known = _kept()
        now = known[str(path)] = replace(known.get(str(path), Choices()), **values)
        kept = {each: asdict(chosen) for each, chosen in known.items() if chosen != Choices()}
        atomic.make_folder(paths.data_dir())
        atomic.write(paths.data_dir() / FILE, json.dumps(kept, ensure_ascii=False, indent=1).encode())
    return now


def as_chosen(card: ModelCard, chosen: Choices) -> ModelCard:
    """The card, what it begins with being what was chosen as far as the model can do that."""
    defaults = dict(card.defaults)
    kind = chosen.few_steps or card.few_steps
    if kind in FEW_STEPS:
        defaults |= FEW_STEPS[kind].made_for(card.made_for_steps if kind == card.few_steps else 0).settings
    if chosen.vae and card.accepts.vae:
        defaults["vae"] = chosen.vae
    if chosen.refiner and card.accepts.refiner:
        defaults["refiner"] = chosen.refiner
    if (chosen.prediction or chosen.zero_snr) and card.prediction in PREDICTIONS and card.accepts.vae:
        prediction = chosen.prediction if chosen.prediction in PREDICTIONS else card.prediction
        zero = chosen.zero_snr == "yes" if chosen.zero_snr in YES_NO else card.has_zero_snr
        # where there is nothing but noise, epsilon could not be told from it
        zero = zero and prediction != "epsilon"
        otherwise = ("with" if zero else "without") if zero != card.has_zero_snr and prediction == "v" else ""
        numbers = {**card.process_numbers, "zero_terminal_snr": zero}
        told = {"prediction": card.prediction, "zero_snr": card.has_zero_snr}
        changed = replace(card, defaults=defaults, prediction=prediction, process_numbers=numbers, told=told)
        return replace(changed, chosen_snr=otherwise)
    return card if defaults == card.defaults else replace(card, defaults=defaults)


def quicker(card: ModelCard, adapter: Path, kind: str, steps: int = 0) -> ModelCard:
    """The model with an adapter that has it draw in so few steps, as a quicker version of it.

    Raises ModelError where the adapter is gone.
    """
    try:
        size, few = adapter.stat().st_size, FEW_STEPS[kind].made_for(steps)
    except OSError as error:
        raise ModelError(f"{adapter.name} cannot be read; copy it again.") from error
    return replace(
        card,
        name=f"{card.name} + {adapter.stem}",
        title=f"{card.title or card.name} + {adapter.stem}",
        summary=f"{few.title}: {few.summary}",
        defaults={**card.defaults, **few.settings},
        fast_of=card.name,
        weights=(*card.weights, adapter),
        files=(*card.files, adapter),
        file_bytes=card.file_bytes + size,
        beside={"adapter": adapter},
    )


def _kept() -> dict[str, Choices]:
    """All of them, to be written again with others. Raises StorageError where they are there and cannot be read."""
    place = paths.data_dir() / FILE
    try:
        return _all(atomic.read(place))
    except StorageError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
    except ValueError:
        mended.put_aside(place, "What was chosen for models was")
    return {}


def _all(data: bytes) -> dict[str, Choices]:
    """As the file has them; raises ValueError where it is damaged."""
    try:
        found = json.loads(data)
    except RecursionError as error:
        raise ValueError("it is too deep") from error
    if not isinstance(found, dict):
        raise ValueError("it is of another kind")
    return {path: _read(told) for path, told in found.items() if isinstance(told, dict)}


def _read(told: dict[str, object]) -> Choices:
    known = {each.name: told.get(each.name) for each in fields(Choices)}
    return Choices(**{name: value for name, value in known.items() if isinstance(value, str)})
