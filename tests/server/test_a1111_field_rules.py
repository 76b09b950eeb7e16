"""What A1111's interface does with every field of a request, as webuiapi 0.9.17 sends them."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.engine import image_inputs
from gdm_studio.gallery.metadata.sampler_names import sampler_and_spacing
from gdm_studio.models.model_library import Library
from gdm_studio.server import a1111
from tests.helpers import tiny_stable
from tests.helpers.http_client import Answer, RunningServer, image_of, pixels_of, png_base64, running_server

TXT2IMG, IMG2IMG = "/sdapi/v1/txt2img", "/sdapi/v1/img2img"
# The body of `WebUIApi().txt2img(prompt="a fox", width=128, height=128, steps=2, seed=3, save_images=True)`.
DEFAULTS: dict[str, Any] = {
    "enable_hr": False, "hr_scale": 2, "hr_upscaler": "Latent", "hr_second_pass_steps": 0, "hr_resize_x": 0,
    "hr_resize_y": 0, "hr_checkpoint_name": None, "hr_sampler_name": None, "hr_scheduler": None, "hr_prompt": "",
    "hr_negative_prompt": "", "denoising_strength": 0.7, "firstphase_width": 0, "firstphase_height": 0,
    "prompt": "a fox", "styles": [], "seed": 3, "subseed": -1, "subseed_strength": 0.0, "seed_resize_from_h": 0,
    "seed_resize_from_w": 0, "batch_size": 1, "n_iter": 1, "steps": 2, "cfg_scale": 7.0, "width": 128, "height": 128,
    "restore_faces": False, "tiling": False, "do_not_save_samples": False, "do_not_save_grid": False,
    "negative_prompt": "", "eta": 1.0, "s_churn": 0, "s_tmax": 0, "s_tmin": 0, "s_noise": 1, "override_settings": {},
    "override_settings_restore_afterwards": True, "sampler_name": "Euler a", "scheduler": "automatic",
    "sampler_index": "Euler a", "script_name": None, "script_args": [], "send_images": True, "save_images": True,
    "alwayson_scripts": {},
}  # fmt: skip
# {field: value that requests something that the server does not have}
UNSUPPORTED: dict[str, Any] = {
    "styles": ["x"], "subseed": 5, "subseed_strength": 0.5, "seed_resize_from_h": 512, "restore_faces": True,
    "tiling": True, "do_not_save_samples": True, "save_images": False, "eta": 0.5, "s_churn": 3, "s_tmax": 5,
    "s_tmin": 0.1, "s_noise": 1.1, "s_min_uncond": 0.5, "script_name": "x", "script_args": [1],
    "refiner_checkpoint": "x", "refiner_switch_at": 0.8, "override_settings_restore_afterwards": False,
    "disable_extra_networks": True, "comments": {"a": 1}, "infotext": "x", "distilled_cfg_scale": 3.5,
    "made_up": 0, "another": False,
}  # fmt: skip


def info_of(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    return json.loads(answer.json["info"])


def test_webuiapis_defaults_ignore_nothing(server: RunningServer) -> None:
    assert info_of(server.post(TXT2IMG, DEFAULTS))["ignored"] == []
    start = {"init_images": [png_base64()], "resize_mode": 0, "mask_blur": 4, "inpainting_fill": 0}
    more = {"inpaint_full_res": True, "inpaint_full_res_padding": 0, "inpainting_mask_invert": 0}
    last = {"initial_noise_multiplier": 1, "image_cfg_scale": 1.5, "include_init_images": False}
    assert info_of(server.post(IMG2IMG, DEFAULTS | start | more | last))["ignored"] == []


def test_every_field_without_a_counterpart_is_among_the_ignored_ones(server: RunningServer) -> None:
    found = info_of(server.post(TXT2IMG, DEFAULTS | UNSUPPORTED))["ignored"]
    assert set(found) == set(UNSUPPORTED)
    nested = {
        "override_settings": {"sd_vae": "x.pt", "CLIP_stop_at_last_layers": 2, "made_up": 1},
        "alwayson_scripts": {"AnimateDiff": {"args": [True, {"model": "mm"}]}, "Refiner": {"args": [False]}},
    }
    found = info_of(server.post(TXT2IMG, DEFAULTS | nested))["ignored"]
    named = ["override_settings.sd_vae", "override_settings.made_up", "alwayson_scripts.AnimateDiff", "clip_skip"]
    assert found == named
    masked = {"init_images": [png_base64()] * 2, "mask": png_base64(), "mask_blur": 4, "inpainting_fill": 0}
    found = info_of(server.post(IMG2IMG, DEFAULTS | masked | {"inpaint_full_res": True, "enable_hr": True}))
    expected = {"mask_blur", "inpainting_fill", "init_images[1]", "enable_hr"}
    assert set(found["ignored"]) == expected
    enlarged = {"image": png_base64((8, 8)), "upscaler_1": "Lanczos", "gfpgan_visibility": 1, "made_up": 2}
    answer = server.post("/sdapi/v1/extra-single-image", enlarged | {"codeformer_weight": 0, "upscaler_2": "None"})
    assert answer.json["ignored"] == ["gfpgan_visibility", "made_up"]
    options = server.get("/sdapi/v1/options").json
    assert server.post("/sdapi/v1/options", options).json is None
    assert server.post("/sdapi/v1/options", options | {"sd_vae": "x"}).json == {"ignored": ["sd_vae"]}


def test_a_script_that_is_switched_off_asks_for_nothing(server: RunningServer) -> None:
    """webuiapi sends ADetailer's and AnimateDiff's objects, and other clients two flags before them."""
    face, none = {"ad_model": "face_yolov8n.pt", "ad_tab_enable": True}, {"ad_model": "None", "ad_tab_enable": True}
    closed = {"ad_model": "face_yolov8n.pt", "ad_tab_enable": False}
    # The model of the test finds no words.
    for args, ignored in (
        ([none], ""),
        ([closed, none], ""),
        ([True, False, none], ""),
        ([False, False, face], ""),
        ([{"enable": False, "model": "mm"}], ""),
        ([face], "ADetailer.args[0]"),
        ([none, face], "ADetailer.args[1]"),
        ([True, False, face], "ADetailer.args[2]"),
        ([True], "ADetailer"),
        (["image", none], "ADetailer"),
        ({"ad_model": "face_yolov8n.pt"}, "ADetailer.args[0]"),
    ):
        answer = server.post(TXT2IMG, DEFAULTS | {"steps": 1, "alwayson_scripts": {"ADetailer": {"args": args}}})
        assert info_of(answer)["ignored"] == ([f"alwayson_scripts.{ignored}"] if ignored else []), args


def test_regional_prompter_divides_the_image(server: RunningServer) -> None:
    arguments = [True, False, "Matrix", "Columns", "Mask", "Prompt", "1,1", "0.2", False, False, False, "Latent"]
    body = DEFAULTS | {"prompt": "a fox BREAK an owl", "alwayson_scripts": {"Regional Prompter": {"args": arguments}}}
    assert info_of(server.post(TXT2IMG, body))["ignored"] == []
    (picture,) = server.service.search("", 1).result()
    assert [region.prompt for region in picture.request.regions] == ["a fox", "an owl"] and not picture.request.prompt
    # The built-in model adds predictions instead.
    arguments[11] = "Attention"
    assert info_of(server.post(TXT2IMG, body))["ignored"] == ["region mode"]
    (picture, *_) = server.service.search("", 1).result()
    assert picture.request.regions and picture.request.region_mode == "predictions"
    arguments[2] = "Mask"
    assert info_of(server.post(TXT2IMG, body))["ignored"] == ["alwayson_scripts.Regional Prompter"]


def test_only_the_masked_area_is_generated_as_by_default_in_a1111(server: RunningServer) -> None:
    start = np.random.default_rng(2).integers(0, 256, (150, 220, 4), np.uint8)
    start[..., 3] = 255
    mask = np.zeros((150, 220), np.uint8)
    mask[60:100, 150:200] = 255
    body = DEFAULTS | {"init_images": [encoded(start)], "mask": encoded(mask), "denoising_strength": 1, "seed": 3}
    padded = body | {"inpaint_full_res": True, "inpaint_full_res_padding": 24, "inpainting_fill": 1}
    answers = [server.post(IMG2IMG, each) for each in (padded, padded, body | {"inpaint_full_res_padding": None})]
    made = [np.asarray(Image.open(io.BytesIO(base64.b64decode(each.json["images"][0])))) for each in answers]
    assert info_of(answers[0])["ignored"] == [] and info_of(answers[0])["width"] == 128
    text = info_of(answers[0])["infotexts"][0]
    assert "Inpaint area: Only masked, Masked area padding: 24" in text
    assert "Masked area padding: 0" in info_of(answers[2])["infotexts"][0], "A1111's default"
    assert np.array_equal(made[0], made[1]) and not np.array_equal(made[0], made[2])
    for each in made:
        assert each.shape == start.shape and (each[mask == 0] == start[mask == 0]).all()
        assert (each[mask > 0] != start[mask > 0]).any()
    whole = server.post(IMG2IMG, padded | {"inpaint_full_res": False, "inpaint_full_res_padding": 24})
    assert Image.open(io.BytesIO(base64.b64decode(whole.json["images"][0]))).size == (128, 128)
    assert info_of(whole)["ignored"] == [] and "Inpaint area" not in info_of(whole)["infotexts"][0]


def encoded(pixels: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("path", [TXT2IMG, IMG2IMG])
def test_a_replaced_size_is_among_the_ignored_fields(server: RunningServer, path: str) -> None:
    body = DEFAULTS | {"init_images": [png_base64((64, 64))]}
    for size, expected in (((512, 344), ["size"]), ((128, 128), [])):
        found = info_of(server.post(path, body | {"width": size[0], "height": size[1]}))
        unused = [] if path == IMG2IMG else ["init_images"]
        assert (found["ignored"], found["width"]) == ([*unused, *expected], 128), size
    if path == IMG2IMG:
        del body["width"], body["height"]
        assert info_of(server.post(path, body))["ignored"] == [], "the size of the start image is no request"


def test_a_long_list_of_ignored_fields_is_short(server: RunningServer) -> None:
    body = DEFAULTS | {f"{'x' * 1000}{number}": 1 for number in range(500)}
    found = info_of(server.post(TXT2IMG, body))["ignored"]
    assert len(found) == 65 and found[-1] == "436 others" and all(len(each) < 100 for each in found)


BAD_VALUES = ('"\\ud800"', "NaN", "Infinity", "-Infinity", "1e999", "9" * 400, '{"x": "\\udfff"}', '["\\u0000"]')


@pytest.mark.parametrize("path", [TXT2IMG, IMG2IMG, "/v1/images/generations", "/sdapi/v1/options"])
def test_no_field_may_contain_what_no_answer_can(server: RunningServer, path: str) -> None:
    names = ["denoising_strength", "hr_scale", "prompt", "eta", "made_up", "override_settings", "user", "sd_vae"]
    names += ["alwayson_scripts", "sampler_index", "subseed", "force_task_id", "quality", "background"]
    for name in names:
        for value in BAD_VALUES:
            body = {**DEFAULTS, "init_images": [png_base64((8, 8))], name: "HERE"}
            data = json.dumps(body).replace('"HERE"', value).encode()
            answer = server.request("POST", path, data, server._headers({"Content-Type": "application/json"}))
            assert answer.status in (400, 422), (name, value, answer.body)
            assert name in json.dumps(answer.json), (name, value, answer.body)
    assert server.service.events.counts["queued"] == 0, "refused before anything runs"


@pytest.mark.parametrize("name", ["eta", "s_churn", "styles", "tiling", "hr_scale", "script_args", "hr_prompt"])
def test_a_field_of_another_type_is_refused_even_if_it_is_not_used(server: RunningServer, name: str) -> None:
    answer = server.post(TXT2IMG, DEFAULTS | {name: {"a": 1}})
    assert answer.status == 422 and answer.json["detail"].startswith(f"{name} must be ")
    assert server.service.events.counts["queued"] == 0


def test_errors_name_the_clients_field(server: RunningServer) -> None:
    for name, value in (("cfg_scale", -5), ("cfg_scale", 1e30), ("steps", 0), ("seed", 2**63)):
        answer = server.post(TXT2IMG, DEFAULTS | {name: value})
        assert answer.status == 422 and answer.json["detail"].startswith(f"{name} must be "), answer.body
    start = {"init_images": [png_base64()], "denoising_strength": 1.5}
    assert server.post(IMG2IMG, DEFAULTS | start).json["detail"].startswith("denoising_strength must be ")


SAMPLERS = {
    ("LMS Karras", "Automatic"): ("LMS", "Karras"),
    ("LMS Karras", "Karras"): ("LMS", "Karras"),
    ("DPM++ 2M SDE Karras", "automatic"): ("DPM++ 2M SDE", "Karras"),
    ("DPM++ 2M SDE Exponential", "Automatic"): ("DPM++ 2M SDE", "Exponential"),
    ("DPM++ 2M SDE", "Automatic"): ("DPM++ 2M SDE", "Exponential"),
    ("DPM++ 2M", None): ("DPM++ 2M", "Karras"),
    ("DPM++ 2M", "Uniform"): ("DPM++ 2M", "Normal"),
    ("k_dpmpp_2m_ka", "Automatic"): ("DPM++ 2M", "Karras"),
    ("Euler SGM Uniform", "Automatic"): ("Euler", "SGM Uniform"),
    ("Euler KL Optimal", None): ("Euler", "KL-optimal"),
    ("Euler Beta", "Automatic"): ("Euler", "Beta of σ"),
    ("Euler", "beta"): ("Euler", "Beta of σ"),
    ("DDIM", "Automatic"): ("DDIM", "DDIM"),
    ("DPM2 a Karras", "Automatic"): ("DPM2 a", "Karras"),
    ("k_dpm_2_a_ka", "Automatic"): ("DPM2 a", "Karras"),
    ("k_dpmpp_2s_a_ka", None): ("DPM++ 2S a", "Karras"),
    ("k_euler_ancestral", None): ("Euler a", "Normal"),
    ("DPM++ SDE Karras", "default"): ("DPM++ SDE", "Karras"),
    ("DPM++ 3M SDE Exponential", "Automatic"): ("DPM++ 3M SDE", "Exponential"),
    ("", "Karras"): ("DPM++ 2M", "Karras"),
    ("", "Exponential"): ("DPM++ 2M", "Exponential"),
}


@pytest.mark.parametrize("names", SAMPLERS)
def test_samplers_and_schedulers_mean_what_they_mean_in_a1111(
    server: RunningServer, names: tuple[str, str | None]
) -> None:
    body = DEFAULTS | {"sampler_name": names[0], "sampler_index": names[0], "scheduler": names[1], "steps": 1}
    info = info_of(server.post(TXT2IMG, body))
    sampler, spacing = SAMPLERS[names]
    assert f"Sampler: {sampler}, Schedule type: {spacing}," in info["infotexts"][0] and info["ignored"] == []


def test_what_contradicts_or_is_missing_is_said(server: RunningServer) -> None:
    for sampler, scheduler in (("LMS Karras", "Exponential"), ("Euler", "Align Your Steps"), ("Euler", "Turbo")):
        info = info_of(server.post(TXT2IMG, DEFAULTS | {"sampler_name": sampler, "scheduler": scheduler}))
        assert info["ignored"] == ["scheduler"], (sampler, scheduler)
    for name in ("DPM++ 2M SDE Heun", "DPM++ 2M SDE Heun Karras", "DPM fast", "DPM adaptive", "DDIM CFG++", "k_dpm_ad"):
        answer = server.post(TXT2IMG, DEFAULTS | {"sampler_name": name})
        assert answer.status == 404 and answer.json["detail"] == "Sampler not found"
        assert name in answer.json["errors"]


def test_every_listed_scheduler_can_be_sent_back() -> None:
    listed = a1111.schedulers()[1:]
    for each in listed:
        spacings = {
            sampler_and_spacing("Euler", each[key], "AUTOMATIC1111", is_api=True)[1] for key in ("name", "label")
        }
        assert len(spacings) == 1 and None not in spacings, each
    assert len({each["label"] for each in listed}) == len(listed) > 10


def test_parameters_of_samplers_are_used(server: RunningServer) -> None:
    """DDIM with eta 1 adds noise, and A1111's DPM++ 3M SDE has an earlier curvature than ours."""
    ddim = DEFAULTS | {"sampler_name": "DDIM", "steps": 4}
    noisy, plain = (server.post(TXT2IMG, ddim | {"eta": eta}) for eta in (1.0, 0.0))
    assert info_of(noisy)["ignored"] == info_of(plain)["ignored"] == []
    assert not np.array_equal(pixels_of(noisy.json["images"][0]), pixels_of(plain.json["images"][0]))
    third = info_of(server.post(TXT2IMG, DEFAULTS | {"sampler_name": "DPM++ 3M SDE", "steps": 4}))
    request = server.service.search("", 1).result()[0].request
    assert request.sampler == "dpmpp_3m_sde" and request.knobs["curvature"] == 0.5 and third["ignored"] == []


