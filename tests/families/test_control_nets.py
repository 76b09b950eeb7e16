"""ControlNets in the models folder: recognition, listing, their effect on images, and damaged files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generate import generate
from gdm_studio.gallery import read
from gdm_studio.models.library import Library
from gdm_studio.request.events import Result, StepEvent
from gdm_studio.request.request import Branch, ControlImage, Request
from tests.families.test_families import random_image
from tests.families.test_stable_diffusion import ASKED, generate_image, library_with
from tests.helpers import tiny_stable

BASES = {"sd1": "Stable Diffusion 1", "sd2": "Stable Diffusion 2", "sdxl": "SDXL"}


def add_control_net(name: str = "edges", kind: str = "sd1", layout: str = "original", **changes: Any) -> Path:
    """Write a ControlNet into the models folder. `changes` replaces weights; None removes one."""
    file = paths.models_dir() / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = tiny_stable.control_net(kind, layout) | changes
    save_file({each: weight.contiguous() for each, weight in found.items() if weight is not None}, file)
    return file


def add_t2i_adapter(name: str = "sketch", layout: str = "original", **changes: Any) -> Path:
    file = paths.models_dir() / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({**tiny_stable.t2i_adapter(layout), **changes}, file)
    return file


def hint(name: str = "edges", **changes: Any) -> ControlImage:
    return ControlImage(name, image_inputs.store(random_image(5)), **changes)


def steps_of(library: Library, **changes: Any) -> list[torch.Tensor]:
    events = generate(Request(**{**ASKED, **changes}), library)
    return [event.step.x for event in events if isinstance(event, StepEvent)]


def test_a_control_net_is_listed_and_offered_to_models_of_its_kind(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net("edges")
    add_control_net("depth", "sdxl", "diffusers")
    library.refresh()
    assert {line.name: line.family for line in library.inventory() if not line.card} == {
        "edges": "ControlNet · Stable Diffusion 1", "depth": "ControlNet · SDXL",
    }  # fmt: skip
    assert library.card("tiny").accepts.hints == ("edges",) and not library.refused()
    with pytest.raises(ModelError, match="is a ControlNet for SDXL, and no model by itself"):
        library.card("depth")
    with pytest.raises(BadRequest, match="tiny has no control model called 'depth'; choose one of edges"):
        library.card("tiny").checked(Request(**ASKED, hints=(hint("depth"),)))


@pytest.mark.parametrize("kind", BASES)
def test_both_layouts_of_a_control_net_change_an_image_alike(kind: str, checkpoints: Path) -> None:
    library = library_with(checkpoints, kind)
    add_control_net("original", kind)
    add_control_net("diffusers", kind, "diffusers")
    library.refresh()
    without, no_weight, original, diffusers = (
        generate_image(library, steps=2, hints=hints)
        for hints in ((), (hint("original", weight=0.0),), (hint("original"),), (hint("diffusers"),))
    )
    assert np.array_equal(without, no_weight) and np.array_equal(original, diffusers)
    assert np.abs(original.astype(int) - without).mean() > 1


def test_a_control_image_acts_only_in_its_part_of_the_run(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net()
    library.refresh()
    without = steps_of(library)
    always, early, late, two = (
        steps_of(library, hints=hints)
        for hints in ((hint(),), (hint(end=0.5),), (hint(start=0.5),), (hint(weight=0.25), hint(weight=0.75)))
    )
    assert torch.equal(early[1], always[1]) and not torch.equal(early[2], always[2])
    assert torch.equal(late[1], without[1]) and not torch.equal(late[2], without[2])
    assert torch.allclose(two[-1], always[-1], atol=1e-3) and not torch.allclose(without[-1], always[-1], atol=1e-2)


def test_a_controlled_run_resumes_and_branches_to_the_same_bits(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net()
    library.refresh()
    request = Request(**ASKED, hints=(hint(preprocessor="canny", weight=0.8),))
    events = list(generate(request, library))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    (whole,) = (event.rgba for event in events if isinstance(event, Result))
    (again,) = (e.rgba for e in generate(request, library, resume=steps[1]) if isinstance(e, Result))
    assert np.array_equal(whole, again)
    branch = replace(request, hints=(), branch=Branch(request, 2))
    branched, resumed = (
        [event.step.x for event in generate(branch, library, resume=step) if isinstance(event, StepEvent)]
        for step in (None, steps[1])
    )
    assert len(branched) == 2 and torch.equal(branched[-1], resumed[-1])
    assert not torch.equal(branched[-1], steps[-1].x)


@pytest.mark.parametrize(
    "changes",
    [{"factors": {"enlarged": 1.5}}, {"size": (72, 56)}, {"count": 2, "guidance_scale": 1.0}, {"clip_skip": 2}],
)
def test_a_control_image_acts_at_any_size_and_in_every_pass(changes: Mapping[str, Any], checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net()
    library.refresh()
    asked = {"factors": {"clip_skip": 2.0}} if "clip_skip" in changes else dict(changes)
    controlled = generate_image(library, **asked, hints=(hint(),))
    assert controlled.shape[:2] == {"enlarged": (96, 96), "size": (56, 72)}.get(
        next(iter(asked.get("factors", asked))), (64, 64)
    )
    assert not np.array_equal(controlled, generate_image(library, **asked))


def test_inpainting_models_take_a_control_net_for_plain_latents(checkpoints: Path) -> None:
    library = library_with(checkpoints, "inpainting")
    add_control_net()
    library.refresh()
    assert not np.array_equal(generate_image(library, hints=(hint(),)), generate_image(library))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"control_model.zero_convs.1.0.bias": None}, "its ControlNet lacks 'zero_convs.1.0.bias'"),
        ({"control_model.zero_convs.1.0.bias": torch.zeros(3)}, "has another shape of 'zero_convs.1.0.bias'"),
        ({"control_model.more.weight": torch.zeros(3)}, "has 'more.weight', which are unknown"),
        ({"control_model.middle_block_out.0.weight": None}, "is not a whole control model"),
        ({"control_model.input_blocks.0.0.weight": torch.zeros(0)}, "is damaged"),
        ({"control_model.input_blocks.99.0.in_layers.2.weight": torch.zeros(1)}, "is not whole"),
        ({"control_model.input_blocks.999999999.1.x": torch.zeros(1)}, "is damaged"),
    ],
)
def test_a_damaged_control_net_is_refused_and_not_offered(
    changes: Mapping[str, Any], sentence: str, checkpoints: Path
) -> None:
    library = library_with(checkpoints)
    add_control_net(**changes)
    library.refresh()
    (refused,) = library.refused()
    assert sentence in refused.reason and library.card("tiny").accepts.hints == ()
    with pytest.raises(BadRequest, match="tiny has no control model called 'edges'; leave it out"):
        generate_image(library, hints=(hint(),))


def test_variants_with_further_weights_are_refused(checkpoints: Path) -> None:
    """A union of several ControlNets has a plain one's weights and more."""
    library = library_with(checkpoints, "sdxl")
    add_control_net("union", "sdxl", "diffusers", **{"spatial_ch_projs.weight": torch.zeros(64, 64)})
    library.refresh()
    assert [each.reason for each in library.refused()] == [
        "union.safetensors is an unsupported variant of ControlNet; choose another one."
    ]


