"""Values that only a configuration beside the weights states: they are used, or the model is refused."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.processes import flow
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from tests.helpers import tiny_stable, tiny_transformers
from tests.helpers.gguf_file import plain, write_gguf

UNET = {
    "_class_name": "UNet2DConditionModel", "act_fn": "silu", "norm_num_groups": 32, "norm_eps": 1e-5, "freq_shift": 0,
    "flip_sin_to_cos": True, "attention_head_dim": 8, "cross_attention_dim": 768, "block_out_channels": [64, 128],
    "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"], "num_attention_heads": None, "sample_size": 8,
}  # fmt: skip
VAE = {"_class_name": "AutoencoderKL", "act_fn": "silu", "norm_num_groups": 32, "scaling_factor": 0.18215}
TEXT = {"model_type": "clip_text_model", "hidden_size": 768, "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5}
SCHEDULER = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "num_train_timesteps": 1000}
QWEN_3 = {"model_type": "qwen3", "rms_norm_eps": 1e-6, "rope_parameters": {"rope_theta": 1e6, "rope_type": "default"}}
Z_IMAGE = {"_class_name": "ZImageTransformer2DModel", "rope_theta": 256.0, "axes_dims": [32, 48, 48]}
FLOW = {"_class_name": "FlowMatchEulerDiscreteScheduler"}
DYNAMIC = {"use_dynamic_shifting": True, "base_shift": 0.5, "max_shift": 1.15}
TOKENS = 64


def write_stable(name: str = "tiny", **stated: Mapping[str, Any]) -> Path:
    """Write a small Stable Diffusion folder with the configurations that diffusers writes."""
    folder = tiny_stable.write_folder(paths.models_dir() / name)
    for component, values in {"unet": UNET, "vae": VAE, "text_encoder": TEXT}.items():
        given = values | stated.get(component, {})
        (folder / component / "config.json").write_text(json.dumps(given), "utf-8")
    given = SCHEDULER | stated.get("scheduler", {})
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(given), "utf-8")
    return folder


def test_a_folder_with_the_usual_configurations_is_listed() -> None:
    write_stable(unet={"act_fn": "swish", "attention_head_dim": [8, 8]})
    library = Library()
    assert not library.refused() and library.card("tiny").base == "Stable Diffusion 1"


@pytest.mark.parametrize(
    ("component", "values"),
    [
        ("unet", {"norm_num_groups": 16}),
        ("unet", {"act_fn": "gelu"}),
        ("unet", {"attention_head_dim": 4}),
        ("unet", {"attention_head_dim": [4, 8]}),
        ("unet", {"num_attention_heads": 4}),
        ("unet", {"norm_eps": 1e-2}),
        ("unet", {"flip_sin_to_cos": False}),
        ("vae", {"norm_num_groups": 16}),
        ("text_encoder", {"hidden_act": "gelu"}),
        # No float is as large as these.
        ("unet", {"norm_num_groups": 10**400}),
        ("vae", {"norm_num_groups": -(10**400)}),
        ("text_encoder", {"layer_norm_eps": 10**400}),
    ],
)
def test_a_network_that_is_computed_otherwise_is_refused(component: str, values: Mapping[str, Any]) -> None:
    write_stable(**{component: values})
    (refused,) = Library().refused()
    (key,) = values
    assert refused.reason.startswith(f"tiny/{component}/config.json states {key} "), refused.reason


@pytest.mark.parametrize(
    ("copied", "values"),
    [
        ("unet/config.json", {"_class_name": "UNet2DConditionModel", "act_fn": "gelu"}),
        ("text_encoder/config.json", {"model_type": "clip_text_model", "layer_norm_eps": 1e-2}),
        ("scheduler/scheduler_config.json", {"trained_betas": [0.0001, 0.02]}),
    ],
)
def test_a_configuration_that_is_copied_after_the_weights_is_read(copied: str, values: Mapping[str, Any]) -> None:
    """Check the results of scans in memory and in the cache, for files that have not changed for an hour."""
    folder = tiny_stable.write_folder(paths.models_dir() / "tiny")
    (folder / copied).unlink(missing_ok=True)
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    library = Library()
    assert library.card("tiny") and not library.refused()
    (folder / copied).write_text(json.dumps(values), "utf-8")
    assert library.refresh() and [refused.path for refused in library.refused()] == [folder]
    (refused,) = Library().refused()
    assert refused.reason == library.refused()[0].reason
    (folder / copied).unlink()
    assert library.refresh() and library.card("tiny") and Library().card("tiny")


def test_a_control_net_beside_a_new_configuration_is_checked_again() -> None:
    """Check a single file with diffusers' name, while its configuration comes and goes."""
    folder = paths.models_dir() / "net"
    file = folder / "diffusion_pytorch_model.safetensors"
    folder.mkdir(parents=True)
    save_file(tiny_stable.control_net("sd1", "diffusers"), file)
    library = Library()
    assert not library.refused()
    for path in (file, folder):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    library.refresh()
    (folder / "config.json").write_text('{"_class_name": "ControlNetModel", "global_pool_conditions": true}', "utf-8")
    os.utime(folder, (1_700_000_000, 1_700_000_000))
    assert library.refresh() and len(library.refused()) == 1
    (folder / "config.json").unlink()
    os.utime(folder, (1_700_000_000, 1_700_000_000))
    assert library.refresh() and not library.refused()


