"""Errors of readers of malformed files. The installer imports this module, so it needs only the standard library."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib

# Equal to MALFORMED of `errors`, which the installer cannot import.
MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    struct.error,
)
# All errors that reading a damaged or hostile archive may raise. The readers raise many others than those of their own
# modules: a header inside a header a thousand times is a RecursionError, and a size of 1e999 an OverflowError.
ARCHIVE_ERRORS = (
    *MALFORMED,
    OSError,
    EOFError,
    NotImplementedError,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)
# All errors besides OSError that Pillow may raise for a damaged image or its EXIF data.
IMAGE_ERRORS = (*MALFORMED, SyntaxError, EOFError, AssertionError, RuntimeError, zlib.error)
