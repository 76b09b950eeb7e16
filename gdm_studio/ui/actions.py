"""What people can do by name: the one list behind the keys, the command palette and the sheet of shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdm_studio.ui.synonyms import SYNONYMS

HERE = "Here"  # the group of what is in sight on the page that is open


def always() -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """Something to do, under the name it has in the palette; `keys` as Qt writes them ("Ctrl+E"), "" for none."""

    title: str
    act: Callable[[], object]
    keys: str = ""  # several as "F1; ?"
    group: str = ""  # "Create", "Gallery", …: said before the title
    page: str = ""  # the one page its keys hold on, which the palette opens before it; "" for every page
    can: Callable[[], bool] = always  # whether there is anything to do now
    detail: str = ""  # what it does, where the title is but a button's label

    @property
    def name(self) -> str:
        """The group and the title: no two actions have the same."""
        return f"{self.group}: {self.title}" if self.group else self.title

    @property
    def synonyms(self) -> str:
        """Other words that find it."""
        return f"{self.detail} {SYNONYMS.get(self.title, '')}"
