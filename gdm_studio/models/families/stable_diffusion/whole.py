"""Whether the networks of a checkpoint are whole, told by names and shapes alone: no torch, and no weight is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from gdm_studio.errors import ModelError
from gdm_studio.models.families.base import NotWhole
from gdm_studio.models.families.stable_diffusion.kinds import Kind, several
from gdm_studio.models.families.stable_diffusion.layout import Layout, Part
from gdm_studio.models.families.stable_diffusion.sizes import Shapes, autoencoder_config, clip_config, unet_config
from gdm_studio.networks.stable_diffusion import sizes
from gdm_studio.networks.stable_diffusion.sizes import UNetConfig

_WEIGHTS: Mapping[str, Callable[[Shapes], sizes.Named]] = {
    "unet": lambda shapes: sizes.unet_weights(unet_config(shapes)),
    "vae": lambda shapes: sizes.autoencoder_weights(autoencoder_config(shapes)),
    "text_encoder": lambda shapes: sizes.clip_weights(clip_config(shapes)),
}
_XL = ((0, 0), (2, 2), (10, 10)), ((0, 0, 0), (2, 2, 2), (10, 10, 10))
_RF = ((0, 0), (4, 4), (4, 4), (0, 0)), ((0, 0, 0), (4, 4, 4), (4, 4, 4), (0, 0, 0))
_STANDARD = {  # the U-Nets that most are, to compare one with that is none by itself
    "Stable Diffusion 1": UNetConfig(),
    "Stable Diffusion 2": UNetConfig(context=1024, heads=0),
    "SDXL": UNetConfig(4, 4, 320, (1, 2, 4), _XL[0], 10, _XL[1], context=2048, heads=0, vector=2816),
    "SDXL refiner": UNetConfig(4, 4, 384, (1, 2, 4, 4), _RF[0], 4, _RF[1], context=1280, heads=0, vector=2560),
}


def check_networks(name: str, layout: Layout, kind: Kind) -> None:
    """Raises NotWhole for the first network of the checkpoint called so that lacks a weight, or has another."""
    parts: tuple[Part, ...] = ("unet", "vae", *kind.texts)
    for part in parts:
        if part in layout.networks:
            check_network(name, part, layout.networks[part].shapes, kind.title)


def check_network(name: str, part: Part, shapes: Shapes, nearest: str = "") -> None:
    """Raises NotWhole, which says what it lacks and has beside, how many, and the `nearest` kind where there is one."""
    wanted = _wanted(part, shapes, nearest)
    if wanted is None:
        raise ModelError(f"{name} is damaged or not whole; copy or download it again.")
    unlike = {each for each, shape in wanted.items() if shapes.get(each, shape) != shape}
    found = {
        "lacks {}": wanted.keys() - shapes.keys(),
        "has {}, not known here": shapes.keys() - wanted.keys(),
        "has another shape of {}": unlike,
    }
    if flaws := [words.format(several(names)) for words, names in found.items() if names]:
        what = f"is nearest to {nearest}, but not whole" if nearest else "is not whole"
        again = "copy or download it again, or choose another model"
        raise NotWhole(f"{name} {what}: its {part} {' and '.join(flaws)}; {again}.", nearest)


def _wanted(part: Part, shapes: Shapes, nearest: str) -> Mapping[str, tuple[int, ...]] | None:
    """The weights of the network that these are of, or else of the standard one; None where nothing is known."""
    try:
        return dict(_WEIGHTS[part.removesuffix("_2")](shapes))
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        standard = _STANDARD.get(nearest) if part == "unet" else None
        if standard is not None:
            return dict(sizes.unet_weights(replace(standard, in_channels=shapes["input_blocks.0.0.weight"][1])))
        # the name of one without which its sizes are not known
        return {**shapes, str(error.args[0]): ()} if isinstance(error, KeyError) else None
