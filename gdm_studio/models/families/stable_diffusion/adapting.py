"""The adapters and learnt words that prompts name, and the networks of one model as these change them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gdm_studio.models.adapters import spellings
from gdm_studio.models.adapters.applied import applied
from gdm_studio.models.adapters.embedding import TextEmbedding, read_embedding
from gdm_studio.models.adapters.finding import adapter_called, words_in
from gdm_studio.models.adapters.fitting import Fit, fitted, read_adapter
from gdm_studio.models.checkpoints import stamp_of
from gdm_studio.models.families.stable_diffusion.conditioning import Vectors
from gdm_studio.models.families.stable_diffusion.layout import Text
from gdm_studio.models.families.stable_diffusion.loading import Networks
from gdm_studio.models.grammar import Mention, left_out, mentions
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.unet import UNet


class Adapters:
    """Those of the last prompts are kept, so that a model that goes on with them does not read them again."""

    def __init__(self, networks: Networks, base: str, always: Path | None) -> None:
        self._networks, self._base, self._always = networks, base, always
        self._kept: dict[Any, Fit] = {}  # by file, its stamp, and where the networks are

    def networks(self, prompts: Iterable[str]) -> tuple[UNet, list[ClipText]]:
        """The networks with the adapters that the prompts name. Raises BadRequest, ModelError."""
        fits = [(fit.deltas, each) for fit, each in self._fits(prompts)]
        unet = applied(self._networks.unet, [(deltas["unet"], each.unet) for deltas, each in fits])
        texts = (
            applied(text, [(deltas[part], each.text) for deltas, each in fits])
            for part, text in self._networks.texts.items()
        )
        return unet, list(texts)

    def vectors(self, prompts: Iterable[str]) -> Vectors:
        """Of the learnt words in the prompts, where they were learnt with text encoders of these widths."""
        found: dict[str, dict[Text, Tensor]] = {}
        for word, path in words_in(dict.fromkeys(prompts)).items():
            if self._knows(learnt := read_embedding(path)):  # of both text encoders, or of the only one
                found[word] = dict(zip(self._networks.texts, learnt.vectors.values(), strict=True))
        return found

    def remarks(self, prompts: Iterable[str], *, plain: bool = False) -> list[str]:
        """Sentences on what of them has no place in this model; `plain` ones name no adapters."""
        prompts = list(prompts)
        calling = [] if plain else prompts
        left = [f"{at[0][:80]} names no LoRA, and is left out." for prompt in calling for at in left_out(prompt)]
        left += [fit.report for fit, _ in self._fits(calling) if fit.report]
        foreign = [each for each in words_in(prompts).items() if not self._knows(read_embedding(each[1]))]
        said = "{} was learnt with another model; {!r} is read as the word that it is."
        return [*left, *(said.format(path.name, word) for word, path in foreign)]

    def _knows(self, learnt: TextEmbedding) -> bool:
        widths = [text.config.width for text in self._networks.texts.values()]
        return [vectors.shape[1] for vectors in learnt.vectors.values()] == widths

    def _fits(self, prompts: Iterable[str]) -> list[tuple[Fit, Mention]]:
        called = dict.fromkeys(each for prompt in prompts for each in mentions(prompt))
        found = [(adapter_called(each.name), each) for each in called]
        if self._always is not None:
            found.append((self._always, Mention(self._always.stem)))
        if not found:
            return []
        whole: dict[spellings.Part, nn.Module] = {"unet": self._networks.unet}
        for part, text in self._networks.texts.items():
            whole[part] = text
        keys = {path: (path, stamp_of(path), *map(_place, whole.values())) for path, _ in found}
        self._kept = {
            key: self._kept.get(key) or fitted(read_adapter(path), whole, self._base) for path, key in keys.items()
        }
        return [(self._kept[keys[path]], each) for path, each in found]


def _place(network: nn.Module) -> torch.device:
    return next(network.parameters()).device
