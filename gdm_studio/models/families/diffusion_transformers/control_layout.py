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
    anima_control_config,
    flux1_control_config,
    qwen_image_control_config,
    redux_config,
    z_image_control_config,
)
from gdm_studio.models.families.stable_diffusion.variants import name_some
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.files.recognition import ANIMA, FLUX_1, QWEN_IMAGE, REDUX, Z_IMAGE, control_kind
from gdm_studio.models.files.stated_configuration import check_stated_configuration
from gdm_studio.networks.diffusion_transformers.anima_control_configuration import anima_control_weights
from gdm_studio.networks.diffusion_transformers.configurations import Shape, Weight, Weights
from gdm_studio.networks.diffusion_transformers.control_configuration import (
    ZImageControlConfig,
    flux1_control_weights,
    qwen_image_control_weights,
    z_image_control_weights,
)
from gdm_studio.networks.diffusion_transformers.redux_configuration import redux_weights


class _Kind(NamedTuple):
    # Name of the kind in messages.
    title: str
    # Function (name of the file, shapes, metadata) → configuration.
    read_config: Callable[[str, Mapping[str, Shape], Mapping[str, str]], Any]
    weights: Callable[[Any], Weights]


def _ignore_metadata(
    read: Callable[[str, Mapping[str, Shape]], Any],
) -> Callable[[str, Mapping[str, Shape], Mapping[str, str]], Any]:
    """Return a function that reads a configuration and ignores the metadata."""
    return lambda name, shapes, metadata: read(name, shapes)


# Kinds of ControlNets by the models that they are for, and Redux.
_KINDS: Mapping[str, _Kind] = {
    ANIMA: _Kind(f"ControlNet-LLLite for {ANIMA}", anima_control_config, anima_control_weights),
    FLUX_1: _Kind(f"ControlNet for {FLUX_1}", _ignore_metadata(flux1_control_config), flux1_control_weights),
    QWEN_IMAGE: _Kind(
        f"ControlNet for {QWEN_IMAGE}", _ignore_metadata(qwen_image_control_config), qwen_image_control_weights
    ),
    REDUX: _Kind(f"Redux adapter for {FLUX_1}", _ignore_metadata(redux_config), redux_weights),
    Z_IMAGE: _Kind(f"ControlNet for {Z_IMAGE}", _ignore_metadata(z_image_control_config), z_image_control_weights),
}
CONTROL_BASES = frozenset({ANIMA, FLUX_1, QWEN_IMAGE, Z_IMAGE})


@dataclass(frozen=True)
class ControlLayout(TensorLayout):
    """ControlNet for a diffusion transformer, or Redux, as stored in a file."""

    # The models that a ControlNet is for, one of CONTROL_BASES, or REDUX.
    network: str

    @property
    def weights(self) -> Iterator[Weight]:
        return _KINDS[self.network].weights(self.config)


def is_transformer_control(entry: Entry) -> bool:
    """Return True if a file contains a supported ControlNet for a diffusion transformer, or Redux."""
    shapes = {name: shape for header in entry.headers.values() for name, shape in header.shapes.items()}
    return control_kind(shapes)[1] in CONTROL_BASES


def control_layout_of(entry: Entry) -> ControlLayout:
    """Locate the tensors of a ControlNet or of Redux in a file.

    Raises ModelError if the file contains none, or IncompleteModel if weights are missing or unknown.
    """
    name = entry.path.name
    where, shapes, quantized = locate_tensors(entry, "")
    kind, base = control_kind(shapes)
    if base not in CONTROL_BASES:
        raise ModelError(f"{name} is not a supported ControlNet for a diffusion transformer; choose another one.")
    again = "copy or download it again"
    network = REDUX if kind == REDUX else base
    title, read_config, _ = _KINDS[network]
    try:
        config = read_config(name, shapes, entry.metadata)
        layout = ControlLayout(config, where, shapes, quantized, network)
        flaws = list(iterate_flaws(layout))
    except (LookupError, ValueError, ArithmeticError) as error:
        sentence = f"{name} is a {title}, but damaged or not whole; {again}."
        raise IncompleteModel(sentence, kind) from error
    if flaws:
        sentence = f"{name} is a {title}, but not whole: {' and '.join(flaws)}; {again}."
        raise IncompleteModel(sentence, kind)
    used = {layout.source_of(weight).name for weight in layout.weights}
    # Names without a dot are marks, such as that of a storage format.
    unknown = [each for each in shapes if each not in used and "." in each]
    if isinstance(config, ZImageControlConfig) and config.refining == "layers":
        # Version 2.0 was trained without its refiners.
        unknown = [each for each in unknown if not each.startswith("control_noise_refiner.")]
    if unknown:
        variant = f"an unsupported variant of a {title}, with {name_some(unknown)}"
        raise ModelError(f"{name} is {variant}; choose another one.")
    return layout


def check_control(entry: Entry) -> None:
    """Raise ModelError unless a file contains a supported ControlNet with all its weights, and the configuration beside
    it states what is computed here.
    """
    check_stated_configuration(control_layout_of(entry).files(entry))
