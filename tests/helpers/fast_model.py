"""The Gaussian model with a distilled version beside it, as the built-in model has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.common.errors import ModelError
from gdm_studio.maths.processes import edm
from gdm_studio.models.model_card import ModelCard
from tests.helpers.gaussian_model import CARD, GaussianLibrary, GaussianModel

if TYPE_CHECKING:
    import torch

FAST = replace(
    CARD,
    name="gaussian-fast",
    title="Gaussian Fast",
    fast_of="gaussian",
    defaults={"sampler": "euler", "steps": 2, "guidance_scale": 1.0},
)


class FastLibrary(GaussianLibrary):
    """Model library of tests with two models: the Gaussian model, and "gaussian-fast" as its distilled version."""

    def cards(self) -> list[ModelCard]:
        return [CARD, FAST]

    def card(self, name: str) -> ModelCard:
        found = next((card for card in self.cards() if card.name == name), None)
        if found is None:
            raise ModelError(f"There is no model called {name!r}.")
        return found

    def is_loaded(self, name: str, *, device: object = None, dtype: object = None) -> bool:
        # One loaded model counts for both: the window may have been left with either.
        return self._model is not None

    def load(self, name: str, *, device: torch.device, dtype: torch.dtype) -> GaussianModel:
        self._model = self._kind(self.card(name), edm(), device, dtype, self.step_seconds, self.hurried)
        return self._model