def test_send_images_and_batches(server: RunningServer) -> None:
    answer = server.post(TXT2IMG, DEFAULTS | {"send_images": False, "batch_size": 2})
    assert answer.json["images"] == [] and info_of(answer)["all_seeds"] == [3, 4]
    assert len(server.get("/v1/images").json["data"]) == 2
    listed = [{"data": png_base64((20, 10)), "name": "a"}, {"data": png_base64((8, 8)), "name": "b"}]
    body = {"imageList": listed, "upscaler_1": "Lanczos", "upscaling_resize": 2, "resize_mode": 0}
    answer = server.post("/sdapi/v1/extra-batch-images", body)
    assert [image_of(each).size for each in answer.json["images"]] == [(40, 20), (16, 16)]
    for bad in ([], [5], [{"name": "a"}], listed * 9, "x"):
        assert server.post("/sdapi/v1/extra-batch-images", body | {"imageList": bad}).status == 422


def drawing() -> str:
    """Return a photo with edges, as base64."""
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[..., 3] = 255
    rgba[16:48, 16:48, :3] = 255
    buffer = io.BytesIO()
    Image.fromarray(rgba).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.fixture
def control_server() -> Iterator[RunningServer]:
    paths.models_dir().mkdir(parents=True)
    tiny_stable.write(paths.models_dir() / "tiny.safetensors")
    save_file(tiny_stable.control_net("sd1"), paths.models_dir() / "edges.safetensors")
    with running_server(Library()) as running:
        running.post("/sdapi/v1/options", {"sd_model_checkpoint": "tiny"})
        yield running


