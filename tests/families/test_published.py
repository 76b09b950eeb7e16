"""Files and folders with the names and shapes of the published checkpoints of Stable Diffusion, and no numbers.

The names are those of tests/parity/by_keys.py: diffusers' and transformers' own, and of diffusers' conversion.
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

from gdm_studio.models.checkpoints import read_entry
from gdm_studio.models.families.stable_diffusion import names, sizes
from gdm_studio.models.families.stable_diffusion.layout import Part, layout_of
from gdm_studio.models.library import Library
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.unet import UNet
from tests.parity.keys import told

TOLD = told()
COUNTS = {  # what is said of them: numbers in a U-Net of the kind, in a folder's text encoders, in the autoencoder
    "sd1": 859_520_964, "sd1-inpainting": 859_535_364, "sd2": 865_910_724, "sd2-inpainting": 865_925_124,
    "sdxl": 2_567_463_684, "refiner": 2_259_526_660,
    "clip_l": 123_060_480, "vit_h": 340_387_840, "big_g": 694_659_840, "vae": 83_653_863,
}  # fmt: skip
Shapes = Mapping[str, tuple[int, ...]]
MAKE: Mapping[Part, Callable[[Shapes], nn.Module]] = {
    "unet": lambda shapes: UNet(sizes.unet_config(shapes)),
    "vae": lambda shapes: Autoencoder(sizes.autoencoder_config(shapes)),
    "text_encoder": lambda shapes: ClipText(sizes.clip_config(shapes)),
    "text_encoder_2": lambda shapes: ClipText(sizes.clip_config(shapes)),
}


@dataclass(frozen=True)
class Published:
    summary: str
    unet: str
    texts: Mapping[Part, tuple[str, str]]  # which, and what stands before its names in a single file


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
def test_theirs_are_as_large_as_is_said(name: str) -> None:
    assert sum(prod(shape) for shape in TOLD[name]["folder"].values()) == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_a_weight_is_the_same_one_in_both_layouts(name: str) -> None:
    """As in theirs: what we call the one of a folder is what we call the one of a single file that it is made of."""
    theirs = TOLD[name]
    if name in ("clip_l", "vit_h", "big_g"):
        ours = names.clip_from_transformers(theirs["of"])
        places = names.places_in_openclip(theirs["file"])
        in_file = {our: place.name for our, place in places.items()} or {
            our: name for name, our in names.clip_from_transformers(theirs["file"]).items()
        }
    else:
        ours = (names.vae_from_diffusers if name == "vae" else names.unet_from_diffusers)(theirs["of"])
        in_file = {our: our for our in theirs["file"]}
    assert {each: in_file[our] for each, our in ours.items()} == theirs["of"]
    assert len(set(ours.values())) == len(theirs["of"])


@pytest.mark.skipif(sys.platform != "linux", reason="files of gigabytes that are empty take no room on Linux alone")
@pytest.mark.parametrize("layout", ["file", "folder"])
@pytest.mark.parametrize("name", PUBLISHED)
def test_our_networks_have_exactly_these_names_and_shapes(name: str, layout: str, tmp_path: Path) -> None:
    of = PUBLISHED[name]
    parts: dict[Part, Any] = {"unet": TOLD[of.unet], "vae": TOLD["vae"]}
    parts |= {part: TOLD[which] for part, (which, _) in of.texts.items()}
    place = (write_file if layout == "file" else write_folder)(tmp_path / name, of, parts)
    card = Library().card(str(place))
    assert card.summary == of.summary and card.family == "stable_diffusion"
    assert card.parameters == sum(prod(shape) for part in parts.values() for shape in part[layout].values())
    found = layout_of(read_entry(place))
    assert found.left == () and found.networks.keys() == parts.keys()
    for part, network in found.networks.items():
        with torch.device("meta"):
            made = MAKE[part](network.shapes)
        assert {each: tuple(weight.shape) for each, weight in made.state_dict().items()} == network.shapes
        theirs = {taken.name.removeprefix(before(of, part)) for _, taken in network.weights.values()}
        assert theirs == parts[part][layout].keys()


def before(of: Published, part: Part) -> str:
    """What stands before the names of that part in a single file."""
    first = {"unet": "model.diffusion_model.", "vae": "first_stage_model."}
    return first[part] if part in first else of.texts[part][1]


def write_file(place: Path, of: Published, parts: Mapping[Part, Any]) -> Path:
    whole = {before(of, part) + name: shape for part, each in parts.items() for name, shape in each["file"].items()}
    return written(place.with_suffix(".safetensors"), whole)


def write_folder(place: Path, of: Published, parts: Mapping[Part, Any]) -> Path:
    for part, each in parts.items():
        file = "model" if part.startswith("text") else "diffusion_pytorch_model"
        (place / part).mkdir(parents=True)
        written(place / part / f"{file}.safetensors", each["folder"])
    (place / "scheduler").mkdir()
    (place / "scheduler" / "scheduler_config.json").write_text("{}", "utf-8")
    (place / "model_index.json").write_text(json.dumps({part: ["diffusers", "x"] for part in parts}), "utf-8")
    return place


def written(path: Path, shapes: Shapes) -> Path:
    """A file with these weights, all of which are 0 in fp16 and take no room."""
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * prod(shape)
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [begin, end]}
    data = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(data)) + data)
        file.truncate(8 + len(data) + end)
    return path
