"""Cases of the comparison with diffusers' pipelines with control models: checkpoints and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.parity.numbers import FOLDER

FILE = FOLDER / "control.npz"
# U-Net of SDXL's layout on which a T2I-Adapter for SDXL acts, and its image (height, width).
XL_WIDTHS, XL_IMAGE = (32, 64, 128), (96, 64)
XL_CHANNELS = (32, 64, 128, 128)
# Modes of a union, and the one that is used.
UNION_MODES, MODE = 6, 1


@dataclass(frozen=True)
class Case:
    """Case of an image with a control model, or of an edited image."""

    # One of `tiny_stable.KINDS`.
    kind: str
    # "ControlNet", "Union", "T2I-Adapter", or "" for InstructPix2Pix.
    control: str
    prediction: str = "epsilon"
    weight: float = 0.8
    start: float = 0.0
    end: float = 1.0
    image_guidance: float = 1.5


CASES: Mapping[str, Case] = {
    "sd1.controlnet": Case("sd1", "ControlNet"),
    "sd1.controlnet.part": Case("sd1", "ControlNet", start=0.25, end=0.75),
    "sd2.controlnet": Case("sd2", "ControlNet", "v_prediction"),
    "sdxl.controlnet": Case("sdxl", "ControlNet"),
    "sdxl.union": Case("sdxl", "Union"),
    "sd1.t2i": Case("sd1", "T2I-Adapter"),
    "sd1.editing": Case("editing", ""),
    "sdxl.editing": Case("sdxl editing", ""),
}
