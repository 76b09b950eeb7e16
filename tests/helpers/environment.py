"""Environment of the tests, without what a machine sets for its own programs.

Proxies, tokens, folders, and settings of Python, torch and the desktop change what the program does. A test of such a
variable sets it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

# Variables that come from the caller, or the start of their names: where programs and temporary files are, the graphics
# cards, what the processor can do, the screen, the time zone, and those of pytest.
KEPT = ("ATEN_CPU_CAPABILITY", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "ONEDNN_MAX_CPU_ISA", "PATH", "PYTHONPATH")
KEPT += ("QT_QPA_PLATFORM", "TMPDIR", "TZ")
# Variables of the X server, which matter if the caller has named a platform.
SCREEN = ("DISPLAY", "XAUTHORITY")
KEPT_STARTS = ("CUDA_", "HIP_", "NVIDIA_", "PYTEST_", "ROCR_")
# Variable with the path of a folder that all processes of a test run share. It is removed at the end.
SHARED_FOLDER = "PYTEST_SHARED_FOLDER"
# Central Europe, with daylight saving time.
ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"


def set_up(home: Path) -> None:
    """Reduce the environment of this process and its children to the variables above, a home folder and a language.

    Windows needs many of its variables, so that all stay there.
    """
    if sys.platform != "win32":
        kept = KEPT + SCREEN if "QT_QPA_PLATFORM" in os.environ else KEPT
        for name in list(os.environ):
            if name not in kept and not name.startswith(KEPT_STARTS):
                del os.environ[name]
        home.mkdir()
        os.environ |= {"HOME": str(home), "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"}
        os.environ.setdefault("TZ", ZONE)
        time.tzset()
    os.umask(0o022)
