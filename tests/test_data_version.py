"""Data folders of newer versions are refused unchanged, and those of this version and older ones are marked."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from gdm_studio import Studio, __version__
from gdm_studio.cli.main import run
from gdm_studio.common import data_version, paths
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.ui.shell.app import application

MARK = {"format": data_version.FORMAT, "version": __version__}


def write_mark(text: str) -> Path:
    mark = paths.data_dir() / data_version.FILE
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(text)
    return mark


def snapshot() -> dict[str, bytes]:
    home = paths.data_dir().parent
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_a_data_folder_of_a_newer_version_is_refused_and_unchanged(capsys: pytest.CaptureFixture[str]) -> None:
    write_mark(json.dumps({"format": data_version.FORMAT + 1, "version": "7.8.9"}))
    # Settings that this version would take for damaged.
    (paths.data_dir() / "settings.json").write_text('{"theme": {"newer": 1}}')
    before = snapshot()
    for verb in (["doctor"], ["gallery", "list"], ["queue", "list"], ["generate", "a fox"], ["worker"]):
        assert run(verb) == 2
        printed = capsys.readouterr()
        assert printed.out == "" and printed.err.count("\n") == 1
        assert "was made by version 7.8.9 of GDM Studio, and this is version" in printed.err
    for opened in (Gallery.open, lambda: list(Studio().gallery.page())):
        with pytest.raises(StorageError, match=r"made by version 7\.8\.9"):
            opened()
    assert snapshot() == before


def test_the_window_shows_why_it_does_not_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("gdm_studio.common.system_libraries.window_problem", lambda environ: "")
    write_mark(json.dumps({"format": data_version.FORMAT + 1, "version": "<b>\x1b[31m" + "9" * 999}))
    shown = []

    def close() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        shown.append(box.text())
        box.reject()

    app = QApplication.instance() or application()
    QTimer.singleShot(0, close)
    assert run([]) == 2
    assert app is not None
    assert "made by version <b>" in shown[0] and "\x1b" not in shown[0] and len(shown[0]) < 600
    assert "made by version" in capsys.readouterr().err


def test_the_mark_names_the_version_that_made_the_data() -> None:
    with closing(Gallery.open()):
        mark = paths.data_dir() / data_version.FILE
        assert json.loads(mark.read_text()) == MARK
    mark.write_text(json.dumps({"format": data_version.FORMAT, "version": "0.0.1"}))
    with closing(Gallery.open()):
        assert json.loads(mark.read_text())["version"] == "0.0.1"
    older = json.dumps({"format": data_version.FORMAT - 1, "version": "0.0.1"})
    for text in (older, "", "[]", '{"format": "?"}', '{"format": 1e999, "version": ""}', "{" * 9999):
        mark.write_text(text)
        with closing(Gallery.open()):
            assert json.loads(mark.read_text()) == MARK
