"""Figures of a model, from generated images to the printed table and the model card."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError, StudioError
from gdm_studio.engine.score_norms import LEVELS
from gdm_studio.models import model_library as models
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.training.data.catalogue import Entry
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.training.evaluation import diversity as diversities
from gdm_studio.training.evaluation import metrics
from gdm_studio.training.evaluation.cached_generator import CachedGenerator, weights_digest
from gdm_studio.training.evaluation.diversity import Diversity, mean_pairwise_rms, measure_diversity
from gdm_studio.training.evaluation.evaluation_sets import NovelWord, colour_prompts, fixed_prompts
from gdm_studio.training.evaluation.human_evaluation import generate_fixed, named_by_person, nearest
from gdm_studio.training.evaluation.metrics import EvaluationResult, ReferenceImages
from gdm_studio.training.evaluation.scorer import Scorer, ScorerConfig, save_scorer
from tests.helpers.gaussian_model import DEVIATION, GaussianLibrary
from tests.training.made_up_pictures import write_pictures

BASE = Request(model="gaussian", steps=2, guidance_scale=1.0, device="cpu")
STYLES = ("plain", "dark")


@pytest.fixture
def generator(tmp_path: Path) -> CachedGenerator:
    return CachedGenerator(GaussianLibrary(), BASE, tmp_path / "drawn")  # type: ignore[arg-type]


class Telling(Scorer):
    """Scorer that recognises images and captions exactly, by the number in each of them."""

    def __init__(self) -> None:
        super().__init__(ScorerConfig(STYLES, channels=(4,), blocks=(0,), width=64, buckets=64))

    def features(self, pictures: np.ndarray) -> torch.Tensor:
        return torch.eye(64)[torch.from_numpy(pictures[:, 0, 0, 0].astype(int)) % 64]

    def match_of(self, features: torch.Tensor) -> torch.Tensor:
        return features

    def match_of_texts(self, texts: list[str]) -> torch.Tensor:  # type: ignore[override]
        return torch.eye(64)[torch.tensor([int(text.split()[-1]) for text in texts])]

    def styles_of(self, features: torch.Tensor) -> list[str]:
        return [STYLES[number % 2] for number in features.argmax(1).tolist()]


def told(numbers: list[int]) -> np.ndarray:
    return np.array(numbers, np.uint8)[:, None, None, None] * np.ones((1, 64, 64, 4), np.uint8)


@pytest.fixture
def references() -> ReferenceImages:
    """Return reference images of twenty objects in two styles, with a judge that recognises all of them."""
    judge = Telling()
    entries = [
        Entry(set="s", name=f"{n}", style=STYLES[n % 2], concept=f"thing {n}", caption=f"thing {n}", hex="", tone=False,
              cat="") for n in range(20)
    ]  # fmt: skip
    rows = [{"style": STYLES[n % 2], "concept": f"thing {n}"} for n in range(40)]
    known, unseen = told(list(range(40))), told(list(range(20)))
    features = [judge.features(part).numpy() for part in (known, unseen)]
    return ReferenceImages(judge, rows, known, features[0], entries, unseen, features[1])


def test_retrieval_is_that_of_generated_over_that_of_real_pictures(references: ReferenceImages) -> None:
    half_right = references.scorer.features(told([*range(10), *range(11, 20), 10])).numpy()
    measured = metrics.measure_retrieval(references, half_right)
    assert (measured.value, measured.details["generated"], measured.details["real"]) == (0.5, 0.5, 1.0)
    assert measured.details["pairs"] == measured.details["among"] == 20
    assert metrics.measure_retrieval(references, references.heldout_features).value == 1.0
    assert measured.words == "0.5 (0.50 to 0.50)"


def test_a_quick_model_is_compared_with_its_teacher(references: ReferenceImages) -> None:
    half_right = references.scorer.features(told([*range(10), *range(11, 20), 10])).numpy()
    half = metrics.measure_retrieval_against_teacher(references, half_right, references.heldout_features)
    assert (half.key, half.value) == ("retrieval_against_teacher", 0.5)
    assert metrics.measure_retrieval_against_teacher(references, half_right, half_right).value == 1.0


def test_style_is_compared_with_what_is_recognised_in_real_pictures(references: ReferenceImages) -> None:
    odd = references.scorer.features(told([*range(10), *[1] * 10])).numpy()
    assert metrics.measure_style_accuracy(references, odd).value == 0.75
    assert metrics.measure_style_accuracy(references, references.heldout_features).value == 1.0


def test_distances_are_measured_against_as_many_training_pictures_of_the_same_styles() -> None:
    rng = np.random.default_rng(0)
    rows = [{"style": STYLES[n % 2], "concept": ""} for n in range(400)]
    features = rng.normal(size=(400, 3)) + [[4 * (n % 2), 0, 0] for n in range(400)]
    entries = [
        Entry(set="s", name="", style="dark", concept="", caption="", hex="", tone=False, cat="") for _ in range(120)
    ]
    unseen = rng.normal(size=(120, 3)) + [4, 0, 0]
    references = ReferenceImages(Telling(), rows, told([0]), features.astype(np.float32), entries, told([0]), unseen)
    like, far = (
        {
            figure.key: figure
            for figure in metrics.measure_distances(references, rng.normal(size=(120, 3)) + [4 + away, 0, 0])
        }
        for away in (0, 3)
    )
    assert 0.2 < like["frechet_against_training"].value < 5
    assert far["frechet_against_training"].details["generated"] == pytest.approx(9, rel=0.3)
    assert far["kernel_distance"].value > 1 > like["kernel_distance"].value


def test_pictures_that_repeat_training_pictures_are_found() -> None:
    rng = np.random.default_rng(0)
    known, unseen = rng.normal(size=(500, 8)), rng.normal(size=(200, 8))
    fresh = metrics.measure_memorisation("features", rng.normal(size=(200, 8)), unseen, known)
    assert fresh.value <= 0.05 and fresh.key == "memorised_in_features"
    half = np.concatenate([known[:100] + 1e-4, rng.normal(size=(100, 8))])
    assert metrics.measure_memorisation("features", half, unseen, known).value == pytest.approx(0.5, abs=0.04)


def test_a_picture_is_named_by_the_best_of_a_hundred_captions(
    references: ReferenceImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    things = [f"thing {n}" for n in range(40)]
    monkeypatch.setattr(metrics, "narrow_concepts", lambda: frozenset(things))
    pictures = references.scorer.features(told([3, 4, 5]))
    assert metrics.recognised(references, pictures, [["thing 3"], ["thing 9", "thing 4"], ["thing 6"]]) == [
        True,
        True,
        False,
    ]


def test_words_never_taught_are_drawn_and_counted(
    references: ReferenceImages, generator: CachedGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [NovelWord(f"word {n}", (f"thing {n}",)) for n in range(8)]
    monkeypatch.setattr(metrics, "novel_words", lambda rows: words)
    monkeypatch.setattr(metrics, "narrow_concepts", lambda: frozenset(f"thing {n}" for n in range(40)))
    monkeypatch.setattr(metrics, "composite", lambda pictures: told([0, 1, 2, 3, 4, 5, 0, 0]))
    (measured,) = metrics.measure_novel_word_accuracy(generator, references)
    assert (measured.words, measured.details["real"]) == ("6 of 8 words", 1.0)
    assert len(list(generator.folder.iterdir())) == 8


def test_held_out_pairs_are_drawn_in_their_styles(references: ReferenceImages, generator: CachedGenerator) -> None:
    found = {figure.key: figure for figure in metrics.measure_heldout_images(generator, references)}
    assert set(found) == {
        "retrieval_against_real", "style_against_real", "frechet_against_training", "kernel_distance",
        "memorised_in_scorer_features", "memorised_in_pixels",
    }  # fmt: skip
    assert all(np.isfinite(value) for figure in found.values() for value in (figure.value, *figure.details.values()))
    assert len(list(generator.folder.iterdir())) == 20


def test_a_scorer_of_other_styles_is_refused(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "pictures")
    save_scorer(Scorer(ScorerConfig(("plain",), channels=(4,), blocks=(0,), width=8, buckets=64)), tmp_path)
    with pytest.raises(ModelError, match="does not know dark"):
        metrics.load_references(folder, tmp_path, GaussianLibrary().card("gaussian"), show=lambda *_: None)
    save_scorer(Scorer(ScorerConfig(STYLES, channels=(4,), blocks=(0,), width=8, buckets=64)), tmp_path)
    with pytest.raises(StudioError, match="has too few things"):
        metrics.load_references(folder, tmp_path, GaussianLibrary().card("gaussian"), show=lambda *_: None)


def test_colours_are_those_of_the_pictures(generator: CachedGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics.statistics, "dominant_hue", lambda picture: "red")
    (measured,) = metrics.measure_colour_accuracy(generator, quick=True)
    red = [hue for _, hue in colour_prompts()[::5]].count("red")
    assert measured.words == f"{red} of 20 pictures" and measured.details["red"] == 1 > measured.details["green"] == 0
    green = [hue for _, hue in colour_prompts()[::5]].count("green")
    assert f"green (0 of {green})" in measured.remark and "red" not in measured.remark


@pytest.mark.slow
def test_speed_counts_text_steps_and_decoding(generator: CachedGenerator) -> None:
    slow = replace(generator, library=GaussianLibrary(step_seconds=0.01))  # type: ignore[arg-type]
    measured = next(iter(metrics.speed(slow)))
    assert measured.details["seconds"] > 0.2 and measured.value > 0


def test_what_was_drawn_is_drawn_no_second_time(generator: CachedGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = [replace(BASE, prompt="a disc", seed=seed) for seed in (1, 2)]
    first = generator.generate("discs", requests)
    monkeypatch.setattr(
        "gdm_studio.training.evaluation.cached_generator.generate", lambda *_, **__: pytest.fail("drawn again")
    )
    np.testing.assert_array_equal(generator.generate("discs", requests[::-1]), first[::-1])
    with pytest.raises(pytest.fail.Exception):
        generator.generate("discs", [replace(requests[0], temperature=0.9)])


def test_other_weights_are_another_model(tmp_path: Path) -> None:
    card = replace(GaussianLibrary().card("gaussian"), path=tmp_path / "icons.safetensors")
    fast = replace(card, path=tmp_path / "icons-fast.safetensors")
    for name in ("icons.safetensors", "icons.text.safetensors", "icons-fast.safetensors", "other.safetensors"):
        (tmp_path / name).write_bytes(name.encode())
    before = weights_digest(card), weights_digest(fast)
    (tmp_path / "other.safetensors").write_bytes(b"new")
    assert (weights_digest(card), weights_digest(fast)) == before
    (tmp_path / "icons-fast.safetensors").write_bytes(b"new")
    assert weights_digest(card) == before[0] and weights_digest(fast) != before[1]
    between = weights_digest(fast)
    (tmp_path / "icons.text.safetensors").write_bytes(b"new")  # which the fast one shares
    assert weights_digest(card) != before[0] and weights_digest(fast) != between


def test_pictures_differ_by_their_root_mean_square() -> None:
    clear, white = np.zeros((4, 4, 4), np.uint8), np.full((4, 4, 4), 255, np.uint8)
    hidden = clear + np.array([200, 100, 50, 0], np.uint8)  # colours that nobody sees do not count
    assert mean_pairwise_rms([clear, white]) == pytest.approx(1)
    assert mean_pairwise_rms([clear, hidden]) == 0
    assert mean_pairwise_rms([clear, hidden, white]) == pytest.approx(2 / 3)


def test_diversity_rises_with_temperature_where_the_denoiser_is_exact(generator: CachedGenerator) -> None:
    (row,) = measure_diversity(generator, ["a disc"], seeds=3)
    assert row.prompt == "a disc" and len(row.rms) == 3
    assert row.rises
    assert not Diversity("a disc", (0.1, 0.3, 0.3)).rises


def test_the_nearest_training_picture_is_the_one_that_looks_alike(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures")
    pictures = open_pictures(tmp_path / "pictures")
    faint = pictures.rgba([7, 2])
    faint[:, :8, :8] = 128
    assert nearest(list(faint), pictures) == [7, 2]


@pytest.fixture
def gaussian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the command line's library by one with only the Gaussian model, in a home folder of its own."""
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(models, "Library", GaussianLibrary)


