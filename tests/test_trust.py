"""Proofs of the statements under Permissions: no plugins, no generated code, files as installed.

`test_no_network` proves that no network is used.
"""

from __future__ import annotations

import ast
import base64
import hashlib
from pathlib import Path

import pytest

from gdm_studio import doctor, preferences
from gdm_studio.common.program_integrity import FileCheck, check_files
from gdm_studio.doctor import BAD, OK
from gdm_studio.ui.settings.about import Capabilities
from gdm_studio.ui.settings.entries import CAPABILITIES
from gdm_studio.ui.shell.window import Window
from tests.helpers.source_tree import OURS, imports, syntax_nodes
from tests.helpers.window import run_in_window, until

# Functions that run code from data or from other packages.
GENERATED = {"exec", "eval", "compile", "__import__", "entry_points", "runpy.run_path", "pickle.load", "pickle.loads"}


@pytest.mark.slow
def test_there_are_no_plugins_and_no_generated_code() -> None:
    words = {function.rpartition(".")[2] for function in (*GENERATED, "torch.load")}
    for name, path in OURS.items():
        calls = [node for node in syntax_nodes(path, words) if isinstance(node, ast.Call)]
        assert not {ast.unparse(call.func) for call in calls} & GENERATED, name
        loads = [call for call in calls if ast.unparse(call.func) == "torch.load"]
        assert all("weights_only=True" in map(ast.unparse, call.keywords) for call in loads), name
        assert "importlib.metadata.entry_points" not in imports(name, path), name


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return the package of an installed wheel of two files."""
    package = tmp_path / "gdm_studio"
    info = tmp_path / "gdm_studio-1.0.dist-info"
    (package / "cli").mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("a = 1\n")
    (package / "cli" / "main.py").write_text("b = 2\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gdm-studio\nVersion: 1.0\n")
    lines = []
    for name in ("__init__.py", "cli/main.py"):
        digest = hashlib.sha256((package / name).read_bytes()).digest()
        lines.append(f"gdm_studio/{name},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},6\n")
    (info / "RECORD").write_text("".join(lines) + "gdm_studio-1.0.dist-info/RECORD,,\n")
    return package


def test_every_change_of_an_installed_file_is_found(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_files(installed) == FileCheck(2)
    (installed / "__init__.py").write_text("a = 3\n")
    (installed / "cli" / "main.py").unlink()
    (installed / "cli" / "evil.py").write_text("")
    check = check_files(installed)
    assert check == FileCheck(2, ("__init__.py",), ("cli/main.py",), ("cli/evil.py",)) and not check.is_intact
    monkeypatch.setattr(doctor, "check_files", lambda: check)
    finding = doctor.check_program_files()
    assert (
        finding.state == BAD and "3 differ from what was installed" in finding.value and "cli/evil.py" in finding.value
    )


def test_a_source_tree_has_no_list() -> None:
    assert check_files().count == 0 and "source tree" in doctor.check_program_files().value


def test_the_settings_page_states_what_the_program_can_do() -> None:
    async def play(window: Window) -> None:
        window.open_page("settings")
        page = window.settings_page
        await until(lambda: "Plugins" in texts(page.capabilities))
        assert "opens no connection" in texts(page.capabilities) and "never run" in texts(page.capabilities)
        page.rows["remote_devices"].changed.emit("remote_devices", "gpubox, me@tower")
        await until(lambda: "for gpubox, me@tower" in texts(page.capabilities))
        page.search.setText("permissions")
        assert [card.isHidden() for _, card, _ in page._cards].count(False) == 1 and not page.capabilities.isHidden()

    run_in_window(play)
    assert preferences.load().remote_devices and {each.state for each in doctor.list_capabilities()} == {OK}
    assert CAPABILITIES == "Permissions"


def texts(card: Capabilities) -> str:
    return " ".join(row.accessibleName() for row in card.findChildren(object) if hasattr(row, "accessibleName"))
