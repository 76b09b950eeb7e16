"""Writer of tests/data/parity: the steps of public implementations with a small denoiser.

It runs these implementations with our noise levels, and no other code of this program:

    pip install .[parity] && pip install --no-deps k-diffusion && python -m tests.parity.write
"""

from __future__ import annotations

import json
from importlib.metadata import version

from tests.parity import by_diffusers, by_k_diffusion
from tests.parity.numbers import FOLDER, SPACINGS, save

MADE_BY = {
    "k-diffusion": (by_k_diffusion.cases, ("k-diffusion", "torch", "scipy", "numpy")),
    "diffusers": (by_diffusers.cases, ("diffusers", "torch", "numpy")),
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (cases, packages) in MADE_BY.items():
        save(FOLDER / f"{name}.npz", cases(), versions={package: version(package) for package in packages})
    made = [spacing for room in (by_k_diffusion, by_diffusers) for spacing in room.spacings()]
    tables: list[list[float]] = []
    entries = []
    for name, table, visited in made:
        if table not in tables:
            tables.append(table)
        entries.append({"spacing": name, "table": tables.index(table), "visited": _rounded(visited, 8)})
    found = {"tables": [_rounded(table, 10) for table in tables], "spacings": entries}
    SPACINGS.write_text(json.dumps(found, separators=(",", ":")), encoding="utf-8")


def _rounded(numbers: list[float], digits: int) -> list[float]:
    return [float(f"{number:.{digits}g}") for number in numbers]


if __name__ == "__main__":
    main()
