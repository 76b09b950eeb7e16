"""The style sheet in widgets that Qt makes itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from gdm_studio.ui.theme.style_sheet import style_sheet
from tests.helpers.widgets import mute_platform, theme, wait_until


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_completions_of_a_file_dialog_have_the_background_of_a_panel(scheme: str, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    look = theme()
    look.set_scheme(scheme)
    dialog = QFileDialog(None, "", str(tmp_path), options=QFileDialog.Option.DontUseNativeDialog)
    with mute_platform():
        dialog.show()
        completer = dialog.findChild(QLineEdit).completer()
        completer.setCompletionPrefix("pic")
        popup = completer.popup()
        popup.show()
        wait_until(popup.isVisible)
        shown = popup.grab().toImage()
        popup.hide()
        dialog.close()
    middle = shown.pixelColor(shown.width() // 2, shown.height() // 2)
    assert middle == look.colour("panel")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_disabled_buttons_of_every_role_look_disabled(scheme: str) -> None:
    look = theme()
    look.set_scheme(scheme)
    roles = set(re.findall(r'QPushButton\[role="([\w-]+)"\]', style_sheet(look.tokens)))
    assert "inline-accent" in roles
    box = QWidget()
    buttons = [(QPushButton("Use 20", box), QPushButton("Use 20", box)) for _ in roles]
    for role, pair in zip(roles, buttons, strict=True):
        for button in pair:
            button.setProperty("role", role)
            button.resize(120, 40)
        pair[1].setEnabled(False)
    with mute_platform():
        box.show()
        same = {
            role
            for role, (enabled, disabled) in zip(roles, buttons, strict=True)
            if enabled.grab().toImage() == disabled.grab().toImage()
        }
        box.close()
    assert not same
