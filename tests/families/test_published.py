"""Files and folders with the names and shapes of the published Stable Diffusion checkpoints, without their values.

The names come from tests/parity/by_keys.py: those of diffusers, of transformers, and of diffusers' conversion.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from gdm_studio.models.families.stable_diffusion import architecture, weight_names
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import Part, layout_of
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.model_library import Library
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.unet import UNet
from tests.parity.keys import told

PUBLISHED_KEYS = told()
# Published counts: parameters of the U-Net of each kind, of a folder's text encoders and of the autoencoder.
COUNTS = {
    "sd1": 859_520_964, "sd1-inpainting": 859_535_364, "sd2": 865_910_724, "sd2-inpainting": 865_925_124,
    "sdxl": 2_567_463_684, "refiner": 2_259_526_660,
    "clip_l": 123_060_480, "vit_h": 340_387_840, "big_g": 694_659_840, "vae": 83_653_863,
}  # fmt: skip
Shapes = Mapping[str, tuple[int, ...]]
BUILDERS: Mapping[Part, Callable[[Shapes], nn.Module]] = {
    "unet": lambda shapes: UNet(architecture.unet_config(shapes)),
    "vae": lambda shapes: Autoencoder(architecture.autoencoder_config(shapes)),
    "text_encoder": lambda shapes: ClipText(architecture.clip_config(shapes)),
    "text_encoder_2": lambda shapes: ClipText(architecture.clip_config(shapes)),
}


@dataclass(frozen=True)
class Published:
    summary: str
    unet: str
    # The text encoder of each part, and the prefix of its names in a single file.
    texts: Mapping[Part, tuple[str, str]]


OPENAI: Mapping[Part, tuple[str, str]] = {"text_encoder": ("clip_l", "cond_stage_model.transformer.")}
VIT_H: Mapping[Part, tuple[str, str]] = {"text_encoder": ("vit_h", "cond_stage_model.model.")}
PUBLISHED = {
    "sd1": Published("Stable Diffusion 1", "sd1", OPENAI),
    "sd1-inpainting": Published("Stable Diffusion 1, for inpainting", "sd1-inpainting", OPENAI),
    "sd2": Published("Stable Diffusion 2", "sd2", VIT_H),
    "sd2-inpainting": Published("Stable Diffusion 2, for inpainting", "sd2-inpainting", VIT_H),
    "sdxl": Published(
        "SDXL", "sdxl",
        {
            "text_encoder": ("clip_l", "conditioner.embedders.0.transformer."),
            "text_encoder_2": ("big_g", "conditioner.embedders.1.model."),
        },
    ),
    "refiner": Published(
        "SDXL refiner", "refiner", {"text_encoder_2": ("big_g", "conditioner.embedders.0.model.")}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_parameter_counts_are_the_published_ones(name: str) -> None:
    assert sum(prod(shape) for shape in PUBLISHED_KEYS[name]["folder"].values()) == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_weights_have_the_same_name_in_both_layouts(name: str) -> None:
    """Check that a weight of the folder layout and its weight in the single file get the same name."""
    theirs = PUBLISHED_KEYS[name]
    if name in ("clip_l", "vit_h", "big_g"):
        ours = weight_names.clip_from_transformers(theirs["of"])
        places = weight_names.tensors_from_openclip(theirs["file"])
        in_file = {our: place.name for our, place in places.items()} or {
            our: name for name, our in weight_names.clip_from_transformers(theirs["file"]).items()
        }
    else:
        ours = (weight_names.vae_from_diffusers if name == "vae" else weight_names.unet_from_diffusers)(theirs["of"])
        in_file = {our: our for our in theirs["file"]}
    assert {each: in_file[our] for each, our in ours.items()} == theirs["of"]
    assert len(set(ours.values())) == len(theirs["of"])


@pytest.mark.skipif(sys.platform != "linux", reason="files of gigabytes that are empty take no room on Linux alone")
@pytest.mark.parametrize("layout", ["file", "folder"])
@pytest.mark.parametrize("name", PUBLISHED)
def test_networks_have_exactly_the_published_names_and_shapes(name: str, layout: str, tmp_path: Path) -> None:
    of = PUBLISHED[name]
    parts: dict[Part, Any] = {"unet": PUBLISHED_KEYS[of.unet], "vae": PUBLISHED_KEYS["vae"]}
    parts |= {part: PUBLISHED_KEYS[which] for part, (which, _) in of.texts.items()}
    place = (write_file if layout == "file" else write_folder)(tmp_path / name, of, parts)
    card = Library().card(str(place))
    assert card.summary == of.summary and card.family == "stable_diffusion"
    assert card.parameters == sum(prod(shape) for part in parts.values() for shape in part[layout].values())
    found = layout_of(read_entry(place))
    assert found.left == () and found.networks.keys() == parts.keys()
    for part, network in found.networks.items():
        with torch.device("meta"):
            made = BUILDERS[part](network.shapes)
        assert {each: tuple(weight.shape) for each, weight in made.state_dict().items()} == network.shapes
        theirs = {taken.name.removeprefix(prefix_of(of, part)) for _, taken in network.weights.values()}
        assert theirs == parts[part][layout].keys()


def prefix_of(of: Published, part: Part) -> str:
    """Return the prefix of a part's names in a single file."""
    first = {"unet": "model.diffusion_model.", "vae": "first_stage_model."}
    return first[part] if part in first else of.texts[part][1]


def write_file(place: Path, of: Published, parts: Mapping[Part, Any]) -> Path:
    whole = {prefix_of(of, part) + name: shape for part, each in parts.items() for name, shape in each["file"].items()}
    return write_sparse(place.with_suffix(".safetensors"), whole)


def write_folder(place: Path, of: Published, parts: Mapping[Part, Any]) -> Path:
    for part, each in parts.items():
        file = "model" if part.startswith("text") else "diffusion_pytorch_model"
        (place / part).mkdir(parents=True)
        write_sparse(place / part / f"{file}.safetensors", each["folder"])
    (place / "scheduler").mkdir()
    (place / "scheduler" / "scheduler_config.json").write_text("{}", "utf-8")
    (place / "model_index.json").write_text(json.dumps({part: ["diffusers", "x"] for part in parts}), "utf-8")
    return place


def write_sparse(path: Path, shapes: Shapes) -> Path:
    """Write a sparse file with these weights, all 0 in fp16."""
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * prod(shape)
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [begin, end]}
    data = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(data)) + data)
        file.truncate(8 + len(data) + end)
    return path
