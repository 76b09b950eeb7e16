"""Enlargement of a picture by an upscaler and its refinement in tiles, by a script and on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.upscale import Upscaler
from gdm_studio.gallery import read
from gdm_studio.jobs.enlargement import Enlargement, enlarged_size
from gdm_studio.studio.studio import Studio
from tests.helpers import tiny_stable


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    rows, columns = np.mgrid[:64, :64]
    Image.fromarray(np.stack([4 * columns, 4 * rows, 0 * rows], axis=-1).astype(np.uint8)).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.mark.slow
def test_a_script_and_the_command_line_enlarge_a_picture(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ["--model", "tiny"]
    out = tmp_path / "out"
    options = ["--image", str(photo), "--enlarge", "2", "--steps", "3", "--seed", "4", "--strength", "0.4"]
    assert run(["generate", "a house", *settings, *options, "--out", str(out)]) == 0
    (file,) = out.rglob("*.png")
    request = read(file).request
    assert request is not None and (request.tile, request.size, request.strength) == (64, (128, 128), 0.4)
    image = np.asarray(Image.open(file).convert("RGB"))
    with Studio(tmp_path) as studio:
        steps = studio.enlarge(photo, 2, prompt="a house", model="tiny", steps=3, seed=4, strength=0.4)
        assert np.array_equal([*steps][-1].image[..., :3], image)
        assert np.array_equal([*studio.make(request)][-1].image[..., :3], image)
        with pytest.raises(BadRequest, match="would be 8800x8800 pixels"):
            studio.enlarge(np.zeros((1100, 1100, 3), np.uint8), 8, model="tiny")
        # A long picture keeps its proportions, although it is narrower than a tile.
        card = studio.library.card("tiny")
        assert enlarged_size(card, (4096, 32), 2.0, 64) == (8192, 64)
        assert enlarged_size(card, (4096, 48), 2.0, 512) == (8192, 96)
        # One of a model with fixed sizes would be stretched.
        fixed = replace(card, size=512, accepts=replace(card.accepts, multiple=0))
        for long in ((8192, 32), (32, 8192)):
            with pytest.raises(BadRequest, match="too long and narrow"):
                enlarged_size(card, long, 1.0, 64)
            with pytest.raises(BadRequest, match="too long and narrow"):
                enlarged_size(fixed, (4 * long[0], 4 * long[1]), 0.25, 512)
        with pytest.raises(BadRequest, match="`enlarge` sets `size` itself"):
            studio.enlarge(photo, size=(64, 64))
    # The request is refused before the picture is enlarged.
    monkeypatch.setattr(Upscaler, "steps_to", lambda *_: pytest.fail("the picture was enlarged"))
    with Studio(tmp_path) as studio, pytest.raises(BadRequest, match="limit is 1024"):
        studio.enlarge(np.zeros((1024, 1024, 3), np.uint8), 4, model="tiny")
    large = tmp_path / "large.png"
    Image.fromarray(np.zeros((1024, 1024, 3), np.uint8)).save(large)
    for more, problem in (
        (["--enlarge", "4", "--image", str(large)], "limit is 1024"),
        (["--enlarge", "2"], "--enlarge needs --image"),
        (["--enlarge", "2", "--image", str(photo), "--size", "64x64"], "leave out --mask, --extend and --size"),
        (["--enlarge", "9", "--image", str(photo)], "The factor must be"),
        (["--enlarge", "nan", "--image", str(photo)], "The factor must be"),
    ):
        assert run(["generate", "a house", *settings, *more, "--out", str(out)]) == 2
        assert problem in capsys.readouterr().err
    with pytest.raises(BadRequest, match="strength must be"):
        Enlargement(2, 1.5)
