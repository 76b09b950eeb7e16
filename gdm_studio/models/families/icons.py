"""The built-in family: a text-conditioned latent U-Net, its text encoder and autoencoder, and a card beside them."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gdm_studio.atomic import open_file
from gdm_studio.errors import BadRequest, ModelError, StorageError
from gdm_studio.maths.predictions import PREDICTIONS
from gdm_studio.maths.processes import PROCESSES, Process
from gdm_studio.models.card import Example, ModelCard, Source, Style
from gdm_studio.models.families.base import Family
from gdm_studio.models.header import Header, read_header, strict_json
from gdm_studio.models.vocabulary import Vocabulary
from gdm_studio.request import Request

if TYPE_CHECKING:
    import torch
    from _typeshed import DataclassInstance

    from gdm_studio.models.loaded import LoadedModel
    from gdm_studio.networks.tokenizer import Lexicon

    D = TypeVar("D", bound=DataclassInstance)

PARTS = ("unet", "text", "vae")  # each in a file of its own, so that no file is too large for a repository
BASE = "base"  # in the header of a variant: the file beside it whose text encoder and autoencoder it shares

LONGEST = 4 * 2**20  # bytes of a card that are read
MOST = 2**53  # of anything a model has


def part_file(path: Path, part: str) -> Path:
    """Where a part's weights are: the first one's in the model's file, the others' beside it."""
    return path if part == PARTS[0] else path.with_name(f"{path.stem}.{part}.safetensors")


def matches(header: Header) -> bool:
    return header.metadata.get("format") == "gdm-studio" and header.metadata.get("family") == "icons"


def base_of(path: Path, header: Header) -> Path:
    """The model whose other parts this one uses: the file its header names, or itself. Raises ModelError."""
    name = header.metadata.get(BASE, path.name)
    try:
        if Path(name).name == name and (base := path.with_name(name)).is_file():
            return base
    except (OSError, ValueError):  # a name that no file can have
        pass
    raise ModelError(f"{path.name} says that it belongs to {name!r}, which is not beside it; copy it again.")


def card(path: Path, header: Header) -> ModelCard:
    """The card beside the weights (`card.json`); raises ModelError where it is missing or damaged.

    A variant has what is its own in `<name>.json` (`icons-fast.json`), the rest in the card of its base.
    """
    base = base_of(path, header)
    sidecar = path.with_name("card.json")
    try:
        data = _object(sidecar)
        if base != path:
            sidecar = path.with_suffix(".json")
            data |= {"defaults": {}, "score_norms": [], "figures": {}} | _object(sidecar)
        known: dict[str, Any] = {f.name: data[f.name] for f in fields(ModelCard) if f.name in data}
        known["latent"] = tuple(known["latent"])
        known["examples"] = tuple(_example(each) for each in known.get("examples", ()))
        known["styles"] = tuple(_typed(Style(**style)) for style in known.get("styles", ()))
        known["sources"] = tuple(_typed(Source(**source)) for source in known.get("sources", ()))
        known["score_norms"] = tuple((float(at), float(g)) for at, g in known.get("score_norms", ()))
        known["vocabulary"] = _vocabulary(known.get("vocabulary", ""), path)
        return _checked(_typed(ModelCard(**known, path=path, file_bytes=_bytes(path, base))))
    except (OSError, StorageError) as error:
        raise ModelError(f"{path.name} lacks the files that belong beside it; copy its whole folder.") from error
    except (ArithmeticError, ValueError, TypeError, KeyError, AttributeError, RecursionError, BadRequest) as error:
        raise ModelError(f"{sidecar} is damaged ({error}); copy the model's whole folder again.") from error


def _example(values: Any) -> Example:
    """One as the card has it: a prompt alone, or with the style and seed that its picture has."""
    return _typed(Example(values) if isinstance(values, str) else Example(**values))


def _object(path: Path) -> dict[str, Any]:
    """The JSON object in a small file; raises StorageError, OSError, ValueError, TypeError."""
    with open_file(path) as file:
        found = strict_json(file.read(LONGEST))
    if not isinstance(found, dict):
        raise TypeError("it is no object")
    return found


_SCALARS: dict[str, type | tuple[type, ...]] = {"str": str, "int": int, "float": (int, float), "bool": bool}


def _typed(value: D) -> D:
    """The value; raises TypeError where a text or number of it is something else."""
    for field in fields(value):
        found, kind = getattr(value, field.name), _SCALARS.get(str(field.type))
        if kind is not None and (isinstance(found, bool) is not (kind is bool) or not isinstance(found, kind)):
            raise TypeError(f"{field.name} is {found!r}")
        if isinstance(found, str):
            found.encode()  # raises ValueError for half a letter, which can be neither shown nor written
    return value


def _checked(found: ModelCard) -> ModelCard:
    """The card; raises ValueError, TypeError or BadRequest where it cannot be that of a model."""
    date.fromisoformat(found.date)
    counts = (found.parameters, found.size, *found.latent)
    if len(found.latent) != 3 or any(isinstance(count, bool) or not isinstance(count, int) for count in counts):
        raise ValueError(f"latent is {found.latent!r}")
    if min(counts) < 1 or max(counts) > MOST or found.channels not in (3, 4):
        raise ValueError("a size is out of range")
    if not math.isfinite(found.data_scale) or found.data_scale <= 0:
        raise ValueError(f"data_scale is {found.data_scale!r}")
    if found.prediction not in PREDICTIONS or found.process not in PROCESSES:
        raise ValueError(f"{found.prediction!r} on {found.process!r} is not known here")
    for example in found.examples:
        Request(prompt=example.prompt, seed=example.seed).checked()
    if not all(isinstance(figure, (str, float, int)) for figure in found.figures.values()):
        raise TypeError("figures are neither numbers nor text")
    ratios = [at for at, _ in found.score_norms]
    rising = sorted(set(ratios)) == ratios and all(map(math.isfinite, ratios))
    if not rising or not all(0 <= g <= 1 for _, g in found.score_norms):
        raise ValueError("its score norms do not rise with the noise, or are not from 0 to 1")
    Request(**found.defaults).checked()  # type: ignore[arg-type]
    return found


def _vocabulary(met: object, path: Path) -> Vocabulary | None:
    """That of the words in the card; None where it has none. Raises TypeError where they are no text."""
    if not isinstance(met, str):
        raise TypeError(f"vocabulary is {met!r:.40}")
    return Vocabulary(met, partial(_told, path)) if met else None


def _told(path: Path) -> tuple[Lexicon, frozenset[str]]:
    """How the tokenizer reads words that no caption has, and its pieces, without the weights; raises ModelError."""
    from gdm_studio.networks.tokenizer import Lexicon

    config = config_of(path)
    try:
        told = config["tokenizer"]
        return Lexicon(told["emoji"], told.get("lexicon", {})), frozenset(told["vocab"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path) from error


def _bytes(path: Path, base: Path) -> int:
    """Of the model's own files: a variant's others are its base's. Raises OSError where one is not there."""
    files = [path, *(part_file(base, part) for part in PARTS[1:])]
    if not all(file.is_file() for file in files):
        raise FileNotFoundError
    return sum(file.stat().st_size for file in (files[:1] if base != path else files))


