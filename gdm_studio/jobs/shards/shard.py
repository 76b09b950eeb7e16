"""Shard of a prompt file: the images of a block of lines in one file, with a record of what it contains."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.common.text_safety import to_ascii_json
from gdm_studio.gallery.image_encoding import encode_image
from gdm_studio.gallery.metadata import a1111_parameters
from gdm_studio.gallery.metadata import record as ours
from gdm_studio.gallery.saved_image import build_record
from gdm_studio.jobs.finished_log import build_picture_id
from gdm_studio.jobs.prompt_batch import PromptLine
from gdm_studio.jobs.shards.shard_file import FORMATS, Sample, compute_digest, read_facts, write_shard
from gdm_studio.jobs.shards.target import Target
from gdm_studio.request.generation_events import Result

VERSION = 1
# Upper bound of a record in bytes. An image takes less than 100.
MAX_RECORD = 2**24
# Hex digits of the digest in the name of a shard.
_NAME_DIGITS = 16


@dataclass(frozen=True)
class ShardSettings:
    """Settings that all shards of a prompt file share."""

    # The path or URL of the target, as `open_target` reads it.
    target: str
    # The start of the names of the shards.
    stem: str
    # The id of the job, from which the ids of the images are computed, as hex digits.
    job: str
    # A key of FORMATS.
    form: str

    @property
    def folder(self) -> str:
        """The folder of the records in the target. Readers of data sets ignore folders that start with "__"."""
        return f"__{self.stem}"

    @property
    def header(self) -> str:
        """The file in the target that stores these settings."""
        return f"{self.folder}/job.json"


@dataclass(frozen=True, eq=False)
class Block:
    """Lines of a prompt file whose images become one shard. `name` is the name of the shard without a suffix; equal
    images in an equal place of the file have an equal name.
    """

    name: str
    lines: Sequence[PromptLine]

    @classmethod
    def of(cls, stem: str, index: int, lines: Sequence[PromptLine]) -> Block:
        digests = "".join(line.digests[image] for line in lines for image in line.images)
        digest = hashlib.sha256(digests.encode()).hexdigest()[:_NAME_DIGITS]
        return cls(f"{stem}-{index:06}-{digest}", lines)


@dataclass(frozen=True)
class ShardRecord:
    """Record of a shard, which is stored beside it as JSON: its file with its SHA-256, the (line, image, digest) of
    each image in order, and the (line, reason) of the lines that failed.
    """

    # The name of the shard's file.
    file: str
    sha256: str
    size: int
    images: Sequence[tuple[int, int, str]]
    failed: Sequence[tuple[int, str]] = ()

    def to_json(self) -> str:
        return to_ascii_json(
            {
                "version": VERSION,
                "shard": self.file,
                "sha256": self.sha256,
                "bytes": self.size,
                "images": self.images,
                "failed": self.failed,
            }
        )

    @classmethod
    def from_json(cls, text: bytes) -> ShardRecord:
        """Parse a record. Raises the errors of MALFORMED."""
        values = parse_json(text)
        if values["version"] > VERSION:
            raise ValueError("a newer GDM Studio wrote it; update this one")
        images = [(int(line), int(image), bytes.fromhex(digest).hex()) for line, image, digest in values["images"]]
        failed = [(int(line), str(reason)) for line, reason in values["failed"]]
        return cls(str(values["shard"]), str(values["sha256"]), int(values["bytes"]), images, failed)


@dataclass(frozen=True)
class BlockResult:
    """The result of a block: the record of its shard, or None if all its lines failed, and the errors by line."""

    block: Block
    record: ShardRecord | None
    failed: Sequence[tuple[int, StudioError]] = field(default_factory=tuple)

    @classmethod
    def of(
        cls, block: Block, record: ShardRecord | None, failed: Sequence[tuple[int, StudioError]] = ()
    ) -> BlockResult:
        """Return the result of a block. If another process has written its shard in the meantime, lines that are not in
        it count as failed.
        """
        if record is None:
            return cls(block, None, failed)
        contained = {digest for _, _, digest in record.images}
        lacking = {line.number for line in block.lines if not contained.issuperset(line.digests.values())}
        reasons = dict(record.failed)
        unknown = "It failed in another run; start the command again."
        known = [(line, error) for line, error in failed if line in lacking]
        others = sorted(lacking - {line for line, _ in known})
        return cls(block, record, [*known, *((line, StudioError(reasons.get(line, unknown))) for line in others)])


class ShardBuilder:
    """Builder of one shard. It collects images in any order in a temporary file, and writes them in the order of the
    prompt file.
    """

    def __init__(self, settings: ShardSettings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._spool: IO[bytes] = tempfile.TemporaryFile(prefix="gdm-studio-")  # noqa: SIM115 - open until `close`
        # {(line, image): (digest, key, start in the spool, bytes of the image, bytes of its settings)}
        self._samples: dict[tuple[int, int], tuple[str, str, int, int, int]] = {}
        self._failed_lines: list[tuple[int, str]] = []

    def add(self, line: int, digest: str, result: Result) -> None:
        """Encode an image and add it. Raises StorageError."""
        key = build_picture_id(self._settings.job, digest)
        record = build_record(result, key, round(time.time(), 6))
        _, png = encode_image(result.rgba, record, result.request)
        facts = to_ascii_json(_build_facts(line, digest, result, record)).encode()
        try:
            start = self._spool.seek(0, 2)
            self._spool.write(png)
            self._spool.write(facts)
            self._spool.flush()
        except OSError as error:
            raise atomic_files.storage_error(Path(tempfile.gettempdir()), error) from error
        self._samples[line, result.image] = (digest, key, start, len(png), len(facts))

    def fail(self, line: int, reason: str) -> None:
        """Add a line that failed, for the record."""
        self._failed_lines.append((line, reason))

    def write(self, target: Target) -> ShardRecord | None:
        """Write the shard and its record to the target, and return the record. If the shard exists, its own record is
        returned. Returns None if there is no image. Raises StorageError.
        """
        if not self._samples:
            return None
        facts: tuple[str, int] = ("", 0)

        def write_file(file: IO[bytes]) -> None:
            nonlocal facts
            facts = write_shard(file, self._settings.form, self._iterate_samples())

        file = self._name + FORMATS[self._settings.form]
        if not target.create(file, write_file):
            return load_or_rebuild_record(target, self._settings, self._name)
        images = [(line, image, self._samples[line, image][0]) for line, image in sorted(self._samples)]
        record = ShardRecord(file, *facts, images, sorted(self._failed_lines))
        _write_record(target, self._settings, self._name, record)
        return record

    def close(self) -> None:
        self._spool.close()

    def _iterate_samples(self) -> Iterator[Sample]:
        for place in sorted(self._samples):
            _, key, start, png, facts = self._samples[place]
            self._spool.seek(start)
            yield Sample(key, self._spool.read(png), self._spool.read(facts))


def load_or_rebuild_record(target: Target, settings: ShardSettings, name: str) -> ShardRecord:
    """Return the record of an existing shard. If it is missing, because its writer was killed, it is computed from the
    shard and written. Raises StorageError if the shard or its record is damaged.
    """
    if target.exists(_record_name(settings, name)):
        return load_record(target, settings, name)
    file = name + FORMATS[settings.form]
    with target.open(file) as content:
        sha256, size = compute_digest(content)
    try:
        with target.open(file) as content:
            images = [_parse_place(facts) for facts in read_facts(content, settings.form)]
    except (*MALFORMED, StudioError) as error:
        raise StorageError(
            f"{target.address(file)} is damaged; delete it, and start the command again ({error})."
        ) from error
    record = ShardRecord(file, sha256, size, images)
    _write_record(target, settings, name, record)
    return record


def load_record(target: Target, settings: ShardSettings, name: str) -> ShardRecord:
    """Return the record of a shard. Raises StorageError if it cannot be read."""
    path = _record_name(settings, name)
    try:
        return ShardRecord.from_json(target.read(path, MAX_RECORD))
    except MALFORMED as error:
        address = target.address(path)
        raise StorageError(
            f"{address} is damaged; delete it, so that it is written again from its shard ({error})."
        ) from error


def _write_record(target: Target, settings: ShardSettings, name: str, record: ShardRecord) -> None:
    data = f"{record.to_json()}\n".encode()
    target.create(_record_name(settings, name), lambda file: file.write(data))


def _record_name(settings: ShardSettings, name: str) -> str:
    return f"{settings.folder}/{name}.json"


def _parse_place(facts: Mapping[str, Any]) -> tuple[int, int, str]:
    return int(facts["line"]), int(facts["image_index"]), bytes.fromhex(facts["digest"]).hex()


def _build_facts(line: int, digest: str, result: Result, record: ours.Record) -> dict[str, Any]:
    """Return the settings of an image for its JSON file: those that most readers want, and all that its PNG has."""
    height, width = result.rgba.shape[:2]
    request = result.request
    version = f"{ours.TOOL} {record.app}"
    text = a1111_parameters.write_text(request, size=(width, height), version=version, made_with=record.made_with)
    return {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "seed": request.seed,
        "width": width,
        "height": height,
        "line": line,
        "image_index": result.image,
        "digest": digest,
        a1111_parameters.CHUNK: text,
        ours.CHUNK: json.loads(record.to_json()),
    }
