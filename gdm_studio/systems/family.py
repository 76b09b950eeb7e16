"""The family tree of the systems: what each is and goes on from, what is known of it here, and all of it as a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from gdm_studio import paths
from gdm_studio.atomic import make_folder, write
from gdm_studio.models.card import ModelCard
from gdm_studio.models.header import strict_json
from gdm_studio.models.typed import from_plain
from gdm_studio.systems import ROWS, lines_of, systems
from gdm_studio.systems.system import Figure, System

STRIPS = "strips"  # the folder of them, beside the figures
SAID = 500  # bytes that a system's figure has room for
MOST_BYTES = 4 << 20  # of a strip: what is larger is none

WRONG = (
    ("DDIM adapts its schedule to the data.", "It does not: its timesteps are chosen beforehand, by hand. What adapts "
     "are Analytic-DPM's variances and the timesteps of a DP trajectory, which are measured on data."),
    ("Parti is a diffusion model.", "It is not: it predicts one token of a picture after another, as language models "
     "do."),
    ("NeRF and what it guides are diffusion models.", "They are not: a NeRF is a scene in three dimensions, fitted to "
     "views of it. A diffusion model may judge those views, and stays what it was."),
    ("PGAN (progressive GAN) and BigGAN are diffusion models.", "They are not: they are GANs, which draw in one go."),
    ("Diffusion models of sound, text and 3-D are missing here.", "They are out of scope: this program makes "
     "pictures."),
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A system as the tree shows it: with what its file says, its claim's figure, and its strip of denoising."""

    system: System
    lines: str
    figure: Figure | None
    strip: Path | None
    command: str  # that trains its weights
    minutes: int
    children: tuple[str, ...]
    card: ModelCard | None  # of its model, where there are weights here

    @property
    def trained(self) -> bool:
        return self.card is not None

    @property
    def claim(self) -> str:
        """The claim with its threshold."""
        bound = self.system.claim.bound.replace(" ", "\u00a0")  # kept on one line
        return f"{_sentence(self.system.claim.text)}: {bound}"

    @property
    def measured(self) -> str:
        """What became of it, or what to do to know."""
        if self.figure is None:
            why = "its weights are not shipped" if self.strip else "not trained yet"
            return "not measured yet" if self.trained else f"{why}: {self.command}, {self.time}"
        holds, *ends = map(self.system.claim.holds, (self.figure.value, self.figure.low, self.figure.high))
        became = f"{'holds' if holds else 'is missed'}{' on average' if (not holds) in ends else ''}"
        return f"{self.figure.words}; the claim {became}{'' if self.trained else '; its weights are not shipped'}"

    @property
    def time(self) -> str:
        return "a minute" if self.minutes == 1 else f"{self.minutes} minutes"


def members(cards: Sequence[ModelCard] = (), figures: Mapping[str, Figure] | None = None) -> dict[str, Member]:
    """All of the registry by name, in its order; `cards` are the models that there are.

    Without `figures`, those that are shipped.
    """
    found, all_systems = {}, systems()
    figures = read_figures(shipped()) if figures is None else figures
    trained = {card.name: card for card in cards if card.family == "systems"}
    for name, system in all_systems.items():
        model, card = system.model, trained.get(system.model)
        children = tuple(each.name for each in all_systems.values() if name in each.descends)
        found[name] = Member(
            system, lines_of(name), figures.get(name), strip_of(name), f"gdm-studio train {model}",
            ROWS[model].minutes, children, card,
        )  # fmt: skip
    return found


def shipped() -> Path:
    """The folder of the figures and strips that come with the program."""
    return paths.resources() / "systems"


def own() -> Path:
    """The folder of the figures that were measured on this machine."""
    return paths.data_dir() / "systems"


def strip_of(name: str) -> Path | None:
    """The picture of a system's denoising: that drawn on this machine, else the one shipped; None without any."""
    places = (folder / STRIPS / f"{name}.png" for folder in (own(), shipped()))
    return next((place for place in places if place.is_file() and place.stat().st_size < MOST_BYTES), None)


