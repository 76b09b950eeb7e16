"""Adapters: every kind in every spelling equals PEFT's, leaves the network unchanged, and is validated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.adapted_network import apply_adapters
from gdm_studio.models.adapters.adapter_detection import AdapterCard, adapter_card, is_adapter
from gdm_studio.models.adapters.adapter_file import AdapterDeltas, adapter_deltas, read_adapter
from gdm_studio.models.adapters.embedding import is_embedding, read_embedding
from gdm_studio.models.adapters.layer_names import layer_name_spellings
from gdm_studio.models.adapters.lookup import find_adapter
from gdm_studio.models.adapters.lora_weight_deltas import LowRank
from gdm_studio.models.families.stable_diffusion import architecture, weight_names
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.files.header import Header
from gdm_studio.models.importer import import_model
from gdm_studio.models.model_library import Library
from gdm_studio.networks.stable_diffusion.clip import ClipConfig, ClipText
from gdm_studio.networks.stable_diffusion.unet import UNet, UNetConfig, sinusoidal
from tests.helpers.tiny_stable import flattened
from tests.parity.weights import inputs, weights

DATA = Path(__file__).parents[1] / "data" / "parity"
with np.load(DATA / "adapters.npz") as _stored:
    ANSWERS = {name: torch.from_numpy(_stored[name]) for name in _stored.files if name != "about"}
    CASES: dict[str, Any] = json.loads(str(_stored["about"]))["cases"]
with np.load(DATA / "networks.npz") as _stored:
    SHAPES: dict[str, Any] = json.loads(str(_stored["about"]))["shapes"]
SDXL = UNetConfig(
    widths=(1, 2, 4), down=((0, 0), (2, 2), (10, 10)), middle=10, up=((0, 0, 0), (2, 2, 2), (10, 10, 10)),
    context=2048, heads=0, vector=2816,
)  # fmt: skip
KINDS = {
    "lora": ("LoRA",), "locon": ("LoRA", "LoCon"), "dora": ("LoRA", "LoCon", "DoRA"), "loha": ("LoHa",),
    "loha_tucker": ("LoHa",), "lokr": ("LoKr",), "lokr_both": ("LoKr",), "lokr_tucker": ("LoKr",), "stacked": ("LoRA",),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_unet_with_adapters_equals_peft(case: str, tmp_path: Path) -> None:
    unet, told = unet_of(CASES[case]["unet"]), CASES[case]["adapters"]
    before, plain = digest(unet), plain_answer(CASES[case]["unet"])
    fits = []
    for place, each in enumerate(told):
        file = tmp_path / f"{place}.safetensors"
        save_file(with_alphas(tensors_of(case, place), each["alpha"]), file)
        fits.append((adapter_deltas(read_adapter(file), {"unet": unet}), each["strength"]))
    assert fits[0][0].adapter.kinds == KINDS[case] and not any(fit.report for fit, _ in fits)
    changed = apply_adapters(unet, [(fit.deltas["unet"], strength) for fit, strength in fits])
    theirs = ANSWERS[case]
    # The sines of timesteps are computed in fp32, and their last bits differ by processor.
    assert (answer(changed) - theirs).abs().max() < 2e-6 * theirs.abs().max()
    assert (plain - theirs).abs().max() > 1e-3 * theirs.abs().max(), "the adapter does nothing"
    assert digest(unet) == before and set(unet.modules()).isdisjoint(m for m in changed.modules() if hasattr(m, "up"))
    shared = {weight.data_ptr() for weight in unet.parameters()}
    assert {weight.data_ptr() for weight in changed.parameters()} == shared, "a copy of the model"
    assert apply_adapters(unet, [(fits[0][0].deltas["unet"], 0.0)]) is unet


def test_all_spellings_of_an_adapter_are_equal(tmp_path: Path) -> None:
    unet, given = unet_of("sd1"), tensors_of("lora", 0)
    ours = weight_names.unet_from_diffusers(SHAPES["sd1"])

    def respelt(prefix: str, down: str, up: str, *, single_file: bool = False, underscores: bool = False) -> Any:
        found = {}
        for name, values in given.items():
            layer, _, side = name.partition(".lora_")
            if single_file:
                layer = ours[f"{layer}.weight"].removesuffix(".weight")
            layer = layer.replace(".", "_") if underscores else layer
            found[prefix + layer + (down if side.startswith("A") else up)] = values
        return found

    processors = {}
    for name, values in respelt("unet.", "_lora.down.weight", "_lora.up.weight").items():
        for attention in ("attn1", "attn2"):
            name = name.replace(f".{attention}.to_", f".{attention}.processor.to_").replace("to_out.0_", "to_out_")
        processors[name if ".processor." in name else name.replace("_lora.", ".lora.")] = values
    kohya = (".lora_down.weight", ".lora_up.weight")
    files = [
        respelt("unet.", ".lora_A.weight", ".lora_B.weight"),
        respelt("base_model.model.", ".lora_A.default.weight", ".lora_B.default.weight"),
        respelt("unet.", ".lora.down.weight", ".lora.up.weight"),
        processors,
        dict(zip(CASES["lora"]["adapters"][0]["kohya"], given.values(), strict=True)),
        respelt("lora_unet_", *kohya, single_file=True, underscores=True),
        respelt("diffusion_model.", *kohya, single_file=True),
    ]
    expected = None
    for tensors in files:
        fit = fit_of(tensors, tmp_path, unet=unet)
        assert not fit.report and fit.adapter.base == "Stable Diffusion 1" and fit.adapter.rank == 4
        matrices = {name: delta.matrix(torch.zeros(0)) for name, delta in fit.deltas["unet"].items()}
        expected = expected or matrices
        assert matrices.keys() == expected.keys() and len(matrices) == len(given) // 2
        assert all(torch.equal(matrices[name], expected[name]) for name in matrices)


def test_magnitudes_are_recognised_by_kohya_names_of_diffusers(tmp_path: Path) -> None:
    """Read a DoRA as `convert_state_dict_to_kohya` of diffusers 0.42.1 names it."""
    given, unet = tensors_of("dora", 0), unet_of("sd1")
    theirs = {}
    for name, values in given.items():
        layer, _, part = name.removesuffix(".weight").rpartition(".lora_")
        block, _, last = layer.rpartition(".")
        ends = {"A": f"_{last}.lora_down.weight", "B": f"_{last}.lora_up.weight"}
        theirs[f"lora_unet_{block.replace('.', '_')}{ends.get(part, f'.{last}.lora_magnitude_vector')}"] = values
    expected, fit = (fit_of(tensors, tmp_path, unet=unet) for tensors in (given, theirs))
    assert not fit.report and fit.adapter.kinds == expected.adapter.kinds and "DoRA" in fit.adapter.kinds
    assert fit.deltas["unet"].keys() == expected.deltas["unet"].keys()
    for name, delta in fit.deltas["unet"].items():
        weight = unet.get_parameter(name).flatten(1)
        assert torch.equal(delta.matrix(weight), expected.deltas["unet"][name].matrix(weight))


def test_convolutions_are_recognised_by_kohya_names_of_diffusers(tmp_path: Path) -> None:
    given, unet = tensors_of("locon", 0), unet_of("sdxl")
    theirs = fit_of(given, tmp_path, unet=unet)
    fit = fit_of(dict(zip(CASES["locon"]["adapters"][0]["kohya"], given.values(), strict=True)), tmp_path, unet=unet)
    assert not fit.report and fit.deltas["unet"].keys() == theirs.deltas["unet"].keys()


@pytest.mark.parametrize("config", [UNetConfig(), SDXL])
def test_names_of_diffusers_are_mapped_back(config: UNetConfig) -> None:
    ours = list(weights_of(config))
    theirs = weight_names.unet_to_diffusers(ours)
    assert theirs.keys() == set(ours)
    assert weight_names.unet_from_diffusers(theirs.values()) == {theirs[name]: name for name in ours}


def test_names_of_published_adapters_are_recognised() -> None:
    with torch.device("meta"):
        text = [name for name, _ in ClipText(ClipConfig(layers=2, projection=8)).named_modules()]
    old, new = (
        layer_name_spellings(
            "unet", [name.removesuffix(".weight") for name in weights_of(config) if name.endswith(".weight")]
        )
        for config in (UNetConfig(), SDXL)
    )
    block = "transformer_blocks_0"
    assert old[f"lora_unet_down_blocks_0_attentions_1_{block}_attn1_to_out_0"].startswith("input_blocks.2.1.")
    assert old[f"lora_unet_up_blocks_3_attentions_2_{block}_ff_net_0_proj"].startswith("output_blocks.11.1.")
    assert old["lora_unet_up_blocks_0_upsamplers_0_conv"] == "output_blocks.2.1.conv"
    assert old["lora_unet_down_blocks_2_downsamplers_0_conv"] == "input_blocks.9.0.op"
    assert old["lora_unet_mid_block_resnets_1_time_emb_proj"] == "middle_block.2.emb_layers.1"
    assert old["down_blocks.1.attentions.0.transformer_blocks.0.attn2.processor.to_out"].endswith("attn2.to_out.0")
    assert new["lora_unet_input_blocks_4_1_transformer_blocks_1_attn2_to_k"].startswith("input_blocks.4.1.")
    assert new["lora_unet_down_blocks_1_attentions_0_proj_in"] == "input_blocks.4.1.proj_in"
    assert new["lora_unet_output_blocks_2_2_conv"] == "output_blocks.2.2.conv"
    assert new["unet.add_embedding.linear_1"] == "label_emb.0.0"
    attention = "layers.1.self_attn.out_proj"
    for part, prefixes in (("text_encoder", ("lora_te", "lora_te1")), ("text_encoder_2", ("lora_te2",))):
        found = layer_name_spellings(part, text)  # type: ignore[arg-type]
        assert {found[f"{each}_text_model_encoder_layers_1_self_attn_out_proj"] for each in prefixes} == {attention}
        assert found[f"{part}.text_model.encoder.{attention}"] == found[f"{part}.encoder.{attention}"] == attention
        assert found[f"{part}.text_model.encoder.layers.1.self_attn.to_out"] == attention
        assert found[f"{part}.text_projection"] == "text_projection"


def test_each_network_gets_its_own_part_and_strength(tmp_path: Path) -> None:
    """Check two text encoders; differences of weights, biases and norms; DoRA by input; and Tucker's form."""
    with torch.device("meta"):
        text = ClipText(ClipConfig(width=64, layers=1, heads=1, vocabulary=9))
    given = weights({name: tuple(weight.shape) for name, weight in text.state_dict().items()})
    text.load_state_dict(given, assign=True)
    unet = unet_of("sd1")
    fc1, norm = "lora_te1_text_model_encoder_layers_0_mlp_fc1", "lora_te1_text_model_encoder_layers_0_layer_norm1"
    shapes = {f"{fc1}.diff": (256, 64), f"{fc1}.diff_b": (256,), f"{norm}.w_norm": (64,), f"{norm}.b_norm": (64,)}
    second = "lora_te2_text_model_encoder_layers_0_mlp_fc2"
    shapes |= {f"{second}.lora_down.weight": (3, 256), f"{second}.lora_up.weight": (64, 3)}
    shapes |= {f"{second}.dora_scale": (1, 256)}
    conv = "lora_unet_input_blocks_1_0_in_layers_2"
    shapes |= {f"{conv}.lora_down.weight": (2, 32, 1, 1), f"{conv}.lora_up.weight": (32, 5, 1, 1)}
    shapes |= {f"{conv}.lora_mid.weight": (5, 2, 3, 3), f"{conv}.alpha": ()}
    tensors = {name: values.float() for name, values in weights(shapes).items()} | {f"{conv}.alpha": torch.tensor(4.0)}
    fit = fit_of(tensors, tmp_path, unet=unet, text_encoder=text, text_encoder_2=text)
    assert fit.report == "" and fit.adapter.base == "SDXL"
    assert fit.adapter.kinds == ("LoRA", "LoCon", "DoRA", "differences")

    first = dict(apply_adapters(text, [(fit.deltas["text_encoder"], 0.5)]).named_parameters())
    expected = given["layers.0.layer_norm1.weight"] + 0.5 * tensors[f"{norm}.w_norm"].double()
    assert torch.equal(first["layers.0.layer_norm1.weight"], expected)
    x = inputs("x", 3, 64)
    changed = apply_adapters(text, [(fit.deltas["text_encoder"], 0.5), (fit.deltas["text_encoder"], 1.5)])
    weight = given["layers.0.mlp.fc1.weight"] + 2 * tensors[f"{fc1}.diff"].double()
    bias = given["layers.0.mlp.fc1.bias"] + 2 * tensors[f"{fc1}.diff_b"].double()
    assert close(changed.get_submodule("layers.0.mlp.fc1")(x), x @ weight.T + bias)

    up, down = (tensors[f"{second}.lora_{side}.weight"].double() for side in ("up", "down"))
    lengths = tensors[f"{second}.dora_scale"].double()
    own = given["layers.0.mlp.fc2.weight"]
    whole = own + up @ down
    whole = whole / whole.norm(dim=0, keepdim=True) * lengths
    changed = apply_adapters(text, [(fit.deltas["text_encoder_2"], 0.5)])
    x = inputs("x", 3, 256)
    told = x @ (own + 0.5 * (whole - own)).T + given["layers.0.mlp.fc2.bias"]
    assert close(changed.get_submodule("layers.0.mlp.fc2")(x), told)

    layer = unet.get_submodule("input_blocks.1.0.in_layers.2")
    x = inputs("x", 1, 32, 4, 6)
    parts = [tensors[f"{conv}.lora_{part}.weight"].double() for part in ("down", "mid", "up")]
    beside = nn.functional.conv2d(nn.functional.conv2d(x, parts[0]), parts[1], padding=1)
    told = layer(x) + 4 / 2 * nn.functional.conv2d(beside, parts[2])
    changed = apply_adapters(unet, [(fit.deltas["unet"], 1.0)])
    assert close(changed.get_submodule("input_blocks.1.0.in_layers.2")(x), told)


