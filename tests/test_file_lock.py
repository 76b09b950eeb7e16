"""File locks: one holder at a time, visible to every process, and unchanged by queries."""

from __future__ import annotations

from pathlib import Path

from gdm_studio.common.file_lock import FileLock, is_locked


def test_a_lock_is_held_until_it_is_released(tmp_path: Path) -> None:
    path = tmp_path / "inside" / "claim"
    claim = FileLock.take(path)
    assert claim is not None and is_locked(path) and FileLock.take(path) is None and is_locked(path)
    claim.release()
    assert not is_locked(path) and list(path.parent.iterdir()) == []
    again = FileLock.take(path)
    assert again is not None
    again.release()


def test_a_query_changes_nothing(tmp_path: Path) -> None:
    path, nowhere = tmp_path / "claim", tmp_path / "nowhere" / "claim"
    assert not is_locked(path) and not is_locked(nowhere) and list(tmp_path.iterdir()) == []
    path.write_bytes(b"left behind")
    assert not is_locked(path) and path.read_bytes() == b"left behind"
    held = FileLock.take(path)
    assert held is not None and is_locked(path) and is_locked(path)
    held.release()


def test_without_create_only_an_existing_lock_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "claim"
    assert FileLock.take(path, create=False) is None and not path.exists()
    path.touch()
    left = FileLock.take(path, create=False)
    assert left is not None and FileLock.take(path, create=False) is None
    left.release()
    assert not path.exists()
