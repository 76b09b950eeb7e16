"""The figures of a model: each function draws what it needs, compares, and yields what it found."""

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

from gdm_studio import atomic
from gdm_studio.engine import speed as speeds
from gdm_studio.engine.generate import generate
from gdm_studio.errors import ModelError, StudioError
from gdm_studio.models.card import ModelCard
from gdm_studio.training.data.catalogue import Entry, captions_of, narrow_concepts
from gdm_studio.training.data.dataset import Row, open_pictures
from gdm_studio.training.evaluation import statistics
from gdm_studio.training.evaluation.drawing import Drawings, Show
from gdm_studio.training.evaluation.lists import colour_prompts, novel_words
from gdm_studio.training.evaluation.scorer import Scorer, composited, load_scorer
from gdm_studio.training.evaluation.unseen import seed_of, unseen_entries, unseen_pictures

AMONG = 100  # pictures, or captions, that the right one is to be told from
DRAWS = 20
TRAINING_DRAWS = 10  # samples of training pictures that the Fréchet distance is compared with
SEED = 64
QUICKLY = 4  # the part of everything that a quick evaluation takes
GPU_BATCH = 64


@dataclass(frozen=True)
class Measured:
    """A figure; with `of`, a count of so many. `details` are the numbers behind it, of which `shown` stand beside it.

    `remark` says in a sentence what it comes to.
    """

    key: str  # among the figures of the model's card
    title: str
    value: float
    of: int = 0
    unit: str = ""
    goal: str = ""
    details: dict[str, float] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)  # fields of the card that were measured with it
    shown: tuple[str, ...] = ()
    remark: str = ""

    @property
    def words(self) -> str:
        """As it is printed, and written into the card."""
        if self.of:
            return f"{self.value:g} of {self.of} {self.unit}".rstrip()
        beside = ", ".join(f"{name} {self.details[name]:.3g}" for name in self.shown)
        if "low" in self.details:
            beside = f"{self.details['low']:.2f} to {self.details['high']:.2f}"
        return f"{self.value:.3g}{f' ({beside})' if beside else ''} {self.unit}".rstrip()


@dataclass(frozen=True)
class Evidence:
    """What pictures are compared with: those of training and the held-out ones, as the scorer sees and knows them."""

    scorer: Scorer
    rows: Sequence[Row]
    known: NDArray[np.uint8]  # (m, 64, 64, 4), in the order of `rows`
    known_features: NDArray[np.float32]  # (m, d)
    entries: Sequence[Entry]
    unseen: NDArray[np.uint8]  # (n, 64, 64, 4), in the order of `entries`
    unseen_features: NDArray[np.float32]  # (n, d)


def gather(
    data: Path, scorer: Path, card: ModelCard, *, source: Path | None = None, quick: bool = False, show: Show
) -> Evidence:
    """Reads and renders what there is to compare with, in the styles of the model. Raises StudioError."""
    judge, pictures = load_scorer(scorer), open_pictures(data)
    styles = [style.id for style in card.styles]
    if unknown := set(styles) - set(judge.config.styles):
        raise ModelError(f"The scorer in {scorer} never saw {', '.join(sorted(unknown))}; train it on more pictures.")
    entries = unseen_entries(pictures.rows, styles)[:: QUICKLY if quick else 1]
    if len(entries) < 2:
        raise StudioError(f"{data} teaches too few things in the styles of {card.name} to judge it; add pictures.")
    unseen = composited(unseen_pictures(entries, pictures.size, source, show))
    show("looking at training pictures", 0, 1)
    known = composited(pictures.pixels)
    features = [judge.features(part).numpy() for part in (known, unseen)]
    return Evidence(judge, pictures.rows, known, features[0], entries, unseen, features[1])


def held_out(drawings: Drawings, evidence: Evidence) -> Iterator[Measured]:
    """Pictures of the held-out pairs, one each, beside the real ones: retrieval, style, distances, memorisation.

    Those of a model that is another's quicker version are compared with that one's pictures as well.
    """
    made = _counterparts(drawings, evidence)
    features = evidence.scorer.features(made).numpy()
    yield retrieval(evidence, features)
    if teacher := drawings.library.card(drawings.base.model).fast_of:
        slower = Drawings.of(drawings.library, teacher, drawings.show)
        yield beside_teacher(evidence, features, evidence.scorer.features(_counterparts(slower, evidence)).numpy())
    yield style_recognised(evidence, features)
    yield from distances(evidence, features)
    directions = [_unit(part) for part in (features, evidence.unseen_features, evidence.known_features)]
    yield memorised("scorer features", *directions)
    yield memorised("pixels", made, evidence.unseen, evidence.known)


