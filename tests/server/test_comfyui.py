"""ComfyUI's interface, as its clients use it."""

from __future__ import annotations

import copy
import gc
import http.client
import io
import json
import struct
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
import torch
from PIL import Image, UnidentifiedImageError
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.model_library import Library
from gdm_studio.server.access_control import Access
from gdm_studio.server.client_requests import Client
from gdm_studio.server.comfyui import graph as graph_module
from gdm_studio.server.comfyui import stored_pictures
from gdm_studio.server.comfyui.image_operations import grow, pad
from gdm_studio.server.comfyui.prompt_journal import PromptEntry, PromptJournal
from gdm_studio.server.comfyui.prompt_syntax import to_a1111
from gdm_studio.server.comfyui.values import Pixels
from tests.helpers import tiny_stable
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.http_client import PATIENCE, TOKEN, Answer, RunningServer, png_base64, running_server, until
from tests.helpers.server_process import server_process

pytest.importorskip("wsproto")

from tests.helpers.comfyui_client import comfyui_client  # noqa: E402

Graph = dict[str, dict[str, Any]]
# ComfyUI's default graph, as its window exports it.
TEXT_TO_IMAGE: Graph = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            **{"seed": 7, "steps": 4, "cfg": 2.0, "sampler_name": "dpmpp_2m", "scheduler": "karras", "denoise": 1.0},
            **{"model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]},
        },
        "_meta": {"title": "KSampler"},
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "gaussian.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 128, "batch_size": 2}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red disc", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blue", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "foxes/%width%", "images": ["8", 0]}},
}
IMAGE_TO_IMAGE = TEXT_TO_IMAGE | {
    "5": {"class_type": "VAEEncode", "inputs": {"pixels": ["10", 0], "vae": ["4", 2]}},
    "10": {"class_type": "LoadImage", "inputs": {"image": "disc.png", "upload": "image"}},
}
INPAINTING = IMAGE_TO_IMAGE | {
    "5": {
        "class_type": "VAEEncodeForInpaint",
        "inputs": {"pixels": ["10", 0], "vae": ["4", 2], "mask": ["10", 1], "grow_mask_by": 6},
    }
}


def changed(graph: Graph, node: str, **inputs: Any) -> Graph:
    """Return a copy of a graph in which a node has other inputs."""
    found = copy.deepcopy(graph)
    found[node]["inputs"] |= inputs
    return found


def submit(server: RunningServer, graph: object, **body: Any) -> Answer:
    return server.post("/prompt", {"prompt": graph, "client_id": "me", **body})


def run(server: RunningServer, graph: Graph) -> dict[str, Any]:
    """Submit a graph, and return its entry of the history when it has ended."""
    answer = submit(server, graph)
    assert answer.status == 200, answer.json
    path = f"/history/{answer.json['prompt_id']}"
    until(lambda: server.get(path).json)
    return dict(server.get(path).json[answer.json["prompt_id"]])


def view(server: RunningServer, image: Mapping[str, str], **query: str) -> Image.Image:
    answer = server.get(f"/api/view?{urlencode({**image, **query})}")
    assert answer.status == 200, answer.json
    return Image.open(io.BytesIO(answer.body))


