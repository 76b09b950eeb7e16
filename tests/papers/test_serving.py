"""Features that only some systems have: factors, learned variances, drawn initial states, several networks."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from gdm_studio.cli.main import run
from gdm_studio.common.errors import BadRequest, ModelError, StorageError
from gdm_studio.common.image_file import read_rgba
from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import read
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.networks.papers.backbones.small_image_unet import PictureUNet, PictureUNetConfig
from gdm_studio.networks.papers.noisy_classifier import NoisyClassifier, NoisyClassifierConfig
from gdm_studio.networks.papers.small_convolutional_networks import Generator, GeneratorConfig
from gdm_studio.papers.claims.likelihood import compute_bits
from gdm_studio.papers.systems.guidance import ClassifierRecipe
from gdm_studio.papers.training.model_file import write_model, write_variant
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request
from tests.papers.toy import write_pictures

CARD: dict[str, Any] = {
    "name": "toy", "date": "2026-01-01", "author": "GDM Studio", "licence": "Apache-2.0", "size": 64, "channels": 4,
    "latent": [4, 8, 8], "prediction": "epsilon", "process": "vp", "data_scale": 0.5, "labels": ["cat", "dog"],
    "factors": {"style_flat": "Flat", "colour_red": "Red"},
}  # fmt: skip


def network(told: int = 4, **sizes: Any) -> PictureUNet:
    torch.manual_seed(1)
    made = PictureUNet(PictureUNetConfig(widths=(16, 16), head=16, patch=1, told=told, **sizes))
    for name, parameter in made.named_parameters():
        if name.endswith("weight") and not parameter.any():  # what begins as nothing
            nn.init.normal_(parameter, std=0.1)
    return made


def last(path: Path, **settings: Any) -> torch.Tensor:
    """Return x after the last of three steps of the model."""
    request = Request(**{"model": str(path), "steps": 3, "guidance_scale": 1.0, "sampler": "ddim", **settings})
    *_, end = (event.step for event in generate(request, Library()) if isinstance(event, StepEvent))
    return end.x


@pytest.mark.slow
def test_classes_and_factors_are_told_in_any_share(tmp_path: Path) -> None:
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": network()}, CARD, {})
    plain = last(file)
    told = [last(file, label="cat"), last(file, factors={"style_flat": 0.5}), last(file, factors={"style_flat": 1.0})]
    assert all((each != plain).any() for each in told) and (told[1] != told[2]).any()
    assert (last(file, factors={"style_flat": 0.0}) == plain).all()
    with pytest.raises(BadRequest):
        last(file, factors={"style_round": 1.0})


def test_the_negative_side_of_guidance_has_neither_class_nor_factors(tmp_path: Path) -> None:
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": network()}, CARD, {})
    (stage,) = Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32).stages
    ask = Conditioning(label="dog", factors={"style_flat": 0.5, "colour_red": 1.0})
    told = stage.conditioning([ask, replace(ask, negative=True)])  # type: ignore[attr-defined]
    assert told.tolist() == [[0.0, 1.0, 0.5, 1.0], [0.0] * 4]


@pytest.mark.slow
def test_a_learned_variance_decides_how_much_noise_is_added(tmp_path: Path) -> None:
    """v = 1 is DDPM's large variance, v = 0 its small one."""
    ends = {}
    for share in (0.0, 1.0):
        made = network(answers=2)
        with torch.no_grad():  # the second answer is the same everywhere
            made.unet.conv_out.weight[4:] = 0
            made.unet.conv_out.bias[4:] = 2 * share - 1
        file, card = tmp_path / f"{share:g}.safetensors", CARD | {"learned_variance": True}
        write_model(file, {"denoiser": made}, card, {})
        ends[share] = last(file, sampler="ddpm_learned", spacing="linspace")
        fixed = last(file, sampler="ddpm_large" if share else "ddpm", spacing="linspace")
        assert torch.allclose(ends[share], fixed, atol=1e-4)
    assert (ends[0.0] != ends[1.0]).any()


