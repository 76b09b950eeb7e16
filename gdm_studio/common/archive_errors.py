"""Errors of Python's archive readers. The installer imports this module, so it needs only the standard library."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib

# All errors that reading a damaged or hostile archive may raise. The readers raise many others than those of their own
# modules: a header inside a header a thousand times is a RecursionError, and a size of 1e999 an OverflowError.
ARCHIVE_ERRORS = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    NotImplementedError,
    lzma.LZMAError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)
