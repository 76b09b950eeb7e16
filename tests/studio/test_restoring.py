"""AUTOMATIC1111 images restored with the installed models, and this program's images as other tools read them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.gallery import read, save
from gdm_studio.gallery.metadata.a1111_parameters import parse_text
from gdm_studio.models.files.hashes import hash_file
from gdm_studio.models.fingerprint import fingerprint, part_hashes, prompt_file_hashes, web_ui_hashes
from gdm_studio.models.model_library import Library, card_for_request
from gdm_studio.networks.upscalers.configurations import CompactConfig
from gdm_studio.request.generation_events import GenerationFacts, Result
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.settings_import import restore_request
from tests.gallery.test_metadata_comfy import FLUX, default_graph, node, to
from tests.gallery.test_metadata_names import as_xmp
from tests.helpers import tiny_stable, tiny_transformers
from tests.helpers.foreign_images import png
from tests.helpers.library import result
from tests.helpers.upscalers import write_upscaler

LAYER = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k"


def put(name: str, tensors: dict[str, torch.Tensor]) -> Path:
    place = paths.models_dir() / f"{name}.safetensors"
    save_file(tensors, place)
    os.utime(place, (86_400, 86_400))
    return place


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the checkpoints once for all tests."""
    folder = tmp_path_factory.mktemp("checkpoints")
    for kind, name in (("sd1", "dream"), ("sdxl", "large"), ("refiner", "finer")):
        os.utime(tiny_stable.write(folder / f"{name}.safetensors", kind, words=1), (86_400, 86_400))
    return folder


@pytest.fixture
def here(_own_home: Path, written: Path) -> Library:
    """Install an SDXL and an SD 1 model, a refiner, a VAE, a LoRA for each, and an embedding, all hashed."""
    folder = paths.models_dir()
    folder.mkdir(parents=True, exist_ok=True)
    for file in written.iterdir():
        (folder / file.name).hardlink_to(file)
    put("vivid", {name: torch.zeros(2) for name in ("encoder.conv_in.weight", "decoder.conv_in.weight")})
    for name, width in (("ink", 768), ("wide", 2048)):
        down, up = torch.ones(4, width), torch.ones(640, 4)
        put(name, {f"{LAYER}.lora_down.weight": down, f"{LAYER}.lora_up.weight": up})
    put("face", {"emb_params": torch.ones(2, 768)})
    for file in folder.glob("*.safetensors"):
        hash_file(file)
    return Library()


def digits(name: str) -> str:
    return hash_file(paths.models_dir() / f"{name}.safetensors").sha256


def theirs(folder: Path, *, model: str = "", lora: str = "", vae: str = "") -> Path:
    """Write an image with every common setting that names files by these hashes."""
    lora = lora or hash_file(paths.models_dir() / "ink.safetensors").content
    return png(folder / "theirs.png", {
        "parameters": "a face <lora:ink:0.8>\nNegative prompt: dull\nSteps: 20, Sampler: DPM++ 2M, Schedule type: "
        f"Karras, CFG scale: 7, Seed: 5, Size: 512x768, Model hash: {(model or digits('dream'))[:10]}, Model: dream, "
        f"VAE hash: {(vae or digits('vivid'))[:10]}, VAE: vivid.safetensors, Denoising strength: 0.4, Clip skip: 2, "
        f'Hires upscale: 2, Hires upscaler: Latent, Lora hashes: "ink: {lora[:12]}", Version: v1.10.1'
    })  # fmt: skip