def with_units(*units: object, script: str = "ControlNet") -> dict[str, Any]:
    return DEFAULTS | {"width": 64, "height": 64, "steps": 3, "alwayson_scripts": {script: {"args": list(units)}}}


@pytest.mark.slow
def test_controlnet_units_become_control_images(control_server: RunningServer) -> None:
    """All forms that sd-webui-controlnet accepts mean the same control image."""
    server = control_server
    assert server.get("/controlnet/model_list").json == {"model_list": ["edges"]}
    image = drawing()
    unit = {"model": "edges [d14c016b]", "module": "canny", "weight": 0.8, "guidance_start": 0.1, "guidance_end": 0.9}
    sent = [
        unit | {"image": image, "mask": None, "enabled": True, "resize_mode": "Resize and Fill", "hr_option": "Both",
                "low_vram": False, "processor_res": 512, "threshold_a": 64, "threshold_b": 64, "pixel_perfect": False,
                "control_mode": "Balanced"},
        unit | {"input_image": image, "resize_mode": 2, "control_mode": 0, "lowvram": True},
        unit | {"image": {"image": f"data:image/png;base64,{image}", "mask": None}, "resize_mode": 1},
        unit | {"image": [image], "model": "EDGES.safetensors", "resize_mode": "Just Resize"},
        {"model": "edges", "module": "canny", "weight": 0.8, "guidance_start": 0.1, "guidance": 0.9, "image": image},
    ]  # fmt: skip
    plain = server.post(TXT2IMG, with_units())
    hints, pictures = set(), []
    for each in sent:
        answer = server.post(TXT2IMG, with_units(each, {"enabled": False, "model": "none such", "image": "x"}))
        assert info_of(answer)["ignored"] == [], each
        (picture,) = server.service.search("", 1).result()
        hints.add(picture.request.hints)
        pictures.append(pixels_of(answer.json["images"][0]))
    ((hint,),) = hints
    assert (hint.kind, hint.weight, hint.preprocessor, hint.start, hint.end) == ("edges", 0.8, "canny", 0.1, 0.9)
    assert all(np.array_equal(each, pictures[0]) for each in pictures)
    assert not np.array_equal(pictures[0], pixels_of(plain.json["images"][0]))
    single = with_units() | {"alwayson_scripts": {"controlnet": {"args": sent[0]}}}
    assert info_of(server.post(TXT2IMG, single))["ignored"] == []
    assert server.service.search("", 1).result()[0].request.hints == (hint,)
    # Without an image of its own, a unit of img2img uses the start image.
    body = with_units({"model": "edges", "module": "none"}) | {"init_images": [image]}
    assert info_of(server.post(IMG2IMG, body))["ignored"] == []
    (picture,) = server.service.search("", 1).result()
    assert picture.request.hints[0].image == picture.request.image != ""


