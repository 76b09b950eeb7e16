"""Every system: briefly trained by its recipe, loaded, sampled, resumed, and listed with its claim."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio import papers
from gdm_studio.cli.main import run
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.processes import PROCESSES
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.model_library import Library
from gdm_studio.papers.claims.checks import MEASUREMENTS
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.training.loop import train
from tests.papers.toy import CLASSES, FIRST, SMALL, write_pictures

BITS = "diffusion-2015-bits"  # draws no pictures
POINTS = ("diffflow", "normalizing-flow")  # draw points
BEGUN = {"es-ddpm": "vae", "classifier-guidance": "ddpm", "consistency": "edm"}  # on another's model file
OF_LATENTS = {"latent": (8, 2, 2), "lsgm": (8, 2, 2)}
CASCADES = ("glide", "unclip", "imagen")  # draw from captions
# Two steps in each phase.
BRIEF = SMALL | FIRST | {"samples": 32, "even": 32, "vae_samples": 32}
TRAINED = [name for name, row in papers.REGISTRY.items() if row.recipe and name not in (BITS, *POINTS, *CASCADES)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Train every system briefly, and return the model files."""
    folder = tmp_path_factory.mktemp("systems")
    data = write_pictures(folder / "pictures")
    made = {}
    for name in TRAINED:
        kind = papers.recipe_of(name)
        fitting = {key: value for key, value in BRIEF.items() if key in kind.__dataclass_fields__}
        start = {"start": made[BEGUN[name]]} if name in BEGUN else {}
        recipe = kind(data=data, **fitting, **start)
        losses = [step.loss for step in train(recipe, folder / name)]
        assert len(losses) == 2 * len(recipe.phases) and np.isfinite(losses).all()
        made[name] = folder / name / recipe.product
    return made


def usual(library: Library, file: Path, **settings: Any) -> Request:
    """Return a request with few steps, the model's defaults and the given settings."""
    card = library.card(str(file))
    return Request(**{**vars(card.default_request()), "model": str(file), "steps": 3, **settings})


def drawn(library: Library, request: Request) -> tuple[np.ndarray, list[StepEvent]]:
    events = list(generate(request, library))
    return np.stack([each.rgba for each in events if isinstance(each, Result)]), [
        each for each in events if isinstance(each, StepEvent)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAINED)
def test_a_system_draws_as_any_model_does(files: dict[str, Path], name: str) -> None:
    library = Library()
    card = library.card(str(files[name]))
    assert (card.family, card.name, card.size, card.latent) == ("systems", name, 256, OF_LATENTS.get(name, (4, 8, 8)))
    assert card.accepts.labels == CLASSES and not card.accepts.prompt and card.parameters > 1000
    request = usual(library, files[name], label="left", seed=5)
    pictures, steps = drawn(library, request)
    assert pictures.shape == (1, 256, 256, 4)
    squares = pictures.reshape(1, 8, 32, 8, 32, 4)
    assert (squares == squares[:, :, :1, :, :1]).all(), "every pixel is a square of one colour"
    _, others = drawn(library, usual(library, files[name], label="top", seed=5))
    assert (others[-1].step.denoised != steps[-1].step.denoised).any()
    middle = steps[len(steps) // 2 - 1].step
    rest = list(generate(request, library, resume=middle))
    again = np.stack([each.rgba for each in rest if isinstance(each, Result)])
    assert (again == pictures).all()
    branch = usual(library, files[name], label="top", seed=5, branch=Branch(request.picture(0), 2))
    assert drawn(library, branch)[0].shape == (1, 256, 256, 4)


@pytest.mark.slow
@pytest.mark.parametrize("name", papers.REGISTRY)
def test_a_system_says_what_it_is(files: dict[str, Path], name: str) -> None:
    system = papers.all_systems()[name]
    assert system.name == name and system.claim.figure in MEASUREMENTS
    assert system.year == 2000 + int(system.paper.removeprefix("arXiv:")[:2]), "the year of the first arXiv version"
    assert set(system.samplers) <= SAMPLERS.keys()
    if system.model not in files:
        return
    card = Library().card(str(files[system.model]))
    for sampler in system.samplers:
        card.checked(Request(model=card.name, guidance_scale=1.0, sampler=sampler, steps=2))
    assert card.paper == papers.all_systems()[system.model].reference
    PROCESSES[card.process](**card.process_numbers)


@pytest.mark.slow
def test_what_a_system_does_not_know_is_refused(files: dict[str, Path]) -> None:
    card = Library().card(str(files["ddpm"]))
    for settings in ({"prompt": "a cat"}, {"label": "middle"}, {"negative_prompt": "x"}, {"sampler": "ddpm_learned"}):
        with pytest.raises(BadRequest):
            card.checked(Request(model=card.name, **settings))  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("change", [
    {"blocks": 10**9}, {"widths": [10**6, 10**6]}, {"widths": [32] * 10**4}, {"told": 5}, {"answers": 2}, {"patch": -1},
])  # fmt: skip
def test_a_header_that_promises_more_than_its_file_holds_is_refused(
    files: dict[str, Path], tmp_path: Path, change: dict[str, Any]
) -> None:
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    with safe_open(files["ddpm"], "pt") as file:
        metadata = file.metadata()
    config = json.loads(metadata["config"])
    config["networks"]["denoiser"] |= change
    damaged = tmp_path / "damaged.safetensors"
    save_file(load_file(files["ddpm"]), damaged, {**metadata, "config": json.dumps(config)})
    library = Library()
    with pytest.raises(ModelError):
        library.load(str(damaged), device=torch.device("cpu"), dtype=torch.float32)


@pytest.mark.slow
def test_the_table_and_the_claims(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["systems", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["name"] for row in rows] == list(papers.REGISTRY)
    assert all({"year", "authors", "parameters", "claim", "figure", "weights"} <= row.keys() for row in rows)
    # Their weights are shipped for images, for points, of another system, and not at all.
    weights = {row["name"]: (row["model"], row["weights"], row["parameters"] is not None) for row in rows}
    assert weights["ddim"] == ("ddpm", "pictures", True) and weights["tdpm"] == ("tdpm-points", "points", True)
    assert weights["classifier-guidance"] == ("classifier-guidance-classes", "points", True)
    assert weights["cold"] == (None, "none", False)
    assert run(["systems", "ddim", "gan", "cold"]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    cells = [re.split("  +", line)[3] for line in lines]
    assert cells == ["pictures", "points", "none"]
    assert run(["verify", "--systems", "cold", "--json"]) == 0
    (row,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (row["value"], row["holds"], row["remark"]) == (None, None, "not measured: not trained yet")
    assert run(["systems", "nonsense"]) == 2
    for name, how in (("ddgan", "run gdm-studio train ddgan."), ("ddim", "choose ddpm.")):
        assert run(["generate", "", "--model", name]) == 2
        assert f"has no weights of its own here; {how}" in capsys.readouterr().err


@pytest.mark.slow
def test_a_picture_has_a_likelihood(files: dict[str, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    picture = next((files["ddpm"].parents[1] / "pictures").rglob("*.png"))
    assert run(["likelihood", str(files["score-sde-vp"]), str(picture), "--json", "--class", "top"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert 0 < found["bits"] < 20 and found["evaluations"] > 50