def test_a_changed_control_net_is_named_when_an_image_is_reproduced(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library_with(checkpoints)
    file = add_control_net()
    picture = tmp_path / "house.png"
    Image.fromarray(random_image(5)).save(picture)
    asked = ["generate", "a house", "--model", "tiny", "--steps", "2", "--device", "cpu", "--seed", "3"]
    options = ["--hint", f"edges={picture}:0.8", "--preprocessor", "canny", "--hint-end", "0.5"]
    assert run([*asked, *options, "--out", str(tmp_path / "out")]) == 0
    (made,) = (tmp_path / "out").glob("*.png")
    record = read(made)
    assert record.request is not None and record.request.hints == (hint(weight=0.8, preprocessor="canny", end=0.5),)
    assert run(["reproduce", str(made)]) == 0
    file.unlink()
    add_control_net(**{"control_model.middle_block_out.0.bias": torch.ones(128)})
    assert run(["reproduce", str(made)]) == 1
    assert "Its control model edges had the hash" in capsys.readouterr().out


def test_a_t2i_adapter_changes_an_image_alike_in_both_layouts_and_beside_a_control_net(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_t2i_adapter("original")
    add_t2i_adapter("diffusers", "diffusers")
    add_control_net()
    library.refresh()
    listed = {line.name: line.family for line in library.inventory() if not line.card}
    assert listed["original"] == listed["diffusers"] == "T2I-Adapter · Stable Diffusion 1"
    without, net, original, diffusers, both, swapped = (
        generate_image(library, steps=2, size=(72, 56), hints=tuple(map(hint, names)))
        for names in ([], ["edges"], ["original"], ["diffusers"], ["edges", "original"], ["original", "edges"])
    )
    assert np.array_equal(original, diffusers)
    images = (without, net, original, both)
    assert all(not np.array_equal(a, b) for place, a in enumerate(images) for b in images[:place])
    assert np.abs(both.astype(int) - swapped).max() <= 1


def test_a_control_model_of_other_sizes_is_refused(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    save_file(tiny_stable.t2i_adapter(channels=(128, 128)), paths.models_dir() / "wide.safetensors")
    library.refresh()
    assert library.card("tiny").accepts.hints == ("wide",)
    with pytest.raises(ModelError, match="wide has other sizes than this model"):
        generate_image(library, hints=(hint("wide"),))
