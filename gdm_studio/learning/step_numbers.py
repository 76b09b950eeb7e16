"""Quantities of a single step: noise levels, array sizes, formula, and code that computes the step."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.point_runs import EXACT, PlaneRun, PlaneSettings, Predict, exact_prediction
from gdm_studio.learning.step_formulas import formula_of
from gdm_studio.maths.noise_path import Array, NoiseLevel, NoisePath, eps_of
from gdm_studio.maths.posterior import posterior_sigma, transition_sigma
from gdm_studio.maths.samplers import SAMPLERS, SamplerSpec
from gdm_studio.maths.samplers.symbolic_trace import HISTORY, Combination, TracedStep, X, traced_step

if TYPE_CHECKING:
    from gdm_studio.engine.step_history import Trajectory
    from gdm_studio.maths.noise_path import Step
    from gdm_studio.models.model_library import Library

# The last line of the code.
_CHECK = 'print("difference from the saved step:", float(abs(x_next - x_saved).max()))'
# Meanings of the symbols in formulas that are not among the noise levels and sizes.
_SYMBOLS = {
    "z": QT_TRANSLATE_NOOP("StepNumbers", "fresh Gaussian noise"),
    "h": QT_TRANSLATE_NOOP("StepNumbers", "step in log(α/σ)"),
    "h₋": QT_TRANSLATE_NOOP("StepNumbers", "previous step in log(α/σ)"),
    "x̂₀₋": QT_TRANSLATE_NOOP("StepNumbers", "data predicted in the previous step"),
    "past": QT_TRANSLATE_NOOP("StepNumbers", "results of previous steps, by their name in the code"),
    "w₁": QT_TRANSLATE_NOOP("StepNumbers", "weight, computed from the noise levels"),
    "ε₋": QT_TRANSLATE_NOOP("StepNumbers", "noise predicted in the previous step"),
    "middle": QT_TRANSLATE_NOOP("StepNumbers", "predicted between both noise levels"),
}
# Names of arrays in the line of coefficients.
_NAMES = {"x0": "x̂₀", HISTORY: "past"}


@dataclass(frozen=True)
class Quantity:
    """A number that describes a denoising step, with its symbol and a description, for display."""

    symbol: str
    value: float
    meaning: str


@dataclass(frozen=True)
class StepNumbers:
    """The quantities of a sampler's step from x to x′, for display. `formula` has symbols, `filled` has numbers in
    their place, and `coefficients` lists the factor of each array. `symbols` lists pairs of a symbol and its meaning.

    `evaluations` is the number of denoiser evaluations, or 0 if it depends on the values. `code` is Python that
    computes `x_next`.
    """

    index: int
    of: int
    sampler: str
    levels: tuple[Quantity, ...]
    sizes: tuple[Quantity, ...]
    formula: tuple[str, ...]
    filled: tuple[str, ...]
    coefficients: tuple[str, ...]
    evaluations: int
    code: str
    symbols: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> list[str]:
        """Return the quantities of the denoising step as lines of text for display, without the code."""
        shown = [f"{each.symbol} = {each.value:.6g}  ({each.meaning})" for each in (*self.levels, *self.sizes)]
        explained = [f"{symbol}: {meaning}" for symbol, meaning in self.symbols]
        return [*shown, *self.formula, *self.filled, *self.coefficients, *explained]


@dataclass(frozen=True)
class _Source:
    """Arrays of a sampler's step from path[start] to path[start + 1], and code that restores them.

    `setup` is Python code that defines x, x0, past, x_saved, path, noise and, if `has_denoise` is set, denoise.
    """

    spec: SamplerSpec
    path: NoisePath
    start: int
    params: Mapping[str, Any]
    x: Array
    x0: Array
    x_next: Array
    past: Sequence[Array]
    imports: Sequence[str]
    setup: Sequence[str]
    has_denoise: bool
    guidance: Array | None = None


def plane_step(run: PlaneRun, index: int, predict: Predict | None = None, *, training_steps: int = 0) -> StepNumbers:
    """Return the numbers and the formula of step `index` (1 … run.steps) of a sampler run on 2-D points.

    `predict` is the run's network after `training_steps` steps of training, or None for the exact denoiser. Raises
    BadRequest for a run of the forward process, which has no sampler steps.
    """
    if not run.history:
        raise BadRequest("The process adds noise in one go; choose the way from noise to data for its steps.")
    settings, start = run.settings, index - 1
    guidance = None
    if settings.label is not None:
        predicted = predict or exact_prediction(settings)
        x, at = run.x[start], run.path[start]
        guidance = predicted(x, at, settings.label) - predicted(x, at, None)
    source = _Source(
        spec=SAMPLERS[settings.sampler],
        path=run.path,
        start=start,
        params={},
        x=run.x[start],
        x0=run.denoised[start],
        x_next=run.x[index],
        past=run.history[start],
        imports=_list_plane_imports(settings),
        setup=_build_plane_setup(settings, index, training_steps),
        has_denoise=True,
        guidance=guidance,
    )
    return _build_numbers(source, index, run.steps)


def image_step(
    trajectory: Trajectory, index: int, library: Library, *, file: str, guidance: bool = False
) -> StepNumbers:
    """Return the numbers and the formula of a recorded denoising step of an image.

    `file` is the path of the recorded steps, as the code loads them. With `guidance`, the network is evaluated to
    measure the guidance difference. Raises BadRequest if the step does not exist or cannot be restored.
    """
    from gdm_studio.engine.guided_denoiser import sampler_arguments
    from gdm_studio.models.forward_process import forward_process

    request = trajectory.request
    card = library.card(request.model).for_request(request)
    after = trajectory.step(index, library, exact=False)
    ends = pairwise((0, *card.stage_ends(len(trajectory.path) - 1)))
    number, (first, last) = next(each for each in enumerate(ends) if index <= each[1][1])
    before = trajectory.log.start if index == trajectory.first + 1 else trajectory.step(index - 1, library, exact=False)
    if index == first + 1 and before.x.shape != after.x.shape:
        raise BadRequest(f"Step {index} begins a stage from new noise, which is not recorded; choose a later step.")
    source = _Source(
        spec=SAMPLERS[request.sampler],
        path=trajectory.path[first : last + 1],
        start=index - 1 - first,
        params={**request.knobs, **sampler_arguments(request, card, forward_process(card))},
        x=before.x,
        x0=after.denoised,
        x_next=after.x,
        past=before.history,
        imports=_IMAGE_IMPORTS,
        setup=_build_image_setup(file, index, stage=(first, last, number), is_first=index == trajectory.first + 1),
        has_denoise=False,
        guidance=_compute_guidance_difference(trajectory, before, library) if guidance else None,
    )
    return _build_numbers(source, index, len(trajectory.path) - 1)


def _build_numbers(source: _Source, index: int, of: int) -> StepNumbers:
    at, to = source.path[source.start], source.path[source.start + 1]
    traced = traced_step(source.spec, source.path, source.start, history=len(source.past), params=dict(source.params))
    eta = _find_eta(source)
    formula = formula_of(source.spec.name, at, traced)
    values = _collect_values(source, eta)
    filled = formula.filled(values) if formula else ()
    symbolic = formula.symbolic() if formula else ()
    coefficients = tuple(_format_expressions(traced, short=True)) if traced else ()
    return StepNumbers(
        index=index,
        of=of,
        sampler=source.spec.title,
        levels=_list_levels(at, to, eta),
        sizes=_measure_sizes(source, at),
        formula=symbolic,
        filled=filled if filled != symbolic else (),
        coefficients=coefficients,
        evaluations=len(traced.evaluations) if traced else 0,
        code=_build_code(source, index, of, traced),
        symbols=_find_symbols(*symbolic, *coefficients),
    )


def _find_symbols(*lines: str) -> tuple[tuple[str, str], ...]:
    """Return the symbols of _SYMBOLS that occur in a formula, with their meanings."""
    text = " ".join(lines)
    return tuple(
        (symbol, meaning)
        for symbol, meaning in _SYMBOLS.items()
        if re.search(rf"(?<!\w){re.escape(symbol)}(?!\w)", text)
    )


def _list_levels(at: NoiseLevel, to: NoiseLevel, eta: float | None) -> tuple[Quantity, ...]:
    before = (
        QT_TRANSLATE_NOOP("StepNumbers", "scale of the data before the step"),
        QT_TRANSLATE_NOOP("StepNumbers", "noise before the step"),
    )
    after = (
        QT_TRANSLATE_NOOP("StepNumbers", "scale of the data after it"),
        QT_TRANSLATE_NOOP("StepNumbers", "noise after it"),
    )
    found = [
        Quantity("α", at.alpha, before[0]),
        Quantity("σ", at.sigma, before[1]),
        Quantity("α′", to.alpha, after[0]),
        Quantity("σ′", to.sigma, after[1]),
    ]
    if eta is not None:
        found.append(Quantity("η", eta, QT_TRANSLATE_NOOP("StepNumbers", "factor of the fresh noise")))
    return tuple(found)


def _measure_sizes(source: _Source, at: NoiseLevel) -> tuple[Quantity, ...]:
    """Return the root mean square of each array that takes part in a step, such as the noisy data
    and the prediction.
    """
    found = [
        Quantity("‖x‖", _compute_rms(source.x), QT_TRANSLATE_NOOP("StepNumbers", "data with noise")),
        Quantity("‖x̂₀‖", _compute_rms(source.x0), QT_TRANSLATE_NOOP("StepNumbers", "predicted data")),
        Quantity(
            "‖ε‖", _compute_rms(eps_of(source.x, source.x0, at)), QT_TRANSLATE_NOOP("StepNumbers", "predicted noise")
        ),
        Quantity(
            "‖x′ − x‖", _compute_rms(source.x_next - source.x), QT_TRANSLATE_NOOP("StepNumbers", "change by the step")
        ),
    ]
    if source.guidance is not None:
        meaning = QT_TRANSLATE_NOOP("StepNumbers", "guidance: prediction with minus without condition")
        found.append(Quantity("‖Δ‖", _compute_rms(source.guidance), meaning))
    return tuple(found)


def _compute_rms(values: Array) -> float:
    return math.sqrt(float((values * values).mean()))


def _find_eta(source: _Source) -> float | None:
    """Return the sampler's parameter eta, which scales the fresh noise added in a step, or None if the sampler has no
    such parameter.
    """
    fixed = source.spec.fn.keywords if isinstance(source.spec.fn, partial) else {}
    defaults = {param.name: param.default for param in source.spec.params}
    found = {**defaults, **fixed, **source.params}.get("eta")
    return None if found is None else float(found)


def _collect_values(source: _Source, eta: float | None) -> dict[str, float]:
    """Return the values of one step by their placeholders in the formula."""
    at, to = source.path[source.start], source.path[source.start + 1]
    share = 1.0 if eta is None else eta
    earlier = source.path[source.start - 1].log_snr if source.start else math.nan
    return {
        "a": at.alpha,
        "s": at.sigma,
        "a2": to.alpha,
        "s2": to.sigma,
        "eta": share,
        "u": share * posterior_sigma(at, to),
        "w": transition_sigma(at, to),
        "h": to.log_snr - at.log_snr,
        "hb": at.log_snr - earlier,
    }


def _format_expressions(traced: TracedStep, *, short: bool) -> list[str]:
    """Return the formula of a step with numeric coefficients: a line per denoiser evaluation, and one for the new x.
    With `short`, they are text with four digits, without the first evaluation; else Python, without a single
    evaluation.
    """
    lines = []
    several = len(traced.evaluations) > 1
    for place, each in enumerate(traced.evaluations):
        if short and place:
            lines.append(
                f"{_format_symbol(each.name)} = x̂₀({_format_sum(each.input, short=True)}; σ/α = {each.at.ratio:.4g})"
            )
        elif not short and several:
            level = f"NoiseLevel({each.at.alpha!r}, {each.at.sigma!r})"
            lines.append(f"{each.name} = denoise({_format_sum(each.input, short=False)}, {level})")
    name = "x′" if short else "x_next"
    return [*lines, f"{name} = {_format_sum(traced.result, short=short)}"]


def _format_sum(combination: Combination, *, short: bool) -> str:
    terms = {name: value for name, value in combination.terms.items() if value}
    if terms == {X: 1.0}:
        return X
    found = ""
    for name, value in terms.items():
        sign = "−" if short else "-"
        joint = f" {sign if value < 0 else '+'} " if found else sign if value < 0 else ""
        size = abs(value)
        found += f"{joint}{f'{size:.4g}·{_format_symbol(name)}' if short else f'{size!r} * {_format_array(name)}'}"
    return found


def _format_symbol(name: str) -> str:
    """Return the mathematical symbol for the name that an array has in the traced step, such as x̂₀ for "x0".

    It is numbered if there are several.
    """
    kind, _, number = name.partition("_")
    return _NAMES.get(kind, kind) + (f"[{number}]" if number else "")


def _format_array(name: str) -> str:
    """Return the Python expression for the name that an array has in the traced step. Names of past predictions count
    from 1, and the indices of the list `past` from 0.
    """
    kind, _, number = name.partition("_")
    return f"past[{int(number or 1) - 1}]" if kind == HISTORY else name


def _build_code(source: _Source, index: int, of: int, traced: TracedStep | None) -> str:
    at, to = source.path[source.start], source.path[source.start + 1]
    formula = formula_of(source.spec.name, at, traced)
    several = traced is None or len(traced.evaluations) > 1
    head = [f"# Step {index} of {of} with {source.spec.title}.", f"# {source.spec.paper}"]
    if several and not source.has_denoise:
        head += [
            "# Its record does not have all outputs of the network:",
            "# set denoise(x, at) to a function that returns the predicted data of x at a noise level.",
        ]
    body = formula.code if formula and formula.code else ()
    if body:
        levels = {"alpha": at.alpha, "sigma": at.sigma, "alpha_next": to.alpha, "sigma_next": to.sigma}
        if (eta := _find_eta(source)) is not None and any("eta" in line for line in body):
            levels["eta"] = eta
        constants = [f"{name} = {value!r}" for name, value in levels.items()]
        if any("earlier." in line for line in body):
            earlier = source.path[source.start - 1]
            constants.append(f"earlier = NoiseLevel({earlier.alpha!r}, {earlier.sigma!r})")
        lines = [*constants, "", *body]
    elif traced is not None:
        lines = _format_expressions(traced, short=False)
    else:
        named = {name: repr(value) for name, value in source.params.items() if isinstance(value, int | float)}
        if source.spec.needs == "degrade":
            named["degrade"] = "process.degrade"
        elif source.spec.needs:
            named[source.spec.needs] = source.spec.needs
        options = "".join(f", {name}={value}" for name, value in named.items())
        sampler = f"SAMPLERS[{source.spec.name!r}].fn"
        lines = [
            f"steps = {sampler}(denoise, x, path, noise, start={source.start}, history=past{options})",
            "x_next = next(steps).x",
        ]
    asked = [*_list_imports("\n".join(lines)), *source.imports]
    own = sorted(line for line in asked if "gdm_studio" in line)
    standard = [line for line in asked if line not in own]
    parts = [head, standard, own, [*source.setup, *_format_draws(traced, source)], lines, [_CHECK]]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _list_imports(lines: str) -> list[str]:
    """Return the import statements that the code of a step requires."""
    used = [name for name in ("exp", "log", "sqrt") if f"{name}(" in lines]
    found = [f"from math import {', '.join(used)}"] if used else []
    if "NoiseLevel(" in lines:
        found.append("from gdm_studio.maths.noise_path import NoiseLevel")
    if "SAMPLERS[" in lines:
        found.append("from gdm_studio.maths.samplers import SAMPLERS")
    return found


def _format_draws(traced: TracedStep | None, source: _Source) -> list[str]:
    """Return the lines of Python code that draw the random noise of a step."""
    drawn = traced.draws if traced else {}
    step = source.start + 1
    return [f"{name} = noise({step}, x{f', {draw}' if draw else ''})" for name, draw in drawn.items()]


def _list_plane_imports(settings: PlaneSettings) -> list[str]:
    seeds = "from gdm_studio.maths.exact import seeded"
    if settings.denoiser == EXACT:
        return [seeds, "from gdm_studio.learning.point_runs import PlaneSettings, create_denoiser, run_plane"]
    return [
        seeds,
        "from gdm_studio.learning.point_runs import PlaneSettings, create_denoiser, density_of, process_of, run_plane",
        "from gdm_studio.training.toy_point_denoiser import PlaneNetwork",
    ]


def plane_settings_code(settings: PlaneSettings) -> str:
    """Return a Python expression that creates the settings of a sampler run on 2-D points.

    Only the main settings and settings with non-default values are listed.
    """
    shown = ("density", "process", "sampler", "steps")
    default = PlaneSettings()
    values = {name: value for name, value in vars(settings).items() if name in shown or value != getattr(default, name)}
    return f"PlaneSettings({', '.join(f'{name}={value!r}' for name, value in values.items())})"


def _build_plane_setup(settings: PlaneSettings, index: int, training_steps: int) -> list[str]:
    lines = [f"settings = {plane_settings_code(settings)}"]
    predict = ""
    if settings.denoiser != EXACT:
        predict = ", predict"
        lines += [
            "density = density_of(settings.density, settings.lines)",
            "network = PlaneNetwork(density, process_of(settings.process), settings.denoiser)",
            f"for _ in range({training_steps}):",
            "    network.step()",
            "predict = network.predictor()",
        ]
    return [
        *lines,
        f"run = run_plane(settings{predict})",
        f"x, x0, past = run.x[{index - 1}], run.denoised[{index - 1}], run.history[{index - 1}]",
        f"x_saved = run.x[{index}]",
        f"denoise = create_denoiser(settings{predict})",
        "path, noise = run.path, seeded(settings.seed)",
    ]


_IMAGE_IMPORTS = (
    "from pathlib import Path",
    "from gdm_studio.engine.noise import noise_of, shift_steps",
    "from gdm_studio.engine.step_history import load",
    "from gdm_studio.models.forward_process import forward_process",
    "from gdm_studio.models.model_library import Library",
)


def _build_image_setup(file: str, index: int, *, stage: tuple[int, int, int], is_first: bool) -> list[str]:
    """Return lines of Python code that load a recorded step of an image, as input for the step's formula. `stage`
    describes the model stage as (first step, last step, index).
    """
    first, last, number = stage
    before = "steps.log.start" if is_first else f"steps.step({index - 1}, library, exact=False)"
    path = f"steps.path[{first}:{last + 1}]" if number else "steps.path"
    noise = f"shift_steps({first + number}, noise_of(steps.request, (0,)))"
    return [
        "library = Library()",
        f"steps = load(Path({file!r}))",
        f"before = {before}",
        f"after = steps.step({index}, library, exact=False)",
        "x, x0, past, x_saved = before.x, after.denoised, before.history, after.x",
        "process = forward_process(library.card(steps.request.model).for_request(steps.request))",
        f"path = {path}",
        f"noise = process.noise({noise}, path)",
    ]


def _compute_guidance_difference(trajectory: Trajectory, before: Step, library: Library) -> Array | None:
    """Run the network at the start of a step, and return its prediction with the prompt minus that without it.

    Returns None if the request has no guidance.
    """
    if trajectory.request.guidance_scale == 1:
        return None
    from gdm_studio.engine.generation_loop import denoise_pipeline
    from gdm_studio.engine.initial_state import state_after_step
    from gdm_studio.engine.pipeline import Pipeline
    from gdm_studio.models.memory import devices
    from gdm_studio.models.model_library import load_for_request

    plain = replace(trajectory.request, temperature=1.0, controls={}, sampler="euler", knobs={})
    predictions = []
    # With guidance g the prediction is u + g·(c − u), so those for 2 and for 1 differ by c − u.
    for scale in (2.0, 1.0):
        request = replace(plain, guidance_scale=scale)
        device, dtype = devices.nearest_device_and_dtype(request, library.card(request.model))
        model = load_for_request(library, request, device=device, dtype=dtype)
        pipeline = Pipeline(model, request, (0,))
        state = state_after_step(pipeline, replace(before, history=()))
        (step,) = islice(denoise_pipeline(pipeline, state), 1)
        predictions.append(step.denoised.cpu())
    return predictions[0] - predictions[1]