def retrieval(evidence: Evidence, features: NDArray[np.float32]) -> Measured:
    """Caption to picture, R@1 among 100 pictures of different concepts, without a word on style."""
    generated, real = _recalls(evidence, features), _recalls(evidence, evidence.unseen_features)
    ratio = statistics.interval(generated / np.maximum(real, 1 / AMONG))
    details = {
        "low": ratio.low,
        "high": ratio.high,
        "generated": float(generated.mean()),
        "real": float(real.mean()),
        "among": min(AMONG, len({entry.concept for entry in evidence.entries})),
        "pairs": len(evidence.entries),
    }
    title, goal = "caption → picture R@1, generated ÷ real", "≥ 1.0; not done below 0.7"
    return Measured("retrieval_against_real", title, ratio.mean, goal=goal, details=details)


def beside_teacher(evidence: Evidence, features: NDArray[np.float32], slower: NDArray[np.float32]) -> Measured:
    """The same retrieval, over that of the pictures of the model that this one was distilled from."""
    own, teachers = _recalls(evidence, features), _recalls(evidence, slower)
    ratio = statistics.interval(own / np.maximum(teachers, 1 / AMONG))
    details = {"low": ratio.low, "high": ratio.high, "own": float(own.mean()), "teacher": float(teachers.mean())}
    title = "caption → picture R@1, own ÷ teacher's"
    return Measured("retrieval_against_teacher", title, ratio.mean, goal="≥ 0.8", details=details)


def style_recognised(evidence: Evidence, features: NDArray[np.float32]) -> Measured:
    """Share of pictures whose style the scorer names, beside its share on real ones."""
    wanted = [entry.style for entry in evidence.entries]
    shares = []
    for seen in (features, evidence.unseen_features):
        named = evidence.scorer.styles_of(torch.from_numpy(seen))
        shares.append(float(np.mean([name == right for name, right in zip(named, wanted, strict=True)])))
    details = {"generated": shares[0], "real": shares[1]}
    ratio = shares[0] / max(shares[1], 1e-9)
    return Measured("style_against_real", "style recognised, generated ÷ real", ratio, goal="≥ 0.9", details=details)


def distances(evidence: Evidence, features: NDArray[np.float32]) -> Iterator[Measured]:
    """Generated against held-out pictures, over as many training pictures of the same styles against held-out ones."""
    unseen, rng = evidence.unseen_features, np.random.default_rng(SEED)
    samples = [evidence.known_features[_same_styles(evidence, rng)] for _ in range(TRAINING_DRAWS)]
    for key, title, distance, goal in (
        ("frechet_against_training", "Fréchet distance, generated ÷ training", statistics.frechet_distance, "≤ 3"),
        ("kernel_distance", "kernel distance, generated to held-out", statistics.kernel_distance, ""),
    ):
        made, real = distance(features, unseen), float(np.mean([distance(sample, unseen) for sample in samples]))
        value = made / real if goal else made
        yield Measured(key, title, value, goal=goal, details={"generated": made, "training": real})


def memorised(
    what: str, made: NDArray[np.generic], unseen: NDArray[np.generic], known: NDArray[np.generic]
) -> Measured:
    """Share of generated pictures nearer to a training picture than all but 1 % of the held-out ones are.

    The directory of training pictures has none that nearly repeats a held-out one, so these need no weeding here.
    """
    near, fresh = (statistics.nearest_distance(part, known) for part in (made, unseen))
    details = {
        "threshold": float(np.percentile(fresh, 1)),
        "generated_median": float(np.median(near)),
        "held_out_median": float(np.median(fresh)),
    }
    key, share = f"memorised_in_{what.replace(' ', '_')}", statistics.share_memorised(near, fresh)
    return Measured(key, f"memorised, in {what}", share, goal="≤ 0.03", details=details)


def novel(drawings: Drawings, evidence: Evidence, *, quick: bool = False) -> Iterator[Measured]:
    """Words that no caption has: whether the picture is taken for a thing that the word may mean."""
    seeded = list(enumerate(novel_words(evidence.rows), start=1))[:: QUICKLY if quick else 1]
    words = [word for _, word in seeded]
    requests = [replace(drawings.base, prompt=word.word, seed=seed) for seed, word in seeded]
    features = evidence.scorer.features(composited(drawings.draw("words never taught", requests)))
    right = named(evidence, features, [word.counts for word in words])
    things = [index for index, entry in enumerate(evidence.entries) if entry.concept in narrow_concepts()]
    real = torch.from_numpy(evidence.unseen_features[things])
    known = named(evidence, real, [(evidence.entries[index].concept,) for index in things])
    details = {"real": sum(known) / len(known)} if known else {}  # how often a real picture of a thing passes this test
    title, goal = "words never taught, drawn right", "≥ 70 %"
    yield Measured("novel_words", title, sum(right), len(words), "words", goal, details)