def upload(server: RunningServer, rgba: Image.Image, path: str = "/upload/image", **fields: str) -> Any:
    """Upload an image as disc.png, as a form."""
    buffer = io.BytesIO()
    rgba.save(buffer, "PNG")
    parts = [b'name="image"; filename="disc.png"\r\n\r\n' + buffer.getvalue()]
    parts += [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    body = b"".join(b"--cut\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--cut--\r\n"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "multipart/form-data; boundary=cut"}
    answer = server.request("POST", path, body, headers)
    assert answer.status == 200, answer.json
    return answer.json


def errors_of(answer: Answer) -> dict[str, list[str]]:
    """Return the messages of a refused graph, by node."""
    assert answer.status == 400 and answer.json["error"]["message"]
    return {name: [each["message"] for each in node["errors"]] for name, node in answer.json["node_errors"].items()}


def test_a_client_follows_its_prompt(server: RunningServer) -> None:
    """The order and the content of the messages, the history, and the images under the names in it."""
    with comfyui_client(server) as client:
        assert client.next()["data"]["status"]["exec_info"]["queue_remaining"] == 0
        answer = submit(server, TEXT_TO_IMAGE, extra_data={"preview_method": "auto", "api_key_comfy_org": "secret"})
        messages = client.until_end()
    prompt_id = answer.json["prompt_id"]
    objects = [each for each in messages if isinstance(each, dict)]
    kinds = [each["type"] for each in objects if each["type"] not in ("status", "progress_state", "progress")]
    assert kinds[:2] == ["execution_start", "execution_cached"]
    assert kinds[-3:] == ["executed", "execution_success", "executing"]
    nodes = [each["data"]["node"] for each in objects if each["type"] == "executing"]
    assert sorted(nodes[:-1]) == ["3", "4", "5", "6", "7", "8", "9"] and nodes[-4:] == ["3", "8", "9", None]
    steps = [each["data"] for each in objects if each["type"] == "progress"]
    values = [each["value"] for each in steps]
    assert values == sorted(values) and (values[-1], steps[-1]["max"], steps[-1]["node"]) == (4, 4, "3")
    previews = [each for each in messages if isinstance(each, bytes)]
    # JPEG, as in ComfyUI. Clients take PNG files for results.
    assert previews and all(struct.unpack(">II", each[:8]) == (1, 1) for each in previews)
    entry = server.get(f"/history/{prompt_id}").json[prompt_id]
    assert entry["status"]["status_str"] == "success" and "secret" not in json.dumps(entry)
    images = entry["outputs"]["9"]["images"]
    names = [(each["subfolder"], each["type"], each["filename"][:4]) for each in images]
    assert names == [("foxes", "output", "128_")] * 2
    assert view(server, images[0]).size == (128, 128)
    assert view(server, images[0], channel="rgb").mode == "RGB"
    assert view(server, images[0], preview="webp;50").format == "WEBP"
    request = next(iter(server.service.search("", 1).result())).request
    assert (request.prompt, request.negative_prompt, request.sampler, request.spacing) == (
        *("a red disc", "blue", "dpmpp_2m", "karras"),
    )
    assert (request.seed, request.steps, request.guidance_scale) in ((7, 4, 2.0), (8, 4, 2.0))
    server.post("/history", {"clear": True})
    assert server.get("/history").json == {}


def test_a_graph_starts_from_an_uploaded_image(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """ComfyUI makes as many steps as requested, the last ones of a longer run."""
    name = upload(server, Image.new("RGBA", (256, 256), (200, 30, 40, 255)))
    assert name == {"name": "disc.png", "subfolder": "", "type": "input"}
    size = {"upscale_method": "bilinear", "width": 128, "height": 128, "crop": "disabled"}
    graph = changed(IMAGE_TO_IMAGE, "5", pixels=["11", 0])
    graph["11"] = {"class_type": "ImageScale", "inputs": {"image": ["10", 0], **size}}
    with comfyui_client(server) as client:
        submit(server, changed(graph, "3", denoise=0.5))
        steps = [each["data"] for each in client.until_end() if isinstance(each, dict) and each["type"] == "progress"]
    assert [(each["value"], each["max"]) for each in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    request = next(iter(server.service.search("", 1).result())).request
    assert request.steps == 8 and request.image and not request.mask
    # The history keeps no pixels.
    gc.collect()
    assert not any(type(each) is Pixels for each in gc.get_objects())
    # No noise levels are computed of a longer run than the server makes.
    assert "at most 150 steps" in errors_of(submit(server, changed(graph, "3", denoise=1e-320)))["3"][0]
    with monkeypatch.context() as patched:
        patched.setattr(graph_module, "MAX_IMAGE_BYTES", 5 * 256 * 256)
        assert "MiB together" in errors_of(submit(server, graph))["11"][0]
    # A different image of that name gets another one.
    assert upload(server, Image.new("RGBA", (128, 128)))["name"] == "disc (1).png"
    # The image has another size.
    assert "256x256" in errors_of(submit(server, IMAGE_TO_IMAGE))["5"][0]


def test_a_graph_redraws_a_masked_part(server: RunningServer) -> None:
    """The mask of the window's editor is the alpha channel of a copy of the image."""
    upload(server, Image.new("RGBA", (128, 128), (200, 30, 40, 255)))
    painted = Image.new("RGBA", (128, 128), (0, 0, 0, 255))
    painted.paste((0, 0, 0, 0), (0, 0, 64, 128))
    original = json.dumps({"filename": "disc.png", "subfolder": "", "type": "input"})
    upload(server, painted, "/upload/mask", original_ref=original, overwrite="true")
    entry = run(server, INPAINTING)
    picture = np.asarray(view(server, entry["outputs"]["9"]["images"][0]).convert("RGB")).astype(int)
    assert np.abs(picture[:, 96:] - (200, 30, 40)).max() <= 2
    assert np.abs(picture[:, :40] - (200, 30, 40)).max() > 40
    inputs = {"positive": ["6", 0], "negative": ["7", 0], "vae": ["4", 2], "pixels": ["10", 0], "mask": ["10", 1]}
    graph = changed(IMAGE_TO_IMAGE, "3", positive=["12", 0], negative=["12", 1], latent_image=["12", 2])
    graph["12"] = {"class_type": "InpaintModelConditioning", "inputs": inputs | {"noise_mask": True}}
    assert run(server, graph)["status"]["completed"]
    assert server.service.search("", 1).result()[0].request.mask
    elsewhere = errors_of(submit(server, changed(graph, "3", latent_image=["5", 0])))
    assert "connect them, too" in elsewhere["3"][0]
    # Nothing of an opaque image is marked.
    upload(server, Image.new("RGBA", (128, 128), (200, 30, 40, 255)), overwrite="true")
    assert "marks nothing" in errors_of(submit(server, INPAINTING))["5"][0]


def test_images_are_sent_over_the_websocket(server: RunningServer) -> None:
    """Sends PNG files by nodes that other programs use, with the start image in the graph."""
    graph = changed(IMAGE_TO_IMAGE, "3", denoise=0.6, seed="9007199254740993") | {
        "9": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["8", 0]}},
        "10": {"class_type": "ETN_LoadImageBase64", "inputs": {"image": png_base64()}},
        # Nothing needs this node.
        "11": {"class_type": "ETN_LoadImageBase64"},
    }
    with comfyui_client(server) as client:
        prompt_id = submit(server, graph).json["prompt_id"]
        messages = client.until_end()
        client.send({"type": "feature_flags", "data": {}})
        while (answer := client.next())["type"] != "feature_flags":
            pass
    (image,) = [each for each in messages if isinstance(each, bytes)]
    assert struct.unpack(">II", image[:8]) == (1, 2) and Image.open(io.BytesIO(image[8:])).size == (128, 128)
    assert server.service.search("", 1).result()[0].request.seed == 9007199254740993
    assert answer["data"]["max_upload_size"] == server.service.limits.body_bytes
    entry = server.get(f"/history/{prompt_id}").json[prompt_id]
    assert entry["outputs"] == {} and len(entry["prompt"][2]["10"]["inputs"]["image"]) < 200


REFUSED = {
    "an unknown node": (TEXT_TO_IMAGE | {"12": {"class_type": "FreeU", "inputs": {}}}, "12", "no node 'FreeU'"),
    "an unknown input": (changed(TEXT_TO_IMAGE, "3", rescale=0.7), "3", "no input 'rescale'"),
    "a missing input": (TEXT_TO_IMAGE | {"5": {"class_type": "EmptyLatentImage", "inputs": {}}}, "5", "missing: width"),
    "a value out of range": (changed(TEXT_TO_IMAGE, "3", steps=0), "3", "smaller than min"),
    "an unknown sampler": (changed(TEXT_TO_IMAGE, "3", sampler_name="dpm_adaptive"), "3", "not in list"),
    "a path instead of a model": (changed(TEXT_TO_IMAGE, "4", ckpt_name="/etc/passwd"), "4", "not in list"),
    "another size": (changed(TEXT_TO_IMAGE, "5", width=512), "5", "nearest is 128x128"),
    "little noise without an image": (changed(TEXT_TO_IMAGE, "3", denoise=0.5), "3", "denoise must be 1"),
    "weights of a model without them": (changed(TEXT_TO_IMAGE, "6", text="(red:1.2)"), "6", "no weights"),
    "a tag that ComfyUI reads as words": (changed(TEXT_TO_IMAGE, "6", text="<lora:ink:1>"), "6", "LoraLoader"),
    "an embedding of a model without them": (changed(TEXT_TO_IMAGE, "6", text="embedding:ink"), "6", "no embedding"),
    "a link of another type": (changed(TEXT_TO_IMAGE, "3", model=["4", 1]), "3", "received CLIP instead of MODEL"),
    "a link to nothing": (changed(TEXT_TO_IMAGE, "3", model=["77", 0]), "3", "no output 0"),
    "a cycle": (changed(TEXT_TO_IMAGE, "3", latent_image=["3", 0]), "3", "cycle"),
    "a name in another folder": (changed(TEXT_TO_IMAGE, "9", filename_prefix="../fox"), "9", "filename_prefix"),
    "an image that is missing": (IMAGE_TO_IMAGE, "10", "upload it first"),
    "an image of a foreign folder": (changed(IMAGE_TO_IMAGE, "10", image="/etc/passwd"), "10", "name of an image"),
    "a second sampler": (
        changed(TEXT_TO_IMAGE, "8", samples=["12", 0])
        | {"12": changed(TEXT_TO_IMAGE, "3", latent_image=["3", 0])["3"]},
        *("12", "connect VAEDecode"),
    ),
}  # fmt: skip


def test_what_cannot_be_made_is_refused_at_its_node(server: RunningServer) -> None:
    """Nothing of such a graph is queued, and no other node is blamed."""
    for case, (graph, node, sentence) in REFUSED.items():
        errors = errors_of(submit(server, graph))
        assert [*errors] == [node] and sentence in errors[node][0], (case, errors)
    assert submit(server, {}).json["error"]["type"] == "no_prompt"
    assert submit(server, {"1": TEXT_TO_IMAGE["4"]}).json["error"]["type"] == "prompt_no_outputs"
    assert submit(server, TEXT_TO_IMAGE, front=True).status == 400
    assert submit(server, TEXT_TO_IMAGE, prompt_id="../x").json["error"]["type"] == "invalid_prompt_id"
    many = {str(number): TEXT_TO_IMAGE["4"] for number in range(1025)}
    assert submit(server, many).json["error"]["type"] == "too_many_nodes"
    assert server.get("/queue").json == {"queue_running": [], "queue_pending": []}


def test_prompts_wait_and_are_stopped() -> None:
    library = GaussianLibrary(step_seconds=60)
    with running_server(library) as server, comfyui_client(server) as client:
        first, second = (submit(server, TEXT_TO_IMAGE).json["prompt_id"] for _ in range(2))
        until(lambda: server.get("/queue").json["queue_running"])
        queue = server.get("/api/queue").json
        assert [each[1] for each in queue["queue_running"]] == [first]
        assert [each[1] for each in queue["queue_pending"]] == [second]
        assert server.get("/prompt").json == {"exec_info": {"queue_remaining": 2}}
        server.post("/queue", {"delete": [second]})
        assert server.get("/prompt").json == {"exec_info": {"queue_remaining": 1}}
        server.post("/interrupt", {"prompt_id": second})
        assert server.get("/queue").json["queue_running"]
        server.post("/interrupt")
        library.hurry()
        kinds = [each["type"] for each in client.until_end()]
        assert "execution_interrupted" in kinds and "execution_success" not in kinds
        history = server.get("/history").json
        assert [*history] == [first] and history[first]["status"]["status_str"] == "error"


def test_nodes_name_what_there_is(server: RunningServer) -> None:
    nodes = server.get("/object_info").json
    assert nodes["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"][0] == ["gaussian"]
    assert [*nodes["KSamplerAdvanced"]["input"]["required"]][:3] == ["model", "add_noise", "noise_seed"]
    assert server.get("/object_info/KSampler").json == {"KSampler": nodes["KSampler"]}
    assert server.get("/object_info/FreeU").json == {}
    assert server.get("/models").json[:3] == ["checkpoints", "vae", "loras"]
    assert server.get("/models/checkpoints").json == ["gaussian"] and server.get("/models/etc").status == 404
    stats = server.get("/system_stats").json
    # SillyTavern reads the names of networks without text encoders, of which there are none.
    assert nodes["UNETLoader"]["input"]["required"]["unet_name"][0] == []
    assert stats["devices"] and stats["system"]["argv"] == []


def test_strangers_are_refused() -> None:
    """The WebSocket has the same rules as every request. JSON without a type comes from no browser."""
    with running_server() as server:
        for headers in (
            {"Authorization": "Bearer wrong"},
            {"Host": "evil.example"},
            {"Origin": "https://evil.example"},
        ):
            with comfyui_client(server, **headers) as client:
                assert client.status in (401, 403)
        body = json.dumps({"prompt": TEXT_TO_IMAGE}).encode()
        plain = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/x-www-form-urlencoded"}
        assert server.request("POST", "/prompt", body, plain).status == 200
        origin = plain | {"Origin": f"http://127.0.0.1:{server.port}"}
        assert server.request("POST", "/prompt", body, origin).status == 415
        assert server.request("GET", "/object_info").status == 401
        for name in ("../../etc/passwd", "/etc/passwd", f"x_{'0' * 32}_.png"):
            assert server.get(f"/view?{urlencode({'filename': name})}").status in (400, 404)
    with running_server(access=Access(None)) as server, comfyui_client(server) as client:
        assert client.status == 101


@pytest.mark.slow
def test_a_stable_diffusion_graph_with_a_lora() -> None:
    """Both weights of the LoRA, the last layer of the text encoder, and the weights of the prompt are used."""
    tiny_stable.write(paths.models_dir() / "tiny.safetensors")
    layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
    down, up = torch.zeros(4, 768), torch.zeros(64, 4)
    lora = {f"{layer}.lora_down.weight": down, f"{layer}.lora_up.weight": up}
    save_file(lora, paths.models_dir() / "ink.safetensors")
    save_file({"emb_params": torch.zeros(2, 768)}, paths.models_dir() / "calm.safetensors")
    graph = changed(TEXT_TO_IMAGE, "5", width=64, height=128, batch_size=1)
    graph = changed(graph, "3", model=["10", 0], sampler_name="uni_pc", scheduler="normal", steps=2)
    graph = changed(changed(graph, "6", clip=["11", 0], text="a (red:1.3) [fox]"), "7", clip=["11", 0])
    graph["4"]["inputs"]["ckpt_name"] = "tiny.safetensors"
    weights = {"lora_name": "ink.safetensors", "strength_model": 0.8, "strength_clip": 0.5}
    graph["10"] = {"class_type": "LoraLoader", "inputs": {"model": ["4", 0], "clip": ["4", 1], **weights}}
    graph["11"] = {"class_type": "CLIPSetLastLayer", "inputs": {"clip": ["10", 1], "stop_at_clip_layer": -2}}
    with running_server(Library()) as server:
        assert server.get("/models/loras").json == ["ink"]
        # The lists of A1111's interface, from which clients fill their menus.
        assert [each["name"] for each in server.get("/sdapi/v1/loras").json] == ["ink"]
        assert list(server.get("/sdapi/v1/embeddings").json["loaded"]) == ["calm"]
        assert run(server, graph)["status"]["status_str"] == "success"
        (picture,) = server.service.search("", 1).result()
        request = picture.request
        assert request.prompt == r"a (red:1.300000) \[fox\] <lora:ink:0.500000:0.800000>"
        assert (request.factors, request.knobs) == ({"clip_skip": 2.0}, {"variant": 1.0})
        assert (request.sampler, request.model, picture.size) == ("unipc", "tiny", (64, 128))
        # One prompt without the LoRA would be read by another text encoder.
        other = errors_of(submit(server, changed(graph, "7", clip=["4", 1])))
        assert "same text encoder" in other["7"][0]
        missing = errors_of(submit(server, changed(graph, "7", text="embedding:bad")))
        assert "no embedding called 'bad'" in missing["7"][0]


def test_prompts_keep_their_words_and_weights() -> None:
    """ComfyUI's brackets set weights, and everything else is text."""
    written = r"a (red:1.3) fox [x:y:3] AND \(b\) ((c:1.2) d) (e"
    expected = r"a (red:1.300000) fox \[x:y:3\] and \(b\) (c:1.200000)( d:1.100000) \(e"
    assert to_a1111(written) == expected


def test_a_failed_run_is_an_error_of_its_sampler() -> None:
    class BrokenModel(GaussianModel):
        def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
            raise ModelError("The weights are damaged.")

    with running_server(GaussianLibrary(kind=BrokenModel)) as server, comfyui_client(server) as client:
        submit(server, TEXT_TO_IMAGE)
        (error,) = [each["data"] for each in client.until_end() if each["type"] == "execution_error"]
        assert (error["node_id"], error["node_type"]) == ("3", "KSampler")
        assert error["exception_message"] == "The weights are damaged."
        (entry,) = server.get("/history").json.values()
        assert entry["status"]["completed"] is False and entry["status"]["messages"][-1][0] == "execution_error"


def test_images_are_enlarged_as_in_comfyui() -> None:
    """The mask of ImagePadForOutpaint fades into the image from the sides that were added."""
    image, mask = pad(np.full((8, 10, 4), 9, np.uint8), (0, 0, 4, 0), 3)
    assert image.shape == (8, 14, 4) and (image[:, 10:, :3] == 128).all() and (mask[:, 10:] == 255).all()
    # The distance of the last column to the right side is 1: ((3 - 1) / 3)² of 255.
    assert mask[3, 6:10].tolist() == [0, 0, 28, 113]


def test_masks_grow_as_in_comfyui() -> None:
    mask = np.zeros((9, 9), np.uint8)
    mask[4, 4] = 255
    assert np.argwhere(grow(mask, 3)).min(axis=0).tolist() == [3, 3] and (grow(mask, 3) > 0).sum() == 9
    assert (grow(mask, 6) > 0).sum() == 36 and (grow(mask, 0) > 0).sum() == 1


# Another sampler redraws a changed image, and the result is changed, too.
TWO_STAGES = changed(TEXT_TO_IMAGE, "5", batch_size=1) | {
    "10": {"class_type": "ImageInvert", "inputs": {"image": ["8", 0]}},
    "11": {"class_type": "ImageCompositeMasked", "inputs": {"destination": ["10", 0], "source": ["12", 0]}},
    "12": {"class_type": "LoadImage", "inputs": {"image": "disc.png"}},
    "13": {"class_type": "VAEEncode", "inputs": {"pixels": ["11", 0], "vae": ["4", 2]}},
    "14": changed(TEXT_TO_IMAGE, "3", latent_image=["13", 0], denoise=0.5)["3"],
    "15": {"class_type": "VAEDecode", "inputs": {"samples": ["14", 0], "vae": ["4", 2]}},
    "16": {"class_type": "ImageInvert", "inputs": {"image": ["15", 0]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "fox", "images": ["16", 0]}},
}
TWO_STAGES["11"]["inputs"] |= {"x": 0, "y": 0, "resize_source": False}


def read_history(server: RunningServer, ids: list[str]) -> list[dict[str, Any]]:
    """Return the entries of prompts in the history when they have ended."""
    until(lambda: all(server.get(f"/history/{each}").json for each in ids))
    return [server.get(f"/history/{each}").json[each] for each in ids]


@pytest.mark.slow
@pytest.mark.usefixtures("forked_processes")
@pytest.mark.parametrize(("steps", "count"), [(3, 0), (6, 1), (10, 2)])
def test_prompts_and_their_images_survive_a_killed_server(steps: int, count: int) -> None:
    """It is killed while the first sampler of a graph runs, while the graph waits for another prompt, or while its
    second sampler runs, after `count` images.
    """
    with server_process(steps) as (server, _):
        upload(server, Image.new("RGBA", (64, 64), (200, 30, 40, 255)))
        large = {"workflow": "secret" * 2**16}
        extra = {"preview_method": "auto", "api_key_comfy_org": "secret", "token": "secret", "extra_pnginfo": large}
        first = submit(server, TWO_STAGES, extra_data=extra).json["prompt_id"]
        second = submit(server, changed(TEXT_TO_IMAGE, "5", batch_size=1)).json["prompt_id"]
        until(lambda: server.get("/queue").json["queue_running"])
        until(lambda: len(server.get("/v1/images").json["data"]) >= count)
    files = [path for path in (paths.data_dir() / "server").rglob("*.json") if path.is_file()]
    assert len(files) == 2 and not any(b"secret" in path.read_bytes() for path in files)
    with running_server() as server:
        entries = read_history(server, [first, second])
        assert all(entry["status"]["completed"] for entry in entries), entries
        assert entries[0]["prompt"][2] == TWO_STAGES and "secret" not in json.dumps(entries)
        (shown,) = entries[0]["outputs"]["9"]["images"]
        pixels = np.asarray(view(server, shown))
        assert pixels.shape[:2] == (128, 128)
        # Of the graph's samplers and of the other prompt.
        assert len(server.get("/v1/images").json["data"]) == 3
    # A server that was not killed leaves its history and its images, too.
    with running_server() as server:
        assert read_history(server, [first, second]) == entries
        assert np.array_equal(np.asarray(view(server, shown)), pixels)
        assert server.get("/queue").json == {"queue_running": [], "queue_pending": []}
        assert submit(server, TEXT_TO_IMAGE).json["number"] == 2
        server.post("/history", {"clear": True})
    with running_server() as server:
        assert first not in server.get("/history").json


def test_a_server_does_not_remove_a_prompt_that_another_one_runs(tmp_path: Path) -> None:
    entry = PromptEntry(
        id="a", run="b", number=0, client=Client("", "", ""), client_id="", body={"prompt": {"1": {}}, "extra_data": {}}
    )
    first, second, third = (PromptJournal(tmp_path) for _ in range(3))
    first.put(entry)
    # An image that cannot be read, in a node.
    with pytest.raises(UnidentifiedImageError), first.counting_starts(entry.id):
        raise UnidentifiedImageError
    with pytest.raises(StorageError):
        second.put(entry)
    second.remove(entry.id)
    # The first server ends.
    first.release_all()
    assert third.restore() == [entry]
    third.remove(entry.id)
    assert first.restore() == [] and list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("forked_processes")
def test_a_graph_that_kills_the_server_is_given_up() -> None:
    """Its nodes are run by five servers that die of them."""
    prompt_id = str(uuid.uuid4())
    for count in range(5):
        with server_process(0, dies_in_nodes=True) as (server, process):
            if not count:
                upload(server, Image.new("RGBA", (128, 128), (200, 30, 40, 255)))
                graph = {
                    "1": {"class_type": "LoadImage", "inputs": {"image": "disc.png"}},
                    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
                    "3": {"class_type": "SaveImage", "inputs": {"filename_prefix": "x", "images": ["2", 0]}},
                }
                # It may die before it answers.
                with suppress(http.client.HTTPException, ConnectionError):
                    submit(server, graph, prompt_id=prompt_id)
            assert process.wait(PATIENCE) == 9
    with running_server() as server:
        until(lambda: server.get(f"/history/{prompt_id}").json)
        entry = server.get(f"/history/{prompt_id}").json[prompt_id]
        assert "ended 5 times" in json.dumps(entry["status"]["messages"])


def test_results_of_a_graph_do_not_replace_each_other(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of all pixels that a graph may make have room, and later files replace the oldest ones."""
    assert stored_pictures.MAX_BYTES >= 8 * graph_module.MAX_PIXELS
    assert graph_module.MAX_NODES * server.service.limits.images <= stored_pictures.MAX_FILES
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 4), np.uint8)
    noise[..., 3] = 255
    upload(server, Image.fromarray(noise))
    graph: Graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "disc.png"}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    }
    for number in range(20):
        graph[f"s{number}"] = {"class_type": "SaveImage", "inputs": {"filename_prefix": "x", "images": ["2", 0]}}
    monkeypatch.setattr(stored_pictures, "MAX_BYTES", 21 * 4 * 64 * 64)
    first, second = (run(server, graph)["outputs"] for _ in range(2))
    found = [
        [server.get(f"/view?{urlencode(output['images'][0])}").status for output in outputs.values()]
        for outputs in (first, second)
    ]
    assert found[1] == [200] * 20
    # Those used the longest ago are gone.
    gone = found[0].count(404)
    assert 0 < gone < 20 and found[0] == [404] * gone + [200] * (20 - gone)
