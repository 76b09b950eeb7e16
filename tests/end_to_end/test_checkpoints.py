"""A user's own checkpoint, from the drop on the window to restoring the settings of another tool's image."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from safetensors.torch import save_file

from gdm_studio.gallery import read
from gdm_studio.models.files.hashes import known_hashes
from gdm_studio.models.model_library import Library
from gdm_studio.ui.shell.window import Window
from tests.helpers import tiny_stable
from tests.helpers.widgets import drag
from tests.helpers.window import click, drop, run_in_window, until, use_tool
from tests.ui.test_flow import generated, pictures
from tests.ui.test_prompt_editing import CTRL, _anew, _key, _keys, _list

SECONDS = 240.0


def _lora(place: Path, seed: int) -> None:
    """Write an adapter for one U-Net layer as kohya's trainer does."""
    layer, numbers = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", torch.Generator()
    found = {
        f"{layer}.lora_down.weight": torch.randn(4, 768, generator=numbers.manual_seed(seed)),
        f"{layer}.lora_up.weight": torch.randn(64, 4, generator=numbers),
    }
    place.parent.mkdir(exist_ok=True)
    save_file(found, place)


@pytest.fixture
def user_files(tmp_path: Path) -> Path:
    """Create the user's files: two checkpoints and a folder of adapters."""
    folder = tmp_path / "theirs"
    tiny_stable.write(folder / "dream.safetensors", told={"modelspec.author": "Somebody"})
    tiny_stable.write(folder / "dream-inpainting.safetensors", "inpainting")
    for seed, name in enumerate(("Ink", "wash")):
        _lora(folder / "Lora" / f"{name}.safetensors", seed)
    for file in folder.rglob("*.safetensors"):
        os.utime(file, (86_400, 86_400))
    return folder


def _said(window: Window) -> str:
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def _old_picture(folder: Path, *, model: str, ink: str) -> Path:
    """Write an image as AUTOMATIC1111 does, naming model files that had other names there."""
    told = PngInfo()
    told.add_text(
        "parameters",
        "a (red:1.3) house <lora:inkOld_v2:0.7>, <lora:lost:0.5>\n"
        "Negative prompt: blurry\n"
        "Steps: 3, Sampler: Euler, Schedule type: Karras, CFG scale: 5, Seed: 77, Size: 96x64, "
        f"Model hash: {model}, Model: dreamOld, Denoising strength: 0.4, Clip skip: 2, Hires upscale: 1.5, "
        'TI hashes: "faces: 89abcdef01", '
        f'Lora hashes: "inkOld_v2: {ink}, lost: 0123456789ab", Version: v1.10.1',
    )
    path = folder / "old.png"
    Image.new("RGB", (96, 64)).save(path, pnginfo=told)
    return path