@pytest.mark.slow
def test_a_unit_with_an_ip_adapter_becomes_an_image_prompt(control_server: RunningServer) -> None:
    """The picture is not fitted to the size of the image, and the module only names the image encoder."""
    server = control_server
    save_file(tiny_stable.ip_adapter("sd1"), paths.models_dir() / "ip-adapter_sd15.safetensors")
    save_file(tiny_stable.image_encoder(), paths.models_dir() / "vision.safetensors")
    server.service.library.refresh()
    unit = {"model": "ip-adapter_sd15 [6a3f6166]", "image": png_base64((20, 10)), "weight": 0.7, "resize_mode": 2}
    for module in ("ip-adapter_clip_sd15", "CLIP-ViT-H (IPAdapter)"):
        answer = server.post(TXT2IMG, with_units(unit | {"module": module}))
        assert info_of(answer)["ignored"] == []
        (hint,) = server.service.search("", 1).result()[0].request.hints
        assert (hint.kind, hint.weight, hint.preprocessor) == ("ip-adapter_sd15", 0.7, "none")
        assert image_inputs.load(hint.image).size == (20, 10)
    refused = server.post(TXT2IMG, with_units(unit | {"model": "edges", "module": "ip-adapter_clip_sd15"}))
    assert refused.status == 422 and "no preprocessor" in refused.json["detail"]


