"""LoRA adapters named in prompts for the built-in model, as in "a fox <lora:flat:0.8>"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from gdm_studio.models.adapters.adapted_network import apply_adapters
from gdm_studio.models.adapters.adapter_file import AdapterDeltas, adapter_deltas, read_adapter
from gdm_studio.models.adapters.lookup import adapters_named_in, blank_adapters
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.prompts.a1111_syntax import Mention, adapters_mentioned
from gdm_studio.networks.icons.text_encoder import TextEncoder
from gdm_studio.networks.icons.unet import UNet


class PromptAdapters:
    """Installed LoRAs for the built-in model that the prompts of a run name by tags.

    A tag with an unknown name is read as plain words, as older prompts require.
    """

    def __init__(self, prompts: Iterable[str]) -> None:
        prompts = list(dict.fromkeys(prompts))
        files: dict[str, Path] = dict(adapters_named_in(prompts))
        named = {each.name: each for prompt in prompts for each in adapters_mentioned(prompt)}
        # A file counts once, even if it is named in several ways.
        self._mentions: dict[Path, Mention] = {path: named[name] for name, path in files.items()}

    def __bool__(self) -> bool:
        return bool(self._mentions)

    def strip_tags(self, conditions: Sequence[Conditioning]) -> list[Conditioning]:
        """Return the conditionings with the tags of installed LoRAs removed from their prompts."""
        return [
            each if each.negative else replace(each, text=blank_adapters(each.text)[0].strip()) for each in conditions
        ]

    def deltas(self, unet: UNet, text: TextEncoder) -> list[tuple[AdapterDeltas, Mention]]:
        """Read the weight changes of the LoRAs from their files. Raises ModelError if a file is damaged or made for
        another model.
        """
        parts = {"unet": unet, "text_encoder": text}
        return [
            (adapter_deltas(read_adapter(path), parts), mention)  # type: ignore[arg-type]
            for path, mention in self._mentions.items()
        ]

    def apply(self, unet: UNet, text: TextEncoder) -> tuple[UNet, TextEncoder]:
        """Return copies of the U-Net and the text encoder to which the LoRAs are applied. Raises ModelError."""
        found = self.deltas(unet, text)
        return (
            apply_adapters(unet, [(each.deltas["unet"], mention.unet) for each, mention in found]),
            apply_adapters(text, [(each.deltas["text_encoder"], mention.text) for each, mention in found]),
        )
