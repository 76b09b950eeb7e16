"""Transfer of one file over HTTP, which resumes after a cut line or in a later process, and verifies the result.

The client of `huggingface_hub` is used, so that proxies and certificates are those of its other requests. Its own
function `hf_hub_download` is not: in version 2.4.0 it deletes an unfinished file when a call ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.common.file_lock import FileLock
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable

if TYPE_CHECKING:
    import httpx2

CHUNK = 2**20
# Bytes after which the file is flushed to the disk. A file without a known hash resumes from there.
SYNC_BYTES = 64 * 2**20
# Attempts without at least PROGRESS new bytes before a transfer fails.
ATTEMPTS = 4
PROGRESS = 2**20
MAX_REDIRECTS = 8
# Seconds to connect, and to wait for the next bytes.
CONNECT_SECONDS = 15.0
READ_SECONDS = 30.0
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_REDIRECTS = (301, 302, 303, 307, 308)
# Statuses of a server that may work again a moment later.
_TEMPORARY = (408, 500, 502, 503, 504)


class DownloadError(StudioError):
    """Error of a download. Bytes that were received stay on the disk, so that another call resumes."""

    title = QT_TRANSLATE_NOOP("Errors", "The model was not downloaded")


class _LostConnection(Exception):
    """Lost connection, after which the transfer is resumed."""


@dataclass(frozen=True)
class Source:
    """File to download: its address, and what is known about it in advance."""

    url: str
    name: str
    # Headers for the address's own host, such as an authorisation. They are not sent to other hosts.
    headers: Mapping[str, str] = field(default_factory=dict)
    # Size in bytes, or None if only the server of the file states it.
    size: int | None = None
    # SHA-256, or SHA-1 of a git blob, as hex digits, or "" if unknown.
    digest: str = ""


def check_address(url: str) -> None:
    """Raise DownloadError unless an address uses https, or http to this computer."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises ValueError
    except ValueError:
        host = ""
        parts = urlsplit("")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL_HOSTS)):
        raise DownloadError(
            translatable("{url} is not an https address; models are only downloaded by https.", url=url)
        )


def present_bytes(part: Path) -> int:
    """Return the number of bytes of an unfinished file that are on the disk."""
    with suppress(OSError):
        return os.stat(part).st_size
    return 0


def fetch(source: Source, part: Path) -> Iterator[tuple[int, int]]:
    """Download a file into `part`, resuming what is there, and yield (received bytes, size) now and then.

    After the last item, `part` has the stated size and hash. Raises DownloadError or StorageError; what was received
    stays in `part` unless it is wrong.
    """
    check_address(source.url)
    atomic_files.make_folder(part.parent)
    lock = FileLock.take(part.with_name(f"{part.name}.lock"))
    if lock is None:
        raise DownloadError(
            translatable("{name} is being downloaded by another window or command; wait for it.", name=source.name)
        )
    try:
        with _PartFile(part, source) as file:
            yield from _fetch_repeatedly(source, file)
            file.check()
    except OSError as error:
        raise atomic_files.storage_error(part, error) from error
    finally:
        lock.release()


def _fetch_repeatedly(source: Source, file: _PartFile) -> Iterator[tuple[int, int]]:
    failures = 0
    while not file.is_complete:
        before = file.received
        try:
            yield from _fetch_once(source, file)
        except _LostConnection as error:
            failures = 0 if file.received - before >= PROGRESS else failures + 1
            if failures >= ATTEMPTS:
                host = urlsplit(source.url).hostname or source.url
                raise DownloadError(
                    translatable(
                        "The connection to {host} was lost ({reason}); start the download again to resume it.",
                        host=host,
                        reason=error,
                    )
                ) from error


def _fetch_once(source: Source, file: _PartFile) -> Iterator[tuple[int, int]]:
    """Request the missing bytes of a file once, append the received ones, and yield (received bytes, size or 0). May
    raise _LostConnection.
    """
    import httpx2

    try:
        with closing(_open_response(source, file)) as response:
            file.accept(response)
            yield file.received, file.size or 0
            # Without a chunk size, nothing that has arrived is lost when the line is cut.
            for chunk in response.iter_raw():
                file.append(chunk)
                yield file.received, file.size or 0
    except httpx2.TransportError as error:
        raise _LostConnection(str(error) or type(error).__name__) from error
    if not file.is_complete:
        raise _LostConnection(f"{file.received} of {file.size} bytes arrived")


