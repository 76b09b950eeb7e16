"""Bundles for Windows and macOS, as far as this system can check them: launchers, properties, the copied Python."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from installer.bundle import portable

ROOT = Path(__file__).parent.parent.parent
UNIX = pytest.mark.skipif(os.name == "nt", reason="a script for sh")


@UNIX
def test_the_application_of_macos_starts_its_own_python(tmp_path: Path) -> None:
    top = tmp_path / "für alle" / "GDM Studio.app"
    launcher = portable.write_app(top, "1.2", ROOT / "resources" / "app" / "gdm-studio.icns")
    properties = plistlib.loads((top / "Contents" / "Info.plist").read_bytes())
    assert properties["CFBundleExecutable"] == launcher.name and properties["CFBundleShortVersionString"] == "1.2"
    assert (top / "Contents" / "Resources" / f"{properties['CFBundleIconFile']}.icns").is_file()
    python = top / "Contents" / "Resources" / "python" / "bin" / "python3"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "${PYTHONPATH-unset}" "$PYTHONNOUSERSITE" "$@"\n')
    python.chmod(0o755)
    environ = os.environ | {"PYTHONPATH": "/elsewhere"}
    shown = subprocess.check_output([launcher, "generate", "two words"], env=environ, text=True, cwd=tmp_path)
    assert shown.splitlines() == ["unset", "1", "-P", "-m", "gdm_studio", "generate", "two words"]


def test_the_icon_of_macos_has_every_size_once() -> None:
    """macOS takes 128@2x from 256, and 256@2x from 512."""
    with Image.open(ROOT / "resources" / "app" / "gdm-studio.icns") as icon:
        sides = [width * scale for width, _, scale in icon.info["sizes"]]
        for size in icon.info["sizes"]:
            assert icon.icns.getimage(size).size == (size[0] * size[2],) * 2  # type: ignore[attr-defined]
    assert sorted(sides) == [32, 64, 128, 256, 512, 1024]


def test_the_scripts_of_windows_start_the_python_beside_them(tmp_path: Path) -> None:
    console = portable.write_scripts(tmp_path / "folder")
    for script, program in ((console, "python.exe"), (console.with_name("GDM Studio.cmd"), "pythonw.exe")):
        text = script.read_bytes()
        assert text.count(b"\n") == text.count(b"\r\n") and text.isascii()
        last = text.decode().splitlines()[-1]
        assert last.removeprefix('start "" ') == f'"%~dp0python\\{program}" -P -m gdm_studio %*'
        assert b"set PYTHONPATH=\r\n" in text


def test_the_copied_python_has_no_packages_and_no_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "base" / "lib" / portable.VERSION
    for name in ("json/decoder.py", "site-packages/mine.py", "test/test_x.py", "tkinter/ui.py"):
        (library / name).parent.mkdir(parents=True)
        (library / name).write_text("")
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "base"))
    python = portable.copy_relocatable(tmp_path / "copy")
    assert python.is_relative_to(tmp_path / "copy")
    found = [path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*.py")]
    assert found == [f"lib/{portable.VERSION}/json/decoder.py"]
