"""`gdm-studio generate --prompts FILE --shards TARGET`: what shards contain, and a second start."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.jobs.shards.shard import ShardBuilder
from gdm_studio.jobs.shards.target import FolderTarget, open_target
from tests.helpers import tiny_model

FAST = ["--model", tiny_model.NAME, "--steps", "1", "--device", "cpu"]


class Shards:
    """A prompt file and the folder of its shards."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = folder / "foxes.jsonl"
        self.out = folder / "out"
        self.records = self.out / "__foxes"
        self._capsys = capsys

    def write(self, *lines: object) -> None:
        self.file.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines))

    def run(self, *options: str, target: str | None = None) -> tuple[int, list[dict[str, Any]], str]:
        """Return the exit status, the JSON events and the text on standard error."""
        self._capsys.readouterr()
        where = target or str(self.out)
        status = run(["generate", "--prompts", str(self.file), "--shards", where, "--json", *FAST, *options])
        out, err = self._capsys.readouterr()
        return status, [json.loads(line) for line in out.splitlines()], err

    def names(self) -> list[str]:
        return sorted(path.name for path in self.out.glob("foxes-*"))


@pytest.fixture
def shards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shards:
    tiny_model.write(paths.models_dir())
    return Shards(tmp_path, capsys)


def read_tar(data: bytes) -> dict[str, dict[str, bytes]]:
    """Read samples by the rule of WebDataset: consecutive members with equal names before the first dot."""
    found: dict[str, dict[str, bytes]] = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            key, _, suffix = member.name.partition(".")
            assert key not in found or list(found)[-1] == key
            content = tar.extractfile(member)
            assert content is not None and (member.mtime, member.uid, member.uname) == (0, 0, "")
            found.setdefault(key, {})[suffix] = content.read()
    return found


def foxes(*seeds: int) -> list[dict[str, Any]]:
    return [{"prompt": "a fox", "seed": seed} for seed in seeds]


