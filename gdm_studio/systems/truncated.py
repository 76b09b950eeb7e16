"""Diffusion that stops early: the last, noisiest steps of the chain are replaced by a network that draws in one go.

TDPM noises pictures only to a step T′ and trains a GAN to draw x_T′ (Zheng et al. 2022, equation 7; here G makes what
the noise of x_T′ hides, and that noise is drawn: the discriminator sees x_T′ alone). ES-DDPM takes a VAE or a GAN as
it is, noises its picture to x_T′ = √ᾱ_T′·x′ + √(1 − ᾱ_T′)·ε and lets DDPM go on from there (Lyu et al. 2022,
algorithm 1): the noise hides what the generator gets wrong, by data processing never more than without it. The chain
below T′ is DDPM's own, with its β_t and its loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

import numpy as np
from safetensors.torch import load_file
from torch import Tensor, nn

from gdm_studio.errors import StorageError
from gdm_studio.maths.processes import Process, tabulated
from gdm_studio.maths.schedules import SCHEDULES
from gdm_studio.models.checkpoints import read_entry
from gdm_studio.models.families import systems
from gdm_studio.models.quantised import restored
from gdm_studio.networks.generator import Encoder, EncoderConfig, Generator, GeneratorConfig
from gdm_studio.systems.adversaries import adversaries
from gdm_studio.systems.recipe import DenoisingRecipe, NoiseSchedule
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, Objective, Samples
from gdm_studio.training.schedule import normal

TDPM = System(
    name="tdpm",
    title="TDPM",
    year=2022,
    authors="Zheng, He, Chen, Zhou",
    paper="arXiv:2202.09671",
    tags=("diffusion", "adversarial", "few steps"),
    idea="The chain is cut short; a GAN draws the noisy picture that it begins with.",
    starts="A picture noised up to T′, as a GAN draws it.",
    learned="The noise in x_t below that amount, and the GAN.",
    step="As DDPM's; the noisiest steps are left out.",
    objective="E‖ε − ε_θ(x_t, t)‖², t ≤ T′, and a GAN's between q(x_T′) and G(z)",
    trains=("denoiser", "generator", "discriminator"),
    samplers=("ddpm",),
    claim=Claim("Fréchet distance at 10 steps over that of DDPM at 100", "frechet_beside_ddpm_100", 1.1, "less",
                "pair"),
    descends=("ddpm", "gan"),
)  # fmt: skip
ES_DDPM = System(
    name="es-ddpm",
    title="ES-DDPM",
    year=2022,
    authors="Lyu, Xu, Yang, Lin, Dai",
    paper="arXiv:2205.12524",
    tags=("diffusion", "few steps"),
    idea="A VAE's picture is noised a little, and DDPM takes that back: the VAE's blur goes with the noise.",
    starts="A VAE's picture, to which noise is added.",
    learned="The noise in x_t below that amount; the VAE stays as it is.",
    step="As DDPM's; the noisiest steps are left out.",
    objective="E‖ε − ε_θ(x_t, t)‖², t ≤ T′",
    trains=("denoiser",),
    samplers=("ddpm",),
    claim=Claim("Fréchet distance at 10 steps over that of DDPM at 100", "frechet_beside_ddpm_100", 1.1, "less",
                "pair"),
    descends=("ddpm", "vae"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TruncatedRecipe(DenoisingRecipe):
    """DDPM below T′."""

    noise: NoiseSchedule = "linear"
    until: Annotated[int, Option("Until", "T′, of the thousand steps", 1, 999)] = 200

    @cached_property
    def alpha_bars(self) -> tuple[float, ...]:
        return SCHEDULES[self.noise](1000)[: self.until]

    @cached_property
    def process(self) -> Process:
        return tabulated(self.alpha_bars)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"alpha_bars": list(self.alpha_bars)}

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | {"sampler": "ddpm", "steps": 10}

    def given(self, path: Path) -> Generator:
        """The generator of a model file; raises StorageError where there is none, or of other pictures."""
        if not path.is_file():
            raise StorageError(f"There is no file {path}; name a model of `train vae` or `train gan`.")
        config = systems.config_of(read_entry(path).metadata)
        if "generator" not in config["networks"]:
            raise StorageError(f"{path} draws in many steps; name a model of `train vae` or `train gan`.")
        network = Generator(GeneratorConfig(**config["networks"]["generator"]))
        weights = restored(load_file(path))
        network.load_state_dict({key.removeprefix("generator."): value for key, value in weights.items()})
        if network.config.told != self.pictures.told or network.config.size != self.size:
            raise StorageError(f"{path} learned other pictures than those in {self.data}; train it with these.")
        return network


@dataclass(frozen=True, kw_only=True)
class TdpmRecipe(TruncatedRecipe):
    """The chain and the GAN, a step of each in turn."""

    name: ClassVar[str] = "tdpm"
    system: ClassVar[System] = TDPM

    samples: Samples = 120_000
    batch: Batch = 64
    cooldown: Cooldown = 40_000
    latent: Annotated[int, Option("Latent", "numbers that a beginning is made of", 1, 1024)] = 256
    penalty: Annotated[float, Option("Penalty", "gamma of R1", 0, 1000)] = 0.5
    start: Annotated[Path | None, Option("Start", "a model of `train vae` or `train gan`, as which its own begins")] = (
        None
    )

    def networks(self) -> dict[str, nn.Module]:
        told, size = self.pictures.told, self.size
        new = GeneratorConfig(latent=self.latent, told=told, size=size, widest=64)
        generator = Generator(new) if self.start is None else self.given(self.start)
        discriminator = Encoder(EncoderConfig(told=told, size=size, widest=64, spread=True))
        return super().networks() | {"generator": generator, "discriminator": discriminator}

    def served(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {"denoiser": model["denoiser"], "generator": model["generator"]}

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """What DDPM learns from; the same pictures at T′, and what the generator makes its own of."""
        x0, x, levels, told = super().draw(model, rng, step)
        last = self.points[-1]
        begun = last.alpha * x0 + last.sigma * normal(rng, *x0.shape)
        latent = cast(Generator, model["generator"]).config.latent
        given = normal(rng, self.batch, latent + x0[0].numel())
        return x0, x, levels, told, begun, given

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        (denoising,) = super().objectives(model)
        generator, last = cast(Generator, model["generator"]), self.points[-1]

        def made(told: Tensor, given: Tensor) -> Tensor:
            """A picture of the first of the numbers, under noise of the others: what `SystemModel` begins with."""
            latent = generator.config.latent
            picture = generator(given[:, :latent], told)
            return last.alpha * picture + last.sigma * given[:, latent:].reshape(picture.shape)

        first = Objective("noise", lambda x0, x, levels, told, *rest: denoising.loss(x0, x, levels, told),
                          denoising.parameters, denoising.optimizers)  # fmt: skip
        others = adversaries(generator, model["discriminator"], made, self.penalty)
        return [first, *(
            Objective(each.name, _of_beginnings(each.loss), each.parameters, each.optimizers, splits=False)
            for each in others
        )]  # fmt: skip

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {"begins": "noised", "clips": True}


def _of_beginnings(loss: Any) -> Any:
    """The adversaries' loss on what stands at T′."""
    return lambda x0, x, levels, told, begun, given: loss(begun, told, given)


@dataclass(frozen=True, kw_only=True)
class EsDdpmRecipe(TruncatedRecipe):
    """The chain alone; the VAE is given."""

    name: ClassVar[str] = "es-ddpm"
    system: ClassVar[System] = ES_DDPM

    start: Annotated[Path | None, Option("Start", "the model file that `train vae` or `train gan` wrote")] = None

    @cached_property
    def generator(self) -> nn.Module:
        """Of the file; raises StorageError where there is none."""
        if self.start is None:
            raise StorageError("ES-DDPM begins with another model's pictures; name the file of one by --start.")
        return self.given(self.start)

    def model(self, out: Path) -> nn.ModuleDict:
        self.generator  # noqa: B018 - read now: what is missing is said before minutes of training
        return super().model(out)

    def served(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {"denoiser": model["denoiser"], "generator": self.generator}

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {"begins": "noised", "clips": True}
