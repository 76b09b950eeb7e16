"""Names of settings, samplers and spacings in other tools, and ours for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.gallery import read
from gdm_studio.gallery.metadata import Metadata
from gdm_studio.gallery.metadata.sampler_names import sampler_and_spacing
from tests.helpers.foreign_images import png

VALUES: dict[str, Any] = {
    "prompt": "a 猫", "negative_prompt": "a dog", "seed": 41, "steps": 26, "sampler": "heun", "guidance_scale": 5.25,
    "scheduler": "exponential", "clip_skip": 3, "denoising_strength": 0.25, "distilled_guidance": 3.25, "model": "m",
    "model_hash": "ab12", "vae": "v", "version": "9", "size": "512x768",
}  # fmt: skip


def names(listed: str) -> dict[str, str]:
    """Return {name in a tool: field} from words of the form "name:field", or "name" if both are equal."""
    return {each.partition(":")[0]: each.rpartition(":")[2] for each in listed.split()}


def in_parameters(found: dict[str, Any]) -> dict[str, str]:
    return {"parameters": json.dumps(found)}


def as_chunks(found: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in found.items()}


XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><rdf:Description>'
    "<xmp:CreatorTool>Draw Things</xmp:CreatorTool><exif:UserComment><rdf:Alt><rdf:li>%s</rdf:li></rdf:Alt>"
    "</exif:UserComment></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def as_xmp(found: dict[str, Any]) -> dict[str, str]:
    return {"XML:com.adobe.xmp": XMP % json.dumps(found).replace('"', "&quot;")}


def in_chunk(chunk: str, **beside: str) -> Any:
    return lambda found: {chunk: json.dumps(found)} | beside


# Each tool with the layout of its entries in a PNG, the entries that identify it, and its names.
NAMES = {
    "Fooocus": (in_parameters, {"metadata_scheme": "fooocus", "styles": "base_model"}, names(
        "prompt real_prompt:prompt negative_prompt real_negative_prompt:negative_prompt seed steps sampler scheduler "
        "guidance_scale cfg:guidance_scale resolution:size base_model:model base_model_name:model "
        "base_model_hash:model_hash clip_skip denoise:denoising_strength vae version software:version"
    )),
    "RuinedFooocus": (in_parameters, {"software": "RuinedFooocus"}, names(
        "Prompt:prompt Negative:negative_prompt seed steps sampler_name:sampler scheduler cfg:guidance_scale "
        "base_model_name:model base_model_hash:model_hash clip_skip denoise:denoising_strength"
    )),
    "SwarmUI": (lambda found: in_parameters({"sui_image_params": found}), {"aspectratio": "1:1"}, names(
        "prompt negativeprompt:negative_prompt seed steps sampler comfyuisampler:sampler scheduler "
        "comfyuischeduler:scheduler cfgscale:guidance_scale fluxguidancescale:distilled_guidance model vae "
        "clipstopatlayer:clip_skip initimagecreativity:denoising_strength swarm_version:version"
    )),
    "Easy Diffusion": (as_chunks, {"use_stable_diffusion_model": "m"}, names(
        "prompt negative_prompt seed num_inference_steps:steps steps sampler_name:sampler sampler guidance_scale "
        "scheduler_name:scheduler clip_skip prompt_strength:denoising_strength use_vae_model:vae vae_model:vae"
    ) | {"Negative Prompt": "negative_prompt", "Clip-Skip": "clip_skip"}),
    "AI Runner": (as_chunks, {"scale": "5.25", "seed": "41", "steps": "26"}, names(
        "prompt negative_prompt scheduler:sampler scale:guidance_scale seed steps model clip_skip "
        "strength:denoising_strength version"
    )),
    "Draw Things": (as_xmp, {"v2": {"a": 1}}, names(
        "c:prompt uc:negative_prompt seed steps sampler scale:guidance_scale size model strength:denoising_strength"
    )),
    "Stability Matrix": (in_chunk("parameters-json"), {"Fps": 1}, names(
        "PositivePrompt:prompt NegativePrompt:negative_prompt Seed:seed Steps:steps Sampler:sampler ModelName:model "
        "CfgScale:guidance_scale ModelHash:model_hash ClipSkip:clip_skip DenoisingStrength:denoising_strength"
    )),
    "InvokeAI": (in_chunk("invokeai_metadata"), {"rand_device": "cpu"}, names(
        "positive_prompt:prompt negative_prompt seed steps scheduler:sampler cfg_scale:guidance_scale clip_skip "
        "guidance:distilled_guidance model.name:model model.model_name:model model.hash:model_hash vae.name:vae "
        "strength:denoising_strength vae.model_name:vae app_version:version"
    )),
    "Civitai": (in_chunk("extraMetadata"), {"engine": "x"}, names(
        "prompt negativePrompt:negative_prompt seed steps sampler cfgScale:guidance_scale baseModel:model "
        "clipSkip:clip_skip denoise:denoising_strength"
    )),
    "Tensor.Art": (in_chunk("generation_data"), {"imageCount": 1}, names(
        "prompt negativePrompt:negative_prompt seed steps samplerName:sampler ksamplerName:sampler schedule:scheduler "
        "cfgScale:guidance_scale baseModel.modelFileName:model baseModel.hash:model_hash clipSkip:clip_skip "
        "denoisingStrength:denoising_strength sdVae:vae guidance:distilled_guidance"
    )),
    "Hugging Face Space": (in_parameters, {"num_inference_steps": 26}, names(
        "prompt negative_prompt seed num_inference_steps:steps sampler guidance_scale resolution:size Model:model"
    ) | {"Model hash": "model_hash"}),
    "NovelAI": (in_chunk("Comment", Software="NovelAI"), {"steps": 26}, names(
        "prompt uc:negative_prompt seed steps sampler noise_schedule:scheduler scale:guidance_scale "
        "strength:denoising_strength"
    )),
}  # fmt: skip


def nested(name: str, value: Any) -> dict[str, Any]:
    """Return {"a": {"b": value}} for "a.b"."""
    first, _, rest = name.partition(".")
    return {first: nested(rest, value) if rest else value}


@pytest.mark.parametrize("tool", NAMES)
def test_every_name_of_a_tool_maps_to_its_field(tmp_path: Path, tool: str) -> None:
    written, marks, of = NAMES[tool]
    for name, field in of.items():
        entries = {mark: value for mark, value in marks.items() if of.get(mark) != field} | nested(name, VALUES[field])
        if tool == "Easy Diffusion" or not {mark for mark in marks if of.get(mark) == field} - {name}:
            found = read(png(tmp_path / "x.png", written(entries)))
            assert (found.tool, found.fields.get(field)) == (tool, VALUES[field]), name
            assert name in (found.used | found.ignored) and not found.unknown, name


# The names in A1111's text, in the spellings of several tools.
FAMILY = {
    "Steps": "steps", "Sampler": "sampler", "Schedule type": "scheduler", "Scheduler": "scheduler",
    "Sampler sigma": "scheduler", "CFG scale": "guidance_scale", "CFG Scale": "guidance_scale", "Seed": "seed",
    "Distilled CFG Scale": "distilled_guidance", "Guidance": "distilled_guidance", "Size": "size", "Model": "model",
    "Model hash": "model_hash", "Clip skip": "clip_skip", "Denoising strength": "denoising_strength",
    "Denoise": "denoising_strength", "VAE": "vae", "Version": "version",
}  # fmt: skip
RECOGNISED = """
    ADetailer model|App|Backend|Beta schedule|ControlNet 0|Created Date|CFG mode|Downcast alphas_cumprod|ENSD|FreeU|
    Face restoration|First pass size|Hashes|Hires steps|Hires upscale|Hypernet|Image CFG scale|Init image hash|
    Lora hashes|Mask blur|Mimic scale|NGMS|Operations|Parser|Pipeline|Postprocess upscale by|RNG|RP Active|
    Refiner|Schedule max sigma|Seed resize from|Sharpness|Shift|SLG scale|Styles|TI hashes|Template|Text encoder 1|
    Tiling|Token merging ratio|UNet|User|VAE hash|Variation seed|Wildcard prompt