@pytest.mark.parametrize(("output", "share"), [(-1.2, 0.0), (-0.5, 0.25), (0.0, 0.5), (0.5, 0.75), (1.2, 1.0)])
def test_a_learned_variance_is_read_as_it_was_trained(output: float, share: float, tmp_path: Path) -> None:
    """An output of −1 … 1 is the share v of log β, 0 … 1, beside log β̃ (Nichol and Dhariwal 2021, equation 15)."""
    made = network(answers=2)
    with torch.no_grad():
        made.unet.conv_out.weight[4:] = 0
        made.unet.conv_out.bias[4:] = output
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": made}, CARD | {"learned_variance": True}, {})
    (stage,) = Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32).stages
    path = stage.diffusion.process.path("linspace", 3)
    ask = Conditioning(factors={"style_flat": 0.0, "colour_red": 0.0})
    denoise = stage.denoiser([ask], path, lambda at, like, draw=0: like)
    denoise(torch.zeros(1, 4, 8, 8), path[1])
    assert torch.allclose(denoise.variance, torch.full((1, 4, 8, 8), share), atol=1e-3)


def test_a_generator_begins_the_chain(tmp_path: Path) -> None:
    torch.manual_seed(2)
    generator = Generator(GeneratorConfig(latent=8, told=4, size=8, width=16, widest=16))
    parts = {"denoiser": network(), "generator": generator}
    write_model(file := tmp_path / "begun.safetensors", parts, CARD, {"begins": "noised"})
    library = Library()
    model = library.load(str(file), device=torch.device("cpu"), dtype=torch.float32)
    stage, path = model.stages[0], model.stages[0].diffusion.process.path("linspace", 3)
    z, eps = torch.randn(2, 1, 4, 8, 8, generator=torch.Generator().manual_seed(3))
    ask = Conditioning(label="dog", factors={"style_flat": 0.0, "colour_red": 1.0})
    begun = stage.start([ask], path, lambda step, like, draw=0: (z, eps)[draw], torch.zeros(1, 4, 8, 8))
    told = torch.tensor([[0.0, 1.0, 0.0, 1.0]])
    with torch.no_grad():
        made = model.networks["generator"](z.flatten(1)[:, :8], told)  # type: ignore[attr-defined]
    assert torch.allclose(begun, path[0].alpha * made + path[0].sigma * eps, atol=1e-6)


def test_a_generator_alone_draws_in_one_step_and_stays(tmp_path: Path) -> None:
    torch.manual_seed(2)
    generator = Generator(GeneratorConfig(latent=8, told=4, size=8, width=16, widest=16))
    card = CARD | {"process": "edm", "prediction": "x0", "takes_pictures": False, "guidance": False}
    write_model(file := tmp_path / "one.safetensors", {"generator": generator}, card, {})
    one = last(file, steps=1, sampler="euler", seed=4)
    assert torch.allclose(one, last(file, steps=5, sampler="euler", seed=4), atol=1e-6)
    assert (one != last(file, steps=1, sampler="euler", seed=5)).any()


def test_several_models_draw_with_the_networks_of_one_file(tmp_path: Path) -> None:
    base = tmp_path / "toy.safetensors"
    write_model(base, {"denoiser": network(told=6)}, CARD, {"always": [1.0, 0.0]})
    other = tmp_path / "toy-other.safetensors"
    write_variant(other, base, CARD | {"name": "toy-other"}, {"always": [0.0, 1.0]})
    assert other.stat().st_size < 4000
    card = Library().card(str(other))
    assert set(card.weights) == {other, base} and card.parameters == Library().card(str(base)).parameters
    assert (last(base) != last(other)).any()
    shutil.move(base, tmp_path / "elsewhere.safetensors")
    with pytest.raises(ModelError, match="beside it, which is missing"):
        Library().card(str(other))


def test_what_models_share_is_in_memory_once_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_model(base := tmp_path / "toy.safetensors", {"denoiser": network()}, CARD, {})
    write_variant(other := tmp_path / "other.safetensors", base, CARD | {"name": "other"}, {})
    library, here = Library(), {"device": torch.device("cpu"), "dtype": torch.float32}
    one, two = (library.load(str(file), **here) for file in (base, other))  # type: ignore[arg-type]
    assert one.networks["denoiser"] is two.networks["denoiser"]  # type: ignore[attr-defined]
    numbers = sum(weight.numel() for weight in one.networks["denoiser"].parameters())  # type: ignore[attr-defined]
    assert library.store.bytes_on(torch.device("cpu")) == 4 * numbers

    def refuse(module: nn.Module) -> nn.Module:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr("gdm_studio.models.families.papers.system_networks.channels_last", refuse)
    with pytest.raises(torch.OutOfMemoryError):  # which the engine knows remedies for
        Library().load(str(base), **here)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [
    {"labels": ["cat", "cat"]}, {"labels": "cat"}, {"process": "none"}, {"process_numbers": {"timesteps": "many"}},
    {"latent": [4, 8]}, {"size": 0}, {"data_scale": -1.0}, {"defaults": {"steps": -3}}, {"factors": ["Flat"]},
])  # fmt: skip
def test_a_card_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": network()}, CARD | change, {})
    with pytest.raises(ModelError):
        Library().card(str(file))


