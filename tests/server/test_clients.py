"""Requests as well-known programs send them, by their public code."""

from __future__ import annotations

import base64
import gc
import io
import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from safetensors.torch import save_file

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.gallery import Gallery, read
from gdm_studio.models.model_library import Library
from gdm_studio.networks.upscalers.configurations import CompactConfig
from tests.helpers import tiny_stable, tiny_transformers
from tests.helpers.http_client import TOKEN, RunningServer, image_of, pixels_of, png_base64, running_server, until
from tests.helpers.upscalers import write_upscaler


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def saved() -> list[dict[str, str]]:
    """Return the facts about the generation of each image in the gallery, newest first."""
    gallery = Gallery.open()
    try:
        return [dict(read(picture.path).made_with) for picture in gallery.page()]
    finally:
        gallery.close()


def test_open_webui_by_the_a1111_interface(server: RunningServer) -> None:
    """Open WebUI sends all options back to select a model, requests 512x512 of any model, and ignores the status."""
    login = {"authorization": basic(f"user:{TOKEN}")}
    options = server.request("GET", "/sdapi/v1/options", headers=login).json
    assert options["sd_model_checkpoint"] == "gaussian"
    models = server.request("GET", "/sdapi/v1/sd-models", headers=login).json
    assert [(model["title"], model["model_name"]) for model in models] == [("gaussian", "gaussian")]
    headers = login | {"Content-Type": "application/json", "User-Agent": "Python/3.11 aiohttp/3.12.15"}
    chosen = server.request("POST", "/sdapi/v1/options", json.dumps(options).encode(), headers)
    assert chosen.status == 200
    body = {"prompt": "a red disc", "batch_size": 2, "width": 512, "height": 512, "steps": 2, "negative_prompt": "blue"}
    answer = server.request("POST", "/sdapi/v1/txt2img", json.dumps(body).encode(), headers)
    assert answer.status == 200 and len(answer.json["images"]) == 2
    info = json.loads(answer.json["info"])
    assert info["all_seeds"] == [info["seed"], info["seed"] + 1] and info["steps"] == 2
    # The answer says what the model could not do.
    assert (info["width"], info["height"], info["ignored"]) == (128, 128, ["size"])
    assert [image_of(each).size for each in answer.json["images"]] == [(128, 128)] * 2
    assert [each["asked_by"] for each in saved()] == ["Python (A1111 API)"] * 2


def test_open_webui_by_the_openai_interface(server: RunningServer) -> None:
    body = {"model": "gaussian", "prompt": "a blue disc", "n": 1, "size": "512x512", "response_format": "b64_json"}
    answer = server.post("/v1/images/generations?api-version=1", body, User_Agent="Python/3.11 aiohttp/3.12.15")
    assert answer.status == 200 and answer.json["size"] == "128x128"
    (found,) = answer.json["data"]
    assert image_of(found["b64_json"]).size == (128, 128)
    assert saved()[0]["asked_by"] == "Python (OpenAI API)"
    assert [each["id"] for each in server.get("/v1/models").json["data"]] == ["gaussian"]


