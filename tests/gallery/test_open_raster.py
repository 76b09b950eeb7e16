"""OpenRaster files, read back with zipfile and XML: layout, layers and composite."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio import Studio
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import Gallery, read
from gdm_studio.gallery.export.open_raster import over
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.request.regions import Region
from tests.engine.test_transparency import cutout, left_mask, library
from tests.helpers.gaussian_model import SIDE, GaussianLibrary

START, CHANGED, REST = "Start picture", "Changed part", "Start picture, unchanged part"


def photo(side: int = SIDE) -> np.ndarray:
    coarse = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC).convert("RGBA"))


def saved(models: Any, start: np.ndarray | None, mask: np.ndarray | None = None, **changes: Any) -> Path:
    """Generate an image and save it in the gallery. Returns its file."""
    request = Request(model="gaussian", prompt="a red disc", seed=3, steps=2, device="cpu", size=(SIDE, SIDE))
    image = image_inputs.store(start) if start is not None else ""
    name = image_inputs.store_mask(mask, image=image) if mask is not None else ""
    request = replace(request, image=image, mask=name, strength=0.5 if image else request.strength, **changes)
    (result,) = (event for event in generate(request, models) if isinstance(event, Result))
    return Gallery.open().save(result).path


def layers_in(file: Path) -> tuple[dict[str, tuple[np.ndarray, bool]], np.ndarray]:
    """Check the layout of an OpenRaster file. Returns its layers from the uppermost to the lowest, each as large as the
    image and with its visibility, and the merged image.
    """
    data = file.read_bytes()
    # Programs look for the type at a fixed place: an entry header of 30 bytes, its name, and the stored content.
    assert data[30:38] == b"mimetype" and data[38:54] == b"image/openraster"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert names[0] == "mimetype" and len(set(names)) == len(names)
        merged, thumbnail = (
            Image.open(io.BytesIO(archive.read(name))) for name in ("mergedimage.png", "Thumbnails/thumbnail.png")
        )
        root = ElementTree.fromstring(archive.read("stack.xml"))
        (stack,) = root
        assert (root.tag, stack.tag) == ("image", "stack")
        assert merged.size == (int(root.attrib["w"]), int(root.attrib["h"]))
        assert max(thumbnail.size) == min(256, max(merged.size)) and thumbnail.mode == "RGBA"
        found = {}
        for layer in stack:
            assert layer.attrib["composite-op"] == "svg:src-over" and layer.attrib["opacity"] == "1.0"
            part = Image.open(io.BytesIO(archive.read(layer.attrib["src"])))
            whole = Image.new("RGBA", merged.size)
            whole.paste(part, (int(layer.attrib["x"]), int(layer.attrib["y"])))
            found[layer.attrib["name"]] = np.asarray(whole), layer.attrib["visibility"] == "visible"
        sources = {layer.attrib["src"] for layer in stack}
        assert len(sources) == len(stack) and set(names) == sources | {
            "mimetype", "stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png",
        }  # fmt: skip
    return found, np.asarray(merged.convert("RGBA"))


def composite(layers: dict[str, tuple[np.ndarray, bool]]) -> np.ndarray:
    visible = [pixels for pixels, is_visible in layers.values() if is_visible]
    whole = np.zeros_like(visible[-1])
    for pixels in reversed(visible):
        whole = over(pixels, whole)
    return whole


def is_same(one: np.ndarray, other: np.ndarray) -> bool:
    """Return True if two images differ only in the colour of transparent pixels."""
    hidden = (one[..., 3] == 0) & (other[..., 3] == 0)
    return bool(((one == other).all(axis=-1) | hidden).all())


@pytest.mark.parametrize(
    ("models", "start", "mask", "area", "visible"),
    [
        ("opaque", None, None, "whole", ["Picture"]),
        ("opaque", photo(), None, "whole", ["Picture", START]),
        ("opaque", cutout(), None, "whole", ["Picture"]),
        ("opaque", photo(), left_mask(), "whole", [CHANGED, START]),
        ("opaque", photo(), left_mask(), "masked", [CHANGED, START]),
        ("opaque", cutout(), left_mask(), "whole", [CHANGED, START]),
        # A model with alpha may erase pixels of the start image.
        ("alpha", photo(), left_mask(), "whole", [CHANGED, REST]),
    ],
)
def test_the_visible_layers_are_the_image(
    models: str, start: np.ndarray | None, mask: np.ndarray | None, area: str, visible: list[str], tmp_path: Path
) -> None:
    path = saved(library() if models == "opaque" else GaussianLibrary(), start, mask, inpaint_area=area)
    with Studio() as studio:
        layers, merged = layers_in(studio.export(path, "ora", out=tmp_path))
    assert [name for name, (_, is_visible) in layers.items() if is_visible] == visible
    assert is_same(merged, np.asarray(Image.open(path).convert("RGBA"))) and is_same(composite(layers), merged)
    if start is not None:
        assert list(layers)[-1] == START and is_same(layers[START][0], start)
    if mask is not None:
        changed = layers[CHANGED][0][..., 3]
        assert not changed[mask == 0].any() and changed[:, : SIDE // 2 - 16].any()
        fades = (changed > 0) & (changed < 255)
        assert fades.any() or models == "alpha"


def test_regions_are_hidden_areas_named_by_their_prompts(tmp_path: Path) -> None:
    stripe = np.zeros((SIDE, SIDE), np.uint8)
    stripe[32:64] = 255
    mask = image_inputs.store_mask(stripe)
    path = saved(GaussianLibrary(), None)
    with_regions = replace(
        read(path).request or Request(),
        regions=(Region("a \x07fox & <co>", (0.5, 0.0, 1.0, 0.25)), Region("grass", mask=mask)),
    )
    result = Result(0, with_regions, np.asarray(Image.open(path)))
    path = Gallery.open().save(result).path
    assert run(["export", str(path), "--as", "ora", "--out", str(tmp_path)]) == 0
    layers, merged = layers_in(next(tmp_path.glob("*.ora")))
    assert list(layers) == ["Area of region 2: grass", r"Area of region 1: a \x07fox & <co>", "Picture"]
    assert is_same(composite(layers), merged)
    box = np.zeros((SIDE, SIDE), np.uint8)
    box[: SIDE // 4, SIDE // 2 :] = 255
    areas = [pixels[..., 3] for pixels, is_visible in layers.values() if not is_visible]
    assert np.array_equal(areas[0], stripe) and np.array_equal(areas[1], box)
    assert run(["export", str(path), "--as", "ora", "--without-metadata", "--out", str(tmp_path / "bare")]) == 0
    bare = next((tmp_path / "bare").iterdir()).read_bytes()
    assert b"fox" not in bare and b"red disc" not in bare


def test_a_missing_start_image_is_reported(tmp_path: Path) -> None:
    path = saved(library(), photo())
    for file in paths.inputs_dir().iterdir():
        file.unlink()
    with Studio() as studio, pytest.raises(BadRequest, match="no longer on this machine"):
        studio.export(path, "ora", out=tmp_path)
    assert not [*tmp_path.glob("*.ora")]
