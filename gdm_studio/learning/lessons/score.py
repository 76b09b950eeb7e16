"""Lesson 2: the score, which a network learns."""

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.lessons.lesson import Exercise, Lesson, LiveState, Trial, is_near
from gdm_studio.learning.point_runs import PlaneSettings
from gdm_studio.maths.noise_path import NoiseLevel, eps_of

# The point of the exercise, its prediction and its noise level.
X, X0, AT = 1.0, 0.5, NoiseLevel(0.6, 0.8)


def _is_true_noise(state: LiveState) -> bool:
    return is_near(state.number, eps_of(X, X0, AT))


LESSON = Lesson(
    name="score",
    title=QT_TRANSLATE_NOOP("Lesson", "2. What a network learns"),
    settings=PlaneSettings(density="two_modes", steps=20),
    position=0.6,
    parts=(
        QT_TRANSLATE_NOOP(
            "Lesson",
            "A noisy point could have come from many clean points. The best possible guess is their average, weighted "
            "by how likely each is: x̂₀ = E[x₀ | x]. In training, a clean point, a noise level and noise are drawn at "
            "random. The network sees the noisy point and the level. Its loss is the squared error of its guess. Of "
            "two equally likely points, the middle has less of it, on average, than either.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "An average is not the clean point itself, so even a perfect network has a loss. "
            "Exactly between the two modes, the best guess is the middle, where there is no data: in pictures, a "
            "blur.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "The arrows show the same knowledge in another form: the score ∇ log p, the direction in which noisy "
            "points become more likely. It is opposite to the predicted noise ε. An arrow's dot is its tip; long "
            "arrows are shortened. Guess, noise, score and velocity v follow from each other, so a network may "
            "predict any of them:\nε = (x − α·x̂₀) / σ\nscore = −ε / σ\nv = α·ε − σ·x̂₀",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Click a point to follow it. The red circle is the guess for it. At high noise the guess is near the "
            "middle of all data, at low noise in the nearest mode. The arrows point to α·x̂₀.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "On this page the exact guess is known, because the data is a known mixture. For real data, a network has "
            "to learn it. Watch one learn: below it, its error is compared with the exact guess's.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "Train a network for 1500 steps"), "denoiser", "edm"),
        Trial(QT_TRANSLATE_NOOP("Lesson", "Let it predict the noise"), "denoiser", "epsilon"),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "This network starts badly at high noise: x̂₀ = (x − σ·ε) / α divides its error by α, which is nearly 0 "
            "there. Its loss, the squared error of ε, hardly counts that.",
        ),
    ),
    exercise=Exercise(
        question=QT_TRANSLATE_NOOP(
            "Lesson",
            "A coordinate is x = 1, at α = 0.6 and σ = 0.8. The network guesses x̂₀ = 0.5. Which noise ε follows?",
        ),
        is_right=_is_true_noise,
        right=QT_TRANSLATE_NOOP("Lesson", "Right: (1 − 0.6·0.5) / 0.8 = 0.875."),
        hint=QT_TRANSLATE_NOOP("Lesson", "Not yet. Subtract α·x̂₀ from x, then divide by σ."),
        asks_number=True,
    ),
)