def read_figures(*folders: Path) -> dict[str, Figure]:
    """By system, of the folders that have any; those of a later one count. What is damaged counts as not there."""
    found: dict[str, Figure] = {}
    for folder in folders:
        try:
            path = folder / "figures.json"
            text = path.read_text("utf-8") if path.stat().st_size < SAID * len(ROWS) else "{}"
            found |= from_plain(dict[str, Figure], strict_json(text))
        except (OSError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
            continue
    return {name: figure for name, figure in found.items() if name in ROWS}


def keep_figure(folder: Path, name: str, figure: Figure) -> None:
    """Writes a system's figure beside the others there; raises StorageError."""
    every = read_figures(folder) | {name: figure}
    make_folder(folder)
    text = json.dumps({each: asdict(every[each]) for each in ROWS if each in every}, indent=1)
    write(folder / "figures.json", f"{text}\n".encode())


def page(found: Mapping[str, Member]) -> str:
    """The tree as `docs/family_tree.md`, in GitHub's Markdown."""
    rows = [
        "# The family tree",
        "",
        "Written by `gdm-studio systems --tree FILE` from the registry of systems, `gdm_studio/systems/`; the window "
        "shows the same (Models, Family tree). Years are those of publication; an arrow leads to what goes on from a "
        "system. Minutes are those of [systems](systems.md).",
        "",
        *_graph(found),
        "## How they differ",
        "",
        "| | starts with | is learned | a step |",
        "|---|---|---|---|",
        *(_row(member.system) for member in found.values()),
        "",
        *_compared(shipped() / "comparison.md"),
        "## What common texts get wrong",
        "",
        *(f"- *“{said}”* {right}" for said, right in WRONG),
        "",
    ]
    for member in sorted(found.values(), key=lambda each: each.system.year):
        rows += _section(member, found)
    return "\n".join(rows)


def _compared(table: Path) -> list[str]:
    """What `systems --compare` wrote, where that comes with the program."""
    if not table.is_file():
        return []
    return ["## Quality against network evaluations", "", table.read_text("utf-8")]


def _graph(found: Mapping[str, Member]) -> list[str]:
    lines = ["```mermaid", "graph LR"]
    for year in sorted({member.system.year for member in found.values()}):
        lines.append(f"  subgraph {year}")
        lines += [f'    {name}["{each.system.title}"]' for name, each in found.items() if each.system.year == year]
        lines.append("  end")
    lines += [f"  {parent} --> {name}" for name, each in found.items() for parent in each.system.descends]
    return [*lines, "```", ""]


def _row(system: System) -> str:
    cells = (f"[{system.title}](#{anchor(system)}) {system.year}", system.starts, system.learned, system.step)
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _section(member: Member, found: Mapping[str, Member]) -> list[str]:
    system = member.system
    told = [
        f"## {system.title}",
        "",
        f"{system.authors} {system.year}, {system.paper}. {system.idea}",
        "",
        *([f"![Its denoising, from the start to the picture](../resources/systems/{STRIPS}/{system.name}.png)", ""]
          if member.strip else []),
        f"- **Starts with**: {system.starts}",
        f"- **Is learned**: {system.learned}",
        f"- **A step**: {system.step}",
        f"- **Loss**: {system.objective}",
    ]  # fmt: skip
    links = {"Goes on from": system.descends, "Went on to": member.children}
    for title, names in links.items():
        if names:
            each = (found[name].system for name in names)
            told.append(f"- **{title}**: {', '.join(f'[{one.title}](#{anchor(one)})' for one in each)}")
    told += [f"- **Claim**: {member.claim}; {member.measured}", "", "> " + member.lines.replace("\n", "\n> "), ""]
    return told


def anchor(system: System) -> str:
    """Of its heading, as GitHub makes it."""
    kept = "".join(sign for sign in system.title.lower() if sign.isalnum() or sign in " -")
    return kept.replace(" ", "-")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
