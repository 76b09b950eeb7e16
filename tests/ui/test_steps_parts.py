"""Steps without the window: family trees, the settings that a branch may change, and view modes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from gdm_studio.denoising_steps import file_format
from gdm_studio.engine import step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import Picture
from gdm_studio.gallery.id_conflicts import Content, edited_id
from gdm_studio.request.generation_events import Result, Run
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.studio.model_compatibility import branch_request, with_branch_settings
from gdm_studio.studio.step_history_calls import OpenHistory
from gdm_studio.ui.create.steps.branch_previews import NOTHING, shared_views
from gdm_studio.ui.denoising_steps import view_modes
from gdm_studio.ui.denoising_steps.image_ancestry import build_family_tree, without_repeats
from gdm_studio.ui.denoising_steps.setting_changes import list_changes, request_of_part
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.widgets import flat_image, make_view

PARENT = Request(prompt="a red disc", seed=5, steps=10).checked()


def picture(name: str, request: Request, created: float) -> Picture:
    return Picture(name, Path(f"{name}.png"), created, (8, 8), request)


def branch(parent: Request, step: int, **changed: object) -> Request:
    return replace(parent, branch=Branch(parent, step), **changed).checked()  # type: ignore[arg-type]


def test_a_family_is_a_tree_of_branches_under_their_parents() -> None:
    first = branch(PARENT, 3, prompt="a blue disc")
    second = branch(PARENT, 6, guidance_scale=7.0)
    grandchild = branch(first, 8, sampler="ddim")
    pictures = [picture("g", grandchild, 4), picture("s", second, 3), picture("f", first, 2), picture("p", PARENT, 1)]
    lines = build_family_tree(pictures)
    assert [(line.picture.id, line.generation) for line in lines] == [("p", 0), ("f", 1), ("g", 2), ("s", 1)]
    assert [line.is_last for line in lines] == [True, False, True, True]
    assert lines[2].trunks == (False, True), "the line down to the second child passes the grandchild"
    assert lines[1].title == "a blue disc" and lines[1].text == "from step 3"
    assert lines[3].text == "from step 6 · guidance 4 → 7"


def test_orphaned_branches_and_duplicates_are_in_the_tree() -> None:
    orphan = branch(branch(PARENT, 2, prompt="gone"), 5, prompt="an orphan")
    child = branch(PARENT, 4, prompt="a child")
    pictures = [picture("twin", PARENT, 2), picture("p", PARENT, 1), picture("c", child, 3), picture("o", orphan, 4)]
    lines = build_family_tree(pictures)
    assert [(line.picture.id, line.generation) for line in lines] == [("p", 0), ("c", 1), ("twin", 0), ("o", 0)]
    assert lines[3].text == "from step 5 of “gone”, which is not in the gallery"


def test_plain_repeats_of_an_image_are_no_relatives() -> None:
    child = branch(PARENT, 4, prompt="a child")
    pictures = [picture("c", child, 3), picture("twin", PARENT, 2), picture("p", PARENT, 1)]
    assert [each.id for each in without_repeats(pictures, "p")] == ["c", "p"]
    assert [each.id for each in without_repeats(pictures, "c")] == ["c", "twin"]
    assert [each.id for each in without_repeats(pictures[1:], "p")] == ["p"]
    stopped = replace(picture("s", PARENT, 4), stopped_at=7)
    assert [each.id for each in without_repeats([stopped, *pictures[1:]], "p")] == ["s", "p"]
    edited = picture(edited_id("twin", Content("data")), PARENT, 4)
    assert without_repeats([edited, *pictures[1:]], "p") == [edited, *pictures[1:]]


def test_a_saved_step_is_listed_under_its_image() -> None:
    step = replace(picture("s", PARENT, 2), stopped_at=7)
    early = replace(picture("e", PARENT, 0.5), stopped_at=3)
    child = picture("c", branch(PARENT, 4, prompt="a child"), 3)
    lines = build_family_tree([child, step, early, picture("p", PARENT, 1)])
    assert [(line.picture.id, line.generation) for line in lines] == [("p", 0), ("e", 1), ("s", 1), ("c", 1)]
    assert [line.text for line in lines[1:3]] == ["as it was at step 3", "as it was at step 7"]
    (alone,) = build_family_tree([step])
    assert alone.generation == 0 and alone.text == "10 steps · seed 5"


def test_a_branch_keeps_the_noise_path_and_changes_only_free_settings() -> None:
    wanted = replace(PARENT, prompt="x", steps=30, spacing="uniform", size=(64, 64), temperature=0.5, seed=9)
    made = branch_request(PARENT, 4, wanted)
    assert (made.prompt, made.temperature, made.seed) == ("x", 0.5, 9)
    assert (made.steps, made.spacing, made.size) == (PARENT.steps, PARENT.spacing, PARENT.size)
    assert made.checked().branch == Branch(PARENT, 4)


def test_changes_are_listed_by_setting() -> None:
    assert list_changes(PARENT, PARENT) == []
    wanted = replace(PARENT, sampler="ddim", knobs={"eta": 0.5}, guidance_scale=6.5, controls={"guidance_rescale": 0.7})
    found = list_changes(PARENT, with_branch_settings(PARENT, wanted))
    assert found == ["DPM++ 2M → DDIM", "guidance 4 → 6.5", "eta 0 → 0.5", "guidance rescale 0 → 0.7"]


def test_a_part_of_a_request_gives_the_same_images() -> None:
    whole = replace(PARENT, count=6, branch=Branch(replace(PARENT, count=6, prompt="before"), 2))
    part, count = request_of_part(whole, (2, 3, 4))
    assert count == part.count == 3
    assert [part.picture(n).digest() for n in range(3)] == [whole.picture(n).digest() for n in (2, 3, 4)]
    assert request_of_part(whole, (1, 2, 5))[1] == 2


def test_the_difference_view_is_grey_without_change_and_amplified_with_it() -> None:
    before, now = flat_image(100, 100, 100), flat_image(100, 100, 100)
    now[:, 8:] = (110, 90, 100, 255)
    views = [make_view(1, 2, predicted=before), make_view(2, 2, predicted=now)]
    seen = view_modes.picture(view_modes.sources(views, 2, view_modes.DIFFERENCE))
    assert (seen[:, :8] == (128, 128, 128, 255)).all()
    assert (seen[:, 8:] == (148, 108, 128, 255)).all()
    large = view_modes.picture(view_modes.sources(views, 1, view_modes.DIFFERENCE))
    assert (large == (128, 128, 128, 255)).all(), "the first step has none before it"


def test_the_scale_of_a_small_difference_needs_few_pixels() -> None:
    views = [make_view(n, 2, predicted=np.zeros((256, 256, 4), np.uint8)) for n in (1, 2)]
    assert view_modes.picture(view_modes.sources(views, 2, view_modes.DIFFERENCE), 32).shape == (64, 64, 4)


def test_each_of_many_branches_finds_the_steps_of_its_parent() -> None:
    several = Run(replace(PARENT, count=3))
    several.views = [[make_view(n, 10) for n in range(1, made + 1)] for made in (10, 10, 2)]
    each = Run(branch(replace(PARENT, count=3), 4, prompt="a blue disc"))
    first, second, third = shared_views(each, [None, several])
    assert first.views is several.views[0] and second.views is several.views[1] and first.count == 4
    assert third is NOTHING, "its parent has not come so far"
    of_one = Run(branch(PARENT.picture(1), 4, prompt="a blue disc", count=5))
    assert [found.views for found in shared_views(of_one, [several])] == [several.views[1]] * 5
    assert shared_views(Run(replace(PARENT, count=2)), [several]) == [NOTHING] * 2


def test_steps_of_a_missing_device_can_be_viewed() -> None:
    parent = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=8, device="cpu").checked()
    request = branch(parent, 3, prompt="a blue disc")
    (result,) = [event for event in generate(request, GaussianLibrary()) if isinstance(event, Result)]
    kept = step_history.load(result.steps)
    elsewhere = replace(kept.log, request=replace(kept.request, device="cuda:7"))
    reel = OpenHistory(file_format.to_bytes(elsewhere), GaussianLibrary())
    assert len(reel.run.views[0]) == 5 and np.array_equal(reel.picture(5).rgba, result.rgba)
    left = reel.saved(2).step
    assert left.index == 5 and left.at == reel.run.views[0][1].at, "of its own steps the second"
    while reel.sharpen():
        pass
    assert all(view.decoded for view in reel.run.views[0])
