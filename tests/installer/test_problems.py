"""Messages for failures of pip and of the file system."""

from __future__ import annotations

import errno

import pytest

from installer.problems import diagnose, sentence


@pytest.mark.parametrize(
    ("log", "about"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'", "permission"),
        (
            "WARNING: Retrying ... NewConnectionError('Failed to establish: [Errno -2] Name or service not known')\n"
            "ERROR: No matching distribution found for torch==2.13.0",
            "index cannot be reached",
        ),
        ("Traceback (most recent call last):\n  ...\nReadTimeoutError: Read timed out.", "index cannot be reached"),
        ("ERROR: No matching distribution found for torch==2.13.0", "no build for this system"),
        ("Collecting x\nERROR: something else\n", "Installing failed: ERROR: something else"),
        ("", "Installing failed."),
    ],
)
def test_a_log_becomes_one_sentence(log: str, about: str) -> None:
    told = diagnose(log, "Installing")
    assert about in told
    assert "\n" not in told


def test_file_errors_name_the_file_and_the_remedy() -> None:
    assert "free some space" in sentence(OSError(errno.ENOSPC, "No space left", "/there"))
    assert "/there" in sentence(PermissionError(errno.EACCES, "denied", "/there"))
    assert sentence(OSError(errno.EIO, "Input/output error")) == "Input/output error."
