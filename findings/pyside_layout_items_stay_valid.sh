#!/bin/sh
# PySide6 6.11.3: the Python object of a layout's item survives the item, and still counts as valid.
#
# `layout.itemAt(0)` returns an object for Qt's item. When the widget is deleted later, Qt deletes the item with it and
# the layout shrinks. shiboken6.isValid answers False for the widget, but True for its item, and the object stays in
# shiboken's table of C++ addresses for as long as Python refers to it. A program that walks through layouts and keeps an
# item in a list, a closure or a traceback may get that QWidgetItem back for another object that Qt creates at the same
# address later ("'QWidgetItem' object has no attribute 'parentWidget'", where a widget was expected). Reading a layout
# by `findChildren`, `children` and `indexOf` creates no such objects.
#
# Seen: "items left: 1; widgets valid: False, False, True; items valid: True, True, True". Exits with an error if the
# behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet PySide6-Essentials==6.11.3
cd "$folder"
QT_QPA_PLATFORM=offscreen venv/bin/python - <<'PYTHON'
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

application = QApplication([])
part = QWidget()
layout = QVBoxLayout(part)
widgets = [QLabel(str(number)) for number in range(3)]
for each in widgets:
    layout.addWidget(each)
items = [layout.itemAt(place) for place in range(3)]
for each in widgets[:2]:
    each.deleteLater()
application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
found = [layout.count(), [isValid(each) for each in widgets], [isValid(each) for each in items]]
print("items left: {}; widgets valid: {}; items valid: {}".format(found[0], *(", ".join(map(str, each)) for each in found[1:])))
assert found == [1, [False, False, True], [True, True, True]]
PYTHON