@pytest.mark.parametrize(
    "values",
    [
        {"trained_betas": [0.0001, 0.02]},
        {"num_train_timesteps": 500},
        # Stable Diffusion XL that was trained by flow matching.
        {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0},
        {"_class_name": "UniPCMultistepScheduler", "use_flow_sigmas": True, "flow_shift": 3.0},
    ],
)
def test_another_noise_process_is_refused(values: Mapping[str, Any]) -> None:
    write_stable(scheduler=values)
    assert [each.reason for each in Library().refused()] == [
        "tiny uses an unsupported noise process; choose another model."
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"_class_name": "PNDMScheduler", "skip_prk_steps": True, "trained_betas": None, "steps_offset": 1},
        {"_class_name": "EulerAncestralDiscreteScheduler", "timestep_spacing": "trailing", "sample_max_value": 1.0},
        {"_class_name": "LCMScheduler", "original_inference_steps": 50, "clip_sample": False, "thresholding": False},
        {"_class_name": "DPMSolverMultistepScheduler", "use_karras_sigmas": True, "use_flow_sigmas": False},
        {"_class_name": "DDIMScheduler", "clip_sample": True, "set_alpha_to_one": True},
    ],
)
def test_what_only_a_sampler_needs_is_not_refused(values: Mapping[str, Any]) -> None:
    write_stable(scheduler=values)
    library = Library()
    card = library.card("tiny")
    assert not library.refused() and card.prediction == "epsilon"
    assert card.process_numbers["options"] == {"beta_start": 0.00085, "beta_end": 0.012}


def test_the_listing_follows_a_changed_configuration() -> None:
    folder = write_stable()
    library = Library()
    assert not library.refused()
    (folder / "text_encoder" / "config.json").write_text(json.dumps(TEXT | {"hidden_act": "gelu"}), "utf-8")
    library.refresh()
    assert len(library.refused()) == 1


@pytest.mark.slow
def test_a_vae_of_another_folder_brings_its_scale() -> None:
    """The latents of an autoencoder are multiplied by its own scale, whichever model uses it."""
    own = write_stable("own", vae={"scaling_factor": 0.3})
    write_stable("tiny")
    alone = paths.models_dir() / "alone"
    (own / "vae").rename(alone)
    write_stable("own2", vae={"scaling_factor": 0.3})
    library = Library()
    given = {"prompt": "a house", "seed": 3, "steps": 2, "size": (64, 64)}
    expected = _image(library, model="own2", **given)
    assert np.array_equal(_image(library, model="tiny", vae="alone", **given), expected)
    assert not np.array_equal(_image(library, model="tiny", **given), expected)


