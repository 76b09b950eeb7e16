"""Graphs of the shapes that Krita AI Diffusion sends, with several samplers and with images that clients cache."""

from __future__ import annotations

import io
import json
import socket
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.engine.image_inputs import load
from gdm_studio.server.comfyui import graph as graph_module
from gdm_studio.server.comfyui.errors import NodeError
from gdm_studio.server.comfyui.image_operations import blur, dilate, erode, fill_smoothly, match_colours
from gdm_studio.server.comfyui.krita_nodes import TileLayout
from gdm_studio.server.comfyui.node_registry import NODES
from gdm_studio.server.comfyui.sockets import Message
from gdm_studio.server.limits import Limits
from tests.helpers.http_client import PATIENCE, TOKEN, RunningServer, running_server, until

pytest.importorskip("wsproto")

from wsproto.events import Ping  # noqa: E402

from tests.helpers.comfyui_client import ComfyUIClient, comfyui_client  # noqa: E402

Graph = dict[str, dict[str, Any]]
Nodes = dict[str, tuple[str, dict[str, Any]]]


def graph_of(**nodes: tuple[str, dict[str, Any]]) -> Graph:
    """Return a graph of nodes by their names. An input "name.1" is linked to the output 1 of a node."""

    def link(value: Any) -> Any:
        name, _, slot = value.partition(".") if isinstance(value, str) else ("", "", "")
        return [name, int(slot)] if name in nodes and slot.isdecimal() else value

    return {
        name: {"class_type": kind, "inputs": {each: link(value) for each, value in inputs.items()}}
        for name, (kind, inputs) in nodes.items()
    }


def sampler(name: str, latent: str, steps: int = 4, start: int = 0) -> Nodes:
    """Return the nodes of a SamplerCustomAdvanced, as the plugin connects them."""
    schedule = {"model": "model.0", "scheduler": "karras", "steps": steps, "denoise": 1.0}
    nodes: Nodes = {
        f"{name}_guider": ("CFGGuider", {"model": "soft.0", "positive": "fox.0", "negative": "blue.0", "cfg": 2.0}),
        f"{name}_sigmas": ("BasicScheduler", schedule),
        f"{name}_split": ("SplitSigmas", {"sigmas": f"{name}_sigmas.0", "step": start}),
        name: (
            "SamplerCustomAdvanced",
            {
                **{"noise": "noise.0", "guider": f"{name}_guider.0", "sampler": "kind.0", "latent_image": latent},
                "sigmas": f"{name}_split.1" if start else f"{name}_sigmas.0",
            },
        ),
        f"{name}_image": ("VAEDecode", {"samples": f"{name}.1", "vae": "model.2"}),
    }
    return nodes


def tile_nodes(tile: int, image: str) -> Nodes:
    """Return the nodes that cut out a tile of an image, and draw the result of the sampler over it."""
    place = {"layout": "layout.0", "index": tile}
    return {
        f"tile{tile}": ("ETN_ExtractImageTile", {"image": "right.0", **place}),
        f"tile_mask{tile}": ("ETN_GenerateTileMask", place),
        f"encoded{tile}": ("VAEEncode", {"pixels": f"tile{tile}.0", "vae": "model.2"}),
        f"noised{tile}": ("SetLatentNoiseMask", {"samples": f"encoded{tile}.0", "mask": f"tile_mask{tile}.0"}),
        f"merged{tile}": ("ETN_MergeImageTile", {"image": image, "tile": f"sample{tile}_image.0", **place}),
    }


