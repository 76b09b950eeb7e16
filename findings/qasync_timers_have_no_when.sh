#!/bin/sh
# qasync 0.28.0 with PySide6 6.11.3: `call_later` and `call_at` of its event loop return a plain asyncio.Handle.
#
# asyncio promises a TimerHandle, whose `when()` tells the time of the call on the loop's clock, and the loops of the
# standard library and uvloop return one. Code that keeps a timer to see whether an earlier one is needed
# (`if timer.when() > due: timer.cancel()`), a common pattern of idle timers and caches, works in a command-line program
# and raises AttributeError in a Qt program with qasync. `asyncio.timeout(…).when()` is not affected, since it keeps the
# time itself.
#
# Seen: "asyncio: TimerHandle, when() True; qasync: Handle, when() False". Exits with an error if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet PySide6-Essentials==6.11.3 qasync==0.28.0
QT_QPA_PLATFORM=offscreen "$folder/venv/bin/python" - <<'PYTHON'
import asyncio

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

application = QApplication([])


async def found():
    loop = asyncio.get_running_loop()
    timers = [loop.call_later(60, print), loop.call_at(loop.time() + 60, print)]
    for each in timers:
        each.cancel()
    (kind,) = {(type(each).__name__, hasattr(each, "when")) for each in timers}
    return kind


with QEventLoop(application) as loop:
    seen = [asyncio.run(found()), loop.run_until_complete(found())]
print("asyncio: {}, when() {}; qasync: {}, when() {}".format(*seen[0], *seen[1]))
assert seen == [("TimerHandle", True), ("Handle", False)]
PYTHON
