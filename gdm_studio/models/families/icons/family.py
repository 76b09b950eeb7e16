"""Built-in model family "icons": a text-conditioned latent U-Net with text encoder and autoencoder."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.common.errors import BadRequest, ModelError, StorageError
from gdm_studio.maths.predictions import PREDICTIONS, PREVIOUS
from gdm_studio.maths.processes import PROCESSES
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.families.base import Family
from gdm_studio.models.files.checkpoints import Entry, read_header
from gdm_studio.models.files.header import strict_json
from gdm_studio.models.files.read_errors import read_error
from gdm_studio.models.forward_process import create_process
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.compounds import FILE as COMPOUNDS
from gdm_studio.models.prompts.translation_dictionary import FILE as DICTIONARY
from gdm_studio.models.prompts.translation_dictionary import Dictionary
from gdm_studio.models.prompts.vocabulary import SILHOUETTES_KEY, Readings, Vocabulary
from gdm_studio.request.generation_request import DTYPES, SETTINGS, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from gdm_studio.models.families.icons.word_vectors import WordVectors
    from gdm_studio.models.loaded_model import LoadedModel
    from gdm_studio.models.memory.loaded_model_cache import Store
    from gdm_studio.models.memory.memory_and_time_estimate import ImageCost
    from gdm_studio.models.prompts.prompt_reading import PromptReader
    from gdm_studio.models.prompts.word_tokenizer import Tokenizer

# Parts of a model. Each is a separate file, so that no file is too large for a repository.
PARTS = ("unet", "text", "vae")
# Names of further parts that may be in separate files: the prior network, and the memorised drawings.
PRIOR_PART, PROTOTYPES_PART = "sketch", "recall"
# Name of the part with rarer drawings. It was added to a released model with a new version of the generation rules. Its
# file does not count as weights, whose fingerprint identifies the model of older images.
RARE_PART = "rare"
# Name of the part with silhouettes, which was added in the same way.
SILHOUETTES_PART = "silhouettes"
# Name of the file with the index of training drawings, beside the weights.
ORIGINS = "origins.xz"
# Name of the file with suggested drawings for nouns that the model cannot draw.
SUGGESTIONS = "suggestions.xz"
# Name of the file with the kinds of objects, by which scenes are arranged.
KINDS = "kinds.xz"
# Metadata key of a variant: the name of the model file whose text encoder and autoencoder it shares.
BASE = "base"
# Lowest noise strength at which six photos, with two seeds, became clean drawings. At 0.5 to 0.7 they become smears,
# and below 0.4 they hardly change. The model's own drawings stay clean, and so does the fast model.
PHOTO_STRENGTH = 0.8

# Maximum value of any count in a card.
MOST = 2**53
# Fields of a card that its file must not set.
NOT_ITS_OWN = {
    "accepts",
    "chosen_snr",
    "dictionary",
    "stages",
    "vocabulary",
    "process_numbers",
    "path",
    "weights",
    "files",
    "file_bytes",
}


def part_file(path: Path, part: str) -> Path:
    """Return the weight file of one network of the built-in model. The first network is in the model's main file, and
    the others are in separate files beside it.
    """
    return path if part == PARTS[0] else path.with_name(f"{path.stem}.{part}.safetensors")


def matches(entry: Entry) -> bool:
    """Return True if the header of a file states that it is a model of the built-in text-to-icon family."""
    return entry.metadata.get("format") == "gdm-studio" and entry.metadata.get("family") == "icons"


def card(entry: Entry) -> ModelCard:
    """Create the model card from the file `card.json` beside the weights. Raises ModelError if it is missing or
    damaged.

    For a variant such as `icons-fast`, a file `<name>.json` changes some values of its base model's card.
    """
    path = entry.path
    base = _base_file(entry.path, entry.metadata)
    config = _read_config(path, base, entry.metadata)
    sidecar = path.with_name("card.json")
    beside = path.with_suffix(".json")
    weights = (path, *(part_file(base, part) for part in PARTS[1:]))
    weights += tuple(file for part in (PRIOR_PART, PROTOTYPES_PART) if (file := part_file(base, part)).is_file())
    dictionary, compounds = path.with_name(DICTIONARY), path.with_name(COMPOUNDS)
    silhouettes = part_file(base, SILHOUETTES_PART)
    optional = (
        path.with_name(ORIGINS),
        dictionary,
        compounds,
        path.with_name(SUGGESTIONS),
        path.with_name(KINDS),
        part_file(base, RARE_PART),
        silhouettes,
    )
    tables = [file for file in optional if file.is_file()]
    files = (*weights, sidecar, *((base, beside) if base != path else ()), *tables)
    try:
        data = entry.object(sidecar.name)
        if base != path:
            sidecar = beside
            own: dict[str, Any] = {"defaults": {}, "good_from": {}, "good_until": {}, "score_norms": [], "figures": {}}
            data |= own | {"base_norms": base_norms(data)} | entry.object(sidecar.name)
        known = {field.name: data[field.name] for field in fields(ModelCard) if field.name in data.keys() - NOT_ITS_OWN}
        examples = [{"prompt": each} if isinstance(each, str) else each for each in known.get("examples", ())]
        found = checked_card(
            from_json(ModelCard, known | {"examples": examples, "accepts": _complete_capabilities(data)})
        )
        words = _read_words(data)
        counted = files[:1] if base != path else weights
        here = replace(
            found,
            path=path,
            weights=weights,
            files=files,
            file_bytes=_total_bytes(weights, counted),
            photo_strength=0.0 if found.fast_of else PHOTO_STRENGTH,
        )
    except (OSError, StorageError) as error:
        missing = f"{path.name} needs other files beside it that are missing; copy its whole folder."
        raise read_error(path, error, missing) from error
    except (ArithmeticError, ValueError, TypeError, KeyError, AttributeError, RecursionError, BadRequest) as error:
        raise ModelError(f"{sidecar} is damaged ({error}); copy the model's whole folder again.") from error
    try:
        further = _read_silhouette_names(silhouettes) if silhouettes in tables else "{}"
        vocabulary = _create_vocabulary(words, config["tokenizer"], further) if words else None
        create_process(here.process, config["process"])
    except (ArithmeticError, KeyError, TypeError, ValueError, AttributeError, MemoryError) as error:
        raise _damaged_error(path, error) from error
    here = replace(here, vocabulary=vocabulary, process_numbers=config["process"])
    if dictionary not in tables:
        return here
    return replace(here, dictionary=Dictionary(dictionary, compounds if compounds in tables else None))


def checked_card(found: ModelCard) -> ModelCard:
    """Return a model card unchanged after checking its values. Raises ValueError, TypeError or BadRequest if a value is
    impossible.
    """
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
    for norms in (found.score_norms, found.base_norms):
        ratios = [at for at, _ in norms]
        rising = sorted(set(ratios)) == ratios and all(map(math.isfinite, ratios))
        if not rising or not all(0 <= g <= 1 for _, g in norms):
            raise ValueError("its score norms do not rise with the noise, or are not from 0 to 1")
    for limits in (found.good_from, found.good_until):
        numbers = {name for name, setting in SETTINGS.items() if setting.is_number}
        if not (limits.keys() <= numbers and all(map(math.isfinite, limits.values()))):
            raise ValueError(f"a limit of its good values is wrong: {limits!r:.80}")
    Request(**found.defaults).checked()  # type: ignore[arg-type]
    return found


def base_norms(facts: Mapping[str, Any]) -> Any:
    """Return the `base_norms` of a model that is derived from one with the card `facts`, both as JSON."""
    return facts.get("score_norms") or facts.get("base_norms") or []


def _complete_capabilities(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the capabilities of the built-in model as JSON. It accepts start images and masks unless its card excludes
    them.
    """
    pictures = data.get("takes_pictures", True)
    return {
        "picture": pictures,
        "mask": pictures,
        "tags": True,
        "caches_features": True,
        "tiles": True,
        "plain_icons": True,
    }


