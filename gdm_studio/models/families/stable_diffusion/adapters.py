"""Adapters and embeddings named in prompts, applied to the networks of a model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from torch import Tensor, nn

from gdm_studio.models.adapters import layer_names
from gdm_studio.models.adapters.adapted_network import apply_adapters
from gdm_studio.models.adapters.adapter_file import AdapterDeltas, DeltasCache
from gdm_studio.models.adapters.embedding import TextEmbedding, read_embedding
from gdm_studio.models.adapters.lookup import (
    adapters_of_prompts,
    embeddings_named_in,
    notes_on_adapters,
    notes_on_embedding_names,
    notes_on_embeddings,
)
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import Text
from gdm_studio.models.families.stable_diffusion.conditioning import Vectors
from gdm_studio.models.families.stable_diffusion.loader import Networks
from gdm_studio.models.prompts.a1111_syntax import Mention, ignored_tags, unread_weights
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.unet import UNet


class PromptAdapters:
    """LoRAs and embeddings that prompts name for one Stable Diffusion model. The LoRAs and embeddings of the most
    recent prompts are cached.
    """

    def __init__(self, networks: Networks, base: str, always: Path | None) -> None:
        self._networks = networks
        self._base = base
        self._permanent_adapter = always
        self._cache = DeltasCache()

    def networks(self, prompts: Iterable[str]) -> tuple[UNet, list[ClipText]]:
        """Return copies of the U-Net and the text encoders to which the LoRAs named in the prompts are applied.

        Raises BadRequest and ModelError.
        """
        fits = [(fit.deltas, each) for fit, each in self._load_deltas(prompts)]
        unet = apply_adapters(self._networks.unet, [(deltas["unet"], each.unet) for deltas, each in fits])
        texts = (
            apply_adapters(text, [(deltas[part], each.text) for deltas, each in fits])
            for part, text in self._networks.texts.items()
        )
        return unet, list(texts)

    def vectors(self, prompts: Iterable[str]) -> Vectors:
        """Return the vectors of the textual inversion embeddings that the prompts name. Embeddings whose widths do not
        match the text encoders are omitted.
        """
        found: dict[str, dict[Text, Tensor]] = {}
        for word, path in embeddings_named_in(dict.fromkeys(prompts)).items():
            if self._fits_encoders(embedding := read_embedding(path)):  # of both text encoders, or of the only one
                found[word] = dict(zip(self._networks.texts, embedding.vectors.values(), strict=True))
        return found

    def remarks(self, prompts: Iterable[str], *, plain: bool = False) -> list[str]:
        """Return sentences that tell the user which LoRAs, layers and embeddings have no effect.

        `plain` prompts cannot name adapters.
        """
        prompts = list(prompts)
        parsed = [] if plain else prompts
        left = [f"{tag.text[:80]} names no LoRA and is ignored." for prompt in parsed for tag in ignored_tags(prompt)]
        left += [note for prompt in parsed for note in notes_on_embeddings(prompt)]
        sentence = "{!r} is read as text; a weight is written like (word:1.2)."
        left += [sentence.format(text[a:b][:80]) for text in parsed for a, b, _ in unread_weights(text)[:8]]
        left += [*notes_on_adapters(parsed), *notes_on_embedding_names(prompts)]
        left += [fit.report for fit, _ in self._load_deltas(parsed) if fit.report]
        foreign = [
            each for each in embeddings_named_in(prompts).items() if not self._fits_encoders(read_embedding(each[1]))
        ]
        sentence = "{} is for another model; {!r} is read as an ordinary word."
        return [*left, *(sentence.format(path.name, word) for word, path in foreign)]

    def _fits_encoders(self, embedding: TextEmbedding) -> bool:
        widths = [text.config.width for text in self._networks.texts.values()]
        return [vectors.shape[1] for vectors in embedding.vectors.values()] == widths

    def _load_deltas(self, prompts: Iterable[str]) -> list[tuple[AdapterDeltas, Mention]]:
        found = list(adapters_of_prompts(prompts).items())
        if self._permanent_adapter is not None:
            found.append((self._permanent_adapter, Mention(self._permanent_adapter.stem)))
        if not found:
            return []
        whole: dict[layer_names.Part, nn.Module] = {"unet": self._networks.unet}
        for part, text in self._networks.texts.items():
            whole[part] = text
        deltas = self._cache.deltas_of((path for path, _ in found), whole, self._base)
        return [(deltas[path], each) for path, each in found]
