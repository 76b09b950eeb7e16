"""Alternative interpretations of a model file. If the model denoises better with one of them, the file was interpreted
wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import Array, NoiseLevel
from gdm_studio.maths.predictions import PREDICTIONS, WORDS
from gdm_studio.models.loaded_model import Stage
from gdm_studio.networks.diffusion_transformers.blocks import Attention as RotaryAttention

PREDICTION = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "It denoises better if its output is read as {kind}: its prediction type is wrong. Choose another prediction type "
    "in its details.",
)
TIME = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "It denoises better with other timesteps ({kind}): its timesteps are on the wrong scale. Report this file.",
)
SCALE = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "It denoises better with latents times {kind}: the scale of the latents is wrong. Choose the VAE that was made for "
    "it.",
)
SHIFT = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "It denoises better with latents shifted by {kind}: the shift of the latents is wrong. Choose the VAE that was "
    "made for it.",
)
QUERIES = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "It denoises better with queries and keys swapped: the file has them in another order. Download another version.",
)
ROTARY = QT_TRANSLATE_NOOP(
    "ModelCheck",
    "It denoises better with another order of its position numbers (RoPE): the file was converted for another program. "
    "Download another version.",
)


@dataclass(frozen=True)
class Alternative:
    """Alternative interpretation of a model file, such as a different prediction type. The loaded model uses it while
    the context manager `changed` is active.
    """

    cause: str
    text: str
    kind: str = ""
    scale: float = 1.0
    # True if weights are ordered otherwise. A sound network is then worse at once, above all at low noise, so that a
    # small fall of the error speaks for the alternative. A slightly other scale may just suit our images better.
    is_layout: bool = False
    # In standard deviations of the latents.
    offset: float = 0.0
    changed: Callable[[Stage], AbstractContextManager[object]] = lambda stage: nullcontext()


@dataclass(frozen=True)
class _OtherTime(Diffusion):
    """Diffusion process that passes factor · time + origin to the network instead of the time, to test different
    conventions for the time input.
    """

    factor: float = 1.0
    origin: float = 0.0

    def time(self, at: NoiseLevel) -> Array:
        return self.factor * super().time(at) + self.origin


def alternatives_of(stage: Stage) -> Iterator[Alternative]:
    """Yield the alternative interpretations of a model file that can be tried on a stage of the model, such as its base
    model or refiner.
    """
    diffusion = stage.diffusion
    for name in PREDICTIONS:
        if name != diffusion.prediction and diffusion.prediction in PREDICTIONS:
            yield Alternative(
                "prediction",
                PREDICTION,
                WORDS.get(name, name),
                changed=partial(_replace_diffusion, other=replace(diffusion, prediction=name)),
            )
    last = len(diffusion.process.ratios) - 1.0
    backwards = ("reversed", -1.0, 0.0 if diffusion.prediction == "edm" else last)
    for kind, factor, origin in (("× 1000", 1000.0, 0.0), ("÷ 1000", 1 / 1000, 0.0), backwards):
        timed = _OtherTime(diffusion.process, diffusion.prediction, diffusion.data_scale, factor, origin)
        yield Alternative("time", TIME, kind, changed=partial(_replace_diffusion, other=timed))
    for scale in (0.25, 0.5, 2.0, 4.0):
        yield Alternative("scale", SCALE, f"{scale:g}", scale=scale)
    for offset in (-1.0, -0.5, 0.5, 1.0):
        yield Alternative("shift", SHIFT, f"{offset:g}", offset=offset)
    networks = list(denoisers(stage))
    if any(_find_swappable(module) for network in networks for module in network.modules()):
        yield Alternative("queries", QUERIES, is_layout=True, changed=_swap_queries)
    if any(isinstance(module, RotaryAttention) for network in networks for module in network.modules()):
        yield Alternative("rotary", ROTARY, is_layout=True, changed=partial(with_rotary_order, inverse=False))
        yield Alternative("rotary", ROTARY, is_layout=True, changed=partial(with_rotary_order, inverse=True))


def denoisers(stage: Stage) -> Iterator[nn.Module]:
    """Yield the denoising networks in a stage of a model (such as base model or refiner), but not its text encoder and
    VAE.
    """
    for name in ("network", "unet", "networks"):
        found = getattr(stage, name, None)
        if isinstance(found, Mapping):
            found = found.get("denoiser")
        elif name == "networks":
            found = getattr(found, "unet", None)
        if isinstance(found, nn.Module):
            yield found


@contextmanager
def _replace_diffusion(stage: Stage, *, other: Diffusion) -> Iterator[None]:
    """Replace the forward process and prediction type of a model's stage by those of `other` until the context ends.
    Denoisers created before use them too.
    """
    before = stage.diffusion
    object.__setattr__(stage, "diffusion", other)
    try:
        yield
    finally:
        object.__setattr__(stage, "diffusion", before)


@contextmanager
def with_rotary_order(stage: Stage, *, inverse: bool) -> Iterator[None]:
    """Permute the channels of queries and keys for rotary position embeddings until the context ends. Adjacent pairs
    become two halves, or the reverse if `inverse`.
    """
    with ExitStack() as stack:
        for network in denoisers(stage):
            for module in network.modules():
                if isinstance(module, RotaryAttention):
                    order = torch.arange(module.size).unflatten(0, (2, -1) if inverse else (-1, 2)).T.flatten()
                    for name in ("query_norm", "key_norm"):
                        stack.enter_context(
                            _replace_module(module, name, nn.Sequential(getattr(module, name), _HeadPermutation(order)))
                        )
        yield


class _HeadPermutation(nn.Module):
    """Layer that permutes the channels of each attention head."""

    def __init__(self, order: Tensor) -> None:
        super().__init__()
        self.order = order

    def forward(self, heads: Tensor) -> Tensor:
        return heads[..., self.order.to(heads.device)]


class _Swapped(nn.Module):
    """Fused query-key-value projection of an attention layer with queries and keys swapped."""

    def __init__(self, fused: nn.Module) -> None:
        super().__init__()
        self.fused = fused

    def forward(self, x: Tensor) -> Tensor:
        first, second, third = self.fused(x).chunk(3, dim=-1)
        return torch.cat([second, first, third], dim=-1)


# Names of the projections to queries and keys, and of one that is fused with the values.
_PAIRS = (("query", "key"), ("to_q", "to_k"), ("query_norm", "key_norm"))
_FUSED = "query_key_value"


def _find_swappable(module: nn.Module) -> list[tuple[str, str]]:
    """Return pairs of attribute names of an attention layer's query and key projections that have equal shapes, so that
    they could have been confused when the file was read.
    """
    found = []
    for first, second in _PAIRS:
        one, other = getattr(module, first, None), getattr(module, second, None)
        if isinstance(one, nn.Module) and isinstance(other, nn.Module):
            shapes = [[tuple(weight.shape) for weight in each.parameters()] for each in (one, other)]
            if shapes[0] == shapes[1]:
                found.append((first, second))
    if isinstance(getattr(module, _FUSED, None), nn.Module):
        found.append((_FUSED, _FUSED))
    return found


@contextmanager
def _swap_queries(stage: Stage) -> Iterator[None]:
    with ExitStack() as stack:
        for network in denoisers(stage):
            for module in list(network.modules()):
                for first, second in _find_swappable(module):
                    one, other = getattr(module, first), getattr(module, second)
                    if first == second:
                        stack.enter_context(_replace_module(module, first, _Swapped(one)))
                        continue
                    stack.enter_context(_replace_module(module, first, other))
                    stack.enter_context(_replace_module(module, second, one))
        yield


@contextmanager
def _replace_module(module: nn.Module, name: str, other: nn.Module) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, other)
    try:
        yield
    finally:
        setattr(module, name, before)
