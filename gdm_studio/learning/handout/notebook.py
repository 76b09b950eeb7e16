"""Writer of handouts as Jupyter notebooks, whose code runs with this package."""

from __future__ import annotations

import json
from typing import Any

from gdm_studio.learning.handout.handout import Cell, Handout


def render_notebook(handout: Handout) -> bytes:
    """Write a handout as a Jupyter notebook (nbformat 4.5, JSON in UTF-8) without outputs."""
    cells = [_build_cell(f"cell-{place}", cell) for place, cell in enumerate(handout.cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    found = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _build_cell(name: str, cell: Cell) -> dict[str, Any]:
    shared: dict[str, Any] = {"id": name, "metadata": {}, "source": cell.text.strip().splitlines(keepends=True)}
    if cell.is_code:
        return {"cell_type": "code", "execution_count": None, "outputs": [], **shared}
    return {"cell_type": "markdown", **shared}