def test_large_and_small_images_get_the_same_change(tmp_path: Path) -> None:
    """Check that the layer for small inputs equals the merged weight for large ones."""
    unet = unet_of("sd1")
    conv = "lora_unet_down_blocks_0_downsamplers_0_conv"
    tensors = {**pair(conv, (32, 3, 1, 1), (3, 32, 3, 3)), **pair(QUERY, (32, 4), (4, 32))}
    fit = fit_of({name: inputs(name, *values.shape) for name, values in tensors.items()}, tmp_path, unet=unet)
    changed = apply_adapters(unet, [(fit.deltas["unet"], 0.5)])
    for name, delta in fit.deltas["unet"].items():
        place = name.removesuffix(".weight")
        layer = unet.get_submodule(place)
        exact = layer.weight + 0.5 * delta.matrix(torch.zeros(0)).view(layer.weight.shape)  # type: ignore[operator]
        for side in (4, 24):
            x = inputs("x", 3, 32, side, side) if layer.weight.ndim == 4 else inputs("x", 3, side**2, 32)
            with torch.no_grad():
                expected = torch.func.functional_call(layer, {"weight": exact}, (x,))
                assert close(changed.get_submodule(place)(x), expected)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_changes_are_as_exact_as_their_factors(dtype: torch.dtype, tmp_path: Path) -> None:
    """Check that low-rank factors are as exact as the weights, and that everything else is rounded once."""
    unet, nothing = unet_of("sd1", dtype), torch.zeros(0)
    for case in ("lora", "loha"):
        fit = fit_of(with_alphas(tensors_of(case, 0), CASES[case]["adapters"][0]["alpha"]), tmp_path, unet=unet)
        changed = apply_adapters(unet, [(fit.deltas["unet"], 0.3), (fit.deltas["unet"], 0.7)])
        for name, delta in list(fit.deltas["unet"].items())[:6]:
            own = unet.get_parameter(name)
            made: Tensor = changed.get_submodule(name.removesuffix(".weight")).weight()  # type: ignore[operator]
            assert made.dtype == dtype and made.shape == own.shape
            exact = own.flatten(1).double() + delta.matrix(nothing).double()
            allowed = exact.abs()
            if isinstance(delta, LowRank):
                up, down = delta.factors()
                allowed = allowed + 2 * (up.abs() @ down.abs())
            error = (made.flatten(1).double() - exact).abs()
            assert (error <= torch.finfo(dtype).eps * allowed + torch.finfo(dtype).tiny).all()


