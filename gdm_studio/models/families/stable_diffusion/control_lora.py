"""Control-LoRAs: ControlNets whose weights are a U-Net's weights plus low-rank changes, and additional layers."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.adapted_network import apply_adapters
from gdm_studio.models.adapters.lora_weight_deltas import LowRank
from gdm_studio.models.families.stable_diffusion.architecture import DOWN, UP, control_lora_shapes, control_net_config
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from gdm_studio.networks.stable_diffusion.control_net import ControlNet
from gdm_studio.networks.stable_diffusion.unet import UNet

FIRST = "input_blocks.0.0.weight"


def control_lora(
    name: str, tensors: Mapping[str, Tensor], unet: UNet, device: torch.device, dtype: torch.dtype
) -> ControlNet:
    """Create the ControlNet that a Control-LoRA describes: it uses the weights of the U-Net, and adds low-rank changes
    to them when a layer is computed.

    `name` is the name of the file, for errors, and `tensors` are its contents. Raises ModelError if it was made for a
    U-Net with other sizes.
    """
    shapes = control_lora_shapes({each: tuple(tensor.shape) for each, tensor in tensors.items()})
    with torch.device("meta"):
        network = ControlNet(control_net_config(shapes))
    own = {each: tensor.to(device, dtype) for each, tensor in tensors.items()}
    weights = {each: _parameter(tensor) for each, tensor in own.items() if not each.endswith((UP, DOWN))}
    shared = dict(unet.named_parameters())
    if unet.config.in_channels > network.config.in_channels:
        # U-Nets for inpainting and editing have further inputs, which a ControlNet does not see.
        first = shared[FIRST]
        plain = first.expanded() if isinstance(first, CompressedTensor) else first
        shared[FIRST] = _parameter(plain[:, : network.config.in_channels].contiguous())
    for each in shapes.keys() - weights.keys():
        if each not in shared or shared[each].shape != shapes[each]:
            sentence = "was made for a model with other sizes; choose a control model that was made for this one."
            raise ModelError(f"{name} {sentence}")
        weights[each] = shared[each]
    network.load_state_dict(weights, assign=True)
    layers = [each.removesuffix(UP) for each in own if each.endswith(UP)]
    changes = {f"{each}.weight": LowRank(own[each + UP].flatten(1), own[each + DOWN].flatten(1)) for each in layers}
    return apply_adapters(network.eval().requires_grad_(False), [(changes, 1.0)])


def _parameter(tensor: Tensor) -> nn.Parameter:
    return nn.Parameter(tensor, requires_grad=False)
