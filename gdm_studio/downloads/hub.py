"""Files of Hugging Face's hub: their sizes and hashes, and their places in the hub's cache, which other programs share.

`huggingface_hub` is imported only here and in `transfer`, when a download begins. It finds the user's token, the mirror
(HF_ENDPOINT) and the cache (HF_HOME), and knows the errors of the hub.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.downloads.catalogue import HOST, page_of
from gdm_studio.downloads.file_transfer import (
    DownloadError,
    Source,
    check_address,
    http_client,
    present_bytes,
    remove_part,
    too_many_requests,
)
from gdm_studio.models.files.checkpoints import INDEX, PIPELINES, SHARD, SUFFIX, is_weights_name

MAIN = "main"
# Longest wait for the hub's answer about a file, in seconds.
ANSWER_SECONDS = 15.0
# Maximum number of files of a repository that are considered, and that are downloaded.
MOST_LISTED = 20_000
MOST_FILES = 200
_NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}", re.ASCII)
# SHA-1 of a git blob or SHA-256 of a large file, and the SHA-1 of a commit.
_DIGEST = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REVISION = re.compile(r"[\w.-]{1,100}", re.ASCII)
# Small files of a component in diffusers' format, such as configurations and tokenizers.
_SMALL_FILES = (".json", ".txt", ".model")
# Marks of weights in another number type, such as diffusion_pytorch_model.fp16.safetensors.
_VARIANT = re.compile(r"\.(fp16|bf16|fp32|non_ema|ema)(?=[.-])")


@dataclass(frozen=True)
class HubPath:
    """Repository on the hub, or a file in it, at a revision."""

    repository: str
    path: str = ""
    revision: str = MAIN


@dataclass(frozen=True)
class HubFile:
    """File on the hub as the hub describes it, and its place in the cache."""

    hub_path: HubPath
    source: Source
    commit: str
    # Folder of the repository in the cache.
    folder: Path

    @property
    def size(self) -> int:
        """Size in bytes."""
        return self.source.size or 0

    @property
    def blob(self) -> Path:
        """Path of the content in the cache, named by its hash."""
        return self.folder / "blobs" / self.source.digest

    @property
    def part(self) -> Path:
        """Path of the unfinished content."""
        return self.blob.with_name(f"{self.blob.name}.gdm-studio.incomplete")

    @property
    def snapshot(self) -> Path:
        """Folder of the revision in the cache."""
        return self.folder / "snapshots" / self.commit

    @property
    def path(self) -> Path:
        """Path of the file under its own name, which exists only with the whole content."""
        return self.snapshot.joinpath(*self.hub_path.path.split("/"))

    @property
    def is_cached(self) -> bool:
        """True if the cache contains the whole content under its name."""
        return self.path.is_file()

    @property
    def missing_bytes(self) -> int:
        """Number of bytes that have to be downloaded."""
        if self.is_cached or self.blob.is_file():
            return 0
        return max(0, self.size - present_bytes(self.part))

    def move_into_place(self) -> None:
        """Move the complete unfinished file to its place in the cache, and give it its name. Raises StorageError."""
        try:
            if not self.blob.is_file():
                os.replace(self.part, self.blob)
            remove_part(self.part)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._name_blob()
            # Programs without a connection find the revision by this file.
            if not _COMMIT.fullmatch(self.hub_path.revision):
                reference = self.folder / "refs" / self.hub_path.revision
                atomic_files.make_folder(reference.parent)
                atomic_files.write(reference, self.commit.encode())
        except OSError as error:
            raise atomic_files.storage_error(self.blob, error) from error

    def _name_blob(self) -> None:
        if self.is_cached:
            return
        link = self.path.with_name(f".{secrets.token_hex(8)}{atomic_files.PART}")
        try:
            os.symlink(os.path.relpath(self.blob, self.path.parent), link)
        except OSError:
            # Without links, as on Windows, the hub's own client moves the content too.
            os.replace(self.blob, self.path)
        else:
            os.replace(link, self.path)


def parse_hub_path(text: str) -> HubPath | None:
    """Read a repository or a file of the hub: OWNER/NAME, OWNER/NAME/FILE, or an address of the hub or of its mirror.

    Returns None for other texts. Raises BadRequest for an address of the hub that is not a model.
    """
    parts = [unquote(each) for each in text.strip().split("/")]
    is_address = "://" in text
    if is_address:
        address = urlsplit(text.strip())
        if address.netloc.casefold() not in _hub_hosts():
            return None
        parts = [unquote(each) for each in address.path.strip("/").split("/")]
    if len(parts) < 2 or not _NAME.fullmatch(name := "/".join(parts[:2])) or not _are_safe(parts):
        if is_address:
            raise BadRequest(translatable("{url} is not the page of a model; enter the address of one.", url=text))
        return None
    rest = parts[2:]
    if is_address and rest:
        if rest[0] not in ("blob", "resolve", "tree") or len(rest) < 2 or not _REVISION.fullmatch(rest[1]):
            raise BadRequest(translatable("{url} is not the page of a model; enter the address of one.", url=text))
        path = "" if rest[0] == "tree" else "/".join(rest[2:])
        return HubPath(name, path, rest[1])
    return HubPath(name, "/".join(rest))


def _hub_hosts() -> set[str]:
    mirror = urlsplit(os.environ.get("HF_ENDPOINT", "")).netloc.casefold()
    return {HOST, f"www.{HOST}", "hf.co", *filter(None, [mirror])}


def _are_safe(parts: Sequence[str]) -> bool:
    """Return True if none of the parts of a path on the hub could lead out of a folder."""
    return all(each not in ("", ".", "..") and not re.search(r'[\\:\x00-\x1f<>|?*"]', each) for each in parts)


def describe_file(hub_path: HubPath) -> HubFile:
    """Request the size, hash and address of a file from the hub. Raises DownloadError."""
    import huggingface_hub
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name
    from huggingface_hub.utils import build_hf_headers

    endpoint = _endpoint()

    if not _are_safe(hub_path.path.split("/")):
        raise BadRequest(translatable("{name} is not a file of a model; enter another.", name=hub_path.path))
    check_address(endpoint)
    url = huggingface_hub.hf_hub_url(hub_path.repository, hub_path.path, revision=hub_path.revision, endpoint=endpoint)
    name = hub_path.path.rpartition("/")[2]
    with _hub_errors(hub_path):
        found = huggingface_hub.get_hf_file_metadata(url, timeout=ANSWER_SECONDS, endpoint=endpoint)
    digest, commit = found.etag or "", found.commit_hash or ""
    if not (_DIGEST.fullmatch(digest) and _COMMIT.fullmatch(commit)) or found.size is None or found.size < 0:
        raise DownloadError(
            translatable(
                "{host} does not state the size and the hash of {name}; try again later.", host=_host(), name=name
            )
        )
    is_same_host = urlsplit(found.location).netloc == urlsplit(endpoint).netloc
    headers = build_hf_headers() if is_same_host else {}
    folder = Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=hub_path.repository, repo_type="model")
    source = Source(found.location, name, headers, found.size, digest)
    return HubFile(hub_path, source, commit, folder)


def choose_files(hub_path: HubPath) -> list[HubPath]:
    """Return the files of a model on the hub: the given file, a pipeline in diffusers' format, or the only weight file
    of the repository.

    Raises DownloadError, and BadRequest if the repository has several weight files.
    """
    if hub_path.path:
        return [hub_path]
    from huggingface_hub import HfApi

    endpoint = _endpoint()
    check_address(endpoint)
    with _hub_errors(hub_path):
        info = HfApi(endpoint=endpoint).model_info(
            hub_path.repository, revision=hub_path.revision, timeout=ANSWER_SECONDS
        )
    listed = [each.rfilename for each in info.siblings or ()][:MOST_LISTED]
    names = [name for name in listed if _are_safe(name.split("/"))]
    # All files are taken from the revision of the list.
    commit = info.sha if info.sha and _COMMIT.fullmatch(info.sha) else hub_path.revision
    index = next((name for name in PIPELINES if name in names), None)
    chosen = _choose_weights(hub_path.repository, names) if index is None else _choose_pipeline(index, names)
    return [HubPath(hub_path.repository, name, commit) for name in chosen[:MOST_FILES]]


def _choose_pipeline(index: str, names: Sequence[str]) -> list[str]:
    """Return the files of a pipeline in diffusers' format: its list of components and, of each component, the
    configuration and one set of weights, preferably in safetensors and without a variant.
    """
    folders: dict[str, list[str]] = {}
    for name in names:
        if name.count("/") == 1:
            folders.setdefault(name.partition("/")[0], []).append(name)
    chosen = [index]
    for inside in folders.values():
        chosen += [name for name in inside if name.endswith(_SMALL_FILES) and not INDEX.fullmatch(name)]
        weights = [name for name in inside if is_weights_name(name)]
        safe = [name for name in weights if name.endswith(SUFFIX)] or weights
        plain = [name for name in safe if not _VARIANT.search(name)] or safe
        if not plain:
            continue
        shards = [name for name in plain if SHARD.search(name)]
        whole = [name for name in plain if name not in shards]
        if whole:
            chosen.append(min(whole, key=lambda name: (len(name), name)))
        else:
            model = SHARD.sub("", shards[0])
            chosen += [name for name in shards if SHARD.sub("", name) == model]
            chosen += [name for name in inside if (found := INDEX.fullmatch(name)) and found[1].startswith(model)]
    return chosen


def _choose_weights(repository: str, names: Sequence[str]) -> list[str]:
    weights = [name for name in names if is_weights_name(name)]
    if len(weights) == 1:
        return weights
    if not weights:
        raise DownloadError(translatable("{name} contains no weight files; choose another model.", name=repository))
    some = ", ".join(weights[:5])
    template = QT_TRANSLATE_NOOP(
        "Errors", "{name} has {count} weight files; add one to its name, as in {name}/{file} (there are: {some})."
    )
    raise BadRequest(translatable(template, name=repository, count=len(weights), file=weights[0], some=some))


def _endpoint() -> str:
    """Return the address of the hub or of the user's mirror."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or f"https://{HOST}"


