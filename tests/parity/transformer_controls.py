"""Cases of the comparison with diffusers' transformer pipelines with ControlNets, on small models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from gdm_studio.networks.diffusion_transformers.configurations import Flux1Config, ZImageConfig
from gdm_studio.networks.diffusion_transformers.control_configuration import (
    Flux1ControlConfig,
    QwenImageControlConfig,
    ZImageControlConfig,
)
from gdm_studio.networks.diffusion_transformers.qwen_image_configuration import QwenImageConfig
from gdm_studio.networks.diffusion_transformers.redux_configuration import ReduxConfig
from tests.helpers import tiny_transformers
from tests.parity.numbers import FOLDER
from tests.parity.references import image, mask

FILE = FOLDER / "transformer_controls.json"
PROMPT, NEGATIVE = "a red house beside a lake", "blurry"
STEPS = 4
# Width and height, which differ so that swapped axes are noticed.
SIZE = (160, 128)
EVERY_LATENT = 83


@dataclass(frozen=True)
class Hint:
    """Control image, with its mode in a union, or -1."""

    mode: int = -1
    weight: float = 0.8
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True)
class Case:
    """Image of one of the models of `tiny_transformers.KINDS` with control images."""

    kind: str
    # "union", or "single" for a ControlNet without modes, or the version of a ControlNet for Z-Image, or "redux".
    control: str
    hints: tuple[Hint, ...]
    guidance: float = 1.0
    # True for a start image with a mask, which the ControlNet sees.
    inpaints: bool = False


CASES: Mapping[str, Case] = {
    "FLUX.1, a part of the steps": Case("flux1 deep", "single", (Hint(start=0.25, end=0.75),)),
    "FLUX.1, union with two images": Case("flux1 deep", "union", (Hint(mode=0, weight=0.4), Hint(mode=4, weight=0.7))),
    # diffusers passes the guidance to the ControlNet only.
    "FLUX.1 schnell, union": Case("flux1 schnell", "union", (Hint(mode=6),)),
    "Qwen-Image, two images": Case("qwen-image deep", "single", (Hint(weight=0.5), Hint(weight=0.3))),
    "FLUX.1 Redux": Case("flux1 deep", "redux", (Hint(weight=1.0),)),
    "FLUX.1 Redux, two images": Case("flux1 deep", "redux", (Hint(weight=0.6), Hint(weight=0.4))),
    "Z-Image, version 1": Case("z-image deep", "1", (Hint(),), guidance=4.0),
    "Z-Image, version 2.0, a part of the steps": Case("z-image deep", "2.0", (Hint(start=0.25, end=0.75),)),
    "Z-Image, version 2.1": Case("z-image deep", "2.1", (Hint(weight=0.6),)),
    "Z-Image, version 2.1, inpainting": Case("z-image deep", "2.1", (Hint(),), guidance=4.0, inpaints=True),
}
_Z_IMAGE = ZImageConfig(context=0)
# The released networks, and their numbers of parameters, which are those of diffusers' networks.
RELEASED: Mapping[str, tuple[tiny_transformers.ControlConfig, int]] = {
    "FLUX.1, InstantX's union": (Flux1ControlConfig(Flux1Config(double=5, single=10), modes=10), 3_301_956_608),
    "FLUX.1, Shakker's union 2.0": (Flux1ControlConfig(Flux1Config(double=6, single=0)), 2_140_876_800),
    "Qwen-Image, InstantX's union": (QwenImageControlConfig(QwenImageConfig(depth=5)), 1_768_003_584),
    "FLUX.1 Redux": (ReduxConfig(), 64_503_808),
    "Z-Image, union 1": (ZImageControlConfig(replace(_Z_IMAGE, depth=6)), 1_550_778_368),
    "Z-Image, union 2.1": (ZImageControlConfig(replace(_Z_IMAGE, depth=15), 33, "refiners"), 3_356_225_792),
    "Z-Image, union 2.1 lite": (ZImageControlConfig(replace(_Z_IMAGE, depth=3), 33, "refiners"), 1_008_308_480),
}


def start_image() -> dict[str, np.ndarray]:
    """Return the start image and the mask of an inpainting case."""
    return {"image": image(1, *SIZE), "mask": mask(*SIZE)}


def control_weights(case: Case) -> dict[str, Tensor]:
    """Return the weights in the file of a case's ControlNet. The refiners of version 2.0 have layers of zeros."""
    found = tiny_transformers.control_net(control_config(case))
    if case.control == "2.0":
        zeros = re.compile(r"control_noise_refiner\.\d\.(?:before|after)_proj\.")
        found = {name: torch.zeros_like(weight) if zeros.match(name) else weight for name, weight in found.items()}
    return found


def control_config(case: Case) -> tiny_transformers.ControlConfig:
    """Return the configuration of a case's ControlNet."""
    if case.kind.startswith("z-image"):
        return tiny_transformers.Z_IMAGE_CONTROL if case.control == "1" else tiny_transformers.Z_IMAGE_CONTROL_2
    if case.kind.startswith("qwen"):
        return tiny_transformers.QWEN_CONTROL
    if case.control == "redux":
        return tiny_transformers.REDUX
    return tiny_transformers.FLUX_UNION if case.control == "union" else tiny_transformers.FLUX_CONTROL
