"""Measurements of a model. Each function generates the images that it needs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import ModelError, StudioError
from gdm_studio.engine import speed_benchmark
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.model_card import ModelCard
from gdm_studio.training.data.catalogue import Entry, captions_of, narrow_concepts
from gdm_studio.training.data.dataset import Row, open_pictures
from gdm_studio.training.evaluation import statistics
from gdm_studio.training.evaluation.cached_generator import CachedGenerator, ProgressCallback
from gdm_studio.training.evaluation.evaluation_sets import colour_prompts, novel_words
from gdm_studio.training.evaluation.heldout_images import heldout_entries_of, render_heldout, seed_of
from gdm_studio.training.evaluation.scorer import Scorer, composite, load_scorer

# The number of candidates, images or captions, in a retrieval test.
CANDIDATES = 100
# The number of random candidate sets in a retrieval test.
CANDIDATE_SETS = 20
# The number of random sets of training images that determine the reference Fréchet distance.
TRAINING_SAMPLES = 10
SEED = 64
# A quick evaluation uses only one item in QUICK_STRIDE.
QUICK_STRIDE = 4
GPU_BATCH = 64


@dataclass(frozen=True)
class EvaluationResult:
    """Result of one measurement of a model's image quality, with its title, unit and goal.

    With `of`, `value` is a count out of that total. `card` are fields to add to the model card.
    """

    # The key in the model card's measurements.
    key: str
    title: str
    value: float
    # The total, for a count.
    of: int = 0
    unit: str = ""
    goal: str = ""
    # Further numbers about the measurement.
    details: dict[str, float] = field(default_factory=dict)
    # Other fields of the model card that were measured.
    card: dict[str, Any] = field(default_factory=dict)
    # The keys of those `details` that are printed next to the value.
    shown: tuple[str, ...] = ()
    # An interpretation in one sentence.
    remark: str = ""

    @property
    def words(self) -> str:
        """Measured value as text, for printing and for the model card, such as "52 of 64 prompts"."""
        if self.of:
            return f"{self.value:g} of {self.of} {self.unit}".rstrip()
        beside = ", ".join(f"{name} {self.details[name]:.3g}" for name in self.shown)
        if "low" in self.details:
            beside = f"{self.details['low']:.2f} to {self.details['high']:.2f}"
        return f"{self.value:.3g}{f' ({beside})' if beside else ''} {self.unit}".rstrip()


@dataclass(frozen=True)
class ReferenceImages:
    """Real icons with which generated images are compared: training icons and held-out icons, with the scorer's
    features of both.
    """

    scorer: Scorer
    rows: Sequence[Row]
    # The training images (m, 64, 64, 4), in the order of `rows`.
    known: NDArray[np.uint8]
    # The features of the training images (m, d).
    training_features: NDArray[np.float32]
    entries: Sequence[Entry]
    # The held-out images (n, 64, 64, 4), in the order of `entries`.
    unseen: NDArray[np.uint8]
    # The features of the held-out images (n, d).
    heldout_features: NDArray[np.float32]


def load_references(
    data: Path,
    scorer: Path,
    card: ModelCard,
    *,
    source: Path | None = None,
    quick: bool = False,
    show: ProgressCallback,
) -> ReferenceImages:
    """Load real icons in a model's styles, for comparison with its images.

    Training images are loaded, and held-out images are rendered. Raises StudioError if any are missing.
    """
    judge = load_scorer(scorer)
    pictures = open_pictures(data)
    styles = [style.id for style in card.styles]
    if unknown := set(styles) - set(judge.config.styles):
        raise ModelError(f"The scorer in {scorer} does not know {', '.join(sorted(unknown))}; train it on more images.")
    entries = heldout_entries_of(pictures.rows, styles)[:: QUICK_STRIDE if quick else 1]
    if len(entries) < 2:
        raise StudioError(f"{data} has too few things in the styles of {card.name} to evaluate it; add images.")
    unseen = composite(render_heldout(entries, pictures.size, source, show))
    show("computing features of training images", 0, 1)
    known = composite(pictures.pixels)
    features = [judge.features(part).numpy() for part in (known, unseen)]
    return ReferenceImages(judge, pictures.rows, known, features[0], entries, unseen, features[1])


def measure_heldout_images(generator: CachedGenerator, references: ReferenceImages) -> Iterator[EvaluationResult]:
    """Generate an image for each held-out (concept, set) pair, and measure its quality in several ways.

    The results are retrieval, style accuracy, distances from real images, and memorisation. The images of a fast
    variant are also compared with its teacher's.
    """
    generated = _generate_counterparts(generator, references)
    features = references.scorer.features(generated).numpy()
    yield measure_retrieval(references, features)
    if teacher := generator.library.card(generator.base.model).fast_of:
        slower = CachedGenerator.of(generator.library, teacher, generator.show)
        yield measure_retrieval_against_teacher(
            references, features, references.scorer.features(_generate_counterparts(slower, references)).numpy()
        )
    yield measure_style_accuracy(references, features)
    yield from measure_distances(references, features)
    directions = [_normalise(part) for part in (features, references.heldout_features, references.training_features)]
    yield measure_memorisation("scorer features", *directions)
    yield measure_memorisation("pixels", generated, references.unseen, references.known)


def measure_retrieval(references: ReferenceImages, features: NDArray[np.float32]) -> EvaluationResult:
    """Measure how reliably the scorer finds the generated image that belongs to a caption, in comparison with real
    images.

    It is R@1 among 100 images of different concepts. The captions do not mention the style.
    """
    generated, real = _measure_recalls(references, features), _measure_recalls(references, references.heldout_features)
    ratio = statistics.interval(generated / np.maximum(real, 1 / CANDIDATES))
    details = {
        "low": ratio.low,
        "high": ratio.high,
        "generated": float(generated.mean()),
        "real": float(real.mean()),
        "among": min(CANDIDATES, len({entry.concept for entry in references.entries})),
        "pairs": len(references.entries),
    }
    title = "caption → picture R@1, generated ÷ real"
    goal = "≥ 1.0; not done below 0.7"
    return EvaluationResult("retrieval_against_real", title, ratio.mean, goal=goal, details=details)


def measure_retrieval_against_teacher(
    references: ReferenceImages, features: NDArray[np.float32], slower: NDArray[np.float32]
) -> EvaluationResult:
    """Measure how reliably the scorer finds the image for a caption among the images of a fast variant, in comparison
    with the images of its teacher.
    """
    own, teachers = _measure_recalls(references, features), _measure_recalls(references, slower)
    ratio = statistics.interval(own / np.maximum(teachers, 1 / CANDIDATES))
    details = {"low": ratio.low, "high": ratio.high, "own": float(own.mean()), "teacher": float(teachers.mean())}
    title = "caption → picture R@1, own ÷ teacher's"
    return EvaluationResult("retrieval_against_teacher", title, ratio.mean, goal="≥ 0.8", details=details)


def measure_style_accuracy(references: ReferenceImages, features: NDArray[np.float32]) -> EvaluationResult:
    """Measure the fraction of generated images whose style the scorer recognises, relative to real images."""
    wanted = [entry.style for entry in references.entries]
    shares = []
    for seen in (features, references.heldout_features):
        named = references.scorer.styles_of(torch.from_numpy(seen))
        shares.append(float(np.mean([name == right for name, right in zip(named, wanted, strict=True)])))
    details = {"generated": shares[0], "real": shares[1]}
    ratio = shares[0] / max(shares[1], 1e-9)
    return EvaluationResult(
        "style_against_real", "style recognised, generated ÷ real", ratio, goal="≥ 0.9", details=details
    )


def measure_distances(references: ReferenceImages, features: NDArray[np.float32]) -> Iterator[EvaluationResult]:
    """Measure the Fréchet distance and the kernel distance of generated images' features from held-out images'
    features.

    The Fréchet distance is divided by the distance of equally many training images in the same mix of styles.
    """
    unseen = references.heldout_features
    rng = np.random.default_rng(SEED)
    samples = [references.training_features[_match_styles(references, rng)] for _ in range(TRAINING_SAMPLES)]
    for key, title, distance, goal in (
        ("frechet_against_training", "Fréchet distance, generated ÷ training", statistics.frechet_distance, "≤ 3"),
        ("kernel_distance", "kernel distance, generated to held-out", statistics.kernel_distance, ""),
    ):
        generated, real = distance(features, unseen), float(np.mean([distance(sample, unseen) for sample in samples]))
        value = generated / real if goal else generated
        yield EvaluationResult(key, title, value, goal=goal, details={"generated": generated, "training": real})


def measure_memorisation(
    what: str, generated: NDArray[np.generic], unseen: NDArray[np.generic], known: NDArray[np.generic]
) -> EvaluationResult:
    """Measure the fraction of generated images that count as memorised, because they closely resemble a training image.

    Such an image is closer to a training image than 99 % of held-out images are. The training dataset contains no near
    duplicates of held-out images, so none need to be removed here.
    """
    near, fresh = (statistics.nearest_distance(part, known) for part in (generated, unseen))
    details = {
        "threshold": float(np.percentile(fresh, 1)),
        "generated_median": float(np.median(near)),
        "held_out_median": float(np.median(fresh)),
    }
    key, share = f"memorised_in_{what.replace(' ', '_')}", statistics.share_memorised(near, fresh)
    return EvaluationResult(key, f"memorised, in {what}", share, goal="≤ 0.03", details=details)


def measure_novel_word_accuracy(
    generator: CachedGenerator, references: ReferenceImages, *, quick: bool = False
) -> Iterator[EvaluationResult]:
    """Measure how often the model draws an accepted concept for a novel word, one that occurs in no training
    caption.
    """
    seeded = list(enumerate(novel_words(references.rows), start=1))[:: QUICK_STRIDE if quick else 1]
    words = [word for _, word in seeded]
    requests = [replace(generator.base, prompt=word.word, seed=seed) for seed, word in seeded]
    features = references.scorer.features(composite(generator.generate("words never taught", requests)))
    right = recognised(references, features, [word.counts for word in words])
    things = [index for index, entry in enumerate(references.entries) if entry.concept in narrow_concepts()]
    real = torch.from_numpy(references.heldout_features[things])
    known = recognised(references, real, [(references.entries[index].concept,) for index in things])
    # The fraction of real images that pass the same test.
    details = {"real": sum(known) / len(known)} if known else {}
    title = "words never taught, drawn right"
    goal = "≥ 70 %"
    yield EvaluationResult("novel_words", title, sum(right), len(words), "words", goal, details)


def recognised(references: ReferenceImages, features: torch.Tensor, counts: Sequence[Sequence[str]]) -> list[bool]:
    """Return a boolean for each generated image: True if the scorer, given 100 concepts to choose from, recognises an
    accepted one.

    `counts` lists the accepted concepts of each image.
    """
    vectors = references.scorer.match_of(features)
    others = sorted(narrow_concepts() & {row["concept"] for row in references.rows})
    right = []
    for index, (vector, accepted) in enumerate(zip(vectors, counts, strict=True)):
        rest = [concept for concept in others if concept not in accepted]
        picked = np.random.default_rng([SEED, index]).permutation(len(rest))[: CANDIDATES - len(accepted)]
        concepts = [*accepted, *(rest[other] for other in picked)]
        captions = references.scorer.match_of_texts([(captions_of(concept) or [concept])[0] for concept in concepts])
        right.append(int((captions @ vector).argmax()) < len(accepted))
    return right


def measure_colour_accuracy(generator: CachedGenerator, *, quick: bool = False) -> Iterator[EvaluationResult]:
    """Measure how often the dominant hue of a generated image is the requested colour, for 12 objects in 8 colours
    each.
    """
    seeded = list(enumerate(colour_prompts(), start=1))[:: QUICK_STRIDE + 1 if quick else 1]
    asked = [prompt_and_hue for _, prompt_and_hue in seeded]
    requests = [replace(generator.base, prompt=prompt, seed=seed) for seed, (prompt, _) in seeded]
    pictures = generator.generate("colours", requests)
    right = [statistics.dominant_hue(picture) == hue for picture, (_, hue) in zip(pictures, asked, strict=True)]
    of_hue = {hue: [ok for ok, (_, wanted) in zip(right, asked, strict=True) if wanted == hue] for _, hue in asked}
    details = {hue: float(np.mean(ok)) for hue, ok in of_hue.items()}
    goal = "≥ 80 %, no colour below half"
    weak = ", ".join(f"{hue} ({sum(of_hue[hue])} of {len(of_hue[hue])})" for hue in of_hue if details[hue] < 0.5)
    remark = f"below half: {weak}" if weak else ""
    title = "colour asked for"
    yield EvaluationResult("colours_right", title, sum(right), len(asked), "pictures", goal, details, remark=remark)


def speed(generator: CachedGenerator) -> Iterator[EvaluationResult]:
    """Measure the time that the model needs to generate an image, including text encoding and decoding.

    It takes 20 steps, or the default steps of a fast variant. The unit of time is a matrix product, so that computers
    of different speeds can be compared. If there is a GPU, also measure the images per second on it.
    """
    quick = bool(generator.library.card(generator.base.model).fast_of)
    request = replace(generator.base, prompt="a red apple", seed=1, steps=generator.base.steps if quick else 20)
    found = {
        figure.name: figure.value
        for figure in speed_benchmark.measure_image(generator.library, replace(request, device="cpu"))
    }
    value, taken = found["picture in matrix products"], f"picture of {request.steps} steps"
    details = {"seconds": found[taken], "threads": torch.get_num_threads()}
    title, goal = f"{taken}, in 2048³ matrix products", "≤ 20" if quick else "≤ 80"
    yield EvaluationResult("picture_in_matrix_products", title, value, goal=goal, details=details)
    if torch.cuda.is_available():
        many = replace(request, count=GPU_BATCH, batch=GPU_BATCH, device="cuda")
        list(generate(many, generator.library))
        start = time.perf_counter()
        list(generate(many, generator.library))
        rate = GPU_BATCH / (time.perf_counter() - start)
        yield EvaluationResult("gpu_pictures_per_second", f"pictures a second on the GPU, batch {GPU_BATCH}", rate)


def write_measurements(card: ModelCard, figures: Iterable[EvaluationResult]) -> Path:
    """Add measurements to a model's card file, and return the path of the file. Raises StorageError."""
    # A card loaded from a folder has a path.
    assert card.path is not None
    path = card.path.with_suffix(".json") if card.fast_of else card.path.with_name("card.json")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise atomic_files.storage_error(path, error) from error
    for figure in figures:
        data = {**data, **figure.card, "figures": {**data.get("figures", {}), figure.key: figure.words}}
    atomic_files.write(path, json.dumps(data, ensure_ascii=False, indent=1).encode())
    return path


