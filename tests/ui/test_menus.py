"""Choices that the controls offer for a model: grouped schedulers, spacings, their parameters, and step counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.engine.grids import list_axis_settings
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.registry import FIRST, GROUPS
from gdm_studio.models.cache_errors import CacheError, save_cache_errors
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.fingerprint import fingerprint_of_files
from gdm_studio.models.installed.description import Description
from gdm_studio.models.installed.model_table import row_of_card
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.models.required_parts import BorrowedPart
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.model_compatibility import fit_request, sampler_problem, spacing_problem
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel import menu_entries
from gdm_studio.ui.create.panel.param_rows import ParamRows
from gdm_studio.ui.create.panel.settings_panel import Controls
from gdm_studio.ui.models.card_view import facts_of
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import Choice, Combo
from tests.helpers.gaussian_model import CARD
from tests.helpers.languages import language
from tests.helpers.widgets import record_signal, show_widget, theme, unfold

NORMED = replace(CARD, name="normed", score_norms=((0.0, 0.5), (1.0, 0.7)))


@pytest.fixture
def look() -> Theme:
    return theme()


@pytest.fixture
def controls(look: Theme) -> Controls:
    controls = show_widget(Controls(look, RequestDraft()), width=316, height=700)
    controls.set_models([CARD])
    controls.set_model(CARD)
    controls.complete()
    controls.main_settings.set_open(True)
    return controls


def _choose(controls: Controls, sampler: str) -> None:
    controls.sampler_box.set_choice(sampler)
    controls.sampler_box.chosen.emit(sampler)


def test_every_scheduler_that_a_model_can_run_is_in_its_group_with_a_description() -> None:
    choices = menu_entries.scheduler_choices(CARD)
    assert set(SAMPLERS) - {choice.id for choice in choices} == {"ddpm_learned", "cold_1", "cold_2"}
    assert list(dict.fromkeys(choice.group for choice in choices)) == ["", *[*GROUPS][1:]]
    assert [choice.id for choice in choices if not choice.is_rare] == [*GROUPS[FIRST]]
    assert all(choice.summary == SAMPLERS[choice.id].when for choice in choices)
    # The default of a model is in sight, too.
    flow = menu_entries.scheduler_choices(replace(CARD, defaults={"sampler": "lms"}))
    assert [choice.id for choice in flow if not choice.is_rare] == [*GROUPS[FIRST], "lms"]
    cold = menu_entries.scheduler_choices(replace(CARD, process="blur"))
    assert {choice.id for choice in cold if not choice.refused} == {"cold_1", "cold_2"}


def test_the_files_of_other_models_whose_parts_are_used_are_shown(controls: Controls, tmp_path: Path) -> None:
    assert controls.borrowed.isHidden()
    file = tmp_path / "clip_l.safetensors"
    file.write_bytes(b"1")
    part = BorrowedPart("text_encoder", "text encoder CLIP-L", file, (file,))
    card = replace(CARD, beside={"text_encoder": file}, borrowed=(part,))
    controls.set_model(card)
    assert controls.borrowed.isVisible() and controls.borrowed.text() == "With parts of clip_l"
    assert controls.borrowed.hint == "text encoder CLIP-L: clip_l.safetensors"
    digits = fingerprint_of_files([file])
    facts = dict(facts_of(row_of_card(card, Description())))
    assert facts["Other file's text encoder CLIP-L"] == f"clip_l.safetensors ({digits})"
    controls.set_model(CARD)
    assert controls.borrowed.isHidden()


def test_menus_omit_schedulers_that_no_installed_model_can_run() -> None:
    cards = Library().cards()
    for kind in (menu_entries.scheduler_choices, menu_entries.spacing_choices):
        for name in {choice.id for card in cards for choice in kind(card)}:
            assert any(not choice.refused for card in cards for choice in kind(card) if choice.id == name), name
    for card in cards:
        axes = list_axis_settings(Request(model=card.name), cards)
        assert {*axes["sampler"].options} == {choice.id for choice in menu_entries.scheduler_choices(card)}
        assert {*axes["spacing"].options} == {choice.id for choice in menu_entries.spacing_choices(card)}


def test_unsupported_schedulers_are_disabled_with_their_requirement() -> None:
    refused = {choice.id: choice.refused for choice in menu_entries.scheduler_choices(CARD) if choice.refused}
    assert set(refused) == {"analytic_ddpm", "analytic_ddim"}
    assert refused["analytic_ddim"] == "Needs a model with measured score norms."
    assert not sampler_problem("analytic_ddim", NORMED)
    assert sampler_problem("cold_2", CARD) and sampler_problem("ddpm_learned", CARD)
    assert spacing_problem("optimal", CARD) and not spacing_problem("optimal", NORMED)


def test_an_old_spacing_is_listed_only_for_images_that_use_it(controls: Controls) -> None:
    def offered() -> set[str]:
        return {choice.id for choice in controls.spacing_box.choices()}

    assert "beta_0_1" not in offered()
    controls.set_request(replace(controls.request(), spacing="beta_0_1"))
    assert controls.request().spacing == "beta_0_1" and "beta_0_1" in offered()
    controls.set_request(replace(controls.request(), spacing="beta"))
    assert controls.request().spacing == "beta" and "beta_0_1" not in offered()


def test_keys_skip_headings_and_disabled_entries(look: Theme) -> None:
    box = show_widget(Combo(look, name="Scheduler"), width=200)
    box.set_choices(
        [
            Choice("a", "A", group="One"),
            Choice("b", "B", group="One", refused="It needs another model."),
            Choice("c", "C", group="Two"),
        ]
    )
    chosen = record_signal(box.chosen)
    assert box.choice() == "a"
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.choice() == "c" and chosen == [("c",)]
    QTest.keyClick(box, Qt.Key.Key_Home)
    assert box.choice() == "a"


def test_steps_follow_the_scheduler_only_from_its_default(controls: Controls) -> None:
    _choose(controls, "lms")
    assert controls.request().steps == SAMPLERS["lms"].default_steps
    controls.request_draft.change(steps=33)
    _choose(controls, "unipc")
    assert controls.request().steps == 33


def test_unusual_step_counts_show_a_hint(controls: Controls) -> None:
    low, high = SAMPLERS["lcm"].steps
    assert {menu_entries.range_hint(None, "steps", steps, "lcm") for steps in (low, high)} == {""}
    _choose(controls, "lcm")
    assert not controls.steps.hint.isVisible()
    controls.steps.edit.setFocus()
    controls.steps.edit.selectAll()
    QTest.keyClicks(controls.steps.edit, "60")
    QTest.keyClick(controls.steps.edit, Qt.Key.Key_Return)
    assert controls.steps.hint.isVisible() and str(high) in controls.steps.hint.text()


def test_the_default_steps_of_a_model_show_no_hint(look: Theme) -> None:
    quick = replace(CARD, defaults={"sampler": "euler", "steps": 4})
    assert menu_entries.range_hint(None, "steps", 4, "euler")
    assert not menu_entries.range_hint(replace(quick, fast_of="gaussian"), "steps", 90, "euler")
    controls = show_widget(Controls(look, RequestDraft()), width=316, height=700)
    controls.set_models([quick])
    controls.set_model(quick)
    unfold(controls)
    assert controls.request().steps == 4 and not controls.steps.hint.isVisible()
    controls.set_request(replace(controls.request(), steps=3))
    assert controls.steps.hint.isVisible() and "4 steps" in controls.steps.hint.text(), "no more than it begins with"


def test_parameters_appear_with_their_scheduler_or_with_guidance(controls: Controls) -> None:
    unfold(controls)
    _choose(controls, "ddim")
    assert controls.more.knobs.rows["eta"].isVisible()
    _choose(controls, "dpmpp_2m")
    assert not controls.more.knobs.rows and not controls.more.knobs.isVisible()
    rescale = controls.more.controls.rows["guidance_rescale"]
    assert rescale.isVisible()
    controls.request_draft.change(controls={"guidance_rescale": 0.7})
    assert controls.request().controls == {"guidance_rescale": 0.7}
    controls.guidance.edit.set_number(1.0)
    controls.guidance.edit.edited.emit(1.0)
    assert not rescale.isVisible() and controls.request().controls == {}
    assert controls.more.controls.rows["dynamic_threshold"].isVisible()


@pytest.mark.parametrize("spec", [spec for spec in SAMPLERS.values() if spec.params], ids=lambda spec: spec.name)
def test_every_default_is_a_possible_slider_position(look: Theme, spec: object) -> None:
    knobs: tuple[Param, ...] = spec.params  # type: ignore[attr-defined]
    rows = ParamRows(look)
    rows.set_params(knobs)
    for knob in knobs:
        row = rows.rows[knob.name]
        assert float(row.edit.text()) == pytest.approx(knob.default)
        row.track.setValue(row.track.minimum())
        row._reset_button.click()
        assert row.value() == pytest.approx(knob.default)


def test_settings_of_an_image_are_fitted_to_the_model() -> None:
    analytic = Request(model="gaussian", sampler="analytic_ddim", spacing="optimal")
    request, left_out = fit_request(analytic, CARD)
    assert left_out == ["scheduler", "spacing"] and CARD.checked(request)
    assert fit_request(replace(analytic, model="normed"), NORMED) == (replace(analytic, model="normed"), [])
    start = Request(model="gaussian", image="0" * 64, mask="1" * 64)
    request, left_out = fit_request(start, replace(CARD, accepts=Capabilities(picture=False)))
    assert left_out == ["start picture"] and not request.image and not request.mask


def test_a_hint_says_where_quality_ends() -> None:
    good = {"guidance_scale": 8.0, "temperature": 1.3}
    card = replace(CARD, good_from={"guidance_scale": 2.0}, good_until=good)

    def hint(card: ModelCard | None, name: str, value: float) -> str:
        return menu_entries.range_hint(card, name, value, "euler")

    assert hint(card, "guidance_scale", 8.0) == hint(None, "guidance_scale", 30.0) == ""
    assert hint(CARD, "guidance_scale", 30.0) == hint(card, "temperature", 1.3) == ""
    assert hint(card, "guidance_scale", 8.5) == "colours burn beyond 8"
    assert hint(card, "guidance_scale", 1.5) == "ignores words below 2" and hint(card, "guidance_scale", 2.0) == ""
    assert hint(card, "temperature", 1.4) == "shapes warp beyond 1.3"


def test_sliders_show_where_quality_ends(look: Theme) -> None:
    card = replace(CARD, good_until={"guidance_scale": 8.0, "temperature": 1.3})
    controls = show_widget(Controls(look, RequestDraft()), width=316, height=900)
    controls.set_models([card])
    controls.set_model(card)
    unfold(controls)
    height = controls.temperature.sizeHint().height()
    assert not controls.temperature.hint.isVisible() and not controls.guidance.hint.text()
    controls.set_request(replace(controls.request(), guidance_scale=9.0, temperature=2.0))
    assert controls.temperature.hint.isVisible() and controls.temperature.hint.text() == "shapes warp beyond 1.3"
    assert controls.guidance.hint.text() == "colours burn beyond 8"
    # Beside its button, a slider of half the width has room for the limit alone.
    assert controls.temperature.hint.shown() == "good up to 1.3" and controls.temperature.offer_button.isVisible()
    controls.temperature.track.setFocus()
    QTest.keyClick(controls.temperature.track, Qt.Key.Key_Tab)
    assert controls.window().focusWidget() is controls.temperature.offer_button
    # The hint takes the place of the words at the ends, so that nothing below moves.
    assert controls.temperature.sizeHint().height() == height
    controls.temperature.track.setValue(100)
    assert controls.request().temperature == 1.0 and not controls.temperature.hint.isVisible()
    # A click in the hint sets the model's own value.
    controls.more.set_open(True)
    QTest.mouseClick(controls.guidance.offer_button, Qt.MouseButton.LeftButton)
    assert controls.request().guidance_scale == controls.request_draft.default("guidance_scale")
    assert not controls.guidance.hint.isVisible() and not controls.guidance.offer_button.isVisible()


def test_the_value_of_an_image_and_that_of_the_model_are_a_click_apart(look: Theme) -> None:
    card = replace(CARD, good_until={"guidance_scale": 5.0})
    controls = show_widget(Controls(look, RequestDraft()), width=316, height=900)
    controls.set_models([card])
    controls.set_model(card)
    unfold(controls)
    own = controls.request().guidance_scale
    controls.offer_values({"guidance_scale": 7.0})
    button = controls.guidance.offer_button
    assert button.isVisible() and "had 7" in controls.guidance.hint.text() and controls.request().guidance_scale == own
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert controls.request().guidance_scale == 7.0 and controls.guidance.hint.text() == "colours burn beyond 5"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert controls.request().guidance_scale == own and "had 7" in controls.guidance.hint.text()
    controls.set_request(controls.request())
    assert not button.isVisible(), "the offer ends with the next settings"


def test_the_feature_cache_is_offered_with_its_measured_error(controls: Controls) -> None:
    row = controls.rows["cache_interval"]
    assert row.isHidden(), "the model cannot reuse features"
    card = replace(CARD, name="caching", accepts=replace(CARD.accepts, caches_features=True))
    save_cache_errors(card, {2: CacheError(0.5, 1.2)})
    controls.set_models([card])
    controls.set_model(card)
    assert not row.isHidden() and row.hint.text() == ""
    row.set_value(2)
    row.changed.emit(2.0)
    assert row.hint.text() == "about 0.50 × the time, 1.2 of 255 off"
    with language("de"):
        hint = menu_entries.range_hint(card, "cache_interval", 2.0, "")
        assert "0,50" in hint and "1,2" in hint
    row.set_value(3)
    row.changed.emit(3.0)
    assert row.hint.text() == "", "not measured"
