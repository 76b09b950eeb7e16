"""The drills in short, so that each promise is tried with every change; the long forms are scripts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.drills import (
    damage,
    disk,
    disk_window,
    drive,
    every_write,
    faults,
    kill,
    memory,
    mutants,
    nan_memory,
    pairs,
    two_windows,
)

pytestmark = pytest.mark.slow

forks = pytest.mark.skipif(os.name == "nt", reason="kill -9 and bad disks are Unix's here")


@forks
def test_programs_killed_at_random_lose_nothing(_own_home: Path) -> None:
    report = kill.drill(8, 3, _own_home)
    assert report.kills == 8 and report.ledger is not None and report.ledger.made


@forks
def test_bad_disks_get_a_sentence_and_lose_nothing(_own_home: Path) -> None:
    report = disk.drill(12, 1, _own_home)
    assert report.tries == 12 and report.refused


@forks
def test_a_disk_that_is_full_at_any_write_gets_a_sentence(_own_home: Path) -> None:
    report = every_write.drill(["generate", "queue add", "preferences"], _own_home, every=3)
    assert report.points >= 5 and report.refused


@forks
def test_two_processes_at_once_lose_nothing(_own_home: Path) -> None:
    report = pairs.drill(_own_home, kinds=("generate", "rebuild", "tag"), only="rebuild", seconds=2.0)
    assert report.pairs == 3 and report.announced and not report.refused


def test_damaged_databases_are_mended(_own_home: Path) -> None:
    report = damage.drill(36, 1, _own_home)
    assert report.tries.total() == 36 and report.mended


def test_each_fault_can_still_be_put_in(tmp_path: Path) -> None:
    """`tests.drills.faults`, which takes long, tries whether the drills notice them."""
    shutil.copytree(faults.ROOT / "gdm_studio", tmp_path / "gdm_studio")
    for fault in faults.FAULTS:
        before = (tmp_path / "gdm_studio" / fault.file).read_text(encoding="utf-8")
        fault.applied_to(tmp_path)
        (tmp_path / "gdm_studio" / fault.file).write_text(before, encoding="utf-8")


@forks
@pytest.mark.parametrize("name", ["favourites that do not come back", "a full disk ignored at one write"])
def test_a_drill_fails_where_there_is_a_fault(name: str) -> None:
    assert faults.main([name]) == 0


def test_pictures_wait_until_there_is_room_or_go_elsewhere(_own_home: Path) -> None:
    report = disk_window.drill(3, 0, _own_home)
    if report is None:
        pytest.skip("no disk can be mounted here")
    assert report.faults.total() == 3 and report.elsewhere == 1


def test_the_library_vanishes_and_comes_back(_own_home: Path) -> None:
    assert drive.drill(2, 0, _own_home).vanished == 2


@forks
def test_of_many_starts_one_window_stays(_own_home: Path) -> None:
    report = two_windows.drill(4, 0, _own_home)
    assert report.starts >= 4 and report.raised


def test_numbers_and_memory_that_fail_are_mended_by_a_click(_own_home: Path) -> None:
    assert nan_memory.drill(5, 0).struck.total() == 5


def test_memory_settles(_own_home: Path) -> None:
    """Too few pictures for the last word: what fills in the first hundreds is still filling."""
    assert memory.drill(100).growth < 0.02


def test_faults_in_the_program_are_noticed() -> None:
    """One that only the pictures tell of, and one in a formula; every fault stands where it can be put in."""
    chosen = [*mutants.faults(only="not passed in engine"), *mutants.faults(only="cosine offset")]
    assert [outcome.came for outcome in mutants.drill(chosen, ["tables", "controls"])] == [mutants.CAUGHT] * 2
    for fault in mutants.faults():
        assert (mutants.ROOT / fault.file).read_text(encoding="utf-8").count(fault.old) == 1, fault.what
        assert (mutants.ROOT / fault.tests.partition("::")[0]).exists(), fault.what