@pytest.mark.slow
def test_what_a_controlnet_unit_cannot_have_is_said(control_server: RunningServer) -> None:
    server = control_server
    unit = {"model": "edges", "module": "canny", "image": drawing()}
    more = {
        "control_mode": 2,
        "mask": drawing(),
        "threshold_a": 30,
        "ipadapter_input": ["x"],
        "hr_option": "Low res only",
    }
    found = info_of(server.post(TXT2IMG, with_units(unit | more)))["ignored"]
    assert set(found) == {f"alwayson_scripts.ControlNet.args[0].{name}" for name in more}
    nested = unit | {"image": {"image": drawing(), "mask": drawing()}}
    found = info_of(server.post(TXT2IMG, with_units(nested)))["ignored"]
    assert found == ["alwayson_scripts.ControlNet.args[0].image.mask"]
    found = info_of(server.post(TXT2IMG, with_units({"module": "reference_only", "image": drawing()})))["ignored"]
    assert found == ["alwayson_scripts.ControlNet.args[0]"]
    other = {"override_settings": {"sd_model_checkpoint": "icons-2-fast"}}
    answer = server.post(TXT2IMG, with_units(unit) | other)
    assert "alwayson_scripts.ControlNet" in info_of(answer)["ignored"]
    for change, status, words in (
        ({"model": "none such"}, 404, "edges"),
        ({"module": "openpose_full"}, 422, "openpose_full"),
        ({"weight": 5}, 422, "weight must be from 0.0 to 2.0"),
        ({"guidance_start": 0.9, "guidance_end": 0.2}, 422, "guidance_end"),
        ({"image": "file:///etc/passwd"}, 422, "base64"),
        ({"image": None}, 422, "image is missing"),
        ({"resize_mode": 7}, 422, "resize_mode"),
        ({"weight": "x"}, 422, "args[0].weight must be a number"),
    ):
        answer = server.post(TXT2IMG, with_units(unit | change))
        assert answer.status == status and words in answer.json["detail"], (change, answer.body)


