"""Phases of training: their networks, their data, and how far a gradient reaches."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gdm_studio.models.families.papers.method_parts import header_of
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.forward_process import create_process
from gdm_studio.models.model_library import Library
from gdm_studio.papers import REGISTRY, recipe_of
from gdm_studio.papers.systems.diffusion2015 import BinomialRecipe
from gdm_studio.training.learning_rate_schedule import step_rng
from tests.papers.oracle import Oracle, normal, recipe

# The networks of a system are trained in this order: each needs those before it.
PHASES = {
    **{name: (name,) for name in ("vae", "gan", "tdpm", "es-ddpm", "ddgan", "lsgm", "cold", "edm", "consistency")},
    **{name: (name,) for name in ("flow-matching", "normalizing-flow", "diffflow", "diffusion-2015-bits")},
    **{name: (name,) for name in ("dit", "u-vit", "simple", "rin", "classifier-guidance")},
    **{name: ("even", name) for name in ("ddpm", "ddpm-learned", "diffusion-2015", "gamma", "mixture", "ncsn")},
    **{f"score-sde-{kind}": ("even", f"score-sde-{kind}") for kind in ("vp", "ve", "subvp")},
    **{name: ("vae", "even", name) for name in ("diffusevae", "diffusevae-2")},
    "latent": ("autoencoder", "even", "latent"),
    "glide": ("contrastive", "upsampler", "glide"),
    "unclip": ("contrastive", "prior", "upsampler", "upsampler-2", "unclip"),
    "imagen": ("text", "upsampler", "upsampler-2", "imagen"),
}
# Phases whose learning rate falls from the warm-up on, or in their second half; others hold it until their cooldown.
FALLING, HALVED = ("vae", "autoencoder"), ("even", "text", "contrastive", "prior", "upsampler", "upsampler-2")


def plain(name: str, **options: Any) -> Any:
    kind: Any = recipe_of(name) if name != "diffusion-2015-bits" else BinomialRecipe
    data = {} if name in ("diffflow", "diffusion-2015-bits") else {"data": Path("points:classes")}
    return kind(**data, **options)


def test_every_recipe_has_its_phases_listed() -> None:
    assert {name for name, row in REGISTRY.items() if row.recipe} == PHASES.keys()


@pytest.mark.parametrize("name", PHASES)
def test_phases_are_in_order_and_their_learning_rate_falls_to_zero(name: str) -> None:
    made = plain(name, samples=100_000, warmup=1000, cooldown=20_000)
    assert tuple(phase.name for phase in made.phases) == PHASES[name]
    for phase in made.phases:
        samples, rate = phase.samples, phase.schedule
        is_first_of_two = phase is not made
        assert phase.learning_rate == made.learning_rate and phase.seed == made.seed
        falls = samples if is_first_of_two and phase.name in FALLING else samples // 2 if is_first_of_two else 20_000
        assert not is_first_of_two or phase.name in FALLING + HALVED
        assert rate(0) == pytest.approx(1 / 1000, abs=1e-3)
        assert rate(499) == pytest.approx(0.5, abs=0.01)
        assert rate(samples - falls + 1000) == pytest.approx(1 - 1000 / falls, abs=0.02)
        assert rate(samples - falls // 2) == pytest.approx(0.5, abs=0.02)
        assert rate(samples - falls // 100) == pytest.approx(0.01, abs=2e-3)


@pytest.mark.parametrize("name", PHASES)
def test_no_two_phases_draw_the_same_random_numbers(name: str) -> None:
    phases = plain(name).phases
    drawn = {float(step_rng(phase.draw_seed, 7).random()) for phase in phases}
    assert len(drawn) == len(phases)


@pytest.mark.parametrize("name", PHASES)
def test_the_written_weights_are_an_average_of_the_last_ones(name: str) -> None:
    made = plain(name, batch=10)
    model = nn.ModuleDict({"one": Oracle(lambda x: x), "two": Oracle(lambda x: x)})
    average = made.average(model)
    halflife = getattr(made, "ema_halflife", 500)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1)
    average.update(round(halflife), 10**9)
    assert len(average.averages) == len(list(model.parameters()))
    for each in average.averages:
        assert each.numpy() == pytest.approx(np.full(each.shape, 0.5), abs=1e-3)


# What makes the written model more than a plain denoiser of its process.
PARTS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("ddpm", "ddpm-learned", "diffusion-2015", "gamma", "mixture"), {"clips": True}),
    "diffusevae": {"clips": True, "beside": "picture"},
    "diffusevae-2": {"clips": True, "beside": "sum"},
    "ddgan": {"clips": True, "latent": 2},
    **dict.fromkeys(("tdpm", "es-ddpm"), {"begins": "noised", "clips": True}),
    "lsgm": {"mixes": (1 / (1 + math.exp(3)),)},
    **dict.fromkeys(("ncsn", "edm", "flow-matching", "consistency", "vae", "gan", "normalizing-flow"), {}),
    **dict.fromkeys(("score-sde-vp", "score-sde-ve", "score-sde-subvp"), {}),
}
# Options that change the process of a system, or what else its file has to say.
CHANGED: dict[str, dict[str, Any]] = {
    "ddpm": {"noise": "cosine", "timesteps": 50}, "gamma": {"theta0": 0.3, "noise": "cosine"},
    "mixture": {"share": 0.3, "jump": 0.5}, "ncsn": {"noises": 20, "least": 0.1, "most": 5.0},
    "edm": {"least": 0.01, "most": 20.0}, "score-sde-ve": {"most": 5.0}, "tdpm": {"until": 30}, "ddgan": {"steps": 2},
    "consistency": {"noises": 9, "least": 0.01},
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_a_written_model_is_sampled_as_it_was_trained(name: str) -> None:
    """Process, law of the noise, prediction and parts of the model's file against those of training."""
    for options in ({}, CHANGED.get(name, {})):
        made = recipe(name, data="points:grid" if name == "normalizing-flow" else "points:classes", **options)
        model = nn.ModuleDict(made.networks()) if name == "lsgm" else nn.ModuleDict()
        found = header_of(made.exported_parts(model))
        assert found.keys() == PARTS[name].keys()
        assert all(value == pytest.approx(PARTS[name][key]) for key, value in found.items())
        if name in ("vae", "gan", "normalizing-flow"):
            assert made.card_entries["defaults"]["steps"] == 1 and made.card_entries["guidance"] is False
            continue
        facts = made.card_entries
        process = create_process(facts["process"], facts["process_numbers"])
        assert process.ratios == pytest.approx(made.process.ratios, rel=1e-12)
        middle = process.at(len(process.ratios) // 2)
        assert tuple(middle) == pytest.approx(tuple(made.process.at(len(process.ratios) // 2)))
        eps = normal(1, 50, 1, 1, 2)
        assert torch.equal(process.law(eps, middle), made.process.law(eps, middle))
        assert facts["prediction"] == made.diffusion.prediction
        assert facts["learned_variance"] == (name == "ddpm-learned") == (made.sizes.answers == 2)


@pytest.mark.parametrize(
    "name", ["ddpm", "diffusevae", "tdpm", "ddgan", "gan", "vae", "lsgm", "edm", "normalizing-flow"]
)
def test_every_parameter_has_one_optimiser(name: str) -> None:
    made = recipe(name, data="points:grid")
    model = nn.ModuleDict(made.networks())
    for phase in made.phases:
        for objective in phase.objectives(model):
            own = [id(each) for each in objective.parameters]
            groups = [group for optimizer in objective.optimizers for group in optimizer.param_groups]
            held = [id(each) for group in groups for each in group["params"]]
            assert sorted(own) == sorted(held) and len(set(own)) == len(own)
            if objective.name in ("discriminator", "generator"):  # more stable without momentum
                assert [group["betas"][0] for group in groups] == [0.0]


def test_training_goes_on_with_dropout_after_a_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets and pairs are measured without dropout, and a network that was without it before stays so."""
    made = recipe("ddpm", data="images", dropout=0.5, sheet_minutes=1.0)
    model, modes = nn.ModuleDict(made.networks()), list[bool]()
    model["finished"] = nn.Linear(2, 2).eval()
    dropout = next(each for each in model.modules() if isinstance(each, nn.Dropout) and each.p == 0.5)
    monkeypatch.setattr(type(made), "_write_product", lambda *given: None)
    vars(made)["report"] = SimpleNamespace(write=lambda model, out, seen: modes.append(model["denoiser"].training))
    made.write_sheet(model, tmp_path, 64)
    assert modes == [False] and dropout.training and model["denoiser"].training
    assert not model["finished"].training
    del vars(made)["report"]
    key, errors = made.paired_errors(model)
    again = made.paired_errors(model)
    assert again[0] == key and np.array_equal(again[1], errors), "measured without dropout"
    assert dropout.training and not model["finished"].training


def test_the_sizes_of_a_network_are_options() -> None:
    made = recipe("ddpm", data="images", width=48, widest=64, levels=2, blocks=2, dropout=0.3)
    sizes = made.networks()["denoiser"].config
    assert (sizes.widths, sizes.blocks, sizes.dropout, sizes.told) == ((48, 64), 2, 0.3, 6)


def test_a_consistency_model_starts_as_its_teacher() -> None:
    start = Library().card("edm-points").path
    made = recipe("consistency", data="points:grid", start=start)
    student, teacher = made.networks()["denoiser"], made.teacher
    weights = teacher.state_dict()
    assert student is not teacher and all(torch.equal(own, weights[key]) for key, own in student.state_dict().items())
    assert not any(parameter.requires_grad for parameter in teacher.parameters()) and not teacher.training
    assert any(bool(weight.any()) for weight in weights.values()) and read_entry(start).metadata


def test_the_prior_of_lsgm_trains_the_encoder_too() -> None:
    """The gradient of the bound, as autograd has it for the bound written out (Vahdat et al. 2021, section 3.1)."""
    from tests.papers.test_losses import KnownAutoencoder

    made = recipe("lsgm", batch=64)
    others = made.networks()
    autoencoder, network = KnownAutoencoder(), Oracle(lambda z, time, cond: 0.4 * z.cos())
    model = {"denoiser": network, "autoencoder": autoencoder, "spread": others["spread"], "mixing": others["mixing"]}
    x, cond, variance, first, eps = batch = made.draw(nn.ModuleDict(model), np.random.default_rng(0), 0)
    (objective,) = made.objectives(nn.ModuleDict(model))
    (found,) = torch.autograd.grad(objective.loss(*batch), autoencoder.matrix)
    shift = torch.zeros((), dtype=torch.float64, requires_grad=True)
    # Both the mean and the log-variance, and so the entropy, depend on the matrix.
    z0 = 2 * x + 0.3 + shift + (0.5 * (shift - 1)).exp() * first
    sigma = variance.double().sqrt()
    z = (1 - variance.double()).sqrt() * z0 + sigma * eps
    share = float(others["mixing"].logits[0].detach().sigmoid())
    error = eps - (1 - share) * sigma * z - share * 0.4 * z.cos()
    weight = 0.5 * math.log(made.variances[1] / made.variances[0]) / (1 - variance.double())
    deviation = math.exp(0.5 * float(others["spread"].log_variance.detach()))
    likelihood = torch.distributions.Normal(z0 / 2, deviation).log_prob(x.double())
    bound = (weight * error.square() - likelihood).mean() - 0.5 * shift
    (exact,) = torch.autograd.grad(bound, shift)
    assert found.numpy() == pytest.approx(np.full((2, 2), float(exact)), rel=1e-3)


def test_a_finished_network_is_not_trained_by_the_next() -> None:
    """DiffuseVAE's chain does not train its VAE, and the prior of DALL·E 2 not the embeddings."""
    made = recipe("diffusevae", batch=8)
    encoder = Oracle(lambda x, cond: torch.cat([x[:, 0, 0], x[:, 0, 0]], dim=1))
    generator = Oracle(lambda z, cond: z[:, None, None])
    batch = made.draw(nn.ModuleDict({"encoder": encoder, "generator": generator}), np.random.default_rng(0), 0)
    assert not any(each.requires_grad for each in batch)
