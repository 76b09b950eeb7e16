"""The networks of Stable Diffusion: published parameter counts, and outputs equal to those of diffusers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gdm_studio.models.families.stable_diffusion import architecture, weight_names
from gdm_studio.models.files.taesd import find_decoder
from gdm_studio.networks.stable_diffusion import autoencoder
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder, AutoencoderConfig
from gdm_studio.networks.stable_diffusion.clip import ClipConfig, ClipText
from gdm_studio.networks.stable_diffusion.control_net import ControlNet, ControlNetConfig
from gdm_studio.networks.stable_diffusion.t2i_adapter import AdapterConfig, T2IAdapter
from gdm_studio.networks.stable_diffusion.tiny_autoencoder import TinyDecoder
from gdm_studio.networks.stable_diffusion.tokenizer import END, clip_tokenizer
from gdm_studio.networks.stable_diffusion.unet import UNet, UNetConfig, sinusoidal
from tests.helpers.tiny_stable import TinyEncoder, flattened
from tests.parity.weights import inputs, prompts, strings, weights

SDXL = UNetConfig(
    widths=(1, 2, 4), down=((0, 0), (2, 2), (10, 10)), middle=10, up=((0, 0, 0), (2, 2, 2), (10, 10, 10)),
    context=2048, heads=0, vector=2816,
)  # fmt: skip
REFINER = UNetConfig(
    channels=384, down=((0, 0), (4, 4), (4, 4), (0, 0)), middle=4, up=((0, 0, 0), (4, 4, 4), (4, 4, 4), (0, 0, 0)),
    context=1280, heads=0, vector=2560,
)  # fmt: skip
# Distilled models have other depths and a level of fewer blocks.
SMALLER_SDXL = replace(SDXL, down=((0,), (2,), (4,)), middle=0, up=((0, 0), (2, 1), (4, 10)))
BIG_G = ClipConfig(width=1280, layers=32, heads=20, quick=False, projection=1280)
PUBLISHED: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "Stable Diffusion 1": (lambda: UNet(UNetConfig()), 859_520_964),
    "its inpainting": (lambda: UNet(UNetConfig(in_channels=9)), 859_535_364),
    "instruct-pix2pix": (lambda: UNet(UNetConfig(in_channels=8)), 859_532_484),
    "Stable Diffusion 2": (lambda: UNet(UNetConfig(context=1024, heads=0)), 865_910_724),
    "SDXL": (lambda: UNet(SDXL), 2_567_463_684),
    "SDXL refiner": (lambda: UNet(REFINER), 2_259_526_660),
    "ControlNet": (lambda: ControlNet(ControlNetConfig(UNetConfig(up=()))), 361_279_120),
    "T2I-Adapter": (lambda: T2IAdapter(AdapterConfig()), 77_369_280),
    "T2I-Adapter for SDXL": (lambda: T2IAdapter(AdapterConfig(unshuffle=16)), 79_028_160),
    "autoencoder": (lambda: Autoencoder(AutoencoderConfig()), 83_653_863),
    "CLIP ViT-L/14": (lambda: ClipText(ClipConfig()), 123_060_480),
    "OpenCLIP ViT-H/14": (lambda: ClipText(ClipConfig(width=1024, layers=24, heads=16, quick=False)), 352_984_064),
    "OpenCLIP ViT-bigG/14": (lambda: ClipText(BIG_G), 694_659_840),
    "TAESD's encoder": (TinyEncoder, 1_222_532),
    "TAESD's decoder": (TinyDecoder, 1_222_531),
}
with np.load(Path(__file__).parents[1] / "data" / "parity" / "networks.npz") as _stored:
    ANSWERS = {name: torch.from_numpy(_stored[name]) for name in _stored.files if name != "about"}
    ABOUT: dict[str, Any] = json.loads(str(_stored["about"]))
Shapes = Mapping[str, tuple[int, ...]]


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameter_counts_are_the_published_ones(name: str) -> None:
    make, count = PUBLISHED[name]
    with torch.device("meta"):
        assert sum(weight.numel() for weight in make().parameters()) == count


@pytest.mark.parametrize("config", [UNetConfig(), UNetConfig(in_channels=9), SDXL, REFINER, SMALLER_SDXL])
def test_the_sizes_of_a_unet_are_read_from_its_weights(config: UNetConfig) -> None:
    with torch.device("meta"):
        shapes = {name: tuple(weight.shape) for name, weight in UNet(config).state_dict().items()}
    assert architecture.unet_config(shapes) == config


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sd1", "sd2", "sdxl"])
@pytest.mark.parametrize("layout", ["diffusers", "single_file"])
def test_a_unet_equals_diffusers(name: str, layout: str) -> None:
    theirs = shapes_of(name)
    ours = weight_names.unet_from_diffusers(theirs)
    if layout == "diffusers":
        given = {ours[each]: weight for each, weight in weights(theirs).items()}
    else:
        given = weights({ours[each]: shape for each, shape in theirs.items()})
    unet = network_of(UNet, architecture.unet_config, given)
    vector = None
    if name == "sdxl":
        told = sinusoidal((100 * inputs("sizes", 2, 6).abs()).flatten(), 8).double()
        vector = torch.cat([inputs("pooled", 2, 16), told.reshape(2, -1)], dim=1)
    x, context = inputs("x", 2, unet.config.in_channels, 12, 8), inputs("context", 2, 7, unet.config.context)
    answer = unet(x, torch.tensor([3.0, 641.5], dtype=torch.float64), context, vector)
    # The sines of timesteps are computed in fp32, and their last bits differ by processor.
    check_equal(answer, f"{name}.{layout}", 2e-6)


def test_the_autoencoder_equals_diffusers() -> None:
    theirs = shapes_of("vae")
    ours = weight_names.vae_from_diffusers(theirs)
    vae = network_of(
        Autoencoder, architecture.autoencoder_config, {ours[each]: w for each, w in weights(theirs).items()}
    )
    mean, log_variance = vae.encode(inputs("pictures", 1, 3, 16, 24))
    check_equal(mean, "vae.mean")
    check_equal(log_variance, "vae.log_variance")
    check_equal(vae.decode(inputs("latents", 1, 4, 4, 6)), "vae.decoded")


def test_a_unet_with_guidance_conditioning_equals_diffusers() -> None:
    """Compare a U-Net for latent consistency, whose results tests/parity/by_lcm.py wrote."""
    with np.load(Path(__file__).parents[1] / "data" / "parity" / "lcm.npz") as stored:
        about, wanted = json.loads(str(stored["about"])), torch.from_numpy(stored["answer"])
    theirs = {name: tuple(shape) for name, shape in about["shapes"].items()}
    ours = weight_names.unet_from_diffusers(theirs)
    unet = network_of(UNet, architecture.unet_config, {ours[each]: weight for each, weight in weights(theirs).items()})
    x, context, times = inputs("x", 2, 4, 12, 8), inputs("context", 2, 7, 768), torch.tensor([3.0, 641.5])
    with torch.no_grad():
        found = unet(x, times.double(), context, guidance=torch.tensor(about["scales"]) - 1)
        untold = unet(x, times.double(), context)
    assert (found - wanted).abs().max() < 1e-4 * wanted.abs().max() < (untold - wanted).abs().max()
    assert weight_names.unet_to_diffusers(ours.values()) == {each: name for name, each in ours.items()}


@pytest.mark.parametrize("rows", [5, 8, 64])
def test_large_images_are_encoded_and_decoded_in_stripes(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare images and latents, including the edges of the stripes."""
    vae = Autoencoder(AutoencoderConfig(channels=32, widths=(1, 2), blocks=1)).double().eval()
    vae.load_state_dict(weights({name: tuple(weight.shape) for name, weight in vae.state_dict().items()}))
    latents, pictures = inputs("latents", 2, 4, 9, 7), inputs("pictures", 2, 3, 18, 14)
    with torch.no_grad():
        whole = vae.decode(latents), *vae.encode(pictures)
        # With this limit only the finer level is striped.
        monkeypatch.setattr(autoencoder, "LARGE", 100)
        monkeypatch.setattr(autoencoder, "ROWS", rows)
        striped = vae.decode(latents), *vae.encode(pictures)
        monkeypatch.setattr(autoencoder, "LARGE", 1)
        all_striped = vae.decode(latents), *vae.encode(pictures)
    for one, other, last in zip(whole, striped, all_striped, strict=True):
        assert (one - other).abs().max() < 1e-9 * one.abs().max() and not torch.equal(one, other)
        assert (one - last).abs().max() < 1e-9 * one.abs().max()