COMMON: Nodes = {
    "model": ("CheckpointLoaderSimple", {"ckpt_name": "gaussian"}),
    "soft": ("DifferentialDiffusion", {"model": "model.0"}),
    "fox": ("CLIPTextEncode", {"clip": "model.1", "text": "a fox"}),
    "blue": ("CLIPTextEncode", {"clip": "model.1", "text": "blue"}),
    "noise": ("RandomNoise", {"noise_seed": 7}),
    "kind": ("KSamplerSelect", {"sampler_name": "dpmpp_2m"}),
}
CANVAS, SELECTION = {"x": 0, "y": 0, "width": 128, "height": 128}, {"x": 16, "y": 32, "width": 96, "height": 64}
# A selection is redrawn, and only its pixels are sent back.
INPAINTING = graph_of(
    **COMMON,
    canvas=("ETN_LoadImageCache", {"id": "0a1b2c3d"}),
    selection=("ETN_LoadImageCache", {"id": "4e5f6a7b"}),
    grown=("INPAINT_ExpandMask", {"mask": "selection.1", "grow": 6, "blur": 9, "blur_type": "linear"}),
    cut=("CropMask", {"mask": "grown.0", **SELECTION}),
    shown=("MaskToImage", {"mask": "grown.0"}),
    scaled=(
        "ImageScale",
        {"image": "shown.0", "width": 128, "height": 128, "upscale_method": "bilinear", "crop": "disabled"},
    ),
    mask=("ImageToMask", {"image": "scaled.0", "channel": "red"}),
    stable=("INPAINT_StabilizeMask", {"mask": "mask.0", "epsilon": 0.01}),
    filled=("INPAINT_MaskedFill", {"image": "canvas.0", "mask": "stable.0", "fill": "navier-stokes", "falloff": 0}),
    blurred=("INPAINT_MaskedBlur", {"image": "filled.0", "mask": "stable.0", "blur": 65, "falloff": 9}),
    control=("ControlNetLoader", {"control_net_name": "built-in (control_v11p_sd15_inpaint)"}),
    latent=("VAEEncode", {"pixels": "blurred.0", "vae": "model.2"}),
    masked=("SetLatentNoiseMask", {"samples": "latent.0", "mask": "stable.0"}),
    batch=("RepeatLatentBatch", {"samples": "masked.0", "amount": 2}),
    **sampler("run", "batch.0"),
    matched=(
        "INPAINT_ColorMatch",
        {"target": "run_image.0", "reference": "canvas.0", "exclude_mask": "stable.0", "strength": 1.0},
    ),
    part=("ImageCrop", {"image": "matched.0", **SELECTION}),
    white=("ThresholdMask", {"mask": "cut.0", "value": 0.0}),
    shrunk=("INPAINT_ShrinkMask", {"mask": "white.0", "shrink": 2, "blur": 5, "blur_type": "gaussian"}),
    alpha=("ETN_ApplyMaskToImage", {"image": "part.0", "mask": "shrunk.0"}),
    out=("ETN_SaveImageCache", {"images": "alpha.0", "format": "PNG"}),
)
_TILES = {"min_tile_size": 128, "padding": 16, "blending": 16, "multiple": 16}
_UPSCALER = {"model_name": "built-in (4x_NMKD-Superscale-SP_178000_G.pth)"}
# An image is enlarged by a network, and its two tiles are refined one after the other.
TILED = graph_of(
    **COMMON,
    canvas=("ETN_LoadImageCache", {"id": "0a1b2c3d"}),
    upscaler=("UpscaleModelLoader", _UPSCALER),
    large=("ImageUpscaleWithModel", {"upscale_model": "upscaler.0", "image": "canvas.0"}),
    right=(
        "ImageScale",
        {"image": "large.0", "width": 224, "height": 128, "upscale_method": "lanczos", "crop": "disabled"},
    ),
    layout=("ETN_TileLayout", {"image": "right.0", **_TILES}),
    **tile_nodes(0, "right.0"),
    **tile_nodes(1, "merged0.0"),
    **sampler("sample0", "noised0.0", 4, 2),
    **sampler("sample1", "noised1.0", 4, 2),
    out=("ETN_SaveImageCache", {"images": "merged1.0", "format": "PNG"}),
)


def png(levels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, "PNG")
    return buffer.getvalue()


def put(server: RunningServer, key: str, body: bytes) -> int:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/octet-stream"}
    return server.request("PUT", f"/api/etn/image/{key}", body, headers).status


def send_canvas(server: RunningServer) -> None:
    canvas = np.zeros((128, 128, 4), np.uint8)
    canvas[..., :3], canvas[..., 3] = np.linspace(60, 200, 128).astype(np.uint8)[:, None], 255
    selection = np.zeros((128, 128), np.uint8)
    selection[48:80, 40:88] = 255
    assert put(server, "0a1b2c3d", png(canvas)) == 201 and put(server, "4e5f6a7b", png(selection)) == 201


def submit(server: RunningServer, graph: Graph) -> Any:
    return server.post("/prompt", {"prompt": graph, "client_id": "me"})


def results(server: RunningServer, messages: list[Any]) -> list[np.ndarray]:
    """Return the images that the client fetches when it receives the message about the output node."""
    (executed,) = [each["data"] for each in messages if isinstance(each, dict) and each["type"] == "executed"]
    images = executed["output"]["images"]
    assert all((each["source"], each["content-type"]) == ("http", "image/png") for each in images)
    answers = [server.get(f"/api/etn/image/{each['id']}") for each in images]
    return [np.asarray(Image.open(io.BytesIO(each.body))) for each in answers]


