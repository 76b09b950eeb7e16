"""Three samplers that need fewer steps with DDPM's weights. They need no training, only other backward steps.

DDIM (equation 12) scales the noise that was predicted in x_t instead of adding fresh noise, so that steps may be long.
Its schedule does not depend on the data.

Analytic-DPM (theorem 1) adds fresh noise with the variance that is optimal for the network. The variance is computed
from one value per noise level, Γ_t. The paper estimates E‖ε_θ‖²/d. Here Γ_t is 1 − E‖ε_θ − ε‖²/d, which is equal for an
exact network, and makes the variance optimal for an inexact one too (Bao et al. 2022, arXiv:2206.07309, equation 9).

A DP trajectory (algorithm 1) chooses the timesteps. The variational bound is a sum over steps, so the best K steps are
a shortest path.
"""

from __future__ import annotations

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.papers.system_description import NO_GUIDANCE, Claim, Range, System, terms

DDIM = System(
    name="ddim",
    title="DDIM",
    year=2020,
    authors="Song, Meng, Ermon",
    paper="arXiv:2010.02502",
    tags=("diffusion", "sampler"),
    idea=QT_TRANSLATE_NOOP(
        "System", "Long steps without fresh noise: DDPM's network generates pictures in a tenth of the time."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I)."),
    learned=QT_TRANSLATE_NOOP("System", "Nothing: it uses DDPM's network."),
    step=QT_TRANSLATE_NOOP(
        "System", "Reduces the noise in x_t and adds none, in long steps; the initial noise determines the picture."
    ),
    objective=QT_TRANSLATE_NOOP("System", "none of its own: DDPM's network"),
    trains=(),
    samplers=("ddim",),
    claim=Claim(
        QT_TRANSLATE_NOOP("System", "error of points encoded as noise and decoded, over their deviation, at 100 steps"),
        "inversion_error",
        Range(0, 0.15),
        "points",
        1.4,
        "decoding with fresh noise, η = 1",
        terms=terms(prediction=0.12, states=0.09, spread=(0.75, 1.1), shares=0.1, step=0.001, fresh=0.15),
    ),
    weights_from="ddpm",
    parents=("ddpm",),
    settings={"steps": 10, **NO_GUIDANCE},
)
ANALYTIC = System(
    name="analytic-dpm",
    title="Analytic-DPM",
    year=2022,
    authors="Bao, Li, Zhu, Zhang",
    paper="arXiv:2201.06503",
    tags=("diffusion", "sampler"),
    idea=QT_TRANSLATE_NOOP(
        "System", "The optimal variance of every backward step for the likelihood bound, in closed form."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I)."),
    learned=QT_TRANSLATE_NOOP("System", "Nothing: one number per noise level is measured with DDPM's network."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's, with fresh noise of the optimal variance, which has a closed form."),
    objective=QT_TRANSLATE_NOOP(
        "System", "none of its own: Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d of DDPM's network, measured once"
    ),
    trains=(),
    samplers=("analytic_ddpm", "analytic_ddim"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "bound of held-out points in nats at 10, 25 and 50 steps minus that of the better fixed variance"
        ),
        "analytic_bound",
        Range(-0.6, -0.05),
        "points",
        0.0,
        "variances of other noise levels",
        terms=terms(prediction=0.12, states=0.09, spread=(0.8, 1.1), shares=0.1, above=1.5, fresh=0.15),
    ),
    weights_from="ddpm",
    parents=("ddpm", "ddim"),
    settings={"steps": 25, **NO_GUIDANCE},
)
TRAJECTORY = System(
    name="dp-trajectory",
    title="DP trajectory",
    year=2021,
    authors="Watson, Ho, Norouzi, Chan",
    paper="arXiv:2106.03802",
    tags=("diffusion", "spacing"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "The optimal timesteps for the likelihood bound, by dynamic programming; not always the best pictures.",
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I)."),
    learned=QT_TRANSLATE_NOOP("System", "Nothing: the cost of each step in the bound is measured with DDPM's network."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's; the timesteps are chosen as a shortest path."),
    objective=QT_TRANSLATE_NOOP("System", "none of its own: the minimum of DDPM's bound over paths of K steps"),
    trains=(),
    samplers=("analytic_ddpm",),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "bound of held-out points in nats at 5, 10 and 25 steps minus that of even or quadratic steps"
        ),
        "trajectory_bound",
        Range(-2.2, -0.3),
        "points",
        0.0,
        "a search that takes all noise levels to be equally hard",
        terms=terms(prediction=0.12, states=0.09, spread=(0.8, 1.1), shares=0.1, above=0.35, fresh=0.15),
    ),
    weights_from="ddpm",
    parents=("ddpm",),
    settings={"steps": 25, "spacing": "optimal", **NO_GUIDANCE},
)
