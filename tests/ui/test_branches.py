"""Branches: the settings that they may change, their parent images, and the numbering of their steps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gdm_studio.common import paths
from gdm_studio.request.generation_events import Run
from gdm_studio.request.generation_request import RULES, SETTINGS, Branch, ControlImage, Request, Role, with_role
from gdm_studio.request.interpolation import Interpolation
from gdm_studio.request.prompt_expansion import drawn, drawn_if_possible
from gdm_studio.request.regions import Region
from gdm_studio.studio.model_compatibility import branch_request, with_branch_settings
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel import changed_settings
from gdm_studio.ui.create.steps.branch_previews import NOTHING, BranchViews, SharedSteps, shared_views
from gdm_studio.ui.denoising_steps.setting_changes import list_changes, request_of_part
from tests.helpers.gaussian_model import CARD
from tests.helpers.widgets import make_view

BASE = Request(prompt="a red fox", seed=4, size=(64, 32), steps=9)


def test_changes_are_described_for_every_branchable_setting() -> None:
    parent = replace(BASE, sampler="ddim", knobs={"eta": 0.0}, count=3, label="cat", factors={"share": 0.2}).checked()
    other: dict[str, object] = {
        "prompt": "an owl", "negative_prompt": "dull", "style": "noto", "seed": 9, "sampler": "euler_a",
        "knobs": {"eta": 0.5}, "guidance_scale": 7.0, "temperature": 0.5, "controls": {"clip": 2.0},
        "label": "apple", "factors": {"share": 0.9, "more": 1.0}, "hints": (ControlImage("edges", "a" * 64, 0.8),),
        "grammar": "plain", "rules": 1, "cache_interval": 2, "regions": (Region("a hat", (0.0, 0.0, 0.5, 1.0)),),
        "region_mode": "attention", "plain_icon": True,
    }  # fmt: skip
    free = {setting.name for setting in with_role(SETTINGS, Role.BRANCHABLE)}
    assert {*other} | {"template", "prompts"} == free, "every branchable setting is in `other` and in `said`"
    drawn = replace(parent, template="a {fox|owl}", prompts=("a fox", "an owl", "a fox"))
    assert list_changes(parent, drawn) == ["prompt"]
    said = {
        "prompt": ["prompt"], "negative_prompt": ["negative prompt"], "style": ["style – → noto"],
        "seed": ["seed of later noise"], "sampler": ["DDIM → Euler a"], "knobs": ["eta 0 → 0.5"],
        "guidance_scale": ["guidance 4 → 7"], "temperature": ["temperature 1 → 0.5"], "controls": ["clip 0 → 2"],
        "label": ["class cat → apple"], "factors": ["share 0.2 → 0.9", "more – → 1"], "hints": ["hints – → edges 0.8"],
        "grammar": ["prompt grammar Automatic → Plain words"], "rules": [f"rules {RULES} → 1"],
        "cache_interval": ["feature cache 1 → 2"], "regions": ["regions – → a hat (0 0 0.5 1)"],
        "region_mode": ["region mode Predictions → Attention"], "plain_icon": ["plain icon no → yes"],
    }  # fmt: skip
    for name, value in other.items():
        knobs = {"knobs": {}} if name == "sampler" else {}
        wanted = replace(parent, **{name: value}, **knobs)  # type: ignore[arg-type]
        assert (
            list_changes(parent, wanted) == said[name] and with_branch_settings(parent, wanted) == wanted.checked()
        ), name
    assert list_changes(replace(parent, controls={"clip": 2.0}), parent) == ["clip 2 → 0"]
    wanted = replace(
        parent, prompt="an owl", steps=30, spacing="linspace", size=(8, 8), image="a" * 64, model="x", count=5, batch=2,
        device="cuda:1", dtype="bf16",
    )  # fmt: skip
    made = branch_request(parent, 4, wanted)
    kept = replace(parent, prompt="an owl", device="cuda:1", dtype="bf16")
    assert made == replace(kept, batch=2, branch=Branch(parent, 4)), "each of several leaves its own"
    assert branch_request(parent.picture(1), 4, wanted).count == 5


def test_a_chip_names_the_setting_of_a_changed_region_mode() -> None:
    draft = RequestDraft(replace(CARD, accepts=replace(CARD.accepts, mask=True, region_attention=True)))
    draft.put(regions=(Region("a hat", (0.0, 0.0, 0.5, 1.0)),), region_mode="attention")
    assert [change.text for change in changed_settings.list_changes(draft)] == ["1 region", "region mode Attention"]


def test_part_of_a_request_starts_at_its_first_image() -> None:
    whole = replace(BASE, count=5, seed=10, batch=2).checked()
    assert request_of_part(whole, (0, 1, 2, 3, 4)) == (whole, 5)
    assert request_of_part(whole, (3,)) == (whole.picture(3), 1)
    assert request_of_part(whole, (1, 2, 4)) == (replace(whole.picture(1), count=2), 2)
    assert request_of_part(whole, (2, 1)) == (whole.picture(2), 1)
    parents = replace(whole, seed=50)
    branch, count = request_of_part(replace(whole, branch=Branch(parents, 2)), (2, 3))
    assert (count, branch.seed) == (2, 12) and branch.branch == Branch(replace(parents.picture(2), count=2), 2)
    one = Branch(parents.picture(0), 2)
    assert request_of_part(replace(whole, branch=one), (2, 3))[0].branch == one


def test_part_of_a_request_has_the_prompts_of_its_images() -> None:
    prompts = ("a fox", "an owl", "a hen", "a hen", "a fox")
    whole = replace(BASE, template="a {fox|owl|hen}", prompt=prompts[0], prompts=prompts, count=5, seed=10)
    part, count = request_of_part(whole, (1, 2, 4))
    assert count == 2 and [part.picture(n) for n in range(2)] == [whole.picture(1), whole.picture(2)]
    assert request_of_part(whole, (2, 3)) == (replace(whole.picture(2), count=2), 2)
    branch, _ = request_of_part(replace(whole, branch=Branch(whole, 2)), (1, 2))
    assert branch.branch == Branch(part, 2)


def test_a_branch_draws_the_prompts_of_all_its_images() -> None:
    parent = drawn(replace(BASE, prompt="a {fox|owl|hen}", count=4)).checked()
    assert len(set(parent.prompts)) > 1
    for count in (1, 2, 9):
        wanted = drawn(replace(BASE, prompt="a {fox|owl|hen}", count=count, guidance_scale=7.0))
        assert with_branch_settings(parent, wanted) == replace(parent, guidance_scale=7.0)
        wanted = drawn(replace(BASE, prompt="a {cat|dog}", count=count))
        found = with_branch_settings(parent, wanted)
        assert found.prompts == drawn(replace(parent, prompt="a {cat|dog}")).prompts and list_changes(
            parent, found
        ) == ["prompt"]


@pytest.mark.parametrize("lines", ["golden\n", ""])
def test_a_branch_has_the_prompts_of_its_parent_if_only_the_wildcards_changed(lines: str) -> None:
    path = paths.wildcards_dir() / "colour.txt"
    path.parent.mkdir(parents=True)
    path.write_text("red\nblue\ngreen\n")
    parent = drawn(replace(BASE, prompt="a __colour__ fox", count=4)).checked()
    assert len(set(parent.prompts)) > 1
    path.write_text(lines)
    wanted = drawn_if_possible(replace(BASE, prompt="a __colour__ fox", count=4, guidance_scale=7.0))
    branch = branch_request(parent, 2, wanted)
    assert (branch.prompt, branch.prompts) == (parent.prompt, parent.prompts)
    assert list_changes(parent, branch) == ["guidance 4 → 7"]


def test_an_interpolation_between_seeds_has_the_prompts_of_a_branch() -> None:
    template = "a {fox|owl|hen}"
    parent = drawn(replace(BASE, prompt=template, count=4, toward=Interpolation(template, 9, 0.5))).checked()
    for wanted in (replace(BASE, prompt=template, seed=5, count=2), replace(BASE, prompt="a {cat|dog}")):
        found = with_branch_settings(parent, drawn(wanted))
        assert found.prompts and found.prompt != parent.prompt
        for image in range(4):
            one = found.picture(image)
            assert one.toward is not None and one.toward.prompt == one.prompt == found.prompts[image]


def test_branch_steps_are_numbered_after_the_shared_steps() -> None:
    earlier, own = [make_view(n, 9) for n in range(1, 10)], [make_view(n, 5) for n in range(1, 4)]
    way = BranchViews(SharedSteps(earlier, 4), own, of=5)
    assert len(way) == 7 and [(one.index, one.of) for one in way] == [(n, 9) for n in range(1, 8)]
    assert way[3].predicted is earlier[3].predicted and way[4].predicted is own[0].predicted
    assert (way[-1].index, way[-7].index) == (7, 1) and [one.index for one in way[2:5]] == [3, 4, 5]
    assert [one.index for one in way[::-3]] == [7, 4, 1] and way[7:] == []
    for beyond in (7, -8):
        with pytest.raises(IndexError):
            way[beyond]
    assert [one.index for one in BranchViews(NOTHING, own, of=5)] == [1, 2, 3]


def test_steps_of_a_parent_that_is_itself_a_branch_are_shared() -> None:
    first = replace(BASE, steps=10).checked()
    second = replace(first, prompt="b", branch=Branch(first, 3)).checked()
    third = Run(replace(first, prompt="c", branch=Branch(second, 5)))
    run = Run(second, first=3)
    run.views = [[make_view(n, 7) for n in (1, 2)]]
    (found,) = shared_views(third, [run])
    assert found.views is run.views[0] and found.count == 2
    run.views[0].pop()
    assert shared_views(third, [run]) == [NOTHING], "it has not come so far"
    at_its_beginning = Run(replace(first, prompt="c", branch=Branch(second, 3)))
    assert shared_views(at_its_beginning, [run]) == [NOTHING]
