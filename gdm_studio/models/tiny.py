"""TAESD among files of weights, told by names and shapes: no torch, no file name."""

from __future__ import annotations

from collections.abc import Mapping

Shapes = Mapping[str, tuple[int, ...]]

WIDTH = 64
MOST = 200  # weights of a file that holds one
LATENT = 4  # channels of the latents of Stable Diffusion; other models have files of the same layout with more
_BLOCKS = (3, 4, 5, 8, 9, 10, 13, 14, 15, 18)  # places in the decoder of three convolutions around a skip
_PLAIN = (7, 12, 17)  # of convolutions without a bias
_PREFIXES = ("", "decoder.", "taesd_decoder.")  # before a place: in a file of its own, beside the encoder, ComfyUI's
_THEIRS = "decoder.layers."  # diffusers', who count from the first layer that has weights


def decoder_in(shapes: Shapes, latent: int = LATENT) -> dict[str, str]:
    """By our name of each weight of a tiny decoder, the file's; empty where it is not there whole."""
    wanted = _decoder(latent)
    for found in ({name: _beside(name) for name in wanted}, *({each: p + each for each in wanted} for p in _PREFIXES)):
        if all(shapes.get(found[name]) == shape for name, shape in wanted.items()):
            return found
    return {}


def is_tiny(shapes: Shapes) -> bool:
    """Whether a file holds a TAESD, for latents of any number of channels: its decoder, its encoder or both."""
    for before in ("", "encoder.", "taesd_encoder.", "encoder.layers."):
        first, last = shapes.get(f"{before}0.weight"), shapes.get(f"{before}14.weight", ())
        if first == (WIDTH, 3, 3, 3) and last[1:] == (WIDTH, 3, 3) and f"{before}3.conv.4.bias" in shapes:
            return True
    if len(shapes) > MOST:
        return False
    latents = {shape[1] for name, shape in shapes.items() if len(shape) == 4 and shape[0] == WIDTH and shape[1] < WIDTH}
    return any(decoder_in(shapes, latent) for latent in latents)


def _decoder(latent: int) -> dict[str, tuple[int, ...]]:
    """Shapes of a decoder's weights, by our names."""
    around = (WIDTH, WIDTH, 3, 3)
    found: dict[str, tuple[int, ...]] = {"1.weight": (WIDTH, latent, 3, 3), "1.bias": (WIDTH,)}
    for place in _BLOCKS:
        for layer in (0, 2, 4):
            found |= {f"{place}.conv.{layer}.weight": around, f"{place}.conv.{layer}.bias": (WIDTH,)}
    found |= {f"{place}.weight": around for place in _PLAIN}
    return found | {"19.weight": (3, WIDTH, 3, 3), "19.bias": (3,)}


def _beside(name: str) -> str:
    place, _, rest = name.partition(".")
    return f"{_THEIRS}{int(place) - 1}.{rest}"
