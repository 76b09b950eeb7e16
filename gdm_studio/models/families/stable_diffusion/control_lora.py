"""ControlNets whose files contain only changes to a U-Net's weights, and additional layers: low-rank changes in
Control-LoRAs, and complete ones in difference ControlNets.
"""

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
    weights = {each: _create_parameter(tensor) for each, tensor in own.items() if not each.endswith((UP, DOWN))}
    shared = _shared_weights(unet, network.config.in_channels)
    for each in shapes.keys() - weights.keys():
        if each not in shared or shared[each].shape != shapes[each]:
            raise _size_error(name)
        weights[each] = shared[each]
    network.load_state_dict(weights, assign=True)
    layers = [each.removesuffix(UP) for each in own if each.endswith(UP)]
    changes = {f"{each}.weight": LowRank(own[each + UP].flatten(1), own[each + DOWN].flatten(1)) for each in layers}
    return apply_adapters(network.eval().requires_grad_(False), [(changes, 1.0)])


def difference_control_net(
    name: str, tensors: Mapping[str, Tensor], unet: UNet, device: torch.device, dtype: torch.dtype
) -> ControlNet:
    """Create the ControlNet whose differences from a U-Net are in a file: the U-Net's weights are added to them. Layers
    that a U-Net lacks are complete in the file.

    `name` is the name of the file, for errors, and `tensors` are its contents. Raises ModelError if it was made for a
    U-Net with other sizes.
    """
    with torch.device("meta"):
        network = ControlNet(control_net_config({each: tuple(tensor.shape) for each, tensor in tensors.items()}))
    shared = _shared_weights(unet, network.config.in_channels)
    weights = {}
    for each, tensor in tensors.items():
        weight = tensor.to(device, torch.float32)
        if (base := shared.get(each)) is not None:
            plain = base.expanded() if isinstance(base, CompressedTensor) else base
            if plain.shape != weight.shape:
                raise _size_error(name)
            weight = weight + plain.to(device, torch.float32)
        weights[each] = _create_parameter(weight.to(dtype))
    network.load_state_dict(weights, assign=True)
    return network.eval().requires_grad_(False)


def _shared_weights(unet: UNet, channels: int) -> dict[str, nn.Parameter]:
    """Return the weights of a U-Net by name, with the first `channels` input channels.

    U-Nets for inpainting and editing have further inputs, which a ControlNet does not see.
    """
    shared = dict(unet.named_parameters())
    if unet.config.in_channels > channels:
        first = shared[FIRST]
        plain = first.expanded() if isinstance(first, CompressedTensor) else first
        shared[FIRST] = _create_parameter(plain[:, :channels].contiguous())
    return shared


def _size_error(name: str) -> ModelError:
    return ModelError(
        f"{name} was made for a model with other sizes; choose a control model that was made for this one."
    )


def _create_parameter(tensor: Tensor) -> nn.Parameter:
    return nn.Parameter(tensor, requires_grad=False)