def test_sillytavern(server: RunningServer) -> None:
    """SillyTavern also sends its address and password in the body, which must not be returned."""
    login = {"Authorization": basic(f":{TOKEN}"), "User-Agent": "node-fetch"}

    def ask(method: str, path: str, body: object = None) -> object:
        headers = login | ({"Content-Type": "application/json"} if body is not None else {})
        answer = server.request(method, path, json.dumps(body).encode() if body is not None else None, headers)
        assert answer.status == 200, (path, answer.body)
        return answer.json

    upscalers = [each["name"] for each in ask("GET", "/sdapi/v1/upscalers")]
    latent = [each["name"] for each in ask("GET", "/sdapi/v1/latent-upscale-modes")]
    assert upscalers[0] == "None" and latent == []
    assert [each["model_name"] for each in ask("GET", "/sdapi/v1/sd-vae")] == []
    samplers = [each["name"] for each in ask("GET", "/sdapi/v1/samplers")]
    schedulers = [each["name"] for each in ask("GET", "/sdapi/v1/schedulers")]
    assert {"Euler a", "DPM++ 2M"} <= {*samplers} and {"automatic", "karras"} <= {*schedulers}
    assert "forge_preset" not in ask("GET", "/sdapi/v1/options")
    ask("POST", "/sdapi/v1/options", {"sd_model_checkpoint": "gaussian"})
    state = ask("GET", "/sdapi/v1/progress")
    assert state["progress"] == 0 and state["state"]["job_count"] == 0
    body = {
        "url": "http://127.0.0.1:7860",
        "auth": f"user:{TOKEN}",
        "prompt": "a red disc",
        "negative_prompt": "",
        "sampler_name": "Euler a",
        "scheduler": "karras",
        "steps": 2,
        "cfg_scale": 7,
        "width": 128,
        "height": 128,
        **{
            "restore_faces": False,
            "enable_hr": False,
            "hr_upscaler": "Latent",
            "hr_scale": 2,
            "hr_additional_modules": [],
        },
        "denoising_strength": 0.7,
        "hr_second_pass_steps": 0,
        "seed": 7,
        "clip_skip": 1,
        "save_images": True,
        "send_images": True,
        "do_not_save_grid": False,
        "do_not_save_samples": False,
        "override_settings": {"CLIP_stop_at_last_layers": 1},
        "override_settings_restore_afterwards": True,
    }
    answer = ask("POST", "/sdapi/v1/txt2img", body)
    info = json.loads(answer["info"])
    assert (info["sampler_name"], info["seed"], info["cfg_scale"], info["ignored"]) == (
        "Euler a",
        7,
        7,
        ["url", "auth"],
    )
    assert "Schedule type: Karras" in info["infotexts"][0]
    assert TOKEN not in json.dumps(answer)
    # The same seed makes the same image.
    again = ask("POST", "/sdapi/v1/txt2img", body)
    assert np.array_equal(pixels_of(answer["images"][0]), pixels_of(again["images"][0]))
    ask("POST", "/sdapi/v1/interrupt")


def test_blender_ai_render(server: RunningServer) -> None:
    """AI Render sends a data URL and the sampler as `sampler_index`, and compares the text of an error."""
    headers = {"User_Agent": "Blender/4.2.0", "Accept": "*/*", "Accept_Encoding": "gzip, deflate, br"}
    params = {
        "prompt": "a red disc",
        "negative_prompt": "ugly",
        "width": 128,
        "height": 128,
        "cfg_scale": 7.0,
        **{
            "image_similarity": 0.4,
            "seed": 3,
            "steps": 4,
            "sampler": "DPM++ 2M Karras",
            "sampler_index": "DPM++ 2M Karras",
        },
        "denoising_strength": 0.6,
        "init_images": [f"data:image/png;base64,{png_base64()}"],
    }
    answer = server.post("/sdapi/v1/img2img", params, **headers)
    assert answer.status == 200, answer.body
    info = json.loads(answer.json["info"])
    assert info["denoising_strength"] == 0.6 and info["ignored"] == ["image_similarity", "sampler"]
    assert "Sampler: DPM++ 2M, Schedule type: Karras" in info["infotexts"][0]
    assert saved()[0]["asked_by"] == "Blender (A1111 API)"
    missing = server.post("/sdapi/v1/img2img", params | {"sampler_index": "DPM adaptive 9000"}, **headers)
    assert missing.status == 404 and missing.json["detail"] == "Sampler not found"
    unknown = server.get("/sdapi/v2/x").json
    assert unknown["detail"] == "Not Found" and unknown["errors"].startswith("This server has no such address; ")
    assert server.get("/v1/x").json["error"]["message"] == unknown["errors"]
    assert server.get("/controlnet/model_list").json == {"model_list": []}
    assert {"none", "canny"} <= set(server.get("/controlnet/module_list").json["module_list"])
    upscaled = server.post(
        "/sdapi/v1/extra-single-image",
        {"image": png_base64((20, 10)), "upscaling_resize": 2, "upscaler_1": "Lanczos", "resize_mode": 0},
        **headers,
    )
    assert image_of(upscaled.json["image"]).size == (40, 20)


