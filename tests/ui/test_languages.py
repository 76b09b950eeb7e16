"""Languages of the window: catalogues, placeholders, formats of numbers and dates, and the setting."""

from __future__ import annotations

import asyncio
import json
import lzma
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from safetensors.torch import save_file

from gdm_studio import doctor, preferences
from gdm_studio.common import paths
from gdm_studio.doctor import Finding, Size
from gdm_studio.engine.grids import Axis, Grid, list_axis_settings
from gdm_studio.gallery.search_terms import parse_terms
from gdm_studio.models.model_library import Library
from gdm_studio.papers import all_systems
from gdm_studio.papers.family_tree import members
from gdm_studio.papers.system_description import Claim, Measurement, Range
from gdm_studio.request.generation_events import Run
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.ui import translation
from gdm_studio.ui.card_translations import TEXTS, device_text, summary_text, translated_card
from gdm_studio.ui.create.board.contact_sheet import shared_settings, steps_text
from gdm_studio.ui.create.board.value_labels import value_label
from gdm_studio.ui.create.panel.menu_entries import model_choices
from gdm_studio.ui.create.panel.style_picker import style_tiles
from gdm_studio.ui.gallery.image_details import facts_of
from gdm_studio.ui.gallery.selection_bar import SelectionBar
from gdm_studio.ui.models.card_view import ModelCardView
from gdm_studio.ui.progress import phase_text, progress_text
from gdm_studio.ui.settings.about import About
from gdm_studio.ui.settings.entries import Entry
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.train.loss_chart import LossChart
from gdm_studio.ui.translation import (
    data_size,
    date_text,
    joined_sentences,
    labelled,
    number_text,
    quote,
    time_text,
    translate,
    with_decimal_point,
    within_text,
)
from gdm_studio.ui.widgets import ActionButton, ElidedLabel
from gdm_studio.ui.widgets.fields import NumberEdit
from gdm_studio.ui.widgets.image_comparison.compared_image import Item
from gdm_studio.ui.window_actions import COMPARE, DELETE, EXPORT, FAVOURITE, TAG, shown_keys
from tests.helpers.fast_model import FastLibrary
from tests.helpers.languages import language
from tests.helpers.pseudo_locale import UPDATE
from tests.helpers.widgets import flat_image, show_widget, theme
from tests.helpers.window import finish_layouts, remaining_problems, run_in_window, until
from tests.models.test_model_metadata import LORA, SPEC
from tests.ui.accessibility import NAMES, clipped
from tests.ui.test_flow import generated
from tests.ui.test_grids import grids_of, wait_for_grid
from tests.ui.test_learn_page import choose_side
from tests.ui.test_variations import wait_for_variations

TRANSLATED = [code for code in UPDATE["LANGUAGES"] if code != "en"]
FOLDER = Path(UPDATE["__file__"]).parent
MOMENT = datetime(2024, 3, 5, 14, 7, 9)
# A name in braces, which may have a format, or the count of a counted text.
PLACEHOLDER = re.compile(r"\{[^{}]*\}|%n")


def _problems(translated: Mapping[tuple[str, str], tuple[str, ...]], forms: int) -> list[str]:
    """Return descriptions of the translations that would show wrong values, or stick to their neighbours."""
    found = []
    for (context, text), translations in translated.items():
        if len(translations) != (forms if "%n" in text else 1):
            found.append(f"{context}: {text!r} has {len(translations)} forms")
        for said in translations:
            if not said.strip():
                found.append(f"{context}: {text!r} is empty")
            # "%n" may be left out where the form says the number.
            if {*PLACEHOLDER.findall(said)} | {"%n"} != {*PLACEHOLDER.findall(text)} | {"%n"}:
                found.append(f"{context}: {text!r} has other placeholders in {said!r}")
            if (said[:1].isspace(), said[-1:].isspace()) != (text[:1].isspace(), text[-1:].isspace()):
                found.append(f"{context}: {text!r} has other spaces around {said!r}")
    return found


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_have_the_placeholders_forms_and_spaces_of_their_texts(code: str) -> None:
    translated = UPDATE["read_catalogue"](FOLDER / f"gdm_studio_{code}.ts")
    assert _problems(translated, UPDATE["LANGUAGES"][code]) == []


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Seed {seed}", ("Seed",)),
        ("Seed {seed}", ("Seed {sead}",)),
        ("{done} of {count}", ("{done} von {done}",)),
        (" · {time} left", ("noch {time}",)),
        ("%n step(s)", ("%n Schritte",)),
        ("Stop", ("",)),
    ],
)
def test_a_broken_translation_is_found(text: str, broken: tuple[str, ...]) -> None:
    assert _problems({("Context", text): broken}, 2) != []