@pytest.mark.slow
def test_a_way_to_interpolate_latents_is_ignored(control_server: RunningServer) -> None:
    body = with_units() | {"enable_hr": True, "hr_scale": 1.5, "hr_upscaler": "Latent", "hr_prompt": "x"}
    assert set(info_of(control_server.post(TXT2IMG, body))["ignored"]) == {"hr_upscaler", "hr_prompt"}
    for name, value in (("hr_scale", 1e300), ("denoising_strength", 9), ("hr_second_pass_steps", -1)):
        answer = control_server.post(TXT2IMG, body | {name: value})
        assert answer.status == 422 and answer.json["detail"].startswith(f"{name} must be "), answer.body


@pytest.mark.parametrize(("mode", "ignored"), [(0, []), (1, []), (2, []), (3, ["resize_mode"])])
def test_start_images_of_another_shape_fill_the_size_in_every_resize_mode(
    server: RunningServer, mode: int, ignored: list[str]
) -> None:
    start = np.zeros((32, 64, 3), np.uint8)
    start[:16, :, 0] = start[16:, :, 2] = 200
    file = io.BytesIO()
    Image.fromarray(start).save(file, "PNG")
    given = {"init_images": [base64.b64encode(file.getvalue()).decode()], "resize_mode": mode}
    answer = server.post(IMG2IMG, DEFAULTS | given | {"denoising_strength": 0, "width": 128, "height": 128})
    assert info_of(answer)["ignored"] == ignored
    made = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer.json["images"][0]))).convert("RGBA")).astype(int)
    assert made.shape == (128, 128, 4)
    assert np.abs(made[[0, 127]].mean(axis=1) - [[200, 0, 0, 255], [0, 0, 200, 255]]).max() < 12