def test_krita_cyanic() -> None:
    """Cyanic SD has no field for a token and reads every list at its start."""
    from gdm_studio.server.access_control import Access

    with running_server(access=Access(None)) as server:

        def get(path: str) -> object:
            answer = server.request("GET", path, headers={"User-Agent": "Python-urllib/3.10"})
            assert answer.status == 200, path
            return answer.json

        assert get("/queue/status")["queue_size"] == 0
        lists = ("sd-vae", "face-restorers", "prompt-styles", "loras", "hypernetworks")
        assert all(get(f"/sdapi/v1/{name}") == [] for name in lists)
        assert get("/sdapi/v1/scripts") == {"txt2img": ["controlnet"], "img2img": ["controlnet"]}
        assert get("/sdapi/v1/embeddings")["loaded"] == {}
        assert get("/sdapi/v1/options")["sd_model_checkpoint"] == "gaussian"
        mask = io.BytesIO()
        Image.fromarray(np.arange(128, dtype=np.uint8)[None].repeat(128, 0) // 64 * 255 ^ 255).save(mask, "PNG")
        white = png_base64(colour=(255, 255, 255, 255))
        body = {
            "prompt": "a red disc",
            "negative_prompt": "",
            "width": 128,
            "height": 128,
            "seed": -1,
            "steps": 2,
            "sampler_name": "Euler",
            "cfg_scale": 7.0,
            "batch_size": 1,
            "n_iter": 1,
            "denoising_strength": 1.0,
            "init_images": [png_base64()],
            "mask": base64.b64encode(mask.getvalue()).decode(),
            "mask_blur": 4,
            "inpainting_fill": 1,
            "inpaint_full_res": False,
            "inpainting_mask_invert": 1,
            "resize_mode": 0,
            "override_settings": {"sd_model_checkpoint": "gaussian", "img2img_color_correction": True},
            "override_settings_restore_afterwards": False,
            "styles": [],
            "alwayson_scripts": {},
        }
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "Python-urllib/3.10"}
        answer = server.request("POST", "/sdapi/v1/img2img", data, headers)
        assert answer.status == 200, answer.body
        assert json.loads(answer.json["info"])["ignored"] == [
            "mask_blur",
            "override_settings.img2img_color_correction",
            "override_settings_restore_afterwards",
        ]
        # The inverted mask is black on the left, where every pixel is that of the start image.
        made = pixels_of(answer.json["images"][0])
        assert (made[:, :64] == [200, 30, 40, 255]).all() and not (made[:, 64:] == [200, 30, 40, 255]).all()
        refused = server.request("POST", "/sdapi/v1/img2img", json.dumps(body | {"mask": white}).encode(), headers)
        assert refused.status == 422 and b"marks nothing to redraw" in refused.body


def test_png_info_returns_the_settings_of_an_image(server: RunningServer) -> None:
    made = server.post("/sdapi/v1/txt2img", {"prompt": "a red disc", "steps": 2, "seed": 5, "sampler_name": "Euler"})
    found = server.post("/sdapi/v1/png-info", {"image": "data:image/png;base64," + made.json["images"][0]}).json
    assert found["info"] == json.loads(made.json["info"])["infotexts"][0]
    assert found["parameters"]["Seed"] == "5" and found["parameters"]["Prompt"] == "a red disc"
    assert server.post("/sdapi/v1/png-info", {"image": png_base64()}).json == {
        "info": "",
        "items": {},
        "parameters": {},
    }


@pytest.fixture
def real_server() -> Iterator[RunningServer]:
    with running_server(Library()) as running:
        yield running