def test_alphas_in_the_header_are_read(tmp_path: Path) -> None:
    given = {f"unet.{name}": values for name, values in tensors_of("lora", 0).items()}
    some = next(iter(given)).removeprefix("unet.").partition(".lora_")[0]
    for config, scales in (({}, (8, 8)), ({"alpha_pattern": {some: 2}}, (2, 8)), ({"use_rslora": True}, (16, 16))):
        told = {f"unet.{key}": value for key, value in ({"lora_alpha": 8, "r": 4} | config).items()}
        metadata = {"lora_adapter_metadata": json.dumps(told)}
        deltas = fit_of(given, tmp_path, metadata, unet=unet_of("sd1")).deltas["unet"]
        assert tuple(delta.scale for delta in list(deltas.values())[:2]) == tuple(scale / 4 for scale in scales)  # type: ignore[attr-defined]
    for told in ('{"unet.lora_alpha": "much"}', '{"unet.lora_alpha": 1e400}', '["unet.lora_alpha"]', "{"):
        with pytest.raises(ModelError, match="damaged"):
            fit_of(given, tmp_path, {"lora_adapter_metadata": told}, unet=unet_of("sd1"))


@pytest.mark.parametrize("layer", ["attn1.to_q", "attn1.to_out.0"])
def test_the_bias_of_a_peft_lora_is_scaled_like_its_factors(layer: str, tmp_path: Path) -> None:
    """Check LoRAs of PEFT with `lora_bias=True` on layers without and with a bias of their own."""
    unet, theirs = unet_of("sd1"), f"down_blocks.0.attentions.0.transformer_blocks.0.{layer}"
    ours = f"input_blocks.1.1.transformer_blocks.0.{layer}"
    shapes = {f"unet.{theirs}.lora_A.weight": (4, 32), f"unet.{theirs}.lora_B.weight": (32, 4)}
    given = {name: inputs(name, *shape) for name, shape in {**shapes, f"unet.{theirs}.lora_B.bias": (32,)}.items()}
    down, up, bias = given.values()
    told = {"lora_adapter_metadata": json.dumps({"unet.lora_alpha": 2, "unet.lora_bias": True})}
    fit = fit_of(given, tmp_path, told, unet=unet)
    assert not fit.report
    changed = apply_adapters(unet, [(fit.deltas["unet"], 0.7)])
    own = unet.get_submodule(ours)
    for side in (2, 24):
        x = inputs("x", 3, side**2, 32)
        with torch.no_grad():
            expected = own(x) + 0.7 * 2 / 4 * (x @ down.T @ up.T + bias)
            assert close(changed.get_submodule(ours)(x), expected)
    assert (own.bias is None) == layer.endswith("to_q"), "the network itself is unchanged"
    with pytest.raises(ModelError, match="does not fit"):
        fit_of({**given, f"unet.{theirs}.lora_B.bias": torch.ones(31)}, tmp_path, told, unet=unet)
    with pytest.raises(ModelError, match="is damaged"):
        fit_of({f"unet.{theirs}.lora_B.bias": bias}, tmp_path, told, unet=unet)