def test_languages_of_the_setting_have_catalogues() -> None:
    assert set(UPDATE["LANGUAGES"]) == {code for code in preferences.LANGUAGES if code != "system"}
    for code in UPDATE["LANGUAGES"]:
        assert translation.catalogue_file(code).is_file()


@pytest.mark.parametrize("code", TRANSLATED)
def test_compiled_catalogues_translate_every_text(code: str) -> None:
    parent = QObject()
    catalogue = translation.Catalogue(code, parent)
    for (context, text), forms in UPDATE["read_catalogue"](FOLDER / f"gdm_studio_{code}.ts").items():
        said = [
            catalogue.translate(context, text, "", count) for count in ((1, 2)[: len(forms)] if "%n" in text else (-1,))
        ]
        assert said == list(forms) or (said == [""] and forms == (text,)), (context, text)


def test_texts_with_the_same_hash_have_their_own_translations(tmp_path: Path) -> None:
    """Qt finds "ab" and "bR" by the same number."""
    source = tmp_path / "gdm_studio_de.ts"
    known = {("A", "ab"): ("eins",), ("A", "bR"): ("zwei",), ("B", "bR"): ("drei",)}
    UPDATE["write_catalogue"](source, "de", list(known), known)
    content = lzma.decompress(UPDATE["compile_catalogue"](source).read_bytes())
    catalogue = QTranslator()
    assert catalogue.load(content)
    assert [catalogue.translate(*each) for each in known] == ["eins", "zwei", "drei"]
    assert catalogue.translate("B", "other") == ""


def test_an_update_keeps_translations_and_drops_texts_that_are_gone(tmp_path: Path) -> None:
    source = tmp_path / "gdm_studio_de.ts"
    texts = [("A", "Stop"), ("A", "gone"), ("B", "%n step(s)")]
    known = {("A", "Stop"): ("Stopp",), ("A", "gone"): ("weg",), ("B", "%n step(s)"): ("%n Schritt", "%n Schritte")}
    UPDATE["write_catalogue"](source, "de", texts, known)
    kept = UPDATE["read_catalogue"](source)
    assert kept == known
    UPDATE["write_catalogue"](source, "de", [("A", "Stop"), ("A", "new"), ("B", "%n step(s)")], kept)
    assert UPDATE["read_catalogue"](source) == {each: said for each, said in known.items() if each[1] != "gone"}
    assert 'type="unfinished"' in source.read_text("utf-8")


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("de-CH", "de"),
        ("fr-CA", "fr"),
        ("es-MX", "es"),
        ("ja-JP", "ja"),
        ("zh-Hans-CN", "zh_CN"),
        ("zh-TW", ""),
        ("en-US", "en"),
        ("it-IT", ""),
    ],
)
def test_the_system_language_is_used_where_it_is_available(tag: str, code: str) -> None:
    assert translation.available_language(tag) == code


def test_the_region_of_the_system_counts_in_its_own_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(translation.VARIABLE)
    assert translation.locale_of("de", QLocale("de_CH")).name() == "de_CH"
    assert translation.locale_of("de", QLocale("en_US")).name() == "de_DE"
    assert translation.locale_of("en", QLocale("C")).name() == "en_GB"