@pytest.mark.slow
def test_a_vae_that_states_nothing_has_the_scale_of_its_kind() -> None:
    """The scale in a model's folder is that of the autoencoder beside it."""
    write_stable("other", vae={"scaling_factor": 0.3})
    own = write_stable("own")
    alone = paths.models_dir() / "alone"
    (own / "vae").rename(alone)
    (alone / "config.json").unlink()
    write_stable("usual")
    library = Library()
    given = {"prompt": "a house", "seed": 3, "steps": 2, "size": (64, 64), "vae": "alone"}
    expected = _image(library, model="usual", **given)
    assert np.array_equal(_image(library, model="other", **given), expected)
    assert not np.array_equal(_image(library, model="other", **{**given, "vae": ""}), expected)


@pytest.mark.parametrize(
    ("kind", "stated", "shift"),
    [
        ("z-image", {"shift": 3.0}, 3.0),
        ("z-image", {"shift": 6.0}, 6.0),
        ("z-image", DYNAMIC, math.exp(0.5 + 0.65 * (TOKENS - 256) / 3840)),
        ("flux1 dev", {"shift": 3.0, **DYNAMIC}, math.exp(0.5 + 0.65 * (TOKENS - 256) / 3840)),
        ("flux1 dev", {**DYNAMIC, "base_shift": 1.0, "max_shift": 2.0}, math.exp(1 + (TOKENS - 256) / 3840)),
        ("flux1 dev", {**DYNAMIC, "time_shift_type": "linear"}, 0.5 + 0.65 * (TOKENS - 256) / 3840),
        ("flux1 dev", {"shift": 2.0}, 2.0),
        ("sd3", {"shift": 5.0}, 5.0),
        ("krea 2", {**DYNAMIC, "max_image_seq_len": 6400}, math.exp(0.5 + 0.65 * (TOKENS - 256) / 6144)),
        ("krea 2", DYNAMIC, math.exp(0.5 + 0.65 * (TOKENS - 256) / 3840)),
        ("krea 2", {"shift": 2.0}, 2.0),
        ("krea 2 turbo", {**DYNAMIC, "max_image_seq_len": 6400}, math.exp(1.15)),
        ("krea 2 turbo", {"shift": 2.0}, 2.0),
        ("ernie-image", {"shift": 3.0}, 3.0),
        ("klein", {"shift": 3.0}, 3.0),
    ],
)
def test_the_scheduler_of_a_folder_states_the_shift(kind: str, stated: Mapping[str, Any], shift: float) -> None:
    """The shift is that of diffusers: calculate_shift and FlowMatchEulerDiscreteScheduler.set_timesteps."""
    folder = write_flow(kind, stated)
    if kind == "krea 2 turbo":
        index = json.loads((folder / "model_index.json").read_text("utf-8"))
        index |= {"_class_name": "Krea2Pipeline", "is_distilled": True}
        (folder / "model_index.json").write_text(json.dumps(index), "utf-8")
    card = Library().card("tiny")
    numbers = card.for_request(replace(card.default_request(), size=(128, 128), steps=5)).process_numbers
    assert numbers["shift"] == pytest.approx(shift, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "stated"),
    [
        ("flux1 dev", DYNAMIC),
        ("flux1 schnell", {"shift": 1.0}),
        ("sd3", {"shift": 3}),
        ("z-image", {"shift": 3.0, "use_dynamic_shifting": False}),
        ("lumina 2", {"shift": 6.0}),
        ("qwen-image", {**DYNAMIC, "max_shift": 0.9, "max_image_seq_len": 8192, "shift_terminal": 0.02}),
        ("krea 2", {**DYNAMIC, "max_image_seq_len": 6400}),
        ("ernie-image", {"shift": 4.0}),
        ("klein", DYNAMIC),
        ("flux2 dev", DYNAMIC),
        ("ideogram 4", {"shift": 1.0}),
    ],
)
def test_a_schedule_that_states_what_the_kind_has_changes_nothing(kind: str, stated: Mapping[str, Any]) -> None:
    tiny_transformers.write_folder(paths.models_dir() / "plain", kind)
    write_flow(kind, {"shift": 3.0, **stated})
    library = Library()
    plain, stating = library.card("plain"), library.card("tiny")
    assert (plain.shift, plain.process_numbers) == (stating.shift, stating.process_numbers)
    assert plain.defaults == stating.defaults