def test_krita_finds_what_it_requires(server: RunningServer) -> None:
    """The nodes, models and addresses without which it does not connect, under names that tell what stands in."""
    nodes = server.get("/api/object_info").json
    assert {
        *("InpaintPreprocessor", "DepthAnythingV2Preprocessor", "IPAdapterModelLoader", "IPAdapter"),
        *("ETN_LoadImageCache", "ETN_SaveImageCache", "ETN_Translate", "INPAINT_LoadFooocusInpaint"),
        *("INPAINT_ShrinkMask", "INPAINT_StabilizeMask", "INPAINT_ColorMatch"),
    } <= nodes.keys()
    required = nodes["ControlNetLoader"]["input"]["required"]["control_net_name"][0]
    assert required == ["built-in (control_v11p_sd15_inpaint)", "missing (control_v11f1e_sd15_tile)"]
    # Other clients read the files that there are.
    assert server.get("/models/controlnet").json == []
    info = server.get("/api/etn/model_info/checkpoints?offset=0&limit=8").json
    assert info == {"gaussian": {"base_model": "unknown"}, "_meta": {"offset": 0, "count": 1, "total": 1}}
    assert server.get("/api/etn/model_info/diffusion_models").json == {}
    assert server.get("/api/etn/languages").json == []
    assert server.post("/api/etn/workflow/subscribe", {"client_id": "me"}).status == 200
    assert server.get("/api/etn/image/0a1b2c3d").status == 404 and put(server, "x", b"no image") == 400
    assert put(server, "..%2Fx", png(np.zeros((8, 8), np.uint8))) in (400, 404)


