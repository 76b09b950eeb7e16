"""Optimizers: AdamW for all parameters, or Muon for the matrices and AdamW for the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn

from gdm_studio.models.memory.precision import is_fast

# The coefficients of the Newton–Schulz iteration (Jordan 2024), for five iterations.
STEPS = ((3.4445, -4.7750, 2.0315),) * 5


class Muon(torch.optim.Optimizer):
    """Muon optimiser for matrices and kernels, whose steps are orthogonalised momentum (Jordan 2024).

    Kernels are viewed as matrices (out, rest). Its steps have the size of AdamW's (Liu et al. 2025, equation 4), so
    that both optimizers can use the same learning rate.
    """

    def __init__(
        self, params: Iterable[Tensor], lr: float, *, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "relative": 1.0})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: dict[tuple[int, int], list[Tensor]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape[(parameter.shape[0], parameter[0].numel())].append(parameter)
            for parameters in by_shape.values():
                self._step_alike(parameters, group)

    def _step_alike(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        directions = []
        for parameter in parameters:
            assert parameter.grad is not None
            state = self.state[parameter]
            momentum = state.setdefault("momentum", torch.zeros_like(parameter))
            momentum.lerp_(parameter.grad, 1 - group["momentum"])
            # This is Nesterov momentum.
            ahead = parameter.grad.lerp(momentum, group["momentum"])
            directions.append(_to_matrix(ahead))
        steps = orthogonal(torch.stack(directions))
        scale = 0.2 * max(steps.shape[1:]) ** 0.5
        for parameter, step in zip(parameters, steps, strict=True):
            parameter.mul_(1 - group["lr"] * group["weight_decay"])
            _to_matrix(parameter).add_(step, alpha=-group["lr"] * scale)


def _to_matrix(kernel: Tensor) -> Tensor:
    """View a convolution kernel as a matrix (output channels, all other elements), in its own memory layout."""
    if kernel.ndim == 4 and kernel.is_contiguous(memory_format=torch.channels_last):
        kernel = kernel.permute(0, 2, 3, 1)
    return kernel.view(len(kernel), -1)


def orthogonal(matrices: Tensor) -> Tensor:
    """Return approximately the nearest orthogonal matrix to each of the matrices (n, rows, columns).

    Their singular values are 0.7 to 1.2. The computation uses bf16 if the device supports it natively. This is several
    times faster than fp32, whereas emulated bf16 is three times slower. The polynomials are evaluated on the matrices
    themselves. Gram matrices would halve the cost, but bf16 loses small values when squaring, so that singular values
    below 1 % of the largest would become four times too large.
    """
    if matrices.shape[1] > matrices.shape[2]:
        return orthogonal(matrices.mT).mT
    x = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-12)
    if is_fast(torch.bfloat16, matrices.device):
        x = x.bfloat16()
    for a, b, c in STEPS:
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.to(matrices.dtype)


def adamw_of(parameters: Sequence[nn.Parameter], learning_rate: float) -> torch.optim.Optimizer:
    """Create an AdamW optimiser for the given parameters, all with the same learning rate."""
    return _create_adamw([{"params": list(parameters), "relative": 1.0}], learning_rate)


def adamw(unet: nn.Module, text: nn.Module, learning_rate: float) -> list[torch.optim.Optimizer]:
    """Create one AdamW optimiser for all parameters of the U-Net and the text encoder that are not frozen."""
    learning = [parameter for _, parameter in _iterate_trainable_parameters(unet, text)]
    return [_create_adamw([{"params": learning, "relative": 1.0}], learning_rate)]


def muon(unet: nn.Module, text: nn.Module, learning_rate: float) -> list[torch.optim.Optimizer]:
    """Create a Muon optimiser for inner kernels and matrices, and an AdamW optimiser for all other parameters.

    The others are vectors and the layers OUTER: embeddings, input and output layers of the built-in model. In most
    systems of the literature, these layers have other names, and Muon trains them. Its balanced steps matter most in
    the text conditioning layers, where AdamW follows the features common to all prompts and learns rare words late.
    """
    matrices: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, parameter in _iterate_trainable_parameters(unet, text):
        is_inner = parameter.ndim >= 2 and not name.startswith(OUTER)
        (matrices if is_inner else rest).append(parameter)
    return [
        Muon(matrices, learning_rate, weight_decay=0.01),
        _create_adamw([{"params": rest, "relative": 0.5}], learning_rate),
    ]


def set_rate(optimizers: Sequence[torch.optim.Optimizer], rate: float) -> None:
    """Set the learning rate of the optimisers for the next step.

    The rate of a parameter group is multiplied by its factor `relative`, if any.
    """
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate * group.get("relative", 1.0)


def _iterate_trainable_parameters(*modules: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
    """Yield the names and parameters of the modules that are trained, leaving out frozen parameters."""
    named = chain.from_iterable(module.named_parameters() for module in modules)
    return ((name, parameter) for name, parameter in named if parameter.requires_grad)


def _create_adamw(groups: list[dict[str, Any]], learning_rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(groups, learning_rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True)


# The prefixes of layers that touch data or prompts, and of the draft network. Muon's steps are too large for them.
OUTER = ("conv_in", "conv_out", "sketch", "special", "position", "weigh")
OPTIMIZERS = {"adamw": adamw, "muon": muon}