@pytest.mark.parametrize(
    ("code", "number", "whole", "size", "day", "clock"),
    [
        ("en", "0.5", "1,234,567", "1.2 GB", "5 March 2024", "14:07"),
        ("de", "0,5", "1.234.567", "1,2 GB", "5 März 2024", "14:07"),
        ("fr", "0,5", "1\u202f234\u202f567", "1,2 Go", "5 mars 2024", "14:07"),
        ("es", "0,5", "1.234.567", "1,2 GB", "5 marzo 2024", "14:07"),
        ("ja", "0.5", "1,234,567", "1.2 GB", "5 3月 2024", "14:07"),
        ("zh_CN", "0.5", "1,234,567", "1.2 GB", "5 三月 2024", "14:07"),
    ],
)
def test_formats(code: str, number: str, whole: str, size: str, day: str, clock: str) -> None:
    with language(code):
        assert number_text(0.5) == number
        assert number_text(1_234_567) == whole
        assert data_size(1_240_000_000).replace("\u00a0", " ") == size
        assert date_text(MOMENT, "d MMMM yyyy") == day
        assert time_text(MOMENT).removeprefix("0") == clock
    assert number_text(0.5) == "0.5"


def test_number_fields_show_and_accept_the_decimal_comma() -> None:
    with language("de"):
        field = NumberEdit(name="Stärke", low=0, high=20, decimals=2)
        field.set_number(7.5)
        assert field.text() == "7,50"
        for typed, number in (("3,25", 3.25), ("4.5", 4.5)):
            field.setText(typed)
            field.take()
            assert field.number() == number


def test_measured_numbers_have_the_decimal_comma() -> None:
    with language("de"):
        about = About(theme())
        about.show_findings([Finding("Memory", "{size}", values={"size": Size(25_300_000_000)})])
        shown = {each.text().replace("\u00a0", " ") for each in about.findChildren(QLabel)}
        assert {"Arbeitsspeicher", "25,3 GB"} <= shown
        chart = LossChart(theme())
        chart.set_points([(8, 0.25)], 64)
        assert chart.accessibleDescription() == "0,250"
        request = Request(factors={"aesthetic": 6.5}, model=BUILT_IN)
        picture = SimpleNamespace(request=request, size=(64, 64), created=0.0)
        assert "aesthetic 6,5" in dict(facts_of(picture)).values()  # type: ignore[arg-type]


def test_the_system_check_has_separators_and_devices_in_the_language_of_the_window() -> None:
    with language("de"):
        about = About(theme())
        about.show_findings(
            [Finding("Gallery", "{count} images, index sound", values={"count": 12_345}), *doctor.list_devices()]
        )
        shown = {each.text() for each in about.findChildren(QLabel)}
        assert "12.345 Bilder, Index in Ordnung" in shown
        assert any(text.startswith("cpu: CPU · ") and "Thread" in text for text in shown)
    assert (
        Finding("Gallery", "{count} images, index sound", values={"count": 12_345}).value
        == "12,345 images, index sound"
    )