@pytest.mark.parametrize("strength", [1.0, 0.6])
@pytest.mark.parametrize("prefix", ["unet.", "base_model.model."])
def test_whole_weights_of_peft_replace_those_of_the_model(prefix: str, strength: float, tmp_path: Path) -> None:
    """Check PEFT's `modules_to_save` and `bias="lora_only"`: W + strength·(W′ − W), which `merge_and_unload` computes
    at strength 1.
    """
    unet, theirs = unet_of("sd1"), "down_blocks.0.attentions.0.transformer_blocks.0"
    ours = {
        "conv_out.weight": "out.2.weight",
        "conv_out.bias": "out.2.bias",
        "conv_norm_out.weight": "out.0.weight",
        f"{theirs}.attn1.to_out.0.base_layer.bias": "input_blocks.1.1.transformer_blocks.0.attn1.to_out.0.bias",
        f"{theirs}.attn1.to_q.weight": "input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight",
    }
    whole = {name: inputs(name, *unet.get_parameter(own).shape) for name, own in ours.items()}
    layer = f"{theirs}.attn1.to_out.0"
    factors = {f"{layer}.lora_A.weight": inputs("A", 4, 32), f"{layer}.lora_B.weight": inputs("B", 32, 4)}
    given = {f"{prefix}{name}": values for name, values in {**whole, **factors}.items()}
    fit = fit_of(given, tmp_path, unet=unet)
    assert not fit.report and fit.adapter.kinds == ("LoRA",)
    changed = apply_adapters(unet, [(fit.deltas["unet"], strength)])
    expected = unet.state_dict()
    for name, own in ours.items():
        expected[own] = expected[own] + strength * (whole[name] - expected[own])
    expected[ours[f"{layer}.base_layer.bias"].replace("bias", "weight")] = expected[
        ours[f"{layer}.base_layer.bias"].replace("bias", "weight")
    ] + strength * (factors[f"{layer}.lora_B.weight"] @ factors[f"{layer}.lora_A.weight"])
    merged = UNet(unet.config)
    merged.load_state_dict(expected, assign=True)
    assert close(answer(changed), answer(merged.eval().requires_grad_(False)))
    assert not close(answer(unet), answer(merged))
    with pytest.raises(ModelError, match="does not fit"):
        fit_of({**given, f"{prefix}conv_out.bias": torch.ones(5)}, tmp_path, unet=unet)
    with pytest.raises(ModelError, match="is damaged"):
        fit_of({**given, f"{prefix}conv_out.weight": torch.full((4, 32, 3, 3), float("nan"))}, tmp_path, unet=unet)