def test_shards_contain_each_image_once_with_its_settings(shards: Shards, tmp_path: Path) -> None:
    shards.write({"prompt": "a fox", "seed": 5, "count": 3}, "not json", {"prompt": "a \u2603", "seed": 9}, *foxes(6))
    status, events, err = shards.run("--shard-size", "2")
    assert status == 2 and "Line 2" in err
    written = [event for event in events if event["event"] == "shard"]
    # Images 5 and 6, then 7 and the third line; the fourth line repeats the seed 6.
    assert [(event["images"], event["lines"]) for event in written] == [(2, [1, 1]), (2, [1, 3])]
    assert shards.names() == sorted(Path(event["path"]).name for event in written)
    seeds = []
    for event in written:
        data = Path(event["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == event["sha256"] and len(data) == event["bytes"]
        record = json.loads((shards.records / Path(event["path"]).with_suffix(".json").name).read_text())
        assert (record["sha256"], len(record["images"])) == (event["sha256"], 2)
        for (line, image, digest), (key, sample) in zip(record["images"], read_tar(data).items(), strict=True):
            facts = json.loads(sample["json"])
            assert (facts["line"], facts["image_index"], facts["digest"]) == (line, image, digest)
            assert facts["gdm_studio"]["id"] == key and "Steps: 1" in facts["parameters"]
            seeds.append(facts["seed"])
    assert seeds == [5, 6, 7, 9] and facts["prompt"] == "a \u2603"
    picture = tmp_path / "extracted.png"
    picture.write_bytes(sample["png"])
    assert run(["reproduce", str(picture)]) == 0
    # Only the corrected line is generated.
    shards.write({"prompt": "a fox", "seed": 5, "count": 3}, *foxes(20), {"prompt": "a \u2603", "seed": 9}, *foxes(6))
    status, events, _ = shards.run()
    assert status == 0 and events[-1]["finished_before"] == 4 and len(shards.names()) == 3
    assert [event["lines"] for event in events if event["event"] == "shard"] == [[2, 2]]
    assert [event["event"] for event in shards.run()[1]] == ["done"]


def test_a_shard_whose_writer_was_killed_before_its_record_is_not_written_again(shards: Shards) -> None:
    shards.write(*foxes(1, 2, 3))
    assert shards.run("--shard-size", "2")[0] == 0
    names = shards.names()
    (first, _) = records = sorted(shards.records.glob("foxes-*.json"))
    texts = [record.read_text() for record in records]
    first.unlink()
    # The lines before and after change, which would move the images to other blocks.
    shards.write(*foxes(7, 1, 2, 3))
    status, events, _ = shards.run()
    assert status == 0 and events[-1]["finished_before"] == 3 and set(names) < set(shards.names())
    assert [record.read_text() for record in records] == texts
    # A shard that another process has written after this one had read the records.
    assert not FolderTarget(shards.out).create(names[0], lambda file: file.write(b"other"))
    (shards.out / names[0]).write_bytes(b"damaged")
    status, _, err = shards.run()
    assert status == 2 and "has 7 bytes instead of" in err
    first.unlink()
    status, _, err = shards.run()
    assert status == 2 and f"{names[0]} is damaged; delete it" in err


def test_an_interrupted_run_resumes_with_the_same_shards(shards: Shards, monkeypatch: pytest.MonkeyPatch) -> None:
    shards.write(*foxes(1, 2, 3, 4, 5), "bad")
    assert shards.run("--shard-size", "2", target=str(shards.out / "whole"))[0] == 2
    write = ShardBuilder.write

    def write_one(builder: ShardBuilder, target: Any) -> Any:
        if shards.names():
            raise KeyboardInterrupt
        return write(builder, target)

    with monkeypatch.context() as patch:
        patch.setattr(ShardBuilder, "write", write_one)
        assert shards.run("--shard-size", "2")[0] == 130
    assert len(shards.names()) == 1
    status, events, _ = shards.run()
    assert status == 2 and events[-2]["finished_before"] == 2
    assert shards.names() == sorted(path.name for path in (shards.out / "whole").glob("*.tar"))


def test_shards_through_fsspec(shards: Shards, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = pytest.importorskip("fsspec.implementations.memory").MemoryFileSystem
    url = f"memory://{shards.out.name}-{id(shards)}"
    shards.write(*foxes(1, 2, 3))
    status, events, _ = shards.run("--shard-size", "2", target=url)
    addresses = [event["path"] for event in events if event["event"] == "shard"]
    assert status == 0 and len(addresses) == 2 and addresses[0].startswith(f"{url}/foxes-000000-")
    target = open_target(url)
    name = addresses[0].rpartition("/")[2]
    with target.open(name) as file:
        assert len(read_tar(file.read())) == 2
    assert not target.create(name, lambda file: file.write(b"other")) and target.sizes()[name] > 5
    assert [event["event"] for event in shards.run(target=url)[1]] == ["done"]
    status, _, err = shards.run(target="nowhere://x")
    assert status == 2 and "nowhere://x cannot be used" in err
    # A file system that knows no `mode` replaces nothing either when the command is started again.
    put = memory.put_file
    monkeypatch.setattr(memory, "put_file", lambda fs, source, path, **options: put(fs, source, path))
    assert [event["event"] for event in shards.run(target=url)[1]] == ["done"]
    assert not target.create(name, lambda file: file.write(b"other"))


def test_parquet_has_the_columns_that_readers_expect(shards: Shards) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    shards.write({"prompt": "a \u2603", "seed": 1}, *foxes(2))
    assert shards.run("--shard-format", "parquet")[0] == 0
    (path,) = shards.out.glob("*.parquet")
    table = parquet.read_table(path)
    rows = table.to_pylist()
    assert [row["seed"] for row in rows] == [1, 2] and rows[0]["prompt"] == "a \u2603"
    assert json.loads(rows[0]["metadata"])["gdm_studio"]["id"] == rows[0]["key"]
    assert rows[1]["image"]["path"] == f"{rows[1]['key']}.png" and rows[1]["image"]["bytes"][:4] == b"\x89PNG"
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["image"] == {"_type": "Image"} and set(features) == set(rows[0])
    for record in shards.records.glob("foxes-*.json"):
        record.unlink()
    assert [event["event"] for event in shards.run()[1]] == ["done"]


def test_options_that_do_not_fit_are_refused(shards: Shards, monkeypatch: pytest.MonkeyPatch) -> None:
    shards.write(*foxes(1))
    assert shards.run("--shard-size", "2")[0] == 0
    header = shards.records / "job.json"
    for options, words in (
        (["--shard-size", "3"], "--shard-format webdataset and --shard-size 2; use these"),
        (["--shard-size", "0"], "must be from 1 to"),
        (["--out", "x"], "--shards and --out cannot be combined"),
        (["--branch", "x"], "--prompts and --branch cannot be combined"),
    ):
        status, _, err = shards.run(*options)
        assert status == 2 and words in err
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    status, _, err = shards.run("--shard-format", "parquet")
    assert status == 2 and "This needs pyarrow; run `" in err
    for damage, words in (("{", "damaged"), ('{"version": 9}', "damaged"), ('{"version": 9, "job": 5}', "damaged")):
        header.write_text(damage)
        status, _, err = shards.run()
        assert status == 2 and words in err
    assert run(["generate", "x", "--shards", "y"]) == 2
    assert run(["generate", "x", "--shard-size", "2"]) == 2
