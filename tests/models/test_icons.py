"""Files of the built-in family: damaged cards and weights, and a lack of memory, each reported as such."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.families.icons import model as icons_model
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.training.evaluation.statistics import dominant_hue
from tests.helpers.shipped_models import SHIPPED as SHIPPED_NAMES

CPU = {"device": torch.device("cpu"), "dtype": torch.float32}
SHIPPED = Path(str(paths.resources())) / "models" / BUILT_IN


@pytest.fixture
def own(_own_home: Path) -> Path:
    """Copy the built-in model into the user's models as "mine"."""
    folder = paths.models_dir() / "mine"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns(f"{BUILT_IN}-fast*"))
    change_card(folder, name="mine")
    return folder


def change_card(folder: Path, **changes: Any) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def change_config(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = folder / f"{BUILT_IN}.safetensors"
    metadata = dict(read_header(path).metadata)
    config = json.loads(metadata["config"])
    change(config)
    save_file(load_file(path), path, metadata | {"config": json.dumps(config)})


@pytest.mark.slow
def test_a_user_model_is_listed_and_loads(own: Path) -> None:
    library = Library()
    assert {BUILT_IN, "mine"} <= {card.name for card in library.cards()}
    assert library.load("mine", **CPU).card.path == own / f"{BUILT_IN}.safetensors"


@pytest.mark.parametrize(
    "change",
    [
        {"date": 5}, {"date": "last week"}, {"parameters": "many"}, {"parameters": 0}, {"size": True}, {"title": 3},
        {"latent": 16}, {"latent": [16, 16]}, {"latent": [16, 16, "x"]}, {"data_scale": float("nan")},
        {"styles": [{"id": 1, "title": "One"}]}, {"styles": 4}, {"examples": [1]}, {"sources": [{"set": "x"}]},
        {"examples": [{"prompt": "x", "seed": -1}]}, {"examples": [{"style": "noto"}]},
        {"defaults": {"steps": "ten"}}, {"defaults": {"colour": 1}}, {"figures": 3}, {"prediction": "guess"},
        {"process": "guess"}, {"channels": 7},
    ],
    ids=str,
)  # fmt: skip
def test_a_badly_typed_card_is_refused_and_hides_no_other_model(own: Path, change: dict[str, Any]) -> None:
    change_card(own, **change)
    library = Library()
    assert {card.name for card in library.cards()} == SHIPPED_NAMES
    with pytest.raises(ModelError, match="card.json is damaged"):
        library.card(str(own / f"{BUILT_IN}.safetensors"))


def test_invalid_metadata_hides_no_other_model(own: Path) -> None:
    header = b'{"__metadata__": ["gdm-studio"]}'
    (own / "odd.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    assert SHIPPED_NAMES | {"mine"} == {card.name for card in Library().cards()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda config: config.pop("process"),
        lambda config: config.pop("tokenizer"),
        lambda config: config["tokenizer"].pop("vocab"),
        lambda config: config["process"].update(speed=1),
        lambda config: config["unet"].update(channels=[64, 64]),
    ],
    ids=["process", "tokenizer", "vocab", "unknown", "shapes"],
)
def test_a_damaged_configuration_is_reported(own: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    change_config(own, change)
    with pytest.raises(ModelError, match=f"{BUILT_IN}.safetensors is damaged"):
        Library().load(str(own / f"{BUILT_IN}.safetensors"), **CPU)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "error"),
    [
        # Errors of PyTorch on a CPU have the type of many others.
        *((place, RuntimeError("can't allocate memory")) for place in ("load_file", "UNet", "channels_last")),
        ("load_file", MemoryError()),
        ("channels_last", torch.OutOfMemoryError("CUDA out of memory")),
    ],
    ids=["cpu reads", "cpu builds", "cpu converts", "python reads", "cuda converts"],
)
def test_a_lack_of_memory_is_not_reported_as_damage(
    monkeypatch: pytest.MonkeyPatch, place: str, error: Exception
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(icons_model, place, refuse)
    with pytest.raises(type(error)):
        Library().load(BUILT_IN, **CPU)


@pytest.mark.slow
def test_is_loaded_depends_on_device_and_dtype() -> None:
    library = Library()
    assert not library.is_loaded(BUILT_IN, **CPU)
    library.load(BUILT_IN, **CPU)
    assert library.is_loaded(BUILT_IN, **CPU)
    assert not library.is_loaded(BUILT_IN, device=torch.device("cpu"), dtype=torch.bfloat16)
    assert not library.is_loaded(BUILT_IN, device=torch.device("cuda:0"), dtype=torch.float32)


@pytest.mark.slow
def test_a_memorised_drawing_is_recoloured_by_the_prompt() -> None:
    model = Library().load(BUILT_IN, **CPU)
    assert isinstance(model, icons_model.IconsModel)

    def remembered(text: str) -> np.ndarray:
        told = model.conditioning([Conditioning(text, style="twemoji")])
        return model.decode(told.sketch)[0].numpy()

    plain, blue = remembered("a fish with a hat"), remembered("a red fish with a blue hat")
    assert dominant_hue(plain) == "blue" and dominant_hue(blue) == "red"
    seen = plain[..., 3] > 128
    assert (seen == (blue[..., 3] > 128)).mean() > 0.97, "the same drawing"
    assert np.array_equal(remembered("a fish"), plain)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("thing", "style", "similar"),
    [
        ("skateboard", "emojione", "twemoji"),
        ("balloon", "icon-park", "fluent-emoji-high-contrast"),
        ("skateboard", "streamline-ultimate-color", "twemoji"),
    ],
)
def test_a_missing_drawing_is_taken_from_a_similar_style(
    thing: str, style: str, similar: str, shipped: Library
) -> None:
    def picture(prompt: str, style: str) -> np.ndarray:
        request = Request(model=BUILT_IN, prompt=prompt, style=style, seed=5, steps=8, device="cpu")
        (result,) = [event for event in generate(request, shipped) if isinstance(event, Result)]
        return result.rgba[..., :3] * (result.rgba[..., 3:] / 255)

    drawn = picture(thing, style)
    assert np.abs(drawn - picture(thing, similar)).mean() < 0.7 * np.abs(drawn - picture("house", style)).mean()