def told(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """Return the output of `inspect` as JSON and as text."""
    assert run(["inspect", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert run(["inspect", str(path)]) == 0
    return found, capsys.readouterr().out


USED = {"Clip skip": "2", "Hires upscale": "2", "Denoising strength": "0.4", "VAE": "vivid", "Lora hashes": "ink"}


@pytest.mark.slow
def test_restored_settings_are_not_reported_as_unused(
    here: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, words = told(theirs(tmp_path), capsys)
    assert USED.items() <= found["used"].items() and found["model_here"] == "dream"
    assert set(found["ignored"]) == {"Hires upscaler", "Version"} and not found["missing"] and not found["another_hash"]
    factors = {"clip_skip": 2.0, "enlarged": 2.0, "enlarged_strength": 0.4}
    assert (found["request"]["factors"], found["request"]["vae"]) == (factors, "vivid")
    assert "  not used            Hires upscaler, Version\n" in words


def test_an_installed_upscaler_is_restored(here: Library, tmp_path: Path) -> None:
    path = theirs(tmp_path)
    text = Image.open(path).info["parameters"].replace("Hires upscaler: Latent", "Hires upscaler: 2x_Foo")
    write_upscaler(paths.models_dir() / "2x_Foo.safetensors", CompactConfig(width=8, depth=1, scale=2), "compact")
    found = restore_request(read(png(tmp_path / "other.png", {"parameters": text})), Library().model_table())
    assert found.metadata.request is not None and found.metadata.request.upscaler == "2x_Foo"
    assert "Hires upscaler" not in found.unused


@pytest.mark.slow
def test_a_model_with_the_same_name_but_another_hash_is_used_and_reported(
    here: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, words = told(theirs(tmp_path, model="0123456789", lora="ba9876543210", vae="0123456789"), capsys)
    assert USED.items() <= found["used"].items() and found["request"]["model"] == found["model_here"] == "dream"
    assert found["request"]["factors"]["clip_skip"] == 2.0 and found["request"]["vae"] == "vivid"
    assert found["another_hash"] == ["model dream", "VAE vivid", "LoRA ink"] and "Model hash" in found["ignored"]
    assert "Used by its name, though its hash is another: model dream, VAE vivid, LoRA ink." in words


@pytest.mark.slow
def test_the_chosen_model_takes_supported_settings_if_none_matches(here: Library, tmp_path: Path) -> None:
    path = theirs(tmp_path)
    (paths.models_dir() / "dream.safetensors").rename(paths.models_dir() / "own.safetensors")
    save_file({"x": torch.zeros(1)}, paths.models_dir() / "other.safetensors")
    metadata, library = read(theirs(path.parent, model="0123456789")), Library()
    found = restore_request(metadata, library.model_table(), library.card("own"))
    assert found.missing == ("model dream (hash 0123456789)",) and found.metadata.request is not None
    assert found.metadata.request.factors["clip_skip"] == 2.0 and found.unused == ("Hires upscaler",)
    nothing = restore_request(metadata, library.model_table())
    assert {"Clip skip", "Hires upscale", "VAE", "Lora hashes"} <= set(nothing.unused)
    sdxl = restore_request(metadata, library.model_table(), library.card("large"))
    assert sdxl.unused == ("Clip skip", "Hires upscaler"), "the web UI heeds it with Stable Diffusion 1 alone"


@pytest.mark.slow
def test_an_embedding_is_called_by_its_local_name(here: Library, tmp_path: Path) -> None:
    path = png(tmp_path / "theirs.png", {
        "parameters": "a Soft-Face, surface\nNegative prompt: soft-face\nSteps: 20, Sampler: Euler, CFG scale: 7, "
        f'Seed: 5, Size: 512x512, Model: dream, TI hashes: "soft-face: {digits("face")[:12]}", Version: v1.10.1'
    })  # fmt: skip
    request = restore_request(read(path), Library().model_table()).metadata.request
    assert request is not None and (request.prompt, request.negative_prompt) == ("a face, surface", "face")


def test_settings_that_the_model_ignores_are_not_reported_as_used(here: Library, tmp_path: Path) -> None:
    library = Library()
    found = restore_request(read(theirs(tmp_path, model="0123456789", lora="ba9876543210")), [
        line for line in library.model_table() if line.name != "dream"
    ], library.card("icons-2"))  # fmt: skip
    assert "Lora hashes" in found.unused and not found.others and "LoRA" not in " ".join(found.missing)
    assert found.metadata.request is not None and found.metadata.request.prompt == "a face <lora:ink:0.8>"


@pytest.mark.slow
def test_unknown_settings_of_own_images_are_reported_as_left_out(here: Library, tmp_path: Path) -> None:
    _, path = kept(Library(), tmp_path, SMALL)
    image = Image.open(path)
    record = json.loads(image.info["gdm_studio"])
    record["request"]["sampler"] = "of tomorrow"
    changed = png(tmp_path / "changed.png", {"gdm_studio": json.dumps(record)})
    assert "sampler" in restore_request(read(changed), Library().model_table()).unused


def _web_ui(entries: str) -> dict[str, str]:
    return {"parameters": f"a cat\nSteps: 9, Sampler: Euler, Seed: 5, Size: 128x256, Model: tiny, {entries}"}


def _draw_things(**more: Any) -> dict[str, str]:
    return as_xmp({"c": "a cat", "steps": 9, "seed": 5, "scale": 2, "model": "tiny", "v2": more})


GRAPH = default_graph(
    guider=node("CFGGuider", model=to("unet"), positive=to("seen"), negative=to("weak"), cfg=2.0),
    seen=node("ReferenceLatent", conditioning=to("strong")),
    weak=node("FluxGuidance", guidance=9.0, conditioning=to("bad")),
    **{name: each for name, each in FLUX.items() if name != "guider"},
)
# {name: (texts of a file, distilled guidance, guidance scale)}
GUIDED: dict[str, tuple[dict[str, str], float, float]] = {
    "Forge": (_web_ui("CFG scale: 2, Distilled CFG Scale: 4.5, Version: f2.0.1v1.10.1-previous"), 4.5, 2.0),
    "above the limit": (_web_ui("CFG scale: 2, Distilled CFG Scale: 60, Version: f2.0.1"), 30.0, 2.0),
    "stable-diffusion.cpp": (_web_ui("CFG scale: 2, Guidance: 4.5, Version: stable-diffusion.cpp"), 4.5, 2.0),
    "SD.Next": (_web_ui("CFG scale: 4.5, App: SD.Next, Version: 0123456"), 4.5, 1.0),
    "Civitai": (_web_ui("CFG scale: 4.5, Civitai resources: []"), 4.5, 1.0),
    "AUTOMATIC1111": (_web_ui("CFG scale: 2, Version: v1.10.1"), 3.5, 2.0),
    "ComfyUI": ({"prompt": json.dumps(GRAPH)}, 3.5, 2.0),
    "InvokeAI": ({"invokeai_metadata": json.dumps({
        "positive_prompt": "a cat", "seed": 5, "steps": 9, "guidance": 4.5, "cfg_scale": 2, "model": {"name": "tiny"},
        "rand_device": "cpu",
    })}, 4.5, 2.0),
    "SwarmUI": ({"parameters": json.dumps({"sui_image_params": {
        "prompt": "a cat", "seed": 5, "steps": 9, "cfgscale": 2, "fluxguidancescale": 4.5, "model": "tiny",
    }})}, 4.5, 2.0),
    "Easy Diffusion": ({
        "prompt": "a cat", "seed": "5", "num_inference_steps": "9", "guidance_scale": "2",
        "distilled_guidance_scale": "4.5", "use_stable_diffusion_model": "tiny",
    }, 4.5, 2.0),
    "Draw Things, both": (_draw_things(speedUpWithGuidanceEmbed=False, guidanceEmbed=4.5), 4.5, 2.0),
    "Draw Things": (_draw_things(speedUpWithGuidanceEmbed=True, guidanceEmbed=4.5), 2.0, 1.0),
    "Hugging Face Space": ({"parameters": json.dumps({
        "prompt": "a cat", "seed": 5, "num_inference_steps": 9, "guidance_scale": 4.5, "Model": "tiny",
    })}, 4.5, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("case", GUIDED)
def test_distilled_guidance_is_an_input_of_networks_that_take_one(_own_home: Path, tmp_path: Path, case: str) -> None:
    """Check each tool's layout with a network that takes distilled guidance, and with one that does not."""
    texts, distilled, guidance = GUIDED[case]
    tiny_transformers.write_folder(paths.models_dir() / "tiny", "flux1 dev")
    tiny_transformers.write_folder(paths.models_dir() / "plain", "flux1 schnell")
    library = Library()
    metadata = read(png(tmp_path / "x.png", texts))
    found = restore_request(metadata, library.model_table(), library.card("tiny"))
    assert found.metadata.request is not None
    request = library.card("tiny").checked(found.metadata.request)
    assert (request.factors.get("told_guidance", 3.5), request.guidance_scale) == (distilled, guidance)
    unused = {name for name, field in metadata.common_names.items() if field == "distilled_guidance"}
    assert not unused & set(found.unused)
    lines = [line for line in library.model_table() if line.name != "tiny"]
    other = restore_request(metadata, lines, library.card("plain"))
    assert other.metadata.request is not None and not other.metadata.request.factors
    assert unused <= set(other.unused)


def test_distilled_guidance_is_written_for_other_tools(_own_home: Path, tmp_path: Path) -> None:
    tiny_transformers.write_folder(paths.models_dir() / "tiny", "flux1 dev")
    changes = {"prompt": "a cat", "model": "tiny", "factors": {"told_guidance": 4.5}, "guidance_scale": 2.0}
    request, path = kept(Library(), tmp_path, changes | {"size": (128, 256)})
    text = Image.open(path).text["parameters"]
    assert "CFG scale: 2, Distilled CFG Scale: 4.5, Seed: " in text
    metadata = read(png(tmp_path / "text.png", {"parameters": text}))
    back = restore_request(metadata, Library().model_table()).metadata.request
    assert back is not None and Library().card("tiny").checked(back).digest() == request.digest()


ALL: dict[str, Any] = {
    "prompt": "a face <lora:wide:0.8>", "negative_prompt": "dull", "model": "large", "vae": "vivid", "refiner": "finer",
    "factors": {"refined": 0.3, "enlarged": 1.5, "enlarged_strength": 0.4}, "size": (64, 96),
    "seed": 7, "guidance_scale": 6.5,
}  # fmt: skip
SMALL: dict[str, Any] = ALL | {
    "prompt": "a face <lora:ink:0.8>",
    "model": "dream",
    "refiner": "",
    "factors": {"clip_skip": 2.0, "enlarged": 2.0},
}


def kept(library: Library, folder: Path, changes: dict[str, Any]) -> tuple[Request, Path]:
    """Return a request and the file of an image whose metadata contains it."""
    request = library.card(changes["model"]).checked(Request(**changes))
    card = card_for_request(library, request)
    parts = part_hashes(card) | prompt_file_hashes(card, request) | web_ui_hashes(card)
    made = GenerationFacts("CPU", "fp32", 1.0, fingerprint(card), parts)
    return request, save(Result(0, request, result(side=8).rgba, 0, made), folder).path


@pytest.mark.parametrize("changes", [ALL, SMALL], ids=["sdxl", "sd1"])
def test_metadata_for_other_tools_restores_the_request(here: Library, tmp_path: Path, changes: dict[str, Any]) -> None:
    request, path = kept(here, tmp_path, changes)
    text = Image.open(path).text["parameters"]
    settings = parse_text(text)
    assert settings is not None
    entries, lora = settings.entries, "wide" if changes is ALL else "ink"
    expected = {
        "Size": "64x96", "Model hash": digits(request.model)[:10], "Model": request.model,
        "VAE hash": digits("vivid")[:10], "VAE": "vivid.safetensors", "Hires upscale": "1.5",
        "Denoising strength": "0.4", "Refiner": f"finer [{digits('finer')[:10]}]", "Refiner switch at": "0.7",
        "Lora hashes": f"{lora}: {hash_file(paths.models_dir() / f'{lora}.safetensors').content[:12]}",
        "TI hashes": f"face: {digits('face')[:12]}",
    }  # fmt: skip
    if changes is SMALL:
        expected |= {"Clip skip": "2", "Hires upscale": "2", "Denoising strength": "0.5"}
        del expected["Refiner"], expected["Refiner switch at"]
    assert {name: entries.get(name) for name in expected} == expected
    assert ("Refiner" in entries) is ("Clip skip" not in entries) is (changes is ALL)
    found = restore_request(read(png(tmp_path / "text.png", {"parameters": text})), here.model_table())
    assert found.metadata.tool == "GDM Studio" and not (found.missing or found.others or found.unused)
    back = found.metadata.request
    assert back is not None and here.card(back.model).checked(back).digest() == request.digest()


def test_metadata_contains_nothing_false_or_unknown(here: Library, tmp_path: Path) -> None:
    made = GenerationFacts("CPU", "fp32", 1.0, "0123456789", {"vae_hash": "9876543210", "refiner_hash": "5432109876"})
    path = save(replace(result(seed=3), made=made), tmp_path).path
    text = Image.open(path).text["parameters"]
    for word in ("hash", "VAE", "Clip skip", "Hires", "Denoising", "Refiner"):
        assert word not in text


@pytest.mark.slow
def test_inspect_shows_the_models_of_own_images_and_their_names_elsewhere(
    here: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request, path = kept(here, tmp_path, ALL)
    found, words = told(path, capsys)
    own = fingerprint(here.card("large"))
    lora = {"name": "wide", "weight": 0.8, "hash": hash_file(paths.models_dir() / "wide.safetensors").content[:12]}
    expected = {
        "model_hash": digits("large")[:10], "model_fingerprint": own, "vae": "vivid", "vae_hash": digits("vivid")[:10],
        "refiner": "finer", "refiner_switch": 0.7, "clip_skip": None, "hires_upscale": 1.5, "denoising_strength": 0.4,
        "grammar": "webui", "loras": [lora], "model_here": "large",
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    for name, said in {"model fingerprint": own, "model hash": digits("large")[:10], "grammar": "webui"}.items():
        assert f"  {name:20}{said}\n" in words
    assert "wide 0.8" in words and "finer" in words
    old = save(Result(0, request, result(side=8).rgba, 0, GenerationFacts("CPU", "fp32", 1.0, own)), tmp_path).path
    assert told(old, capsys)[0]["model_hash"] == digits("large")[:10], "as the model that is here is called"