def _read_words(data: Mapping[str, Any]) -> str:
    met = data.get("vocabulary", "")
    if not isinstance(met, str):
        raise TypeError(f"vocabulary is {met!r:.40}")
    return met


def _create_vocabulary(words: str, tokenizer: Mapping[str, Any], further: str) -> Vocabulary:
    """Create the vocabulary of the built-in model from the words in its card and the word tables of its tokenizer.
    `further` is a JSON string with the object names that its silhouettes add.

    Raises TypeError, ValueError or KeyError if the card is malformed.
    """
    readings = from_json(Readings, {"emoji": tokenizer["emoji"], "things": tokenizer.get("lexicon", {})})
    readings_json = json.dumps(vars(readings), ensure_ascii=False)
    return Vocabulary(words, " ".join(tokenizer["vocab"]), readings_json, further)


def _read_silhouette_names(silhouettes: Path) -> str:
    """Return, as a JSON string for `Vocabulary`, the object names in a file of silhouettes (one-colour drawings). Each
    name is mapped to the name of the drawing to use, which differs for a synonym.

    Raises ModelError if the file is damaged.
    """
    try:
        head = strict_json(read_header(silhouettes).metadata[SILHOUETTES_KEY])
        return json.dumps({name: name for name in head["drawings"]} | head["same_as"], sort_keys=True)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _damaged_error(silhouettes, error) from error