@pytest.mark.slow
@pytest.mark.parametrize("style", ["fluent-emoji-high-contrast", "icon-park", "streamline-color"])
@pytest.mark.parametrize(
    ("prompt", "hue"), [("a red heart", "red"), ("a blue book", "blue"), ("a green apple", "green")]
)
def test_the_colour_in_the_name_of_a_drawing_is_drawn(style: str, prompt: str, hue: str, shipped: Library) -> None:
    request = Request(model=BUILT_IN, prompt=prompt, style=style, seed=5, steps=8, device="cpu")
    (result,) = [event for event in generate(request, shipped) if isinstance(event, Result)]
    assert dominant_hue(result.rgba) == hue


@pytest.mark.slow
@pytest.mark.parametrize("usual", ["", "noto", "watercolour"])
def test_a_prompt_without_style_uses_the_default_style(own: Path, usual: str) -> None:
    change_card(own, defaults={"style": usual}, unstyled="")
    model = Library().load("mine", **CPU)
    assert isinstance(model, icons_model.IconsModel)
    unstyled, styled, away, nothing = (
        model.conditioning([ask])
        for ask in (
            Conditioning("a fox"),
            Conditioning("a fox", "noto"),
            Conditioning("a fox", negative=True),
            Conditioning(""),
        )
    )
    assert torch.equal(unstyled.tokens, styled.tokens) == (usual == "noto"), "the words"
    assert not torch.equal(unstyled.sketch, styled.sketch) and torch.equal(unstyled.sketch, away.sketch)
    assert torch.equal(unstyled.tokens, away.tokens) != (usual == "noto"), "guidance leads away from any style"
    assert torch.equal(nothing.tokens, model.conditioning([Conditioning("", negative=True)]).tokens)
