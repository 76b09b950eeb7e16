"""Solvers of the probability-flow ODE that need few evaluations of DDPM's network. They need no training.

DPM-Solver solves the linear part of the ODE exactly and expands the network's prediction in λ = ln(α/σ) (Lu et al.
2022, proposition 3.1); `dpm2` is DPM-Solver-2. DPM-Solver++, of a second paper, does so for the predicted image; its
multistep variant `dpmpp_2m`, which is measured here, reuses the prediction of the previous step, at one evaluation per
step.

UniPC corrects each step with the prediction at its end, which the next step needs anyway, so that the order rises by
one without further evaluations (Zhao et al. 2023, theorem 3.1).

PNDM treats the ODE as one on the manifold of noisy images: DDIM's step is the transfer, and a linear multistep method
gives the noise that it transfers (Liu et al. 2022, equations 11 and 12).
"""

from __future__ import annotations

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.papers.system_description import NO_GUIDANCE, Claim, Range, System, terms

# The terms of all solvers. They have the same network.
TERMS = terms(prediction=0.12, states=0.08, spread=(0.7, 1.1), shares=0.1, fresh=0.15)
# The order of convergence of solvers of order 2; and that of PNDM in even steps, whose multistep rule has order 4 and
# whose first steps have order 3.
SECOND, FOURTH = (1.9, 2.2), (3.5, 4.1)


def _describe_solver(
    name: str, title: str, authors: str, paper: str, claim: Claim, samplers: tuple[str, ...], **facts: object
) -> System:
    return System(
        name=name,
        title=title,
        authors=authors,
        paper=paper,
        tags=("diffusion", "sampler"),
        starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I)."),
        learned=QT_TRANSLATE_NOOP("System", "Nothing: it uses DDPM's network."),
        objective=QT_TRANSLATE_NOOP("System", "none of its own: DDPM's network"),
        trains=(),
        samplers=samplers,
        claim=claim,
        weights_from="ddpm",
        settings={"steps": 10, "spacing": "exponential", **NO_GUIDANCE},
        **facts,  # type: ignore[arg-type]
    )


def _claim_against_ddim(interval: Range, fine: float, local: tuple[float, float], order: tuple[float, float]) -> Claim:
    text = QT_TRANSLATE_NOOP(
        "System", "error of points in 10 steps over that of DDIM with as many evaluations of the network"
    )
    return Claim(
        text, "solver_error", interval, "points", 1.0, "DDIM", terms=terms(local=local, fine=fine, order=order) | TERMS
    )


DPM_SOLVER = _describe_solver(
    "dpm-solver",
    "DPM-Solver",
    "Lu, Zhou, Bao, Chen, Li, Zhu",
    "arXiv:2206.00927 and 2211.01095",
    _claim_against_ddim(Range(0.1, 0.5), fine=0.1, local=(0.25, 0.5), order=SECOND),
    ("dpmpp_2m", "dpm2", "dpmpp_2s"),
    year=2022,
    idea=QT_TRANSLATE_NOOP(
        "System", "The ODE's known part is solved exactly, so that ten to twenty evaluations of the network suffice."
    ),
    step=QT_TRANSLATE_NOOP(
        "System", "A long step along the ODE, with the slope of the last two predictions; no fresh noise."
    ),
    parents=("score-sde-vp", "ddim"),
)
UNIPC = _describe_solver(
    "unipc",
    "UniPC",
    "Zhao, Bai, Rao, Zhou, Lu",
    "arXiv:2302.04867",
    Claim(
        QT_TRANSLATE_NOOP("System", "error of points in 10 steps over that of DPM-Solver++ of the same order"),
        "corrected_error",
        Range(0.25, 0.9),
        "points",
        1.0,
        "DPM-Solver++, which has no corrector",
        terms=terms(local=(0.3, 0.7), fine=0.08, order=SECOND) | TERMS,
    ),
    ("unipc", "unipc_3"),
    year=2023,
    idea=QT_TRANSLATE_NOOP(
        "System", "Every step is corrected by the prediction at its end, which the next step needs anyway."
    ),
    step=QT_TRANSLATE_NOOP(
        "System", "A long step along the ODE as DPM-Solver's, then a correction of it; no fresh noise."
    ),
    parents=("dpm-solver",),
)
PNDM = _describe_solver(
    "pndm",
    "PNDM",
    "Liu, Ren, Lin, Zhao",
    "arXiv:2202.09778",
    _claim_against_ddim(Range(0.3, 0.7), fine=0.07, local=(0.17, 0.4), order=FOURTH),
    ("pndm", "plms"),
    year=2022,
    idea=QT_TRANSLATE_NOOP(
        "System", "DDIM's steps with a better estimate of the noise, from the predictions of the last four steps."
    ),
    step=QT_TRANSLATE_NOOP(
        "System", "DDIM's step with a combination of the last four predicted noises; no fresh noise."
    ),
    parents=("ddim",),
)