@pytest.mark.parametrize(
    ("kind", "stated", "times"),
    [
        # From the time 1 to 0.001, which Stable Diffusion 3's pipeline does not round.
        ("sd3", DYNAMIC, [1.0, 0.5005, 0.001]),
        ("flux1 dev", DYNAMIC, [1.0, 2 / 3, 1 / 3]),
    ],
)
def test_a_shift_by_size_keeps_the_times_of_the_pipeline(
    kind: str, stated: Mapping[str, Any], times: list[float]
) -> None:
    """The times are those of FlowMatchEulerDiscreteScheduler.set_timesteps with the pipeline's sigmas, or none."""
    write_flow(kind, stated)
    card = Library().card("tiny")
    request = replace(card.default_request(), size=(128, 128), steps=3)
    path = card.points(forward_process(card.for_request(request)), request.spacing, 3)
    shift = math.exp(0.5 + 0.65 * (TOKENS - 256) / 3840)
    expected = [shift * time / (1 + (shift - 1) * time) for time in times]
    assert [level.sigma for level in path] == pytest.approx([*expected, 0.0], rel=1e-6)


@pytest.mark.parametrize(
    ("kind", "stated", "times"),
    [
        ("flux1 dev", {**DYNAMIC, "use_karras_sigmas": True}, [1.0, 0.7458771, 0.5492464, 0.3988326, 0.2852036]),
        ("flux1 dev", {**DYNAMIC, "use_beta_sigmas": True}, [1.0, 0.8744243, 0.6426018, 0.4107793, 0.2852036]),
        ("z-image", {"shift": 3.0, "use_exponential_sigmas": True}, [1.0, 0.8091067, 0.6546537, 0.5296847, 0.4285715]),
        # Its pipeline gives the scheduler no times.
        ("sd3", {"shift": 3.0, "use_karras_sigmas": True}, [1.0, 0.4003215, 0.1395991, 0.0403727, 0.0089286]),
        (
            "qwen-image",
            {**DYNAMIC, "max_shift": 0.9, "max_image_seq_len": 8192, "shift_terminal": 0.02, "use_beta_sigmas": True},
            [1.0, 0.8278332, 0.51, 0.1921668, 0.02],
        ),
        ("klein", {**DYNAMIC, "use_exponential_sigmas": True}, [1.0, 0.8928139, 0.7971166, 0.7116768, 0.6353949]),
    ],
)
def test_a_scheduler_states_the_distribution_of_the_times(
    kind: str, stated: Mapping[str, Any], times: list[float]
) -> None:
    """The times are those of FlowMatchEulerDiscreteScheduler in diffusers 0.42, with the sigmas of the pipelines."""
    write_flow(kind, stated)
    card = Library().card("tiny")
    request = replace(card.default_request(), size=(128, 128), steps=5)
    path = card.points(forward_process(card.for_request(request)), request.spacing, 5)
    assert [level.sigma for level in path] == pytest.approx([*times, 0.0], abs=2e-6)


