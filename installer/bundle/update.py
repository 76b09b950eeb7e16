"""Update of an installed bundle from an archive.

The archive begins with the signed manifest, so nothing that is not signed is unpacked. The new version is unpacked
beside the one in use, compared with its manifest, and tried. Then one rename switches to it. A kill at any moment
leaves the old version or the new one in use, and the next update removes the remains.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from gdm_studio.common.archive_errors import ARCHIVE_ERRORS
from gdm_studio.common.program_bundle import MANIFEST, MAX_BYTES, SIGNATURE, check_bundle, parse_manifest
from installer.bundle.installation import (
    LAUNCHER,
    PARTIAL,
    VERSIONS,
    Installation,
    Journal,
    manifest_of,
    version_name,
)
from installer.bundle.signature import PUBLIC_KEY, is_signed, tool
from installer.bundle.trial import try_program
from installer.console import report
from installer.problems import Problem, require_room

_SIGNATURE_BYTES = 1024
# Bytes that a file takes in an archive in addition to its content: headers, a long name and padding.
_FILE_OVERHEAD = 4096
# Number of folders and links in an archive that the manifest does not list, at most.
_EXTRA_FILES = 10_000
_CHUNK = 2**20


@dataclass(frozen=True)
class _Manifest:
    """Manifest at the beginning of an archive, whose signature is valid."""

    # Path of the version in the archive.
    folder: PurePosixPath
    content: bytes
    signature: bytes


class _LimitedSource:
    """Stream that fails once more than `left` bytes were read, so that a file cannot fill memory or disk."""

    def __init__(self, stream: IO[bytes], left: int) -> None:
        self._stream = stream
        self.left = left

    def read(self, size: int) -> bytes:
        self.left -= size
        if self.left < 0:
            raise tarfile.ReadError("the archive is too long")
        return self._stream.read(size)


def update(bundle: Path, archive: Path) -> None:
    """Replace a bundle by the version in an archive.

    Raises Problem if the archive is refused or the new version fails. The bundle is then still in use.
    """
    installation = Installation.containing(bundle)
    with installation.alone():
        installation.clean()
        old = installation.current
        new = _unpack(installation, bundle, archive)
        if new == old:
            report("This version is already installed.")
            return
        # From here on, the disk has all of the new version, even after a power failure.
        os.sync()
        installation.record(Journal(new, old))
        installation.switch(new)
        installation.clean()
    report(f"Updated to {new}. Until its second start, --rollback goes back to {old}.")


def _unpack(installation: Installation, bundle: Path, archive: Path) -> str:
    """Unpack, check and try the version in an archive, and return its name. Raises Problem."""
    with _iterate_members(archive) as (members, source):
        manifest = _read_manifest(members, bundle, archive)
        facts = _collect_facts(manifest, bundle, archive)
        name = version_name(facts["version"], manifest.content)
        if name == installation.current:
            return name
        if (installation.versions / name).exists():
            raise Problem(
                f"{installation.versions / name} is there already; close the program that runs from it, use --rollback "
                "to go back to it, or move it away."
            )
        require_room(installation.place, facts["bytes"] / 1e9, "The new version")
        source.left = facts["bytes"] + (len(facts["files"]) + _EXTRA_FILES) * _FILE_OVERHEAD
        report(f"Unpacking {name} ...")
        folder = installation.versions / f"{PARTIAL}{name}"
        folder.mkdir()
        try:
            (folder / MANIFEST).write_bytes(manifest.content)
            (folder / SIGNATURE).write_bytes(manifest.signature)
            _extract(members, manifest.folder, facts["files"], folder)
            report("Checking and trying it ...")
            check = check_bundle(folder)
            if not check.is_intact:
                raise Problem(f"{archive} does not contain {check.missing[0]}, which it lists; download it again.")
            try_program(folder / LAUNCHER, facts["version"], scratch=installation.versions)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    folder.rename(installation.versions / name)
    return name


@contextmanager
def _iterate_members(archive: Path) -> Iterator[tuple[tarfile.TarFile, _LimitedSource]]:
    """Open a .tar.zst for reading from its beginning to its end. Raises Problem if it is damaged.

    The source is limited to the bytes that a manifest and its signature take.
    """
    if not archive.is_file():
        raise Problem(f"There is no file {archive}; name the archive of the new version.")
    command: list[str | Path] = [tool("zstd"), "--decompress", "--stdout", "--quiet", archive]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        source = _LimitedSource(process.stdout, MAX_BYTES + _EXTRA_FILES * _FILE_OVERHEAD)
        try:
            with ExitStack() as stack:
                with _report_damage():
                    members = stack.enter_context(tarfile.open(fileobj=cast(IO[bytes], source), mode="r|"))
                yield members, source
        except tarfile.TarError as error:
            raise Problem(f"{archive} is damaged or not an archive of GDM Studio; download it again.") from error
        finally:
            process.kill()


@contextmanager
def _report_damage() -> Iterator[None]:
    """Raise every error of reading an archive as a TarError, which `_iterate_members` explains to the user."""
    try:
        yield
    except ARCHIVE_ERRORS as error:
        raise tarfile.ReadError(f"{type(error).__name__}: {error}") from error


def _read_next(members: tarfile.TarFile) -> tarfile.TarInfo | None:
    """Return the next file of an archive, or None at its end. Raises TarError."""
    with _report_damage():
        return members.next()


def _read_manifest(members: tarfile.TarFile, bundle: Path, archive: Path) -> _Manifest:
    """Read the manifest at the beginning of an archive. Raises Problem if its signature is missing or wrong."""
    public_key = bundle / PUBLIC_KEY
    if not public_key.is_file():
        raise Problem("This version was built without a key for updates; unpack the new version to another folder.")
    first, content = _read_small(members, MAX_BYTES)
    path = PurePosixPath(first)
    if path.name != MANIFEST or path.parent.parent.name != VERSIONS:
        raise Problem(f"{archive} is not an archive of GDM Studio for updates; choose another file.")
    second, signature = _read_small(members, _SIGNATURE_BYTES)
    if second != str(path.with_name(SIGNATURE)):
        raise Problem(f"{archive} is not signed, so it is not installed; download it from the project.")
    if not is_signed(content, signature, public_key):
        raise Problem(f"The signature of {archive} is wrong, so it is not installed; download it from the project.")
    return _Manifest(path.parent, content, signature)


def _read_small(members: tarfile.TarFile, most: int) -> tuple[str, bytes]:
    """Return name and content of the next file, or two empty values if there is none of at most `most` bytes."""
    member = _read_next(members)
    if member is None or not member.isreg() or not 0 <= member.size <= most:
        return "", b""
    with _report_damage():
        return member.name, _open_content(members, member).read()


def _collect_facts(manifest: _Manifest, bundle: Path, archive: Path) -> dict[str, Any]:
    """Return the fields of a signed manifest. Raises Problem if they do not suit the installed bundle."""
    own = manifest_of(bundle)
    try:
        facts = parse_manifest(manifest.content)
        number, own_number = map(_release, (facts["version"], own["version"]))
        facts["bytes"] = int(facts["bytes"])
    except (ValueError, LookupError, TypeError, ArithmeticError) as error:
        raise Problem(f"The manifest of {archive} is malformed; use a newer archive.") from error
    if any(facts.get(key) != own.get(key) for key in ("name", "system")):
        raise Problem(f"{archive} is for {facts.get('system')}, and this computer needs {own.get('system')}.")
    if number < own_number:
        raise Problem(
            f"{archive} has version {facts['version']}, which is older than the installed {own['version']}; "
            "unpack it to another folder to use it."
        )
    return facts


def _release(version: str) -> tuple[int, ...]:
    """Parse a version such as 0.2.0 into its numbers. Raises ValueError."""
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})*", version):
        raise ValueError(f"malformed version {version!r}")
    return tuple(map(int, version.split(".")))


def _extract(members: tarfile.TarFile, root: PurePosixPath, files: Mapping[str, str], to: Path) -> None:
    """Write the files of a version whose hashes are in the manifest. Raises Problem at the first other file."""
    # Iterating would begin with the members that were read before.
    while (member := _read_next(members)) is not None:
        path = PurePosixPath(member.name)
        if member.isdir() or not path.is_relative_to(root):
            continue
        name = str(path.relative_to(root))
        target = to / name
        digest = files.get(name)
        if digest is not None and not os.path.lexists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            if member.issym() and digest == f"-> {member.linkname}":
                target.symlink_to(member.linkname)
                continue
            if member.isreg() and _write(_open_content(members, member), target, member.mode) == digest:
                continue
        raise Problem(f"{name} in the archive is not the listed file; download the archive again.")


def _write(source: IO[bytes], target: Path, mode: int) -> str:
    """Write a file, executable if `mode` says so, and return the SHA-256 of its content."""
    found = hashlib.sha256()
    with target.open("xb") as file:
        while chunk := _read(source):
            found.update(chunk)
            file.write(chunk)
    target.chmod(0o755 if mode & 0o100 else 0o644)
    return found.hexdigest()


def _read(source: IO[bytes]) -> bytes:
    with _report_damage():
        return source.read(_CHUNK)


def _open_content(members: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    with _report_damage():
        content = members.extractfile(member)
    assert content is not None
    return content
