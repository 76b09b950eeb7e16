"""The draft: what it says, who hears of it, and which seed the next run takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gdm_studio.errors import BadRequest
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.accepts import Accepts
from gdm_studio.request import Branch, Request, Toward
from gdm_studio.studio.draft import LOCK, Draft
from gdm_studio.studio.fitting import fitted
from tests.helpers.gaussian_model import CARD

TAKES = Accepts(prompt="", negative=False, guidance=False, picture=False)
PLAIN = replace(CARD, name="plain", styles=(), accepts=TAKES)


def test_it_begins_with_what_its_model_does() -> None:
    assert Draft().request == Request()
    draft = Draft(CARD)
    assert (draft["model"], draft["steps"], draft["guidance_scale"]) == ("gaussian", 8, 2.0)
    assert draft.request == replace(CARD.usual(), model="gaussian") and draft.card is CARD


def test_listeners_hear_of_what_became_another_and_of_nothing_else() -> None:
    draft, heard = Draft(CARD), []
    for name in ("steps", "prompt", "seed", LOCK):
        draft.listen(name, lambda value, name=name: heard.append((name, value)))
    draft.change(steps=8, prompt="a fox")
    draft.change(steps=9, prompt="a fox", seed_locked=True)
    draft.take(replace(draft.request, seed=5))
    assert heard == [("prompt", "a fox"), (LOCK, True), ("steps", 9), ("seed", 5)]


@pytest.mark.parametrize("values", [{"steps": 0}, {"stepz": 1}, {"steps": 9, "sampler": "magic"}, {"prompt": 3}])
def test_what_cannot_be_changes_nothing(values: dict) -> None:
    draft = Draft(CARD)
    with pytest.raises(BadRequest):
        draft.change(**values, seed_locked=True)
    assert draft.request == Draft(CARD).request and not draft[LOCK]


def test_what_stands_at_the_schedulers_default_goes_with_it() -> None:
    draft = Draft(CARD)
    draft.change(knobs={"eta": 0.5}, sampler="ddim")
    assert draft["knobs"] == {"eta": 0.5} and draft["spacing"] == SAMPLERS["ddim"].default_spacing
    draft.change(sampler="lms")
    assert draft["knobs"] == {} and (draft["steps"], draft["spacing"]) == (30, "karras")
    draft.change(steps=17)
    draft.change(sampler="plms")
    assert (draft["steps"], draft["spacing"]) == (17, "leading") and draft.default("steps") == 50
    draft.change(sampler="ddim", spacing="karras")
    assert draft["spacing"] == "karras"


def test_another_model_brings_its_own_and_leaves_the_rest() -> None:
    draft = Draft(replace(CARD, name="other", defaults={"steps": 30}))
    draft.change(prompt="a fox", style="dark", guidance_scale=9.0, seed=4, count=3)
    draft.turn_to(CARD)
    assert (draft["prompt"], draft["seed"], draft["count"]) == ("a fox", 4, 3)
    assert (draft["model"], draft["style"], draft["steps"], draft["guidance_scale"]) == ("gaussian", "", 8, 2.0)


def test_a_model_that_is_gone_back_to_is_as_it_was_left() -> None:
    draft = Draft(CARD)
    draft.change(prompt="a fox", style="dark", steps=17, sampler="ddim", knobs={"eta": 0.5}, guidance_scale=9.0)
    left = draft.request
    draft.turn_to(other := replace(CARD, name="other", defaults={"steps": 30}))
    draft.change(prompt="an owl", steps=5)
    draft.turn_to(CARD)
    assert draft.request == replace(left, prompt="an owl")
    draft.turn_to(other)
    assert draft["steps"] == 5
    draft.reset()
    assert draft["steps"] == 30
    draft.turn_to(replace(CARD, defaults={**CARD.defaults, "vae": "vivid", "guidance_scale": 1.0}))
    assert (draft["vae"], draft["guidance_scale"], draft["steps"]) == ("vivid", 1.0, 17), "what it begins with since"


def test_the_same_model_brings_only_what_it_begins_with_otherwise() -> None:
    """As when people choose its few-step kind, or its VAE."""
    draft = Draft(CARD)
    draft.change(sampler="ddim", knobs={"eta": 0.5}, steps=17, temperature=0.8, style="dark")
    draft.turn_to(replace(CARD, defaults={**CARD.defaults, "vae": "vivid"}))
    assert (draft["vae"], draft["steps"], draft["knobs"], draft["style"]) == ("vivid", 17, {"eta": 0.5}, "dark")
    draft.turn_to(replace(CARD, defaults={**CARD.defaults, "vae": "vivid", "sampler": "euler", "steps": 4}))
    assert (draft["sampler"], draft["steps"], draft["knobs"], draft["temperature"]) == ("euler", 4, {}, 0.8)
    draft.turn_to(replace(CARD, name="other"))
    assert (draft["steps"], draft["temperature"], draft["vae"]) == (8, 1.0, "")


def test_what_the_model_does_not_take_is_left_out_and_comes_back_with_one_that_does() -> None:
    draft = Draft(CARD)
    draft.change(prompt="a fox", negative_prompt="a dog", image="0" * 64, style="dark")
    assert fitted(draft.request, CARD)[1] == []
    assert fitted(draft.request, PLAIN)[1] == ["model", "style", "start picture", "negative prompt"]
    draft.turn_to(PLAIN)
    without = draft.request
    assert (without.prompt, without.negative_prompt, without.guidance_scale, without.image) == ("", "", 1.0, "")
    draft.turn_to(CARD)
    assert draft.request == replace(
        without, model="gaussian", prompt="a fox", negative_prompt="a dog", guidance_scale=2.0, image="0" * 64,
        style="dark",
    )  # fmt: skip


def test_what_is_written_can_be_taken_back_whole() -> None:
    draft = Draft(CARD)
    way = Toward("a fox", 9, 0.5)
    draft.change(prompt="a fox", negative_prompt="a dog", image="0" * 64, mask="1" * 64, toward=way)
    draft.turn_to(PLAIN)
    assert draft.request.prompt == "" and draft.written.prompt == "a fox"
    again = Draft(PLAIN)
    again.take(Request.from_json(draft.written.to_json()))
    again.turn_to(CARD)
    draft.turn_to(CARD)
    assert again.request == draft.request and draft.request.mask == "1" * 64
    draft.change(image="")
    assert draft["mask"] and Request.from_json(draft.written.to_json()) == draft.written


def test_every_run_has_another_seed_unless_it_is_locked_or_was_chosen() -> None:
    draft = Draft(CARD)
    assert len({draft.next_request().seed for _ in range(4)}) > 1
    draft.change(seed=7)
    assert draft.next_request().seed == 7 and draft.next_request().seed != 7
    draft.take(replace(draft.request, seed=7))
    assert draft.next_request().seed != 7
    draft.take(replace(draft.request, seed=7))
    draft.hold_seed()
    assert draft.next_request().seed == 7 and draft.next_request().seed != 7
    draft.change(seed_locked=True)
    assert len({draft.next_request().seed for _ in range(4)}) == 1
    draft.roll()
    rolled = draft["seed"]
    draft.change(seed_locked=False)
    assert draft.next_request().seed == rolled


@pytest.mark.parametrize("locked", [False, True])
def test_what_holds_the_lock_gives_it_back_as_it_was(locked: bool) -> None:
    draft, heard = Draft(CARD), []
    draft.change(seed_locked=locked)
    draft.listen(LOCK, heard.append)
    draft.hold_lock(True)
    assert draft[LOCK] and draft.is_locked_by_people == locked
    draft.hold_lock(False)
    assert draft[LOCK] == locked and heard == ([] if locked else [True, False])


def test_a_branch_keeps_the_path_and_the_seed_of_what_it_leaves() -> None:
    draft, parent = Draft(CARD), Request(model="gaussian", prompt="a fox", seed=5, steps=8)
    draft.take(replace(parent, prompt="an owl", steps=30))
    draft.departure = Branch(parent, 3)
    request = draft.next_request()
    assert (request.prompt, request.steps, request.seed, request.branch) == ("an owl", 8, 5, Branch(parent, 3))


def test_what_means_nothing_now_is_not_said() -> None:
    draft = Draft(CARD)
    draft.change(controls={"clip": 0.0, "guidance_rescale": 0.7}, mask="1" * 64)
    assert draft.request.controls == {"guidance_rescale": 0.7} and not draft.request.mask
    draft.change(guidance_scale=1.0, image="0" * 64)
    assert draft.request.controls == {} and draft.request.mask == "1" * 64
    draft.change(guidance_scale=2.0)
    assert draft.request.controls == {"guidance_rescale": 0.7}


def test_a_way_that_keeps_to_the_prompt_follows_it() -> None:
    draft, way = Draft(CARD), Toward("a fox", 9, 0.5, Toward("an owl", 9, 0.5))
    draft.take(replace(draft.request, prompt="a fox", toward=way))
    draft.change(prompt="an")
    draft.change(prompt="an owl")
    draft.change(prompt="a hen")
    assert draft.request.toward == Toward("a hen", 9, 0.5, Toward("an owl", 9, 0.5))
    draft.take(replace(draft.request, prompt="an owl", toward=way))
    assert draft.request.toward == way
    draft.change(toward=None)
    assert draft.request.toward is None
