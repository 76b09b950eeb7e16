"""Handouts: exports of runs as self-contained web pages or notebooks, for teaching."""

from gdm_studio.learning.handout.handout import Cell, Chart, Curve, Handout, Strip, Words
from gdm_studio.learning.handout.notebook import render_notebook
from gdm_studio.learning.handout.web_page import render_web_page

# The formats by their suffixes.
WRITERS = {".html": render_web_page, ".ipynb": render_notebook}

__all__ = ["WRITERS", "Cell", "Chart", "Curve", "Handout", "Strip", "Words", "render_notebook", "render_web_page"]
