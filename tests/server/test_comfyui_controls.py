"""ComfyUI's nodes for FLUX.1 Redux and for the control models of Z-Image and Anima."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.engine import image_inputs
from gdm_studio.models.model_library import Library
from tests.families.test_transformer_controls import add_control, library_with, save
from tests.helpers import tiny_transformers
from tests.helpers.http_client import running_server
from tests.server.test_comfyui import TEXT_TO_IMAGE, Graph, changed, errors_of, run, submit, upload

pytestmark = pytest.mark.slow
IMAGE = Image.fromarray(np.random.default_rng(1).integers(0, 256, (128, 160, 4), np.uint8) | np.uint8([0, 0, 0, 255]))
SQUARE = np.asarray(IMAGE)[:, 16:144]
EMPTY = {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}}


def graph_of(**nodes: dict[str, Any]) -> Graph:
    """Return a graph of the model "tiny" without guidance, with nodes after the image "10"."""
    graph = changed(TEXT_TO_IMAGE, "5", width=128, height=128, batch_size=1)
    graph = changed(graph, "3", steps=2, cfg=1.0, sampler_name="euler", scheduler="simple")
    graph["4"]["inputs"]["ckpt_name"] = "tiny.safetensors"
    image = {"class_type": "LoadImage", "inputs": {"image": "disc.png"}}
    return graph | {"7": EMPTY, "10": image} | nodes


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def test_redux_sees_the_middle_or_all_of_an_image() -> None:
    library = library_with("flux1 schnell")
    add_control("flux1-redux-dev", tiny_transformers.REDUX)
    save(paths.models_dir() / "sigclip_vision_patch14_384.safetensors", tiny_transformers.image_encoder())
    library.refresh()
    graph = graph_of(
        vision=node("CLIPVisionLoader", clip_name="sigclip_vision_patch14_384.safetensors"),
        seen=node("CLIPVisionEncode", clip_vision=["vision", 0], image=["10", 0], crop="center"),
        loader=node("StyleModelLoader", style_model_name="flux1-redux-dev.safetensors"),
        style=node(
            "StyleModelApply",
            conditioning=["6", 0],
            style_model=["loader", 0],
            clip_vision_output=["seen", 0],
            strength=0.8,
            strength_type="multiply",
        ),
    )
    graph = changed(graph, "3", positive=["style", 0])
    with running_server(library) as server:
        upload(server, IMAGE)
        found = []
        for crop, expected in (("center", SQUARE), ("none", np.asarray(IMAGE))):
            assert run(server, changed(graph, "seen", crop=crop))["status"]["completed"]
            picture = server.service.search("", 1).result()[0]
            (control,) = picture.request.hints
            assert (control.kind, control.weight, control.start, control.end) == ("flux1-redux-dev", 0.8, 0.0, 1.0)
            assert np.array_equal(np.asarray(image_inputs.load(control.image))[..., :3], expected[..., :3])
            found.append(np.asarray(Image.open(picture.path)))
        assert not np.array_equal(*found)
        refused = errors_of(submit(server, changed(graph, "style", strength_type="attn_bias")))
        assert "multiply" in refused["style"][0]
        assert server.get("/models/style_models").json == ["flux1-redux-dev"]


CONTROLS = {
    "z-image": ("ZImageFunControlnet", {"vae": ["4", 2]}, (0.0, 1.0)),
    "z-image deep": ("QwenImageDiffsynthControlnet", {"vae": ["4", 2]}, (0.0, 1.0)),
    "anima": ("AnimaLLLiteApply", {"start_percent": 0.0, "end_percent": 0.5}, (0.0, 0.5)),
}


@pytest.mark.parametrize("kind", CONTROLS)
def test_control_models_that_are_patches_in_comfyui(kind: str) -> None:
    name, inputs, part = CONTROLS[kind]
    library = library_with("z-image deep" if kind.startswith("z-image") else kind)
    if kind == "anima":
        weights = tiny_transformers.control_net(replace(tiny_transformers.ANIMA_CONTROL, inputs=3))
        metadata = {"lllite.version": "2", "lllite.aspp_dilations": "1,2,4", "lllite.inpaint_masked_input": "true"}
        weights = {each: weight.bfloat16().contiguous() for each, weight in weights.items()}
        save_file(weights, paths.models_dir() / "control.safetensors", metadata)
    else:
        add_control("control", tiny_transformers.Z_IMAGE_CONTROL)
    library.refresh()
    graph = graph_of(
        loader=node("ModelPatchLoader", name="control.safetensors"),
        applied=node(name, model=["4", 0], model_patch=["loader", 0], image=["10", 0], strength=0.7, **inputs),
    )
    graph = changed(graph, "3", model=["applied", 0])
    with running_server(library) as server:
        upload(server, IMAGE)
        assert run(server, graph)["status"]["completed"]
        (control,) = server.service.search("", 1).result()[0].request.hints
        assert (control.kind, control.weight, control.start, control.end) == ("control", 0.7, *part)
        assert np.array_equal(np.asarray(image_inputs.load(control.image))[..., :3], np.asarray(IMAGE)[..., :3])
        # The engine takes the mask of the latents, and no strength below 0.
        masked = errors_of(submit(server, changed(graph, "applied", mask=["10", 1])))
        assert "of the latents" in masked["applied"][0]
        assert "weight" in errors_of(submit(server, changed(graph, "applied", strength=-1.0)))["applied"][0]


def test_a_model_without_such_patches_lists_none() -> None:
    with running_server(Library()) as server:
        assert server.get("/models/model_patches").json == [] == server.get("/models/style_models").json
        graph = changed(graph_of(loader=node("ModelPatchLoader", name="x")), "3", model=["loader", 0])
        graph["4"]["inputs"]["ckpt_name"] = "icons-2"
        assert "loader" in errors_of(submit(server, graph))
