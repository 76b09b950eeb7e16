"""Lesson 3: samplers and steps."""

from dataclasses import replace

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.lessons.lesson import Exercise, Lesson, LiveState, Trial
from gdm_studio.learning.point_runs import PlaneSettings, run_plane

# The distance from the truth below which the points have to be.
CLOSE = 0.1

SETTINGS = PlaneSettings(density="spiral", steps=5)


def _is_close(state: LiveState) -> bool:
    """Return True if DDIM, with any number of steps and no other change, ends close enough to the truth."""
    others = replace(state.run.settings, steps=SETTINGS.steps, seed=SETTINGS.seed)
    return others == SETTINGS and state.run.distances[-1] < CLOSE


def _is_fewest_steps(state: LiveState) -> bool:
    settings = state.run.settings
    if not _is_close(state):
        return False
    fewer = run_plane(replace(settings, steps=settings.steps - 1)) if settings.steps > 1 else None
    return fewer is None or fewer.distances[-1] >= CLOSE


def _suggest_fewer_steps(state: LiveState) -> str:
    text = QT_TRANSLATE_NOOP("Lesson", "Not yet. The distance is less than 0.1, but fewer steps will do.")
    return text if _is_close(state) else ""


LESSON = Lesson(
    name="samplers",
    title=QT_TRANSLATE_NOOP("Lesson", "3. Samplers and steps"),
    settings=SETTINGS,
    parts=(
        QT_TRANSLATE_NOOP(
            "Lesson",
            "A sampler walks back from noise to data. The network knows every noise level, so the sampler may skip "
            "most of them. DDIM splits x into the guess x̂₀ and the predicted noise ε, and mixes them again with "
            "less noise:\nx′ = α′·x̂₀ + σ′·ε\nMove the slider back: Σ below the plane shows a step in numbers, with "
            "its code. The last step is only x′ = x̂₀.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "The true path is a curve, and DDIM's straight steps cut its corners. A single step ends near the "
            "average of all data. The distance is how far points must move to match the truth along a line, averaged "
            "over all lines; 0 is the same distribution. With 5 steps, DDIM ends 0.23 from the true spiral; with 20 "
            "steps, 0.05. The chart shows other numbers of steps; its dashed line is the distance of two true "
            "samples.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "20 steps"), "steps", 20),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Better rules bend with the curve. DPM++ 2M also uses its previous guess. An evaluation is one guess; "
            "guesses take nearly all the time. In the chart, DPM++ 2M reaches 0.04 with 12 evaluations, and DDIM "
            "0.08.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "DPM++ 2M"), "sampler", "dpmpp_2m"),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "DDPM puts fresh noise in place of part of the predicted noise, except at the end. That corrects earlier "
            "errors, but needs more steps. η scales the fresh noise: 0 is DDIM, 1 is DDPM. With other fresh noise, the "
            "same start ends elsewhere. DDPM follows a stochastic differential equation (SDE), DDIM an ordinary one "
            "(ODE).",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "DDPM"), "sampler", "ddpm"),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "A common mistake: “DDIM adapts its schedule to the data.” It does not. You choose its noise levels before "
            "it starts, and all points pass through the same ones. It needs fewer steps than DDPM because its path "
            "has no new noise. Only methods with a tolerance, such as RK45, choose their steps on the way.",
        ),
    ),
    exercise=Exercise(
        question=QT_TRANSLATE_NOOP(
            "Lesson",
            "Set Steps so that DDIM ends less than 0.1 from the truth, with as few steps as possible. Then check.",
        ),
        is_right=_is_fewest_steps,
        right=QT_TRANSLATE_NOOP("Lesson", "Right. One step less, and the distance is 0.1 or more."),
        hint=QT_TRANSLATE_NOOP(
            "Lesson",
            "Not yet. Open Settings, move Steps, and read the distance below the first plane. Change nothing else.",
        ),
        own_hint=_suggest_fewer_steps,
    ),
)