def test_stochastic_sampling_is_that_of_the_scheduler() -> None:
    """Check a step of FlowMatchEulerDiscreteScheduler with `stochastic_sampling`: (1 − t′)·x0 + t′·noise."""
    write_flow("flux1 schnell", {"shift": 1.0, "stochastic_sampling": True})
    card = Library().card("tiny")
    assert card.default_request().sampler == "lcm"
    path = flow(4).path("trailing", 4)
    steps = SAMPLERS["lcm"].fn(lambda x, at: 0.5 * x, np.full(3, 2.0), path, lambda step, x: np.full(3, 10.0))
    assert next(iter(steps)).x == pytest.approx(np.full(3, 0.25 * 1 + 0.75 * 10))


@pytest.mark.parametrize(
    ("kind", "stated"), [("flux1 dev", {"invert_sigmas": True}), ("ideogram 4", {"use_karras_sigmas": True})]
)
def test_a_schedule_that_is_not_supported_is_refused(kind: str, stated: Mapping[str, Any]) -> None:
    write_flow(kind, stated)
    (refused,) = Library().refused()
    assert refused.reason == "tiny uses an unsupported noise process; choose another model."


def test_a_steep_shift_is_limited() -> None:
    write_flow("z-image", {**DYNAMIC, "base_image_seq_len": 4095.9999999})
    card = Library().card("tiny")
    request = replace(card.default_request(), size=(2048, 2048))
    path = card.points(forward_process(card.for_request(request)), request.spacing, request.steps)
    assert [path[0].sigma, path[-1].sigma] == [1, 0] and path[-2].sigma == pytest.approx(1)


@pytest.mark.parametrize(
    "stated",
    [
        {"shift": 0},
        {"shift": "x"},
        {"shift": 10**400},
        {"shift": 3.0, "shift_terminal": 1},
        {**DYNAMIC, "max_image_seq_len": 256},
        {**DYNAMIC, "base_shift": 1e5},
        {**DYNAMIC, "base_shift": -1.0, "time_shift_type": "linear"},
        {**DYNAMIC, "time_shift_type": "cubic"},
        {"shift": 3.0, "use_karras_sigmas": True, "use_beta_sigmas": True},
    ],
)
def test_a_damaged_schedule_is_refused(stated: Mapping[str, Any]) -> None:
    write_flow("z-image", stated)
    (refused,) = Library().refused()
    assert refused.reason == "scheduler/scheduler_config.json of tiny is damaged; copy or download the model again."


@pytest.mark.parametrize(
    ("component", "values"),
    [
        ("text_encoder", QWEN_3 | {"rope_parameters": {"rope_theta": 5e6, "rope_type": "default"}}),
        ("text_encoder", {"model_type": "qwen3", "rope_theta": 5e6}),
        ("transformer", Z_IMAGE | {"rope_theta": 512.0}),
    ],
)
def test_a_transformer_that_is_computed_otherwise_is_refused(component: str, values: Mapping[str, Any]) -> None:
    folder = write_flow("z-image", {"shift": 3.0})
    for name, usual in {"text_encoder": QWEN_3, "transformer": Z_IMAGE}.items():
        (folder / name / "config.json").write_text(json.dumps(usual), "utf-8")
    assert not Library().refused()
    (folder / component / "config.json").write_text(json.dumps(values), "utf-8")
    (refused,) = Library().refused()
    assert refused.reason.startswith(f"tiny/{component}/config.json states rope_theta "), refused.reason


@pytest.mark.parametrize(
    ("kind", "network", "key", "usual", "other"),
    [
        ("klein", "Flux2Transformer2DModel", "rope_theta", 2000, 10000),
        ("krea 2", "Krea2Transformer2DModel", "axes_dims_rope", [32, 48, 48], [64, 32, 32]),
        ("ernie-image", "ErnieImageTransformer2DModel", "rope_theta", 256, 10000),
        ("ideogram 4", "Ideogram4Transformer2DModel", "mrope_section", [24, 20, 20], [32, 16, 16]),
        ("qwen-image", "QwenImageTransformer2DModel", "use_layer3d_rope", False, True),
    ],
)
def test_a_value_that_no_shape_shows_is_compared(kind: str, network: str, key: str, usual: Any, other: Any) -> None:
    file = tiny_transformers.write_folder(paths.models_dir() / "tiny", kind) / "transformer" / "config.json"
    for value in (usual, other):
        file.write_text(json.dumps({"_class_name": network, key: value}), "utf-8")
        found = [each.reason for each in Library().refused() if f"config.json states {key} " in each.reason]
        assert bool(found) == (value is other)


