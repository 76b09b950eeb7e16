"""Repairs are reported once, by the first process that reads them, and listed by the doctor for a month."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from gdm_studio.common import repair_log


def test_each_repair_is_reported_once_and_the_oldest_first(tmp_path: Path) -> None:
    for number in range(5):
        repair_log.record_repair(tmp_path, f"Thing {number}.")
    assert repair_log.take_unreported(tmp_path) == [f"Thing {number}." for number in range(5)]
    repair_log.record_repair(tmp_path, "Another.")
    assert repair_log.take_unreported(tmp_path) == ["Another."] and repair_log.take_unreported(tmp_path) == []
    assert [each.sentence for each in repair_log.recent(tmp_path)] == [*(f"Thing {n}." for n in range(5)), "Another."]


def test_one_of_two_concurrent_readers_reports_a_repair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repair_log.record_repair(tmp_path, "It was mended.")
    rename, others = os.rename, []

    def late(old: Path, new: Path) -> None:
        monkeypatch.setattr(os, "rename", rename)
        # Another reader takes the reports in between.
        others.extend(repair_log.take_unreported(tmp_path))
        rename(old, new)

    monkeypatch.setattr(os, "rename", late)
    assert repair_log.take_unreported(tmp_path) == [] and others == ["It was mended."]


def test_a_repair_is_listed_for_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    for days in (31, 29):
        monkeypatch.setattr(time, "time_ns", lambda days=days: now - days * 24 * 3600 * 10**9)
        repair_log.record_repair(tmp_path, f"{days} days ago.")
    monkeypatch.undo()
    assert [each.sentence for each in repair_log.recent(tmp_path)] == ["29 days ago."]
    # The older report is deleted for good.
    assert repair_log.take_unreported(tmp_path) == ["29 days ago."]