def _host() -> str:
    return urlsplit(_endpoint()).hostname or HOST


@contextmanager
def _hub_errors(hub_path: HubPath) -> Iterator[None]:
    """Convert the errors of the hub's client to a DownloadError with a sentence that says what to do."""
    import httpx2
    from huggingface_hub import errors

    name = hub_path.repository
    http_client()
    try:
        yield
    except errors.GatedRepoError as error:
        template = QT_TRANSLATE_NOOP(
            "Errors",
            "{name} asks everyone to accept its licence: open {page}, accept it there, log in with `hf auth login`, "
            "and start the download again.",
        )
        raise DownloadError(translatable(template, name=name, page=page_of(name))) from error
    except errors.RepositoryNotFoundError as error:
        raise _unknown_repository(name) from error
    except (errors.RevisionNotFoundError, errors.EntryNotFoundError) as error:
        what = hub_path.path or hub_path.revision
        raise DownloadError(
            translatable("{name} on {host} has no {file}; check the name.", name=name, host=_host(), file=what)
        ) from error
    except errors.OfflineModeIsEnabled as error:
        template = QT_TRANSLATE_NOOP(
            "Errors", "HF_HUB_OFFLINE forbids connections to the hub; unset it, then start the download again."
        )
        raise DownloadError(translatable(template)) from error
    except errors.HfHubHTTPError as error:
        raise _status_error(error.response, name) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        template = QT_TRANSLATE_NOOP(
            "Errors", "{host} cannot be reached ({reason}); check the connection, then start the download again."
        )
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise DownloadError(translatable(template, host=_host(), reason=reason)) from error