def weights(of: ModelCard) -> tuple[Path, ...]:
    """The network and the parts that go with it, a variant's being those of its base; raises ModelError."""
    assert of.path is not None
    base = base_of(of.path, read_header(of.path))
    return (of.path, *(part_file(base, part) for part in PARTS[1:]))


def files(of: ModelCard) -> tuple[Path, ...]:
    """The weights, the model whose parts a variant shares, and the cards; raises ModelError."""
    assert of.path is not None
    base = base_of(of.path, read_header(of.path))
    cards = (of.path.with_name("card.json"), *((base, of.path.with_suffix(".json")) if base != of.path else ()))
    return (*weights(of), *cards)


def config_of(path: Path) -> dict[str, Any]:
    """Sizes, tokenizer and process in the header; of a variant, its own over its base's. Raises ModelError."""
    try:
        header = read_header(path)
        base = base_of(path, header)
        config: dict[str, Any] = strict_json(header.metadata["config"])
        return config if base == path else strict_json(read_header(base).metadata["config"]) | config
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error


def process(of: ModelCard) -> Process:
    """The card's process with the numbers in the header; raises ModelError."""
    assert of.path is not None
    try:
        return PROCESSES[of.process](**config_of(of.path)["process"])
    except (ArithmeticError, KeyError, TypeError, ValueError, AttributeError, MemoryError) as error:
        raise _damaged(of.path) from error


def _damaged(path: Path) -> ModelError:
    return ModelError(f"{path.name} is damaged; copy or download the model again.")


def load(of: ModelCard, device: torch.device, dtype: torch.dtype) -> LoadedModel:
    from gdm_studio.models.families.icons_model import IconsModel

    return IconsModel.load(of, device, dtype)


ICONS = Family("icons", matches, card, process, weights, files, load)