def named(evidence: Evidence, features: torch.Tensor, counts: Sequence[Sequence[str]]) -> list[bool]:
    """Whether each picture's best caption, among those of 100 concepts, is that of a concept that counts."""
    vectors = evidence.scorer.match_of(features)
    others = sorted(narrow_concepts() & {row["concept"] for row in evidence.rows})
    right = []
    for index, (vector, counting) in enumerate(zip(vectors, counts, strict=True)):
        rest = [concept for concept in others if concept not in counting]
        picked = np.random.default_rng([SEED, index]).permutation(len(rest))[: AMONG - len(counting)]
        concepts = [*counting, *(rest[other] for other in picked)]
        captions = evidence.scorer.match_of_texts([(captions_of(concept) or [concept])[0] for concept in concepts])
        right.append(int((captions @ vector).argmax()) < len(counting))
    return right


def colours(drawings: Drawings, *, quick: bool = False) -> Iterator[Measured]:
    """12 things in 8 colours: whether most of the picture that has a hue at all has the one asked for."""
    seeded = list(enumerate(colour_prompts(), start=1))[:: QUICKLY + 1 if quick else 1]
    asked = [prompt_and_hue for _, prompt_and_hue in seeded]
    requests = [replace(drawings.base, prompt=prompt, seed=seed) for seed, (prompt, _) in seeded]
    pictures = drawings.draw("colours", requests)
    right = [statistics.dominant_hue(picture) == hue for picture, (_, hue) in zip(pictures, asked, strict=True)]
    of_hue = {hue: [ok for ok, (_, wanted) in zip(right, asked, strict=True) if wanted == hue] for _, hue in asked}
    details = {hue: float(np.mean(ok)) for hue, ok in of_hue.items()}
    goal = "≥ 80 %, no colour below half"
    weak = ", ".join(f"{hue} ({sum(of_hue[hue])} of {len(of_hue[hue])})" for hue in of_hue if details[hue] < 0.5)
    remark = f"below half: {weak}" if weak else ""
    title = "colour asked for"
    yield Measured("colours_right", title, sum(right), len(asked), "pictures", goal, details, remark=remark)


def speed(drawings: Drawings) -> Iterator[Measured]:
    """A picture of 20 steps (a quick model's own), text and decoding included; on a GPU, pictures a second."""
    quick = bool(drawings.library.card(drawings.base.model).fast_of)
    request = replace(drawings.base, prompt="a red apple", seed=1, steps=drawings.base.steps if quick else 20)
    found = {figure.name: figure.value for figure in speeds.picture(drawings.library, replace(request, device="cpu"))}
    value, taken = found["picture in matrix products"], f"picture of {request.steps} steps"
    details = {"seconds": found[taken], "threads": torch.get_num_threads()}
    title, goal = f"{taken}, in 2048³ matrix products", "≤ 20" if quick else "≤ 80"
    yield Measured("picture_in_matrix_products", title, value, goal=goal, details=details)
    if torch.cuda.is_available():
        many = replace(request, count=GPU_BATCH, batch=GPU_BATCH, device="cuda")
        list(generate(many, drawings.library))
        began = time.perf_counter()
        list(generate(many, drawings.library))
        rate = GPU_BATCH / (time.perf_counter() - began)
        yield Measured("gpu_pictures_per_second", f"pictures a second on the GPU, batch {GPU_BATCH}", rate)


def write_figures(card: ModelCard, figures: Iterable[Measured]) -> Path:
    """Adds measured figures, and what was measured with them, to the file of a model's card; raises StorageError."""
    assert card.path is not None  # it was read from a folder
    path = card.path.with_suffix(".json") if card.fast_of else card.path.with_name("card.json")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise atomic.problem(path, error) from error
    for figure in figures:
        data = {**data, **figure.card, "figures": {**data.get("figures", {}), figure.key: figure.words}}
    atomic.write(path, json.dumps(data, ensure_ascii=False, indent=1).encode())
    return path


def _counterparts(drawings: Drawings, evidence: Evidence) -> NDArray[np.uint8]:
    """What the model makes of each held-out picture's caption in its style, as the scorer sees it."""
    base = drawings.base
    requests = [replace(base, prompt=e.caption, style=e.style, seed=seed_of(e)) for e in evidence.entries]
    return composited(drawings.draw(f"held-out pairs by {base.model}", requests))


def _recalls(evidence: Evidence, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """R@1 from captions to these pictures of the held-out pairs, in each of the fixed draws."""
    texts = evidence.scorer.match_of_texts([entry.caption for entry in evidence.entries]).numpy()
    pictures = evidence.scorer.match_of(torch.from_numpy(features)).numpy()
    chosen = statistics.draws([entry.concept for entry in evidence.entries], AMONG, times=DRAWS, seed=SEED)
    return np.array([statistics.recall_at_1(texts[draw], pictures[draw]) for draw in chosen])


def _same_styles(evidence: Evidence, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices of as many training pictures as there are held-out ones, in the same mix of styles."""
    wanted = [entry.style for entry in evidence.entries]
    styles = np.array([row["style"] for row in evidence.rows])
    chosen = [rng.choice(np.flatnonzero(styles == s), wanted.count(s), replace=False) for s in sorted(set(wanted))]
    return np.concatenate(chosen)


def _unit(features: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = features / np.linalg.norm(features, axis=1, keepdims=True)
    return unit