def _unknown_repository(name: str) -> DownloadError:
    """Return the error for a repository that does not exist or is private. The hub does not say which."""
    template = QT_TRANSLATE_NOOP(
        "Errors",
        "{host} has no public model {name}; check the name, or log in with `hf auth login` if it is private.",
    )
    return DownloadError(translatable(template, host=_host(), name=name))


def _status_error(response: object, name: str) -> DownloadError:
    """Return the error for a status of the hub that its client does not explain."""
    status = int(getattr(response, "status_code", 0))
    headers = getattr(response, "headers", {})
    if status == 401 and not headers.get("X-Error-Message"):
        return _unknown_repository(name)
    if status == 401:
        template = QT_TRANSLATE_NOOP(
            "Errors",
            "{host} does not accept your access token; log in again with `hf auth login`, or remove HF_TOKEN.",
        )
        return DownloadError(translatable(template, host=_host()))
    if status == 429:
        return too_many_requests(_host(), headers)
    if status == 403:
        template = QT_TRANSLATE_NOOP(
            "Errors", "{host} forbids the download of {name}; check the rights of your access token and of the page."
        )
        return DownloadError(translatable(template, host=_host(), name=name))
    template = QT_TRANSLATE_NOOP("Errors", "{host} has a problem (status {status}); try again later.")
    return DownloadError(translatable(template, host=_host(), status=status))
