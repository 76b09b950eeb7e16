"""Model family of reimplemented methods from the literature. Each model is a small file, described by its header."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.models.capabilities import PLAIN, Capabilities
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.families.base import Family
from gdm_studio.models.families.icons.family import checked_card
from gdm_studio.models.families.papers.cascade_settings import MEANING, TEXT_DIFFERENCE
from gdm_studio.models.family_facts import HEADINGS
from gdm_studio.models.files.checkpoints import Entry, read_header
from gdm_studio.models.files.header import strict_json
from gdm_studio.models.forward_process import create_process
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.vocabulary import Vocabulary
from gdm_studio.models.prompts.word_classes import STOP_WORDS

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded_model import LoadedModel
    from gdm_studio.models.memory.loaded_model_cache import Store

# Fields of a card that a header must not set.
NOT_ITS_OWN = {
    "family",
    "accepts",
    "stages",
    "vocabulary",
    "path",
    "weights",
    "files",
    "file_bytes",
    "own_steps",
}

# Maximum number of classes and factors of a model.
MOST_TOLD = 4096
# Maximum number of stages of a cascade.
MOST_STAGES = 4
# Tag of systems that generate an image in one evaluation.
ONE_STEP = "one step"
# Backbones whose deep features can be reused.
REUSING = ("unet", "cross-attention", "dit")
DAMAGES = (
    OSError,
    ArithmeticError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
    MemoryError,
    BadRequest,
)


def matches(entry: Entry) -> bool:
    """Return True if the header of a file states that its model is a reimplemented method from the literature."""
    return entry.metadata.get("format") == "gdm-studio" and entry.metadata.get("family") == "systems"


def card(entry: Entry) -> ModelCard:
    """Create the model card of a reimplemented published method from the header of its file. Raises ModelError if the
    header is damaged.
    """
    try:
        data = config_of(entry.metadata)["card"]
        own = {field.name: data[field.name] for field in fields(ModelCard) if field.name in data.keys() - NOT_ITS_OWN}
        found = checked_card(from_json(ModelCard, {**own, "family": "systems"}))
        found = replace(found, accepts=_read_capabilities(data))
        create_process(found.process, found.process_numbers)
        size = entry.path.stat().st_size
        base = base_of(entry.path, entry.metadata)
        header = entry.metadata if base == entry.path else read_header(base).metadata
        network_config = config_of(header)
        networks = network_config.get("networks", {})
        found = replace(found, own_steps="score" in networks)
        if found.accepts.steps and _can_reuse_features(networks):
            found = replace(found, accepts=replace(found.accepts, caches_features=True))
        if "stages" in network_config:
            found = replace(
                found, stages=_read_stage_shares(network_config), vocabulary=_create_vocabulary(network_config)
            )
            if network_config["stages"][0]["kind"] == "prior":
                found = replace(found, accepts=_add_embedding_capabilities(found.accepts))
        weights = entry.weights if base == entry.path else (*entry.weights, base)
        files = (*entry.files, *weights[1:])
    except DAMAGES as error:
        raise ModelError(f"{entry.path.name} is damaged ({error}); copy the model again.") from error
    return replace(found, path=entry.path, weights=weights, files=files, file_bytes=size)


def base_of(path: Path, metadata: Any) -> Path:
    """Return the file that contains the networks of a model: the file in the same folder that the header names as its
    base, or else the given file.

    Raises ModelError if that file is missing.
    """
    name = config_of(metadata).get("base", path.name)
    if isinstance(name, str) and Path(name).name == name and "\0" not in name and path.with_name(name).is_file():
        return path.with_name(name)
    raise ModelError(f"{path.name} needs {name!r} beside it, which is missing; copy both.")


def _can_reuse_features(networks: Any) -> bool:
    """Return True if the denoising network is one whose deep features can be reused in several steps."""
    denoiser = networks.get("denoiser") if isinstance(networks, dict) else None
    return isinstance(denoiser, dict) and denoiser.get("backbone", "unet") in REUSING


def _read_stage_shares(config: dict[str, Any]) -> tuple[float, ...]:
    """Return the fraction of a run's steps that each stage of a cascade (a multi-stage model) computes. Raises
    LookupError, TypeError or ValueError if the fractions are invalid.
    """
    shares = tuple(float(stage["share"]) for stage in config["stages"])
    if not 1 <= len(shares) <= MOST_STAGES or not all(0 < share <= 1 for share in shares):
        raise ValueError("its stages are out of range")
    return shares


def _create_vocabulary(config: dict[str, Any]) -> Vocabulary:
    """Create the vocabulary of a cascade from its caption words, including stop words, which would otherwise count as
    unknown.

    Raises LookupError, TypeError or ValueError.
    """
    words = from_json(tuple[str, ...], config["captions"]["words"])
    return Vocabulary(" ".join([*words, *sorted(STOP_WORDS)]))


def _read_capabilities(data: dict[str, Any]) -> Capabilities:
    """Return the capabilities that the header of a model describes: prompt, classes, and factors (numeric controls)
    with their titles. Raises ValueError or TypeError.
    """
    labels = from_json(tuple[str, ...], data.get("labels", []))
    titles = from_json(dict[str, str], data.get("factors", {}))
    if len(set(labels)) != len(labels) or len(labels) + len(titles) > MOST_TOLD:
        raise ValueError("its classes are not unique, or there are too many")
    sees = bool(data.get("takes_pictures", True))
    steps = ONE_STEP not in data.get("tags", [])
    starts = from_json(dict[str, float], data.get("factor_defaults", {}))
    factors = tuple(
        Param(title, 0.0, 1.0, "How much of it.", name, default=min(max(starts.get(name, 0.0), 0.0), 1.0))
        for name, title in titles.items()
    )
    prompt = PLAIN if data.get("captions") else ""
    led = bool(data.get("guidance", labels or titles or prompt))
    return Capabilities(
        prompt,
        negative=False,
        guidance=led,
        steps=steps,
        labels=labels,
        factors=factors,
        picture=sees,
        mask=sees and bool(data.get("takes_masks", True)),
    )


def _add_embedding_capabilities(accepts: Capabilities) -> Capabilities:
    """Add the capabilities that a prior gives to a cascade: its image embedding can be mixed with those of other
    images, and moved by the difference between two prompts.
    """
    difference = Param(
        QT_TRANSLATE_NOOP("Setting", "Text difference"),
        0.0,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "How far the picture changes from the negative prompt towards the prompt."),
        TEXT_DIFFERENCE,
        default=0.2,
    )
    return replace(accepts, negative=True, hints=(MEANING,), factors=(*accepts.factors, difference))


def config_of(metadata: Any) -> dict[str, Any]:
    """Parse the configuration in the header of a model file: the model card and the sizes of the networks.

    Raises KeyError, ValueError or TypeError.
    """
    config = strict_json(metadata["config"])
    if not isinstance(config, dict) or not isinstance(config["card"], dict):
        raise TypeError("its header has no card")
    return config


def load(of: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> LoadedModel:
    """Load the networks of a reimplemented published method onto the device. Raises ModelError if the file is
    damaged.
    """
    from gdm_studio.models.families.papers.cascade import CascadeModel
    from gdm_studio.models.families.papers.model import SystemModel

    assert of.path is not None
    try:
        header = read_header(of.path).metadata
        config = config_of(header)
        base = base_of(of.path, header)
        network_config = config_of(read_header(base).metadata)
        sizes = network_config["networks"]
    except (LookupError, TypeError, ValueError) as error:
        raise ModelError(f"{of.path.name} is damaged; copy the model again.") from error
    if "stages" in network_config:
        return CascadeModel.load(of, device, dtype, store, config=network_config, base=base)
    return SystemModel.load(of, device, dtype, store, sizes=sizes, base=base, parts=config)


# The cards of the models declare further features for samplers.
SYSTEMS = Family("systems", matches, card, load, group=HEADINGS["systems"])
