"""OpenMP's manners, and those of torch's memory, set before torch loads; torch-free."""

from __future__ import annotations

import os


def prepare() -> None:
    """Makes idle OpenMP threads sleep instead of spin, and tensors lie in large pages; call before the first `import
    torch`. Settings already in the environment are respected.

    Beside another busy program, spinning workers hold the core that the working one waits for, and two threads
    become many times slower than one. Memory in pages of 4 KiB costs Linux more, when it is first written, than
    filling it does: a network's weights are read in half the time in large ones, and a step of it takes two thirds.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "0")  # libgomp, the runtime inside torch's Linux wheels
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")  # Intel's and LLVM's runtimes
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # torch on Linux: madvise, for tensors from 2 MiB on
