"""The theme, and the name, tooltip and keyboard access of every control in both themes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from gdm_studio.common.paths import resources
from gdm_studio.models.model_card import ModelCard, Style
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.generation.generate_button import WASH, GenerateButton, _mix
from gdm_studio.ui.create.page import CreatePage
from gdm_studio.ui.create.panel.settings_panel import Controls
from gdm_studio.ui.gallery.list_model import PictureModel
from gdm_studio.ui.shell.window import PAGES
from gdm_studio.ui.theme.icons import pixmap
from gdm_studio.ui.theme.theme import DARK, LIGHT, Theme, Tokens
from gdm_studio.ui.widgets.job_bar import LEAST, JobView
from gdm_studio.ui.widgets.topbar import TopBar
from tests.helpers.languages import language
from tests.helpers.widgets import record_signal, show_widget, theme, unfold

CARD = ModelCard(
    name="icons",
    family="icons",
    date="2026-07-01",
    parameters=9,
    author="",
    licence="",
    size=128,
    channels=4,
    latent=(16, 16, 16),
    prediction="edm",
    process="ve",
    data_scale=1.0,
    styles=(Style("noto", "Soft gradient"), Style("fluent", "Glossy 3D")),
    defaults={"style": "fluent", "guidance_scale": 3.0, "sampler": "euler", "steps": 12},
)


@pytest.fixture
def look() -> Theme:
    return theme()


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in QColor(colour).getRgb()[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_text_is_readable_on_every_background(tokens: Tokens) -> None:
    for ground in (tokens.background, tokens.panel, tokens.raised, tokens.card, tokens.tooltip):
        assert _contrast(tokens.text, ground) > 7
        assert _contrast(tokens.muted, ground) > 4.5 or ground == tokens.tooltip
        assert _contrast(tokens.faint, ground) > 3 or ground == tokens.tooltip
    assert _contrast(tokens.danger, tokens.panel) > 4.5
    for action in (tokens.action, tokens.action2):
        assert _contrast(tokens.on_accent, action) > 4.5
        assert _contrast(tokens.on_accent, _mix(action, tokens.deep, WASH).name()) > 7


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_buttons_within_generate_are_readable_when_hovered_or_pressed(look: Theme, scheme: str) -> None:
    look.set_scheme(scheme)
    button = show_widget(GenerateButton(look), width=330)
    button.set_running(1.0, "3 of 20")
    button.set_paused(True)
    # A button that is hovered, so that the part within it is, too.
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    for inner in (button.add, button.halt):
        for is_hovered, is_down in ((False, False), (True, False), (True, True)):
            inner.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, is_hovered)
            inner.setDown(is_down)
            place = inner.geometry().topLeft() + QPoint(5, 5)
            ground = QColor(button.grab().toImage().pixel(place * button.devicePixelRatioF())).name()
            assert _contrast(look.tokens.on_accent, ground) > 4.5, (inner.toolTip(), is_hovered, is_down, ground)


def test_changing_the_theme_changes_colours_at_once(look: Theme) -> None:
    bar = show_widget(TopBar(look, ["create"]), width=400)
    changed = record_signal(look.changed)
    seen = {}
    for scheme, tokens in (("light", LIGHT), ("dark", DARK)):
        look.set_scheme(scheme)
        assert look.tokens is tokens
        seen[scheme] = QColor(bar.grab().toImage().pixel(4, 4)).name()
    assert seen == {"light": LIGHT.panel, "dark": DARK.panel}
    assert len(changed) >= 1


def test_a_narrow_top_bar_keeps_the_device_and_the_memory_in_a_tooltip(look: Theme) -> None:
    window = show_widget(QWidget(), width=900)
    bar = TopBar(look, ["create"], window)
    bar.show()
    bar._memory.setText("489 MB")
    for width in (800, 120):
        bar.resize(width, bar.height())
        bar.set_device("CPU · 2 threads", "idle")
        assert bar._device.isVisible() == bar._memory.isVisible() == (width == 800)
    assert bar._dot.isVisible()
    assert bar._dot.toolTip().splitlines() == [
        "CPU · 2 threads", "Device in use · ready", "Memory in use by this window: 489 MB",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["en", "de", "fr", "es", "ja", "zh_CN"])
def test_no_part_of_a_narrow_top_bar_is_cut_off(look: Theme, code: str) -> None:
    with language(code):
        window = show_widget(QWidget(), width=1300)
        bar = TopBar(look, PAGES, window)
        bar.show()
        bar.set_queue(12)
        bar.set_device("CPU · 2 threads", "busy")
        bar.jobs.show_jobs([JobView("Variations: a red fox", "3 of 9 · 12 s left", 0.3)])
        for width in (1280, 1024, 860, 820):
            bar.resize(width, bar.height())
            parts = [part for part in bar.findChildren(QAbstractButton) if part.isVisible()]
            cut = [part.text() for part in parts if part.width() < part.minimumSizeHint().width()]
            assert not cut, width
            assert bar.queue.isVisible() and bar.jobs.stop.isVisible()
            assert not bar.jobs.title.isVisible() or bar.jobs.title.width() >= LEAST


def test_the_font_is_shipped_with_its_licence(look: Theme) -> None:
    assert {"Regular", "Medium", "SemiBold"} <= set(QFontDatabase.styles("Inter"))
    assert "SIL Open Font License" in (resources() / "fonts" / "OFL.txt").read_text("utf-8")
    assert "ISC License" in (resources() / "icons" / "lucide" / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("ratio", [1.0, 2.0, 3.0])
def test_icons_use_screen_pixels_and_the_requested_colour(look: Theme, ratio: float) -> None:
    picture = pixmap(look, "star", 16, "danger", ratio).toImage()
    assert picture.width() == 16 * ratio
    opaque = [
        QColor.fromRgba(picture.pixel(x, y)).name()
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).alpha() == 255
    ]
    assert opaque and set(opaque) == {look.tokens.danger}


def _interactive(page: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QPlainTextEdit)
    found = [child for kind in kinds for child in page.findChildren(kind) if not isinstance(child, QScrollBar)]
    # The strip of steps has no range, and nothing to select, before the first step.
    return [each for each in found if not isinstance(each, QAbstractSlider) or each.minimum() < each.maximum()]


@pytest.mark.slow
def test_every_create_control_has_a_name_a_tooltip_and_keyboard_access(look: Theme) -> None:
    page = show_widget(CreatePage(look, RequestDraft(), PictureModel(look)), width=1280, height=752)
    unfold(page.controls)
    controls = _interactive(page)
    assert len(controls) > 25
    for control in controls:
        where = f"{type(control).__name__} {control.accessibleName()!r}"
        assert control.accessibleName(), f"{where} has no name"
        assert control.toolTip(), f"{where} has no tooltip"
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, f"{where} is not reached with Tab"


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1024, 592), (1280, 752), (2560, 1392)])
def test_the_create_page_fits_every_size(look: Theme, size: tuple[int, int]) -> None:
    page = show_widget(CreatePage(look, RequestDraft(), PictureModel(look)), *size)
    assert (page.width(), page.height()) == size
    assert page.controls.width() == 316 and page.gallery.width() == 264
    assert page.canvas_panel.canvas.width() >= 400
    controls = page.controls
    unfold(controls)
    QTest.qWait(1)
    for box in (controls.model_box, controls.seed, controls.spacing_box, controls.steps):
        right = box.mapTo(controls, box.rect().topRight()).x()
        assert right <= 300


def test_the_cursor_starts_in_the_prompt(look: Theme) -> None:
    page = show_widget(CreatePage(look, RequestDraft(), PictureModel(look)), width=1280, height=752)
    assert page.window().focusWidget() is page.controls.prompt.editor


def test_a_model_brings_its_styles_and_defaults(look: Theme) -> None:
    controls = show_widget(Controls(look, RequestDraft()), width=316, height=700)
    controls.set_models([CARD])
    controls.set_model(CARD)
    request = controls.request()
    assert (request.style, request.sampler, request.steps, request.guidance_scale) == ("fluent", "euler", 12, 3.0)
    assert request.size is None
    for row, default in ((controls.guidance, 3.0), (controls.steps, 12)):
        row.set_value(default + 1)
        QTest.mouseDClick(row.track, Qt.MouseButton.LeftButton)
        assert row.value() == default


def test_controls_return_the_request_that_was_set(look: Theme) -> None:
    controls = show_widget(Controls(look, RequestDraft()), width=316, height=700)
    controls.set_models([CARD])
    controls.set_model(CARD)
    wanted = Request(
        prompt="a red fox",
        negative_prompt="blue",
        style="noto",
        seed=2**62,
        count=4,
        batch=2,
        sampler="ddim",
        spacing="trailing",
        steps=250,
        knobs={"eta": 0.35},
        guidance_scale=7.5,
        temperature=0.85,
        dtype="fp32",
    )
    controls.set_request(wanted)
    assert controls.request() == replace(wanted, model=CARD.name)


def test_another_scheduler_changes_only_untouched_values(look: Theme) -> None:
    controls = show_widget(Controls(look, RequestDraft()), width=316, height=700)
    box = controls.sampler_box
    box.set_choice("ddim")
    box.chosen.emit("ddim")
    assert controls.request().spacing == "trailing" and "eta" in controls.more.knobs.rows
    controls.request_draft.change(steps=33)
    box.set_choice("euler")
    box.chosen.emit("euler")
    request = controls.request()
    assert request.spacing == "karras" and request.steps == 33 and request.knobs == {}
