"""Figures relative to the training drawings: distance, cleanness, repetition, mixing; and comparison of models."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.cli.evaluate import format_table
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.models.attribution import Origin
from gdm_studio.models.model_card import Source
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request
from gdm_studio.training.data.catalogue import narrow_concepts
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.training.evaluation import human_evaluation as evaluation_sheets
from gdm_studio.training.evaluation import memorisation as seen
from gdm_studio.training.evaluation import metrics, unseen_combinations
from gdm_studio.training.evaluation.cached_generator import CachedGenerator
from gdm_studio.training.evaluation.heldout_images import heldout_entries_of
from gdm_studio.training.evaluation.metrics import EvaluationResult, ReferenceImages
from gdm_studio.training.evaluation.scorer import Scorer, ScorerConfig
from gdm_studio.training.evaluation.statistics import HUES
from gdm_studio.training.evaluation.training_images import (
    TrainingImages,
    downscale,
    open_training_images,
    select_drawings,
    to_straight_alpha,
)
from tests.helpers import tiny_model
from tests.training.made_up_pictures import write_pictures

THINGS = ("bomb", "skull", "robot", "ghost", "watermelon", "strawberry", "key", "umbrella", "rocket")
STYLES = ("twemoji", "noto")
CARD = {"styles": [{"id": style, "title": style} for style in STYLES]}

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write nine objects in two styles, with the shapes of `made_up_pictures`. A third of them is recoloured red."""
    folder = write_pictures(tmp_path_factory.mktemp("taught") / "pictures")
    manifest = folder / "manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    for at, row in enumerate(rows):
        name, style = THINGS[at % 9], STYLES[at // 9]
        row |= {"set": style, "style": style, "name": name, "concept": name, "caption": name, "words": []}
        row |= {"narrow": True, "colour": "red" if at % 3 == 0 else "", "tint": "red" if at % 3 == 0 else ""}
    manifest.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture
def models() -> None:
    """Create two models, "old" and "new", of 64 pixels."""
    for seed, name in enumerate(("old", "new")):
        folder = paths.models_dir() / name
        tiny_model.write(folder, seed=seed, tokenizer={"styles": STYLES}, card=CARD | {"name": name, "title": name})


@pytest.fixture
def generator(models: None) -> CachedGenerator:
    return CachedGenerator.of(Library(), "old", lambda *_: None)


@pytest.fixture
def training(data: Path, generator: CachedGenerator) -> TrainingImages:
    return open_training_images(data, generator.library.card("old"), generator.show)


def ramp(slope: float, *, side: int = 128) -> np.ndarray:
    """Return an opaque image of 128 pixels that gets brighter by `slope` of 255 per pixel, from left to right."""
    levels = (np.arange(side) * slope * 128 / side) % 200
    picture = np.full((side, side, 4), 255, np.uint8)
    picture[..., :3] = levels[None, :, None].round()
    return picture[None]


def test_mush_is_neither_flat_nor_an_edge() -> None:
    edges = np.full((1, 128, 128, 4), 255, np.uint8)
    edges[:, 30:90, 30:90, :3] = (200, 40, 40)
    assert seen.mid_gradient_share(edges) == 0
    assert seen.mid_gradient_share(ramp(9)) > 0.85  # all but where it begins again
    assert seen.mid_gradient_share(ramp(5)) < 0.1 and seen.mid_gradient_share(ramp(20)) < 0.3
    assert seen.mid_gradient_share(np.full((1, 128, 128, 4), 255, np.uint8)) == 0


def test_mush_is_that_of_what_is_seen_at_one_size_over_white() -> None:
    hidden = ramp(9)
    hidden[..., 3] = 0
    assert seen.mid_gradient_share(hidden) == 0
    fading = np.zeros((1, 128, 128, 4), np.uint8)  # black, that grows denser by 9 of 255 a pixel
    fading[..., 3] = (np.arange(128) * 9 % 200)[None, :]
    assert seen.mid_gradient_share(fading) > 0.85
    larger = ramp(9).repeat(2, 1).repeat(2, 2)
    assert seen.mid_gradient_share(larger) == seen.mid_gradient_share(ramp(9))
    red = ramp(9)
    red[..., 1:3] = 128
    assert seen.mid_gradient_share(red) > 0.85, "a gradient of one channel is seen"


def test_a_picture_is_reduced_by_area_with_its_transparency() -> None:
    picture = np.zeros((1, 4, 4, 4), np.uint8)
    picture[0, :2, :2] = (255, 0, 0, 255)
    picture[0, 0, 2] = (0, 255, 0, 255)  # a quarter of its block; the rest is clear
    small = downscale(picture, 2)
    np.testing.assert_allclose(small[0, 0], [[1, 0, 0, 1], [0, 0.25, 0, 0.25]])
    assert to_straight_alpha(small)[0, 0].tolist() == [[255, 0, 0, 255], [0, 255, 0, 64]]


def test_pairs_stay_chosen_whatever_others_there_are(data: Path) -> None:
    rows = open_pictures(data).rows
    chosen = [(row["set"], row["name"]) for row in select_drawings(rows, 6)]
    assert (
        len(set(chosen)) == 6 and chosen == [(row["set"], row["name"]) for row in select_drawings(rows[::-1], 12)][:6]
    )
    assert all(THINGS.index(name) % 3 for _, name in chosen)  # the turned ones are none
    twice = [*rows, {**rows[1], "name": "another"}]
    assert ("twemoji", "skull") not in [(row["set"], row["name"]) for row in select_drawings(twice, 99)]


def test_the_nearest_drawing_is_found(training: TrainingImages) -> None:
    drawn = training.load_drawings(training.rows)
    assert drawn.shape == (18, 64, 64, 4)
    np.testing.assert_allclose(training.nearest(drawn), 0, atol=2e-3)
    grey = np.full((1, 64, 64, 4), 128, np.uint8)
    apart = np.sqrt(np.square(downscale(grey, 64) - downscale(drawn, 64)).mean(axis=(1, 2, 3))).min()
    assert training.nearest(grey)[0] == pytest.approx(apart, abs=2e-3)


def test_pixel_error_is_that_of_premultiplied_colours() -> None:
    real = np.zeros((2, 8, 8, 4), np.uint8)
    made = real.copy()
    made[0, ..., 3] = 255  # opaque black: one of four numbers is wrong by 1
    made[1, ..., :3] = 255  # colours that nobody sees
    measured = seen.measure_pixel_error(made, real, real)
    assert (measured.value, measured.details["decoded"]) == (125, 0)


def test_what_redraws_is_said_in_plain_words() -> None:
    real = np.random.default_rng(0).integers(0, 255, (10, 64, 64, 4), np.uint8)
    made = real.copy()
    made[:1] = 0
    measured = seen.measure_reproduction(made, real)
    assert measured.words == "9 of 10 pictures"
    assert measured.remark.startswith("90 of 100 pictures") and measured.remark.endswith("drawing: it redraws")
    assert seen.measure_reproduction(np.zeros_like(real), real).remark.endswith("it seldom redraws")


def test_a_drawing_is_named_rightly_by_set_and_thing() -> None:
    rows = [{"set": "noto", "caption": name} for name in ("bomb", "skull", "robot", "ghost")]
    noto, other = Source("noto", "", "MIT", ""), Source("twemoji", "", "MIT", "")
    found = [Origin("bomb", noto, 0.01), Origin("bomb", noto, 0.02), Origin("robot", other, 0.03), None]
    measured = seen.measure_attribution_accuracy(found, rows)
    assert (measured.words, measured.details["pairs"]) == ("1 of 3 pictures", 4)


@pytest.mark.slow
def test_samples_are_measured_beside_their_drawings(generator: CachedGenerator, training: TrainingImages) -> None:
    found = {figure.key: figure for figure in seen.measure_memorised_images(generator, training)}
    assert list(found) == ["pixel_error_seen", "repeats_seen", "mid_gradient_share"]
    assert found["pixel_error_seen"].details["pairs"] == found["repeats_seen"].of == 12
    assert found["pixel_error_seen"].value > 1 and found["repeats_seen"].value == 0
    mush = found["mid_gradient_share"]
    assert "real 0 " not in mush.words and f"decoded {mush.details['decoded']:.3g})" in mush.words


@pytest.mark.slow
def test_a_model_that_redraws_is_found_out(
    generator: CachedGenerator, training: TrainingImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = heldout_entries_of(training.rows, STYLES)
    things = {entry.concept for entry in entries}
    assert things and things < set(THINGS)
    few = list(seen.measure_repetition(generator, training))
    assert [(figure.key, figure.value, figure.of) for figure in few] == [
        ("repeats_held_out", 0, len(entries)), ("repeats_unstyled", 0, len(things))
    ]  # fmt: skip
    drawn = training.load_drawings(training.rows)
    monkeypatch.setattr(CachedGenerator, "generate", lambda self, title, requests: drawn[: len(requests)])
    assert all(figure.value == figure.of for figure in seen.measure_repetition(generator, training))


def test_no_mixture_was_ever_drawn(data: Path) -> None:
    rows: Rows = open_pictures(data).rows
    rows = [*rows, *({**rows[0], "colour": hue, "tint": hue} for hue in HUES[2:])]  # the bomb, in all but orange
    found = unseen_combinations.select_mixtures(rows, 64)
    assert {mixture.concept for mixture in found} == {"bomb", "ghost", "key"} <= narrow_concepts()
    assert all(mixture.hue != "red" and mixture.hue in HUES for mixture in found)
    assert "an orange bomb" in [mixture.prompt for mixture in found]
    told = [{**row, "words": ["orange bomb"]} if row["concept"] == "bomb" else row for row in rows]
    assert {mixture.concept for mixture in unseen_combinations.select_mixtures(told, 64)} == {"ghost", "key"}
    assert unseen_combinations.select_mixtures(rows[::-1], 2) == found[:2]


def test_mixtures_are_judged_by_colour_and_with_the_scorer_by_thing(
    generator: CachedGenerator, training: TrainingImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = unseen_combinations.select_mixtures(training.rows, 64)
    monkeypatch.setattr(unseen_combinations.statistics, "dominant_hue", lambda picture: asked[0].hue)
    hues = [mixture.hue for mixture in asked]
    (coloured,) = unseen_combinations.measure_mixture_accuracy(generator, training)
    assert coloured.words == f"{hues.count(hues[0])} of {len(asked)} pictures"
    monkeypatch.setattr(metrics, "recognised", lambda references, features, counts: [False] * len(counts))
    *_, right = unseen_combinations.measure_mixture_accuracy(generator, training, evidence_of(training))
    assert (right.key, right.value, right.details["thing"]) == ("mixtures_right", 0, 0)


def test_prompts_without_a_style_are_told_from_each_other(
    generator: CachedGenerator, training: TrainingImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = evidence_of(training)
    asked: list[str] = []
    draw = CachedGenerator.generate

    def heard(self: CachedGenerator, title: str, requests: list[Request]) -> np.ndarray:
        asked.extend(request.style for request in requests)
        return draw(self, title, requests)

    monkeypatch.setattr(CachedGenerator, "generate", heard)
    (measured,) = unseen_combinations.measure_unstyled_retrieval(generator, references)
    things = {entry.concept for entry in references.entries}
    assert measured.key == "retrieval_unstyled" and measured.details["pairs"] == len(things)
    assert asked == [""] * len(things)


def evidence_of(training: TrainingImages) -> ReferenceImages:
    """Return the evidence of a scorer that learned nothing."""
    scorer = Scorer(ScorerConfig(STYLES, channels=(4,), blocks=(0,), width=8, buckets=64)).eval()
    entries = heldout_entries_of(training.rows, STYLES)
    unseen = np.zeros((len(entries), 64, 64, 4), np.uint8)
    features = scorer.features(np.array(training.known)).numpy()
    return ReferenceImages(
        scorer, training.rows, training.known, features, entries, unseen, scorer.features(unseen).numpy()
    )


def test_pictures_that_cannot_be_reduced_to_the_models_size_are_refused(data: Path, generator: CachedGenerator) -> None:
    card = generator.library.card("old")
    for size in (256, 96):
        with pytest.raises(BadRequest, match=f"cannot be reduced to {size}.*--size {size}"):
            open_training_images(data, replace(card, size=size), generator.show)
    with pytest.raises(StudioError, match="no image in a style of old"):
        open_training_images(data, replace(card, styles=()), generator.show)


@pytest.mark.slow
@pytest.mark.usefixtures("models")
def test_score_norms_are_measured_on_drawings_of_the_models_size(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", "old", "--only", "norms", "--quick", "--data", str(data), "--json"]) == 0
    (told,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told["figure"] == "score_norms" and all(0 <= g <= 1 for _, g in told["score_norms"])


def test_small_drawings_are_made_once(data: Path, generator: CachedGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    card = generator.library.card("old")
    first = open_training_images(data, card, generator.show).known
    monkeypatch.setattr(
        "gdm_studio.training.evaluation.training_images.downscale", lambda *_: pytest.fail("made again")
    )
    np.testing.assert_array_equal(open_training_images(data, card, generator.show).known, first)


def test_pairs_have_their_sides_shuffled_and_the_key_apart(
    data: Path, generator: CachedGenerator, training: TrainingImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets: list[tuple[list[np.ndarray], list[str]]] = []
    monkeypatch.setattr(
        evaluation_sheets, "contact_sheet", lambda path, pictures, labels, **_: sheets.append((pictures, labels))
    )
    key = evaluation_sheets.write_pairs(tmp_path / "pairs.png", generator, training)
    told = json.loads(key.read_text(encoding="utf-8"))
    ((pictures, labels),) = sheets
    assert key == tmp_path / "pairs.key.json" and len(told) == 6 and len(pictures) == 12
    assert labels[:4] == ["1 left", "1 right", "2 left", "2 right"]
    real = {f"{row['set']}/{row['name']}": row for row in training.rows if not row["tint"]}
    for pair, left, right in zip(told, pictures[::2], pictures[1::2], strict=True):
        theirs = right if pair["ours"] == "left" else left
        np.testing.assert_array_equal(theirs, training.load_drawings([real[pair["drawing"]]])[0])
    assert {pair["ours"] for pair in told} == {"left", "right"}
    assert len({pair["thing"] for pair in told}) == 6
    evaluation_sheets.write_pairs(tmp_path / "again.png", generator, training)
    assert (tmp_path / "again.key.json").read_bytes() == key.read_bytes()
    assert all(row["style"] == "noto" for row in evaluation_sheets.select_concepts(training.rows, "twemoji"))


@pytest.mark.slow
@pytest.mark.usefixtures("models")
def test_models_are_told_of_side_by_side(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["evaluate", "old", "new", "--only", "seen", "mixtures", "--data", str(data)]
    assert run(given) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["old", "new", "goal"]
    assert lines[0].startswith("pixel error of seen pairs, × 1e-3") and lines[0].endswith("≤ 8")
    assert len(lines) == 6 and lines[0][head.index("new") - 1].isspace() and not lines[0][head.index("new")].isspace()
    assert [line.split(":")[0] for line in lines if "of a trained pair" in line] == ["old", "new"]
    assert run([*given, "--json", "--card"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [fact["model"] for fact in told if "figure" in fact] == ["old"] * 4 + ["new"] * 4
    for name in ("old", "new"):
        error = next(fact["value"] for fact in told if fact.get("model") == name)
        assert Library().card(name).figures["pixel_error_seen"] == f"{error:.3g}"


def test_a_figure_that_a_model_has_not_is_left_open_in_the_table() -> None:
    both, one = EvaluationResult("a", "first", 1, goal="≥ 1"), EvaluationResult("b", "second", 2, remark="so it is")
    assert format_table({"old": [both], "new": [both, one]}) == [
        "        old  new  goal", "first   1    1    ≥ 1", "second  –    2", "new: so it is"
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.usefixtures("models")
def test_sheets_of_models_lie_side_by_side_and_take_either_list(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ["--no-figures", "--data", str(data), "--pairs", str(tmp_path / "pairs.png")]
    assert run(["evaluate", "old", "new", *made]) == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"pairs-{name}{end}" for name in ("old", "new") for end in (".png", ".key.json")}
    with Image.open(tmp_path / "pairs-old.png") as sheet:
        assert sheet.width > sheet.height
    assert run(["evaluate", "old", *made]) == 0 and (tmp_path / "pairs.png").exists()
    assert str(tmp_path / "pairs.key.json") in capsys.readouterr().out


@pytest.mark.usefixtures("models")
def test_what_needs_the_scorer_is_left_out_without_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for only, options, says in (
        ("unstyled", ["--data", str(data)], "--scorer is missing"),
        ("seen", [], "--data is missing"),
        ("held-out", [], "--data and --scorer are missing"),
        ("seen", ["--data", str(data), "--named", "5"], "name one model"),
    ):
        assert run(["evaluate", "old", "new", "--only", only, *options]) == 2
        assert says in capsys.readouterr().err
    assert run(["evaluate", "old", "--no-figures", "--pairs", str(tmp_path / "pairs.png")]) == 2
    assert "--data is missing" in capsys.readouterr().err
