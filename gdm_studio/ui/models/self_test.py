"""Self-test of the selected model in a separate process: a button with the progress, and the report."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QProcess, Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.models.installed.model_table import ModelTableRow, prompt_text_of
from gdm_studio.self_test.report import BAD, OK, TITLES
from gdm_studio.ui.models.program_process import create_process, end_process, start_program
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import labelled, translate
from gdm_studio.ui.widgets import ActionButton

# Most characters of an error message that are shown.
MOST_CHARACTERS = 400


@dataclass
class _Result:
    """Result of the self-test of a model: its findings, or the reason why the test failed."""

    findings: list[dict[str, Any]]
    images: int = 0
    error: str = ""


class ModelCheck(QObject):
    """Controller of a button that tests the selected model in a separate process, or cancels the test.

    One model is tested at a time. Reports are kept until the window is closed. Signals: `started()` before the process
    of a test loads the model; `reported()` when the report on the displayed model has changed.
    """

    started = Signal()
    reported = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._line: ModelTableRow | None = None
        # The tested model, "" for none, and the progress of its test.
        self._tested_name = ""
        self._progress = (0, 1)
        self._results: dict[str, _Result] = {}
        self._process: QProcess | None = None
        self.button = ActionButton(
            theme,
            self.tr("Check"),
            tooltip=self.tr("Test the VAE, the denoising and the prompts on a few pictures"),
            parent=parent,
        )
        self.button.clicked.connect(self._on_button)

    def show_line(self, line: ModelTableRow | None) -> None:
        """Set the model whose test report is shown. The button is visible only for models and LoRAs."""
        self._line = line
        is_adapter = line is not None and prompt_text_of(line).startswith("<")
        self.button.setVisible(line is not None and (line.card is not None or is_adapter))
        self._show()

    def report(self) -> list[str]:
        """Return the lines of the test report on the selected model. The list is empty if the model has not been
        tested.
        """
        result = self._results.get(self._line.name) if self._line is not None else None
        if result is None:
            return []
        if result.error:
            return [result.error]
        head = self.tr("No fault found.")
        if any(each["state"] == BAD for each in result.findings):
            head = self.tr("There is a fault:")
        elif not any(each["state"] == OK for each in result.findings):
            head = self.tr("Nothing could be checked.")
        return [head, *map(_finding_text, result.findings)]

    def stop(self) -> None:
        """Cancel the test of a model that is running, by ending its process."""
        if (process := self._process) is not None:
            self._process = None
            self._tested_name = ""
            end_process(process)
            self._show()

    def _on_button(self) -> None:
        if self._process is not None:
            self.stop()
        elif self._line is not None:
            self._start(self._line.name)

    def _start(self, name: str) -> None:
        self._tested_name = name
        self._progress = (0, 1)
        if self._results.pop(name, None) is not None:
            self.reported.emit()
        process = self._process = create_process(self)
        process.readyReadStandardOutput.connect(lambda: self._read(process))
        process.finished.connect(lambda: self._on_end(process))
        process.errorOccurred.connect(lambda error: self._on_error(process, error))
        self.started.emit()
        start_program(process, "models", "check", "--json", "--", name)
        self._show()

    def _read(self, process: QProcess) -> None:
        while process is self._process and process.canReadLine():
            with suppress(ValueError, KeyError, TypeError):
                event = json.loads(bytes(process.readLine().data()))
                if event["event"] == "progress":
                    self._progress = event["done"], event["total"]
                elif event["event"] == "report":
                    self._results[self._tested_name] = _Result(event["findings"], event["images"])
                self._show()

    def _on_error(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._on_end(process)

    def _on_end(self, process: QProcess) -> None:
        if process is not self._process:
            return
        self._read(process)
        if self._tested_name not in self._results:
            said = bytes(process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
            text = (
                said[-1].removeprefix("gdm-studio: ") if said else self.tr("The check ended unexpectedly; try again.")
            )
            self._results[self._tested_name] = _Result([], error=text[:MOST_CHARACTERS])
        self._process = None
        self._tested_name = ""
        process.deleteLater()
        self._show()
        self.reported.emit()

    def _show(self) -> None:
        name = self._line.name if self._line is not None else ""
        running = self._process is not None
        text = self.tr("Check")
        if running and name == self._tested_name:
            done, total = self._progress
            text = self.tr("Cancel the check ({percent} %)").format(percent=round(100 * done / max(total, 1)))
        self.button.setText(text)
        self.button.setEnabled(not running or name == self._tested_name)


def _finding_text(finding: dict[str, Any]) -> str:
    """Return a finding of a model's self-test as a sentence in the language of the window."""
    values = {
        name: translate("Prediction", translate("ModelCheck", str(value))) for name, value in finding["values"].items()
    }
    text = translate("ModelCheck", finding["text"]).format(**values)
    title = translate("ModelCheck", TITLES.get(finding["check"], finding["check"]))
    return labelled(title, text)
