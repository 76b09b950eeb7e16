"""Cases of the comparison with diffusers' transformer pipelines with ControlNets, on small models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gdm_studio.networks.diffusion_transformers.configurations import Flux1Config
from gdm_studio.networks.diffusion_transformers.control_configuration import (
    Flux1ControlConfig,
    QwenImageControlConfig,
)
from gdm_studio.networks.diffusion_transformers.qwen_image_configuration import QwenImageConfig
from tests.helpers import tiny_transformers
from tests.parity.numbers import FOLDER

FILE = FOLDER / "transformer_controls.json"
PROMPT = "a red house beside a lake"
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
    # "union", or "single" for a ControlNet without modes.
    control: str
    hints: tuple[Hint, ...]


CASES: Mapping[str, Case] = {
    "FLUX.1, a part of the steps": Case("flux1 deep", "single", (Hint(start=0.25, end=0.75),)),
    "FLUX.1, union with two images": Case("flux1 deep", "union", (Hint(mode=0, weight=0.4), Hint(mode=4, weight=0.7))),
    # diffusers passes the guidance to the ControlNet only.
    "FLUX.1 schnell, union": Case("flux1 schnell", "union", (Hint(mode=6),)),
    "Qwen-Image, two images": Case("qwen-image deep", "single", (Hint(weight=0.5), Hint(weight=0.3))),
}
# The released networks, and their numbers of parameters, which are those of diffusers' networks.
RELEASED: Mapping[str, tuple[Flux1ControlConfig | QwenImageControlConfig, int]] = {
    "FLUX.1, InstantX's union": (Flux1ControlConfig(Flux1Config(double=5, single=10), modes=10), 3_301_956_608),
    "FLUX.1, Shakker's union 2.0": (Flux1ControlConfig(Flux1Config(double=6, single=0)), 2_140_876_800),
    "Qwen-Image, InstantX's union": (QwenImageControlConfig(QwenImageConfig(depth=5)), 1_768_003_584),
}


def control_config(case: Case) -> Flux1ControlConfig | QwenImageControlConfig:
    """Return the configuration of a case's ControlNet."""
    if case.kind.startswith("qwen"):
        return tiny_transformers.QWEN_CONTROL
    return tiny_transformers.FLUX_UNION if case.control == "union" else tiny_transformers.FLUX_CONTROL