def test_older_attention_names_of_an_autoencoder_are_recognised() -> None:
    new = {name: name for name in shapes_of("vae") if ".attentions." in name}
    for now, before in (("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")):
        new = {name: old.replace(f".{now}.", f".{before}.") for name, old in new.items()}
    ours, former = weight_names.vae_from_diffusers(new), weight_names.vae_from_diffusers(new.values())
    assert len(ours) == 20 and all(former[old] == ours[name] for name, old in new.items())


@pytest.mark.parametrize("name", ["openai", "openclip"])
def test_a_text_encoder_equals_transformers(name: str) -> None:
    theirs = shapes_of(name)
    ours = weight_names.clip_from_transformers(theirs)
    assert len(ours) == len(theirs)
    given = {ours[each]: weight for each, weight in weights(theirs).items()}
    text = network_of(ClipText, lambda shapes: replace(architecture.clip_config(shapes), quick=name == "openai"), given)
    encoded = text(text.embed(token_ids()), torch.tensor([9, 70]))
    for skip in (1, 2, 3):
        check_equal(text.skip_layers(encoded, skip, norm=False)[:, ::8], f"{name}.hidden.{skip}")
    if name == "openai":
        check_equal(text.skip_layers(encoded, 1, norm=True)[:, ::8], "openai.last")
        assert encoded.pooled is None
    else:
        check_equal(encoded.pooled, "openclip.pooled")


