"""Lesson 1: noise and its schedule."""

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.lessons.lesson import Exercise, Lesson, LiveState, Trial
from gdm_studio.learning.point_runs import PlaneSettings

# Largest difference between alpha and sigma that counts as equal.
EQUAL = 0.06


def _is_balanced(state: LiveState) -> bool:
    return abs(state.at.alpha - state.at.sigma) <= EQUAL


LESSON = Lesson(
    name="noise",
    title=QT_TRANSLATE_NOOP("Lesson", "1. Noise and its schedule"),
    settings=PlaneSettings(density="moons", steps=40),
    is_forward=True,
    position=0.0,
    parts=(
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Each point here stands for a picture. Drag the slider below: the points turn into noise, step by step. "
            "The grey glow is their true density; blue and orange are two classes. Nothing is learned yet. This half "
            "of diffusion is pure arithmetic.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "One small step keeps most of a point and adds a little Gaussian noise ε:\nx ← √(1 − β)·x + √β·ε\nHere β "
            "is the noise's share of the variance. Mind the roots. Data and noise both have variance 1, and variances "
            "add up: (1 − β) + β = 1. So the cloud keeps its size. Without the roots it would shrink at every step, "
            "which is a common mistake.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Many small steps together are one large step:\nx = α·x₀ + σ·ε\nα scales the data: it is the product of "
            "all √(1 − β), which DDPM's paper calls √ᾱ. σ scales the noise. Both are shown below the plane. Since "
            "the cloud keeps its size, α² + σ² = 1: the variance is preserved (VP). At the end α is nearly 0: what "
            "remains is Gaussian noise with mean 0 and variance 1, from which a new picture can start.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "A schedule says how fast α falls over 1000 steps; the slider stops at 40 of them. Halfway, α is 0.28 in "
            "the linear schedule and 0.70 in the cosine schedule, which spends more steps where shapes can be seen.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "The cosine schedule"), "process", "vp-cosine"),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Some processes never shrink the data: with VE (variance exploding), α stays 1 and σ grows to 50. The "
            "points look alike, because this page scales them to the same size. So the chart shows α / √(α² + σ²), "
            "which falls for VE too. What counts is the ratio σ / α.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "VE, which only adds noise"), "process", "ve"),
    ),
    exercise=Exercise(
        question=QT_TRANSLATE_NOOP(
            "Lesson", "Drag the slider to the place where data and noise are equally strong, α = σ. Then check."
        ),
        is_right=_is_balanced,
        right=QT_TRANSLATE_NOOP(
            "Lesson", "Right. With VP, both are 0.71 there, because twice the square of 0.71 is 1."
        ),
        hint=QT_TRANSLATE_NOOP("Lesson", "Not yet. Read α and σ below the plane: near 0.7 with VP, near 1 with VE."),
    ),
)
