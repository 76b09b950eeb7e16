"""Handouts: exports of runs as self-contained web pages or notebooks, for teaching."""

from gdm_studio.learning.handout.handout import Cell, Chart, Curve, Handout, Strip, Words
from gdm_studio.learning.handout.notebook import notebook
from gdm_studio.learning.handout.web_page import web_page

# The formats by their suffixes.
WRITERS = {".html": web_page, ".ipynb": notebook}

__all__ = ["WRITERS", "Cell", "Chart", "Curve", "Handout", "Strip", "Words", "notebook", "web_page"]
