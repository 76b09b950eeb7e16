"""The formats of all tools, for variants without a real file."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import read
from tests.helpers.foreign_images import (
    SIDES,
    cbor,
    chunk,
    manifest_store,
    png,
    png_chunks,
    signed_jpeg,
    signed_png,
    signed_webp,
    with_comment,
    with_exif,
)

TEXT = (
    "a 猫, <lora:fur:0.8>\nNegative prompt: dog\nSteps: 25, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 5.5, "
    "Seed: 42, Size: 512x768, Model hash: 45a21ea00a, Model: some_model, Clip skip: 2, VAE: soft.safetensors"
)
DEFAULT_FIELDS = {
    "prompt": "a 猫", "negative_prompt": "dog", "seed": 42, "steps": 25, "guidance_scale": 5.5, "size": "512x768",
    "model": "some_model", "sampler": "dpmpp_2m", "scheduler": "karras",
}  # fmt: skip


def fields_of(found: Any, *names: str) -> dict[str, Any]:
    return {name: found.fields.get(name) for name in names}


def raw_png(kind: bytes, body: bytes) -> Callable[[Path], Path]:
    return lambda folder: png_chunks(folder / "x.png", [(kind, body)])


XMP = "<x:xmpmeta><rdf:RDF><rdf:Description>{}</rdf:Description></rdf:RDF></x:xmpmeta>"
ESCAPED = TEXT.replace("<", "&lt;").replace(">", "&gt;")
SD_CPP_XMP = XMP.format(f"<sdcpp:parameters>{ESCAPED}</sdcpp:parameters>")


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: png(folder / "x.png", {"parameters": TEXT}),
        raw_png(b"tEXt", b"parameters\0" + TEXT.encode()),
        raw_png(b"zTXt", b"parameters\0\0" + zlib.compress(TEXT.encode())),
        raw_png(b"iTXt", b"parameters\0\1\0\0\0" + zlib.compress(TEXT.encode())),
        raw_png(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SD_CPP_XMP.encode()),
        raw_png(b"tEXt", b"postprocessing\0" + TEXT.encode()),
        lambda folder: with_comment(folder / "x.png", TEXT),
        lambda folder: with_comment(folder / "x.jpg", TEXT),
        lambda folder: with_comment(folder / "x.webp", TEXT),
        lambda folder: with_comment(folder / "x.avif", TEXT),
        lambda folder: with_comment(folder / "x.jpg", TEXT, encoding="utf-16-le"),
        lambda folder: with_comment(folder / "x.jpg", TEXT, encoding="utf-8"),
        lambda folder: with_comment(folder / "x.jpg", TEXT, charset=b"ASCII\0\0\0", encoding="utf-8"),
        lambda folder: with_comment(folder / "x.jpg", TEXT, charset=bytes(8), encoding="utf-8"),
        lambda folder: with_comment(folder / "x.jpg", TEXT, charset=b"", encoding="utf-8"),
        lambda folder: with_comment(folder / "x.jpg", TEXT, charset=b"JIS\0\0\0\0\0", encoding="iso2022_jp"),
        lambda folder: with_exif(folder / "x.jpg", {}, comment=b"parameters\0" + TEXT.encode()),
        lambda folder: with_exif(folder / "x.jpg", {}, comment=TEXT.encode()),
        lambda folder: with_exif(folder / "x.jpg", {}, xmp=SD_CPP_XMP.encode()),
        lambda folder: with_exif(folder / "x.webp", {}, xmp=SD_CPP_XMP.encode()),
        lambda folder: with_exif(folder / "x.gif", {}, comment=TEXT.encode()),
    ],
)
def test_the_a1111_text_is_found_in_every_container(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    found = read(write(tmp_path))
    assert found.tool == "AUTOMATIC1111" and found.size == SIDES
    assert found.fields == {
        "prompt": "a 猫, <lora:fur:0.8>", "negative_prompt": "dog", "seed": 42, "steps": 25, "sampler": "DPM++ 2M",
        "scheduler": "Karras", "guidance_scale": 5.5, "size": "512x768", "model": "some_model", "clip_skip": 2,
        "model_hash": "45a21ea00a", "loras": [{"name": "fur", "weight": 0.8}], "vae": "soft.safetensors",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "tool"),
    [
        ("Version: v1.10.1", "AUTOMATIC1111"),
        ("Version: f2.0.1v1.10.1-previous-669-gdfdcbab6", "Forge"),
        ("Version: f1.0.0v2-v1.10.1RC-latest-2164-gabc", "reForge"),
        ("Version: neo", "Forge Neo"),
        ("App: SD.Next, Version: 1a2b3c4, Pipeline: StableDiffusionXLPipeline, Sampler sigma: karras", "SD.Next"),
        ('Version: stable-diffusion.cpp, SDCPP: {"steps": 3, "x": [1, {"y": "Seed: 9"}]}', "stable-diffusion.cpp"),
        ("Model hash: unknown, Model: m.safetensors", "Krita AI Diffusion"),
        ('Civitai resources: [{"type":"checkpoint","modelName":"Big, one"}], Civitai metadata: {}', "Civitai"),
        ("Version: ComfyUI", "ComfyUI"),
        ('Raw prompt: cat, Sharpness: 2, ADM Guidance: "(1.5, 0.8, 0.3)", Version: Fooocus v2.5.5', "Fooocus"),
    ],
)
def test_forks_are_recognised_by_their_additions(tmp_path: Path, settings: str, tool: str) -> None:
    text = f"cat\nSteps: 9, Sampler: Euler a, CFG Scale: 7, Seed: 1, Size: 64x64, {settings}"
    found = read(png(tmp_path / "x.png", {"parameters": text}))
    assert (found.tool, found.unknown) == (tool, {})
    assert (found.request.steps, found.request.seed, found.request.guidance_scale) == (9, 1, 7.0)
    assert found.request.sampler == "euler_a" and found.request.size == (64, 64)


def test_settings_specific_to_forks_are_read(tmp_path: Path) -> None:
    def of(text: str) -> Any:
        return read(png(tmp_path / "x.png", {"parameters": text}))

    sd_next = of("cat\nSteps: 9, Size: 64x64, Seed: 1, App: SD.Next, Sampler: UniPC, Sampler sigma: karras")
    assert (sd_next.fields["scheduler"], sd_next.request.spacing) == ("karras", "karras")
    civitai = of('cat\nSteps: 9, Seed: 1, Size: 8x8, Civitai resources: [{"type":"checkpoint","modelName":"Big, one"}]')
    assert civitai.fields["model"] == "Big, one"
    krita = of("Prompt: a cat\nNegative prompt: \nSteps: 9, Sampler: Euler - euler_a, Seed: 1, Model hash: unknown")
    assert (krita.request.prompt, krita.request.sampler) == ("a cat", "euler_a")
    fooocus = of('cat, film\nSteps: 30, Seed: 1, Size: 8x8, Lora weights: "a b: 0.1, c: 1.0", Version: Fooocus v2.5.5')
    assert fooocus.fields["loras"] == [{"name": "a b", "weight": 0.1}, {"name": "c", "weight": 1.0}]
    cpp = of(
        "cat\nSteps: 9, CFG scale: 7.000000, Skip layers: [7, 8, 9, ], Guidance: 3.500000, Eta: 0.000000, Seed: 42, "
        "Size: 8x8, Model: x.gguf, RNG: cuda, Sampler: dpm++2s_a karras, Clip skip: 2, Version: stable-diffusion.cpp"
    )
    assert (cpp.request.sampler, cpp.request.spacing) == ("dpmpp_2s_a", "karras")
    assert cpp.request.knobs == {"eta": 1.0} and cpp.ignored["Eta"] == "0.000000" and not cpp.unknown
    assert cpp.fields["distilled_guidance"] == 3.5
    templates = of("cat\nSteps: 9, Sampler: Euler, Seed: 1, Size: 8x8\nTemplate: {cat|dog}, x\nNegative Template: y")
    assert templates.request.prompt == "cat" and templates.ignored["Template"] == "{cat|dog}, x"


FOOOCUS = {
    "prompt": "a 猫", "negative_prompt": "dog", "seed": "42", "steps": 25, "guidance_scale": 5.5,
    "resolution": "(512, 768)", "base_model": "some_model", "base_model_hash": "ab12", "sampler": "dpmpp_2m_sde_gpu",
    "scheduler": "karras", "performance": "Speed", "styles": "['Fooocus V2']", "metadata_scheme": "fooocus",
    "loras": [["fur", 0.8, "ff00"]], "version": "Fooocus v2.5.5", "vae": "Default (model)",
}  # fmt: skip
PLUS = {
    "ADM Guidance": "(1.5, 0.8, 0.3)", "Backend Engine": "SDXL-Fooocus", "Base Model": "some_model",
    "Base Model Hash": "ab12", "CLIP Skip": 2, "Fooocus V2 Expansion": "a 猫, sharp", "Full Negative Prompt": ["dog"],
    "Full Prompt": ["a 猫", "a 猫, sharp"], "Guidance Scale": 5.5, "LoRAs": [["fur", 0.8, "ff00"]],
    "Metadata Scheme": "Fooocus", "Negative Prompt": "dog", "Performance": "Speed", "Prompt": "a 猫",
    "Refiner Model": "None", "Refiner Switch": 0.6, "Resolution": "(512, 768)", "Sampler": "dpmpp_2m_sde_gpu",
    "Scheduler": "karras", "Seed": "42", "Sharpness": 6, "Steps": 25, "Styles": "['Fooocus V2']",
    "User": "FooocusPlus", "VAE": "Default (model)", "Version": "FooocusPlus 1.0.0", "styles_definition": "",
}  # fmt: skip
RUINED = {
    "Prompt": "a 猫", "Negative": "dog", "seed": 42, "steps": 25, "cfg": 5.5, "width": 512, "height": 768,
    "sampler_name": "dpmpp_2m", "scheduler": "karras", "base_model_name": "some_model", "base_model_hash": "ab12",
    "loras": "", "start_step": 0, "denoise": None, "clip_skip": 1, "software": "RuinedFooocus",
}  # fmt: skip
SWARM = {
    "sui_image_params": {
        "prompt": "a 猫", "negativeprompt": "dog", "seed": 42, "steps": 25, "cfgscale": 5.5, "width": 512,
        "height": 768, "model": "some_model", "sampler": "dpmpp_2m", "scheduler": "karras", "loras": ["fur"],
        "loraweights": ["0.8"],
    },
    "sui_models": [{"name": "fur", "param": "loras", "hash": "0x1"}, {"name": "m", "param": "model", "hash": "0x2"}],
}  # fmt: skip
EASY = {
    "prompt": "a 猫", "negative_prompt": "dog", "seed": "42", "num_inference_steps": "25", "guidance_scale": "5.5",
    "width": "512", "height": "768", "use_stable_diffusion_model": "some_model", "sampler_name": "dpmpp_2m",
    "scheduler_name": "karras", "use_vae_model": "None", "tiling": "None", "clip_skip": "True",
}  # fmt: skip
EASY_TITLES = {
    "Prompt": "a 猫", "Negative Prompt": "dog", "Seed": "42", "Steps": "25", "Guidance Scale": "5.5", "Width": "512",
    "Height": "768", "Stable Diffusion model": "some_model", "Sampler": "dpmpp_2m", "Scheduler Name": "karras",
}  # fmt: skip
RUNNER = {
    "prompt": "a 猫", "prompt_2": "", "negative_prompt": "dog", "seed": "42", "steps": "25", "scale": "5.5",
    "width": "512", "height": "768", "model": "some_model", "scheduler": "DPM++ 2M Karras", "n_samples": "1",
}  # fmt: skip
SPACE = {
    "prompt": "a 猫", "negative_prompt": "dog", "seed": 42, "num_inference_steps": 25, "guidance_scale": 5.5,
    "resolution": "512 x 768", "Model": "some_model", "sampler": "DPM++ 2M Karras", "use_upscaler": None,
}  # fmt: skip
THINGS = {
    "c": "a 猫", "uc": "dog", "seed": 42, "steps": 25, "scale": 5.5, "size": "512x768", "model": "some_model",
    "sampler": "DPM++ 2M Karras", "strength": 1, "seed_mode": "Scale Alike", "lora": [{"model": "fur", "weight": 0.8}],
    "v2": {"height": 768},
}  # fmt: skip
MATRIX = {
    "PositivePrompt": "a 猫", "NegativePrompt": "dog", "Seed": 42, "Steps": 25, "CfgScale": 5.5, "Width": 512,
    "Height": 768, "ModelName": "some_model", "Sampler": "DPM++ 2M Karras",
}  # fmt: skip
INVOKE = {
    "positive_prompt": "a 猫", "negative_prompt": "dog", "seed": 42, "steps": 25, "cfg_scale": 5.5, "width": 512,
    "height": 768, "model": {"model_name": "some_model", "base_model": "sdxl"}, "scheduler": "dpmpp_2m_k",
    "loras": [{"lora": {"model_name": "fur"}, "weight": 0.8}, {"model": {"name": "ink"}, "weight": 1}],
}  # fmt: skip
CIVITAI = {
    "prompt": "a 猫", "negativePrompt": "dog", "seed": 42, "steps": 25, "cfgScale": 5.5, "width": 512, "height": 768,
    "baseModel": "some_model", "sampler": "DPM++ 2M Karras", "clipSkip": 2, "transformations": [{"type": "upscale"}],
}  # fmt: skip
NOVEL = {
    "prompt": "a 猫", "uc": "dog", "seed": 42, "steps": 25, "scale": 5.5, "width": 512, "height": 768,
    "sampler": "k_dpmpp_2m", "noise_schedule": "karras",
}  # fmt: skip
NOVEL_CHUNKS = {"Software": "NovelAI", "Source": "some_model", "Comment": json.dumps(NOVEL)}
NOVEL_FIRST = {
    "Title": "AI generated image", "Description": "a 猫", "Software": "NovelAI", "Source": "some_model",
    "Comment": json.dumps({name: value for name, value in NOVEL.items() if name != "prompt"}),
}  # fmt: skip
UPSCALED = {"1": {"class_type": "ImageScale", "inputs": {}}, "extraMetadata": json.dumps(CIVITAI)}
DRAW_THINGS_XMP = XMP.format(
    "<xmp:CreatorTool>Draw Things</xmp:CreatorTool><exif:UserComment><rdf:Alt><rdf:li xml:lang='x-default'>"
    f"{json.dumps(THINGS).replace('&', '&amp;')}</rdf:li></rdf:Alt></exif:UserComment>"
)


def in_parameters(value: Any) -> dict[str, str]:
    return {"parameters": json.dumps(value)}


@pytest.mark.parametrize(
    ("tool", "write"),
    [
        ("Fooocus", lambda folder: png(folder / "x.png", in_parameters(FOOOCUS) | {"fooocus_scheme": "fooocus"})),
        ("Fooocus", lambda folder: with_exif(folder / "x.jpg", {0x0131: "Fooocus v2", 0x9286: json.dumps(FOOOCUS)})),
        ("Fooocus", lambda folder: with_exif(folder / "x.webp", {0x9286: json.dumps(FOOOCUS), 0x927C: "fooocus"})),
        ("Fooocus", lambda folder: png(folder / "x.png", {"Comment": json.dumps(FOOOCUS)})),
        ("Fooocus", lambda folder: with_exif(folder / "x.jpg", {}, comment=json.dumps(FOOOCUS).encode())),
        ("FooocusPlus", lambda folder: png(folder / "x.png", {"Comment": json.dumps(PLUS)})),
        ("FooocusPlus", lambda folder: with_exif(
            folder / "x.jpg", {0x0131: "FooocusPlus 1.0.0", 0x927C: "simple", 0x9286: json.dumps(PLUS)}
        )),
        ("FooocusPlus", lambda folder: with_exif(folder / "x.webp", {0x927C: "simple", 0x9286: json.dumps(PLUS)})),
        ("RuinedFooocus", lambda folder: png(folder / "x.png", in_parameters(RUINED))),
        ("SwarmUI", lambda folder: png(folder / "x.png", in_parameters(SWARM))),
        ("SwarmUI", lambda folder: with_comment(folder / "x.jpg", json.dumps(SWARM), encoding="utf-16-le")),
        ("SwarmUI", lambda folder: with_comment(folder / "x.webp", json.dumps(SWARM), encoding="utf-16-be")),
        ("SwarmUI", lambda folder: with_exif(folder / "x.jpg", {0x0110: json.dumps(SWARM)})),
        ("Easy Diffusion", lambda folder: png(folder / "x.png", EASY)),
        ("Easy Diffusion", lambda folder: png(folder / "x.png", EASY_TITLES)),
        ("Easy Diffusion", lambda folder: with_comment(folder / "x.jpg", json.dumps(EASY))),
        ("AI Runner", lambda folder: png(folder / "x.png", RUNNER)),
        ("Hugging Face Space", lambda folder: png(folder / "x.png", in_parameters(SPACE))),
        ("Draw Things", lambda folder: png(folder / "x.png", {"XML:com.adobe.xmp": DRAW_THINGS_XMP})),
        ("Draw Things", lambda folder: with_exif(folder / "x.jpg", {}, xmp=DRAW_THINGS_XMP.encode())),
        ("Stability Matrix", lambda folder: png(folder / "x.png", {"parameters-json": json.dumps(MATRIX)})),
        ("InvokeAI", lambda folder: png(folder / "x.png", {"invokeai_metadata": json.dumps(INVOKE)})),
        ("Civitai", lambda folder: with_comment(folder / "x.jpg", json.dumps(UPSCALED))),
        ("Civitai", lambda folder: png(folder / "x.png", {"prompt": "{}", "extraMetadata": json.dumps(CIVITAI)})),
        ("NovelAI", lambda folder: png(folder / "x.png", NOVEL_CHUNKS)),
        ("NovelAI", lambda folder: png(folder / "x.png", NOVEL_FIRST)),
        ("NovelAI", lambda folder: with_exif(
            folder / "x.webp", {0x0131: "some_model", 0x010D: "NovelAI generated image", 0x010E: "\0\0\0\0a cat"},
            {0x9286: b"ASCII\0\0\0" + json.dumps({"Comment": json.dumps(NOVEL), "Software": "NovelAI"}).encode()},
        )),
    ],
)  # fmt: skip
def test_every_tool_is_read(tmp_path: Path, tool: str, write: Callable[[Path], Path]) -> None:
    found = read(write(tmp_path))
    assert (found.tool, found.unknown) == (tool, {})
    assert fields_of(found, "prompt", "negative_prompt", "seed", "steps", "guidance_scale", "size", "model") == {
        name: value for name, value in DEFAULT_FIELDS.items() if name not in ("sampler", "scheduler")
    }
    request = found.request
    assert (request.prompt, request.negative_prompt, request.size) == ("a 猫", "dog", (512, 768))
    assert (request.seed, request.steps, request.guidance_scale, request.model) == (42, 25, 5.5, "some_model")
    assert request.sampler in ("dpmpp_2m", "dpmpp_2m_sde") and request.spacing == "karras"
    if "loras" in found.fields:
        assert found.fields["loras"][0] == {"name": "fur", "weight": 0.8}


@pytest.mark.parametrize(
    ("text", "prompt", "negative", "steps"),
    [
        ('"a cat [dog, rain] in the sun [fog]" -s 30', "a cat in the sun", "dog, rain, fog", 30),
        (r'"she said \"hi\"" --hires -f 0.4 -s 12', 'she said "hi"', "", 12),
        ("a cat -s30", "a cat", "", 30),
        ('"a cat:0.25 a dog:0.75" -U 4 0.75 -s30', "a cat:0.25 a dog:0.75", "", 30),
    ],
)
def test_command_lines_of_the_first_invokeai_are_read(
    tmp_path: Path, text: str, prompt: str, negative: str, steps: int
) -> None:
    found = read(png(tmp_path / "x.png", {"Dream": f"{text} -S 5 -W 512 -H 768 -C 7.5 -A k_euler_a"}))
    assert (found.fields["prompt"], found.fields["negative_prompt"]) == (prompt, negative)
    assert (found.fields["seed"], found.fields["size"], found.fields["sampler"]) == (5, "512x768", "k_euler_a")
    assert found.request.steps == steps and found.request.sampler == "euler_a"


def test_options_without_a_space_before_the_value_are_read(tmp_path: Path) -> None:
    found = read(png(tmp_path / "x.png", {"Dream": '"a cat" -s50 -W512 -H768 -C7.5 -Ak_lms -S3357757885 -f0.4'}))
    assert fields_of(found, "prompt", "steps", "size", "guidance_scale", "sampler", "seed", "denoising_strength") == {
        "prompt": "a cat", "steps": 50, "size": "512x768", "guidance_scale": 7.5, "sampler": "k_lms",
        "seed": 3357757885, "denoising_strength": 0.4,
    }  # fmt: skip
    assert (found.request.sampler, found.request.seed, found.unknown) == ("lms", 3357757885, {})


def test_sd_metadata_of_the_second_invokeai_is_read(tmp_path: Path) -> None:
    def of(prompt: Any, **changes: Any) -> Any:
        image = {"prompt": prompt, "steps": 25, "cfg_scale": 5.5, "height": 768, "width": 512, "seed": 42,
                 "sampler": "k_euler_a", "type": "txt2img", "variations": [], "postprocessing": None}  # fmt: skip
        whole = {"model": "stable diffusion", "model_hash": "ab12", "app_id": "invoke-ai/InvokeAI", "image": image}
        return read(png(tmp_path / "x.png", {"sd-metadata": json.dumps(whole | changes)}))

    found = of([{"prompt": "a cat [dog]", "weight": 1.0}], model_id="some_model", app_version="v1.15")
    assert fields_of(found, "prompt", "negative_prompt", "seed", "steps", "size", "model", "version") == {
        "prompt": "a cat", "negative_prompt": "dog", "seed": 42, "steps": 25, "size": "512x768",
        "model": "some_model", "version": "v1.15",
    }  # fmt: skip
    assert of("a cat", model_id=None, model_weights="sd21").fields["model"] == "sd21"
    blended = of([{"prompt": "a cat", "weight": 0.25}, {"prompt": "a hat ", "weight": 0.75}])
    assert blended.fields["prompt"] == blended.request.prompt == "a cat:0.25 a hat:0.75"
    assert of([{"prompt": "a cat", "weight": 0.5}]).fields["prompt"] == "a cat:0.5"
    assert of([{"prompt": 5}, None, "x"]).fields["prompt"] == ""


JOURNEY = "a castle, in fog:: --ar 2:1 --no people, cars --seed 42 --v 6 Job ID: a7421d2f-b262-44f9-977c-ac23e9c7d3e3"
JOURNEY_XMP = XMP.format(
    f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{JOURNEY}</rdf:li></rdf:Alt></dc:description>'
).encode()


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: png(folder / "x.png", {"Description": JOURNEY, "Author": "someone"}),
        lambda folder: with_exif(folder / "x.jpg", {0x010E: JOURNEY}),
        lambda folder: png(folder / "x.png", {"Description": JOURNEY.replace(" --", " —")}),
        lambda folder: with_exif(folder / "x.jpg", {}, xmp=JOURNEY_XMP),
        lambda folder: with_exif(folder / "x.webp", {}, xmp=JOURNEY_XMP),
        lambda folder: with_exif(folder / "x.avif", {}, xmp=JOURNEY_XMP),
    ],
)
def test_midjourney_descriptions_are_read(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    found = read(write(tmp_path))
    assert (found.tool, found.unknown) == ("Midjourney", {})
    assert found.fields == {
        "prompt": "a castle, in fog::", "negative_prompt": "people, cars", "seed": 42, "version": "6",
    }  # fmt: skip
    assert found.ignored.items() >= {"--ar": "2:1", "Job ID": "a7421d2f-b262-44f9-977c-ac23e9c7d3e3"}.items()
    assert found.request.prompt == "a castle, in fog::"


@pytest.mark.parametrize("text", ["a castle --v 6", "Job ID: 1", "a Job ID: x y", "open. Job ID: 12"])
def test_a_description_without_a_job_id_is_not_from_midjourney(tmp_path: Path, text: str) -> None:
    assert read(png(tmp_path / "x.png", {"Description": text})).tool == ""


@pytest.mark.parametrize("tag", ["sdcpp:parameters", "exif:UserComment", "dc:description"])
@pytest.mark.parametrize("suffix", ["jpg", "webp", "avif", "png"])
def test_the_a1111_text_is_found_in_xmp(tmp_path: Path, suffix: str, tag: str) -> None:
    packet = XMP.format(f"<{tag}><rdf:Alt><rdf:li>{ESCAPED}</rdf:li></rdf:Alt></{tag}>")
    path = tmp_path / f"x.{suffix}"
    if suffix == "png":
        found = read(png(path, {"XML:com.adobe.xmp": packet}))
    else:
        found = read(with_exif(path, {}, xmp=packet.encode()))
    assert found.tool == "AUTOMATIC1111" and found.fields["seed"] == 42


def test_avif_texts_without_a_link_to_the_image_are_read(tmp_path: Path) -> None:
    xmp = with_exif(tmp_path / "y.avif", {}, xmp=SD_CPP_XMP.encode())
    exif = with_comment(tmp_path / "z.avif", TEXT)
    for path in (xmp, exif):
        content = path.read_bytes()
        assert b"cdsc" in content and read(path).fields["seed"] == 42
        path.write_bytes(content.replace(b"cdsc", b"none"))
        found = read(path)
        assert found.tool == "AUTOMATIC1111" and found.fields["seed"] == 42


def test_an_avif_with_a_damaged_item_list_is_read_or_refused(tmp_path: Path) -> None:
    path = with_exif(tmp_path / "x.avif", {}, xmp=SD_CPP_XMP.encode())
    whole = path.read_bytes().replace(b"cdsc", b"none")
    listed = whole.index(b"iloc"), whole.index(b"iprp")
    rng = np.random.default_rng(0)
    for _ in range(300):
        broken = bytearray(whole)
        for at in rng.integers(*listed, rng.integers(1, 6)):
            broken[at] = rng.choice((0, 255, rng.integers(0, 256)))
        path.write_bytes(broken)
        try:
            assert read(path).fields.get("seed") in (42, None)
        except StorageError as error:
            assert str(path) in str(error)


SECOND_PASS = {
    "model": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "urn:air:sdxl:checkpoint:1@2"}},
    "scaled": {"class_type": "ImageScale", "inputs": {"width": 512, "height": 768, "image": ["photo", 0]}},
    "photo": {"class_type": "LoadImage", "inputs": {"image": "x.png"}},
    "inside": {"class_type": "VAEEncode", "inputs": {"pixels": ["scaled", 0], "vae": ["model", 2]}},
    "good": {"class_type": "CLIPTextEncode", "inputs": {"text": "what the graph says", "clip": ["model", 1]}},
    "sampler": {"class_type": "KSampler", "inputs": {
        "seed": 7, "steps": 9, "cfg": 5.5, "sampler_name": "dpmpp_2m", "scheduler": "karras", "denoise": 0.3,
        "model": ["model", 0], "positive": ["good", 0], "negative": ["good", 0], "latent_image": ["inside", 0],
    }},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["sampler", 0]}},
}  # fmt: skip


def test_settings_missing_from_civitai_come_from_the_graph(tmp_path: Path) -> None:
    asked = {"prompt": "a 猫", "negativePrompt": "dog", "steps": 25, "cfgScale": 5.5, "sampler": "dpmpp_2m", "seed": 42}
    found = read(with_comment(tmp_path / "x.jpg", json.dumps(SECOND_PASS | {"extraMetadata": json.dumps(asked)})))
    assert (found.tool, found.unknown) == ("Civitai", {})
    assert found.fields == {
        "prompt": "a 猫", "negative_prompt": "dog", "seed": 42, "steps": 25, "sampler": "dpmpp_2m",
        "scheduler": "karras", "guidance_scale": 5.5, "size": "512x768", "model": "urn:air:sdxl:checkpoint:1@2",
        "denoising_strength": 0.3,
    }  # fmt: skip
    sized = asked | {"width": 64, "height": 32, "denoise": 0.9}
    found = read(with_comment(tmp_path / "y.jpg", json.dumps(SECOND_PASS | {"extraMetadata": json.dumps(sized)})))
    assert (found.fields["size"], found.fields["denoising_strength"]) == ("64x32", 0.9)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("tool", ["SwarmUI", "Tensor.Art"])
def test_distilled_guidance_is_not_restored_as_guidance_scale(tmp_path: Path, tool: str, first: bool) -> None:
    name, scale = {"SwarmUI": ("fluxguidancescale", "cfgscale"), "Tensor.Art": ("guidance", "cfgScale")}[tool]
    guidance = {name: 3.5, scale: 1.5} if first else {scale: 1.5, name: 3.5}
    written: dict[str, Any] = {"prompt": "a cat", "seed": 42, "steps": 25} | guidance
    texts = {
        "SwarmUI": {"parameters": json.dumps({"sui_image_params": written})},
        "Tensor.Art": {"generation_data": json.dumps(written)},
    }
    found = read(png(tmp_path / "x.png", texts[tool]))
    assert (found.tool, found.fields["guidance_scale"], found.fields["distilled_guidance"]) == (tool, 1.5, 3.5)
    assert found.request.guidance_scale == 1.5 and found.ignored[name] == "3.5"


def test_segments_of_swarmui_are_no_part_of_the_prompt(tmp_path: Path) -> None:
    written = SWARM["sui_image_params"] | {"prompt": "a cat <segment:face,0.6,0.5> a smile <segment:hand> a paw"}
    found = read(png(tmp_path / "x.png", {"parameters": json.dumps({"sui_image_params": written})}))
    assert found.request.prompt.startswith("a cat") and "smile" not in found.request.prompt
    assert found.ignored["segments"] == "<segment:face,0.6,0.5> a smile <segment:hand> a paw"


@pytest.mark.parametrize(("drawn", "expected"), [("-1", 7), ("42", 42)])
def test_a_random_tensorart_seed_comes_from_the_graph(tmp_path: Path, drawn: str, expected: int) -> None:
    asked = {"prompt": "a 猫", "steps": 25, "seed": drawn, "width": 512, "height": 768, "ksamplerName": "dpmpp_2m"}
    texts = {"generation_data": json.dumps(asked), "prompt": json.dumps(SECOND_PASS)}
    found = read(png(tmp_path / "x.png", texts))
    assert found.fields["seed"] == found.request.seed == expected
    assert found.fields["steps"] == 25 and found.fields["scheduler"] == "karras"
    alone = read(png(tmp_path / "y.png", {"generation_data": json.dumps(asked)})).fields
    assert alone.get("seed") == (42 if drawn == "42" else None)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("size", [(200, 300), (900, 20), (130, 130)])
@pytest.mark.parametrize("filtered", [0, 1, 2, 3, 4])
def test_hidden_texts_of_every_kind_are_read(
    tmp_path: Path, packed: bool, depth: int, size: tuple[int, int], filtered: int
) -> None:
    assert read(write_hidden(tmp_path / "x.png", TEXT, packed, depth, size, filtered)).fields["model"] == "some_model"


def test_hidden_objects_are_read_as_chunks_or_as_parameters(tmp_path: Path) -> None:
    for tool, text in (("NovelAI", NOVEL_CHUNKS), ("SwarmUI", SWARM), ("Fooocus", {"parameters": json.dumps(FOOOCUS)})):
        found = read(write_hidden(tmp_path / "x.png", json.dumps(text), True, 3, (200, 300), 0))
        assert (found.tool, found.fields["model"], found.fields["seed"]) == (tool, "some_model", 42)


def write_hidden(path: Path, text: str, packed: bool, depth: int, size: tuple[int, int], filtered: int) -> Path:
    """Write a PNG with the text in the lowest bits of its alpha or colour channels."""
    raw = gzip.compress(text.encode()) if packed else text.encode()
    kind = b"stealth_" + {1: b"png", 3: b"rgb"}[depth] + (b"comp" if packed else b"info")
    bits = np.unpackbits(np.frombuffer(kind + (8 * len(raw)).to_bytes(4, "big") + raw, np.uint8))
    pixels = np.random.default_rng(1).integers(0, 128, (*size, 4 if depth == 1 else 3), np.uint8) * 2
    planes = pixels[:, :, 3:] if depth == 1 else pixels
    flat = planes.reshape(-1)
    flat = np.concatenate([bits, flat[len(bits) :]]) | (flat & 254)
    pixels[:, :, 3:] = flat.reshape(planes.shape) if depth == 1 else pixels[:, :, 3:]
    pixels = pixels if depth == 1 else flat.reshape(planes.shape)
    path.write_bytes(filtered_png(np.ascontiguousarray(pixels.transpose(1, 0, 2)), filtered))
    with Image.open(path) as image:
        assert np.array_equal(np.asarray(image), pixels.transpose(1, 0, 2))
    return path


def filtered_png(pixels: np.ndarray, kind: int) -> bytes:
    """Return a PNG whose rows all use the same filter."""
    height, width, depth = pixels.shape
    rows, above = [], np.zeros((width, depth), int)
    for row in pixels.astype(int):
        left = np.vstack([np.zeros((1, depth), int), row[:-1]])
        corner = np.vstack([np.zeros((1, depth), int), above[:-1]])
        guess = left + above - corner
        gaps = [abs(guess - each) for each in (left, above, corner)]
        other = np.where(gaps[1] <= gaps[2], above, corner)
        nearest = np.where((gaps[0] <= gaps[1]) & (gaps[0] <= gaps[2]), left, other)
        taken = (0, left, above, (left + above) // 2, nearest)[kind]
        rows.append(bytes([kind]) + ((row - taken) % 256).astype(np.uint8).tobytes())
        above = row
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, {3: 2, 4: 6}[depth], 0, 0, 0])
    packed = zlib.compress(b"".join(rows))
    half = len(packed) // 2
    chunks = (b"IHDR", header), (b"IDAT", packed[:half]), (b"IDAT", packed[half:]), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def test_content_credentials_without_settings_are_reported(tmp_path: Path) -> None:
    found = read(png_chunks(tmp_path / "x.png", [(b"caBX", b"jumb c2pa")]))
    assert found.c2pa and found.fields == {} and found.request is None
    plain = Image.new("RGB", SIDES)
    plain.save(tmp_path / "x.jpg")
    content = (tmp_path / "x.jpg").read_bytes()
    segment = b"\xff\xeb" + (20).to_bytes(2, "big") + b"JP..jumb....c2pa.."
    (tmp_path / "x.jpg").write_bytes(content[:2] + segment + content[2:])
    assert read(tmp_path / "x.jpg").c2pa


NAMED = {"name": "Some Camera", "version": "2.1", "icon": {"url": "x"}}


@pytest.mark.parametrize("write", [(signed_png, "png"), (signed_jpeg, "jpg"), (signed_webp, "webp")])
@pytest.mark.parametrize(
    ("manifests", "maker"),
    [
        (manifest_store({"dc:title": "x", "claim_generator": "Some_Camera/2.1 lib/0.3"}), "Some_Camera/2.1 lib/0.3"),
        (
            manifest_store({"claim_generator": "lib", "claim_generator_info": [NAMED, {"name": "lib"}]}),
            "Some Camera 2.1",
        ),
        (manifest_store({"claim_generator_info": NAMED}, label="c2pa.claim.v2"), "Some Camera 2.1"),
        (manifest_store({"claim_generator": "first"}, {"claim_generator": "last"}), "last"),
        (manifest_store({"claim_generator": "a\x1b[31m red\u202e\n cat" + "x" * 500}), "a[31m red cat" + "x" * 105),
        (manifest_store({"claim_generator": 5, "claim_generator_info": [5]}), ""),
        (manifest_store({"alg": "sha256"}), ""),
        (manifest_store(), ""),
        (manifest_store({"claim_generator": "x"}, label="other"), ""),
        (manifest_store({"claim_generator": "x"})[:-3], ""),
    ],
)  # fmt: skip
def test_the_maker_is_read_from_content_credentials(
    tmp_path: Path, write: tuple[Callable[[Path, bytes], Path], str], manifests: bytes, maker: str
) -> None:
    found = read(write[0](tmp_path / f"x.{write[1]}", manifests))
    assert found.c2pa and found.maker == maker and found.fields == {}


def test_damaged_credentials_are_read_or_ignored(tmp_path: Path) -> None:
    whole = manifest_store({"title": ["x"] * 9, "claim_generator_info": NAMED, "claim_generator": "lib"})
    rng = np.random.default_rng(0)
    for number in range(300):
        broken = bytearray(whole)
        for at in rng.integers(0, len(whole), rng.integers(1, 9)):
            broken[at if number % 3 else -1 - at % 300] = rng.integers(0, 256)
        writes = (signed_png, tmp_path / "x.png"), (signed_jpeg, tmp_path / "x.jpg")
        write, path = writes[number % 2]
        found = read(write(path, bytes(broken)))
        assert len(found.maker) <= 120 and found.maker.isprintable()


# CBOR prefixes of endless or huge values.
ENDLESS = (b"\x81", b"\x9f", b"\xbf", b"\xa1", b"\xc0", b"\x9a" + b"\xff" * 4, b"\xbb" + b"\xff" * 8)


@pytest.mark.parametrize("start", ENDLESS)
def test_an_endless_claim_is_ignored(tmp_path: Path, start: bytes) -> None:
    claim = b"\xa2" + start * 100_000 + cbor("claim_generator") + cbor("x")
    assert read(signed_png(tmp_path / "x.png", manifest_store(claim))).maker == ""


def test_the_first_of_two_equal_chunks_is_used(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_text("parameters", "cat\nSteps: 9, Sampler: Euler, Seed: 1, Size: 64x64")
    info.add_text("parameters", "dog\nSteps: 9, Sampler: Euler, Seed: 1, Size: 64x64")
    Image.new("RGB", SIDES).save(tmp_path / "x.png", pnginfo=info)
    assert read(tmp_path / "x.png").request.prompt == "cat"


def test_loras_get_their_hashes_from_the_file(tmp_path: Path) -> None:
    last = 'Steps: 4, Sampler: Euler, Seed: 5, Lora hashes: "fur: 0123456789ab, ink: cdef"'
    found = read(png(tmp_path / "a.png", {"parameters": f"a fox <lora:fur:0.8><lora:far:1>\n{last}"}))
    assert found.fields["loras"] == [
        {"name": "fur", "weight": 0.8, "hash": "0123456789ab"},
        {"name": "far", "weight": 1.0},
    ]