@pytest.mark.slow
@pytest.mark.usefixtures("gaussian")
def test_figures_as_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "gaussian", "--only", "colours", "diversity", "--quick", "--named", "51", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    judged, colours, rising = lines
    assert (judged["figure"], judged["value"], judged["of"]) == ("named_by_someone_new", 51, 64)
    assert colours["figure"] == "colours_right" and 0 <= colours["value"] <= colours["of"] == 20
    assert (rising["value"], rising["of"]) == (2, 2) and rising["at 0.5"] < rising["at 1.5"]


@pytest.mark.usefixtures("gaussian")
def test_score_norms_are_those_of_the_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "gaussian", "--only", "norms", "--quick", "--json"]) == 0
    (found,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (found["figure"], found["value"]) == ("score_norms", LEVELS)
    for log_ratio, g in found["score_norms"]:
        exact = np.exp(2 * log_ratio) / (np.exp(2 * log_ratio) + DEVIATION**2)
        assert g == pytest.approx(exact, abs=0.1)


@pytest.mark.slow
@pytest.mark.usefixtures("gaussian")
def test_figures_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "gaussian", "--quick", "--only", "colours"]) == 0
    said = capsys.readouterr().out
    assert "of 20 pictures" in said and "goal ≥ 80 %" in said and "red " in said


