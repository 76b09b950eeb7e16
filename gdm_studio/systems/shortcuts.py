"""Three ways to fewer steps on DDPM's weights: nothing is trained, only the steps back are others.

DDIM (equation 12) keeps what x_t says of the noise and moves it, so that steps may be long and need no fresh noise;
it does not adapt its schedule to the data. Analytic-DPM (theorem 1) adds as much fresh noise as is best for this
network, known from one number for each noise level, Γ_t = E‖ε_θ‖²/d. A DP trajectory (algorithm 1) chooses which
timesteps to visit: the variational bound is a sum over jumps, so that the best K of them are a shortest path.
"""

from __future__ import annotations

from gdm_studio.systems.system import UNGUIDED, Claim, System

DDIM = System(
    name="ddim",
    title="DDIM",
    year=2021,
    authors="Song, Meng, Ermon",
    paper="arXiv:2010.02502",
    tags=("diffusion", "sampler"),
    idea="Steps without fresh noise, which may be long: pictures of DDPM's network in a tenth of the time.",
    starts="Gaussian noise, N(0, I).",
    learned="Nothing: it uses DDPM's network.",
    step="Moves what x_t holds of noise to a smaller amount, adds none, and may be long: one start, one picture.",
    objective="none of its own: DDPM's network",
    trains=(),
    samplers=("ddim",),
    claim=Claim("Fréchet distance at 10 steps over that of DDPM", "frechet_ratio_10", 0.7, "less", "weights"),
    weights_of="ddpm",
    descends=("ddpm",),
    settings={"steps": 10, **UNGUIDED},
)
ANALYTIC = System(
    name="analytic-dpm",
    title="Analytic-DPM",
    year=2022,
    authors="Bao, Li, Zhu, Zhang",
    paper="arXiv:2201.06503",
    tags=("diffusion", "sampler"),
    idea="The variance of every step back that bounds the likelihood best, in closed form.",
    starts="Gaussian noise, N(0, I).",
    learned="Nothing: one number a noise level is measured with DDPM's network.",
    step="As DDPM's, with fresh noise of the best variance, which has a closed form.",
    objective="none of its own: Γ_t = E‖ε_θ(x_t, t)‖²/d of DDPM's network, measured once",
    trains=(),
    samplers=("analytic_ddpm", "analytic_ddim"),
    claim=Claim(
        "bits a number of the bound at 10, 25 and 50 steps less those of the better fixed variance, at most",
        "bound_of_analytic", 0.0, "less", "weights",
    ),
    weights_of="ddpm",
    descends=("ddpm", "ddim"),
    settings={"steps": 25, **UNGUIDED},
)  # fmt: skip
TRAJECTORY = System(
    name="dp-trajectory",
    title="DP trajectory",
    year=2021,
    authors="Watson, Ho, Norouzi, Chan",
    paper="arXiv:2106.03802",
    tags=("diffusion", "spacing"),
    idea="The timesteps that bound the likelihood best, by dynamic programming; not always the best pictures.",
    starts="Gaussian noise, N(0, I).",
    learned="Nothing: what each jump costs in the bound is measured with DDPM's network.",
    step="As DDPM's; which timesteps are visited is chosen, as a cheapest path.",
    objective="none of its own: the least sum of DDPM's bound over paths of K jumps",
    trains=(),
    samplers=("analytic_ddpm",),
    claim=Claim(
        "bits a number of the bound at 5, 10 and 25 steps less those of even steps, at most",
        "bound_of_trajectory", 0.0, "less", "weights",
    ),
    weights_of="ddpm",
    descends=("ddpm",),
    settings={"steps": 25, "spacing": "optimal", **UNGUIDED},
)  # fmt: skip
