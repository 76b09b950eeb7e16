"""The self-test of a model: sound models pass it, and it finds and names injected faults."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.networks.diffusion_transformers.z_image import ZImage
from gdm_studio.networks.layers import Attention2d
from gdm_studio.request.generation_request import Request
from gdm_studio.self_test.alternative_configurations import with_rotary_order
from gdm_studio.self_test.model_selection import check_named
from gdm_studio.self_test.report import Report
from gdm_studio.self_test.self_test import check_model
from gdm_studio.training.lora.files import write_lora
from gdm_studio.training.lora.layers import LoraNetwork
from tests.helpers.tiny_transformers import Z_IMAGE

Fault = Callable[[Any], Any]
# With fewer images, faults are harder to find. A missing attention of ddpm needs 8.
IMAGES = {"ddpm": 10, "icons-2": 4, "icons-2-fast": 4}


@cache
def loaded(name: str) -> tuple[Any, Request]:
    library = Library()
    card = library.card(name)
    request = card.checked(replace(card.default_request(), model=name))
    return load_for_request(library, request, device=torch.device("cpu"), dtype=torch.float32), request


def report_on(name: str, fault: Fault = lambda model: model, **settings: Any) -> Report:
    model, request = loaded(name)
    testing = check_model(fault(model), Library(), replace(request, **settings), images=IMAGES[name])
    try:
        while True:
            next(testing)
    except StopIteration as ended:
        found: Report = ended.value
        return found


def with_fields(model: Any, **changes: Any) -> Any:
    found = copy.copy(model)
    for name, value in changes.items():
        object.__setattr__(found, name, value)
    return found


def with_methods(model: Any, **methods: Any) -> Any:
    """Return a copy of a model with other methods. Each gets the original one first."""
    found = copy.copy(model)
    for name, method in methods.items():
        # Bound to the copy, so that fields that the test changes are seen.
        original = getattr(found, name)
        object.__setattr__(found, name, lambda *given, method=method, original=original: method(original, *given))
    return found


def latents(after: Callable[[Tensor], Tensor], before: Callable[[Tensor], Tensor] = lambda x: x) -> Fault:
    """Change latents after encoding and before decoding."""
    return lambda model: with_methods(
        model, encode=lambda encode, rgba: after(encode(rgba)), decode=lambda decode, x0: decode(before(x0))
    )


def network(change: Callable[[Any], None]) -> Fault:
    """Change a copy of the network."""

    def fault(model: Any) -> Any:
        found = copy.deepcopy(model.unet if hasattr(model, "unet") else model.networks["denoiser"])
        change(found)
        if hasattr(model, "unet"):
            return with_fields(model, unet=found)
        return with_fields(model, networks={**model.networks, "denoiser": found})

    return fault


def predicting(kind: str) -> Fault:
    return lambda model: with_fields(model, diffusion=replace(model.diffusion, prediction=kind))


def attentions(net: nn.Module) -> list[Attention2d]:
    return [module for module in net.modules() if isinstance(module, Attention2d)]


def swap_queries_and_keys(net: nn.Module) -> None:
    for attention in attentions(net):
        for weight in attention.query_key_value.parameters():
            query, key, value = weight.data.chunk(3)
            weight.data = torch.cat([key, query, value])


def drop_a_norm(net: nn.Module) -> None:
    for attention in attentions(net):
        attention.norm = nn.Identity()  # type: ignore[assignment]


def drop_attention(net: nn.Module) -> None:
    for attention in attentions(net):
        attention.out = nn.Linear(attention.out.in_features, attention.out.out_features)
        nn.init.zeros_(attention.out.weight)
        nn.init.zeros_(attention.out.bias)


def shuffle_a_layer(net: nn.Module) -> None:
    layers = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    shuffle(layers[len(layers) // 2])


def shuffle(module: nn.Module) -> None:
    numbers = torch.Generator().manual_seed(0)
    for weight in module.parameters():
        order = torch.randperm(weight.numel(), generator=numbers)
        weight.data = weight.data.flatten()[order].reshape(weight.shape)


def damage(net: nn.Module) -> None:
    next(net.parameters()).data.flatten()[0] = torch.nan


def time_in_units(net: nn.Module) -> None:
    """Give the network its timesteps from 0 to 0.001 in place of 0 to 1."""
    forward = net.forward
    net.forward = lambda x, time, *cond: forward(x, time / 1000, *cond)


def other_classes(model: Any) -> Any:
    count = len(model.card.accepts.labels)

    def conditioning(own: Any, conditions: Any) -> Tensor:
        cond = own(conditions)
        return torch.cat([cond[:, :count].roll(3, dims=1), cond[:, count:]], dim=1)

    return with_methods(model, conditioning=conditioning)


def other_tokens(model: Any) -> Any:
    """Move the tokens of all words by 1,000 rows of the table."""
    words = len(model.tokenizer.vocab)

    def moved(ids: Any) -> Any:
        return type(ids)(each if each < 100 else (each + 1000) % words for each in ids)

    own = model.tokenizer
    tokenizer = copy.copy(own)
    tokenizer.encode = lambda *text: moved(own.encode(*text))
    tokenizer.subjects = lambda *text: [replace(each, row=moved(each.row)) for each in own.subjects(*text)]
    return with_fields(model, tokenizer=tokenizer)


def other_text_encoder(model: Any) -> Any:
    text = copy.deepcopy(model.text)
    shuffle(text)
    return with_fields(model, text=text)


def deaf(model: Any) -> Any:
    return with_methods(model, conditioning=lambda own, conditions: 0 * own(conditions))


def roll(x: Tensor) -> Tensor:
    return x.roll(1, dims=1)


# Faults by name: the model, its change, and the cause that the report names.
FAULTS: dict[str, tuple[str, Fault, str]] = {
    "unscaled latents": ("ddpm", latents(lambda x: 5.5 * x, lambda x: x / 5.5), "scale"),
    "latents twice as large": ("ddpm", latents(lambda x: 2 * x, lambda x: x / 2), "scale"),
    "shifted latents": ("ddpm", latents(lambda x: x + 0.6, lambda x: x - 0.6), "shift"),
    "prediction of noise": ("ddpm", predicting("epsilon"), "prediction"),
    "another scale of timesteps": ("ddpm", network(time_in_units), "time"),
    "swapped queries and keys": ("ddpm", network(swap_queries_and_keys), "queries"),
    "no norms before the attention": ("ddpm", network(drop_a_norm), "network"),
    "no attention": ("ddpm", network(drop_attention), "network"),
    "a shuffled layer": ("ddpm", network(shuffle_a_layer), "network"),
    "a weight that is no number": ("ddpm", network(damage), "finite"),
    "a VAE with other channels": ("ddpm", latents(roll, lambda x: x.roll(-1, dims=1)), "network"),
    "other classes": ("ddpm", other_classes, "prompt"),
    "no classes": ("ddpm", deaf, "prompt"),
    "the decoder of another VAE": ("icons-2", latents(lambda x: x, roll), "vae"),
    "another tokenizer": ("icons-2", other_tokens, "prompt"),
    "another text encoder": ("icons-2", other_text_encoder, "network"),
    "a shuffled layer of a few-step model": ("icons-2-fast", network(shuffle_a_layer), "network"),
}
SLOW = [name for name in FAULTS if name not in ("unscaled latents", "a weight that is no number")]


@pytest.mark.parametrize("fault", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in FAULTS])
def test_a_fault_is_found_and_its_cause_named(fault: str) -> None:
    name, change, cause = FAULTS[fault]
    found = {each.cause for each in report_on(name, change).faults}
    assert cause in found, found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ddpm", pytest.param("icons-2", marks=pytest.mark.slow)])
def test_sound_models_have_no_faults(name: str) -> None:
    report = report_on(name)
    assert not report.faults and report.images == IMAGES[name]
    assert [each.check for each in report.findings] == ["vae", "noise", "prompt"]
    errors = [level.network for level in report.levels]
    assert len(errors) == 5 and errors == sorted(errors, reverse=True) and errors[0] < 1
    model, request = loaded(name)
    path: tuple[NoiseLevel, ...] = model.card.points(model.diffusion.process, request.spacing, request.steps)
    assert {level.sigma for level in report.levels} <= {at.sigma for at in path}


@pytest.mark.slow
def test_a_few_step_model_is_not_judged_where_noise_hides_most_of_the_image() -> None:
    report = report_on("icons-2-fast")
    first, *others = report.levels
    assert not report.faults
    assert first.gaussian > 0.75 and first.network > 1
    assert others and all(level.network < level.gaussian < 0.75 for level in others)


@pytest.mark.slow
def test_a_model_of_one_noisy_step_is_not_judged() -> None:
    def noisy(model: Any) -> Any:
        process = replace(model.diffusion.process, ratios=model.diffusion.process.ratios[:740])
        return with_fields(model, diffusion=replace(model.diffusion, process=process))

    report = report_on("ddpm", noisy, steps=1)
    (found,) = (each for each in report.findings if each.check == "noise")
    assert found.state == "skipped" and "too much noise" in found.sentence()
    assert [level.gaussian > 0.75 for level in report.levels] == [True]


def test_another_order_of_rotary_numbers_is_undone() -> None:
    torch.manual_seed(0)
    net = ZImage(Z_IMAGE).eval()
    given = torch.randn(1, 16, 8, 8), torch.tensor([300.0]), torch.randn(1, 5, 32)
    stage: Any = type("OneNetwork", (), {"network": net})()
    with torch.no_grad():
        wanted = net(*given)
        with with_rotary_order(stage, inverse=False):
            assert not torch.allclose(net(*given), wanted, atol=1e-4)
            with with_rotary_order(stage, inverse=True):
                assert torch.allclose(net(*given), wanted, atol=1e-6)
        assert torch.equal(net(*given), wanted)


@pytest.mark.parametrize(("size", "cause"), [(0.0, "nothing"), (0.1, ""), (1e3, "strength")])
def test_an_adapter_is_tested_on_its_model(size: float, cause: str) -> None:
    model, _ = loaded("icons-2")
    (layer, *_) = (name for name, each in model.unet.named_modules() if name.endswith(".out"))
    lora = LoraNetwork(model.unet, [layer], rank=2, alpha=2.0)
    paths.models_dir().mkdir(parents=True)
    path = write_lora(paths.models_dir(), "mine", lora, model.unet, base="", model="icons-2", layout="kohya")
    weights = load_file(path)
    numbers = torch.Generator().manual_seed(0)
    for name in [name for name in weights if name.endswith("up.weight")]:
        weights[name] = size * torch.randn(weights[name].shape, generator=numbers)
    save_file(weights, path, metadata={"ss_base_model_version": "icons-2"})
    testing = check_named(Library(), "mine", images=4, device="cpu")
    try:
        while True:
            next(testing)
    except StopIteration as ended:
        report: Report = ended.value
    (found,) = (each for each in report.findings if each.check == "adapter")
    assert (report.model, found.cause) == ("mine", cause), found.values


@pytest.mark.slow
def test_the_command_line_tests_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "check", "ddpm", "--images", "8", "--json", "--device", "cpu"]) == 0
    *progress, report = map(json.loads, capsys.readouterr().out.splitlines())
    assert report["sound"] and report["images"] == 8 and len(report["levels"]) == 5
    done = [each["done"] for each in progress]
    assert done == sorted(done) and done[-1] <= progress[-1]["total"]
    assert run(["models", "check", "vae"]) == 0
    assert "not applicable, because this model draws in one step" in capsys.readouterr().out


@pytest.mark.parametrize("given", [["nothing"], ["ddpm", "--images", "1000"]])
def test_a_wrong_command_is_one_sentence(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "check", *given]) == 2
    assert "Traceback" not in capsys.readouterr().err