@pytest.mark.slow
@pytest.mark.usefixtures("gaussian")
def test_the_sheet_gives_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels: list[list[str]] = []
    monkeypatch.setattr(
        "gdm_studio.training.evaluation.human_evaluation.contact_sheet",
        lambda path, pictures, names, **_: labels.append(list(names)),
    )
    sheet, answers = str(tmp_path / "sheet.png"), str(tmp_path / "answers.png")
    assert run(["evaluate", "gaussian", "--sheet", sheet, "--answers", answers, "--no-figures"]) == 0
    assert labels == [[str(n) for n in range(1, 65)], [asked.prompt for asked in fixed_prompts()]]


def test_the_second_list_is_drawn_in_its_own_styles(
    generator: CachedGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Request] = []
    monkeypatch.setattr(CachedGenerator, "generate", lambda self, title, requests: asked.extend(requests))
    styled = replace(generator, base=replace(BASE, style="plain"))
    generate_fixed(styled, "prompts-2")
    assert [(request.prompt, request.style) for request in asked] == [
        (prompt.prompt, prompt.style) for prompt in fixed_prompts("prompts-2")
    ]
    assert [request.seed for request in asked] == list(range(1, 65))
    asked.clear()
    generate_fixed(styled)
    assert {request.style for request in asked} == {"plain"}
    assert named_by_person(40, "prompts-2").key == "named_by_someone_new_2"