"""


def test_every_name_of_the_web_ui_family_is_recognised(tmp_path: Path) -> None:
    usual = {"Steps": "9", "Seed": "1", "Size": "8x8", "Note": "x"}

    def of(key: str, value: str) -> Metadata:
        entries = {name: said for name, said in usual.items() if FAMILY.get(name) != FAMILY.get(key)} | {key: value}
        line = ", ".join(f"{name}: {said}" for name, said in entries.items())
        return read(png(tmp_path / "x.png", {"parameters": f"a\n{line}, Face: y"}))

    for key, field in FAMILY.items():
        found = of(key, str(VALUES[field]))
        assert found.fields[field] == VALUES[field] and key in found.used | found.ignored, key
        assert found.unknown == {"Note": "x", "Face": "y"}, key
    for key in (each.strip() for each in RECOGNISED.split("|")):
        assert of(key, "1").ignored.get(key) == "1", key


def test_midjourney_prompts_and_options_are_read(tmp_path: Path) -> None:
    job = "Job ID: 01234567-89ab-cdef-0123-456789abcdef"
    typed = f"a cat, black --no a dog --seed 41 --v 6.1 --ar 2:3 --stylize 250 —chaos 5 --raw --later x {job}"
    found = read(png(tmp_path / "x.png", {"Description": typed, "Author": "anna"}))
    assert found.fields == {"prompt": "a cat, black", "negative_prompt": "a dog", "seed": 41, "version": "6.1"}
    assert found.ignored.keys() == {"--v", "--ar", "--stylize", "--chaos", "--raw", "Job ID", "Author"}
    assert found.unknown == {"--later": "x"} and found.used.keys() == {"prompt", "--no", "--seed"}
    alone = read(png(tmp_path / "x.png", {"Description": f"a cat {job}"}))
    assert alone.fields == {"prompt": "a cat"} and alone.tool == "Midjourney"
    assert read(png(tmp_path / "x.png", {"Description": "a cat Job ID: 7"})).request is None


def test_swarmui_gives_the_hash_of_its_model_file(tmp_path: Path) -> None:
    listed = [{"name": name, "param": name, "hash": f"0x{name}"} for name in ("vae", "loras", "model", "model")]
    for models, expected in (
        (listed, "0xmodel"),
        (listed[:2], None),
        ([], None),
        ({}, None),
        ([3, listed[2]], "0xmodel"),
    ):
        found = read(png(tmp_path / "x.png", in_parameters({"sui_image_params": {"steps": 26}, "sui_models": models})))
        assert found.fields.get("model_hash") == expected and found.fields["steps"] == 26


SAMPLERS = {
    "Euler": "euler", "euler_discrete": "euler", "sample_euler": "euler", "k_euler": "euler", "EulerDiscreteScheduler":
    None, "Euler a": "euler_a", "euler_ancestral": "euler_a", "Euler Ancestral Discrete Scheduler": "euler_a",
    "eulerA": "euler_a", "EulerAncestral": "euler_a", "Heun": "heun", "heun_discrete": "heun", "DPM2": "dpm2",
    "dpm_2": "dpm2", "kdpm_2": "dpm2", "KDPM2 Discrete": "dpm2", "DPM2 a": "dpm2_a", "dpm_2_ancestral": "dpm2_a",
    "dpm2 ancestral": "dpm2_a", "dpm_2_a": "dpm2_a", "kdpm_2_a": "dpm2_a", "KDPM2 Ancestral Discrete": "dpm2_a",
    "DPM++ 2M": "dpmpp_2m", "dpmpp2m": "dpmpp_2m", "dpm-pp-2m": "dpmpp_2m", "DPM Solver Multistep": "dpmpp_2m",
    "dpmsolver_multistep": "dpmpp_2m", "dpmsolver++": "dpmpp_2m", "dpmpp_2m_1s": "dpmpp_2m", "dpm++2mv2": None,
    "dpm++2s_a": "dpmpp_2s_a", "dpmpp_2s_ancestral": "dpmpp_2s_a", "dpmpp_2sa": "dpmpp_2s_a", "DPM++ 2S a":
    "dpmpp_2s_a", "DPM++ 2M SDE": "dpmpp_2m_sde", "DPM++ 2M SDE Heun": None, "dpmpp_2m_sde_gpu":
    "dpmpp_2m_sde", "DPM++ SDE": "dpmpp_sde", "dpmpp_sde_brownian": "dpmpp_sde", "dpm++sde": "dpmpp_sde",
    "DPM++ 3M SDE": "dpmpp_3m_sde", "DEIS": "deis", "deis_multistep": "deis", "LMS": "lms", "lms_discrete": "lms",
    "k_lms": "lms", "UniPC": "unipc", "uni_pc": "unipc", "uni_pc_bh2": "unipc", "UniPC Multistep": "unipc",
    "DDIM": "ddim", "PLMS": "plms", "LCM": "lcm", "DDPM": "ddpm", "Restart": "restart", "Krita - heun": "heun",
    "DPM fast": None, "": None,
}  # fmt: skip
SUFFIXES = {
    "Karras": "karras", "k": "karras", "exponential": "exponential", "Polyexponential": "polyexponential",
    "SGM Uniform": "sgm_uniform", "simple": "simple", "normal": "normal", "Trailing": "trailing", "beta": "beta",
}  # fmt: skip
SPACINGS = {
    "": "normal", "Automatic": "normal", "default": "normal", "Karras": "karras", "Exponential": "exponential",
    "SGM Uniform": "sgm_uniform", "DDIM": "leading_1", "ddim_uniform": "leading_1", "Uniform": "normal", "native":
    "normal", "betas": "beta_sigmas", "leading": "leading_1", "linspace": "linspace", "trailing": "trailing",
    "KL Optimal": "kl_optimal", "kl_optimal": "kl_optimal", "simple": "simple", "beta": "beta", "no such": None,
}  # fmt: skip


def test_every_sampler_name_of_other_tools_is_mapped() -> None:
    assert {name: sampler_and_spacing(name, "normal", "Tool")[0] for name in SAMPLERS} == SAMPLERS
    found = {suffix: sampler_and_spacing(f"Heun {suffix}", "", "Tool") for suffix in SUFFIXES}
    assert found == {suffix: ("heun", spacing) for suffix, spacing in SUFFIXES.items()}


def test_every_spacing_name_of_other_tools_is_mapped() -> None:
    assert {name: sampler_and_spacing("Heun", name, "Tool")[1] for name in SPACINGS} == SPACINGS
    automatic = {"dpmpp_2m": "karras", "ddim": "leading_1", "plms": "leading_1", "lcm": "lcm_50", "euler": "normal"}
    assert {name: sampler_and_spacing(name, "Automatic", "Tool")[1] for name in automatic} == automatic
    assert sampler_and_spacing("Heun Karras", "Exponential", "Tool") == ("heun", "exponential"), "what is said counts"
    assert sampler_and_spacing("none", "", "Tool") == (None, None)
    by_tool = [sampler_and_spacing("Heun", "Beta", tool)[1] for tool in ("AUTOMATIC1111", "Forge", "reForge")]
    assert by_tool == ["beta_sigmas", "beta_sigmas", "beta"]
    assert sampler_and_spacing("Heun", "Uniform", "GDM Studio")[1] == "linspace", "our own word for it"


@pytest.mark.parametrize(
    ("area", "padding", "expected"),
    [("Only masked", "48", ("masked", 48)), ("Whole picture", "0", ("whole", 0)), ("Elsewhere", "9999", ("whole", 32))],
)
def test_the_inpaint_area_is_read(tmp_path: Path, area: str, padding: str, expected: tuple[str, int]) -> None:
    text = "a fox\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 512x512, Denoising strength: 0.75, "
    text += f"Inpaint area: {area}, Masked area padding: {padding}, Mask blur: 4, Masked content: original"
    found = read(png(tmp_path / "a.png", {"parameters": text}))
    assert found.request is not None
    assert (found.request.inpaint_area, found.request.inpaint_padding) == expected
    names = {"Inpaint area", "Masked area padding"}
    assert names <= (found.used if area != "Elsewhere" else found.ignored).keys()
    assert {"Mask blur", "Masked content"} <= found.ignored.keys() and not found.unknown
