"""Choices of a seed for the built-in model: style, drawing, pose and colours, at each temperature."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import variations_of
from gdm_studio.maths.processes import edm
from gdm_studio.models.attribution import find_origin
from gdm_studio.models.families.icons.draft_colours import tint
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.families.icons.pose import MARGIN, Pose
from gdm_studio.models.families.icons.start_drawing_choice import SeedChoice
from gdm_studio.models.loaded_model import VARIATION_NUMBERS, Conditioning, Variation
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import BUILT_IN, FOCUSES, RULES, Branch, Request
from gdm_studio.request.interpolation import Interpolation
from gdm_studio.training.evaluation.cached_generator import default_request
from gdm_studio.training.evaluation.diversity import median_pairwise_rms
from gdm_studio.training.evaluation.statistics import dominant_hue

PATH = edm().path("karras", 20)


@pytest.fixture
def request_(library: Library) -> Request:
    return replace(default_request(library), prompt="a cat", style="twemoji", steps=2, device="cpu")


def variation(seed: int, temperature: float = 1.0) -> Variation:
    numbers = torch.randn(VARIATION_NUMBERS, generator=torch.Generator().manual_seed(seed))
    return Variation(numbers, temperature)


def pictures(request: Request, library: Library) -> list[np.ndarray]:
    return [event.rgba for event in generate(request, library) if isinstance(event, Result)]


def drafts(model: IconsModel, request: Request, seeds: Sequence[int]) -> list[np.ndarray]:
    """Return the decoded drafts of a request with each of these seeds."""
    found = []
    for seed in seeds:
        (chosen,) = variations_of(replace(request, seed=seed), (0,), PATH)
        ask = Conditioning(text=request.prompt, style=request.style, variation=chosen)
        found.append(model.decode(model.conditioning([ask]).sketch)[0].numpy())
    return found


def test_people_start_from_rarer_drawings(model: IconsModel, request_: Request) -> None:
    assert model.recall is not None and model.all_drawings is not None
    request = replace(request_, prompt="a superhero")
    (subject,) = model.tokenizer.subjects(request.prompt, request.style)
    assert not model.recall.drawings(subject.row[1:])
    assert model.all_drawings.drawings(subject.row[1:])
    plain = replace(model, all_drawings=None)
    (now,) = drafts(model, replace(request, rules=3), [1])
    (without,) = drafts(plain, replace(request, rules=3), [1])
    assert np.abs(now.astype(float) - without).mean() > 10


@pytest.mark.slow
def test_a_thing_without_a_drawing_leaves_the_image_to_another_one(model: IconsModel, request_: Request) -> None:
    player, violin = (replace(request_, prompt=prompt) for prompt in ("a violin player", "a violin"))
    for seed in (1, 2):
        assert np.array_equal(*(drafts(model, each, [seed]) for each in (player, violin)))


@pytest.mark.parametrize("prompt", ["a superhero", "a cat", "a violin player"])
def test_old_requests_do_not_start_from_rarer_drawings(model: IconsModel, request_: Request, prompt: str) -> None:
    request = replace(request_, prompt=prompt, rules=2)
    (now,) = drafts(model, request, [1])
    (without,) = drafts(replace(model, all_drawings=None), request, [1])
    assert np.array_equal(now, without)


def test_rarer_drawings_do_not_count_as_weights(library: Library) -> None:
    card = library.card(BUILT_IN)
    assert {file.name for file in card.files if ".rare." in file.name} == {f"{BUILT_IN}.rare.safetensors"}
    assert not any(".rare." in file.name for file in card.weights)


def test_joined_drawings_must_match(model: IconsModel) -> None:
    assert model.recall is not None
    narrow = PrototypeBasis.of(model.recall.rows[:1], model.recall.components[:1, :5], model.recall.step, ())
    with pytest.raises(ValueError, match="components of 4096 and 5"):
        model.recall.combine(narrow)


@pytest.mark.slow
def test_seeds_of_a_prompt_give_different_pictures(library: Library, request_: Request) -> None:
    request = replace(request_, count=4, seed=1)
    now = median_pairwise_rms(pictures(request, library))
    assert now > 40 / 255
    assert now > 3 * median_pairwise_rms(pictures(replace(request, rules=1), library))


@pytest.mark.slow
def test_an_image_is_the_same_alone_and_in_a_batch(library: Library, request_: Request) -> None:
    together = pictures(replace(request_, style="", count=3, seed=5), library)
    (alone,) = pictures(replace(request_, style="", seed=6), library)
    assert np.array_equal(together[1], alone)


@pytest.mark.slow
def test_a_resumed_image_is_the_same_bit_for_bit(library: Library, request_: Request) -> None:
    request = replace(request_, style="", seed=3, steps=4)
    events = list(generate(request, library))
    (whole,) = (event.rgba for event in events if isinstance(event, Result))
    step = next(event.step for event in events if isinstance(event, StepEvent) and event.step.index == 2)
    (resumed,) = (each.rgba for each in generate(request, library, resume=step) if isinstance(each, Result))
    assert np.array_equal(whole, resumed)


def test_a_request_of_an_earlier_version_keeps_its_rules_and_digest(library: Library, request_: Request) -> None:
    values = json.loads(replace(request_, rules=1).checked().to_json())
    del values["rules"]
    old = Request.from_json(json.dumps(values))
    assert old.rules == 1
    assert request_.rules == RULES
    assert old.digest() == replace(request_, rules=1).checked().digest() != request_.checked().digest()
    assert variations_of(old, (0, 1), PATH) == [None, None]


@pytest.mark.slow
def test_distances_rise_with_the_temperature(model: IconsModel, request_: Request) -> None:
    found = []
    for temperature in (0.2, 0.8, 1.5):
        request = replace(request_, prompt="a fox", temperature=temperature)
        found.append(median_pairwise_rms(drafts(model, request, range(1, 6))))
    assert found[0] * 1.4 < found[1] and found[1] * 1.1 < found[2], found


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ["a cat", "a boombox"])
def test_a_low_temperature_draws_all_seeds_to_the_typical_image(
    model: IconsModel, request_: Request, prompt: str
) -> None:
    request = replace(request_, prompt=prompt, style="", temperature=0.2)
    focused = median_pairwise_rms(drafts(model, request, [1, 2, 3]))
    before = median_pairwise_rms(drafts(model, replace(request, rules=FOCUSES - 1), [1, 2, 3]))
    assert focused < 20 / 255 and focused * 2 < before, "files of earlier rules keep their images"


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.6, 1.5])
def test_from_the_default_temperature_on_the_choices_are_the_earlier_ones(
    model: IconsModel, request_: Request, temperature: float
) -> None:
    assert default_request(Library()).temperature == 0.6
    request = replace(request_, prompt="an umbrella", style="", temperature=temperature)
    (now,), (before,) = (drafts(model, replace(request, rules=rules), [1]) for rules in (FOCUSES, FOCUSES - 1))
    assert np.array_equal(now, before)


def test_a_prompt_without_a_style_gets_one_of_several(model: IconsModel) -> None:
    subjects = model.tokenizer.subjects("a cat")
    assert model.recall is not None
    found = {
        temperature: Counter(
            SeedChoice(variation(seed, temperature)).style(model.recall, subjects, model.tokenizer.styles)
            for seed in range(200)
        )
        for temperature in (0.2, 1.0, 2.0)
    }
    assert len(found[1.0]) >= 5
    # Low temperatures prefer the typical style, high ones choose among all nearly evenly.
    shares = [found[temperature].most_common(1)[0][1] / 200 for temperature in (0.2, 1.0, 2.0)]
    assert shares[0] > shares[1] > shares[2]
    assert set(found[2.0]) <= set(model.tokenizer.styles)


def test_a_prompt_that_only_excludes_things_is_drawn_like_an_empty_one(model: IconsModel) -> None:
    conditions = [Conditioning(text=text, style="noto", variation=variation(1)) for text in ("no cats no dogs", "")]
    excluding, empty = (model.conditioning([each]).network_inputs() for each in conditions)
    assert all(map(torch.equal, excluding, empty))


def test_seeds_avoid_styles_that_draw_an_astronaut_without_a_helmet(model: IconsModel) -> None:
    subjects = model.tokenizer.subjects("an astronaut")
    assert model.recall is not None

    def styles(*, has_silhouettes: bool) -> set[str]:
        choices = (SeedChoice(replace(variation(seed), has_silhouettes=has_silhouettes)) for seed in range(50))
        return {choice.style(model.recall, subjects, model.tokenizer.styles) for choice in choices}

    assert "twemoji" not in styles(has_silhouettes=True) and "noto" in styles(has_silhouettes=True)
    assert "twemoji" in styles(has_silhouettes=False), "earlier rules keep their styles"
    # If the user has chosen the style, the image starts from a drawing of another one.
    (astronaut,), (dog,) = subjects, model.tokenizer.subjects("a dog")
    new, old = (SeedChoice(replace(variation(1), has_silhouettes=each)) for each in (True, False))
    assert new.style_of_draft(astronaut, "twemoji") == "noto" and new.style_of_draft(dog, "twemoji") == "twemoji"
    assert old.style_of_draft(astronaut, "twemoji") == "twemoji"


def test_a_seed_draws_the_thing_or_its_kin_and_nothing_else(model: IconsModel) -> None:
    (dog,) = model.tokenizer.subjects("a dog", "noto")
    (cat,) = model.tokenizer.subjects("a cat", "noto")
    kin = {subject: {tuple(filter(None, row[1:])) for row in subject.related} for subject in (dog, cat)}

    def name(text: str) -> tuple[int, ...]:
        return tuple(filter(None, model.tokenizer.encode(text)[1:]))

    assert name("cat face") in kin[cat] and name("black cat") in kin[cat]
    assert name("hot dog") not in kin[dog] and name("dog face") in kin[dog]


def test_probabilities_follow_weights_and_temperature() -> None:
    weights = {1: 1.0, 2: 0.5, 3: 0.5}
    for temperature, expected in ((1.0, 0.5), (0.5, 2 / 3), (0.1, 0.998)):
        picks = Counter(SeedChoice(variation(seed, temperature)).pick(weights, "test") for seed in range(2000))
        assert picks[1] / 2000 == pytest.approx(expected, abs=0.05)


def test_similar_seeds_make_the_same_choice(request_: Request) -> None:
    near = replace(request_, toward=Interpolation(prompt="a cat", seed=99, amount=0.03))
    weights = dict.fromkeys(range(20), 1.0)
    same = 0
    for seed in range(40):
        picks = [
            SeedChoice(variations_of(replace(each, seed=seed), (0,), PATH)[0]).pick(weights, "test")  # type: ignore[arg-type]
            for each in (request_, near)
        ]
        same += picks[0] == picks[1]
    assert same > 32


def test_a_late_branch_keeps_the_choice_of_its_parent(request_: Request) -> None:
    parent = replace(request_, seed=1, steps=20).checked()

    def numbers(step: int) -> torch.Tensor:
        branch = replace(parent, seed=2, temperature=1.5, branch=Branch(parent, step)).checked()
        (found,) = variations_of(branch, (0,), PATH)
        assert found is not None
        return found.numbers

    early, late = numbers(2), numbers(15)
    assert not torch.equal(early, late)
    (own,) = variations_of(parent, (0,), PATH)
    assert own is not None and torch.equal(late, own.numbers)


def test_letters_flags_and_clocks_are_never_mirrored() -> None:
    for words in ({"flag", "samoa"}, {"letter", "b"}, {"alarm", "clock"}, {"b"}, {"left", "arrow"}):
        assert not any(Pose.choose(SeedChoice(variation(seed)), words).mirrored for seed in range(50))
    shares = [
        np.mean([Pose.choose(SeedChoice(variation(seed, temperature)), {"cat"}).mirrored for seed in range(300)])
        for temperature in (0.2, 1.0)
    ]
    assert shares[0] < shares[1] == pytest.approx(0.5, abs=0.08)


def test_drawings_with_letters_are_mirrored_only_by_earlier_rules() -> None:
    for word in ("teacher", "taxi"):
        new, old = (
            [
                Pose.choose(SeedChoice(replace(variation(seed), corrects_meanings=corrects)), {word}).mirrored
                for seed in range(50)
            ]
            for corrects in (True, False)
        )
        assert any(old) and not any(new)


def test_a_mirrored_drawing_is_attributed_too(library: Library, model: IconsModel) -> None:
    (subject,) = model.tokenizer.subjects("a cat", "noto")
    assert model.recall is not None and model.unet.sketch is not None
    row = model.recall.drawings(subject.row[1:])[model.tokenizer.styles["noto"]]
    components = model.recall.components[row][None].float() * model.recall.step
    drawing = model.decode(model.unet.sketch.from_components(components, torch.Size((16, 16))))[0].numpy()
    own, mirrored = (
        find_origin(library.card(BUILT_IN), image) for image in (drawing, Pose(mirrored=True).apply(drawing))
    )
    assert own is not None and mirrored is not None
    assert (own.thing, own.source) == (mirrored.thing, mirrored.source)


def test_poses_stay_within_the_margins() -> None:
    drawing = np.zeros((128, 128, 4), np.uint8)
    drawing[4:124, 20:110] = (200, 30, 30, 255)
    for seed in range(20):
        posed = Pose.choose(SeedChoice(variation(seed, 2.0)), {"cat"}).apply(drawing)
        rows, columns = np.nonzero(posed[..., 3] > 32)
        inside = 128 * MARGIN - 1.5
        assert min(rows.min(), columns.min()) >= inside and max(rows.max(), columns.max()) <= 127 - inside
        assert len(rows) > 1000
    empty = np.zeros((16, 16, 4), np.uint8)
    assert np.array_equal(Pose(turn=9.0).apply(empty), empty)


@pytest.mark.slow
def test_a_requested_colour_stays_for_every_seed(model: IconsModel, request_: Request) -> None:
    request = replace(request_, prompt="a blue fish", temperature=1.5)
    assert {dominant_hue(image) for image in drafts(model, request, range(1, 6))} == {"blue"}


def test_only_things_of_any_colour_change_it() -> None:
    drawing = np.zeros((32, 32, 4), np.uint8)
    drawing[4:28, 4:28] = (200, 60, 30, 255)
    choices = [SeedChoice(variation(seed)) for seed in range(12)]

    def furthest(words: set[str]) -> int:
        return max(int(np.abs(tint(drawing, each, words).astype(int) - drawing).max()) for each in choices)

    assert furthest({"tomato"}) == 0
    assert furthest({"fox"}) < 60 < furthest({"umbrella"})


def test_drawings_move_towards_similar_ones_by_a_share() -> None:
    rows = torch.tensor([[2, 70], [2, 71], [2, 72], [3, 70]], dtype=torch.int16)
    components = torch.tensor([[0, 0], [10, 0], [100, 0], [1, 1]], dtype=torch.int8)
    basis = PrototypeBasis.of(rows, components, 0.5, [])
    ids = torch.tensor([[2, 70], [2, 70], [4, 70]])
    # The mixing numbers choose the nearest drawing of the same style nearly alone.
    known, found = basis.vary_drawings(ids, torch.tensor([[60.0, 0.0]] * 3), torch.tensor([0.0, 0.5, 0.5]))
    assert known.tolist() == [True, True, False]
    assert torch.allclose(found, torch.tensor([[0.0, 0.0], [2.5, 0.0], [0.0, 0.0]]))