@pytest.mark.parametrize("change", [{"size": 60}, {"latent": [3, 8, 8]}, {"labels": ["cat"]}])
def test_a_card_that_does_not_fit_its_networks_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": network()}, CARD | change, {})
    with pytest.raises(ModelError):
        Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32)


def test_pictures_are_shown_and_read_pixel_by_pixel(tmp_path: Path) -> None:
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": network()}, CARD, {})
    (stage,) = Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32).stages
    small = np.random.default_rng(0).integers(0, 256, (1, 8, 8, 4), np.uint8)
    small[..., 3] = 255
    large = torch.from_numpy(small.repeat(8, axis=1).repeat(8, axis=2))
    assert (stage.decode(stage.encode(large)) == large).all()


def test_the_likelihood_of_a_network_that_says_nothing_is_known(tmp_path: Path) -> None:
    """With ε̂ = 0 the ODE leaves x / alpha where it is: log p is that of the prior at the end, moved by the change of
    scale alone."""
    silent = PictureUNet(PictureUNetConfig(widths=(16, 16), head=16, patch=1, told=4))
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": silent}, CARD | {"process": "vp_sde"}, {})
    model = Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32)
    process = model.stages[0].diffusion.process
    first, end = (process.coordinates(process.ratios[place]) for place in (0, -1))
    nats = -math.log(2 * math.pi) / 2 + math.log(end.alpha / first.alpha)
    rgba = torch.full((64, 64, 4), 128, dtype=torch.uint8)
    found = compute_bits(model, rgba, Conditioning(factors={"style_flat": 0.0, "colour_red": 0.0}), probes=2)
    assert found.value == pytest.approx((math.log(255 / 2) - nats) / math.log(2), abs=1e-3)
    assert found.error < 1e-3


def test_the_likelihood_is_measured_of_the_files_that_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gdm_studio.papers.claims.likelihood.TOLERANCE", 1.0)
    silent = PictureUNet(PictureUNetConfig(widths=(16, 16), head=16, patch=1, told=4))
    write_model(model := tmp_path / "toy.safetensors", {"denoiser": silent}, CARD | {"process": "vp_sde"}, {})
    (tmp_path / "junk.png").write_bytes(b"junk")
    Image.new("RGB", (64, 64), "red").save(tmp_path / "red.png")
    files = [str(tmp_path / name) for name in ("junk.png", "red.png")]
    assert run(["likelihood", str(model), *files]) == 2
    told = capsys.readouterr()
    assert told.out.endswith("red.png\n") and "junk.png" not in told.out
    assert "1 file was not measured: junk.png; the others were." in told.err
    assert run(["likelihood", str(model), files[0]]) == 2 and "not measured" not in capsys.readouterr().err