def _generate_counterparts(generator: CachedGenerator, references: ReferenceImages) -> NDArray[np.uint8]:
    """Generate an image for the caption and style of each held-out icon. The images are returned in the scorer's input
    format.
    """
    base = generator.base
    requests = [replace(base, prompt=e.caption, style=e.style, seed=seed_of(e)) for e in references.entries]
    return composite(generator.generate(f"held-out pairs by {base.model}", requests))


def _measure_recalls(references: ReferenceImages, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the retrieval accuracy R@1 for each fixed set of candidates: how often a held-out icon's caption finds the
    icon's image, given by its features.
    """
    texts = references.scorer.match_of_texts([entry.caption for entry in references.entries]).numpy()
    pictures = references.scorer.match_of(torch.from_numpy(features)).numpy()
    chosen = statistics.draw_subsets(
        [entry.concept for entry in references.entries], CANDIDATES, times=CANDIDATE_SETS, seed=SEED
    )
    return np.array([statistics.recall_at_1(texts[draw], pictures[draw]) for draw in chosen])


def _match_styles(references: ReferenceImages, rng: np.random.Generator) -> NDArray[np.int64]:
    """Select as many random training images as there are held-out images, with the same number in each style.

    Returns their indices.
    """
    wanted = [entry.style for entry in references.entries]
    styles = np.array([row["style"] for row in references.rows])
    chosen = [rng.choice(np.flatnonzero(styles == s), wanted.count(s), replace=False) for s in sorted(set(wanted))]
    return np.concatenate(chosen)


def _normalise(features: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = features / np.linalg.norm(features, axis=1, keepdims=True)
    return unit
