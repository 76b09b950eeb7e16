"""The size of images that start from a picture, and their masks, in scripts and on the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gdm_studio
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.jobs.queue import Queue
from gdm_studio.models.model_library import Library
from tests.helpers import tiny_model, tiny_stable


@pytest.fixture(autouse=True)
def _models() -> None:
    tiny_stable.write(paths.models_dir() / "tiny-sd.safetensors")
    tiny_model.write(paths.models_dir() / tiny_model.NAME)


def test_a_wide_start_image_gets_the_nearest_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = Library().card("tiny-sd")
    Image.new("RGB", (400, 200), "red").save(tmp_path / "wide.png")
    near = card.near((400, 200))
    assert abs(near[0] / near[1] - 2) < 0.1 and near != card.sizes()[0]
    begun = ["queue", "add", "a fox", "--model", "tiny-sd", "--image", str(tmp_path / "wide.png")]
    assert run(begun) == 0
    told = capsys.readouterr().err
    assert f"The size is {near[0]}x{near[1]}, the nearest to the start image (400x200); --size sets another." in told
    assert run([*begun, "--size", "64x64"]) == 0
    assert "has other proportions than 64x64, and gets transparent borders" in capsys.readouterr().err
    queue = Queue.open()
    assert [item.request.size for item in queue.items()] == [near, (64, 64)]
    with gdm_studio.Studio() as studio:
        for source in (tmp_path / "wide.png", np.zeros((200, 400, 3), np.uint8)):
            assert studio.generate("a fox", model="tiny-sd", image=source).request.size == near
        assert studio.generate("a fox", model="tiny-sd", image=source, size=(64, 64)).request.size == (64, 64)
        assert studio.generate("a fox", model=tiny_model.NAME, image=source).request.size == (64, 64)


def test_scripts_refuse_masks_that_mark_nothing_and_read_holes() -> None:
    start = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    hole = np.dstack([start, np.full((64, 64), 255, np.uint8)])
    hole[16:48, 16:48, 3] = 0
    with gdm_studio.Studio() as studio:
        with pytest.raises(BadRequest, match="marks nothing to redraw"):
            studio.generate("a fox", model=tiny_model.NAME, image=start, mask=np.zeros((64, 64), np.uint8))
        steps = studio.generate(
            "a fox", model=tiny_model.NAME, image=start, mask=hole, strength=1.0, steps=2, seed=1, device="cpu"
        )
        *_, last = steps
        changed = (last.image[..., :3] != start).any(-1)
        assert changed[20:44, 20:44].mean() > 0.9 and not changed[:16].any() and not changed[:, 48:].any()


@pytest.mark.slow
def test_only_the_masked_area_is_generated_at_the_size_that_suits_it() -> None:
    card = Library().card("tiny-sd")
    photo = np.full((300, 400, 3), 90, np.uint8)
    mask = np.zeros((300, 400), np.uint8)
    mask[20:60, 100:300] = 255
    settings = {"image": photo, "mask": mask, "inpaint_area": "masked", "inpaint_padding": 0}
    with gdm_studio.Studio() as studio:
        steps = studio.generate("a fox", model="tiny-sd", steps=2, **settings)
        assert steps.request.size == image_inputs.region_size(card, (200, 40)) != card.near((400, 300))
        (*_, last) = steps
        assert last.image.shape[:2] == (300, 400)
        assert (last.image[mask == 0][:, :3] == 90).all()
        with pytest.raises(BadRequest, match="inpaint_padding must be a whole number from 0 to 256"):
            studio.generate("a fox", model="tiny-sd", **settings | {"inpaint_padding": 900})
