"""Formulas of the samplers' steps, as text with placeholders and as Python code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.samplers.symbolic_trace import HISTORY, NOISE, PREDICTION, TracedStep, X

# Symbols of the placeholders: noise levels before and after the step, the factor of the fresh noise, the standard
# deviation of the fresh noise and of the forward step, and the lengths of this step and the one before in
# log(alpha/sigma).
SYMBOLS = {
    "a": "α",
    "s": "σ",
    "a2": "α′",
    "s2": "σ′",
    "eta": "η",
    "u": "u",
    "w": "w",
    "h": "h",
    "hb": "h₋",
}


@dataclass(frozen=True)
class Formula:
    """Formula of a sampler's step: lines of text with the placeholders SYMBOLS, and lines of Python code that compute
    `x_next`. Without code, the coefficients of the traced step are used. The code may use x, x0, z, past, eta, alpha,
    sigma, alpha_next, sigma_next, earlier (the previous noise level), sqrt, log, exp, NoiseLevel and denoise.
    """

    lines: tuple[str, ...]
    code: tuple[str, ...] = ()

    def symbolic(self) -> tuple[str, ...]:
        """Return the lines of the sampler's formula with mathematical symbols, such as σ, for display."""
        return tuple(line.format(**SYMBOLS) for line in self.lines)

    def filled(self, values: Mapping[str, float]) -> tuple[str, ...]:
        """Return the lines of the sampler's formula with the values of one step in place of the placeholders, rounded
        to four digits.
        """
        shown = {name: f"{value:.4g}" for name, value in values.items()}
        return tuple(line.format(**shown) for line in self.lines)


_EPS = "ε = (x − {a}·x̂₀) / {s}"
_UP = "u = {eta}·({s2}/{s})·√({s}² − ({a}/{a2})²·{s2}²)"
_EPS_CODE = "eps = (x - alpha * x0) / sigma"
_FORWARD_CODE = "forward = sqrt(max(sigma**2 - (alpha / alpha_next * sigma_next) ** 2, 0.0))"
_SLOPES = "y′ = y + (σ′/α′ − σ/α)·(w₁·ε + w₂·ε₋ + …),  y = x/α"
_TWO_SLOPES = "y′ = y + ({s2}/{a2} − {s}/{a})·(ε + ε₂)/2,  y = x/α"
_TOWARDS = "x′ = ({s2}/{s})·x + {a2}·(1 − e^(−{h}))·D"
_RELAXED = "x′ = ({s2}/{s})·e^(−{eta}·{h})·x + {a2}·(1 − e^(−(1 + {eta})·{h}))·D"
_FRESH = "    + {s2}·√(1 − e^(−2·{eta}·{h}))·z"

