"""Previews of latent models, and the image that has the latents of the last one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.previews import Previews
from gdm_studio.models.families.shared_parts import latent_model
from gdm_studio.models.memory import precision
from gdm_studio.models.model_library import Library
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers import tiny_stable

REQUEST = Request(prompt="a house", model="tiny", steps=3, size=(64, 64), seed=1, device="cpu", dtype="fp32")


def generate_images(*, shown: Previews | None, request: Request = REQUEST) -> list[np.ndarray]:
    """Generate the images of a request, with the previews of its steps if `shown` is given."""
    found = []
    for event in generate(request, Library()):
        if isinstance(event, StepEvent) and shown is not None:
            shown.views(event)
        if isinstance(event, Result):
            found.append(event.rgba)
    return found


@pytest.mark.slow
def test_an_image_with_the_latents_of_its_last_preview_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    decoded: list[torch.Tensor] = []
    decode = Autoencoder.decode

    def count(self: Autoencoder, latents: torch.Tensor) -> torch.Tensor:
        decoded.append(latents)
        return decode(self, latents)

    monkeypatch.setattr(Autoencoder, "decode", count)
    for module in (latent_model, precision):
        monkeypatch.setattr(module, "is_fast", lambda dtype, device: dtype == torch.float32)
    (alone,) = generate_images(shown=None)
    assert len(decoded) == 1
    (beside,) = generate_images(shown=Previews(1e9))
    # The previews, of which the last one is the image.
    assert len(decoded) == 4
    assert np.array_equal(alone, beside)


@pytest.mark.slow
def test_an_image_is_not_taken_from_a_preview_in_another_number_type(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    (alone,) = generate_images(shown=None)
    for module in (latent_model, precision):
        monkeypatch.setattr(module, "is_fast", lambda dtype, device: True)
    (beside,) = generate_images(shown=Previews(1e9))
    assert np.array_equal(alone, beside)