@pytest.mark.slow
def test_the_built_in_model(real_server: RunningServer) -> None:
    body = {"prompt": "a red fox", "steps": 1, "seed": 3, "override_settings": {"sd_model_checkpoint": "icons-2-fast"}}
    answer = real_server.post("/sdapi/v1/txt2img", body)
    assert answer.status == 200 and image_of(answer.json["images"][0]).size == (256, 256)
    assert json.loads(answer.json["info"])["sd_model_name"] == "icons-2-fast"
    small = {"image": png_base64((24, 16)), "upscaling_resize": 3}
    assert image_of(real_server.post("/sdapi/v1/extra-single-image", small).json["image"]).size == (72, 48)


@pytest.mark.slow
def test_comfyui_clients_free_the_memory_of_models() -> None:
    library, cpu = Library(), torch.device("cpu")
    with running_server(library) as server:
        body = {"prompt": "a fox", "steps": 1, "override_settings": {"sd_model_checkpoint": "icons-2-fast"}}
        assert server.post("/sdapi/v1/txt2img", body).status == 200
        assert server.post("/free", {"unload_models": False}).status == 200 and library.store.bytes_on(cpu)
        assert server.post("/free", {"unload_models": 1}).status == 400
        assert server.post("/api/free", {"unload_models": True, "free_memory": True}).status == 200
        until(lambda: gc.collect() or not library.store.bytes_on(cpu))


TEXT = "a red fox\nNegative prompt: blurry\nSteps: 20, Sampler: Euler, CFG scale: 6.5, Seed: 7, Size: 8x8, Made up: 猫"


def test_a_lora_that_has_no_effect_is_ignored_by_name(server: RunningServer) -> None:
    """Without it, a client would take the image for one that the LoRA has changed."""
    paths.models_dir().mkdir(parents=True)
    save_file({"lora_unet_x.lora_down.weight": torch.ones(1, 4)}, paths.models_dir() / "there.safetensors")
    texts = {"prompt": "a fox <lora:nope:1> <lora:there:0.5> <lora: gone :1>", "negative_prompt": "<lora:there:1> mud"}
    missing = ["<lora:nope:1>", "<lora: gone :1>", "<lora:there:1>"]
    size = {"width": 64, "height": 64}
    info = json.loads(server.post("/sdapi/v1/txt2img", texts | size).json["info"])
    assert [each for each in info["ignored"] if "<" in each] == missing
    assert server.post("/v1/images/generations", texts).json["ignored"][-3:] == missing
    assert server.post("/v1/requests", texts).json["left_out"][-3:] == missing
    assert server.post("/v1/requests", {"prompt": "a <lora:there:1>"}).json["left_out"] == []


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_an_enlarged_image_keeps_its_settings(server: RunningServer, form: str) -> None:
    chunks = PngInfo()
    chunks.add_itxt("parameters", TEXT)
    chunks.add_itxt("prompt", '{"1": {}}')
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + TEXT.encode("utf-16-be")
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, form, **({"pnginfo": chunks} if form == "PNG" else {"exif": exif}))
    image = base64.b64encode(buffer.getvalue()).decode()
    body = {"upscaling_resize": 2, "upscaler_1": "Lanczos"}
    single = server.post("/sdapi/v1/extra-single-image", body | {"image": image}).json["image"]
    listed = server.post("/sdapi/v1/extra-batch-images", body | {"imageList": [{"data": image}]}).json["images"]
    expected = {"parameters": TEXT} | ({"prompt": '{"1": {}}'} if form == "PNG" else {})
    for made in map(image_of, (single, *listed)):
        assert made.size == (16, 16) and getattr(made, "text", None) == expected


def test_an_image_saved_in_another_format_is_sent_with_its_settings() -> None:
    preferences.save(replace(preferences.load(), format="webp"))
    with running_server() as server:
        answer = server.post("/sdapi/v1/txt2img", {"prompt": "a red disc", "steps": 1, "seed": 3})
        (picture,) = server.service.search("", 1).result()
        assert picture.path.suffix == ".webp"
    (image,), info = map(image_of, answer.json["images"]), json.loads(answer.json["info"])
    assert getattr(image, "text", {}).get("parameters", "").splitlines()[0] == "a red disc"
    assert "Seed: 3" in image.info["parameters"] and "Seed: 3" in info["infotexts"][0]