@pytest.mark.slow
def test_a_dropped_checkpoint_is_used_and_found_again(home: Path, user_files: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        page, create = window.models_page, window.create_page
        controls, stage = create.controls, create.canvas_panel
        await until(lambda: window.generation.device)

        # The checkpoint is dropped, listed, and used.
        drop(window, user_files / "dream.safetensors")
        await until(lambda: window.page() == "models" and "dream" in page.names())
        await until(lambda: "Stable Diffusion 1" in _said(window) and "Somebody" in _said(window))
        click(page.view._use_button)
        await until(lambda: window.page() == "create" and controls.request().model == "dream")
        assert "a cheerful" not in controls.request().prompt or controls.prompt.isVisible()
        controls.request_draft.change(steps=2, guidance_scale=3.0, seed=7, dtype="fp32", device="cpu")
        _anew(controls.prompt, "a red house")
        await generated(window)
        (without,) = pictures(home)
        first = read(without).request
        assert first is not None and (first.model, first.size, first.prompt) == ("dream", (64, 64), "a red house")

        # Two adapters are added by typing.
        drop(window, user_files / "Lora")
        await until(lambda: {"Ink", "wash"} <= set(page.names()) and "Lora added" in _said(window))
        window.open_page("create")
        for name in ("ink", "was"):
            _keys_behind(window, f", <{name}")
            await until(lambda: _list(window))
            _key(controls.prompt, Qt.Key.Key_Return)
        _key(controls.prompt, Qt.Key.Key_Down, CTRL)
        assert controls.request().prompt == "a red house, <lora:Ink:1>, <lora:wash:0.9>"
        controls.request_draft.change(seed=7)
        await generated(window)
        (shown,) = set(pictures(home)) - {without}
        plain, inked = (np.asarray(Image.open(path)).astype(int) for path in (without, shown))
        assert np.abs(plain - inked).max() > 4

        # Another model generates a part of the image again.
        drop(window, user_files / "dream-inpainting.safetensors")
        await until(lambda: "dream-inpainting.safetensors added" in _said(window))
        window.open_page("create")
        stage.setFocus()
        use_tool(window, "mask")
        await until(lambda: stage.mode() == "mask")
        middle = stage.canvas.rect().center()
        drag(stage.canvas, middle, middle + QPoint(60, 0))
        mask = window.tools.start_image.brush.mask()
        before = np.asarray(Image.open(shown))
        click(stage.mask_bar._done_button)
        await until(lambda: controls.request().mask)
        await until(lambda: "dream-inpainting" in [choice.id for choice in controls.model_box.choices()])
        controls.model_box.pick("dream-inpainting")
        await until(lambda: controls.request().model == "dream-inpainting")
        controls.request_draft.change(steps=2, guidance_scale=1.0)
        earlier = set(pictures(home))
        await generated(window)
        (path,) = set(pictures(home)) - earlier
        painted, asked = np.asarray(Image.open(path)), read(path).request
        assert asked is not None and asked.mask and asked.model == "dream-inpainting"
        assert np.array_equal(painted[mask == 0], before[mask == 0]) and not np.array_equal(painted, before)

        # The settings of another tool's old image are restored.
        ink, dream = user_files / "Lora" / "Ink.safetensors", user_files / "dream.safetensors"
        await until(lambda: known_hashes(ink) is not None and known_hashes(dream) is not None)
        hashes = known_hashes(dream), known_hashes(ink)
        assert hashes[0] is not None and hashes[1] is not None
        old = _old_picture(tmp_path, model=hashes[0].sha256[:10], ink=hashes[1].content[:12])
        drop(window, old)
        await until(lambda: controls.request().seed == 77)
        request = controls.request()
        assert request.model == "dream" and request.size == (96, 64) and not request.image and not request.mask
        assert request.prompt == "a (red:1.3) house <lora:Ink:0.7>, <lora:lost:0.5>"
        assert (request.negative_prompt, request.steps, request.guidance_scale) == ("blurry", 3, 5.0)
        assert (request.sampler, request.spacing) == ("euler", "karras")
        assert request.factors == {"clip_skip": 2.0, "enlarged": 1.5, "enlarged_strength": 0.4}
        await until(lambda: "LoRA lost (hash 0123456789ab)" in _said(window))
        assert "embedding faces (hash 89abcdef01)" in _said(window)
        lost = "There is no LoRA called “lost”"
        await until(lambda: any(lost in chip.name for chip in controls.prompt.chips.chips()))
        controls.prompt.set_text(request.prompt.replace(", <lora:lost:0.5>", ""))
        await until(lambda: not any(lost in chip.name for chip in controls.prompt.chips.chips()))
        earlier = set(pictures(home))
        await generated(window)
        (path,) = set(pictures(home)) - earlier
        again = read(path).request
        assert Image.open(path).size == (144, 96)
        assert again is not None and (again.seed, again.size, again.model) == (77, (96, 64), "dream")

    run_in_window(play, library=Library(), seconds=SECONDS)


def _keys_behind(window: Window, text: str) -> None:
    box = window.create_page.controls.prompt
    box.editor.setFocus()
    _key(box, Qt.Key.Key_End, CTRL)
    _keys(box, text)
