"""What a checkpoint of Stable Diffusion is used with: files beside it that stand in for a part of it or add to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from gdm_studio import paths
from gdm_studio.engine import devices
from gdm_studio.engine.generate import generate
from gdm_studio.engine.previews import Previews
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.models.tiny import decoder_in, is_tiny
from gdm_studio.networks.stable_diffusion.tiny_autoencoder import TinyDecoder, TinyEncoder
from gdm_studio.request import Request
from gdm_studio.run import Advance, Result
from tests.helpers import tiny_stable
from tests.parity.weights import weights as made_up

ASKED: dict[str, Any] = {
    "prompt": "a house", "model": "tiny", "steps": 2, "device": "cpu", "dtype": "fp32", "guidance_scale": 1.0,
    "seed": 7,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with devices.threads_as("CPU · 1 thread"):
        yield


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Single files that are written once."""
    folder = tmp_path_factory.mktemp("checkpoints")
    yield folder
    shutil.rmtree(folder)


def put(checkpoints: Path, kind: str = "sd1", name: str = "tiny") -> Library:
    """A library with the checkpoint of that kind, called so."""
    if not (there := checkpoints / f"{kind}.safetensors").exists():
        tiny_stable.write(there, kind)
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    (paths.models_dir() / f"{name}.safetensors").hardlink_to(there)
    return Library()


def picture(library: Library, **changes: Any) -> np.ndarray:
    return result(library, **changes).rgba


def result(library: Library, **changes: Any) -> Result:
    (made,) = (e for e in generate(Request(**{**ASKED, **changes}), library) if isinstance(e, Result))
    return made


def loaded(library: Library) -> Any:
    model: LoadedModel = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    return model


def save(name: str, tensors: dict[str, Tensor]) -> Path:
    place = paths.models_dir() / name
    place.parent.mkdir(parents=True, exist_ok=True)
    save_file({each: tensor.contiguous() for each, tensor in tensors.items()}, place)
    return place


# TAESD


def tiny_decoder(colour: Tensor) -> dict[str, Tensor]:
    """One that shows everything in that colour, as all tiny decoders of a bad day do."""
    found = {name: tensor.float() for name, tensor in made_up(
        {name: tuple(weight.shape) for name, weight in TinyDecoder().state_dict().items()}
    ).items()}  # fmt: skip
    return found | {"19.weight": torch.zeros(3, 64, 3, 3), "19.bias": (colour + 1) / 2}


LAYOUTS = {
    "its own": lambda name: name,
    "beside its encoder": lambda name: f"decoder.{name}",
    "of ComfyUI": lambda name: f"taesd_decoder.{name}",
    "of diffusers": lambda name: f"decoder.layers.{int(name.partition('.')[0]) - 1}.{name.partition('.')[2]}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_tiny_decoder_is_known_by_its_keys(layout: str) -> None:
    theirs = LAYOUTS[layout]
    shapes = {name: tuple(weight.shape) for name, weight in TinyDecoder().state_dict().items()}
    whole = {theirs(name): shape for name, shape in shapes.items()}
    assert decoder_in(whole) == {name: theirs(name) for name in shapes} and is_tiny(whole)
    missing = {theirs(name): shape for name, shape in shapes.items() if name != "17.weight"}
    assert decoder_in(missing) == {} and not is_tiny(missing)
    encoder = {name: tuple(weight.shape) for name, weight in TinyEncoder().state_dict().items()}
    assert is_tiny(encoder) and not is_tiny({"0.weight": (64, 3, 3, 3), "14.weight": (4, 64, 3, 3)})


def test_a_tiny_decoder_shows_the_steps_of_the_model_that_it_is_for(checkpoints: Path) -> None:
    library = put(checkpoints)
    model = loaded(library)
    model.glimpses.look()
    assert model.glimpses.decoder is None
    exact = model.glimpse(torch.zeros(1, 4, 8, 8)).float() / 127.5 - 1
    grey = exact.mean(dim=(0, 1, 2))
    for name, colour in (("one", grey), ("other", -2 * torch.sign(grey))):
        save(f"{name}.safetensors", tiny_decoder(colour))
    plain = picture(library)
    assert [line.family for line in Library().held() if line.name in ("one", "other")] == ["Previews"] * 2
    shown = [
        view.predicted[..., :3]
        for event in generate(Request(**ASKED), library)
        if isinstance(event, Advance)
        for view in Previews(1e9).views(event)
    ]
    wanted = ((grey.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).numpy()
    assert len(shown) == 2 and all((each == wanted).all() for each in shown), "not by the nearest of the two"
    assert np.array_equal(picture(library), plain) and plain.std() > 4, "the picture itself is the model's own"


def test_a_tiny_decoder_for_other_latents_shows_nothing(checkpoints: Path) -> None:
    library = put(checkpoints)
    save("xl.safetensors", tiny_decoder(torch.tensor([40.0, -40.0, 40.0])))
    broken = tiny_decoder(torch.zeros(3))
    save("nan.safetensors", broken | {"19.bias": torch.full((3,), torch.nan)})
    wide = broken | {"1.weight": torch.zeros(64, 16, 3, 3)}
    save("flux.safetensors", wide)
    model = loaded(library)
    model.glimpses.look()
    assert model.glimpses.decoder is None
    assert {line.family for line in Library().held() if line.card is None} == {"Previews"}
