#!/bin/sh
# PySide6 6.11.3 on Linux: the accessible name of a combo box is the text it shows, and never the name it was given.
# Qt's accessibility model says that the name comes from the label, and text fields, number fields and sliders get it
# from setAccessibleName or the label whose buddy they are. QAccessibleComboBox answers a question for the name with the
# value on Unix: `combo.setAccessibleName("Sampler")` has no effect on what a screen reader or a test by AT-SPI is told,
# though `combo.accessibleName()` returns it. A label reaches it as a relation only, and a box without a label through
# its accessible description. Seen: combo boxes, with a label, with a name, and editable: "Euler"; a text field, a
# number field and a slider: "Sampler". Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q PySide6-Essentials==6.11.3
cd "$folder"
QT_QPA_PLATFORM=offscreen "$folder/venv/bin/python" - <<'PYTHON'
import sys

import PySide6
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QComboBox, QFormLayout, QLineEdit, QSlider, QSpinBox, QWidget

application = QApplication([])
window = QWidget()
form = QFormLayout(window)
NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description


def combo(editable=False):
    box = QComboBox(editable=editable)
    box.addItems(["Euler", "Heun"])
    return box


found = {}
for kind, create in {
    "combo box": combo,
    "editable combo box": lambda: combo(editable=True),
    "text field": lambda: QLineEdit("Euler"),
    "number field": QSpinBox,
    "slider": QSlider,
}.items():
    labelled, named = create(), create()
    form.addRow("Sampler", labelled)
    form.addRow(named)
    named.setAccessibleName("Sampler")
    named.setAccessibleDescription("Description")
    told, other = (QAccessible.queryAccessibleInterface(each) for each in (labelled, named))
    labels = [each.text(NAME) for each, _ in told.relations()]
    found[kind] = told.text(NAME), other.text(NAME)
    print(f"{kind}: labelled {told.text(NAME)!r} (relations {labels}), named {other.text(NAME)!r}", end=" ")
    print(f"(description {other.text(DESCRIPTION)!r}, accessibleName() {named.accessibleName()!r})")
print("PySide6", PySide6.__version__, sys.platform)
sys.exit(any(set(names) != {"Euler" if "combo" in kind else "Sampler"} for kind, names in found.items()))
PYTHON