def _open_response(source: Source, file: _PartFile) -> httpx2.Response:
    """Send the request for the missing bytes, follow redirects, and return the open response.

    Every address on the way must be allowed. Raises DownloadError for a status that another attempt would not change.
    """
    import httpx2

    client = http_client()
    url = source.url
    headers = {"Accept-Encoding": "identity", **source.headers, **file.range_headers()}
    timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    for _ in range(MAX_REDIRECTS):
        check_address(url)
        request = client.build_request("GET", url, headers=headers, timeout=timeout)
        response = client.send(request, stream=True, follow_redirects=False)
        if response.status_code not in _REDIRECTS or "location" not in response.headers:
            try:
                check_status(response.status_code, source.name, url, response.headers)
            except BaseException:
                response.close()
                raise
            return response
        response.close()
        target = urljoin(url, response.headers["location"])
        if urlsplit(target).netloc != urlsplit(url).netloc:
            headers = {
                name: value for name, value in headers.items() if name.casefold() not in _list_private_headers(source)
            }
        url = target
    raise DownloadError(translatable("{name} cannot be downloaded: its address leads in circles.", name=source.name))


def http_client() -> httpx2.Client:
    """Return the HTTP client of the hub's library. Raises DownloadError if the environment's proxy cannot be used."""
    from huggingface_hub.utils import get_session

    try:
        return get_session()
    except (ImportError, ValueError) as error:
        # SOCKS needs another package; other addresses are misspelt.
        template = QT_TRANSLATE_NOOP(
            "Errors",
            "The proxy in ALL_PROXY, HTTPS_PROXY or HTTP_PROXY cannot be used, because its address does not begin with "
            "http; name an HTTP proxy there, or unset the variable.",
        )
        raise DownloadError(translatable(template)) from error


def _list_private_headers(source: Source) -> set[str]:
    return {name.casefold() for name in source.headers}


def check_status(status: int, name: str, url: str, headers: Mapping[str, str]) -> None:
    """Raise DownloadError with a sentence for a status that is an error, and _LostConnection for a temporary one."""
    host = urlsplit(url).hostname or url
    if status in (401, 403):
        template = QT_TRANSLATE_NOOP(
            "Errors",
            "{host} refuses {name} without permission ({status}); check the address, or log in with "
            "`hf auth login`, and start the download again.",
        )
        raise DownloadError(translatable(template, host=host, name=name, status=status))
    if status in (404, 410):
        raise DownloadError(
            translatable(
                "{host} has no file {name} ({status}); check the address.", host=host, name=name, status=status
            )
        )
    if status == 429:
        raise too_many_requests(host, headers)
    if status in _TEMPORARY:
        raise _LostConnection(f"status {status}")
    if status not in (200, 206, 416):
        raise DownloadError(
            translatable(
                "{host} answers with status {status} instead of {name}; try again later.",
                host=host,
                status=status,
                name=name,
            )
        )


def too_many_requests(host: str, headers: Mapping[str, str]) -> DownloadError:
    """Return the error for a server that refuses further requests for some time."""
    wait = headers.get("retry-after", "")
    if wait.isascii() and wait.isdecimal() and len(wait) < 6:
        template = QT_TRANSLATE_NOOP(
            "Errors", "{host} refuses more requests for {seconds} seconds; resume the download after that."
        )
        return DownloadError(translatable(template, host=host, seconds=int(wait)))
    template = QT_TRANSLATE_NOOP("Errors", "{host} refuses more requests for now; resume the download later.")
    return DownloadError(translatable(template, host=host))


