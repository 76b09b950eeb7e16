"""Ed25519 signatures of manifests, created and verified by `openssl`, of which a bundle has a copy."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from gdm_studio.common.program_bundle import MANIFEST, SIGNATURE
from installer.console import Outcome, run_captured
from installer.problems import Problem
from installer.system import by_apt

# File in a bundle with the public key, by which the bundle checks its updates.
PUBLIC_KEY = "update-key.pem"
MAKE_KEY = "openssl genpkey -algorithm ed25519 -out KEY.pem"


def write_public_key(key: Path, folder: Path) -> None:
    """Write the public part of a private key into a bundle. Raises Problem."""
    answer = _run_openssl("pkey", "-in", key, "-pubout", "-out", folder / PUBLIC_KEY)
    if not answer.ok or "ED25519" not in _run_openssl("pkey", "-in", key, "-noout", "-text").output:
        raise Problem(f"{key} is not a private Ed25519 key; this line makes one: {MAKE_KEY}")


def sign_manifest(key: Path, folder: Path) -> None:
    """Sign the manifest of a bundle. Raises Problem."""
    answer = _run_openssl(
        "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", folder / MANIFEST, "-out", folder / SIGNATURE
    )
    if not answer.ok:
        raise Problem(f"The manifest could not be signed by {key}: {answer.output.strip()}")


def is_signed(content: bytes, signature: bytes, public_key: Path) -> bool:
    """Return True if the signature of a content is valid. Raises Problem if `openssl` is missing."""
    with tempfile.TemporaryDirectory(prefix="gdm-studio-") as scratch:
        files = [Path(scratch) / name for name in ("content", "signature")]
        for file, data in zip(files, (content, signature), strict=True):
            file.write_bytes(data)
        check = ("pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public_key)
        return _run_openssl(*check, "-in", files[0], "-sigfile", files[1]).ok


def tool(name: str) -> str:
    """Return the path of a command-line tool: the bundle's copy, or the one on PATH. Raises Problem."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        raise Problem(f"The program {name} is missing; install it with: {by_apt(name)}")
    return found


def _run_openssl(*arguments: str | Path) -> Outcome:
    # Settings of the system, such as engines, have no effect here.
    return run_captured([tool("openssl"), *arguments], seconds=60, env=os.environ | {"OPENSSL_CONF": os.devnull})
