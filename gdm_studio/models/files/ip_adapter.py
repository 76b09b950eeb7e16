"""Recognition of IP-Adapters for Stable Diffusion, of FLUX.1 Redux, and of the image encoders that they use, by tensor
shapes.
"""

from __future__ import annotations

from collections.abc import Mapping

from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.required_parts import RequiredPart

Shapes = Mapping[str, tuple[int, ...]]

# Tensors of an IP-Adapter, and of an IP-Adapter Plus, and the first layer for the U-Net.
PROJECTION, LATENTS = "image_proj.proj.weight", "image_proj.latents"
FIRST_LAYER = "ip_adapter.1.to_k_ip.weight"
# Layer of FLUX.1 Redux that reads the encoded image.
REDUX_FIRST_LAYER = "redux_up.weight"
# Width of CLIP's image encoders by the width of their pooled images.
_WIDTHS = {768: 1024, 1024: 1280, 1280: 1664}


def required_image_encoder(entry: Entry) -> RequiredPart:
    """Return the image encoder that an IP-Adapter or Redux requires. An IP-Adapter reads the pooled image, and an
    IP-Adapter Plus and Redux the hidden states.
    """
    shapes = next(iter(entry.headers.values())).shapes
    if width := _last_axis(shapes, REDUX_FIRST_LAYER):
        return RequiredPart("siglip_vision", width)
    pooled = _last_axis(shapes, PROJECTION)
    return RequiredPart("clip_vision", _WIDTHS.get(pooled, pooled) or _last_axis(shapes, "image_proj.proj_in.weight"))


def image_encoder_part(wanted: RequiredPart) -> str:
    """Return the name of the image encoder of an IP-Adapter or Redux among the parts of a model."""
    return f"image_encoder_{wanted.width}"


def _last_axis(shapes: Shapes, name: str) -> int:
    return (shapes.get(name) or (0,))[-1]