def test_the_configuration_of_a_text_encoder_beside_an_image_encoder_is_compared() -> None:
    file = tiny_transformers.write_folder(paths.models_dir() / "tiny", "qwen-image") / "text_encoder" / "config.json"
    for base in (1e6, 1e4):
        text = {"model_type": "qwen2_5_vl_text", "rope_parameters": {"rope_theta": base, "rope_type": "default"}}
        file.write_text(json.dumps({"model_type": "qwen2_5_vl", "text_config": text}), "utf-8")
        found = [each.reason for each in Library().refused() if "states rope_theta 10000.0" in each.reason]
        assert bool(found) == (base == 1e4)


@pytest.mark.parametrize(
    "stated",
    [
        {"model_type": "qwen3", "rope_theta": 1e6, "rope_scaling": {"rope_type": "yarn", "factor": 4.0}},
        QWEN_3 | {"rope_parameters": {"rope_theta": 1e6, "rope_type": "yarn", "factor": 4.0}},
    ],
)
def test_scaled_rotary_frequencies_are_refused(stated: Mapping[str, Any]) -> None:
    folder = write_flow("z-image", {"shift": 3.0})
    (folder / "text_encoder" / "config.json").write_text(json.dumps(stated), "utf-8")
    (refused,) = Library().refused()
    assert refused.reason.startswith("tiny/text_encoder/config.json states rope_type yarn, "), refused.reason


@pytest.mark.parametrize("base", [1e6, 5e6])
def test_a_gguf_file_states_the_base_of_the_rotary_frequencies(base: float) -> None:
    """Qwen3 4B has the base 1,000,000, and Qwen3 4B Instruct 2507, with the same shapes, 5,000,000."""
    weights = tiny_transformers.components("z-image")["text_encoder"]
    file = paths.models_dir() / "qwen.gguf"
    write_gguf(file, {name: plain(each) for name, each in weights.items()}, architecture="qwen3", rope_base=base)
    reasons = [refused.reason for refused in Library().refused()]
    if base == 1e6:
        assert not reasons
    else:
        assert reasons == [
            "qwen.gguf states the base 5e+06 of the rotary frequencies, which is not supported: models of its kind "
            "have 1e+06; choose another model."
        ]


@pytest.mark.parametrize(
    ("component", "values"),
    [("text_encoder", QWEN_3 | {"rms_norm_eps": 1e-5}), ("vae", VAE | {"norm_num_groups": 16})],
)
def test_a_lone_part_that_is_computed_otherwise_is_refused(component: str, values: Mapping[str, Any]) -> None:
    folder = write_flow("z-image", {"shift": 3.0})
    alone = paths.models_dir() / "alone"
    (folder / component).rename(alone)
    shutil.rmtree(folder)
    assert not Library().refused()
    (alone / "config.json").write_text(json.dumps(values), "utf-8")
    key = "rms_norm_eps" if component == "text_encoder" else "norm_num_groups"
    (refused,) = Library().refused()
    assert f"alone/config.json states {key} " in refused.reason


def write_flow(kind: str, stated: Mapping[str, Any]) -> Path:
    """Write a small diffusion transformer's folder with a scheduler."""
    folder = tiny_transformers.write_folder(paths.models_dir() / "tiny", kind)
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(FLOW | stated), "utf-8")
    return folder


def _image(library: Library, **given: Any) -> np.ndarray:
    request = replace(library.card(given["model"]).default_request(), **given)
    (found,) = (event.rgba for event in generate(request, library) if isinstance(event, Result))
    return found
