"""The style sheet in widgets that Qt makes itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit

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
