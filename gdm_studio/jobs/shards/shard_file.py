"""File formats of shards: WebDataset (tar) and Parquet.

WebDataset groups consecutive members of a tar archive by the part of their names before the first dot, so that
`KEY.png` and `KEY.json` are one sample. The Parquet files have the columns of `_build_schema`, of which `image` has the
form of the feature `Image` of Hugging Face's `datasets`.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from gdm_studio.common.archive_errors import ARCHIVE_ERRORS
from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.common.json_reader import parse_json
from gdm_studio.common.optional_packages import missing_package

WEBDATASET = "webdataset"
PARQUET = "parquet"
# {format: suffix of its files}
FORMATS = {WEBDATASET: ".tar", PARQUET: ".parquet"}
# Images per shard: the default and the maximum.
DEFAULT_SIZE = 256
MAX_SIZE = 10_000
# Upper bound of the settings of one image in bytes, for reading files.
MAX_FACTS = 2**24
# Images per row group of a Parquet file, which limits the memory of its writer and readers.
_ROWS = 64
_FACT_COLUMNS = ("prompt", "negative_prompt", "seed", "width", "height", "line", "image_index", "digest")


@dataclass(frozen=True)
class Sample:
    """One image of a shard: its key, its PNG file, and its settings as JSON."""

    key: str
    png: bytes
    facts: bytes


class _DigestingFile(io.RawIOBase):
    """Write-only file that passes all bytes on, and computes their SHA-256 and number."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self._file.write(view)
        self.digest.update(view)
        self.size += len(view)
        return len(view)

    def tell(self) -> int:
        return self.size


def check_format(form: str) -> None:
    """Raise StudioError if the package of a format is missing."""
    if form == PARQUET:
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError as error:
            raise StudioError(missing_package("parquet")) from error


def write_shard(file: IO[bytes], form: str, samples: Iterable[Sample]) -> tuple[str, int]:
    """Write samples as a shard, and return its (SHA-256 as hex digits, size in bytes). Equal samples give equal bytes.

    Raises OSError.
    """
    out = _DigestingFile(file)
    if form == PARQUET:
        _write_parquet(out, samples)
    else:
        _write_tar(out, samples)
    return out.digest.hexdigest(), out.size


def read_facts(file: IO[bytes], form: str) -> Iterator[dict[str, Any]]:
    """Yield the settings of each image of a shard. Raises StorageError if the shard is damaged."""
    try:
        yield from _read_parquet(file) if form == PARQUET else _read_tar(file)
    except ARCHIVE_ERRORS as error:
        raise StorageError(f"a shard is damaged ({error}); delete it, and start the command again.") from error


def compute_digest(file: IO[bytes]) -> tuple[str, int]:
    """Return the (SHA-256 as hex digits, size in bytes) of a file."""
    digest = hashlib.sha256()
    size = 0
    while block := file.read(2**20):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _write_tar(out: _DigestingFile, samples: Iterable[Sample]) -> None:
    import tarfile

    # A USTAR header has fixed owner, mode and time, so that the bytes depend on the samples alone.
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.USTAR_FORMAT) as tar:
        for sample in samples:
            for suffix, content in ((".png", sample.png), (".json", sample.facts)):
                member = tarfile.TarInfo(sample.key + suffix)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))


def _read_tar(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    import tarfile

    with tarfile.open(fileobj=file, mode="r|") as tar:
        for member in tar:
            if member.name.endswith(".json") and member.isfile():
                if member.size > MAX_FACTS:
                    raise ValueError(f"{member.name} is too large")
                content = tar.extractfile(member)
                assert content is not None
                yield dict(parse_json(content.read()))


def _write_parquet(out: _DigestingFile, samples: Iterable[Sample]) -> None:
    import pyarrow
    import pyarrow.parquet

    schema = _build_schema(pyarrow)
    rows: list[dict[str, Any]] = []
    with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:

        def flush() -> None:
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
            rows.clear()

        for sample in samples:
            rows.append(_build_row(sample))
            if len(rows) == _ROWS:
                flush()
        if rows:
            flush()


def _build_schema(pyarrow: Any) -> Any:
    image = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    text, number = pyarrow.string(), pyarrow.int64()
    columns = {
        "key": text,
        "image": image,
        "prompt": text,
        "negative_prompt": text,
        "seed": number,
        "width": number,
        "height": number,
        "line": number,
        "image_index": number,
        "digest": text,
        "metadata": text,
    }
    names = {text: "string", number: "int64"}
    # With this entry, `datasets` decodes the images without being told their type.
    features = {
        name: {"_type": "Image"} if kind == image else {"_type": "Value", "dtype": names[kind]}
        for name, kind in columns.items()
    }
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pyarrow.schema(list(columns.items()), metadata=metadata)


def _build_row(sample: Sample) -> dict[str, Any]:
    facts = json.loads(sample.facts)
    # Arrow's strings are UTF-8, which has no lone surrogates. `metadata` is ASCII and contains the exact texts.
    texts = {name: _replace_surrogates(facts[name]) for name in _FACT_COLUMNS}
    image = {"bytes": sample.png, "path": f"{sample.key}.png"}
    return {"key": sample.key, "image": image, **texts, "metadata": sample.facts.decode("ascii")}


def _replace_surrogates(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _read_parquet(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.ParquetFile(file)
        for batch in table.iter_batches(_ROWS, columns=["metadata"]):
            for text in batch.column(0).to_pylist():
                yield dict(parse_json(text))
    except pyarrow.ArrowException as error:
        raise ValueError(str(error)) from error
