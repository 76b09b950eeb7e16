"""PEFT's configuration of an adapter, in the header of the file or beside it: alphas, scales and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any

from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.models.files.checkpoints import read_json_object
from gdm_studio.models.files.header import Header, strict_json
from gdm_studio.models.files.sidecars import peft_config_of

# Parts of one layer of an adapter and the shapes of their tensors.
_Shapes = Mapping[str, tuple[int, ...]]
# Metadata key under which diffusers stores the adapter's configurations, as JSON.
METADATA_KEY = "lora_adapter_metadata"
# Parts whose rows are the rank of a LoHa or LoKr.
_FACTORS = ("hada_w1_b", "lokr_w1_b", "lokr_w2_b")
# Parts of every LoHa or LoKr.
_PRODUCTS = ("hada_w1_a", "lokr_w1", "lokr_w1_a")
# Alpha and rank of a LoHa or LoKr whose configuration leaves them out.
_DEFAULT = 8
# Initial values of a LoRA's factors that leave the model's own weights as they are. PEFT subtracts the others, such as
# those of "pissa", from the weights before it adds the LoRA.
_INITIAL_VALUES = ("gaussian", "eva", "orthogonal", "mica")
# Keys of patterns: the end of a layer's name, or its whole name after "^". PEFT reads them as regular expressions.
_PATTERN_KEY = re.compile(r"\^?[\w.-]+")

# Position in the configuration and value, by the end of a layer's name or by "^" and its whole name.
_Pattern = Mapping[str, tuple[int, Any]]


class PeftConfiguration:
    """PEFT's configuration of one adapter file, which may consist of one for each network.

    Raises ModelError if it is damaged or contains what cannot be applied.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self._path = path
        # The file that states the values: the adapter itself, or the one beside it.
        self._source = peft_config_of(path) or path
        self._values = read_peft_config(path)
        self._patterns: dict[str, _Pattern] = {}
        if METADATA_KEY in header.metadata:
            self._source = path
            try:
                values = strict_json(header.metadata[METADATA_KEY])
                self._values = {str(key): value for key, value in values.items()}
            except (ValueError, AttributeError, RecursionError) as error:
                raise self._damaged() from error
        for key, value in self._values.items():
            is_initial = key.rpartition(".")[2] == "init_lora_weights" and isinstance(value, str)
            if is_initial and value.lower() not in _INITIAL_VALUES:
                raise ModelError(
                    f"{path.name} is a LoRA whose initial values ({value[:40]!r}) PEFT subtracts from the model's "
                    "weights, which is not supported; save it in PEFT with path_initial_model_for_weight_conversion."
                )

    def alphas(self, layers: Mapping[str, _Shapes]) -> dict[str, float]:
        """Return the alpha of each LoRA layer that has one here, multiplied by √rank if it is rank-stabilised."""
        found = {}
        for layer, prefix in self._configured(layers, "lora_alpha", "down"):
            rank = next(iter(layers[layer]["down"]), 0)
            alpha = self._number(prefix, "lora_alpha", layer)
            found[layer] = alpha * (rank**0.5 if self._values.get(f"{prefix}use_rslora") else 1)
        return found

    def scales(self, layers: Mapping[str, _Shapes]) -> dict[str, float]:
        """Return alpha / rank of each LoHa and LoKr layer that has them here."""
        found = {}
        for layer, prefix in self._configured(layers, "alpha", *_PRODUCTS):
            parts = layers[layer]
            # A LoKr of two whole matrices has its rank in the configuration only.
            rank = next((parts[each][0] for each in _FACTORS if parts.get(each)), 0) or self._number(prefix, "r", layer)
            if not rank:
                raise self._damaged()
            found[layer] = self._number(prefix, "alpha", layer) / rank
        return found

    def _configured(self, layers: Mapping[str, _Shapes], key: str, *parts: str) -> Iterator[tuple[str, str]]:
        """Yield the layers with one of these parts and a value for `key`, each with the prefix of its network."""
        for layer, present in layers.items():
            network = layer.partition(".")[0]
            prefix = f"{network}." if f"{network}.{key}" in self._values else ""
            if f"{prefix}{key}" in self._values and any(part in present for part in parts):
                yield layer, prefix

    def _number(self, prefix: str, key: str, layer: str) -> float:
        """Return a number for a layer: that of the first matching key of its pattern, or else that for all layers."""
        name = f"{prefix}{'rank' if key == 'r' else 'alpha'}_pattern"
        if name not in self._patterns:
            self._patterns[name] = self._index(self._values.get(name))
        pattern = self._patterns[name]
        whole = layer.removeprefix(prefix).removeprefix("base_model.model.")
        own = min(
            (pattern[end] for end in (f"^{whole}", *_iter_suffixes(whole)) if end in pattern),
            default=None,
            key=itemgetter(0),
        )
        try:
            return float(self._values.get(prefix + key, _DEFAULT) if own is None else own[1])
        except (ValueError, TypeError, OverflowError) as error:
            raise self._damaged() from error

    def _index(self, values: Any) -> _Pattern:
        found: dict[str, tuple[int, Any]] = {}
        if not isinstance(values, Mapping | None):
            raise self._damaged()
        for place, (key, value) in enumerate((values or {}).items()):
            plain = key.removesuffix("$").replace("\\.", ".")
            if not _PATTERN_KEY.fullmatch(plain):
                raise ModelError(
                    f"{self._source.name} states alphas or ranks by the pattern {key[:40]!r}, which is not supported; "
                    "save it with the names of the layers."
                )
            found.setdefault(plain, (place, value))
        return found

    def _damaged(self) -> ModelError:
        if self._source == self._path:
            return damaged_error(self._path, METADATA_KEY)
        return ModelError(f"{self._source.name} beside {self._path.name} is damaged; copy or download it again.")


def damaged_error(path: Path, name: str) -> ModelError:
    """Return the error for an adapter file in which a tensor or layer is invalid."""
    return ModelError(f"{path.name} is damaged at {name[:80]!r}; copy or download it again.")


def read_peft_config(path: Path) -> Mapping[str, Any]:
    """Return the configuration that PEFT saved beside an adapter, or {}. Raises ModelError if it is damaged."""
    place = peft_config_of(path)
    if place is None or not place.exists():
        return {}
    try:
        return read_json_object(place)
    except (StorageError, OSError, ValueError, TypeError, RecursionError) as error:
        sentence = f"{place.name} beside {path.name} cannot be read; copy or download it again."
        raise ModelError(sentence) from error


def _iter_suffixes(layer: str) -> Iterator[str]:
    """Yield the suffixes of a dotted layer name, from the whole name to its last component."""
    yield layer
    while "." in layer:
        layer = layer.partition(".")[2]
        yield layer
