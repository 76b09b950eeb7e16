"""Short runs of the drills, which check each promise with every change; the long forms are scripts."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.drills import (
    accessibility,
    cluster,
    damage,
    disk,
    disk_window,
    drive,
    engine,
    every_write,
    faults,
    installed,
    kill,
    memory,
    mutants,
    nan_memory,
    pairs,
    shards,
    ssh,
    two_windows,
)
from tests.helpers import ssh_server

pytestmark = pytest.mark.slow(seconds=10)

forks = pytest.mark.skipif(os.name == "nt", reason="kill -9 and bad disks are Unix's here")


@forks
def test_randomly_killed_programs_lose_nothing(_own_home: Path) -> None:
    report = kill.drill(4, 3, _own_home)
    assert report.kills == 4 and report.ledger is not None and report.ledger.made


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not shutil.which("zstd"), reason="bundles are updated on Linux"
)
def test_a_killed_installation_is_completed_by_repeating_it(tmp_path: Path) -> None:
    report = installed.drill(installed.small_drill(tmp_path, 1), 4)
    assert report.kills.total() == 4 and report.before + report.after == 3


@forks
def test_killed_engines_lose_no_image(_own_home: Path) -> None:
    report = engine.drill(2, 0, images=2, asked=replace(engine.REQUEST, steps=60))
    assert report.problems == [] and report.kills + report.stops == 2


@pytest.mark.skipif(not ssh_server.is_installed(), reason="OpenSSH's server is not installed")
def test_dropped_connections_resume_with_equal_images(_own_home: Path) -> None:
    report = ssh.drill(2, 1, _own_home, ways=("client", "session", "worker"))
    assert report.drops.total() == 2 and report.images


@forks
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_a_cluster_with_kills_loses_no_image(_own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The drill sets it for the nodes.
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    assert cluster.drill(3, 2, _own_home).total() == 3


@forks
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_killed_writers_of_shards_write_each_image_once(_own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The drill sets it for the nodes.
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    assert shards.drill(3, 300, 20, 2, _own_home).total() == 3


@forks
def test_a_killed_server_runs_each_accepted_request_once(_own_home: Path) -> None:
    pytest.importorskip("wsproto")
    from tests.drills import server

    assert server.drill(2, 3) == 6


@forks
def test_bad_disks_give_an_error_message_and_lose_nothing(_own_home: Path) -> None:
    report = disk.drill(9, 1, _own_home)
    assert report.tries == 9 and report.refused


@forks
def test_a_disk_full_at_any_write_gives_an_error_message(_own_home: Path) -> None:
    report = every_write.drill(["generate", "queue add", "preferences"], _own_home, every=7)
    assert report.points >= 5 and report.refused


@forks
def test_two_processes_at_once_lose_nothing(_own_home: Path) -> None:
    report = pairs.drill(_own_home, kinds=("generate", "rebuild", "tag"), only="rebuild", seconds=1.0)
    assert report.pairs == 3 and report.announced and not report.refused


def test_damaged_databases_are_repaired(_own_home: Path) -> None:
    report = damage.drill(36, 1, _own_home)
    assert report.tries.total() == 36 and report.mended


def test_each_fault_can_still_be_applied(tmp_path: Path) -> None:
    """`tests.drills.faults`, which is slow, checks that the drills detect the faults."""
    shutil.copytree(faults.ROOT / "gdm_studio", tmp_path / "gdm_studio")
    for fault in faults.FAULTS:
        before = (tmp_path / "gdm_studio" / fault.file).read_text(encoding="utf-8")
        fault.applied_to(tmp_path)
        (tmp_path / "gdm_studio" / fault.file).write_text(before, encoding="utf-8")


@forks
@pytest.mark.parametrize("name", ["favourites that are not restored", "a full disk ignored at one write"])
def test_a_drill_fails_on_a_faulty_program(name: str) -> None:
    """The tests of these drills run them on a sound program."""
    assert faults.main([name, "--only-faulty"]) == 0


def test_images_wait_for_disk_space_or_are_saved_elsewhere(_own_home: Path) -> None:
    report = disk_window.drill(3, 0, _own_home)
    if report is None:
        pytest.skip("no disk can be mounted here")
    assert report.faults.total() == 3 and report.elsewhere == 1


def test_the_window_survives_a_disconnected_library(_own_home: Path) -> None:
    assert drive.drill(2, 0, _own_home).vanished == 2


@forks
def test_many_starts_leave_one_window(_own_home: Path) -> None:
    report = two_windows.drill(4, 0, _own_home)
    assert report.starts >= 4 and report.raised


def test_a_screen_reader_finds_everything_on_the_bus(_own_home: Path) -> None:
    if lacks := accessibility.missing():
        pytest.skip(f"this computer lacks {lacks}")
    report = accessibility.drill(_own_home)
    assert report.problems == [] and report.views > 15 and report.elements > 1000


def test_one_click_recovers_from_nan_and_out_of_memory(_own_home: Path) -> None:
    assert nan_memory.drill(5, 0).struck.total() == 5


def test_memory_settles(_own_home: Path) -> None:
    """Checks only loosely, because caches are still filling during the first images."""
    assert memory.drill(50).growth < 0.02


def test_mutants_are_detected() -> None:
    """Checks one fault that only images reveal and one in a formula, and that every fault can be applied."""
    chosen = [*mutants.faults(only="not passed in engine"), *mutants.faults(only="cosine offset")]
    assert [outcome.came for outcome in mutants.drill(chosen, ["tables", "controls"])] == [mutants.CAUGHT] * 2
    for fault in mutants.faults():
        assert (mutants.ROOT / fault.file).read_text(encoding="utf-8").count(fault.old) == 1, fault.what
        file, _, test = fault.tests.partition("::")
        assert (mutants.ROOT / file).exists(), fault.what
        # A test that is not there would be an error, which counts as caught.
        name = f"def {test.partition('[')[0]}(" if test else ""
        assert not name or name in (mutants.ROOT / file).read_text(encoding="utf-8"), fault.what
