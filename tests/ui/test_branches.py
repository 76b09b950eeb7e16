"""What a branch may change, which pictures it is of, and how its steps are counted after those it shares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gdm_studio.request import SETTINGS, Branch, Hint, Request, Role, with_role
from gdm_studio.run import Run
from gdm_studio.studio.fitting import branched, steered
from gdm_studio.ui.create.steps.changes import changes, part_of
from gdm_studio.ui.create.steps.way import NOTHING, Shared, Way, shared
from tests.helpers.looks import view

BASE = Request(prompt="a red fox", seed=4, size=(64, 32), steps=9)


def test_what_a_branch_changes_is_said_of_every_setting_that_it_may_change() -> None:
    parent = replace(BASE, sampler="ddim", knobs={"eta": 0.0}, count=3, label="cat", factors={"share": 0.2}).checked()
    other: dict[str, object] = {
        "prompt": "an owl", "negative_prompt": "dull", "style": "noto", "seed": 9, "sampler": "euler_a",
        "knobs": {"eta": 0.5}, "guidance_scale": 7.0, "temperature": 0.5, "controls": {"clip": 2.0},
        "label": "apple", "factors": {"share": 0.9, "more": 1.0}, "hints": (Hint("edges", "a" * 64, 0.8),),
        "grammar": "plain",
    }  # fmt: skip
    assert {*other} == {setting.name for setting in with_role(SETTINGS, Role.FREE)}
    said = {
        "prompt": ["prompt"], "negative_prompt": ["negative prompt"], "style": ["style – → noto"],
        "seed": ["seed of later noise"], "sampler": ["DDIM → Euler a"], "knobs": ["eta 0 → 0.5"],
        "guidance_scale": ["guidance 4 → 7"], "temperature": ["temperature 1 → 0.5"], "controls": ["clip 0 → 2"],
        "label": ["class cat → apple"], "factors": ["share 0.2 → 0.9", "more – → 1"], "hints": ["hints – → edges 0.8"],
        "grammar": ["Automatic → Plain words"],
    }  # fmt: skip
    for name, value in other.items():
        knobs = {"knobs": {}} if name == "sampler" else {}
        wanted = replace(parent, **{name: value}, **knobs)  # type: ignore[arg-type]
        assert changes(parent, wanted) == said[name] and steered(parent, wanted) == wanted.checked(), name
    assert changes(replace(parent, controls={"clip": 2.0}), parent) == ["clip 2 → 0"]
    wanted = replace(
        parent, prompt="an owl", steps=30, spacing="linspace", size=(8, 8), image="a" * 64, model="x", count=5, batch=2,
        device="cuda:1", dtype="bf16",
    )  # fmt: skip
    made = branched(parent, 4, wanted)
    kept = replace(parent, prompt="an owl", device="cuda:1", dtype="bf16")
    assert made == replace(kept, batch=2, branch=Branch(parent, 4)), "each of several leaves its own"
    assert branched(parent.picture(1), 4, wanted).count == 5


def test_a_part_of_a_request_begins_at_its_first_picture() -> None:
    whole = replace(BASE, count=5, seed=10, batch=2).checked()
    assert part_of(whole, (0, 1, 2, 3, 4)) == (whole, 5)
    assert part_of(whole, (3,)) == (whole.picture(3), 1)
    assert part_of(whole, (1, 2, 4)) == (replace(whole.picture(1), count=2), 2)
    assert part_of(whole, (2, 1)) == (whole.picture(2), 1)
    parents = replace(whole, seed=50)
    branch, count = part_of(replace(whole, branch=Branch(parents, 2)), (2, 3))
    assert (count, branch.seed) == (2, 12) and branch.branch == Branch(replace(parents.picture(2), count=2), 2)
    one = Branch(parents.picture(0), 2)
    assert part_of(replace(whole, branch=one), (2, 3))[0].branch == one


def test_the_steps_of_a_branch_are_counted_through() -> None:
    earlier, own = [view(n, 9) for n in range(1, 10)], [view(n, 5) for n in range(1, 4)]
    way = Way(Shared(earlier, 4), own, of=5)
    assert len(way) == 7 and [(one.index, one.of) for one in way] == [(n, 9) for n in range(1, 8)]
    assert way[3].predicted is earlier[3].predicted and way[4].predicted is own[0].predicted
    assert (way[-1].index, way[-7].index) == (7, 1) and [one.index for one in way[2:5]] == [3, 4, 5]
    assert [one.index for one in way[::-3]] == [7, 4, 1] and way[7:] == []
    for beyond in (7, -8):
        with pytest.raises(IndexError):
            way[beyond]
    assert [one.index for one in Way(NOTHING, own, of=5)] == [1, 2, 3]


def test_steps_of_a_picture_that_itself_began_further_on_are_shared_from_there() -> None:
    first = replace(BASE, steps=10).checked()
    second = replace(first, prompt="b", branch=Branch(first, 3)).checked()
    third = Run(replace(first, prompt="c", branch=Branch(second, 5)))
    run = Run(second, first=3)
    run.views = [[view(n, 7) for n in (1, 2)]]
    (found,) = shared(third, [run])
    assert found.views is run.views[0] and found.count == 2
    run.views[0].pop()
    assert shared(third, [run]) == [NOTHING], "it has not come so far"
    at_its_beginning = Run(replace(first, prompt="c", branch=Branch(second, 3)))
    assert shared(at_its_beginning, [run]) == [NOTHING]
