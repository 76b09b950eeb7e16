"""Detection of TAESD (tiny autoencoder) weights by tensor names and shapes, without torch."""

from __future__ import annotations

from collections.abc import Mapping

Shapes = Mapping[str, tuple[int, ...]]

WIDTH = 64
# Maximum number of tensors in a TAESD file.
MOST = 200
# Latent channels of Stable Diffusion. Files with the same layout for other models have more.
LATENT = 4
# Number of latent channels of FLUX.2, and the residual blocks of its decoder that have a normalised branch.
NORMALIZED = 32
_NORMALIZED_BLOCKS = (3, 4, 5)
# Indices of the residual blocks of three convolutions in the decoder.
_BLOCKS = (3, 4, 5, 8, 9, 10, 13, 14, 15, 18)
# Indices of convolutions without a bias.
_WITHOUT_BIAS = (7, 12, 17)
# Prefixes of the indices: in a separate file, in a file with the encoder, and in ComfyUI's files.
_PREFIXES = ("", "decoder.", "taesd_decoder.")
# Prefix in diffusers' files, whose indices count from the first layer with weights.
_DIFFUSERS_PREFIX = "decoder.layers."


def find_decoder(shapes: Shapes, latent: int = LATENT) -> dict[str, str]:
    """Locate the weights of a tiny autoencoder's decoder in a file. Returns the tensor names in the file by the
    weights' names in this program, or {} if any weight is missing.
    """
    wanted = _decoder_shapes(latent)
    candidates = [{name: _diffusers_name(name) for name in wanted}]
    candidates += [{name: prefix + name for name in wanted} for prefix in _PREFIXES]
    for found in candidates:
        if all(shapes.get(found[name]) == shape for name, shape in wanted.items()):
            return found
    return {}


def has_decoder(shapes: Shapes) -> bool:
    """Return True if a file contains the decoder of a tiny autoencoder, for latents with any number of channels."""
    if len(shapes) > MOST:
        return False
    latents = {shape[1] for name, shape in shapes.items() if len(shape) == 4 and shape[0] == WIDTH and shape[1] < WIDTH}
    return any(find_decoder(shapes, latent) for latent in latents)


def is_taesd(shapes: Shapes) -> bool:
    """Return True if a file contains the decoder or encoder of a tiny autoencoder (TAESD), for latents with any number
    of channels.
    """
    for before in ("", "encoder.", "taesd_encoder.", "encoder.layers."):
        first = shapes.get(f"{before}0.weight")
        last = shapes.get(f"{before}14.weight", ())
        if first == (WIDTH, 3, 3, 3) and last[1:] == (WIDTH, 3, 3) and f"{before}3.conv.4.bias" in shapes:
            return True
    return has_decoder(shapes)


def _decoder_shapes(latent: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes that the weights of a TAESD decoder have for latents with `latent` channels, by their names in
    this program.
    """
    around = (WIDTH, WIDTH, 3, 3)
    found: dict[str, tuple[int, ...]] = {"1.weight": (WIDTH, latent, 3, 3), "1.bias": (WIDTH,)}
    for place in _BLOCKS:
        for layer in (0, 2, 4):
            found |= {f"{place}.conv.{layer}.weight": around, f"{place}.conv.{layer}.bias": (WIDTH,)}
    for place in _NORMALIZED_BLOCKS if latent == NORMALIZED else ():
        wide = 4 * WIDTH
        found |= {f"{place}.pool.0.weight": (wide, WIDTH, 1, 1), f"{place}.pool.3.weight": (WIDTH, wide, 1, 1)}
        found |= {f"{place}.pool.1.{each}": (wide,) for each in ("weight", "bias")}
    found |= {f"{place}.weight": around for place in _WITHOUT_BIAS}
    return found | {"19.weight": (3, WIDTH, 3, 3), "19.bias": (3,)}


def _diffusers_name(name: str) -> str:
    place, _, rest = name.partition(".")
    return f"{_DIFFUSERS_PREFIX}{int(place) - 1}.{rest}"
