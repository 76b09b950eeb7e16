"""Six lessons on diffusion for the Learn page, one module each."""

from gdm_studio.learning.lessons import guidance, latents, memorisation, noise, samplers, score
from gdm_studio.learning.lessons.lesson import Exercise, Lesson, LiveState, Trial

LESSONS: tuple[Lesson, ...] = (
    noise.LESSON,
    score.LESSON,
    samplers.LESSON,
    guidance.LESSON,
    latents.LESSON,
    memorisation.LESSON,
)

__all__ = ["LESSONS", "Exercise", "Lesson", "LiveState", "Trial"]
