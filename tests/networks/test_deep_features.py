"""Reuse of deep features: an evaluation computes them without changing a bit, and a later one skips the deep layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gdm_studio.networks.deep_features import DeepFeatures
from gdm_studio.networks.diffusion_transformers.anima import Anima
from gdm_studio.networks.diffusion_transformers.ernie_image import ErnieImage
from gdm_studio.networks.diffusion_transformers.ideogram4 import Ideogram4
from gdm_studio.networks.icons.unet import UNet, UNetConfig
from gdm_studio.networks.papers.backbones import Sizes, new_backbone
from gdm_studio.networks.stable_diffusion.unet import ControlSignal
from gdm_studio.networks.stable_diffusion.unet import UNet as StableUNet
from tests.helpers.tiny_stable import KINDS
from tests.helpers.tiny_transformers import ANIMA, ERNIE_IMAGE, IDEOGRAM_4
from tests.parity.transformers import SMALL, inputs_of

ICONS = UNetConfig(
    in_channels=4, out_channels=4, channels=(16, 32), blocks=2, head=16, embedding=32, context=16, pooled=16
)
SIZES = Sizes(size=8, channels=4, answers=1, told=3, patch=1, widths=(32, 32), blocks=1, dropout=0.0)
# Function (x, time, deep features) → output.
Evaluate = Callable[[Tensor, float, DeepFeatures | None], Tensor]


def icons() -> tuple[Evaluate, nn.Module, Tensor]:
    network = filled(UNet(ICONS))
    tokens, pooled = drawn(2, 3, 16), drawn(2, 16)
    mask = torch.ones(2, 3, dtype=torch.bool)

    def evaluate(x: Tensor, time: float, deep: DeepFeatures | None) -> Tensor:
        found: Tensor = network(x, torch.full((2,), time), tokens, mask, pooled, deep=deep)
        return found

    return evaluate, network.down[1], drawn(2, 4, 8, 8)


def stable_diffusion() -> tuple[Evaluate, nn.Module, Tensor]:
    """Return an SDXL U-Net with features of a ControlNet."""
    config = KINDS["sdxl"].unet
    network = filled(StableUNet(config))
    context, vector = drawn(2, 5, config.context), drawn(2, config.vector)
    sides = (9, 9, 5, 5)
    features = [drawn(1, width, side, side) for width, side in zip(network.skip_channels, sides, strict=True)]
    control = ControlSignal(tuple(features), drawn(1, network.skip_channels[-1], 5, 5))

    def evaluate(x: Tensor, time: float, deep: DeepFeatures | None) -> Tensor:
        times = torch.full((2,), 900 * time)
        found: Tensor = network(x, times, context, vector, control=control, deep=deep)
        return found

    return evaluate, network.middle_block, drawn(2, 4, 9, 9)


def backbone(name: str) -> tuple[Evaluate, nn.Module, Tensor]:
    network: Any = filled(new_backbone(name, SIZES))
    cond = drawn(2, 3)

    def evaluate(x: Tensor, time: float, deep: DeepFeatures | None) -> Tensor:
        found: Tensor = network(x, torch.full((2,), time), cond, deep=deep)
        return found

    return evaluate, network.blocks[-1] if name == "dit" else network.unet.down[-1], drawn(2, 4, 8, 8)


def transformer(name: str) -> tuple[Evaluate, nn.Module, Tensor]:
    kind, config = SMALL[name]
    network: Any = filled(kind.network(config))
    given = inputs_of(config)
    blocks = next(getattr(network, each) for each in ("parallel", "blocks", "layers") if hasattr(network, each))

    def evaluate(x: Tensor, time: float, deep: DeepFeatures | None) -> Tensor:
        found: Tensor = network(
            x, 1000 * time + 0 * given.times, given.context, given.pooled, given.guidance, deep=deep
        )
        return found

    return evaluate, blocks[-1], given.x


def recent(kind: Callable[[Any], nn.Module], config: Any, *shape: int) -> tuple[Evaluate, nn.Module, Tensor]:
    network = filled(kind(config))
    context = drawn(2, 5, config.context)

    def evaluate(x: Tensor, time: float, deep: DeepFeatures | None) -> Tensor:
        found: Tensor = network(x, torch.full((2,), 1000 * time), context, deep=deep)
        return found

    return evaluate, network.blocks[-1], drawn(2, *shape)


def filled(network: nn.Module) -> Any:
    generator = torch.Generator().manual_seed(5)
    for parameter in network.parameters():
        parameter.data = 0.1 * torch.randn(parameter.shape, generator=generator)
    return network.eval().requires_grad_(False)


def drawn(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(6))


NETWORKS: dict[str, Callable[[], tuple[Evaluate, nn.Module, Tensor]]] = {
    "icons": icons,
    "stable diffusion": stable_diffusion,
    **{name: partial(backbone, name) for name in ("unet", "cross-attention", "dit")},
    **{name: partial(transformer, name) for name in SMALL},
    "ernie-image": partial(recent, ErnieImage, ERNIE_IMAGE, 128, 4, 4),
    "anima": partial(recent, Anima, ANIMA, 16, 4, 4),
    "ideogram 4": partial(recent, Ideogram4, IDEOGRAM_4, 128, 4, 4),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_deep_features_are_computed_once_and_reused(name: str) -> None:
    evaluate, deep_layer, x = NETWORKS[name]()
    calls = []
    deep_layer.register_forward_hook(lambda *_: calls.append(1))
    whole, later = evaluate(x, 0.5, None), evaluate(0.9 * x, 0.4, None)
    computed = DeepFeatures()
    assert evaluate(x, 0.5, computed).equal(whole) and len(calls) == 3
    assert computed.saved is not None
    again = evaluate(x, 0.5, DeepFeatures(computed.saved))
    assert torch.allclose(again, whole, rtol=1e-4, atol=1e-5 * float(whole.abs().max()))
    reused = evaluate(0.9 * x, 0.4, DeepFeatures(computed.saved))
    assert len(calls) == 3, "the deep layers are skipped"
    assert not torch.allclose(reused, whole) and not torch.allclose(reused, later), "but not the others"
