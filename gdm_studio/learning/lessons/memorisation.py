"""Lesson 6: why models memorise."""

import numpy as np

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.lessons.lesson import Exercise, Lesson, LiveState, Trial, is_near
from gdm_studio.learning.point_runs import DRAWN, PlaneSettings, density_of

# The five training points, drawn as lines too short to be seen.
PLACES = ((-1.4, 0.2), (-0.5, 1.2), (0.2, -1.1), (0.6, 0.5), (1.3, -0.4))
LINES = tuple(((x - 0.01, y), (x + 0.01, y)) for x, y in PLACES)


def training_points() -> np.ndarray:
    """Return the five 2-D training points, shape (5, 2), that the model in this lesson memorises. They are scaled to
    mean 0 and variance 1.
    """
    means = density_of(DRAWN, LINES).mixture.means
    return means.reshape(len(PLACES), -1, 2).mean(axis=1)


def nearest(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest training point for each 2-D point of x (n, 2). Returns the indices of the training points and
    the distances, each of shape (n,).
    """
    distances = np.linalg.norm(x[:, None] - training_points(), axis=2)
    return distances.argmin(axis=1), distances.min(axis=1)


def _is_copied_count(state: LiveState) -> bool:
    return is_near(state.number, len(set(nearest(state.run.x[-1])[0].tolist())))


LESSON = Lesson(
    name="memorisation",
    title=QT_TRANSLATE_NOOP("Lesson", "6. Why models memorise"),
    settings=PlaneSettings(density=DRAWN, lines=LINES, steps=50),
    position=1.0,
    parts=(
        QT_TRANSLATE_NOOP(
            "Lesson",
            "The training set of this plane has 5 pictures: five spots. The denoiser is exact. It has made 2000 new "
            "points. Look where they are: nearly all are copies of one of the five. Hardly anything new came out.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "That is no accident. For a finite training set, the best possible guess x̂₀ is a weighted average of the "
            "training pictures. As the noise falls, one weight grows to 1, and the guess is that picture. So the "
            "network with the lowest possible training loss does nothing but copy.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Models make new pictures because they do not reach that optimum. A network of limited size, seeing many "
            "pictures few times, cannot store each one. It has to learn what they share, and guesses mixtures of "
            "them. These errors are the new pictures.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "A network in place of the exact guess"), "denoiser", "x0"),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Watch it train: first its points lie between the five spots, later on them. A model memorises if its "
            "pictures are few, or repeated, or if training is long. That is why data sets are cleaned of duplicates, "
            "and why a LoRA on ten pictures should be stopped early.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "More steps do not help: the sampler follows the guess. Nor does another seed. To see whether a "
            "model copies, look for the training picture nearest to the result. To see it in training, hold some "
            "pictures out, as the page Train does. At high noise, the errors of held-out and training pictures agree, "
            "since only the average can be guessed. The gap opens at middle and low noise: if the model copies, the "
            "error of held-out pictures usually falls first, then stalls or rises, while that of training pictures "
            "keeps falling.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "DDPM, with fresh noise"), "sampler", "ddpm"),
    ),
    exercise=Exercise(
        question=QT_TRANSLATE_NOOP(
            "Lesson",
            "2000 points were drawn with the exact denoiser. Near how many different training points do they end?",
        ),
        is_right=_is_copied_count,
        right=QT_TRANSLATE_NOOP("Lesson", "Right. No matter how many points you draw, there are no more than these."),
        hint=QT_TRANSLATE_NOOP("Lesson", "Not yet. Count the clusters on the first plane."),
        asks_number=True,
    ),
)