def test_a_classifier_leads_to_its_class(tmp_path: Path) -> None:
    """Check x̂_0 + s·(σ²/α)·∇log p(class | x) with a numerical gradient. The denoiser has no class input."""
    torch.manual_seed(4)
    classifier = NoisyClassifier(NoisyClassifierConfig(answers=2, size=8, width=16, widest=16, embedding=16))
    for parameter in classifier.parameters():
        if not parameter.any():  # what begins as nothing
            nn.init.normal_(parameter, std=0.1)
    parts = {"denoiser": network(), "classifier": classifier}
    write_model(file := tmp_path / "led.safetensors", parts, CARD, {"clips": True})
    write_model(alone := tmp_path / "alone.safetensors", {"denoiser": network()}, CARD, {"clips": True})
    library = Library()
    (stage,) = library.load(str(file), device=torch.device("cpu"), dtype=torch.float32).stages
    (plain,) = library.load(str(alone), device=torch.device("cpu"), dtype=torch.float32).stages
    path = stage.diffusion.process.path("linspace", 4)
    x = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    factors = {"style_flat": 1.0, "colour_red": 0.0}
    asks = [
        Conditioning(label="dog", factors=factors),
        Conditioning(factors=factors),
        Conditioning(label="cat", factors=factors, negative=True),
    ]
    noise = lambda at, like, draw=0: torch.zeros_like(like)  # noqa: E731
    at = path[2]
    led = stage.denoiser(asks, path, noise)(x, at)
    untold = plain.denoiser([replace(each, label="") for each in asks], path, noise)(x, at)
    assert torch.equal(led[1:], untold[1:]), "without a class, and on the negative side, nothing leads"

    network_in_file = stage.networks["classifier"].double()
    time = torch.full((1,), stage.diffusion.time(at) / 1000)

    def log_p(given: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return network_in_file(given, time).log_softmax(dim=1)[0, 1]

    step, one = 1e-4, x[:1].double()
    for place in ((0, 0, 2, 3), (0, 3, 7, 0), (0, 1, 4, 4)):
        moved = torch.zeros_like(one)
        moved[place] = step
        slope = (log_p(one + moved) - log_p(one - moved)) / (2 * step)
        wanted = untold[place] + at.sigma**2 / at.alpha * slope
        assert led[place] == pytest.approx(float(wanted), rel=1e-3, abs=1e-5)


@pytest.mark.slow
def test_guidance_is_the_strength_of_the_classifier(tmp_path: Path) -> None:
    torch.manual_seed(4)
    classifier = NoisyClassifier(NoisyClassifierConfig(answers=2, size=8, width=16, widest=16, embedding=16))
    write_model(file := tmp_path / "led.safetensors", {"denoiser": network(), "classifier": classifier}, CARD, {})
    ends = [last(file, label=label, guidance_scale=scale) for label, scale in
            (("", 1.0), ("cat", 0.0), ("cat", 1.0), ("dog", 1.0), ("cat", 5.0))]  # fmt: skip
    assert torch.allclose(ends[0], ends[1], atol=1e-6)
    assert all((ends[0] != each).any() for each in ends[2:]) and (ends[2] != ends[3]).any()
    assert (ends[4] - ends[0]).norm() > (ends[2] - ends[0]).norm()


@pytest.mark.parametrize("change", [{"answers": 3}, {"size": 16}, {"channels": 3}])
def test_a_classifier_of_other_pictures_is_refused(tmp_path: Path, change: dict[str, int]) -> None:
    sizes = {"answers": 2, "size": 8, "width": 16, "widest": 16} | change
    parts = {"denoiser": network(), "classifier": NoisyClassifier(NoisyClassifierConfig(**sizes))}
    write_model(file := tmp_path / "led.safetensors", parts, CARD, {})
    with pytest.raises(ModelError):
        Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32)


@pytest.mark.slow
def test_half_of_one_factor_and_half_of_another_on_the_command_line(tmp_path: Path) -> None:
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": network()}, CARD, {})
    drawn = {}
    for name, shares in {"none": (), "half": (0.5, 0.5), "one": (1.0, 0.0)}.items():
        factors = [f"--factor={factor}={share:g}" for factor, share in zip(CARD["factors"], shares, strict=False)]
        asked = ["generate", "--model", str(file), "--steps", "2", "--seed", "5", "--device", "cpu", *factors]
        assert run([*asked, "--out", str(tmp_path / name)]) == 0
        (path,) = (tmp_path / name).glob("*.png")
        request = read(path).request
        assert request is not None
        assert {factor: share for factor, share in request.factors.items() if share} == {
            factor: share for factor, share in zip(CARD["factors"], shares, strict=False) if share
        }
        drawn[name] = read_rgba(path).tobytes()
    assert len(set(drawn.values())) == 3


def test_a_classifier_leads_only_what_learned_the_same_pictures(tmp_path: Path) -> None:
    data = write_pictures(tmp_path / "pictures", each=2)
    sizes = {"size": 8, "samples": 16, "batch": 8, "cooldown": 8}
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": network()}, CARD, {})
    generator = {"generator": Generator(GeneratorConfig(latent=8, told=4, size=8, width=16, widest=16))}
    write_model(one := tmp_path / "one.safetensors", generator, CARD, {})
    for start, why in ((None, "with --start"), (file, "was not trained on"),
                       (one, "cannot guide")):  # fmt: skip
        with pytest.raises(StorageError, match=why):
            ClassifierRecipe(data=data, start=start, **sizes).model(tmp_path)
