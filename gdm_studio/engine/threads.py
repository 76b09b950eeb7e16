"""OpenMP's manners, set before torch loads; torch-free."""

from __future__ import annotations

import os


def prepare() -> None:
    """Makes idle OpenMP threads sleep instead of spin; call before the first `import torch`.

    Beside another busy program, spinning workers hold the core that the working one waits for, and two threads
    become many times slower than one. Settings already in the environment are respected.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "0")  # libgomp, the runtime inside torch's Linux wheels
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")  # Intel's and LLVM's runtimes