def test_krita_redraws_a_selection(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The images of a batch are changed after the sampler, and transparent outside the selection."""
    send_canvas(server)
    assert put(server, "0a1b2c3d", b"cached already") == 200
    submit_request = server.service.submit

    def end_first(*args: Any, **options: Any) -> Any:
        ticket = submit_request(*args, **options)
        # On a busy machine, a request may end before its submission returns.
        ticket.answer.result(PATIENCE)
        server.service.search("", 1).result()
        return ticket

    monkeypatch.setattr(server.service, "submit", end_first)
    with comfyui_client(server) as client:
        answer = submit(server, INPAINTING)
        assert answer.status == 200, answer.json
        messages = client.until_end()
        found = results(server, messages)
    assert [each.shape for each in found] == [(64, 96, 4)] * 2
    for each in found:
        assert each[0, 0, 3] == 0 and each[32, 48, 3] == 255
    assert (found[0] != found[1]).any()
    (picture, _) = server.service.search("", 2).result()
    assert picture.request.mask and picture.request.image and picture.size == (128, 128)
    missing = json.loads(json.dumps(INPAINTING))
    missing["control"]["inputs"]["control_net_name"] = "missing (control_v11f1e_sd15_tile)"
    missing["used"] = {
        "class_type": "ControlNetApplyAdvanced",
        "inputs": {
            **{"positive": ["fox", 0], "negative": ["blue", 0], "control_net": ["control", 0], "image": ["canvas", 0]},
            **{"strength": 1.0, "start_percent": 0.0, "end_percent": 1.0},
        },
    }
    missing["run_guider"]["inputs"] |= {"positive": ["used", 0], "negative": ["used", 1]}
    errors = submit(server, missing).json["node_errors"]
    assert [*errors] == ["control"] and "not installed" in errors["control"]["errors"][0]["message"]


def test_samplers_of_a_graph_run_one_after_the_other(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each tile starts from its part of the image, and what does not count of it stays."""
    send_canvas(server)
    with comfyui_client(server) as client:
        answer = submit(server, TILED)
        assert answer.status == 200, answer.json
        messages = client.until_end()
        (found,) = results(server, messages)
    assert found.shape == (128, 224, 3)
    steps = [each["data"] for each in messages if isinstance(each, dict) and each["type"] == "progress"]
    assert [each["node"] for each in steps if each["value"] == each["max"] == 2] == ["sample0", "sample1"]
    nodes = [each["data"]["node"] for each in messages if isinstance(each, dict) and each["type"] == "executing"]
    assert sorted(nodes[:-1]) == sorted(TILED) and nodes.index("sample0") < nodes.index("sample1")
    pictures = server.service.search("", 9).result()
    assert [each.request.steps for each in pictures] == [4, 4]
    # The first sampler waits until the network has enlarged the image.
    start = np.asarray(load(pictures[1].request.image))[..., 0].astype(int)
    assert start[:, 0].mean() < 70 and start[:, 112].mean() > 115
    # A later sampler is checked before the first one runs.
    wrong = json.loads(json.dumps(TILED))
    wrong["sample1_sigmas"]["inputs"]["steps"] = 200
    assert [*submit(server, wrong).json["node_errors"]] == ["sample1"]
    monkeypatch.setattr(graph_module, "MAX_PIXELS", 128 * 224 * 4)
    assert "Mi pixels together" in submit(server, TILED).json["error"]["message"]


def test_a_graph_without_a_sampler_enlarges_an_image(server: RunningServer) -> None:
    """An input that is null counts as missing."""
    send_canvas(server)
    corner = ("ImageCrop", {"image": "canvas.0", "x": 0, "y": 0, "width": 16, "height": 8})
    graph = graph_of(
        canvas=("ETN_LoadImageCache", {"id": "0a1b2c3d"}),
        corner=corner,
        upscaler=("UpscaleModelLoader", _UPSCALER),
        large=("ImageUpscaleWithModel", {"upscale_model": "upscaler.0", "image": "corner.0"}),
        plain=("INPAINT_ColorMatch", {"target": "large.0", "reference": "large.0", "exclude_mask": None}),
        out=("ETN_SaveImageCache", {"images": "plain.0", "format": "PNG"}),
    )
    graph["plain"]["inputs"]["strength"] = 0.5
    with comfyui_client(server) as client:
        answer = submit(server, graph)
        assert answer.status == 200, answer.json
        (found,) = results(server, client.until_end())
    assert found.shape == (32, 64, 3) and server.service.search("", 1).result() == []


def test_a_late_cancellation_keeps_the_outputs(server: RunningServer) -> None:
    """All images were saved before the request was stopped."""
    graph = graph_of(
        **COMMON,
        latent=("EmptyLatentImage", {"width": 128, "height": 128, "batch_size": 1}),
        **sampler("run", "latent.0"),
        out=("SaveImage", {"images": "run_image.0", "filename_prefix": "fox"}),
    )
    events = server.service.events
    send = events.send

    def stop_at_the_end(event: Any) -> None:
        send({**event, "event": "stopped"} if event["event"] == "done" else event)

    events.send = stop_at_the_end  # type: ignore[method-assign]
    submit(server, graph)
    until(lambda: server.get("/history").json)
    (entry,) = server.get("/history").json.values()
    assert entry["status"]["completed"] and len(entry["outputs"]["out"]["images"]) == 1


def test_a_client_that_floods_or_never_reads_is_disconnected() -> None:
    limits = Limits(send_seconds=0.2)
    with running_server(limits=limits) as server:
        with comfyui_client(server) as client, pytest.raises((ConnectionError, AssertionError)):
            for _ in range(100):
                client._socket.sendall(client._ws.send(Ping(payload=b"x")))
            while True:
                client.next()
        until(lambda: len(server.service.events) == 0)
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            ComfyUIClient(connection, server.port, "me", {"Authorization": f"Bearer {TOKEN}"})
            until(lambda: len(server.service.events) == 1)
            (follower,) = list(server.service.events._followers)
            for _ in range(100):
                follower.post(Message.of("status", {"text": "x" * 2**17}))  # type: ignore[attr-defined]
            until(lambda: len(server.service.events) == 0 and server.http.connection_count == 0)


def test_chained_nodes_do_not_multiply_image_prompts() -> None:
    combine = NODES["IPAdapterCombineEmbeds"].read
    assert combine(None, "1", "concat", embed1=(1,) * 4, embed2=(1,) * 4, embed3=None) == ((1,) * 8,)
    with pytest.raises(NodeError, match="at most 8"):
        combine(None, "1", "concat", embed1=(1,) * 8, embed2=(1,))


def test_masks_and_colours_change_as_in_the_plugins_nodes() -> None:
    mask = np.zeros((21, 21), np.uint8)
    mask[8:13, 8:13] = 255
    assert (dilate(mask, 3) > 0).sum() == 11**2 and (erode(mask, 2) > 0).sum() == 1
    # The weights of a linear kernel of 5 pixels are 1/2, 1/2, 1, 1/2, 1/2.
    line = blur(mask.astype(np.float32), 5, "linear")
    assert line[10, 10] == pytest.approx(255, abs=0.01) and line[10, 7] == pytest.approx(255 / 3, abs=0.01)
    ramp = np.full((21, 21, 4), 255, np.uint8)
    ramp[..., :3] = (np.arange(21) * 10)[:, None]
    filled = fill_smoothly(ramp, mask)
    assert filled[8:13, 10].min() > 50 and filled[8:13, 10].max() < 150 and filled[0, 0, 0] == 0
    dark = ramp // 2 + 20
    dark[..., 3] = 255
    assert np.abs(match_colours(dark, ramp, None, 1.0).astype(int) - ramp).mean() < 8
    layout = TileLayout.of((128, 192), 128, 32, 16, 16)
    assert layout.count == (2, 3) and layout.mask(0, blend=False)[:, -1].max() == 0
