"""The systems of the literature, a file each: what it is, its recipe, and the claim that it has to hold.

To add one: a file here with its `System` and its recipe, and a row below. Nothing here imports torch by itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from gdm_studio.systems.system import System

ROOM = "gdm_studio.systems"


class Row(NamedTuple):
    """Where a system is: the module, its `System`, its recipe ("" for one that uses another's weights), and how many
    minutes that should take on two quiet cores."""

    module: str
    system: str
    recipe: str = ""
    help: str = ""
    minutes: int = 0


ROWS = {
    "diffusion-2015": Row("diffusion2015", "GAUSSIAN", "GaussianRecipe", "diffusion of 2015, by its bound", 21),
    "diffusion-2015-bits": Row("diffusion2015", "BINOMIAL", "BinomialRecipe", "diffusion of 2015 over bits", 1),
    "ddpm": Row("ddpm", "DDPM", "DdpmRecipe", "DDPM (2020): predicts the noise, or another target", 21),
    "ddpm-learned": Row("ddpm", "LEARNED", "LearnedRecipe", "DDPM that learns its variance (2021)", 21),
    "ddim": Row("shortcuts", "DDIM"),
    "analytic-dpm": Row("shortcuts", "ANALYTIC"),
    "dp-trajectory": Row("shortcuts", "TRAJECTORY"),
    "score-sde-vp": Row("score_sde", "VP", "VpRecipe", "score SDE, variance preserving (2021)", 21),
    "score-sde-ve": Row("score_sde", "VE", "VeRecipe", "score SDE, variance exploding (2021)", 21),
    "score-sde-subvp": Row("score_sde", "SUB_VP", "SubVpRecipe", "score SDE, sub-VP (2021)", 21),
    "ncsn": Row("ncsn", "NCSN", "NcsnRecipe", "NCSN (2019, 2020): scores at many sizes of noise", 21),
    "vae": Row("adversaries", "VAE", "VaeRecipe", "a variational autoencoder alone (2013)", 10),
    "gan": Row("adversaries", "GAN", "GanRecipe", "a generative adversarial network alone (2014)", 20),
    "tdpm": Row("truncated", "TDPM", "TdpmRecipe", "truncated diffusion begun by a GAN (2022)", 17),
    "es-ddpm": Row("truncated", "ES_DDPM", "EsDdpmRecipe", "early-stopped diffusion begun by a VAE (2022)", 8),
    "ddgan": Row("ddgan", "DDGAN", "DdganRecipe", "denoising diffusion GAN (2022): four steps, drawn by a GAN", 20),
    "diffusevae": Row("diffusevae", "FIRST", "FirstRecipe", "DiffuseVAE (2022): a VAE's picture stands beside x", 19),
    "diffusevae-2": Row("diffusevae", "SECOND", "SecondRecipe", "DiffuseVAE whose noise goes to the VAE's picture", 19),
    "latent": Row("latent", "LATENT", "LatentRecipe", "latent diffusion (2022): DDPM among latents", 10),
    "lsgm": Row("lsgm", "LSGM", "LsgmRecipe", "LSGM (2021): a VAE and the score of its latents, trained together", 9),
    "diffflow": Row("diffflow", "DIFFFLOW", "DiffFlowRecipe", "DiffFlow (2021): points, both ways learned", 1),
    "classifier-guidance": Row(
        "guidance", "CLASSIFIER", "ClassifierRecipe", "a classifier of noisy pictures that leads DDPM (2021)", 7
    ),
    "classifier-free": Row("guidance", "FREE"),
    "cold": Row("cold", "COLD", "ColdRecipe", "Cold Diffusion (2022): five degradations by one network", 21),
    "gamma": Row("gamma", "GAMMA", "GammaRecipe", "DDPM with gamma noise (2021)", 21),
    "dit": Row("backbones", "DIT", "DitRecipe", "DiT (2022): a transformer in the U-Net's place", 25),
    "u-vit": Row("backbones", "U_VIT", "UVitRecipe", "U-ViT (2022): a transformer with a U-Net's skips", 25),
    "simple": Row("backbones", "SIMPLE", "SimpleRecipe", "simple diffusion (2023): noise shifted by the side", 12),
    "rin": Row("backbones", "RIN_SYSTEM", "RinRecipe", "RIN (2022): latents that go on from step to step", 25),
    "mixture": Row("gamma", "MIXTURE", "MixtureRecipe", "DDPM with the noise of a mixture (2021)", 21),
}


def systems() -> dict[str, System]:
    """All of them, in the order of the table."""
    return {name: getattr(_module(row), row.system) for name, row in ROWS.items()}


def recipe_of(name: str) -> Any:
    """The class of the recipe that trains it."""
    return getattr(_module(ROWS[name]), ROWS[name].recipe)


def lines_of(name: str) -> str:
    """What its file says of the idea: the lines that it begins with."""
    return (_module(ROWS[name]).__doc__ or "").strip()


def _module(row: Row) -> Any:
    return import_module(f"{ROOM}.{row.module}")
