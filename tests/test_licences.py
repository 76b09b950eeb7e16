"""Licences of the program and its packages: the list, the texts, and the overlay on the settings page."""

from __future__ import annotations

import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from gdm_studio.common.licences import OWN, Licence, licences
from gdm_studio.common.program_bundle import MANIFEST, PARTS, TEXTS
from gdm_studio.ui.shell.window import Window
from tests.helpers.window import press, run_in_window, until


def by_name() -> dict[str, Licence]:
    return {each.name: each for each in licences()}


def write_package(folder: Path, name: str, metadata: str, files: dict[str, str]) -> None:
    info = folder / f"{name}-1.0.dist-info"
    files = {"METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{metadata}\n", **files}
    for file, text in files.items():
        (info / file).parent.mkdir(parents=True, exist_ok=True)
        (info / file).write_text(text)
    (info / "RECORD").write_text("".join(f"{info.name}/{file},,\n" for file in files))


@pytest.mark.slow
def test_the_own_licence_is_first_and_every_package_follows() -> None:
    own, *others = licences()
    assert own.name == OWN and "Apache License" in own.text() and "Licensed under the Apache License" in own.text()
    installed = {each.name for each in distributions()} - {"gdm-studio"}
    assert {each.name for each in others} == installed
    found = by_name()
    assert "BSD-3-Clause" in found["numpy"].licence and "NumPy Developers" in found["numpy"].text()
    # The package has no text of its own.
    assert found["tokenizers"].licence == "Apache-2.0" and "Apache License" in found["tokenizers"].text()


@pytest.mark.slow
def test_a_bundle_lists_its_other_parts_and_common_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (PARTS, TEXTS, Path("python"), Path("packages")):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / MANIFEST).write_text("{}")
    (tmp_path / PARTS / "Python 3.11.txt").write_text("PSF\f licence")
    (tmp_path / TEXTS / "LGPL-3.0.txt").write_text("LESSER")
    (tmp_path / TEXTS / "GPL-2.0.txt").write_text("GENERAL")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    monkeypatch.syspath_prepend(tmp_path / "packages")
    packages = tmp_path / "packages"
    write_package(packages, "aa", "License: LGPL-3.0-only OR GPL-2.0-only", {})
    write_package(packages, "ab", "License-Expression: MIT", {"licenses/x/COPYING": "one", "LICENSE": "two"})
    write_package(packages, "ac", "Classifier: License :: OSI Approved :: BSD License", {"NOTICE.txt": "x"})
    write_package(packages, "ad", "License: odd", {"LICENSE": "x" * (2**20 + 5)})
    # The remains of a package that was removed in part.
    write_package(packages, "ae", "", {})
    (packages / "ae-1.0.dist-info" / "METADATA").unlink()
    found = by_name()
    assert found["Python 3.11"].text() == "PSF\n licence"
    assert found["aa"].licence == "LGPL-3.0-only OR GPL-2.0-only"
    assert found["aa"].text().split()[::2] == ["LESSER", "GENERAL"]
    assert found["ab"].licence == "MIT" and set(found["ab"].text().split()) >= {"one", "two"}
    assert (found["ac"].licence, found["ac"].text()) == ("BSD License", "x")
    assert len(found["ad"].text()) == 2**20


def test_the_settings_page_shows_licences() -> None:
    async def play(window: Window) -> None:
        window.open_page("settings")
        presenter = window.settings_presenter
        window.settings_page.about.licences.click()
        await until(lambda: presenter.licences_sheet is not None)
        sheet = presenter.licences_sheet
        assert sheet is not None
        await until(lambda: "Licensed under the Apache License" in sheet.text.toPlainText())
        names = [sheet.list.item(row).text() for row in range(sheet.list.count())]
        assert names[0] == OWN and {"torch", "numpy", "PySide6_Essentials"} <= set(names)
        sheet.list.setCurrentRow(names.index("numpy"))
        await until(lambda: "NumPy Developers" in sheet.text.toPlainText())
        press(window, Qt.Key.Key_Escape)
        await until(lambda: presenter.licences_sheet is None)

    run_in_window(play)