def test_titles_of_a_grid_are_translated_where_they_are_shown(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.make(("style", "plain"), ("guidance_scale", "2, 2.5"))
        await wait_for_grid(window)
        assert [item.title for item in grids.items()] == ["Plain · Guidance 2", "Plain · Guidance 2,5"]
        grids.make(("steps", "1, 2"), ("temperature", "0.9"))
        await wait_for_grid(window)
        assert [item.title for item in grids.items()] == ["1 Schritt · Temperatur 0,9", "2 Schritte · Temperatur 0,9"]
        assert grids.board is not None
        grid = grids.board.grid
        assert grids.board.collection.wanted == f"Schritte × Temperatur: {grid.base.subject}"
        assert grid.titles() == ["1 step · temperature 0.9", "2 steps · temperature 0.9"]

    with language("de"):
        run_in_window(play)


def test_labels_of_parameters_keep_the_capitals_of_their_titles() -> None:
    kinds = list_axis_settings(Request(sampler="pc", model=BUILT_IN), [])
    grid = Grid(Request(), Axis.of(kinds["snr"], "0.16"), Axis.of(kinds["guidance_scale"], "2.5"))
    assert grid.titles(value_label) == grid.titles() == ["Corrector SNR 0.16 · guidance 2.5"]
    with language("de"):
        assert grid.titles(value_label) == ["Korrektor-SNR 0,16 · Guidance 2,5"]


def test_the_settings_that_a_grid_shares_are_translated_on_its_sheet() -> None:
    card = Library().card(BUILT_IN)
    base = card.checked(Request(prompt="a fox", model=BUILT_IN, guidance_scale=2.5))
    kinds = list_axis_settings(base, [card])
    with language("de"):
        assert "Guidance 2,5" in shared_settings(Grid(base, Axis.of(kinds["seed"], "1, 2")))
    assert "guidance 2.5" in shared_settings(Grid(base, Axis.of(kinds["seed"], "1, 2")))


@pytest.mark.slow
def test_a_sheet_of_the_command_line_is_english_on_a_german_system() -> None:
    program = """
import numpy as np
from gdm_studio.engine.grids import Axis, Grid, list_axis_settings
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.board.contact_sheet import grid_png
from gdm_studio.ui.create.board.value_labels import value_label
base = Request(prompt="a fox", size=(8, 8))
kinds = list_axis_settings(base, [])
grid = Grid(base, Axis.of(kinds["steps"], "1"), Axis.of(kinds["guidance_scale"], "2.5"))
grid_png(grid, grid.requests(), [np.zeros((8, 8, 4), np.uint8)])
print(*grid.titles(value_label))
"""
    german = {**os.environ, "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
    done = subprocess.run([sys.executable, "-c", program], env=german, capture_output=True, text=True, check=False)
    assert done.stdout == "1 step · guidance 2.5\n", done.stderr


@pytest.mark.parametrize(
    ("phase", "text"),
    [
        ("loading the model", "Modell wird geladen …"),
        ("going back to step 3", "zurück zu Schritt 3 …"),
        ("enlarging, 40%", "wird vergrößert, 40 % …"),
    ],
)
def test_the_phase_of_a_run_is_translated(phase: str, text: str) -> None:
    with language("de"):
        assert progress_text(Run(Request(), phase=phase), None, None) == text


def test_every_phase_of_the_engine_is_translated() -> None:
    package = Path(translation.__file__).parents[1]
    sources = [path.read_text("utf-8") for path in package.rglob("*.py")]
    phases = {phase for source in sources for phase in re.findall(r'\bPhase\(f?"([^"]+)"', source)}
    # The values that the engine fills in.
    phases = {re.sub(r"\{share[^}]*\}", "50%", re.sub(r"\{[\w.]*step\}", "5", phase)) for phase in phases}
    assert "loading the model" in phases and not any("{" in phase for phase in phases)
    with language("de"):
        assert [phase for phase in sorted(phases) if phase_text(phase) == phase] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_selection_bar_shows_whole_texts_in_a_small_window(code: str) -> None:
    with language(code):
        page = QWidget()
        page.resize(540, 300)
        ground = QWidget(page)
        bar = SelectionBar(theme(), ground, {each: each for each in (COMPARE, FAVOURITE, TAG, EXPORT, DELETE)})
        show_widget(page, 540)
        # 372 pixels is the width in the smallest window.
        assert shown_keys("Esc")[0] in [each.text() for each in bar.findChildren(ActionButton)]
        for width, least in ((522, 3), (372, 0)):
            ground.setGeometry(0, 0, width, 300)
            bar.show_count(12)
            QApplication.processEvents()
            buttons = [each for each in bar.findChildren(ActionButton) if each.isVisible() and each.text()]
            assert len(buttons) >= least
            assert [each.text() for each in buttons if each.width() < each.sizeHint().width()] == []
        # A wider bar shows titles in place of the icons.
        for width, has_icons in ((1400, False), (300, True)):
            ground.setGeometry(0, 0, width, 300)
            bar.show_count(12)
            for action in (EXPORT, DELETE):
                (button,) = (each for each in bar.findChildren(ActionButton) if each.accessibleName() == action.title)
                assert button.text() == ("" if has_icons else action.title)
                assert button.icon().isNull() != has_icons


def test_texts_in_quotation_marks() -> None:
    with language("de"):
        assert quote("fox") == "„fox“"
        assert [term.label_text(translate) for term in parse_terms('"red fox"')] == ["„red fox“"]
        (chip,) = parse_terms("-style:Noto")
        assert chip.label_text(translate, within_text) == "nicht Stil Noto"
    assert quote("fox") == "“fox”"


def test_colons_and_sentences_have_the_spaces_of_the_language() -> None:
    for code, text in (("en", "Steps: 4"), ("fr", "Steps : 4"), ("de", "Steps: 4")):
        with language(code):
            assert labelled("Steps", "4") == text
    assert joined_sentences(["One.", "", "Two."]) == "One. Two."
    assert joined_sentences(["一つ。", "二つ。"]) == "一つ。二つ。"
    assert joined_sentences(["“猫。 犬” を描く。", "三つ。"]) == "“猫。 犬” を描く。三つ。", "a quoted prompt is kept"


def test_the_spacing_of_a_grid_is_translated() -> None:
    with language("de"):
        assert steps_text(Request(spacing="exponential", model=BUILT_IN), steps=False) == "Exponentiell"


def test_titles_within_a_text_keep_german_capitals() -> None:
    assert within_text("Steps") == "steps"
    with language("de"):
        assert within_text("Schritte") == "Schritte"


def test_a_text_without_a_translation_stays_english() -> None:
    for code in TRANSLATED:
        with language(code):
            assert translate("No such context", "No such text") == "No such text"


def test_texts_of_shipped_cards_are_translated_for_display() -> None:
    cards = [json.loads(file.read_text("utf-8")) for file in (paths.resources() / "models").glob("*/*.json")]
    shown = {card["summary"] for card in cards}
    for style in (style for card in cards for style in (*card.get("styles", ()), *card.get("former_styles", ()))):
        shown |= {style["title"], style.get("group", "")} - {""}
    assert shown | {"Any style"} == set(TEXTS)
    card = Library().card(BUILT_IN)
    with language("de"):
        titles = {tile.id: tile.title for tile in style_tiles(card)}
        assert (titles[""], titles["twemoji"]) == ("Beliebiger Stil", "Flach gerundet")
        assert card.words()["twemoji"] == "Flat rounded", "requests and files stay English"
        assert device_text("CPU · 2 threads") == "CPU · 2 Threads" and device_text("NVIDIA H200") == "NVIDIA H200"


def test_every_shipped_model_has_a_summary_and_measurements_in_the_language_of_the_window() -> None:
    library = Library()
    with language("de"):
        assert [card.name for card in library.cards() if translated_card(card).summary == card.summary] == []
        line = next(line for line in library.model_table() if line.name == BUILT_IN)
        assert line.card is not None
        figures = {"score_norms": "32 noise levels", "picture_in_matrix_products": "6.67"}
        view = show_widget(ModelCardView(theme()), 300)
        view.show_line(replace(line, card=replace(line.card, figures=figures)))
        assert {"Score-Normen", "32 Rauschpegel", "6,67"} <= {each.text() for each in view.findChildren(QLabel)}


def test_texts_of_models_from_the_literature_are_translated_for_display() -> None:
    system = all_systems()["ddpm"]
    other_card = replace(Library().card(BUILT_IN), summary=system.idea)
    card = replace(other_card, family="systems")
    claim = Claim("", "", Range(0.8, 0.97), "nothing", 0.0, "")
    member = replace(members()["ddpm"], figure=Measurement(0.8835, 0.875, 0.8906), system=replace(system, claim=claim))
    with language("de"):
        idea = translate("System", system.idea)
        assert idea != system.idea
        choice, other = model_choices([card, other_card])
        assert (choice.summary, choice.group) == (idea, "Aus der Literatur")
        assert (other.summary, other.group) == (system.idea, "")
        assert translated_card(card).summary == summary_text(system.idea, card) == idea
        assert member.translated_claim(translate, with_decimal_point).endswith("0,8\u00a0bis\u00a00,97")
        assert "0,8835 (0,875 bis 0,8906)" in member.translated_result(translate, with_decimal_point)
    assert "0.8835 (0.875 to 0.8906)" in member.result_text
    with language("fr"):
        claim_text = members()["ddpm"].translated_claim(translate, with_decimal_point)
        assert ": 0,8" in claim_text and claim_text.partition(":")[0][-1].isspace()


def test_qt_speaks_the_language_too() -> None:
    with language("de"):
        assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"


def test_the_setting_shows_each_language_in_itself() -> None:
    with language("de"):
        choices = dict(Entry("language").choices())
    assert choices["de"] == "Deutsch"
    assert choices["ja"] == "日本語"
    assert set(choices) == set(preferences.LANGUAGES)


@pytest.mark.parametrize("code", UPDATE["LANGUAGES"])
def test_no_page_makes_the_window_larger_than_a_small_screen(home: Path, code: str) -> None:
    paths.models_dir().mkdir(parents=True)
    save_file(LORA, paths.models_dir() / "ink.safetensors", SPEC)

    async def check_widths(window: Window) -> None:
        smallest = {}
        cut: list[str] = []
        window.resize(872, 620)
        for name in NAMES:
            window.open_page(name)
            if name == "models":
                await until(lambda: "ink" in window.models_page.names())
                assert sum(box.isVisible() for box in window.models_page.filters.values()) == 3
            cut += await remaining_problems(lambda: clipped(window))
            smallest[name] = window.minimumSizeHint().width()
        window.open_page("compare")
        window.compare_controller.page.set_items([Item(each, flat_image(9, 9, 9), Request()) for each in "ab"])
        smallest["two compared"] = window.minimumSizeHint().width()
        cut += await remaining_problems(lambda: clipped(window))
        assert max(smallest.values()) <= 872, smallest
        assert window.width() == 872
        assert cut == []

    async def check_heights(window: Window) -> None:
        window.resize(1024, 650)

        async def check(part: str) -> None:
            # Some texts are shown a little later.
            await asyncio.sleep(0.05)
            finish_layouts(window)
            assert (window.width(), window.height()) == (1024, 650), part
            assert window.minimumSizeHint().height() <= 620, part

        for name in NAMES:
            window.open_page(name)
            await check(name)
        learn = window.learn_page
        window.open_page("learn")
        for side in ("lessons", "settings"):
            choose_side(learn, side)
            await check(side)
        for chart in (learn.schedules, learn.chart):
            learn.show_chart(chart)
            await check(chart.accessibleName())

    async def play(window: Window) -> None:
        await check_widths(window)
        await check_heights(window)

    with language(code):
        run_in_window(play, library=Library())


@pytest.mark.parametrize("code", UPDATE["LANGUAGES"])
def test_the_hint_above_variations_is_not_cut_off(home: Path, code: str) -> None:
    async def play(window: Window) -> None:
        boards = window.tools.boards
        window.resize(1280, 768)
        boards.vary(window.create_page.controls.request())
        await wait_for_variations(window)
        board, words = boards.variations.board, boards.variations.view._words
        assert board is not None
        # The pictures are saved after the last one was shown.
        await until(lambda: (place := board.collection.location_text()) and place in words.text())
        assert words.shown() and words.text().startswith(words.shown())

    with language(code):
        run_in_window(play)


def test_buttons_and_units_of_the_create_page_show_all_of_their_text_in_spanish(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, details = window.create_page.controls, window.create_page.gallery.details
        window.resize(1366, 768)
        controls.request_draft.change(count=4, steps=1)
        await generated(window, 4)
        window.create_page.gallery.grid.select(window.gallery.panel_model.picture(0).id)
        assert controls.modes.fast.isVisible(), "it leaves half of the row to the number of pictures"
        (unit,) = controls.count.findChildren(ElidedLabel)
        await until(lambda: unit.shown() == "imágenes")
        (use,) = (each for each in details.findChildren(ActionButton) if each.text() == "Usar ajustes")
        await until(lambda: use.isVisible() and use.shown_text() == use.text())
        image = use.grab().toImage()
        ground, rows = image.pixel(image.width() // 2, 4), range(6, image.height() - 6)
        inked = [x for x in range(4, image.width() - 4) if any(image.pixel(x, row) != ground for row in rows)]
        ink = use.fontMetrics().tightBoundingRect(use.text()).width()
        assert (inked[-1] - inked[0]) / image.devicePixelRatio() >= ink - 3, "no letter is cut off"

    with language("es"):
        run_in_window(play, library=FastLibrary())
