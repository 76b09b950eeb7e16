"""Labels of the charts on the pages Learn and Train: they are complete, follow the values and do not overlap."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import inf, nan
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from gdm_studio.ui.learn.distance_chart import DistanceChart, DistanceCurve
from gdm_studio.ui.learn.schedule_chart import ScheduleChart, ScheduleCurve
from gdm_studio.ui.shell.app import application
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.train.loss_chart import LossChart, Overlay
from gdm_studio.ui.widgets.chart import Chart
from tests.helpers.languages import language

# The preferred width of a chart, in logical pixels. In a usual window, charts are wider.
# Largest distance between two pieces of a label in pixels.
PIECES = 1.5
NARROW = 420


def theme() -> Theme:
    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    return app.findChild(Theme) or Theme(app)


def losses() -> Chart:
    chart = LossChart(theme())
    chart.set_points([(8, 0.5), (16, 0.4), (900_000, 0.25)], 1_000_000)
    return chart


@pytest.mark.parametrize(
    ("values", "highest"),
    [([1.0, 2.0, inf], "2"), ([2.0, nan, 1.0, nan], "2"), ([nan, nan], "1"), ([inf, -inf], "1")],
)
def test_the_axis_of_a_diverging_run_has_the_finite_losses(values: list[float], highest: str) -> None:
    chart = LossChart(theme())
    chart.set_points([(8 * (index + 1), loss) for index, loss in enumerate(values)], 64)
    texts = [text for text, _ in labels(chart)]
    assert f"{highest}.00" in texts and "64" in texts and not any("nan" in text for text in texts)


def comparison() -> Chart:
    chart = LossChart(theme())
    chart.set_points([(8, 0.5), (16, 0.4)], 8_000)
    curve = [(128, 0.31), (512, 0.12)]
    chart.set_overlay(Overlay("a run with a rather long name", curve, curve, [(128, 0.1, 0.4), (512, 0.1, 0.3)]))
    return chart


def distances() -> Chart:
    chart = DistanceChart(theme())
    titles = {"Euler ancestral, 8 steps": "accent", "DPM++ 2M, 8 steps": "accent2"}
    chart.set_curves([DistanceCurve(title, name, [(8, 0.5), (16, 0.25)]) for title, name in titles.items()], 0.03)
    return chart


def schedules(steps: int = 100) -> Chart:
    chart = ScheduleChart(theme())
    chart.set_curves(
        [ScheduleCurve("linear", "accent", [1.0, 0.0]), ScheduleCurve("cosine", "muted", [1.0, 0.0])], steps
    )
    return chart


def labels(chart: Chart, width: int = NARROW) -> list[tuple[str, QRectF]]:
    """Return the texts that a chart of this width paints, with their places."""
    chart.resize(width, chart.height())
    drawing = QBuffer()
    drawing.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(drawing)
    generator.setSize(chart.size())
    generator.setViewBox(chart.rect())
    chart.render(generator)
    metrics = QFontMetricsF(theme().font(11))
    found: list[tuple[str, QRectF]] = []
    end = (0.0, 0.0)
    for text in ElementTree.fromstring(bytes(drawing.data().data())).iter("{http://www.w3.org/2000/svg}text"):
        written = text.text or ""
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        place = metrics.tightBoundingRect(written).translated(x, y)
        # A label is written in pieces, one for each script and font.
        if found and y == end[1] and abs(x - end[0]) < PIECES:
            written, place = found[-1][0] + written, found[-1][1].united(place)
            found.pop()
        end = x + metrics.horizontalAdvance(text.text or ""), y
        found.append((written, place))
    return found


@pytest.mark.parametrize("code", ["en", "de", "es", "fr", "ja", "zh_CN"])
@pytest.mark.parametrize("made", [losses, comparison, distances, schedules])
def test_labels_of_a_narrow_chart_do_not_overlap(made: Callable[[], Chart], code: str) -> None:
    theme()
    with language(code):
        chart = made()
        found = labels(chart)
    assert len(found) > 6
    assert [text for text, place in found if not 0 <= place.left() <= place.right() <= NARROW] == []
    assert [(one, other) for (one, a), (other, b) in combinations(found, 2) if a.intersects(b)] == []


def test_labels_follow_the_values_and_units() -> None:
    assert [text for text, _ in labels(losses())] == [
        "loss and its average · samples", "0.250", "0.375", "0.500", "0", "500,000", "1,000,000",
    ]  # fmt: skip
    marks = {text for text, _ in labels(distances(), 800)}
    assert {"0.01", "0.1", "1", "2", "16", "128", "Two true samples", "Euler ancestral, 8 steps"} <= marks
    assert "distance from the truth · evaluations of the denoiser" in marks
    for steps, last in ((20, "20"), (100, "100")):
        texts = [text for text, _ in labels(schedules(steps), 800)]
        assert {"0", "0.5", "1", last, "linear", "cosine"} <= {*texts}
        # Symbols of another font are texts of their own.
        assert "scale of the data, α / √(α² + σ²) · steps" in "".join(texts)
    with language("de"):
        assert {"0,250", "500.000"} <= {text for text, _ in labels(losses())}


def test_a_caption_is_shortened_only_where_it_must() -> None:
    caption = "error at the same noise · samples · a run with a rather long name with a 95 % band"
    assert caption in [text for text, _ in labels(comparison(), 800)]
    narrow = [text for text, _ in labels(comparison())]
    assert any(text.startswith("error at the same noise") and text.endswith("…") for text in narrow)
    assert "This run" in narrow


def test_a_hint_replaces_the_axes() -> None:
    chart = DistanceChart(theme())
    chart.set_curves([], 0.0, hint="Choose two runs")
    assert [text for text, _ in labels(chart)] == ["Choose two runs"]
