"""Recipe: the words that a model met in its training captions, written into its card."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gdm_studio.atomic import problem, write
from gdm_studio.errors import ModelError
from gdm_studio.models.vocabulary import compact
from gdm_studio.training.data.dataset import FILLERS, FRAMES, Pictures, Row, in_subset, open_pictures

ARTICLES = ("a", "an", "the")


def build(data: Path, card: Path, *, subset: str) -> int:
    """Write into the card at that path the words met beside the pictures of `subset` in the styles of the model.

    Returns their number. Raises StudioError.
    """
    facts, _, rows = learned(data, card, subset=subset)
    facts["vocabulary"] = compact(told(rows))
    write(card, json.dumps(facts, ensure_ascii=False, indent=1).encode())
    return len(facts["vocabulary"].split())


def learned(data: Path, card: Path, *, subset: str) -> tuple[dict[str, Any], Pictures, list[Row]]:
    """What the card says, all pictures, and the rows of those of `subset` in the model's styles. Raises StudioError."""
    try:
        facts = json.loads(card.read_text(encoding="utf-8"))
        styles = {style["id"] for style in facts["styles"]}
    except OSError as error:
        raise problem(card, error) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{card} is damaged ({error}); export the model again.") from error
    pictures = open_pictures(data)
    rows = [row for row in pictures.rows if in_subset(row, subset) and row["style"] in styles]
    if not rows:
        raise ModelError(f"{data} has no pictures in the styles of {facts['name']}; name those that it learned from.")
    return facts, pictures, rows


def told(rows: Iterable[Row]) -> Iterator[str]:
    """Every text that `captions` puts a caption together from."""
    for row in rows:
        yield from (row["caption"], row["colour"], *row["words"])
    yield from (*ARTICLES, *FILLERS, *(frame.replace("{}", " ") for frame in FRAMES))
