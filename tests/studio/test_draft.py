"""The draft: its values, its change notifications, and the seed of the next run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.request.generation_request import RULES, Branch, Interpolation, Request
from gdm_studio.studio.model_compatibility import fit_request
from gdm_studio.studio.request_draft import LOCK, Draft
from tests.helpers.gaussian_model import CARD

TAKES = Capabilities(prompt="", negative=False, guidance=False, picture=False)
PLAIN = replace(CARD, name="plain", styles=(), accepts=TAKES)


def test_a_draft_starts_with_the_defaults_of_its_model() -> None:
    assert Draft().request == Request()
    draft = Draft(CARD)
    assert (draft["model"], draft["steps"], draft["guidance_scale"]) == ("gaussian", 8, 2.0)
    assert draft.request == replace(CARD.default_request(), model="gaussian") and draft.card is CARD


def test_listeners_are_notified_of_changed_fields_only() -> None:
    draft, heard = Draft(CARD), []
    for name in ("steps", "prompt", "seed", LOCK):
        draft.listen(name, lambda value, name=name: heard.append((name, value)))
    draft.change(steps=8, prompt="a fox")
    draft.change(steps=9, prompt="a fox", seed_locked=True)
    draft.take(replace(draft.request, seed=5))
    assert heard == [("prompt", "a fox"), (LOCK, True), ("steps", 9), ("seed", 5)]


@pytest.mark.parametrize("values", [{"steps": 0}, {"stepz": 1}, {"steps": 9, "sampler": "magic"}, {"prompt": 3}])
def test_an_invalid_value_changes_nothing(values: dict) -> None:
    draft = Draft(CARD)
    with pytest.raises(BadRequest):
        draft.change(**values, seed_locked=True)
    assert draft.request == Draft(CARD).request and not draft[LOCK]


def test_values_at_the_default_follow_the_scheduler() -> None:
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


def test_another_model_brings_its_defaults_and_keeps_the_rest() -> None:
    draft = Draft(replace(CARD, name="other", defaults={"steps": 30}))
    draft.change(prompt="a fox", style="dark", guidance_scale=9.0, seed=4, count=3)
    draft.turn_to(CARD)
    assert (draft["prompt"], draft["seed"], draft["count"]) == ("a fox", 4, 3)
    assert (draft["model"], draft["style"], draft["steps"], draft["guidance_scale"]) == ("gaussian", "", 8, 2.0)


def test_an_editing_model_begins_with_noise_until_the_user_leaves_it() -> None:
    draft = Draft(CARD)
    draft.change(strength=0.4)
    draft.turn_to(replace(CARD, name="other"))
    assert draft["strength"] == 0.4, "models with the same default share what the user chose"
    draft.turn_to(replace(CARD, name="editor", defaults={"strength": 1.0}))
    assert draft["strength"] == draft.default("strength") == 1.0
    draft.turn_to(CARD)
    assert draft["strength"] == 0.6


def test_returning_to_a_model_restores_its_last_values() -> None:
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


def test_a_variant_of_the_same_model_brings_only_its_changed_defaults() -> None:
    """A variant is the few-step kind of a model or the model with another VAE."""
    draft = Draft(CARD)
    draft.change(sampler="ddim", knobs={"eta": 0.5}, steps=17, temperature=0.8, style="dark")
    draft.turn_to(replace(CARD, defaults={**CARD.defaults, "vae": "vivid"}))
    assert (draft["vae"], draft["steps"], draft["knobs"], draft["style"]) == ("vivid", 17, {"eta": 0.5}, "dark")
    draft.turn_to(replace(CARD, defaults={**CARD.defaults, "vae": "vivid", "sampler": "euler", "steps": 4}))
    assert (draft["sampler"], draft["steps"], draft["knobs"], draft["temperature"]) == ("euler", 4, {}, 0.8)
    draft.turn_to(replace(CARD, name="other"))
    assert (draft["steps"], draft["temperature"], draft["vae"]) == (8, 1.0, "")


def test_a_model_without_prompts_interpolates_only_noise() -> None:
    draft = Draft(CARD)
    draft.change(prompt="a fox", toward=Interpolation("an owl", 9, 0.25, then=Interpolation("a fox", 7, 0.5)))
    before = draft.request
    draft.turn_to(PLAIN)
    assert draft.request.toward == Interpolation("", 9, 0.25, then=Interpolation("", 7, 0.5))
    assert PLAIN.checked(draft.request).seed_weights() == before.seed_weights()
    draft.change(toward=Interpolation("an owl", 9, 0.0))
    assert draft.request.toward is None
    draft.turn_to(CARD)
    assert draft.request.toward == Interpolation("an owl", 9, 0.0)


def test_unsupported_values_are_hidden_until_a_model_supports_them() -> None:
    draft = Draft(CARD)
    draft.change(prompt="a fox", negative_prompt="a dog", image="0" * 64, style="dark")
    assert fit_request(draft.request, CARD)[1] == []
    assert fit_request(draft.request, PLAIN)[1] == ["model", "style", "start picture", "negative prompt"]
    draft.turn_to(PLAIN)
    without = draft.request
    assert (without.prompt, without.negative_prompt, without.guidance_scale, without.image) == ("", "", 1.0, "")
    draft.turn_to(CARD)
    assert draft.request == replace(
        without, model="gaussian", prompt="a fox", negative_prompt="a dog", guidance_scale=2.0, image="0" * 64,
        style="dark",
    )  # fmt: skip


def test_an_edit_can_be_undone_completely() -> None:
    draft = Draft(CARD)
    way = Interpolation("a fox", 9, 0.5)
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


def test_every_run_has_a_new_seed_unless_it_is_locked_or_chosen() -> None:
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


def test_only_a_request_that_the_model_accepts_changes_the_seed() -> None:
    draft, heard = Draft(CARD), []
    draft.change(seed=7)
    draft.hold_seed(False)
    draft.listen("seed", heard.append)
    # Only the model knows its sizes.
    draft.put(size=(120, 56))
    assert draft.request.checked()
    with pytest.raises(BadRequest):
        CARD.checked(draft.next_request())
    assert draft["seed"] == 7 and heard == []
    draft.put(size=draft.default("size"))
    assert heard == [draft.next_request().seed] == [draft["seed"]]


@pytest.mark.parametrize("locked", [False, True])
def test_a_temporary_seed_lock_restores_the_previous_lock(locked: bool) -> None:
    draft, heard = Draft(CARD), []
    draft.change(seed_locked=locked)
    draft.listen(LOCK, heard.append)
    draft.hold_lock(True)
    assert draft[LOCK] and draft.is_locked_by_user == locked
    draft.hold_lock(False)
    assert draft[LOCK] == locked and heard == ([] if locked else [True, False])


def test_a_branch_keeps_the_noise_path_and_seed_of_its_parent() -> None:
    draft, parent = Draft(CARD), Request(model="gaussian", prompt="a fox", seed=5, steps=8)
    draft.take(replace(parent, prompt="an owl", steps=30))
    draft.branch_point = Branch(parent, 3)
    request = draft.next_request()
    assert (request.prompt, request.steps, request.seed, request.branch) == ("an owl", 8, 5, Branch(parent, 3))


def test_settings_without_effect_are_left_out() -> None:
    draft = Draft(CARD)
    draft.change(controls={"clip": 0.0, "guidance_rescale": 0.7}, mask="1" * 64)
    assert draft.request.controls == {"guidance_rescale": 0.7} and not draft.request.mask
    draft.change(guidance_scale=1.0, image="0" * 64)
    assert draft.request.controls == {} and draft.request.mask == "1" * 64
    draft.change(guidance_scale=2.0)
    assert draft.request.controls == {"guidance_rescale": 0.7}


def test_an_interpolation_target_equal_to_the_prompt_follows_its_changes() -> None:
    draft, way = Draft(CARD), Interpolation("a fox", 9, 0.5, Interpolation("an owl", 9, 0.5))
    draft.take(replace(draft.request, prompt="a fox", toward=way))
    draft.change(prompt="an")
    draft.change(prompt="an owl")
    draft.change(prompt="a hen")
    assert draft.request.toward == Interpolation("a hen", 9, 0.5, Interpolation("an owl", 9, 0.5))
    draft.take(replace(draft.request, prompt="an owl", toward=way))
    assert draft.request.toward == way
    draft.change(toward=None)
    assert draft.request.toward is None


def test_a_restored_image_keeps_its_rules_until_a_new_seed_is_rolled() -> None:
    draft = Draft()
    draft.take(Request(prompt="a fox", seed=7, rules=1))
    draft.hold_seed()
    assert draft.next_request().rules == 1
    assert draft.next_request().rules == RULES
    draft.take(Request(prompt="a fox", seed=7, rules=1))
    draft.change(seed_locked=True)
    assert draft.next_request().rules == 1


def test_restored_settings_of_another_model_keep_their_sampler_parameters() -> None:
    ddim = replace(CARD, name="other", defaults={"sampler": "ddim"})
    draft = Draft()
    draft.turn_to(ddim)
    draft.change(knobs={"eta": 0.5})
    draft.turn_to(CARD)
    pairs = [
        (Request.from_json(before.to_json()), Request.from_json(left.to_json()))
        for before, left in draft.left_settings()
    ]
    restored = Draft()
    restored.turn_to(CARD)
    restored.restore_left(pairs)
    restored.turn_to(ddim)
    assert (restored["sampler"], restored["knobs"]) == ("ddim", {"eta": 0.5})
