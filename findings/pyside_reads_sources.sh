#!/bin/sh
# PySide6 6.11: once PySide6 is imported, it reads the source file of every module that is imported later.
#
# Its import hook looks for the word "PySide6" in the source, by inspect.getsource, to know whether the module could use
# `from __feature__ import …`. So a file with a thousand lines costs more than a short one although its bytecode is
# cached, about 0.4 ms per module, and a program of 300 modules starts 0.1 s later. What it found is in a dictionary by
# the module's name, and a module that is in there before its import is not read.
#
# Seen: "read: later.py; marked before: nothing". Exits with an error if the behaviour changes.
set -eu
# The modules have to be imported from their bytecode.
unset PYTHONDONTWRITEBYTECODE
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet PySide6-Essentials==6.11.3
cd "$folder"
echo "value = 1" > later.py
echo "value = 2" > marked.py
venv/bin/python -c "import later, marked"
venv/bin/python - <<'PYTHON'
import sys

opened = []
sys.addaudithook(lambda name, args: opened.append(str(args[0])) if name == "open" else None)
sys.path.insert(0, "")

import PySide6.QtCore
from shibokensupport.feature import pyside_feature_dict

pyside_feature_dict["marked"] = -1
import later
import marked

found = [[name for name in (f"{module}.py",) if any(path.endswith(f"/{name}") or path == name for path in opened)]
         for module in ("later", "marked")]
print("read: {}; marked before: {}".format(*(" ".join(names) or "nothing" for names in found)))
assert found == [["later.py"], []], opened[-10:]
PYTHON
