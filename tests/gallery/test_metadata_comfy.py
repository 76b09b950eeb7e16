"""ComfyUI graphs: the walk from the node that saved the image to its sampler and prompts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.gallery import Metadata, read
from gdm_studio.studio.settings_import import _set_lora_tag
from tests.helpers.foreign_images import SIDES, png, with_comment, with_exif

Graph = dict[str, Any]


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def to(name: str, slot: int = 0) -> list[Any]:
    return [name, slot]


def default_graph(**changes: Any) -> Graph:
    """Return the default graph of one image, with nodes replaced or added by `changes`."""
    return {
        "model": node("CheckpointLoaderSimple", ckpt_name="some.safetensors"),
        "good": node("CLIPTextEncode", text="a cat", clip=to("model", 1)),
        "bad": node("CLIPTextEncode", text="dog", clip=to("model", 1)),
        "empty": node("EmptyLatentImage", width=512, height=768, batch_size=1),
        "sampler": sampler(),
        "decode": node("VAEDecode", samples=to("sampler"), vae=to("model", 2)),
        "save": node("SaveImage", filename_prefix="ComfyUI", images=to("decode")),
        **changes,
    }


def sampler(kind: str = "KSampler", **changes: Any) -> dict[str, Any]:
    usual = {
        "seed": 5, "steps": 20, "cfg": 6.5, "sampler_name": "dpmpp_2m", "scheduler": "karras", "denoise": 1.0,
        "model": to("model"), "positive": to("good"), "negative": to("bad"), "latent_image": to("empty"),
    }  # fmt: skip
    return node(kind, **{name: value for name, value in (usual | changes).items() if value is not None})


@pytest.fixture
def read_graph(tmp_path: Path) -> Callable[[Any], Metadata]:
    return lambda found: read(png(tmp_path / "ComfyUI_00001_.png", {"prompt": json.dumps(found)}))


DEFAULT_FIELDS = {
    "prompt": "a cat", "negative_prompt": "dog", "seed": 5, "steps": 20, "sampler": "dpmpp_2m", "scheduler": "karras",
    "guidance_scale": 6.5, "size": "512x768", "model": "some.safetensors",
}  # fmt: skip
FLUX = {
    "noise": node("RandomNoise", noise_seed=5),
    "guider": node("BasicGuider", model=to("unet"), conditioning=to("strong")),
    "strong": node("FluxGuidance", guidance=3.5, conditioning=to("good")),
    "choice": node("KSamplerSelect", sampler_name="dpmpp_2m"),
    "sigmas": node("BasicScheduler", scheduler="karras", steps=20, denoise=1.0, model=to("unet")),
    "unet": node("UNETLoader", unet_name="some.safetensors"),
    "sampler": node(
        "SamplerCustomAdvanced", noise=to("noise"), guider=to("guider"), sampler=to("choice"), sigmas=to("sigmas"),
        latent_image=to("empty"),
    ),
}  # fmt: skip


def test_the_default_graph_is_read(read_graph: Callable[[Any], Metadata]) -> None:
    found = read_graph(default_graph())
    assert (found.tool, found.fields) == ("ComfyUI", DEFAULT_FIELDS)
    assert found.used["KSampler.scheduler"] == "karras" and found.unknown == {}


def test_a_guider_can_replace_the_prompts(read_graph: Callable[[Any], Metadata]) -> None:
    found = read_graph(default_graph(**FLUX)).fields
    expected = DEFAULT_FIELDS | {"negative_prompt": "", "distilled_guidance": 3.5}
    assert found == {name: value for name, value in expected.items() if name != "guidance_scale"}


@pytest.mark.parametrize(
    "changes",
    [
        {"sampler": sampler("KSamplerAdvanced", seed=None, noise_seed=5, denoise=None, add_noise="enable")},
        {"sampler": sampler("My own // sampler")},
        {"sampler": sampler(seed=to("number")), "number": node("PrimitiveInt", value=5)},
        {"sampler": sampler(seed=to("number")), "number": node("Seed (rgthree)", seed=5)},
        {"sampler": sampler(latent_image=[7, 0]), "7": node("EmptyLatentImage", width=512, height=768)},
        {"sampler": sampler(latent_image=to("way")), "way": node("Reroute", **{"": to("empty")})},
        {"empty": node("SDXL Empty Latent Image (rgthree)", dimensions="512 x 768   (portrait)", clip_scale=1.0)},
        {"empty": node("EmptyLatentImage", width=to("w"), height=768), "w": node("INTConstant", value=512)},
        {"good": node("CLIPTextEncodeSDXL", text_g="a cat", text_l="a cat", width=4096, clip=to("model", 1))},
        {"good": node("CLIPTextEncode", text=to("box"), clip=to("model")), "box": node("Textbox", string="a cat")},
        {
            "good": node("CLIPTextEncode", text=to("shown"), clip=to("model")),
            "shown": node("ShowText|pysssss", text=to("joined"), text_0="what an earlier run showed"),
            "joined": node("StringConcatenate", string_a="a", string_b=to("b"), delimiter=" "),
            "b": node("PrimitiveStringMultiline", value="cat"),
        },
        {"good": node("ImpactWildcardEncode", wildcard_text="a {cat|dog}", populated_text="a cat", clip=to("model"))},
        {
            "sampler": sampler(positive=to("hints", 0), negative=to("hints", 1)),
            "hints": node("ControlNetApplyAdvanced", positive=to("good"), negative=to("bad"), image=to("photo")),
            "photo": node("LoadImage", image="pose.png"),
        },
        {
            "sampler": sampler("KSampler (pipe)", model=None, positive=None, negative=None, basic_pipe=to("pipe")),
            "pipe": node("ToBasicPipe", model=to("model"), clip=to("model"), positive=to("good"), negative=to("bad")),
        },
        {
            "sampler": sampler("KSampler (Efficient)", positive=to("all", 1), negative=to("all", 2), model=to("all"),
                               latent_image=to("all", 3)),
            "all": node("Efficient Loader", ckpt_name="some.safetensors", positive="a cat", negative="dog",
                        empty_latent_width=512, empty_latent_height=768),
        },
        {
            "sampler": sampler("SamplerCustom", seed=None, noise_seed=5, steps=None, sampler_name=None, scheduler=None,
                               denoise=None, sampler=to("choice"), sigmas=to("sigmas")),
            "choice": node("SamplerDPMPP_2M", eta=1.0),
            "sigmas": node("KarrasScheduler", steps=20, sigma_max=14.6),
        },
        {"good": node("ConditioningConcat", conditioning_to=to("one"), conditioning_from=to("two")),
         "one": node("CLIPTextEncode", text="a cat", clip=to("model")),
         "two": node("CLIPTextEncode", text="", clip=to("model"))},
        {"sampler": sampler(model=to("switch")),
         "switch": node("ComfySwitchNode", switch=to("no"), on_false=to("model"), on_true=to("other")),
         "no": node("PrimitiveBoolean", value=False),
         "other": node("CheckpointLoaderSimple", ckpt_name="other.safetensors")},
    ],
)  # fmt: skip
def test_equivalent_graphs_give_the_same_settings(read_graph: Callable[[Any], Metadata], changes: Graph) -> None:
    found = read_graph(default_graph(**changes)).fields
    found["sampler"], found["scheduler"] = found["sampler"].lower(), found["scheduler"].lower()
    assert found == DEFAULT_FIELDS


def test_later_passes_are_reported_apart_from_the_first(read_graph: Callable[[Any], Metadata]) -> None:
    changes = {
        "larger": node("LatentUpscale", samples=to("sampler"), width=1024, height=1536),
        "second": sampler(seed=99, steps=8, denoise=0.4, latent_image=to("larger")),
        "decode": node("VAEDecode", samples=to("second"), vae=to("model", 2)),
        "face": node("FaceDetailer", image=to("decode"), seed=7, steps=12, cfg=8, sampler_name="euler",
                     scheduler="normal", model=to("model"), positive=to("good"), negative=to("bad")),
        "save": node("SaveImage", filename_prefix="ComfyUI", images=to("face")),
    }  # fmt: skip
    found = read_graph(default_graph(**changes))
    assert found.fields == DEFAULT_FIELDS
    assert (found.ignored["pass 2: KSampler.denoise"], found.ignored["pass 3: FaceDetailer.steps"]) == ("0.4", "12")
    assert set(found.unknown) == {"LatentUpscale"}


def test_the_files_and_prompts_of_later_passes_are_listed(read_graph: Callable[[Any], Metadata]) -> None:
    changes = {
        "other": node("CheckpointLoaderSimple", ckpt_name="other.safetensors"),
        "fur": node("LoraLoader", lora_name="fur.safetensors", strength_model=0.7, model=to("other"), clip=to("good")),
        "more": node("CLIPTextEncode", text="a sharp cat", clip=to("fur", 1)),
        "second": sampler(seed=9, model=to("fur"), positive=to("more"), latent_image=to("sampler"), denoise=0.4),
        "decode": node("VAEDecode", samples=to("second"), vae=to("model", 2)),
    }  # fmt: skip
    found = read_graph(default_graph(**changes))
    assert found.fields == DEFAULT_FIELDS
    listed = {name: value for name, value in found.ignored.items() if name.startswith("pass 2: ")}
    assert listed["pass 2: CheckpointLoaderSimple.ckpt_name"] == "other.safetensors"
    assert listed["pass 2: LoRA fur.safetensors"] == "0.7"
    assert listed["pass 2: CLIPTextEncode.text"] == "a sharp cat"
    assert not any("dog" in value for value in listed.values()), "it is the negative prompt of both"


def test_the_settings_around_a_later_custom_sampler_are_listed(read_graph: Callable[[Any], Metadata]) -> None:
    changes = FLUX | {
        "again": node("BasicScheduler", scheduler="karras", steps=7, denoise=0.3, model=to("unet")),
        "noise2": node("RandomNoise", noise_seed=77),
        "second": node(
            "SamplerCustomAdvanced", noise=to("noise2"), guider=to("guider"), sampler=to("choice"), sigmas=to("again"),
            latent_image=to("sampler"),
        ),
        "decode": node("VAEDecode", samples=to("second"), vae=to("model", 2)),
    }  # fmt: skip
    listed = read_graph(default_graph(**changes)).ignored
    assert {name: listed[f"pass 2: {name}"] for name in ("BasicScheduler.steps", "RandomNoise.noise_seed")} == {
        "BasicScheduler.steps": "7",
        "RandomNoise.noise_seed": "77",
    }


def advanced(**changes: Any) -> dict[str, Any]:
    usual = {"seed": None, "denoise": None, "noise_seed": 5, "steps": 25, "add_noise": "enable", "start_at_step": 0}
    return sampler("KSamplerAdvanced", **usual | changes)


SPLIT = {
    "base": node("BasicScheduler", scheduler="karras", steps=25, denoise=1.0, model=to("model")),
    "sigmas": node("SplitSigmas", sigmas=to("base"), step=20),
    "choice": node("KSamplerSelect", sampler_name="dpmpp_2m"),
}


@pytest.mark.parametrize(
    "passes",
    [
        {
            "sampler": advanced(end_at_step=20, return_with_leftover_noise="enable"),
            "second": advanced(add_noise="disable", start_at_step=20, end_at_step=10000, model=to("refiner"),
                               latent_image=to("sampler")),
        },
        {
            "switch": node("PrimitiveInt", value=20),
            "sampler": advanced(end_at_step=to("switch")),
            "second": advanced(add_noise="disable", start_at_step=to("switch"), end_at_step=25, model=to("refiner"),
                               latent_image=to("sampler")),
        },
        SPLIT | {
            "sampler": node("SamplerCustom", add_noise=True, noise_seed=5, cfg=6.5, model=to("model"),
                            positive=to("good"), negative=to("bad"), sampler=to("choice"), sigmas=to("sigmas"),
                            latent_image=to("empty")),
            "second": node("SamplerCustom", add_noise=False, noise_seed=5, cfg=6.5, model=to("refiner"),
                           positive=to("good"), negative=to("bad"), sampler=to("choice"), sigmas=to("sigmas", 1),
                           latent_image=to("sampler")),
        },
    ],
)  # fmt: skip
def test_a_pass_that_continues_with_another_model_is_the_refiner(
    read_graph: Callable[[Any], Metadata], passes: Graph
) -> None:
    changes = passes | {
        "refiner": node("CheckpointLoaderSimple", ckpt_name="refiner.safetensors"),
        "decode": node("VAEDecode", samples=to("second"), vae=to("model", 2)),
    }
    fields = read_graph(default_graph(**changes)).fields
    assert (fields["model"], fields["refiner"], fields["refiner_switch"]) == (
        "some.safetensors",
        "refiner.safetensors",
        0.8,
    )
    assert fields["steps"] == 25


@pytest.mark.parametrize(
    "different",
    [{"model": to("model")}, {"start_at_step": 18}, {"add_noise": "enable"}, {"steps": 30}, {"start_at_step": to("x")}],
)
def test_other_later_passes_are_no_refiner(read_graph: Callable[[Any], Metadata], different: dict[str, Any]) -> None:
    usual = {"add_noise": "disable", "start_at_step": 20, "end_at_step": 10000, "model": to("refiner")}
    changes = {
        "refiner": node("CheckpointLoaderSimple", ckpt_name="refiner.safetensors"),
        "sampler": advanced(end_at_step=20),
        "second": advanced(latent_image=to("sampler"), **usual | different),
        "decode": node("VAEDecode", samples=to("second"), vae=to("model", 2)),
    }
    fields = read_graph(default_graph(**changes)).fields
    assert "refiner" not in fields and fields["model"] == "some.safetensors"


def test_img2img_has_a_denoising_strength_and_no_size(read_graph: Callable[[Any], Metadata]) -> None:
    changes = {
        "sampler": sampler(latent_image=to("inside"), denoise=0.6),
        "inside": node("VAEEncode", pixels=to("photo"), vae=to("model", 2)),
        "photo": node("LoadImage", image="photo.png"),
    }
    found = read_graph(default_graph(**changes)).fields
    assert found["denoising_strength"] == 0.6 and "size" not in found


def test_loras_clip_skip_and_model_are_read(read_graph: Callable[[Any], Metadata]) -> None:
    changes = {
        "sampler": sampler(model=to("power")),
        "power": node("Power Lora Loader (rgthree)", lora_1={"on": True, "lora": "a", "strength": 0.5},
                      lora_2={"on": False, "lora": "b", "strength": 1}, model=to("plain")),
        "plain": node("LoraLoader", lora_name="c", strength_model=0.7, strength_clip=1, model=to("model")),
        "good": node("CLIPTextEncode", text="a cat", clip=to("skip")),
        "skip": node("CLIPSetLastLayer", stop_at_clip_layer=-2, clip=to("model", 1)),
        "decode": node("VAEDecode", samples=to("sampler"), vae=to("vae")),
        "vae": node("VAELoader", vae_name="soft.safetensors"),
    }  # fmt: skip
    found = read_graph(default_graph(**changes)).fields
    assert found["loras"] == [{"name": "a", "weight": 0.5}, {"name": "c", "weight": 0.7, "text_weight": 1}]
    assert (found["model"], found["clip_skip"], found["vae"]) == ("some.safetensors", 2, "soft.safetensors")


@pytest.mark.parametrize(
    ("inputs", "tag"),
    [
        ({"strength_model": 0.7, "strength_clip": 0.2, "clip": to("model", 1)}, "<lora:c:0.2:0.7>"),
        ({"strength_model": 0.7, "strength_clip": 0.7, "clip": to("model", 1)}, "<lora:c:0.7>"),
        ({"strength_model": 0.7}, "<lora:c:0:0.7>"),
    ],
)
def test_the_weight_of_a_lora_in_the_text_encoder_is_read(
    read_graph: Callable[[Any], Metadata], inputs: dict[str, Any], tag: str
) -> None:
    changes = {
        "sampler": sampler(model=to("lora")),
        "lora": node("LoraLoader", lora_name="c", model=to("model"), **inputs),
    }
    (lora,) = read_graph(default_graph(**changes)).fields["loras"]
    assert _set_lora_tag("", "c", "c", [lora.get("text_weight"), lora["weight"]]) == tag


def test_every_file_of_a_graph_is_listed(read_graph: Callable[[Any], Metadata]) -> None:
    changes = {
        "hint": node("ControlNetApplyAdvanced", positive=to("good"), negative=to("bad"), control_net=to("control"),
                     image=to("file"), strength=0.5),
        "control": node("ControlNetLoader", control_net_name="canny.safetensors"),
        "file": node("LoadImage", image="edges.png"),
        "sampler": sampler(positive=to("hint"), negative=to("hint", 1)),
        "decode": node("VAEDecode", samples=to("sampler"), vae=to("model", 2)),
        "larger": node("ImageUpscaleWithModel", image=to("decode"), upscale_model=to("upscaler")),
        "upscaler": node("UpscaleModelLoader", model_name="4x.pth"),
        "again": node("FaceDetailer", image=to("larger"), bbox_detector=to("faces"), model=to("other"), seed=3, steps=4,
                      positive=to("good"), negative=to("bad"), vae=to("soft"), sampler_name="heun"),
        "other": node("CheckpointLoaderSimple", ckpt_name="other.safetensors"),
        "soft": node("VAELoader", vae_name="soft.safetensors"),
        "faces": node("UltralyticsDetectorProvider", model_name="faces.pt"),
        "save": node("SaveImage", images=to("again")),
    }  # fmt: skip
    found = read_graph(default_graph(**changes))
    listed = " ".join([*found.used.values(), *found.ignored.values(), *found.unknown.values()])
    assert found.fields["model"] == "some.safetensors"
    assert found.ignored["pass 2: CheckpointLoaderSimple.ckpt_name"] == "other.safetensors"
    for name in ("canny.safetensors", "edges.png", "4x.pth", "soft.safetensors", "faces.pt"):
        assert name in listed


CASCADE = {
    "model": node("CheckpointLoaderSimple", ckpt_name="stage_b.safetensors"),
    "first_model": node("CheckpointLoaderSimple", ckpt_name="some.safetensors"),
    "empty": node("StableCascade_EmptyLatentImage", width=512, height=768, compression=42, batch_size=1),
    "first": sampler(model=to("first_model")),
    "handed": node("StableCascade_StageB_Conditioning", conditioning=to("good"), stage_c=to("first")),
    "sampler": sampler(seed=9, steps=10, cfg=1.1, positive=to("handed"), latent_image=to("empty", 1)),
}


def test_stable_cascade_takes_the_settings_of_stage_c(read_graph: Callable[[Any], Metadata]) -> None:
    found = read_graph(default_graph(**CASCADE))
    assert found.fields == DEFAULT_FIELDS
    assert (found.ignored["pass 2: KSampler.seed"], found.ignored["pass 2: KSampler.steps"]) == ("9", "10")


def test_gligen_box_texts_are_not_part_of_the_prompt(read_graph: Callable[[Any], Metadata]) -> None:
    def box(text: str, before: str) -> dict[str, Any]:
        return node("GLIGENTextBoxApply", text=text, width=64, height=64, x=0, y=0, conditioning_to=to(before),
                    clip=to("model", 1), gligen_textbox_model=to("boxes"))  # fmt: skip

    changes = {"sampler": sampler(positive=to("second")), "boxes": node("GLIGENLoader", gligen_name="x"),
               "first": box("a hat", "good"), "second": box("a sun", "first")}  # fmt: skip
    found = read_graph(default_graph(**changes))
    assert found.fields == DEFAULT_FIELDS
    assert "a sun" in found.unknown["GLIGENTextBoxApply"] and "a hat" in found.unknown["GLIGENTextBoxApply (2)"]


GUIDED = {
    "sampler": node("SamplerCustomAdvanced", noise=to("noise"), guider=to("guider"), sampler=to("choice"),
                    sigmas=to("sigmas"), latent_image=to("both", 2)),
    "noise": node("RandomNoise", noise_seed=5),
    "choice": node("KSamplerSelect", sampler_name="dpmpp_2m"),
    "sigmas": node("BasicScheduler", scheduler="karras", steps=20, denoise=1.0, model=to("model")),
    "guider": node("DualCFGGuider", cfg_conds=6.5, cfg_cond2_negative=1.5, model=to("model"), cond1=to("both"),
                   cond2=to("both", 1), negative=to("bad")),
    "both": node("InstructPixToPixConditioning", positive=to("good"), negative=to("bad"), vae=to("model", 2),
                 pixels=to("photo")),
    "photo": node("LoadImage", image="photo.png"),
}  # fmt: skip


def test_a_guider_with_two_scales_gives_the_first(read_graph: Callable[[Any], Metadata]) -> None:
    found = read_graph(default_graph(**GUIDED))
    assert found.fields == {name: value for name, value in DEFAULT_FIELDS.items() if name != "size"}
    assert found.used["DualCFGGuider.cfg_conds"] == "6.5"
    assert found.ignored["DualCFGGuider.cfg_cond2_negative"] == "1.5"


def test_merged_models_are_listed_and_none_is_the_model(read_graph: Callable[[Any], Metadata]) -> None:
    changes = {"sampler": sampler(model=to("merged")), "other": node("CheckpointLoaderSimple", ckpt_name="other"),
               "merged": node("ModelMergeSimple", model1=to("model"), model2=to("other"), ratio=0.5)}  # fmt: skip
    found = read_graph(default_graph(**changes))
    assert "model" not in found.fields and found.fields["models"] == ["some.safetensors", "other"]


@pytest.mark.parametrize("maker", ["OllamaGenerateV2", "JoyCaption", "RandomPrompt", "TextGenerate"])
def test_texts_generated_at_run_time_are_not_guessed(read_graph: Callable[[Any], Metadata], maker: str) -> None:
    changes = {"good": node("CLIPTextEncode", text=to("joined"), clip=to("model")),
               "joined": node("StringConcatenate", string_a="style:", string_b=to("made"), delimiter=" "),
               "made": node(maker, prompt="describe a cat", text="cat")}  # fmt: skip
    found = read_graph(default_graph(**changes))
    assert "prompt" not in found.fields and found.request.prompt == ""
    assert found.fields["negative_prompt"] == "dog"


def test_several_prompts_are_listed_separately(read_graph: Callable[[Any], Metadata]) -> None:
    changes = {"sampler": sampler(positive=to("both")),
               "both": node("ConditioningCombine", conditioning_1=to("good"), conditioning_2=to("more")),
               "more": node("CLIPTextEncode", text="a hat", clip=to("model"))}  # fmt: skip
    found = read_graph(default_graph(**changes))
    assert "prompt" not in found.fields and found.fields["prompts"] == ["a cat", "a hat"]
    assert found.request.prompt == "a cat\na hat"


def test_the_file_name_selects_one_of_several_save_nodes(tmp_path: Path) -> None:
    two = default_graph(
        other=sampler(seed=77),
        decoded=node("VAEDecode", samples=to("other"), vae=to("model", 2)),
        kept=node("SaveImage", filename_prefix="folder/second%date%", images=to("decoded")),
        look=node("PreviewImage", images=to("decoded")),
    )
    texts, alone = {"prompt": json.dumps(two)}, {"prompt": json.dumps(two | {"save": node("PreviewImage")})}
    assert read(png(tmp_path / "second_1.png", texts)).fields["seed"] == 77
    assert read(png(tmp_path / "ComfyUI_1.png", texts)).fields["seed"] == 5
    assert read(png(tmp_path / "renamed.png", alone)).fields["seed"] == 77
    # The file could be either image.
    assert read(png(tmp_path / "renamed.png", texts)) == Metadata(SIDES, "ComfyUI")
    moving = two | {"kept": node("SaveAnimatedWEBP", filename_prefix="x", images=to("decoded"))}
    text = f"prompt:{json.dumps(moving)}"
    assert read(with_exif(tmp_path / "renamed.webp", {0x0110: text})).fields["seed"] == 77
    nearly = two | {"kept": node("SaveImage", filename_prefix="ComfyUI_large", images=to("decoded"))}
    assert read(png(tmp_path / "ComfyUI_large_1.png", {"prompt": json.dumps(nearly)})).fields["seed"] == 77


def test_two_equal_cycles_give_no_settings(read_graph: Callable[[Any], Metadata]) -> None:
    other = {f"{name}2": each for name, each in json.loads(json.dumps(LOOP).replace('", 0]', '2", 0]')).items()}
    found = read_graph(LOOP | other)
    assert (found.tool, found.fields) == ("ComfyUI", {})


def test_invalid_numbers_and_nested_node_names_are_accepted(read_graph: Callable[[Any], Metadata]) -> None:
    inside = {f"30:{name}": each for name, each in default_graph().items()}
    text = json.dumps(inside)
    for name in default_graph():
        text = text.replace(f'["{name}"', f'["30:{name}"')
    found = read_graph(json.loads(text) | {"9": node("Odd", broken=math.nan, worse=-math.inf)})
    assert found.fields == DEFAULT_FIELDS


SAMPLER = [5, "randomize", 20, 6.5, "dpmpp_2m", "karras", 1]
NAMED = [{"name": name, "widget": {"name": name}, "link": None}
         for name in ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise")]  # fmt: skip


def workflow(**changes: dict[str, Any]) -> Graph:
    """Return the same graph as a workflow: links by number, widgets by place. `changes` replace parts of nodes."""
    links = {"model": [1, 4, 0], "positive": [2, 5, 0], "negative": [3, 6, 0], "latent_image": [4, 7, 0]}
    rows = [[number, source, slot, 8, at, "*"] for at, (number, source, slot) in enumerate(links.values())]
    slots = [{"name": name, "link": number} for name, (number, _, _) in links.items()]
    nodes: dict[str, dict[str, Any]] = {
        "model": {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["some.safetensors"]},
        "good": {"id": 5, "type": "CLIPTextEncode", "widgets_values": ["a cat"],
                 "inputs": [{"name": "clip", "link": 5}]},
        "bad": {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["dog"], "inputs": [{"name": "clip", "link": 6}]},
        "empty": {"id": 7, "type": "EmptyLatentImage", "widgets_values": [512, 768, 1]},
        "sampler": {"id": 8, "type": "KSampler", "widgets_values": SAMPLER, "inputs": slots},
        "decode": {"id": 9, "type": "VAEDecode", "mode": 0, "inputs": [{"name": "samples", "link": 7}]},
        "save": {"id": 10, "type": "SaveImage", "widgets_values": ["ComfyUI"],
                 "inputs": [{"name": "images", "link": 8}]},
        "muted": {"id": 11, "type": "KSampler", "mode": 2, "widgets_values": [1, "fixed", 2, 3, "euler", "normal", 1]},
    }  # fmt: skip
    more = [[5, 4, 1, 5, 0, "*"], [6, 4, 1, 6, 0, "*"], [7, 8, 0, 9, 0, "*"], [8, 9, 0, 10, 0, "*"]]
    for name, change in changes.items():
        change = change | {"inputs": slots + change["inputs"]} if name == "sampler" and "inputs" in change else change
        nodes[name] = nodes.get(name, {}) | change
    return {"nodes": list(nodes.values()), "links": rows + more}


@pytest.fixture
def read_workflow(tmp_path: Path) -> Callable[[Any], Metadata]:
    return lambda found: read(png(tmp_path / "x.png", {"workflow": json.dumps(found)}))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"sampler": {"type": "Own", "inputs": NAMED}},
        # A widget that used to be an input.
        {"sampler": {"inputs": NAMED[:1]}},
        # The layout of the first versions.
        {"sampler": {"widgets_values": [5, True, 20, 6.5, "dpmpp_2m", "karras", 1]}},
        {"sampler": {"widgets_values": [5, 20, 6.5, "dpmpp_2m", "karras", 1]}},
        {"sampler": {"widgets_values": dict(zip([each["name"] for each in NAMED], [5, *SAMPLER[2:]], strict=True))}},
        {"good": {"widgets_values": ["a /* big\n */cat// not a dog"]}},
    ],
)
def test_a_workflow_without_a_prompt_graph_is_read(read_workflow: Callable[[Any], Metadata], changes: Graph) -> None:
    assert read_workflow(workflow(**changes)).fields == DEFAULT_FIELDS


def test_set_and_get_nodes_are_followed(read_workflow: Callable[[Any], Metadata]) -> None:
    whole = workflow(
        set={"id": 20, "type": "SetNode", "widgets_values": ["words"], "inputs": [{"name": "*", "link": 20}]},
        get={"id": 21, "type": "GetNode", "widgets_values": ["words"]},
    )
    whole["links"] = [each for each in whole["links"] if each[0] != 2]
    whole["links"] += [[20, 5, 0, 20, 0, "*"], [2, 21, 0, 8, 1, "*"]]
    assert read_workflow(whole).fields == DEFAULT_FIELDS
    whole["nodes"].append({"id": 22, "type": "SetNode", "widgets_values": ["words"], "inputs": []})
    found = read_workflow(whole).fields
    # Two nodes share a name, so neither is used.
    assert "prompt" not in found and found["negative_prompt"] == "dog"


@pytest.mark.parametrize(
    "changes",
    [
        {"sampler": {"type": "Own", "inputs": NAMED[2:]}},
        {"sampler": {"type": "Own"}},
        {"sampler": {"type": "Own", "inputs": NAMED, "widgets_values": [*SAMPLER, "more"]}},
    ],
)
def test_widget_values_without_known_names_are_not_guessed(
    read_workflow: Callable[[Any], Metadata], changes: Graph
) -> None:
    found = read_workflow(workflow(**changes))
    assert found.tool == "ComfyUI" and not found.fields.keys() & {"seed", "steps", "guidance_scale", "sampler"}


def test_a_prompt_with_alternatives_is_not_used(read_workflow: Callable[[Any], Metadata]) -> None:
    found = read_workflow(workflow(good={"widgets_values": ["a {cat|dog}"]})).fields
    assert "prompt" not in found and found["negative_prompt"] == "dog" and found["seed"] == 5


def test_escaped_braces_are_no_alternatives(read_workflow: Callable[[Any], Metadata]) -> None:
    for words in (r"a \{cat\}", r"\{", r"a cat \} /* not {this|that} */"):
        found = read_workflow(workflow(good={"widgets_values": [words]}))
        assert found.fields["prompt"] == found.request.prompt == words.partition("/*")[0]
    for words in (r"a \{cat\} or {dog|owl}", "}", "{"):
        assert "prompt" not in read_workflow(workflow(good={"widgets_values": [words]})).fields


def in_subgraph(whole: Graph, name: str = "a-b-c") -> Graph:
    """Return the workflow with everything but the loader and the save node in a subgraph, with named inputs."""
    inner = [each for each in whole["nodes"] if each["id"] in (5, 6, 7, 8, 9)]
    wires = [{"id": row[0], "origin_id": row[1], "origin_slot": row[2], "target_id": row[3], "target_slot": row[4]}
             for row in whole["links"] if row[1] != 4 and row[0] != 8]  # fmt: skip
    wires += [{"id": number, "origin_id": -10, "origin_slot": slot, "target_id": 0, "target_slot": 0}
              for number, slot in ((1, 0), (5, 1), (6, 1), (30, 2), (31, 3))]  # fmt: skip
    wires.append({"id": 32, "origin_id": 9, "origin_slot": 0, "target_id": -20, "target_slot": 0})
    inner[0] = inner[0] | {"widgets_values": ["what it is when nobody says"]}
    inner[0]["inputs"] = [*inner[0]["inputs"], {"name": "text", "widget": {"name": "text"}, "link": 30}]
    inner[3] = inner[3] | {"widgets_values": [99, *SAMPLER[1:]]}
    inner[3]["inputs"] = [*inner[3]["inputs"], {"name": "seed", "widget": {"name": "seed"}, "link": 31}]
    definition = {"id": name, "nodes": inner, "links": wires,
                  "inputs": [{"name": each} for each in ("model", "clip", "words", "seed_1")],
                  "outputs": [{"name": "IMAGE"}]}  # fmt: skip
    holder = {
        "id": 40, "type": name, "widgets_values": ["a cat", 5, "randomize"],
        "inputs": [{"name": "model", "link": 50}, {"name": "clip", "link": 51},
                   {"name": "words", "widget": {"name": "words"}, "link": None},
                   {"name": "seed_1", "widget": {"name": "seed_1"}, "link": None}],
    }  # fmt: skip
    outer = [each for each in whole["nodes"] if each["id"] in (4, 10)]
    links = [[50, 4, 0, 40, 0, "*"], [51, 4, 1, 40, 1, "*"], [8, 40, 0, 10, 0, "*"]]
    return {"nodes": [*outer, holder], "links": links, "definitions": {"subgraphs": [definition]}}


def test_a_subgraph_is_read(read_workflow: Callable[[Any], Metadata]) -> None:
    whole = in_subgraph(workflow())
    assert read_workflow(whole).fields == DEFAULT_FIELDS
    holder = next(each for each in whole["nodes"] if each["id"] == 40)
    # Two values are passed on, and nothing says which of them this is.
    holder["widgets_values"] = ["a cat"]
    found = read_workflow(whole).fields
    assert "seed" not in found and "prompt" not in found and found["steps"] == 20


def test_a_subgraph_that_contains_itself_gives_no_settings(read_workflow: Callable[[Any], Metadata]) -> None:
    whole = in_subgraph(workflow())
    inside = whole["definitions"]["subgraphs"][0]
    inside["nodes"] = [{**each, "id": at, "type": inside["id"]} for at, each in enumerate(inside["nodes"] * 3)]
    assert read_workflow(whole).fields == {}
    inside["links"] = [{"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": -20, "target_slot": 0}]
    whole["links"].append([50, 40, 0, 40, 0, "*"])
    assert read_workflow(whole).fields == {}


@pytest.mark.parametrize(
    "write",
    [
        lambda folder, text: with_exif(folder / "x.webp", {0x0110: f"prompt:{text}", 0x010F: "workflow:{}"}),
        lambda folder, text: with_exif(folder / "x.jpg", {0x010F: f"Prompt: {text}", 0x010E: "Workflow: {}"}),
        lambda folder, text: with_comment(folder / "x.jpg", f'{{"prompt": {text}, "workflow": {{}}}}'),
        lambda folder, text: with_comment(folder / "x.jpg", json.dumps({"prompt": text})),
        lambda folder, text: with_comment(folder / "x.webp", text),
    ],
)
def test_graphs_are_read_from_jpeg_and_webp(tmp_path: Path, write: Callable[[Path, str], Path]) -> None:
    assert read(write(tmp_path, json.dumps(default_graph()))).fields == DEFAULT_FIELDS


LOOP = {"a": sampler(latent_image=to("b"), positive=to("c"), seed=to("d")), "b": node("VAEEncode", pixels=to("a")),
        "c": node("ConditioningCombine", conditioning_1=to("c"), conditioning_2=to("c")),
        "d": node("Reroute", value=to("d"))}  # fmt: skip


def test_cyclic_graphs_are_read(read_graph: Callable[[Any], Metadata]) -> None:
    found = read_graph(LOOP)
    assert found.fields["steps"] == 20 and "seed" not in found.fields and "prompt" not in found.fields


def test_a_graph_with_exponentially_many_paths_is_read(read_graph: Callable[[Any], Metadata]) -> None:
    ladder = {
        f"n{at}": node("ConditioningCombine", conditioning_1=to(f"n{at + 1}"), conditioning_2=to(f"n{at + 1}"))
        for at in range(50)
    }
    found = read_graph(default_graph(**ladder, n50=default_graph()["good"], sampler=sampler(positive=to("n0"))))
    assert found.fields["steps"] == 20


@pytest.mark.parametrize(
    "found",
    [
        {},
        [],
        {"1": node("LoadImage", image="x.png"), "2": node("SaveImage", images=to("1"))},
        {"1": {"class_type": 5, "inputs": {}}, "2": {"class_type": "KSampler", "inputs": []}, "3": None},
        {str(at): node("KSampler", seed=at) for at in range(5000)},
    ],
)
def test_graphs_without_a_sampler_give_no_settings(read_graph: Callable[[Any], Metadata], found: Any) -> None:
    assert read_graph(found).fields == {}


def test_an_unknown_graph_still_names_the_tool(tmp_path: Path) -> None:
    found = {"1": node("LoadImage", image="x.png"), "2": node("SaveImage", images=to("1"))}
    assert read(png(tmp_path / "x.png", {"prompt": json.dumps(found)})) == Metadata(SIDES, "ComfyUI")
    one = {"id": 1, "type": "LoadImage", "widgets_values": ["x.png"]}
    assert read(png(tmp_path / "y.png", {"workflow": json.dumps({"nodes": [one], "links": []})})).tool == "ComfyUI"
    assert read(png(tmp_path / "z.png", {"workflow": json.dumps({"nodes": [], "links": []})})).tool == ""


SEARGE = {
    "3": node("SeargeTextInputV2", prompt="a cat"),
    "4": node("SeargeTextInputV2", prompt="photo of <prompt>"),
    "5": node("SeargeTextInputV2", prompt="dog"),
    "9": node("SeargePromptAdapterV2", main_prompt=to("3"), secondary_prompt=to("4"), style_prompt=to("4"),
              negative_main_prompt=to("5"), negative_secondary_prompt=to("4"), negative_style_prompt=to("4")),
    "10": node("SeargeGenerationParameters", seed=5, image_size_preset="512x768 (2:3)", image_width=1024,
               image_height=1024, steps=20, cfg=6.5, sampler_preset="1 - DPM++ 2M Karras", sampler_name="euler",
               scheduler="normal", base_vs_refiner_ratio=0.8, data=to("11")),
    "11": node("SeargeOperatingMode", workflow_mode="text-to-image", prompting_mode="default - all prompts",
               batch_size=1, data=to("12")),
    "12": node("SeargeModelSelector", base_checkpoint="some.safetensors", refiner_checkpoint="refiner.safetensors",
               vae_checkpoint="soft.safetensors", data=to("13")),
    "13": node("SeargeLoras", lora_1="fur", lora_1_strength=0.2, lora_2="none", lora_2_strength=0.5, data=to("14")),
    "14": node("SeargeImage2ImageAndInpainting", denoise=0.5, inpaint_mask_blur=8, data=to("9")),
    "20": node("SeargeMagicBox", stage="sampling", input_from="data stream", data=to("10")),
    "21": node("SeargePipelineTerminator", data=to("20")),
}  # fmt: skip
SEARGE_FIELDS = DEFAULT_FIELDS | {"vae": "soft.safetensors", "loras": [{"name": "fur", "weight": 0.2}]}


def test_searge_panels_are_read(read_graph: Callable[[Any], Metadata]) -> None:
    found = read_graph(SEARGE)
    assert (found.tool, found.fields, found.unknown) == ("ComfyUI", SEARGE_FIELDS, {})
    assert (found.request.sampler, found.request.spacing, found.request.size) == ("dpmpp_2m", "karras", (512, 768))
    assert found.ignored["SeargePromptAdapterV2.style_prompt"] == "photo of <prompt>"
    assert found.ignored["SeargeModelSelector.refiner_checkpoint"] == "refiner.safetensors"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"10": {"sampler_preset": "none - use settings"}}, {"sampler": "euler", "scheduler": "normal"}),
        ({"10": {"image_size_preset": "none - use settings"}}, {"size": "1024x1024"}),
        ({"10": {"image_size_preset": "from source image"}}, {"size": None}),
        ({"11": {"workflow_mode": "image-to-image"}}, {"size": None, "denoising_strength": 0.5}),
        ({"11": {"prompting_mode": "custom"}}, {"prompt": None, "negative_prompt": None}),
        ({"9": {"main_prompt": to("99")}}, {"prompt": None}),
        (
            {
                "13": {
                    key: value
                    for n in range(1, 6)
                    for key, value in ((f"lora_{n}", f"fur {n}"), (f"lora_{n}_strength", n / 10))
                }
            },
            {"loras": [{"name": f"fur {n}", "weight": n / 10} for n in range(1, 6)]},
        ),
        # A panel that occurs twice.
        ({"21": SEARGE["10"]["inputs"] | {"seed": 6}}, dict.fromkeys(SEARGE_FIELDS)),
    ],
)
def test_searge_panels_with_other_settings_are_read(
    read_graph: Callable[[Any], Metadata], changes: Graph, expected: dict[str, Any]
) -> None:
    kinds = {"21": "SeargeGenerationParameters"}
    changed = {name: node(kinds.get(name, SEARGE[name]["class_type"]), **(SEARGE[name]["inputs"] | inputs))
               for name, inputs in changes.items()}  # fmt: skip
    found = read_graph(SEARGE | changed).fields
    wanted = SEARGE_FIELDS | expected
    assert found == {name: value for name, value in wanted.items() if value is not None}
