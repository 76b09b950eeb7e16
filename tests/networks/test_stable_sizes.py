"""The names and shapes of a configuration's weights equal those of the network built from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn

from gdm_studio.models.families.stable_diffusion.architecture import _STANDARD
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.configurations import (
    AutoencoderConfig,
    ClipConfig,
    Named,
    UNetConfig,
    autoencoder_weights,
    clip_weights,
    unet_weights,
)
from gdm_studio.networks.stable_diffusion.unet import UNet
from tests.helpers.tiny_stable import BIG_G, KINDS, VAE, VIT_H

UNETS = {
    **_STANDARD,
    "told its guidance": replace(_STANDARD["SDXL"], guidance=256),
    "without a middle": replace(_STANDARD["SDXL"], middle=0),
    **{f"tiny {name}": made.unet for name, made in KINDS.items()},
}
CASES: dict[str, tuple[Callable[[], nn.Module], Callable[[], Named]]] = {
    **{name: (lambda c=c: UNet(c), lambda c=c: unet_weights(c)) for name, c in UNETS.items()},
    **{
        f"VAE {name}": (lambda c=c: Autoencoder(c), lambda c=c: autoencoder_weights(c))
        for name, c in {
            "usual": AutoencoderConfig(), "tiny": VAE, "of 16": AutoencoderConfig(latent=16, quant=False),
        }.items()
    },
    **{
        f"text {name}": (lambda c=c: ClipText(c), lambda c=c: clip_weights(c))
        for name, c in {"L": ClipConfig(), "H": VIT_H, "bigG": BIG_G}.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_configuration_lists_the_weights_of_its_network(case: str) -> None:
    make, told = CASES[case]
    with torch.device("meta"):
        made = {name: tuple(weight.shape) for name, weight in make().state_dict().items()}
    found = list(told())
    assert dict(found) == made and len(found) == len(made)


def test_mismatched_down_and_up_blocks_are_refused() -> None:
    with pytest.raises(ValueError, match="no counterpart"):
        list(unet_weights(UNetConfig(up=((1, 1), (1, 1, 1), (1, 1, 1), (0, 0, 0)))))
