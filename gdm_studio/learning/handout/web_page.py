"""Writer of handouts as self-contained web pages, without external links."""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.handout.handout import Chart, Handout, Strip

if TYPE_CHECKING:
    import numpy as np

# Largest size of a page in bytes, and the part of it that pictures may take.
MAX_SIZE = 3_000_000
MAX_PICTURES = 2_700_000
# Maximum number of pictures of a strip. A longer run shows evenly spaced steps.
MAX_FRAMES = 120
# Combinations of side in pixels and quality, which are tried until all pictures fit.
SIZES = ((512, 85), (384, 80), (256, 80), (192, 70), (128, 60), (64, 50))
# Approximate number of pictures that are encoded to estimate the total size.
SAMPLED = 8
# Size of a chart in its own units, the space around it, and the colours of its curves.
WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 40
COLOURS = ("#3563e0", "#158a5b", "#b06000", "#b3261e")
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
.strips { display: flex; flex-wrap: wrap; gap: 1.5rem; }
figure { margin: 0; flex: 1 1 260px; max-width: 512px; }
figure img { width: 100%; image-rendering: auto; border-radius: 8px; background: #8882; }
figcaption { font-size: .9rem; }
.bar { display: flex; gap: 1rem; align-items: center; margin: 1rem 0; }
.bar[hidden] { display: none; }
.bar input { flex: 1; }
table { border-collapse: collapse; font-size: .9rem; margin: 1rem 0; }
td, th { text-align: left; vertical-align: top; padding: .15rem 1rem .15rem 0; }
tr.differs { font-weight: 600; }
svg { width: 100%; max-width: 640px; font: 12px system-ui, sans-serif; fill: currentColor; }
pre { overflow: auto; padding: 1rem; border-radius: 8px; background: #8882; font-size: .85rem; }
"""
_SCRIPT = """
const slider = document.getElementById("step");
const figures = [...document.querySelectorAll("figure")];
const play = document.getElementById("play");
let timer = 0;
function show() {
  for (const figure of figures) {
    const frames = figure.querySelectorAll("img");
    const last = frames.length - 1;
    const shown = Math.round(slider.value / slider.max * last) || 0;
    frames.forEach((frame, place) => { frame.hidden = place !== shown; });
    figure.querySelector("output").textContent = frames[shown].alt;
  }
}
slider.addEventListener("input", show);
play.addEventListener("click", () => {
  if (timer) { clearInterval(timer); timer = 0; return; }
  if (slider.value === slider.max) slider.value = 0;
  timer = setInterval(() => {
    slider.value = +slider.value + 1;
    show();
    if (slider.value === slider.max) { clearInterval(timer); timer = 0; }
  }, 150);
});
show();
"""
_PLAY = QT_TRANSLATE_NOOP("Handout", "Play")
_STEP = QT_TRANSLATE_NOOP("Handout", "Step")
_PYTHON = QT_TRANSLATE_NOOP("Handout", "In Python")
_FOOTER = QT_TRANSLATE_NOOP("Handout", "Made with GDM Studio.")


def render_web_page(handout: Handout) -> bytes:
    """Write a handout as HTML in UTF-8, at most MAX_SIZE bytes.

    Raises BadRequest if there are no pictures, or if even small pictures exceed the size.
    """
    if not all(strip.frames for strip in handout.strips) or not handout.strips:
        raise BadRequest("There are no steps to export; choose a run with recorded steps.")
    strips = [_thin_out(strip) for strip in handout.strips]
    frames = [frame for strip in strips for frame in strip.frames]
    some = frames[:: max(1, len(frames) // SAMPLED)]
    for side, quality in SIZES:
        # The size of a few pictures shows whether all pictures can fit.
        expected = sum(len(_encode_data_uri(frame, side, quality)) for frame in some) * len(frames) / len(some)
        if expected > MAX_PICTURES:
            continue
        pictures = [[_encode_data_uri(frame, side, quality) for frame in strip.frames] for strip in strips]
        if sum(len(uri) for uris in pictures for uri in uris) <= MAX_PICTURES:
            break
    else:
        raise BadRequest("The page would be larger than 3 MB; export fewer pictures.")
    page = _render_page(handout, strips, pictures).encode()
    if len(page) > MAX_SIZE:
        raise BadRequest("The page would be larger than 3 MB; export fewer pictures.")
    return page


def spread_indices(count: int) -> list[int]:
    """Choose the steps whose pictures a web page shows: at most MAX_FRAMES of `count` steps, evenly spread. Returns
    their indices.
    """
    if count <= MAX_FRAMES:
        return list(range(count))
    return [round(place * (count - 1) / (MAX_FRAMES - 1)) for place in range(MAX_FRAMES)]


def _thin_out(strip: Strip) -> Strip:
    places = spread_indices(len(strip.frames))
    frames = [strip.frames[place] for place in places]
    captions = [strip.captions[place] for place in places]
    return Strip(strip.title, frames, captions, strip.facts)


def _encode_data_uri(frame: np.ndarray, side: int, quality: int) -> str:
    import numpy as np
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(frame))
    factor = side / max(picture.size)
    if factor < 1:
        size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    data = io.BytesIO()
    picture.save(data, "WEBP", quality=quality)
    return "data:image/webp;base64," + base64.b64encode(data.getvalue()).decode()


def _render_page(handout: Handout, strips: Sequence[Strip], pictures: Sequence[Sequence[str]]) -> str:
    title, words = html.escape(handout.title), handout.words
    step = html.escape(words(_STEP))
    figures = "\n".join(_render_figure(strip, uris) for strip, uris in zip(strips, pictures, strict=True))
    most = max(len(strip.frames) for strip in strips) - 1
    drawn = [(chart.title, _render_chart(chart)) for chart in handout.charts]
    charts = "\n".join(f"<h2>{html.escape(title)}</h2>\n{svg}" for title, svg in drawn if svg)
    hidden = "" if most else " hidden"
    code = "\n\n".join(cell.text.strip() for cell in handout.cells if cell.is_code)
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return f"""<!doctype html>
<html lang="{html.escape(words.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<div class="strips">
{figures}
</div>
<div class="bar"{hidden}>
<button id="play">{html.escape(words(_PLAY))}</button>
<input id="step" type="range" min="0" max="{max(most, 1)}" value="{max(most, 1)}" aria-label="{step}">
</div>
{_render_table(strips)}
{charts}
<h2>{html.escape(words(_PYTHON))}</h2>
<pre>{html.escape(code)}</pre>
<p>{html.escape(words(_FOOTER))}</p>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _render_figure(strip: Strip, uris: Sequence[str]) -> str:
    last = len(uris) - 1
    images = "\n".join(
        f'<img src="{uri}" alt="{html.escape(caption)}"{"" if place == last else " hidden"}>'
        for place, (uri, caption) in enumerate(zip(uris, strip.captions, strict=True))
    )
    caption = f"<figcaption><strong>{html.escape(strip.title)}</strong><br><output></output></figcaption>"
    return f"<figure>\n{images}\n{caption}\n</figure>"


def _render_table(strips: Sequence[Strip]) -> str:
    """Return an HTML table of the runs' settings, with one column per run. Rows with different values are marked."""
    rows = []
    for name in dict.fromkeys(name for strip in strips for name in strip.facts):
        values = [strip.facts.get(name, "–") for strip in strips]
        mark = ' class="differs"' if len(set(values)) > 1 else ""
        cells = "".join(f"<td>{html.escape(value)}</td>" for value in values)
        rows.append(f"<tr{mark}><th>{html.escape(name)}</th>{cells}</tr>")
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _render_chart(chart: Chart) -> str:
    """Draw a chart as SVG, with a linear x axis and a logarithmic y axis.

    Returns "" if there are no positive values.
    """
    curves = [[(x, y) for x, y in curve.points if y > 0 and math.isfinite(y)] for curve in chart.curves]
    points = [point for curve in curves for point in curve]
    if not points:
        return ""
    xs, logs = [x for x, _ in points], [math.log10(y) for _, y in points]
    left, right = min(xs), max(max(xs), min(xs) + 1)
    low, high = math.floor(min(logs)), max(math.ceil(max(logs)), math.floor(min(logs)) + 1)

    def at(x: float, log: float) -> tuple[float, float]:
        across = LEFT + (x - left) / (right - left) * (WIDTH - LEFT - RIGHT)
        return across, TOP + (high - log) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = []
    for level in range(low, high + 1):
        _, y = at(left, level)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#8886"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**level:g}</text>')
    for x in (left, right):
        parts.append(f'<text x="{at(x, low)[0]:.1f}" y="{HEIGHT - 24}" text-anchor="middle">{x:g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 24}" text-anchor="middle">{html.escape(chart.x_title)}</text>')
    across = float(LEFT)
    for place, (curve, shown) in enumerate(zip(chart.curves, curves, strict=True)):
        colour = COLOURS[place % len(COLOURS)]
        path = " ".join("{:.1f},{:.1f}".format(*at(x, math.log10(y))) for x, y in shown)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{across:.0f}" y="{HEIGHT - 4}" fill="{colour}">{html.escape(curve.title)}</text>')
        across += 9 * len(curve.title) + 16
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg>'