LAST = Formula(("x′ = {a2}·x̂₀",), ("x_next = alpha_next * x0",))
STRAIGHT = Formula(
    (_EPS, "x′ = {a2}·x̂₀ + {s2}·ε"),
    (_EPS_CODE, "x_next = alpha_next * x0 + sigma_next * eps"),
)
_ANCESTRAL = Formula(
    (_EPS, _UP, "x′ = {a2}·x̂₀ + √({s2}² − {u}²)·ε + {u}·z"),
    (
        _EPS_CODE,
        _FORWARD_CODE,
        "up = eta * sigma_next / sigma * forward",
        "x_next = alpha_next * x0 + sqrt(max(sigma_next**2 - up**2, 0.0)) * eps + up * z",
    ),
)
_LARGE = Formula(
    (
        _EPS,
        "w = √({s}² − ({a}/{a2})²·{s2}²)",
        "u = ({s2}/{s})·{w}",
        "x′ = {a2}·x̂₀ + √({s2}² − {u}²)·ε + {w}·z",
    ),
    (
        _EPS_CODE,
        _FORWARD_CODE,
        "up = sigma_next / sigma * forward",
        "x_next = alpha_next * x0 + sqrt(max(sigma_next**2 - up**2, 0.0)) * eps + forward * z",
    ),
)
_CONSISTENCY = Formula(("x′ = {a2}·x̂₀ + {s2}·z",), ("x_next = alpha_next * x0 + sigma_next * z",))
_HEUN = Formula(
    ("x₂ = {a2}·x̂₀ + {s2}·ε,  ε = (x − {a}·x̂₀) / {s},  ε₂ = (x₂ − {a2}·x̂₀(x₂)) / {s2}", _TWO_SLOPES),
    (
        "x0 = denoise(x, NoiseLevel(alpha, sigma))",
        _EPS_CODE,
        "ahead = alpha_next * x0 + sigma_next * eps",
        "eps_ahead = (ahead - alpha_next * denoise(ahead, NoiseLevel(alpha_next, sigma_next))) / sigma_next",
        "mean = (eps + eps_ahead) / 2",
        "x_next = alpha_next * (x / alpha + (sigma_next / alpha_next - sigma / alpha) * mean)",
    ),
)
_MULTISTEP = ("h = log(alpha_next / sigma_next) - log(alpha / sigma)",)
_SECOND_ORDER = (
    *_MULTISTEP,
    "h_before = log(alpha / sigma) - log(earlier.alpha / earlier.sigma)",
    "target = x0 + h / (2 * h_before) * (x0 - past[0])",
)
_FIRST_ORDER = (*_MULTISTEP, "target = x0")
_ODE = ("x_next = sigma_next / sigma * x + alpha_next * (1 - exp(-h)) * target",)
_SDE = (
    "mean = sigma_next / sigma * exp(-eta * h) * x + alpha_next * (1 - exp(-(1 + eta) * h)) * target",
    "x_next = mean + sigma_next * sqrt(1 - exp(-2 * eta * h)) * z",
)
_EXTRAPOLATED = "D = x̂₀ + {h}/(2·{hb})·(x̂₀ − x̂₀₋)"
_TWO_M = Formula((_EXTRAPOLATED, _TOWARDS), (*_SECOND_ORDER, *_ODE))
_TWO_M_SDE = Formula((_EXTRAPOLATED, _RELAXED, _FRESH), (*_SECOND_ORDER, *_SDE))
_TWO_M_SDE_FIRST = Formula(("D = x̂₀", _RELAXED, _FRESH), (*_FIRST_ORDER, *_SDE))

# Formulas by sampler, for samplers whose steps all have the same form. Other samplers show their coefficients.
_FORMULAS = {
    **dict.fromkeys(("ddim", "ddpm", "euler", "euler_a", "flow_euler"), _ANCESTRAL),
    "ddpm_large": _LARGE,
    "lcm": _CONSISTENCY,
    "heun": _HEUN,
    "dpm2": Formula(("y′ = y + ({s2}/{a2} − {s}/{a})·ε(middle),  y = x/α",)),
    "dpm2_a": Formula((_UP, "y′ = y + (√({s2}² − {u}²)/{a2} − {s}/{a})·ε(middle),  x′ = {a2}·y′ + {u}·z")),
    "dpmpp_2s": Formula((_TOWARDS, "D = x̂₀(middle)")),
    "lms": Formula((_SLOPES,)),
    "deis": Formula((_SLOPES,)),
    "plms": Formula((_SLOPES,)),
    "pndm": Formula((_SLOPES,)),
    "flow_heun": Formula(("u′ = u + (t′ − t)·(v + v₂)/2,  u = x/(α + σ),  t = σ/(α + σ),  v = ε − x̂₀",)),
}


def formula_of(sampler: str, at: NoiseLevel, traced: TracedStep | None) -> Formula | None:
    """Return the formula of a sampler's step from the noise level `at`. Returns None if only numeric coefficients are
    known.
    """
    names = set(traced.result.terms) if traced else set()
    one = traced is not None and len(traced.evaluations) == 1
    if one and names == {PREDICTION}:
        return LAST
    if one and names == {X, PREDICTION}:
        return STRAIGHT
    if at.alpha == 0 and _FORMULAS.get(sampler) not in (_ANCESTRAL, _LARGE, _CONSISTENCY):
        return None
    if sampler == "dpmpp_2m" or (sampler == "dpmpp_2m_sde" and NOISE not in names):
        return _TWO_M
    if sampler == "dpmpp_2m_sde":
        return _TWO_M_SDE if HISTORY in names else _TWO_M_SDE_FIRST
    return _FORMULAS.get(sampler)
