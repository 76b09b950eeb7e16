"""The networks of Stable Diffusion: as large as the published ones, and with the answers that diffusers' give."""

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

from gdm_studio.models.families.stable_diffusion import names, sizes
from gdm_studio.models.tiny import decoder_in
from gdm_studio.networks.stable_diffusion import autoencoder
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder, AutoencoderConfig
from gdm_studio.networks.stable_diffusion.clip import ClipConfig, ClipText
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
SMALLER_SDXL = replace(  # as distilled ones are: other depths, a level of fewer blocks
    SDXL, down=((0,), (2,), (4,)), middle=0, up=((0, 0), (2, 1), (4, 10))
)
BIG_G = ClipConfig(width=1280, layers=32, heads=20, quick=False, projection=1280)
PUBLISHED: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "Stable Diffusion 1": (lambda: UNet(UNetConfig()), 859_520_964),
    "its inpainting": (lambda: UNet(UNetConfig(in_channels=9)), 859_535_364),
    "instruct-pix2pix": (lambda: UNet(UNetConfig(in_channels=8)), 859_532_484),
    "Stable Diffusion 2": (lambda: UNet(UNetConfig(context=1024, heads=0)), 865_910_724),
    "SDXL": (lambda: UNet(SDXL), 2_567_463_684),
    "SDXL refiner": (lambda: UNet(REFINER), 2_259_526_660),
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
def test_there_are_as_many_numbers_as_in_the_published_ones(name: str) -> None:
    make, count = PUBLISHED[name]
    with torch.device("meta"):
        assert sum(weight.numel() for weight in make().parameters()) == count


@pytest.mark.parametrize("config", [UNetConfig(), UNetConfig(in_channels=9), SDXL, REFINER, SMALLER_SDXL])
def test_the_sizes_of_a_unet_are_read_from_its_weights(config: UNetConfig) -> None:
    with torch.device("meta"):
        shapes = {name: tuple(weight.shape) for name, weight in UNet(config).state_dict().items()}
    assert sizes.unet_config(shapes) == config


@pytest.mark.parametrize("name", ["sd1", "sd2", "sdxl"])
@pytest.mark.parametrize("layout", ["diffusers", "single_file"])
def test_a_unet_answers_as_theirs(name: str, layout: str) -> None:
    theirs = shapes_of(name)
    ours = names.unet_from_diffusers(theirs)
    if layout == "diffusers":
        given = {ours[each]: weight for each, weight in weights(theirs).items()}
    else:
        given = weights({ours[each]: shape for each, shape in theirs.items()})
    unet = filled(UNet, sizes.unet_config, given)
    vector = None
    if name == "sdxl":
        told = sinusoidal((100 * inputs("sizes", 2, 6).abs()).flatten(), 8).double()
        vector = torch.cat([inputs("pooled", 2, 16), told.reshape(2, -1)], dim=1)
    x, context = inputs("x", 2, unet.config.in_channels, 12, 8), inputs("context", 2, 7, unet.config.context)
    answer = unet(x, torch.tensor([3.0, 641.5], dtype=torch.float64), context, vector)
    check(answer, f"{name}.{layout}", 2e-6)  # the sines of times are fp32: their last bits differ by processor


def test_the_autoencoder_answers_as_theirs() -> None:
    theirs = shapes_of("vae")
    ours = names.vae_from_diffusers(theirs)
    vae = filled(Autoencoder, sizes.autoencoder_config, {ours[each]: w for each, w in weights(theirs).items()})
    mean, log_variance = vae.encode(inputs("pictures", 1, 3, 16, 24))
    check(mean, "vae.mean")
    check(log_variance, "vae.log_variance")
    check(vae.decode(inputs("latents", 1, 4, 4, 6)), "vae.decoded")


def test_a_unet_that_is_told_its_guidance_answers_as_theirs() -> None:
    """As those distilled for latent consistency are; written down by tests/parity/by_lcm.py."""
    with np.load(Path(__file__).parents[1] / "data" / "parity" / "lcm.npz") as stored:
        about, wanted = json.loads(str(stored["about"])), torch.from_numpy(stored["answer"])
    theirs = {name: tuple(shape) for name, shape in about["shapes"].items()}
    ours = names.unet_from_diffusers(theirs)
    unet = filled(UNet, sizes.unet_config, {ours[each]: weight for each, weight in weights(theirs).items()})
    x, context, times = inputs("x", 2, 4, 12, 8), inputs("context", 2, 7, 768), torch.tensor([3.0, 641.5])
    with torch.no_grad():
        found = unet(x, times.double(), context, guidance=torch.tensor(about["scales"]) - 1)
        untold = unet(x, times.double(), context)
    assert (found - wanted).abs().max() < 1e-4 * wanted.abs().max() < (untold - wanted).abs().max()
    assert names.unet_to_diffusers(ours.values()) == {each: name for name, each in ours.items()}