def test_upscalers_of_the_models_folder_are_offered() -> None:
    config = CompactConfig(width=8, depth=1, scale=2)
    write_upscaler(paths.models_dir() / "2x_Foo.safetensors", config, "compact")
    with running_server(Library()) as server:
        names = [each["name"] for each in server.get("/sdapi/v1/upscalers").json]
        assert names == ["None", "Lanczos", "Nearest", "GDM Studio 2x", "2x_Foo"]
        body = {"image": png_base64((24, 16)), "upscaling_resize": 3}
        made = [pixels_of(server.post("/sdapi/v1/extra-single-image", body | {"upscaler_1": each}).json["image"])
                for each in names[1:]]  # fmt: skip
        assert all(each.shape[:2] == (48, 72) for each in made)
        assert not np.array_equal(made[-1], made[-2]) and not np.array_equal(made[-1], made[0])
        missing = server.post("/sdapi/v1/extra-single-image", body | {"upscaler_1": "3x_Foo"})
        assert missing.status == 404 and "2x_Foo" in missing.json["detail"]


def test_forges_distilled_guidance_is_an_input_of_flux() -> None:
    tiny_transformers.write_folder(paths.models_dir() / "tiny", "flux1 dev")
    body = {"prompt": "a fox", "width": 128, "height": 128, "steps": 1, "cfg_scale": 1, "distilled_cfg_scale": 2.5}
    body["override_settings"] = {"sd_model_checkpoint": "tiny"}
    with running_server(Library()) as server:
        info = json.loads(server.post("/sdapi/v1/txt2img", body).json["info"])
        assert "Distilled CFG Scale: 2.5" in info["infotexts"][0] and not info["ignored"]
        assert server.post("/sdapi/v1/txt2img", body | {"distilled_cfg_scale": 99}).status == 422


@pytest.mark.slow
def test_a_stable_diffusion_checkpoint() -> None:
    """A checkpoint in the models folder has sizes, CLIP skip, the second pass and weights in brackets as in A1111."""
    tiny_stable.write(paths.models_dir() / "tiny.safetensors")
    with running_server(Library()) as server:
        titles = [model["title"] for model in server.get("/sdapi/v1/sd-models").json]
        assert "tiny" in titles
        chosen = server.post("/sdapi/v1/options", {"sd_model_checkpoint": "tiny.safetensors [0123456789]"})
        assert chosen.status == 200 and server.get("/sdapi/v1/options").json["sd_model_checkpoint"] == "tiny"
        body = {
            "prompt": "a (red:1.2) fox",
            "negative_prompt": "blue",
            "width": 64,
            "height": 128,
            "steps": 2,
            "seed": 5,
            "enable_hr": True,
            "hr_scale": 1.5,
            "hr_upscaler": "GDM Studio 2x",
            "denoising_strength": 0.5,
            "override_settings": {"CLIP_stop_at_last_layers": 2},
            "restore_faces": True,
            "tiling": True,
        }
        answer = server.post("/sdapi/v1/txt2img", body)
        assert answer.status == 200, answer.body
        info = json.loads(answer.json["info"])
        assert info["ignored"] == ["restore_faces", "tiling"]
        assert image_of(answer.json["images"][0]).size == (96, 192)
        assert info["clip_skip"] == 2
        assert "Clip skip: 2" in info["infotexts"][0] and "Hires upscale: 1.5" in info["infotexts"][0]
        assert "Hires upscaler: GDM Studio 2x" in info["infotexts"][0]
        large = server.post("/sdapi/v1/txt2img", body | {"width": 1536, "height": 1536})
        assert large.status == 422 and "at most 2048 pixels a side" in large.json["detail"]
        # The steps of the second pass count too.
        long = server.post("/sdapi/v1/txt2img", body | {"steps": 120, "hr_second_pass_steps": 62})
        assert long.status == 422 and "at most 150 steps, not 151" in long.json["detail"]
        assert "Size: 64x128" in info["infotexts"][0] and "Negative prompt: blue" in info["infotexts"][0]