QUERY = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
KEY = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"


def pair(layer: str, up: tuple[int, ...], down: tuple[int, ...]) -> dict[str, Tensor]:
    return {f"{layer}.lora_up.weight": torch.ones(up), f"{layer}.lora_down.weight": torch.ones(down)}


GOOD = pair(QUERY, (32, 4), (4, 32))
HOSTILE = {
    "nothing known": ({f"key.{n}": torch.ones(1) for n in range(10_000)}, "is not a supported LoRA"),
    "layers of nothing": ({f"lora_unet_a_{n}.alpha": torch.ones(1) for n in range(300)}, "none of its 300 layers"),
    "another family": (pair(KEY, (32, 4), (4, 2048)), "cannot be used with this model: its layer"),
    "another width": (pair(QUERY, (64, 4), (4, 64)), "cannot be used with this model: its layer .* does not fit"),
    "ranks that differ": (pair(QUERY, (32, 4), (5, 32)), "is damaged at '" + QUERY),
    "rank 0": (pair(QUERY, (32, 0), (0, 32)), "is damaged at"),
    "no number": (GOOD | {f"{QUERY}.lora_up.weight": torch.full((32, 4), float("nan"))}, "is damaged at"),
    "alpha without end": (GOOD | {f"{QUERY}.alpha": torch.tensor(float("inf"))}, "is damaged at"),
    "many alphas": (GOOD | {f"{QUERY}.alpha": torch.ones(3)}, "is damaged at"),
    "integers": ({name: values.int() for name, values in GOOD.items()}, "has integers without scales at"),
    "truth values": ({name: values.bool() for name, values in GOOD.items()}, "has integers without scales at"),
    "half of it": ({f"{QUERY}.lora_down.weight": torch.ones(4, 32)}, "is damaged at"),
    "twice": (GOOD | {f"{QUERY}.lora_B.weight": torch.ones(32, 4)}, "is damaged at"),
    "a core that swells": (GOOD | {f"{QUERY}.lora_mid.weight": torch.ones(4, 4, 300, 300)}, "does not fit"),
    "a core of one axis": (GOOD | {f"{QUERY}.lora_mid.weight": torch.ones(4)}, "is damaged at"),
    "a product that swells": (
        {f"{QUERY}.lokr_w{side}": torch.ones(2000, 2000) for side in (1, 2)}, "does not fit",
    ),
    "lengths of others": (GOOD | {f"{QUERY}.dora_scale": torch.ones(7)}, "is damaged at"),
    "a number for a matrix": ({f"{QUERY}.diff": torch.tensor(1.0)}, "is damaged at"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_invalid_adapter_is_refused(kind: str, tmp_path: Path) -> None:
    tensors, sentence = HOSTILE[kind]
    with pytest.raises(ModelError, match=sentence) as caught:
        fit_of(tensors, tmp_path, unet=unet_of("sd1"))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_layers_that_fit_nothing_are_reported(tmp_path: Path) -> None:
    other = QUERY.replace("lora_unet", "lycoris")
    twice = pair(other, (32, 4), (4, 32))
    odd = pair("lora_unet_nowhere", (2, 2), (2, 2)) | {"note": torch.ones(1)}
    fit = fit_of(GOOD | twice | odd, tmp_path, unet=unet_of("sd1"))
    assert "lora_unet_nowhere" in fit.left and len(fit.left) == 2 and len({QUERY, other} & {*fit.left}) == 1
    assert fit.adapter.unknown == ("note",) and "2 of 3 layers do not exist" in fit.report
    assert (
        "1 of its tensors are neither LoRA nor another supported kind and have no effect, such as 'note'" in fit.report
    )
    assert not is_adapter(Header({"model.diffusion_model.out.2.weight": (4, 320, 3, 3)}, {}))


@pytest.mark.parametrize(
    ("spelling", "width", "base"),
    [
        (KEY, 768, "Stable Diffusion 1"),
        (KEY, 1024, "Stable Diffusion 2"),
        ("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.processor.to_v", 2048, "SDXL"),
        ("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k", 1280, "SDXL refiner"),
        ("lora_te2_text_model_encoder_layers_0_mlp_fc1", 1280, ""),
        ("lora_te_text_model_encoder_layers_0_self_attn_q_proj", 1024, "Stable Diffusion 2"),
        ("lora_te_text_model_encoder_layers_0_self_attn_v_proj", 768, "Stable Diffusion 1"),
        ("text_encoder.text_model.encoder.layers.0.self_attn.v_proj", 768, ""),
        (QUERY, 320, ""),
    ],
)
def test_the_base_model_is_recognised_by_widths(spelling: str, width: int, base: str) -> None:
    assert card_of({f"{spelling}.lora_up.weight": (320, 8), f"{spelling}.lora_down.weight": (8, width)}).base == base
    assert card_of({f"{spelling}.hada_w1_a": (320, 8), f"{spelling}.hada_w1_b": (8, width)}).base == base
    assert card_of({f"{spelling}.lokr_w1": (4, 2), f"{spelling}.lokr_w2_b": (8, width // 2)}).base == base
    assert card_of({f"{spelling}.diff": (320, width)}).base == base


@pytest.mark.parametrize(
    ("tensors", "word", "base", "count"),
    [
        ({"emb_params": (3, 768)}, "file", "Stable Diffusion 1", 3),
        ({"<cat-toy>": (1024,)}, "<cat-toy>", "Stable Diffusion 2", 1),
        ({"clip_l": (2, 768), "clip_g": (2, 1280)}, "file", "SDXL", 2),
    ],
)
def test_embeddings_are_read(
    tensors: dict[str, tuple[int, ...]], word: str, base: str, count: int, tmp_path: Path
) -> None:
    file = tmp_path / "file.safetensors"
    given = weights(tensors)
    save_file({name: values.half() for name, values in given.items()}, file)
    found = read_embedding(file)
    assert (found.word, found.base, len(found.tokens)) == (word, base, count)
    assert found.tokens == (word, *(f"{word}_{place}" for place in range(1, count)))
    assert all(rows.dtype == torch.float32 and len(rows) == count for rows in found.vectors.values())
    if base == "SDXL":
        assert torch.equal(found.vectors["text_encoder_2"], given["clip_g"].half().float())
    assert not is_adapter(read_header(file))


def test_the_flaw_of_a_damaged_lora_is_named_where_a_prompt_names_it() -> None:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    file = paths.models_dir() / "style.safetensors"
    save_file(GOOD, file)
    assert find_adapter("style") == file
    file.write_bytes(file.read_bytes()[:-5])
    with pytest.raises(ModelError, match="style.safetensors is cut short; copy or download it again"):
        find_adapter("style")


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        ({"emb_params": torch.full((1, 768), float("inf"))}, "is damaged"),
        ({"emb_params": torch.ones(76, 768)}, "has 76 vectors"),
        ({"emb_params": torch.ones(0, 768)}, "has 0 vectors"),
        ({"emb_params": torch.ones(1, 768, dtype=torch.int64)}, "has integers without scales at 'emb_params'"),
        ({"emb_params": torch.ones(1, 768, dtype=torch.bool)}, "has integers without scales at 'emb_params'"),
        ({"clip_l": torch.ones(1, 768), "clip_g": torch.ones(2, 1280)}, "more vectors"),
        ({"emb_params": torch.ones(1, 700)}, "is not an embedding"),
        ({"a": torch.ones(1, 768), "b": torch.ones(1, 1280)}, "is not an embedding"),
        ({"a": torch.tensor(1.0)}, "is not an embedding"),
        ({}, "is not an embedding"),
    ],
)
def test_an_invalid_embedding_is_refused(tensors: dict[str, Tensor], sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "file.safetensors"
    save_file(tensors, file)
    with pytest.raises(ModelError, match=sentence):
        read_embedding(file)
    is_one = is_embedding(read_header(file))
    assert is_one == ("is not an embedding" not in sentence)
    # A copy is refused for the same reason as an image.
    with pytest.raises(ModelError, match=sentence if is_one else None):
        import_model(file, Library())
    if is_one and "is damaged" not in sentence:
        paths.models_dir().mkdir(parents=True, exist_ok=True)
        copyfile(file, paths.models_dir() / "file.safetensors")
        (refused,) = Library().refused()
        assert sentence in refused.reason


@cache
def weights_of(config: UNetConfig) -> tuple[str, ...]:
    with torch.device("meta"):
        return tuple(UNet(config).state_dict())


@cache
def unet_of(name: str, dtype: torch.dtype = torch.float64) -> UNet:
    shapes = {each: tuple(shape) for each, shape in SHAPES[name].items()}
    ours = weight_names.unet_from_diffusers(shapes)
    given = flattened({ours[each]: weight.to(dtype) for each, weight in weights(shapes).items()})
    with torch.device("meta"):
        unet = UNet(architecture.unet_config({each: tuple(weight.shape) for each, weight in given.items()}))
    unet.load_state_dict(given, assign=True)
    return unet.eval().requires_grad_(False)


@cache
def plain_answer(name: str) -> Tensor:
    return answer(unet_of(name))


def tensors_of(case: str, place: int) -> dict[str, Tensor]:
    """Return the adapter's tensors under PEFT's names."""
    shapes = CASES[case]["adapters"][place]["shapes"]
    given = weights({f"{case}.{place}.{name}": tuple(shape) for name, shape in shapes.items()})
    return dict(zip(shapes, given.values(), strict=True))


def with_alphas(tensors: Mapping[str, Tensor], alpha: float) -> dict[str, Tensor]:
    """Add the alpha of each layer, which PEFT saves in a separate file."""
    card = card_of({name: tuple(values.shape) for name, values in tensors.items()})
    return {**tensors, **{f"{layer}.alpha": torch.tensor(float(alpha)) for layer in card.layers}}


def card_of(shapes: dict[str, tuple[int, ...]]) -> AdapterCard:
    return adapter_card(Path("file.safetensors"), Header(shapes, {}))


def fit_of(
    tensors: dict[str, Tensor], folder: Path, metadata: dict[str, str] | None = None, **networks: nn.Module
) -> AdapterDeltas:
    save_file({name: values.contiguous() for name, values in tensors.items()}, folder / "file.safetensors", metadata)
    return adapter_deltas(read_adapter(folder / "file.safetensors"), networks)  # type: ignore[arg-type]


def answer(unet: UNet) -> Tensor:
    vector = None
    if unet.config.vector:
        told = sinusoidal((100 * inputs("sizes", 2, 6).abs()).flatten(), 8).double()
        vector = torch.cat([inputs("pooled", 2, 16), told.reshape(2, -1)], dim=1)
    x, context = inputs("x", 2, 4, 12, 8), inputs("context", 2, 7, unet.config.context)
    with torch.no_grad():
        return unet(x, torch.tensor([3.0, 641.5], dtype=torch.float64), context, vector)


def digest(network: nn.Module) -> dict[str, bytes]:
    return {name: weight.numpy().tobytes() for name, weight in network.state_dict().items()}


def close(one: Tensor, other: Tensor) -> bool:
    return bool((one - other).abs().max() < 1e-9 * other.abs().max())
