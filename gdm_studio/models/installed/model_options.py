"""The user's choices for each model: VAE, refiner, few-step kind, prediction and tags."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from gdm_studio.common import atomic_files, paths, repair_log
from gdm_studio.common.errors import BadRequest, ModelError, StorageError
from gdm_studio.common.json_reader import MAX_BYTES, parse_json
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.few_step_models import FEW_STEPS, NONE, few_step_limits
from gdm_studio.models.files.weight_file_names import name_of
from gdm_studio.models.installed.description import split_list
from gdm_studio.models.model_card import ModelCard

FILE = "models.json"
YES_NO = ("yes", "no")
# Prediction types that the user may choose, since the weights do not reveal which of them applies.
PREDICTIONS = ("epsilon", "v")
_VALID_VALUES = {
    "few_steps": ("few-step kind", (NONE, *FEW_STEPS)),
    "prediction": ("prediction", PREDICTIONS),
    "zero_snr": ("zero terminal SNR", YES_NO),
}
_CHANGE_LOCK = threading.Lock()
_DAMAGED = QT_TRANSLATE_NOOP(
    "Errors", "What was chosen for models was damaged; it is kept as {file}, and replaced by what could be read."
)


@dataclass(frozen=True)
class Choices:
    """Settings that the user has chosen for one model or adapter on the models page, such as its VAE. For the value "",
    the value in the model's file is used.
    """

    # Name of a VAE file.
    vae: str = ""
    # Name of a refiner model.
    refiner: str = ""
    # One of FEW_STEPS, or NONE.
    few_steps: str = ""
    # One of PREDICTIONS.
    prediction: str = ""
    # Name of the preferred few-step adapter, if there are several.
    fast: str = ""
    # One of YES_NO, to state whether the last noise level is pure noise.
    zero_snr: str = ""
    # Tags, separated by commas.
    tags: str = ""


def load_choices() -> dict[str, Choices]:
    """Return the user's settings for models, by the model's path, or {} if the file is missing or damaged."""
    try:
        return _parse(atomic_files.read(paths.data_dir() / FILE, max_bytes=MAX_BYTES))
    except (StorageError, ValueError):
        return {}


def save_choices(path: Path, **values: str) -> Choices:
    """Change some of the user's settings for the model or add-on at a path, save them, and return all its settings.

    A damaged file of settings is renamed first. Raises BadRequest and StorageError.
    """
    for name, (what, there) in _VALID_VALUES.items():
        if (value := values.get(name, "")) not in ("", *there):
            raise BadRequest(f"There is no {what} called {value!r}; choose one of {', '.join(there)}.")
    if "tags" in values:
        values["tags"] = ", ".join(split_list(values["tags"]))
    with _CHANGE_LOCK:
        known = _load_saved()
        now = known[str(path)] = replace(known.get(str(path), Choices()), **values)
        content = {each: asdict(chosen) for each, chosen in known.items() if chosen != Choices()}
        atomic_files.make_folder(paths.data_dir())
        atomic_files.write(paths.data_dir() / FILE, json.dumps(content, ensure_ascii=False, indent=1).encode())
    return now


def apply_choices(card: ModelCard, chosen: Choices) -> ModelCard:
    """Return a copy of the model card in which the user's settings replace the defaults where the model supports
    them.
    """
    defaults = dict(card.defaults)
    kind = chosen.few_steps or card.few_steps
    if kind in FEW_STEPS:
        defaults |= FEW_STEPS[kind].made_for(card.made_for_steps if kind == card.few_steps else 0).settings
    if chosen.vae and card.accepts.vae:
        defaults["vae"] = chosen.vae
    if chosen.refiner and card.accepts.refiner:
        defaults["refiner"] = chosen.refiner
    if (chosen.prediction or chosen.zero_snr) and card.prediction in PREDICTIONS and card.accepts.predictions:
        prediction = chosen.prediction if chosen.prediction in PREDICTIONS else card.prediction
        zero = chosen.zero_snr == "yes" if chosen.zero_snr in YES_NO else card.has_zero_snr
        # At pure noise, an epsilon prediction contains no information about the image. Only a file can state both.
        zero = zero and (prediction != "epsilon" or (card.has_zero_snr and card.prediction == prediction))
        # What earlier versions computed without a choice, which images of theirs do not record.
        before = card.has_zero_snr and card.prediction != "epsilon"
        otherwise = ("with" if zero else "without") if zero != before and prediction == "v" else ""
        numbers = {**card.process_numbers, "zero_terminal_snr": zero}
        if prediction != card.prediction:
            numbers.pop("last_alpha_bar", None)
        in_file = {"prediction": card.prediction, "zero_snr": card.has_zero_snr}
        changed = replace(card, defaults=defaults, prediction=prediction, process_numbers=numbers, file_values=in_file)
        return replace(changed, chosen_snr=otherwise)
    return card if defaults == card.defaults else replace(card, defaults=defaults)


def few_step_version(card: ModelCard, adapter: Path, kind: str, steps: int = 0) -> ModelCard:
    """Return the card of a model combined with an adapter for few steps, such as LCM or Lightning.

    Raises ModelError if the adapter no longer exists.
    """
    try:
        size = adapter.stat().st_size
        few = FEW_STEPS[kind].made_for(steps)
    except OSError as error:
        raise ModelError(f"{adapter.name} cannot be read; copy it again.") from error
    return replace(
        card,
        name=f"{card.name} + {name_of(adapter)}",
        title=f"{card.title or card.name} + {name_of(adapter)}",
        summary=f"{few.title}: {few.summary}",
        defaults={**card.defaults, **few.settings},
        good_from={},
        good_until=few_step_limits(),
        fast_of=card.name,
        weights=(*card.weights, adapter),
        files=(*card.files, adapter),
        file_bytes=card.file_bytes + size,
        beside={**card.beside, "adapter": adapter},
    )


def _load_saved() -> dict[str, Choices]:
    """Read the user's settings for all models in order to modify them. A damaged file is renamed. Raises StorageError
    if the file exists but cannot be read.
    """
    place = paths.data_dir() / FILE
    try:
        return _parse(atomic_files.read(place, max_bytes=MAX_BYTES))
    except StorageError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
    except ValueError:
        repair_log.rename_damaged(place, _DAMAGED)
    return {}


def _parse(data: bytes) -> dict[str, Choices]:
    """Parse the file of settings for models. Malformed entries are skipped. Raises ValueError if the content is not a
    JSON object.
    """
    found = parse_json(data)
    if not isinstance(found, dict):
        raise ValueError("it is not a JSON object")
    return {path: _parse_choices(values) for path, values in found.items() if isinstance(values, dict)}


def _parse_choices(values: dict[str, object]) -> Choices:
    known = {each.name: values.get(each.name) for each in fields(Choices)}
    return Choices(**{name: value for name, value in known.items() if isinstance(value, str)})
