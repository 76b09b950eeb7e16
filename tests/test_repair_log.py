"""Repairs are reported once, by the first process that reads them, and listed by the doctor for a month."""

from __future__ import annotations

import os
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gdm_studio.common import repair_log
from gdm_studio.common.translation_markers import Sentence, translatable
from gdm_studio.gallery.storage import repair
from gdm_studio.gallery.storage.repair import Salvage

TRANSLATIONS = Path(__file__).parents[1] / "resources" / "translations"


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


def test_a_repair_keeps_its_template_for_the_language_of_the_window(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("x")
    repair_log.rename_damaged(file, "It was damaged; it is kept as {file}.")
    within = translatable("{count:,} entries", count=1234)
    repair_log.record_repair(tmp_path, translatable("{entries} could be read", entries=within))
    first, second = repair_log.take_unreported(tmp_path)
    assert isinstance(first, Sentence) and first.template == "It was damaged; it is kept as {file}."
    assert first.startswith("It was damaged; it is kept as ") and "settings.json.damaged" in first
    assert isinstance(second, Sentence) and second == "1,234 entries could be read"
    assert isinstance(second.values["entries"], Sentence)
    assert [each.sentence for each in repair_log.recent(tmp_path)] == [first, second]
    # Files of earlier versions, and damaged ones, are plain text.
    for name, text in (("a", "Old.\nSecond line."), ("b", 'Old.\n{"template": 3}'), ("c", "[" * 9999)):
        (tmp_path / repair_log.FOLDER / f"{time.time_ns():020}-{name}{repair_log.UNSAID}").write_text(text)
    assert [len(each.splitlines()) for each in repair_log.take_unreported(tmp_path)] == [2, 2, 1]


@pytest.mark.parametrize(
    "sentence",
    [repair.REBUILT]
    + [
        Salvage(read, more, "2026-11-20", None).sentence(shown)
        for read, more in ((0, 0), (1, 0), (5, 3))
        for shown in ("", "x")
    ],
)
def test_sentences_of_repairs_are_translated_in_every_language(sentence: Sentence) -> None:
    for catalogue in TRANSLATIONS.glob("*.ts"):
        if catalogue.stem.endswith("_en"):
            continue
        context = next(
            each for each in ElementTree.parse(catalogue).iter("context") if each.findtext("name") == "Errors"
        )
        known = {each.findtext("source"): each.findtext("translation") for each in context.iter("message")}
        assert known[sentence.template] not in ("", None, sentence.template), catalogue.name
