"""Job that writes the images of a prompt file as shards. Its state is in the target alone, so that any computer can
resume it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.file_lock import FileLock
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.common.text_safety import to_ascii_json
from gdm_studio.jobs.finished_log import RequestClaims
from gdm_studio.jobs.prompt_batch import PromptLine
from gdm_studio.jobs.shards.shard import Block, ShardSettings, load_or_rebuild_record
from gdm_studio.jobs.shards.shard_file import DEFAULT_SIZE, FORMATS, MAX_SIZE, WEBDATASET, check_format
from gdm_studio.jobs.shards.target import FolderTarget, Target
from gdm_studio.request.generation_request import Request

VERSION = 1
_MAX_HEADER = 2**16
_UNSAFE = re.compile(r"[^\w.-]", re.ASCII)


class ShardJob(RequestClaims, AbstractContextManager["ShardJob"]):
    """Job that writes shards to a target, and the finished images there.

    A new job stores its id, format and size in the target; a resumed one reads them, together with the records of its
    shards. `form` and `size`, the images per shard, are None for the stored or default ones. In a folder, the job is
    locked until `close`. On other targets, two processes with the same job do the same work, but still write each shard
    once. Raises StudioError.
    """

    def __init__(self, target: Target, name: str, *, form: str | None, size: int | None) -> None:
        if size is not None and not 1 <= size <= MAX_SIZE:
            raise BadRequest(f"--shard-size must be from 1 to {MAX_SIZE}, not {size}.")
        check_format(form or WEBDATASET)
        self.target = target
        # Number of finished images and shards of earlier runs.
        self.count = 0
        self.shard_count = 0
        stem = _UNSAFE.sub("_", name) or "prompts"
        self._lock: FileLock | None = None
        if isinstance(target, FolderTarget):
            self._lock = FileLock.take(target.folder / f"__{stem}" / ".lock")
            if self._lock is None:
                raise BadRequest(f"Another GDM Studio is writing shards of {name} to {target.text}; wait for it.")
            target.remove_abandoned()
        super().__init__()
        try:
            self.settings, self.size = self._load_or_create_header(stem, form, size)
            self.job = self.settings.job
            check_format(self.settings.form)
            self._claim_recorded_images()
        except BaseException:
            self.close()
            raise

    def iter_blocks(self, requests: Iterable[tuple[int, Request]]) -> Iterator[Block]:
        """Yield the unfinished images of (line number, request) pairs in blocks.

        The place of an image in the file decides about its block, whether or not others are finished. A resumed job
        therefore has the same blocks as an interrupted one, whose workers may still write some of them.
        """
        lines: list[PromptLine] = []
        place = 0
        for number, request in requests:
            digests: dict[int, str] = {}
            for image in range(request.count):
                digest = request.picture(image).digest()
                if self.claim(digest):
                    digests[image] = digest
                place += 1
                is_full = place % self.size == 0
                if digests and (is_full or image == request.count - 1):
                    lines.append(PromptLine(number, request, tuple(digests), digests))
                    digests = {}
                if is_full and lines:
                    yield Block.of(self.settings.stem, place // self.size - 1, lines)
                    lines = []
        if lines:
            yield Block.of(self.settings.stem, place // self.size, lines)

    def close(self) -> None:
        """Release the lock of the job."""
        self._database.close()
        if self._lock is not None:
            self._lock.release()

    def __exit__(self, *failure: object) -> None:
        self.close()

    def _load_or_create_header(self, stem: str, form: str | None, size: int | None) -> tuple[ShardSettings, int]:
        """Return the settings of the job and the images per shard, as stored in the target."""
        settings = ShardSettings(self.target.text, stem, self.job, form or WEBDATASET)
        name = settings.header
        header = {"version": VERSION, "job": self.job, "format": settings.form, "size": size or DEFAULT_SIZE}
        data = f"{to_ascii_json(header)}\n".encode()
        if self.target.create(name, lambda file: file.write(data)):
            return settings, size or DEFAULT_SIZE
        address = self.target.address(name)
        try:
            header = parse_json(self.target.read(name, _MAX_HEADER))
            is_newer = int(header["version"]) > VERSION
            stored = replace(settings, job=uuid.UUID(hex=header["job"]).hex, form=str(header["format"]))
            stored_size = int(header["size"])
            is_sound = is_newer or (stored.form in FORMATS and 1 <= stored_size <= MAX_SIZE)
        except MALFORMED as error:
            raise StorageError(f"{address} is damaged; choose another target.") from error
        if is_newer:
            raise StorageError(f"{address} was written by a newer GDM Studio; update this one.")
        if not is_sound:
            raise StorageError(f"{address} is damaged; choose another target.")
        if form not in (None, stored.form) or size not in (None, stored_size):
            raise BadRequest(
                f"The shards in {self.target.text} were started with --shard-format {stored.form} and --shard-size "
                f"{stored_size}; use these, or choose another target."
            )
        return stored, stored_size

    def _claim_recorded_images(self) -> None:
        """Claim the images of all shards in the target. A shard without a record, whose writer was killed, gets one."""
        sizes = self.target.sizes()
        records = self.target.sizes(self.settings.folder)
        suffix = FORMATS[self.settings.form]
        pattern = re.compile(re.escape(self.settings.stem) + r"-\d{6,}-[0-9a-f]{16}")
        shards = {name.removesuffix(suffix) for name in sizes if name.endswith(suffix)}
        recorded = {name.removesuffix(".json") for name in records if name.endswith(".json")}
        for name in sorted(name for name in shards | recorded if pattern.fullmatch(name)):
            record = load_or_rebuild_record(self.target, self.settings, name)
            # The images of a shard that the user moved or deleted are not generated again.
            if name in shards and sizes[name + suffix] != record.size:
                raise StorageError(
                    f"{self.target.address(record.file)} has {sizes[name + suffix]} bytes instead of {record.size}; "
                    f"delete it and its record in {self.settings.folder}, and start the command again."
                )
            self.shard_count += 1
            self.count += sum(self.claim(digest) for _, _, digest in record.images)
