"""What the controls offer for a model: schedulers in groups, spacings, knobs that mean something, sensible steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.engine.grids import kinds
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.spec import GROUPS
from gdm_studio.models.accepts import Accepts
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.studio.draft import Draft
from gdm_studio.studio.fitting import fitted, sampler_refused, spacing_refused
from gdm_studio.ui.create.panel import menus
from gdm_studio.ui.create.panel.controls import Controls
from gdm_studio.ui.create.panel.knob_rows import KnobRows
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Choice, Combo
from tests.helpers.gaussian_model import CARD
from tests.helpers.looks import heard, shown, theme

NORMED = replace(CARD, name="normed", score_norms=((0.0, 0.5), (1.0, 0.7)))


@pytest.fixture
def look() -> Theme:
    return theme()


@pytest.fixture
def controls(look: Theme) -> Controls:
    controls = shown(Controls(look, Draft()), width=316, height=700)
    controls.set_models([CARD])
    controls.set_model(CARD)
    return controls


def _choose(controls: Controls, sampler: str) -> None:
    controls.sampler_box.set_choice(sampler)
    controls.sampler_box.chosen.emit(sampler)


def test_every_scheduler_that_a_model_can_run_stands_in_its_group_with_a_line_of_its_own() -> None:
    choices = menus.scheduler_choices(CARD)
    assert set(SAMPLERS) - {choice.id for choice in choices} == {"ddpm_learned", "cold_1", "cold_2"}
    assert list(dict.fromkeys(choice.group for choice in choices)) == list(GROUPS)
    assert all(choice.summary for choice in choices)
    cold = menus.scheduler_choices(replace(CARD, process="blur"))
    assert {choice.id for choice in cold if not choice.refused} == {"cold_1", "cold_2"}


def test_nothing_stands_in_a_menu_that_no_model_here_can_run() -> None:
    cards = Library().cards()
    for kind in (menus.scheduler_choices, menus.spacing_choices):
        for name in {choice.id for card in cards for choice in kind(card)}:
            assert any(not choice.refused for card in cards for choice in kind(card) if choice.id == name), name
    for card in cards:
        axes = kinds(Request(model=card.name), cards)
        assert {*axes["sampler"].options} == {choice.id for choice in menus.scheduler_choices(card)}
        assert {*axes["spacing"].options} == {choice.id for choice in menus.spacing_choices(card)}


def test_what_the_model_cannot_run_is_refused_with_what_it_would_need() -> None:
    refused = {choice.id: choice.refused for choice in menus.scheduler_choices(CARD) if choice.refused}
    assert set(refused) == {"analytic_ddpm", "analytic_ddim"}
    assert refused["analytic_ddim"] == "Needs a model with measured score norms."
    assert not sampler_refused("analytic_ddim", NORMED)
    assert sampler_refused("cold_2", CARD) and sampler_refused("ddpm_learned", CARD)
    assert spacing_refused("optimal", CARD) and not spacing_refused("optimal", NORMED)


def test_a_spacing_of_an_earlier_version_is_there_for_the_pictures_made_with_it_alone(controls: Controls) -> None:
    def offered() -> set[str]:
        return {choice.id for choice in controls.spacing_box.choices()}

    assert "beta_0_1" not in offered()
    controls.set_request(replace(controls.request(), spacing="beta_0_1"))
    assert controls.request().spacing == "beta_0_1" and "beta_0_1" in offered()
    controls.set_request(replace(controls.request(), spacing="beta"))
    assert controls.request().spacing == "beta" and "beta_0_1" not in offered()


def test_keys_pass_over_headings_and_what_is_refused(look: Theme) -> None:
    box = shown(Combo(look, name="Scheduler"), width=200)
    box.set_choices(
        [
            Choice("a", "A", group="One"),
            Choice("b", "B", group="One", refused="It needs another model."),
            Choice("c", "C", group="Two"),
        ]
    )
    chosen = heard(box.chosen)
    assert box.choice() == "a"
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.choice() == "c" and chosen == [("c",)]
    QTest.keyClick(box, Qt.Key.Key_Home)
    assert box.choice() == "a"


def test_steps_follow_the_scheduler_only_from_its_default(controls: Controls) -> None:
    _choose(controls, "lms")
    assert controls.request().steps == SAMPLERS["lms"].default_steps
    controls.draft.change(steps=33)
    _choose(controls, "unipc")
    assert controls.request().steps == 33


def test_steps_out_of_proportion_are_said_calmly(controls: Controls) -> None:
    low, high = SAMPLERS["lcm"].steps
    assert menus.steps_hint("lcm", high) == menus.steps_hint("lcm", low) == ""
    _choose(controls, "lcm")
    assert not controls.steps.hint.isVisible()
    controls.steps.edit.setFocus()
    controls.steps.edit.selectAll()
    QTest.keyClicks(controls.steps.edit, "60")
    QTest.keyClick(controls.steps.edit, Qt.Key.Key_Return)
    assert controls.steps.hint.isVisible() and str(high) in controls.steps.hint.text()


def test_the_steps_a_model_begins_with_are_never_out_of_proportion(look: Theme) -> None:
    quick = replace(CARD, defaults={"sampler": "euler", "steps": 4})
    assert menus.steps_hint("euler", 4)
    controls = shown(Controls(look, Draft()), width=316, height=700)
    controls.set_models([quick])
    controls.set_model(quick)
    assert controls.request().steps == 4 and not controls.steps.hint.isVisible()
    controls.set_request(replace(controls.request(), steps=3))
    assert controls.steps.hint.isVisible() and "4 steps" in controls.steps.hint.text(), "no more than it begins with"


def test_knobs_appear_with_their_scheduler_and_what_shapes_guidance_with_guidance(controls: Controls) -> None:
    controls.more.set_open(True)
    _choose(controls, "ddim")
    assert controls.more.knobs.rows["eta"].isVisible()
    _choose(controls, "dpmpp_2m")
    assert not controls.more.knobs.rows and not controls.more.knobs.isVisible()
    rescale = controls.more.controls.rows["guidance_rescale"]
    assert rescale.isVisible()
    controls.draft.change(controls={"guidance_rescale": 0.7})
    assert controls.request().controls == {"guidance_rescale": 0.7}
    controls.guidance.edit.set_number(1.0)
    controls.guidance.edit.edited.emit(1.0)
    assert not rescale.isVisible() and controls.request().controls == {}
    assert controls.more.controls.rows["dynamic_threshold"].isVisible()


@pytest.mark.parametrize("spec", [spec for spec in SAMPLERS.values() if spec.knobs], ids=lambda spec: spec.name)
def test_a_slider_can_stand_at_every_default(look: Theme, spec: object) -> None:
    knobs: tuple[Knob, ...] = spec.knobs  # type: ignore[attr-defined]
    rows = KnobRows(look)
    rows.set_knobs(knobs)
    for knob in knobs:
        row = rows.rows[knob.name]
        assert float(row.edit.text()) == pytest.approx(knob.default)
        row.track.setValue(row.track.minimum())
        row._reset.click()
        assert row.value() == pytest.approx(knob.default)


def test_settings_of_a_picture_fit_the_model() -> None:
    analytic = Request(model="gaussian", sampler="analytic_ddim", spacing="optimal")
    request, left_out = fitted(analytic, CARD)
    assert left_out == ["scheduler", "spacing"] and CARD.checked(request)
    assert fitted(replace(analytic, model="normed"), NORMED) == (replace(analytic, model="normed"), [])
    start = Request(model="gaussian", image="0" * 64, mask="1" * 64)
    request, left_out = fitted(start, replace(CARD, accepts=Accepts(picture=False)))
    assert left_out == ["start picture"] and not request.image and not request.mask