@pytest.mark.parametrize("rows", [5, 8, 64])
def test_large_pictures_go_through_the_autoencoder_in_stripes(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same picture and the same latents, at the edges of the stripes as everywhere."""
    vae = Autoencoder(AutoencoderConfig(channels=32, widths=(1, 2), blocks=1)).double().eval()
    vae.load_state_dict(weights({name: tuple(weight.shape) for name, weight in vae.state_dict().items()}))
    latents, pictures = inputs("latents", 2, 4, 9, 7), inputs("pictures", 2, 3, 18, 14)
    with torch.no_grad():
        whole = vae.decode(latents), *vae.encode(pictures)
        monkeypatch.setattr(autoencoder, "LARGE", 100)  # so that the finer level alone is
        monkeypatch.setattr(autoencoder, "ROWS", rows)
        striped = vae.decode(latents), *vae.encode(pictures)
        monkeypatch.setattr(autoencoder, "LARGE", 1)
        all_striped = vae.decode(latents), *vae.encode(pictures)
    for one, other, last in zip(whole, striped, all_striped, strict=True):
        assert (one - other).abs().max() < 1e-9 * one.abs().max() and not torch.equal(one, other)
        assert (one - last).abs().max() < 1e-9 * one.abs().max()


def test_older_names_of_attention_in_an_autoencoder_are_known() -> None:
    new = {name: name for name in shapes_of("vae") if ".attentions." in name}
    for now, before in (("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")):
        new = {name: old.replace(f".{now}.", f".{before}.") for name, old in new.items()}
    ours, former = names.vae_from_diffusers(new), names.vae_from_diffusers(new.values())
    assert len(ours) == 20 and all(former[old] == ours[name] for name, old in new.items())


@pytest.mark.parametrize("name", ["openai", "openclip"])
def test_a_text_encoder_answers_as_theirs(name: str) -> None:
    theirs = shapes_of(name)
    ours = names.clip_from_transformers(theirs)
    assert len(ours) == len(theirs)
    given = {ours[each]: weight for each, weight in weights(theirs).items()}
    text = filled(ClipText, lambda shapes: replace(sizes.clip_config(shapes), quick=name == "openai"), given)
    encoded = text(text.embed(token_ids()), torch.tensor([9, 70]))
    for skip in (1, 2, 3):
        check(text.skipping(encoded, skip, norm=False)[:, ::8], f"{name}.hidden.{skip}")
    if name == "openai":
        check(text.skipping(encoded, 1, norm=True)[:, ::8], "openai.last")
        assert encoded.pooled is None
    else:
        check(encoded.pooled, "openclip.pooled")


def test_an_openclip_encoder_is_the_same_under_its_own_names() -> None:
    """Written as OpenCLIP does: queries, keys and values in one, the projection lying on its side."""
    theirs = shapes_of("openclip")
    ours = {names.clip_from_transformers(theirs)[each]: weight for each, weight in weights(theirs).items()}
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
    found = {name: place.of(written[place.name]) for name, place in names.places_in_openclip(written).items()}
    for name, place in names.places_in_openclip(written).items():
        assert place.shape(tuple(written[place.name].shape)) == found[name].shape
    assert found.keys() == ours.keys() and all(torch.equal(found[name], ours[name]) for name in ours)


def test_the_tiny_autoencoder_answers_as_theirs() -> None:
    """Theirs works in −1 … 1."""
    theirs = weights(shapes_of("tiny"))
    encoder = {name[15:]: weight for name, weight in theirs.items() if name.startswith("encoder.layers.")}
    decoder = {ours: theirs[name] for ours, name in decoder_in(shapes_of("tiny")).items()}
    one, other = TinyEncoder().double(), TinyDecoder().double()
    one.load_state_dict(encoder)
    other.load_state_dict(decoder)
    with torch.no_grad():
        latents = one((inputs("tiny", 1, 3, 16, 24).tanh() + 1) / 2)
        check(latents, "tiny.latents")
        check(2 * other(latents) - 1, "tiny.decoded")


def test_the_tokens_of_prompts_are_theirs() -> None:
    tokenizer = clip_tokenizer()
    for prompt, ids in ABOUT["some"]:
        assert tokenizer.encode(prompt).ids == ids, prompt
    tokens = [tokenizer.encode(prompt).ids for prompt in prompts(10_000)]
    assert hashlib.sha256(json.dumps(tokens).encode()).hexdigest() == ABOUT["tokens"]


def test_the_tokens_of_any_string_are_theirs() -> None:
    """Words, emoji, hostile pieces, any character, very long: by rule, hashed by tests/parity/by_tokenizer.py."""
    told = json.loads((Path(__file__).parents[1] / "data" / "parity" / "tokens.json").read_text("utf-8"))
    tokenizer, each = clip_tokenizer(), told["each"]
    tokens = [tokenizer.encode(text).ids for text in strings(told["count"], told["seed"])]
    hashed = [json.dumps(tokens[first : first + each]).encode() for first in range(0, len(tokens), each)]
    assert [hashlib.sha256(some).hexdigest() for some in hashed] == told["sha256"] and len(tokens) == 10_000
    assert tokenizer.encode("a <|endoftext|>").ids == [320, END]


def test_a_unet_takes_sides_that_do_not_divide() -> None:
    unet = UNet(UNetConfig(channels=32, widths=(1, 2), down=((1,), (0,)), up=((1, 1), (0, 0)), context=16)).eval()
    with torch.no_grad():
        assert unet(torch.zeros(1, 4, 9, 7), torch.zeros(1), torch.zeros(1, 3, 16)).shape == (1, 4, 9, 7)


def shapes_of(name: str) -> dict[str, tuple[int, ...]]:
    return {each: tuple(shape) for each, shape in ABOUT["shapes"][name].items()}


def filled(kind: Any, config_of: Callable[[Shapes], Any], given: Mapping[str, Tensor]) -> Any:
    """The network whose sizes the weights tell, with these weights."""
    given = flattened(given)
    with torch.device("meta"):
        network = kind(config_of({name: tuple(weight.shape) for name, weight in given.items()}))
    network.load_state_dict(given, assign=True)
    return network.eval().requires_grad_(False)


def token_ids() -> Tensor:
    ids = torch.arange(2 * 77).reshape(2, 77) * 311 % 49000
    ids[0, 9:], ids[1, 70:] = 49407, 49407
    return ids


def check(answer: Tensor, name: str, tolerance: float = 1e-9) -> None:
    theirs = ANSWERS[name]
    assert answer.shape == theirs.shape and (answer - theirs).abs().max() < tolerance * theirs.abs().max()