class _PartFile:
    """Unfinished file on the disk with the hash of its content. A file beside it has what a later process needs to
    resume: the server's validator, and the number of bytes that are safely on the disk.
    """

    def __init__(self, path: Path, source: Source) -> None:
        self.path = path
        self.size = source.size
        self.received = 0
        self._source = source
        self._state_path = path.with_name(f"{path.name}.state")
        self._validator = ""
        self._synced_bytes = 0
        self._hash: Any = None
        self._file: IO[bytes]

    def __enter__(self) -> _PartFile:
        self._file = open(self.path, "a+b")  # noqa: SIM115 - closed by __exit__
        try:
            self._restore()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            with suppress(OSError, ValueError):
                self._sync()
        finally:
            self._file.close()

    @property
    def is_complete(self) -> bool:
        """True if as many bytes were received as the file has."""
        return self.size is not None and self.received == self.size

    def range_headers(self) -> dict[str, str]:
        """Return the headers of a request for the missing bytes."""
        if not self.received:
            return {}
        headers = {"Range": f"bytes={self.received}-"}
        # The hash, if it is known, shows whether the file is still the same. Mirrors differ in their validators.
        has_validator = self._validator and not self._source.digest
        return headers | {"If-Range": self._validator} if has_validator else headers

    def accept(self, response: httpx2.Response) -> None:
        """Prepare the file for the content of a response, which begins at its end or replaces it. Raises DownloadError
        if the response is not for a file of the stated size.
        """
        found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        if response.status_code == 416 or (response.status_code == 206 and found is None):
            # Nothing is known about the file as it is now.
            self._restart()
            raise _LostConnection("the server does not resume")
        if found is not None and response.status_code == 206:
            start, total = int(found[1]), int(found[3])
            if start != self.received:
                self._restart()
                raise _LostConnection("the server does not resume")
        else:
            self._restart()
            length = response.headers.get("content-length", "")
            if not (length.isascii() and length.isdecimal()):
                if self.size is None:
                    raise DownloadError(
                        translatable(
                            "The server does not state the size of {name}; download it with a browser.",
                            name=self._source.name,
                        )
                    )
                total = self.size
            else:
                total = int(length)
        if self.size is not None and total != self.size:
            raise self._delete_wrong_content()
        self.size = total
        self._require_room()
        self._validator = _validator_of(response)
        self._save_state()

    def append(self, data: bytes) -> None:
        """Append received bytes. Raises DownloadError if the file becomes longer than stated."""
        if self.size is not None and self.received + len(data) > self.size:
            raise self._delete_wrong_content()
        self._file.write(data)
        self.received += len(data)
        if self._hash is not None:
            self._hash.update(data)
        if self.received - self._synced_bytes >= SYNC_BYTES:
            self._sync()

    def check(self) -> None:
        """Flush the complete file to the disk. Raises DownloadError if its hash is not the stated one."""
        if self._hash is not None and self._hash.hexdigest() != self._source.digest:
            raise self._delete_wrong_content()
        self._file.flush()
        os.fsync(self._file.fileno())

    def _restore(self) -> None:
        """Continue with the bytes of an earlier process, as far as they can be trusted."""
        present = os.fstat(self._file.fileno()).st_size
        state = self._load_state()
        self._validator = state["validator"]
        if not self._source.digest:
            # Without a hash, the server has to confirm that the file is still the same.
            present = min(present, state["synced"]) if self._validator else 0
        if self.size is not None and present > self.size:
            present = 0
        self._file.truncate(present)
        self._start_hash()
        self._file.seek(0)
        while self._hash is not None and (data := self._file.read(CHUNK)):
            self._hash.update(data)
        self._file.seek(present)
        self.received = self._synced_bytes = present

    def _restart(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self.received = self._synced_bytes = 0
        self._start_hash()

    def _start_hash(self) -> None:
        digest = self._source.digest
        if len(digest) == 64:
            self._hash = hashlib.sha256()
        elif digest and self.size is not None:
            self._hash = hashlib.sha1(b"blob %d\0" % self.size, usedforsecurity=False)

    def _delete_wrong_content(self) -> DownloadError:
        """Delete the content, which is not the stated file, and return the error."""
        self._restart()
        template = QT_TRANSLATE_NOOP(
            "Errors",
            "The server sent another file than the {name} that it announced; this was deleted, try again later.",
        )
        return DownloadError(translatable(template, name=self._source.name))

    def _require_room(self) -> None:
        if self.size is not None:
            require_room(self.path.parent, self.size - self.received)

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._synced_bytes = self.received
        self._save_state()

    def _load_state(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, KeyError, TypeError, StorageError):
            state = json.loads(atomic_files.read(self._state_path, max_bytes=10_000))
            return {"validator": str(state["validator"]), "synced": int(state["synced"])}
        return {"validator": "", "synced": 0}

    def _save_state(self) -> None:
        state = {"validator": self._validator, "synced": self._synced_bytes}
        atomic_files.write(self._state_path, json.dumps(state).encode(), durable=False)


def remove_part(part: Path) -> None:
    """Delete an unfinished file and what belongs to it."""
    for path in (part, part.with_name(f"{part.name}.state")):
        with suppress(OSError):
            path.unlink()


def require_room(folder: Path, size: int) -> None:
    """Raise DownloadError if the disk of a folder, which need not exist, has fewer than `size` free bytes."""
    from shutil import disk_usage

    place = next((each for each in (folder, *folder.parents) if each.is_dir()), folder)
    try:
        free = disk_usage(place).free
    except OSError as error:
        raise atomic_files.storage_error(place, error) from error
    if free < size:
        raise DownloadError(
            translatable(
                "The disk of {folder} has {free} GB free, but {size} GB are needed; free some space, then try again.",
                folder=folder,
                free=round(free / 1e9, 1),
                size=round(size / 1e9, 1),
            )
        )


def _validator_of(response: httpx2.Response) -> str:
    """Return the text by which a later request asks whether the file is still the same, or "" if there is none."""
    tag: str = response.headers.get("etag", "")
    if tag.startswith('"') and len(tag) < 1000:
        return tag
    date: str = response.headers.get("last-modified", "")
    return date[:100] if not tag else ""
