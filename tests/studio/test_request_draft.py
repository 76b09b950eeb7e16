"""The draft: its values, its change notifications, and the seed of the next run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.request.generation_request import RULES, Branch, Interpolation, Request
from gdm_studio.studio.model_compatibility import fit_request
from gdm_studio.studio.request_draft import LOCK, RequestDraft
from tests.helpers.gaussian_model import CARD

TAKES = Capabilities(prompt="", negative=False, guidance=False, picture=False)
PLAIN = replace(CARD, name="plain", styles=(), accepts=TAKES)


def test_a_draft_starts_with_the_defaults_of_its_model() -> None:
    assert RequestDraft().request == Request()
    request_draft = RequestDraft(CARD)
    assert (request_draft["model"], request_draft["steps"], request_draft["guidance_scale"]) == ("gaussian", 8, 2.0)
    assert request_draft.request == replace(CARD.default_request(), model="gaussian") and request_draft.card is CARD


def test_listeners_are_notified_of_changed_fields_only() -> None:
    request_draft, heard = RequestDraft(CARD), []
    for name in ("steps", "prompt", "seed", LOCK):
        request_draft.listen(name, lambda value, name=name: heard.append((name, value)))
    request_draft.change(steps=8, prompt="a fox")
    request_draft.change(steps=9, prompt="a fox", seed_locked=True)
    request_draft.take(replace(request_draft.request, seed=5))
    assert heard == [("prompt", "a fox"), (LOCK, True), ("steps", 9), ("seed", 5)]


@pytest.mark.parametrize("values", [{"steps": 0}, {"stepz": 1}, {"steps": 9, "sampler": "magic"}, {"prompt": 3}])
def test_an_invalid_value_changes_nothing(values: dict) -> None:
    request_draft = RequestDraft(CARD)
    with pytest.raises(BadRequest):
        request_draft.change(**values, seed_locked=True)
    assert request_draft.request == RequestDraft(CARD).request and not request_draft[LOCK]


def test_values_at_the_default_follow_the_scheduler() -> None:
    request_draft = RequestDraft(CARD)
    request_draft.change(knobs={"eta": 0.5}, sampler="ddim")
    assert request_draft["knobs"] == {"eta": 0.5} and request_draft["spacing"] == SAMPLERS["ddim"].default_spacing
    request_draft.change(sampler="lms")
    assert request_draft["knobs"] == {} and (request_draft["steps"], request_draft["spacing"]) == (30, "karras")
    request_draft.change(steps=17)
    request_draft.change(sampler="plms")
    assert (request_draft["steps"], request_draft["spacing"]) == (17, "leading") and request_draft.default(
        "steps"
    ) == 50
    request_draft.change(sampler="ddim", spacing="karras")
    assert request_draft["spacing"] == "karras"


def test_another_model_brings_its_defaults_and_keeps_the_rest() -> None:
    request_draft = RequestDraft(replace(CARD, name="other", defaults={"steps": 30}))
    request_draft.change(prompt="a fox", style="dark", guidance_scale=9.0, seed=4, count=3)
    request_draft.turn_to(CARD)
    assert (request_draft["prompt"], request_draft["seed"], request_draft["count"]) == ("a fox", 4, 3)
    assert (
        request_draft["model"],
        request_draft["style"],
        request_draft["steps"],
        request_draft["guidance_scale"],
    ) == ("gaussian", "", 8, 2.0)


def test_an_editing_model_begins_with_noise_until_the_user_leaves_it() -> None:
    request_draft = RequestDraft(CARD)
    request_draft.change(strength=0.4)
    request_draft.turn_to(replace(CARD, name="other"))
    assert request_draft["strength"] == 0.4, "models with the same default share what the user chose"
    request_draft.turn_to(replace(CARD, name="editor", defaults={"strength": 1.0}))
    assert request_draft["strength"] == request_draft.default("strength") == 1.0
    request_draft.turn_to(CARD)
    assert request_draft["strength"] == 0.6


def test_returning_to_a_model_restores_its_last_values() -> None:
    request_draft = RequestDraft(CARD)
    request_draft.change(prompt="a fox", style="dark", steps=17, sampler="ddim", knobs={"eta": 0.5}, guidance_scale=9.0)
    left = request_draft.request
    request_draft.turn_to(other := replace(CARD, name="other", defaults={"steps": 30}))
    request_draft.change(prompt="an owl", steps=5)
    request_draft.turn_to(CARD)
    assert request_draft.request == replace(left, prompt="an owl")
    request_draft.turn_to(other)
    assert request_draft["steps"] == 5
    request_draft.reset()
    assert request_draft["steps"] == 30
    request_draft.turn_to(replace(CARD, defaults={**CARD.defaults, "vae": "vivid", "guidance_scale": 1.0}))
    assert (request_draft["vae"], request_draft["guidance_scale"], request_draft["steps"]) == ("vivid", 1.0, 17), (
        "what it begins with since"
    )


def test_a_variant_of_the_same_model_brings_only_its_changed_defaults() -> None:
    """A variant is the few-step kind of a model or the model with another VAE."""
    request_draft = RequestDraft(CARD)
    request_draft.change(sampler="ddim", knobs={"eta": 0.5}, steps=17, temperature=0.8, style="dark")
    request_draft.turn_to(replace(CARD, defaults={**CARD.defaults, "vae": "vivid"}))
    assert (request_draft["vae"], request_draft["steps"], request_draft["knobs"], request_draft["style"]) == (
        "vivid",
        17,
        {"eta": 0.5},
        "dark",
    )
    request_draft.turn_to(replace(CARD, defaults={**CARD.defaults, "vae": "vivid", "sampler": "euler", "steps": 4}))
    assert (request_draft["sampler"], request_draft["steps"], request_draft["knobs"], request_draft["temperature"]) == (
        "euler",
        4,
        {},
        0.8,
    )
    request_draft.turn_to(replace(CARD, name="other"))
    assert (request_draft["steps"], request_draft["temperature"], request_draft["vae"]) == (8, 1.0, "")


def test_a_model_without_prompts_interpolates_only_noise() -> None:
    request_draft = RequestDraft(CARD)
    request_draft.change(prompt="a fox", toward=Interpolation("an owl", 9, 0.25, then=Interpolation("a fox", 7, 0.5)))
    before = request_draft.request
    request_draft.turn_to(PLAIN)
    assert request_draft.request.toward == Interpolation("", 9, 0.25, then=Interpolation("", 7, 0.5))
    assert PLAIN.checked(request_draft.request).seed_weights() == before.seed_weights()
    request_draft.change(toward=Interpolation("an owl", 9, 0.0))
    assert request_draft.request.toward is None
    request_draft.turn_to(CARD)
    assert request_draft.request.toward == Interpolation("an owl", 9, 0.0)


def test_unsupported_values_are_hidden_until_a_model_supports_them() -> None:
    request_draft = RequestDraft(CARD)
    request_draft.change(prompt="a fox", negative_prompt="a dog", image="0" * 64, style="dark")
    assert fit_request(request_draft.request, CARD)[1] == []
    assert fit_request(request_draft.request, PLAIN)[1] == ["model", "style", "start picture", "negative prompt"]
    request_draft.turn_to(PLAIN)
    without = request_draft.request
    assert (without.prompt, without.negative_prompt, without.guidance_scale, without.image) == ("", "", 1.0, "")
    request_draft.turn_to(CARD)
    assert request_draft.request == replace(
        without, model="gaussian", prompt="a fox", negative_prompt="a dog", guidance_scale=2.0, image="0" * 64,
        style="dark",
    )  # fmt: skip


def test_an_edit_can_be_undone_completely() -> None:
    request_draft = RequestDraft(CARD)
    way = Interpolation("a fox", 9, 0.5)
    request_draft.change(prompt="a fox", negative_prompt="a dog", image="0" * 64, mask="1" * 64, toward=way)
    request_draft.turn_to(PLAIN)
    assert request_draft.request.prompt == "" and request_draft.written.prompt == "a fox"
    again = RequestDraft(PLAIN)
    again.take(Request.from_json(request_draft.written.to_json()))
    again.turn_to(CARD)
    request_draft.turn_to(CARD)
    assert again.request == request_draft.request and request_draft.request.mask == "1" * 64
    request_draft.change(image="")
    assert request_draft["mask"] and Request.from_json(request_draft.written.to_json()) == request_draft.written


def test_every_run_has_a_new_seed_unless_it_is_locked_or_chosen() -> None:
    request_draft = RequestDraft(CARD)
    assert len({request_draft.next_request().seed for _ in range(4)}) > 1
    request_draft.change(seed=7)
    assert request_draft.next_request().seed == 7 and request_draft.next_request().seed != 7
    request_draft.take(replace(request_draft.request, seed=7))
    assert request_draft.next_request().seed != 7
    request_draft.take(replace(request_draft.request, seed=7))
    request_draft.hold_seed()
    assert request_draft.next_request().seed == 7 and request_draft.next_request().seed != 7
    request_draft.change(seed_locked=True)
    assert len({request_draft.next_request().seed for _ in range(4)}) == 1
    request_draft.roll()
    rolled = request_draft["seed"]
    request_draft.change(seed_locked=False)
    assert request_draft.next_request().seed == rolled


def test_only_a_request_that_the_model_accepts_changes_the_seed() -> None:
    request_draft, heard = RequestDraft(CARD), []
    request_draft.change(seed=7)
    request_draft.hold_seed(False)
    request_draft.listen("seed", heard.append)
    # Only the model knows its sizes.
    request_draft.put(size=(120, 56))
    assert request_draft.request.checked()
    with pytest.raises(BadRequest):
        CARD.checked(request_draft.next_request())
    assert request_draft["seed"] == 7 and heard == []
    request_draft.put(size=request_draft.default("size"))
    assert heard == [request_draft.next_request().seed] == [request_draft["seed"]]


@pytest.mark.parametrize("locked", [False, True])
def test_a_temporary_seed_lock_restores_the_previous_lock(locked: bool) -> None:
    request_draft, heard = RequestDraft(CARD), []
    request_draft.change(seed_locked=locked)
    request_draft.listen(LOCK, heard.append)
    request_draft.hold_lock(True)
    assert request_draft[LOCK] and request_draft.is_locked_by_user == locked
    request_draft.hold_lock(False)
    assert request_draft[LOCK] == locked and heard == ([] if locked else [True, False])


def test_a_branch_keeps_the_noise_path_and_seed_of_its_parent() -> None:
    request_draft, parent = RequestDraft(CARD), Request(model="gaussian", prompt="a fox", seed=5, steps=8)
    request_draft.take(replace(parent, prompt="an owl", steps=30))
    request_draft.branch_point = Branch(parent, 3)
    request = request_draft.next_request()
    assert (request.prompt, request.steps, request.seed, request.branch) == ("an owl", 8, 5, Branch(parent, 3))


def test_settings_without_effect_are_left_out() -> None:
    request_draft = RequestDraft(CARD)
    request_draft.change(controls={"clip": 0.0, "guidance_rescale": 0.7}, mask="1" * 64)
    assert request_draft.request.controls == {"guidance_rescale": 0.7} and not request_draft.request.mask
    request_draft.change(guidance_scale=1.0, image="0" * 64)
    assert request_draft.request.controls == {} and request_draft.request.mask == "1" * 64
    request_draft.change(guidance_scale=2.0)
    assert request_draft.request.controls == {"guidance_rescale": 0.7}


def test_an_interpolation_target_equal_to_the_prompt_follows_its_changes() -> None:
    request_draft, way = RequestDraft(CARD), Interpolation("a fox", 9, 0.5, Interpolation("an owl", 9, 0.5))
    request_draft.take(replace(request_draft.request, prompt="a fox", toward=way))
    request_draft.change(prompt="an")
    request_draft.change(prompt="an owl")
    request_draft.change(prompt="a hen")
    assert request_draft.request.toward == Interpolation("a hen", 9, 0.5, Interpolation("an owl", 9, 0.5))
    request_draft.take(replace(request_draft.request, prompt="an owl", toward=way))
    assert request_draft.request.toward == way
    request_draft.change(toward=None)
    assert request_draft.request.toward is None


def test_a_restored_image_keeps_its_rules_until_a_new_seed_is_rolled() -> None:
    request_draft = RequestDraft()
    request_draft.take(Request(prompt="a fox", seed=7, rules=1))
    request_draft.hold_seed()
    assert request_draft.next_request().rules == 1
    assert request_draft.next_request().rules == RULES
    request_draft.take(Request(prompt="a fox", seed=7, rules=1))
    request_draft.change(seed_locked=True)
    assert request_draft.next_request().rules == 1


def test_restored_settings_of_another_model_keep_their_sampler_parameters() -> None:
    ddim = replace(CARD, name="other", defaults={"sampler": "ddim"})
    request_draft = RequestDraft()
    request_draft.turn_to(ddim)
    request_draft.change(knobs={"eta": 0.5})
    request_draft.turn_to(CARD)
    pairs = [
        (Request.from_json(before.to_json()), Request.from_json(left.to_json()))
        for before, left in request_draft.left_settings()
    ]
    restored = RequestDraft()
    restored.turn_to(CARD)
    restored.restore_left(pairs)
    restored.turn_to(ddim)
    assert (restored["sampler"], restored["knobs"]) == ("ddim", {"eta": 0.5})
