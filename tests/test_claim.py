"""Claims: one holder at a time, known to everybody, and nothing changed by asking."""

from __future__ import annotations

from pathlib import Path

from gdm_studio.claim import Claim, is_held


def test_one_has_it_until_it_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "inside" / "claim"
    claim = Claim.take(path)
    assert claim is not None and is_held(path) and Claim.take(path) is None and is_held(path)
    claim.release()
    assert not is_held(path) and list(path.parent.iterdir()) == []
    again = Claim.take(path)
    assert again is not None
    again.release()


def test_asking_changes_nothing(tmp_path: Path) -> None:
    path, nowhere = tmp_path / "claim", tmp_path / "nowhere" / "claim"
    assert not is_held(path) and not is_held(nowhere) and list(tmp_path.iterdir()) == []
    path.write_bytes(b"left behind")
    assert not is_held(path) and path.read_bytes() == b"left behind"
    held = Claim.take(path)
    assert held is not None and is_held(path) and is_held(path)
    held.release()


def test_only_what_was_left_behind_is_taken_where_none_is_to_be_made(tmp_path: Path) -> None:
    path = tmp_path / "claim"
    assert Claim.take(path, anew=False) is None and not path.exists()
    path.touch()
    left = Claim.take(path, anew=False)
    assert left is not None and Claim.take(path, anew=False) is None
    left.release()
    assert not path.exists()
