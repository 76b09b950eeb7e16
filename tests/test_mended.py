"""What was mended is said once, by whichever process comes first, and known to the doctor for a month."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from gdm_studio import mended


def test_each_is_said_once_and_the_oldest_first(tmp_path: Path) -> None:
    for number in range(5):
        mended.note(tmp_path, f"Thing {number}.")
    assert mended.unsaid(tmp_path) == [f"Thing {number}." for number in range(5)]
    mended.note(tmp_path, "Another.")
    assert mended.unsaid(tmp_path) == ["Another."] and mended.unsaid(tmp_path) == []
    assert [each.sentence for each in mended.lately(tmp_path)] == [*(f"Thing {n}." for n in range(5)), "Another."]


def test_of_two_who_find_it_at_once_one_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mended.note(tmp_path, "It was mended.")
    rename, others = os.rename, []

    def late(old: Path, new: Path) -> None:
        monkeypatch.setattr(os, "rename", rename)
        others.extend(mended.unsaid(tmp_path))  # comes in between
        rename(old, new)

    monkeypatch.setattr(os, "rename", late)
    assert mended.unsaid(tmp_path) == [] and others == ["It was mended."]


def test_for_a_month_it_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    for days in (31, 29):
        monkeypatch.setattr(time, "time_ns", lambda days=days: now - days * 24 * 3600 * 10**9)
        mended.note(tmp_path, f"{days} days ago.")
    monkeypatch.undo()
    assert [each.sentence for each in mended.lately(tmp_path)] == ["29 days ago."]
    assert mended.unsaid(tmp_path) == ["29 days ago."]  # the other is forgotten for good