def test_an_openclip_encoder_is_read_under_its_own_names() -> None:
    """Check OpenCLIP's layout: queries, keys and values in one weight, and a transposed projection."""
    theirs = shapes_of("openclip")
    ours = {weight_names.clip_from_transformers(theirs)[each]: weight for each, weight in weights(theirs).items()}
    written = {"text_projection": ours["text_projection.weight"].T}
    written["positional_embedding"] = ours["position_embedding.weight"]
    written |= {"token_embedding.weight": ours["token_embedding.weight"], "logit_scale": torch.tensor(4.6)}
    for kind in ("weight", "bias"):
        written[f"ln_final.{kind}"] = ours[f"final_layer_norm.{kind}"]
        for layer in range(3):
            block, here = f"transformer.resblocks.{layer}", f"layers.{layer}"
            parts = [ours[f"{here}.self_attn.{part}_proj.{kind}"] for part in "qkv"]
            written[f"{block}.attn.in_proj_{kind}"] = torch.cat(parts)
            pairs = {"attn.out_proj": "self_attn.out_proj", "mlp.c_fc": "mlp.fc1", "mlp.c_proj": "mlp.fc2"}
            pairs |= {"ln_1": "layer_norm1", "ln_2": "layer_norm2"}
            written |= {f"{block}.{there}.{kind}": ours[f"{here}.{each}.{kind}"] for there, each in pairs.items()}
    found = {name: place.of(written[place.name]) for name, place in weight_names.tensors_from_openclip(written).items()}
    for name, place in weight_names.tensors_from_openclip(written).items():
        assert place.shape(tuple(written[place.name].shape)) == found[name].shape
    assert found.keys() == ours.keys() and all(torch.equal(found[name], ours[name]) for name in ours)


def test_taesd_equals_diffusers() -> None:
    """Convert to the range −1 … 1 of diffusers."""
    theirs = weights(shapes_of("tiny"))
    encoder = {name[15:]: weight for name, weight in theirs.items() if name.startswith("encoder.layers.")}
    decoder = {ours: theirs[name] for ours, name in find_decoder(shapes_of("tiny")).items()}
    one, other = TinyEncoder().double(), TinyDecoder().double()
    one.load_state_dict(encoder)
    other.load_state_dict(decoder)
    with torch.no_grad():
        latents = one((inputs("tiny", 1, 3, 16, 24).tanh() + 1) / 2)
        check_equal(latents, "tiny.latents")
        check_equal(2 * other(latents) - 1, "tiny.decoded")


@pytest.mark.slow
def test_prompt_tokens_equal_those_of_transformers() -> None:
    tokenizer = clip_tokenizer()
    for prompt, ids in ABOUT["some"]:
        assert tokenizer.encode(prompt).ids == ids, prompt
    tokens = [tokenizer.encode(prompt).ids for prompt in prompts(10_000)]
    assert hashlib.sha256(json.dumps(tokens).encode()).hexdigest() == ABOUT["tokens"]


@pytest.mark.slow
def test_tokens_of_any_string_equal_those_of_transformers() -> None:
    """Compare strings of words, emoji, hostile parts and any characters, hashed by tests/parity/by_tokenizer.py."""
    told = json.loads((Path(__file__).parents[1] / "data" / "parity" / "tokens.json").read_text("utf-8"))
    tokenizer, each = clip_tokenizer(), told["each"]
    tokens = [tokenizer.encode(text).ids for text in strings(told["count"], told["seed"])]
    hashed = [json.dumps(tokens[first : first + each]).encode() for first in range(0, len(tokens), each)]
    assert [hashlib.sha256(some).hexdigest() for some in hashed] == told["sha256"] and len(tokens) == 10_000
    assert tokenizer.encode("a <|endoftext|>").ids == [320, END]


def test_a_unet_accepts_odd_sides() -> None:
    unet = UNet(UNetConfig(channels=32, widths=(1, 2), down=((1,), (0,)), up=((1, 1), (0, 0)), context=16)).eval()
    with torch.no_grad():
        assert unet(torch.zeros(1, 4, 9, 7), torch.zeros(1), torch.zeros(1, 3, 16)).shape == (1, 4, 9, 7)


def shapes_of(name: str) -> dict[str, tuple[int, ...]]:
    return {each: tuple(shape) for each, shape in ABOUT["shapes"][name].items()}


def network_of(kind: Any, config_of: Callable[[Shapes], Any], given: Mapping[str, Tensor]) -> Any:
    """Return a network of the sizes that the weights have, with these weights."""
    given = flattened(given)
    with torch.device("meta"):
        network = kind(config_of({name: tuple(weight.shape) for name, weight in given.items()}))
    network.load_state_dict(given, assign=True)
    return network.eval().requires_grad_(False)


def token_ids() -> Tensor:
    ids = torch.arange(2 * 77).reshape(2, 77) * 311 % 49000
    ids[0, 9:], ids[1, 70:] = 49407, 49407
    return ids


def check_equal(answer: Tensor, name: str, tolerance: float = 1e-9) -> None:
    theirs = ANSWERS[name]
    assert answer.shape == theirs.shape and (answer - theirs).abs().max() < tolerance * theirs.abs().max()
