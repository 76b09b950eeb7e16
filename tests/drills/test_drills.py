"""The drills in short, so that each promise is tried with every change; the long forms are scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.drills import disk, disk_window, drive, kill, memory, mutants, nan_memory, two_windows

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
    assert [outcome.came for outcome in mutants.drill(chosen)] == [mutants.CAUGHT] * 2
    for fault in mutants.faults():
        assert (mutants.ROOT / fault.file).read_text(encoding="utf-8").count(fault.old) == 1, fault.what