@pytest.mark.usefixtures("gaussian")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("--only warmth", "'warmth'"),
        ("--only words", "--data and --scorer are missing"),
        ("--sheet sheet.png --no-figures --list prompts-2", "has no style called"),
        ("--list mine", "'mine'"),
        ("--only colours --named 65", "--named must be from 0 to 64"),
        ("--card --no-figures", "--no-figures"),
        ("--no-figures", "There is nothing to do"),
        ("--only colours --no-figures", "--no-figures"),
        ("--quick --card", "leave out --quick or --card"),
        ("--only held-out --data nowhere --scorer nowhere", "There is no scorer in nowhere"),
    ],
)
def test_what_cannot_be_is_one_sentence(given: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "gaussian", *given.split()]) == 2
    assert says in capsys.readouterr().err


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create a model with its own card and links to the shipped model's weights."""
    real, made = Path(str(paths.resources())), tmp_path / "resources"
    (made / "models" / BUILT_IN).mkdir(parents=True)
    (made / "fonts").symlink_to(real / "fonts")
    for weights in (real / "models" / BUILT_IN).glob("*.safetensors"):
        (made / "models" / BUILT_IN / weights.name).symlink_to(weights)
    card = made / "models" / BUILT_IN / "card.json"
    card.write_bytes((real / "models" / BUILT_IN / "card.json").read_bytes())
    monkeypatch.setattr(paths, "resources", lambda: made)
    beside = {"score_norms": [[-1.0, 0.2], [1.0, 0.7]]}
    found = EvaluationResult("diversity_rises_with_temperature", "diversity rises", 9, 10, "prompts", card=beside)
    monkeypatch.setattr(diversities, "diversity_by_temperature", lambda generator, quick: iter([found]))
    return card


def test_figures_are_written_into_the_card_when_asked(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = json.loads(shipped.read_text(encoding="utf-8"))
    assert run(["evaluate", BUILT_IN, "--only", "diversity"]) == 0
    assert json.loads(shipped.read_text(encoding="utf-8")) == before
    assert "9 of 10 prompts" in capsys.readouterr().out
    assert run(["evaluate", BUILT_IN, "--only", "diversity", "--named", "51", "--card"]) == 0
    after = json.loads(shipped.read_text(encoding="utf-8"))
    new = {"diversity_rises_with_temperature": "9 of 10 prompts", "named_by_someone_new": "51 of 64 prompts"}
    assert after.pop("figures") == before.pop("figures") | new
    assert after.pop("score_norms") == [[-1.0, 0.2], [1.0, 0.7]] and Library().card(BUILT_IN).sampler_features()
    assert after == {name: value for name, value in before.items() if name != "score_norms"}
    assert Library().card(BUILT_IN).figures["named_by_someone_new"] == "51 of 64 prompts"


def test_a_sheet_that_cannot_be_written_is_refused_before_it_is_drawn(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(CachedGenerator, "generate", lambda *_: pytest.fail("it was drawn"))
    (tmp_path / "file").write_text("in the way")
    for sheet, says in ((tmp_path / "file" / "sheet.png", "a file, not a folder"), (tmp_path, "is a folder")):
        assert run(["evaluate", BUILT_IN, "--sheet", str(sheet), "--no-figures"]) == 2
        assert says in capsys.readouterr().err