def _total_bytes(weights: tuple[Path, ...], own: tuple[Path, ...]) -> int:
    """Return the total size in bytes of the files in `own`, after checking that every weight file exists. Raises
    OSError if one is missing.
    """
    if not all(file.is_file() for file in weights):
        raise FileNotFoundError
    return sum(file.stat().st_size for file in own)


def config_of(path: Path) -> dict[str, Any]:
    """Return the configuration in the header of a built-in model: the sizes of the networks, the tokenizer and the
    forward process. Raises ModelError.

    The values of a variant override those of its base.
    """
    metadata = read_header(path).metadata
    return _read_config(path, _base_file(path, metadata), metadata)


def _base_file(path: Path, metadata: Mapping[str, str]) -> Path:
    """Return the model file whose networks a variant shares: the base model named in the header, or the file itself.

    Raises ModelError.
    """
    name = metadata.get(BASE, path.name)
    try:
        if Path(name).name == name and (base := path.with_name(name)).is_file():
            return base
    except (OSError, ValueError):  # not a valid file name
        pass
    raise ModelError(f"{path.name} needs the file {name!r} beside it, which is missing; copy it again.")


def _read_config(path: Path, base: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    try:
        return {
            name: value for text in _config_texts(path, base, metadata) for name, value in _parse_config(text).items()
        }
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _damaged_error(path, error) from error


def _config_texts(path: Path, base: Path, metadata: Mapping[str, str]) -> tuple[str, ...]:
    """Return the configurations in the headers of a model and of its base, as JSON. The last one overrides the first.

    Raises KeyError if one is missing.
    """
    others = () if base == path else (read_header(base).metadata["config"],)
    return (*others, metadata["config"])


# A configuration has half a megabyte, most of which are the tables of the tokenizer.
@lru_cache(maxsize=4)
def _parse_config(text: str) -> Mapping[str, Any]:
    config: dict[str, Any] = strict_json(text)
    return config


def _load_tokenizer(path: Path) -> Tokenizer:
    """Return the tokenizer of a built-in model, which the model and the reader of its prompts share.

    Raises ModelError, and KeyError, TypeError, ValueError or AttributeError for invalid tables.
    """
    metadata = read_header(path).metadata
    return _create_tokenizer(_config_texts(path, _base_file(path, metadata), metadata))


@lru_cache(maxsize=2)
def _create_tokenizer(config_texts: tuple[str, ...]) -> Tokenizer:
    from gdm_studio.models.prompts.word_tokenizer import Tokenizer

    tables = [config["tokenizer"] for config in map(_parse_config, config_texts) if "tokenizer" in config]
    return Tokenizer(**tables[-1])


def _damaged_error(path: Path, error: BaseException) -> ModelError:
    return read_error(path, error, f"{path.name} is damaged; copy or download the model again.")


def load(of: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> LoadedModel:
    """Load the networks of the built-in model onto the device. Raises ModelError if a file is missing or damaged."""
    from gdm_studio.models.families.icons.model import IconsModel

    assert of.path is not None
    added = {f".{part}.safetensors" for part in (RARE_PART, SILHOUETTES_PART)}
    parts = [file for file in of.files if file in of.weights[1:] or "".join(file.suffixes[-2:]) in added]
    named = {file.name.split(".")[-2]: file for file in parts}
    tokenizer = partial(_load_tokenizer, of.path)
    files = {PARTS[0]: of.path} | named
    if kinds := next((file for file in of.files if file.name == KINDS), None):
        files["kinds"] = kinds
    return IconsModel.load(of, device, dtype, store, config=config_of(of.path), load_tokenizer=tokenizer, files=files)


def image_cost(of: ModelCard, size: tuple[int, int], dtype: torch.dtype) -> ImageCost:
    """Return the memory and work that the built-in model needs for images of a size (width, height). Raises
    ModelError.
    """
    from gdm_studio.models.families.icons.cost import compute_image_cost

    assert of.path is not None
    return compute_image_cost(of, config_of(of.path), size)


def reader(of: ModelCard) -> PromptReader | None:
    """Return the reader that predicts how a model interprets prompts. Returns None if the model card does not list the
    words that the model knows.

    Raises ModelError.
    """
    if of.path is None or of.vocabulary is None:
        return None
    from safetensors import SafetensorError

    try:
        suggestions = next((file for file in of.files if file.name == SUGGESTIONS), None)
        modified = of.path.stat().st_mtime_ns
        kinds = next((file for file in of.files if file.name == KINDS), None)
        return _load_reader(of.path, modified, of.vocabulary, of.dictionary, _drawing_files(of), suggestions, kinds)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged_error(of.path, error) from error


def drawing_names(of: ModelCard) -> list[str]:
    """Return the names in the prompts that a model reads and the names of its drawings. Raises ModelError."""
    from gdm_studio.models.families.icons.prompt_reader import IconsReader

    found = reader(of)
    return found.tokenizer.names.drawn_names() if isinstance(found, IconsReader) else []


def _drawing_files(of: ModelCard) -> tuple[Path, ...]:
    """Return the files that contain the model's memorised training images, from which its images start.

    Requests whose prompts are read in English only predate the rarer drawings, and do not use them.
    """
    parts = {PROTOTYPES_PART} if of.dictionary is None else {PROTOTYPES_PART, RARE_PART}
    return tuple(file for file in of.files if file.suffix == ".safetensors" and file.name.split(".")[-2] in parts)


@lru_cache(maxsize=4)
def _load_reader(
    path: Path,
    modified: int,
    vocabulary: Vocabulary,
    dictionary: Dictionary | None,
    drawing_files: tuple[Path, ...],
    suggestions: Path | None,
    kinds: Path | None,
) -> PromptReader:
    from gdm_studio.models.families.icons.drawing_search import DrawingIndex, read_rows
    from gdm_studio.models.families.icons.prompt_reader import IconsReader
    from gdm_studio.models.families.icons.suggestions import Suggestions, read_suggestions
    from gdm_studio.models.prompts.object_kinds import ObjectKinds, read_kinds

    plain = _load_tokenizer(path)
    read = (read_kinds(kinds) if kinds else ObjectKinds()) if vocabulary.shows_all else None
    tokenizer = plain.with_relations(read) if vocabulary.reads_relations else plain
    further = vocabulary.further_drawings
    load_widths = cache(partial(_load_layer_widths, path))
    if not drawing_files:
        return IconsReader(tokenizer.with_drawings(further), vocabulary, load_widths, dictionary)
    load_suggestions = partial(read_suggestions, suggestions) if suggestions else Suggestions
    vectors = partial(_load_word_vectors, path)
    drawings = DrawingIndex(read_rows(drawing_files), plain, vectors, load_suggestions, further)
    if dictionary is not None:
        tokenizer = tokenizer.limited_to(drawings.has_name)
    tokenizer = tokenizer.with_drawings(further)
    tokenizer = tokenizer.with_nearest() if vocabulary.draws_nearest else tokenizer
    tokenizer = tokenizer.with_meanings() if vocabulary.corrects_meanings else tokenizer
    tokenizer = tokenizer.with_sentences() if vocabulary.reads_sentences else tokenizer
    tokenizer = tokenizer.with_rare_things() if vocabulary.reads_rare_things else tokenizer
    return IconsReader(tokenizer, vocabulary, load_widths, dictionary, drawings)


def _load_layer_widths(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the possible input widths of all layers of a model that LoRAs can change, by their names in LoRA files.
    Raises ModelError.
    """
    from gdm_studio.models.adapters.layer_names import layer_widths

    unet = read_header(path)
    text = read_header(part_file(_base_file(path, unet.metadata), "text")).shapes
    return layer_widths("unet", _select_network(unet.shapes, "unet.")) | layer_widths(
        "text_encoder", _select_network(text, "text.")
    )


def _select_network(shapes: Mapping[str, tuple[int, ...]], prefix: str) -> dict[str, tuple[int, ...]]:
    """Return the shapes of one network's tensors, by their names without the network's prefix."""
    return {name.removeprefix(prefix): shape for name, shape in shapes.items() if name.startswith(prefix)}


def load_word_vectors(of: ModelCard) -> WordVectors:
    """Return the word vectors of a model's text encoder, by which similar words are found. They are cached. Raises
    ModelError if they cannot be read.
    """
    assert of.path is not None
    try:
        return _load_word_vectors(of.path)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged_error(of.path, error) from error


@lru_cache(maxsize=2)
def _load_word_vectors(path: Path) -> WordVectors:
    from gdm_studio.models.families.icons.word_vectors import read_word_vectors

    base = _base_file(path, read_header(path).metadata)
    return read_word_vectors(part_file(base, "text"), _load_tokenizer(path))


ICONS = Family("icons", matches, card, load, reader=reader, image_cost=image_cost)
