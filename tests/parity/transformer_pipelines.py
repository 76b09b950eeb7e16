"""Cases of the comparison with diffusers' transformer pipelines, on small models with made-up weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.parity.numbers import FOLDER

FILE = FOLDER / "transformer_pipelines.npz"
LUMINA_FILE = FOLDER / "lumina_pipeline.json"
PROMPT, NEGATIVE = "a photo of an astronaut riding a horse on mars, highly detailed", "blurry"
STEPS = 4
# Width and height, which differ so that swapped axes are noticed.
SIZE = (160, 128)
# Strides at which numbers of the latents and of an image are compared.
EVERY_LATENT, EVERY_PIXEL = 61, 997


@dataclass(frozen=True)
class Case:
    """An image of one of the models of `tiny_transformers.KINDS`."""

    kind: str
    guidance: float = 1.0
    distilled_guidance: float = 0.0
    # Name of a text encoder that is left out.
    without: str = ""


CASES: Mapping[str, Case] = {
    "FLUX.1 dev": Case("flux1 dev", distilled_guidance=2.5),
    "FLUX.1 schnell": Case("flux1 schnell"),
    "Chroma": Case("chroma", guidance=4.0),
    "FLUX.2 Klein": Case("klein"),
    "FLUX.2 Klein base": Case("klein", guidance=4.0),
    "Stable Diffusion 3": Case("sd3", guidance=5.0),
    "Stable Diffusion 3 without T5": Case("sd3", guidance=5.0, without="text_encoder_3"),
    "Stable Diffusion 3.5 Medium": Case("sd3.5 medium", guidance=5.0),
    "Z-Image": Case("z-image", guidance=4.0),
    "Z-Image Turbo": Case("z-image"),
}
# Its tokenizer is in tests/data/parity/prompt_tokens.json.xz. diffusers' normalisation of the guidance is turned off.
LUMINA = Case("lumina 2", guidance=4.0)
