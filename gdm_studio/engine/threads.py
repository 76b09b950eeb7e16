"""What is done before torch loads: OpenMP's manners, and its libraries beside the other threads; torch-free."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path


def prepare() -> None:
    """Makes idle OpenMP threads sleep instead of spin; call before the first `import torch`.

    Beside another busy program, spinning workers hold the core that the working one waits for, and two threads
    become many times slower than one. Settings already in the environment are respected.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "0")  # libgomp, the runtime inside torch's Linux wheels
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")  # Intel's and LLVM's runtimes


def load_libraries() -> None:
    """Loads the largest of torch's libraries while other threads go on: `import torch` would hold them up for 0.2 s.

    Only on Linux. `dlopen` is called as any foreign function is, without the interpreter's lock; `CDLL(path)` would
    keep it. What cannot be loaded is left to `import torch`, which says more of it.
    """
    if sys.platform == "linux" and (torch := find_spec("torch")) is not None and torch.origin:
        dlopen = ctypes.CDLL(None).dlopen
        dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
        dlopen(os.fsencode(Path(torch.origin).parent / "lib" / "libtorch_cpu.so"), os.RTLD_NOW | os.RTLD_LOCAL)
