"""Adapters named in prompts, applied to the networks of a diffusion transformer."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from torch import nn

from gdm_studio.models.adapters.adapted_network import apply_adapters
from gdm_studio.models.adapters.adapter_detection import adapter_card
from gdm_studio.models.adapters.adapter_file import AdapterDeltas, DeltasCache
from gdm_studio.models.adapters.layer_names import Part
from gdm_studio.models.adapters.lookup import adapters_of_prompts, notes_on_adapters
from gdm_studio.models.families.diffusion_transformers.conditioning import Encoders
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.prompts.a1111_syntax import Mention
from gdm_studio.networks.diffusion_transformers.configurations import Weight

# The networks besides the transformer that adapters can change.
_TEXT_ENCODERS = ("text_encoder", "text_encoder_2", "text_encoder_3")
# Starts of the names that adapter files use for the layers of text encoders.
_TEXT_ENCODER_PREFIXES = ("lora_te", "text_encoder")


class PromptAdapters:
    """LoRAs that prompts name for one diffusion transformer. The LoRAs of the most recent prompts are cached.

    `weights` are the transformer's weights. The text encoders are loaded only if an adapter changes them.
    """

    def __init__(
        self, network: nn.Module, weights: Iterable[Weight], texts: Mapping[str, nn.Module], base: str
    ) -> None:
        self._network = network
        self._weights = tuple(weights)
        self._texts = texts
        self._base = base
        self._cache = DeltasCache()

    def networks(self, prompts: Iterable[str]) -> tuple[nn.Module, Encoders]:
        """Return copies of the transformer and the text encoders to which the LoRAs named in the prompts are applied.

        Raises BadRequest and ModelError.
        """
        found = self._load_deltas(prompts)
        network = apply_adapters(self._network, [(each.deltas["transformer"], tag.unet) for each, tag in found])
        changed: dict[str, nn.Module] = {}
        for part in self._texts:
            deltas = [(each.deltas.get(cast(Part, part), {}), tag.text) for each, tag in found]
            if any(each for each, _ in deltas):
                changed[part] = apply_adapters(self._texts[part], deltas)
        return network, ChainMap(changed, self._texts)  # type: ignore[arg-type]

    def remarks(self, prompts: Iterable[str]) -> list[str]:
        """Return sentences that tell the user which LoRAs and layers have no effect."""
        prompts = list(prompts)
        reports = (each.report for each, _ in self._load_deltas(prompts))
        return [*notes_on_adapters(prompts), *filter(None, reports)]

    def _load_deltas(self, prompts: Iterable[str]) -> list[tuple[AdapterDeltas, Mention]]:
        found = adapters_of_prompts(prompts)
        if not found:
            return []
        networks: dict[Part, nn.Module] = {"transformer": self._network}
        if any(map(_changes_text_encoders, found)):
            networks |= {cast(Part, part): text for part, text in self._texts.items() if part in _TEXT_ENCODERS}
        deltas = self._cache.deltas_of(found, networks, self._base, weights=self._weights)
        return [(deltas[path], tag) for path, tag in found.items()]


def _changes_text_encoders(path: Path) -> bool:
    """Return True if a LoRA changes text encoder layers, so that the text encoders must be loaded to apply it."""
    return any(layer.startswith(_TEXT_ENCODER_PREFIXES) for layer in adapter_card(path, read_header(path)).layers)
