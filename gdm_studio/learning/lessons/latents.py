"""Lesson 5: latents."""

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.lessons.lesson import Exercise, Lesson, LiveState, Trial, is_near
from gdm_studio.learning.point_runs import PlaneSettings

# Stable Diffusion's latents: channels, and pixels of a picture along one side of a latent pixel.
CHANNELS, FACTOR = 4, 8
# Pixels along one side of the picture in the exercise.
SIDE = 1024


def count_latent_values(side: int) -> int:
    """Return the number of latent values that represent a square image of `side` pixels."""
    return CHANNELS * (side // FACTOR) ** 2


def _is_latent_count(state: LiveState) -> bool:
    return is_near(state.number, count_latent_values(SIDE))


LESSON = Lesson(
    name="latents",
    title=QT_TRANSLATE_NOOP("Lesson", "5. Latents"),
    settings=PlaneSettings(density="letters", steps=20),
    parts=(
        QT_TRANSLATE_NOOP(
            "Lesson",
            "A picture of 512 × 512 pixels in 3 colours has 786432 numbers. Most of them can be guessed from their "
            "neighbours. Diffusion on all of them would spend its time on details that nobody sees.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "So an autoencoder is trained first. Its encoder turns the picture into fewer numbers, the latents; its "
            "decoder turns latents back into a picture. Stable Diffusion 1.5 at 512 × 512 has 64 × 64 × 4 = 16384 "
            "latents, 48 times fewer. The built-in Icons model turns 256 × 256 × 4 numbers into 4096, 64 times "
            "fewer. Diffusion happens on the latents alone, and the decoder runs once at the end.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Each point on this plane can stand for two latents, which a decoder turns into a picture. Nothing about "
            "the sampler would change: it sees numbers and noise, never pixels. The prompt is no latent: "
            "a text encoder turns it into numbers, which the denoiser reads at every step.",
        ),
        Trial(QT_TRANSLATE_NOOP("Lesson", "50 steps"), "steps", 50),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "The schedule expects data of variance 1. Latents are therefore scaled before noise is added, as all "
            "densities on this page are. Otherwise, the same σ would mean much noise for one model and little for "
            "another.",
        ),
        QT_TRANSLATE_NOOP(
            "Lesson",
            "Latents are not small pictures. Neighbouring latents belong to neighbouring places, but a single "
            "channel is no colour. The autoencoder (VAE) is not exact: a picture that is encoded and decoded again "
            "has lost fine texture and small letters. More steps cannot repair them.",
        ),
    ),
    exercise=Exercise(
        question=QT_TRANSLATE_NOOP(
            "Lesson",
            "How many latents has a picture of 1024 × 1024 pixels, if they have 4 channels and each side is 8 times "
            "smaller?",
        ),
        is_right=_is_latent_count,
        right=QT_TRANSLATE_NOOP("Lesson", "Right: 128 × 128 × 4 = 65536, four times as many as for 512 × 512."),
        hint=QT_TRANSLATE_NOOP("Lesson", "Not yet. Divide the side by 8, square it, and multiply by the channels."),
        asks_number=True,
    ),
)
