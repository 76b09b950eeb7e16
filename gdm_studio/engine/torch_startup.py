"""Preparations for importing torch: settings and parallel loading of its libraries.

This module does not import torch.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path


def prepare() -> None:
    """Set environment variables so that idle OpenMP threads sleep instead of spin, and matrix products on processors by
    Intel do not depend on the number of threads.

    Call this before the first `import torch`. If other processes are busy, spinning threads would occupy the core that
    the working thread needs. Two threads would then be many times slower than one. Existing environment variables are
    respected.
    """
    # This is for libgomp, the runtime in torch's Linux wheels.
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # These are for the runtimes of Intel and LLVM.
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    if _is_intel():
        # MKL may split the sums of a product with few rows among the threads, and does so on processors with AVX-512.
        # Its strict mode fixes the order of the sums, and was not slower there.
        os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")


def _is_intel() -> bool:
    """Return True if this is a processor by Intel, as far as Linux or Windows tells."""
    if sys.platform == "linux":
        with suppress(OSError), open("/proc/cpuinfo", "rb") as file:
            return b"GenuineIntel" in file.read(1024)
    return "GenuineIntel" in os.environ.get("PROCESSOR_IDENTIFIER", "")


def load_libraries() -> None:
    """Load the largest libraries of torch without blocking other threads. Linux only.

    `import torch` would block them for 0.2 s. `dlopen` is called as a foreign function, which releases the GIL, unlike
    `CDLL(path)`. Errors are ignored, since `import torch` reports them better.
    """
    if sys.platform == "linux" and (torch := find_spec("torch")) is not None and torch.origin:
        dlopen = ctypes.CDLL(None).dlopen
        dlopen.argtypes = [ctypes.c_char_p, ctypes.c_int]
        dlopen.restype = ctypes.c_void_p
        dlopen(os.fsencode(Path(torch.origin).parent / "lib" / "libtorch_cpu.so"), os.RTLD_NOW | os.RTLD_LOCAL)
