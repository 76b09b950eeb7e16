"""Disk with room for every test, whatever the disk of this machine has free.

The program and the installer compare the free space with the size of what they are about to write, which tests make up.
A test of a full disk replaces `shutil.disk_usage` itself.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

TOTAL_BYTES = 10**12
FREE_BYTES = TOTAL_BYTES // 2


def pretend_room() -> None:
    """Let `shutil.disk_usage` report `FREE_BYTES` in this process. For a missing folder it raises OSError as before."""
    usage = shutil.disk_usage

    def roomy_usage(path: int | str | os.PathLike[str]) -> Any:
        return usage(path)._replace(total=TOTAL_BYTES, used=TOTAL_BYTES - FREE_BYTES, free=FREE_BYTES)

    shutil.disk_usage = roomy_usage
