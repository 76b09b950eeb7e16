"""Location of the tensors of a ControlNet for a diffusion transformer. Does not import torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.base import IncompleteModel
from gdm_studio.models.families.diffusion_transformers.checkpoint_layout import (
    TensorLayout,
    iterate_flaws,
    locate_tensors,
)
from gdm_studio.models.families.diffusion_transformers.configuration import (
    flux1_control_config,
    qwen_image_control_config,
    z_image_control_config,
)
from gdm_studio.models.families.stable_diffusion.variants import name_some
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.files.recognition import FLUX_1, QWEN_IMAGE, Z_IMAGE, control_kind
from gdm_studio.networks.diffusion_transformers.configurations import Shape, Weight, Weights
from gdm_studio.networks.diffusion_transformers.control_configuration import (
    ZImageControlConfig,
    flux1_control_weights,
    qwen_image_control_weights,
    z_image_control_weights,
)


class _Kind(NamedTuple):
    read_config: Callable[[str, Mapping[str, Shape]], Any]
    weights: Callable[[Any], Weights]


# Kinds of ControlNets by the models that they are for.
_KINDS: Mapping[str, _Kind] = {
    FLUX_1: _Kind(flux1_control_config, flux1_control_weights),
    QWEN_IMAGE: _Kind(qwen_image_control_config, qwen_image_control_weights),
    Z_IMAGE: _Kind(z_image_control_config, z_image_control_weights),
}
CONTROL_BASES = frozenset(_KINDS)


@dataclass(frozen=True)
class ControlLayout(TensorLayout):
    """ControlNet for a diffusion transformer as stored in a file. `base` is one of CONTROL_BASES."""

    base: str

    @property
    def weights(self) -> Iterator[Weight]:
        return _KINDS[self.base].weights(self.config)


def is_transformer_control(entry: Entry) -> bool:
    """Return True if a file contains a supported ControlNet for a diffusion transformer."""
    shapes = {name: shape for header in entry.headers.values() for name, shape in header.shapes.items()}
    return control_kind(shapes)[1] in CONTROL_BASES


def control_layout_of(entry: Entry) -> ControlLayout:
    """Locate the tensors of a ControlNet in a file.

    Raises ModelError if the file contains none, or IncompleteModel if weights are missing or unknown.
    """
    name = entry.path.name
    where, shapes, quantized = locate_tensors(entry, "")
    kind, base = control_kind(shapes)
    if base not in _KINDS:
        raise ModelError(f"{name} is not a supported ControlNet for a diffusion transformer; choose another one.")
    again = "copy or download it again"
    try:
        config = _KINDS[base].read_config(name, shapes)
        layout = ControlLayout(config, where, shapes, quantized, base)
        flaws = list(iterate_flaws(layout))
    except (LookupError, ValueError, ArithmeticError) as error:
        sentence = f"{name} is a ControlNet for {base}, but damaged or not whole; {again}."
        raise IncompleteModel(sentence, kind) from error
    if flaws:
        sentence = f"{name} is a ControlNet for {base}, but not whole: {' and '.join(flaws)}; {again}."
        raise IncompleteModel(sentence, kind)
    used = {layout.source_of(weight).name for weight in layout.weights}
    # Names without a dot are marks, such as that of a storage format.
    unknown = [each for each in shapes if each not in used and "." in each]
    if isinstance(config, ZImageControlConfig) and config.refining == "layers":
        # Version 2.0 was trained without its refiners.
        unknown = [each for each in unknown if not each.startswith("control_noise_refiner.")]
    if unknown:
        variant = f"an unsupported variant of a ControlNet for {base}, with {name_some(unknown)}"
        raise ModelError(f"{name} is {variant}; choose another one.")
    return layout


def check_control(entry: Entry) -> None:
    """Raise ModelError unless a file contains a supported ControlNet with all its weights."""
    control_layout_of(entry)
