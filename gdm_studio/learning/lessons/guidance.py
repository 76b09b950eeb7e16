"""Lesson 4: guidance and temperature."""

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.lessons.lesson import Exercise, Lesson, LiveState, Trial, is_near
from gdm_studio.learning.point_runs import PlaneSettings
from gdm_studio.maths.guidance import guided
from gdm_studio.maths.noise_path import CLEAN

# The predictions of the exercise with and without the class, and the guidance scale.
WITH, WITHOUT, SCALE = 0.5, 0.2, 3.0


def _is_guided(state: LiveState) -> bool:
    wanted = guided(lambda x, at: (WITH, WITHOUT), SCALE)(0.0, CLEAN)
    return is_near(state.number, wanted)


LESSON = Lesson(
    name="guidance",
    title=QT_TRANSLATE_NOOP("Lesson", "4. Guidance, temperature"),
    settings=PlaneSettings(density="moons", label=0, steps=20),
    parts=(
        QT_TRANSLATE_NOOP(
            "Lesson",
            "A prompt is a condition. On the plane it is the class: here, the first moon. The network can guess with "
            "the class, c, and without it, u. In training, the class is sometimes left out, so that one network learns "
            "both.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Classifier-free guidance exaggerates the difference between the two guesses:\nx̂₀ = u + g·(c − u)\nAt g "
            "= 0 the class has no effect, and at g = 1 it is the plain guess with the class. Above 1, points move "
            "away from what all classes have in common. Each step takes two guesses instead of one. With a negative "
            "prompt, u is the guess for that prompt.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "Guidance 4"), "guidance_scale", 4.0),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "The class becomes clearer, and the variety smaller: across, the spread of the moon falls from 0.97 to "
            "0.52. The end near the other moon is lost. The result no longer follows the true distribution, as the "
            "distance shows. Pictures with strong guidance look alike for the same reason.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Temperature is not guidance. It needs no class and no second guess. It multiplies the predicted noise ε "
            "by a number, which is above 1 for a temperature below 1, before x̂₀ is computed from it. So more noise is "
            "removed: points spread less around the modes of the distribution, and are more typical. At a temperature "
            "above 1, they spread more.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "Temperature 0.5"), "temperature", 0.5),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "In short: guidance makes a picture fit its prompt better, a low temperature makes it more ordinary. If "
            "colours become too strong or all pictures look the same, lower the guidance first.",
        ),
    ),
    exercise=Exercise(
        question=QT_TRANSLATE_NOOP(
            "Lesson", "The guess with the class is 0.5, without it 0.2. What is it with guidance 3?"
        ),
        is_right=_is_guided,
        right=QT_TRANSLATE_NOOP("Lesson", "Right: 0.2 + 3·(0.5 − 0.2) = 1.1, which is beyond both guesses."),
        hint=QT_TRANSLATE_NOOP(
            "Lesson", "Not yet. Multiply the difference of the guesses by 3, and add it to the guess without the class."
        ),
        asks_number=True,
    ),
)
