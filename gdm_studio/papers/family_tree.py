"""Family tree of the systems, with measurements and denoising strips, and its Markdown page.

Its edges are the `parents` that each module of `papers/systems` states.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from gdm_studio.common import paths
from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Translate, untranslated
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.files.header import strict_json
from gdm_studio.models.model_card import ModelCard
from gdm_studio.papers import REGISTRY, all_systems, explanation_of
from gdm_studio.papers.system_description import TERMS, Measurement, Range, Summary, System

# Give a formatted number the decimal separator of a language.
Localize = Callable[[str], str]
# The subfolder of the denoising strips, in the folder of the measurements.
STRIPS = "strips"
# The size limit of one system's entry in `figures.json`, in bytes.
MAX_ENTRY_BYTES = 2000
# The size limit of a denoising strip in bytes. A larger file is ignored.
MAX_STRIP_BYTES = 4 << 20

MISCONCEPTIONS = (
    (
        QT_TRANSLATE_NOOP("System", "DDIM adapts its schedule to the data."),
        QT_TRANSLATE_NOOP(
            "System",
            "It does not: its timesteps are fixed by hand in advance. The variances of Analytic-DPM and the timesteps "
            "of a DP trajectory do adapt: they are measured on data.",
        ),
    ),
    (
        QT_TRANSLATE_NOOP("System", "Parti is a diffusion model."),
        QT_TRANSLATE_NOOP(
            "System", "It is not: it predicts the tokens of an image one after another, like a language model."
        ),
    ),
    (
        QT_TRANSLATE_NOOP("System", "NeRF and the models it guides are diffusion models."),
        QT_TRANSLATE_NOOP(
            "System",
            "They are not: a NeRF is a three-dimensional scene fitted to views of it. A diffusion model may score "
            "these views, but is not changed by that.",
        ),
    ),
    (
        QT_TRANSLATE_NOOP("System", "PGAN (progressive GAN) and BigGAN are diffusion models."),
        QT_TRANSLATE_NOOP("System", "They are not: they are GANs, which generate an image in a single pass."),
    ),
    (
        QT_TRANSLATE_NOOP("System", "Diffusion models of sound, text and 3-D are missing here."),
        QT_TRANSLATE_NOOP("System", "They are out of scope: this program generates images."),
    ),
)


# What a system's installed weights generate, as a sentence. The window, the command line, the family tree and the table
# of claims all show the state of a system by its key.
WEIGHTS = {
    "pictures": QT_TRANSLATE_NOOP("System", "Its weights draw pictures."),
    "points": QT_TRANSLATE_NOOP("System", "Its weights move points of the plane; it has none for pictures."),
    "none": QT_TRANSLATE_NOOP("System", "It has no weights here."),
}


def weights_state(system: System, card: ModelCard | None) -> Literal["pictures", "points", "none"]:
    """Return the kind of data that the installed model of a published system generates, as a key of WEIGHTS:
    "pictures", "points", or "none" if `card` is None.
    """
    if card is None:
        return "none"
    return "points" if card.name == system.points_model or "points" in system.tags else "pictures"


@dataclass(frozen=True)
class FamilyMember:
    """Published system as an entry of the family tree, with its explanation, its measured claim, and a picture of its
    denoising steps.
    """

    system: System
    # The docstring of the system's module.
    explanation: str
    figure: Measurement | None
    strip: Path | None
    # The command line that trains its weights, or that adds them if they are a file of the user.
    command: str
    # The duration of the training; 0 if the weights are a file of the user.
    minutes: int
    children: tuple[str, ...]
    # The card of its installed model, or None if there is none.
    card: ModelCard | None

    @property
    def shell_command(self) -> str:
        """Shell command that trains the system's model, with placeholders for the data and output folders."""
        return f"{self.command} --data DIR --out RUN" if self.minutes else self.command

    @property
    def trained(self) -> bool:
        return self.card is not None

    @property
    def weights(self) -> str:
        """Key of WEIGHTS: pictures or points, as the system's installed weights generate, or none."""
        return weights_state(self.system, self.card)

    @property
    def claim(self) -> str:
        """Claim of the published system in English, followed by the interval in which its measurement must lie."""
        return self.translated_claim()

    @property
    def result_text(self) -> str:
        """Result of measuring the system's claim as English text, or else the command that trains the system's model.

        The command is shown as long as there is no measurement.
        """
        return self.translated_result()

    @property
    def time(self) -> str:
        """Estimated training time of the system's model as English text, such as "30 minutes"."""
        return self.translated_time()

    def translated_claim(self, translate: Translate = untranslated, localized: Localize = str) -> str:
        """Return the system's claim with its interval, in the user's language.

        `translate(context, text)` returns the translation of a string, and `localized(number)` a formatted number with
        the decimal separator of the language.
        """
        return _format_interval(self.system.claim.text, self.system.claim.range, translate, localized)

    def translated_terms(self, translate: Translate = untranslated, localized: Localize = str) -> list[str]:
        """Return the terms of the system's claim in the user's language, each with its interval and, if it was
        measured, its value.

        `translate(context, text)` returns the translation of a string, and `localized(number)` a formatted number with
        the decimal separator of the language.
        """
        lines = []
        for name, interval in self.system.claim.terms.items():
            line = _format_interval(TERMS[name], interval, translate, localized)
            found = self.figure.terms.get(name) if self.figure else None
            lines.append(line if found is None else f"{line}; {_format_summary(found, translate, localized)}")
        return lines

    def translated_result(self, translate: Translate = untranslated, localized: Localize = str) -> str:
        """Return the result of measuring the system's claim, in the user's language.

        `translate(context, text)` returns the translation of a string, and `localized(number)` a formatted number with
        the decimal separator of the language. Without a measurement, return the reason and the command that trains the
        system's weights.
        """
        if self.figure is None:
            unmeasured = translate("System", "not measured yet")
            if self.trained:
                return unmeasured
            reason = translate("System", "not trained yet")
            if not self.minutes:
                reason = translate("System", "its weights are not shipped")
            parts = [self.command, *([self.translated_time(translate)] if self.minutes else [])]
            return translate("Label", "{title}: {text}").format(title=f"{unmeasured}; {reason}", text=", ".join(parts))
        outcome = {
            "holds": translate("System", "the claim holds"),
            "undecided": translate("System", "undecided: it holds for the mean, but not for all seeds"),
            "missed": translate("System", "the claim is missed"),
        }[self.system.claim.outcome(self.figure)]
        parts = [_format_summary(self.figure, translate, localized), outcome]
        parts += [translate("System", TERMS[name]) for name in self.system.claim.missed_terms(self.figure)]
        if not self.trained:
            parts.append(translate("System", "its weights are not shipped"))
        return "; ".join(parts)

    def translated_time(self, translate: Translate = untranslated) -> str:
        """Return the estimated training time as text in the user's language, such as "30 minutes"."""
        if self.minutes == 1:
            return translate("System", "a minute")
        return translate("System", "{minutes} minutes").format(minutes=self.minutes)


def _format_interval(text: str, interval: Range, translate: Translate, localized: Localize) -> str:
    """Return a measured quantity with the interval in which it must lie, in the user's language."""
    low, high = (localized(f"{value:g}") for value in (interval.low, interval.high))
    # No-break spaces prevent a line break inside the interval.
    bounds = translate("System", "{low} to {high}").format(low=low, high=high).replace(" ", "\u00a0")
    # French has a space before the colon.
    return translate("Label", "{title}: {text}").format(title=_capitalise(translate("System", text)), text=bounds)


def _format_summary(found: Summary, translate: Translate, localized: Localize) -> str:
    values = {name: localized(f"{getattr(found, name):.4g}") for name in ("value", "low", "high")}
    return translate("System", "{value} ({low} to {high})").format(**values)


def members(
    cards: Sequence[ModelCard] = (), figures: Mapping[str, Measurement] | None = None
) -> dict[str, FamilyMember]:
    """Return the family tree's entries for all published systems, as a dictionary from system names, in the order of
    the registry.

    `cards` are the installed models. Without `figures`, the shipped measurements are used.
    """
    found = {}
    known = all_systems()
    figures = load_measurements(shipped_folder()) if figures is None else figures
    for name, system in known.items():
        model = system.model
        found[name] = FamilyMember(
            system=system,
            explanation=explanation_of(name),
            figure=figures.get(name),
            strip=strip_of(system),
            command=f"gdm-studio train {model}" if REGISTRY[model].recipe else "gdm-studio models add FILE",
            minutes=REGISTRY[model].minutes,
            children=tuple(each.name for each in known.values() if name in each.parents),
            card=find_card(system, cards),
        )
    return found


def find_card(system: System, cards: Sequence[ModelCard]) -> ModelCard | None:
    """Return the model card of an installed model that demonstrates a system, or None. Image models are preferred to
    models of 2-D points.
    """
    known = {card.name: card for card in cards if card.family == system.family}
    if system.family != "systems":
        return next(iter(known.values()), None)
    return known.get(system.model) or known.get(system.points_model)


def shipped_folder() -> Path:
    """Return the installed folder with the claim measurements and the pictures of denoising steps that ship with the
    program.
    """
    return paths.resources() / "systems"


def local_folder() -> Path:
    """Return the user's folder for claim measurements and pictures of denoising steps that were created on this
    computer.
    """
    return paths.data_dir() / "systems"


def strip_of(system: System) -> Path | None:
    """Return the path of a system's denoising strip, the picture of its denoising steps, or None if there is none.

    A strip drawn on this computer takes precedence over the shipped one. A system without a strip of its own has that
    of the system whose weights it uses.
    """
    names = filter(None, (system.name, system.weights_from))
    candidates = (folder / STRIPS / f"{name}.webp" for name in names for folder in (local_folder(), shipped_folder()))
    return next((path for path in candidates if path.is_file() and path.stat().st_size < MAX_STRIP_BYTES), None)


def load_measurements(*folders: Path) -> dict[str, Measurement]:
    """Load the saved measurements of the systems' claims, as a dictionary from system names. Later folders override
    earlier ones.

    Missing and damaged files are ignored, as are measurements of claims that a system no longer makes.
    """
    claims = {name: system.claim.figure for name, system in all_systems().items()}
    found: dict[str, Measurement] = {}
    for folder in folders:
        try:
            path = folder / "figures.json"
            text = path.read_text("utf-8") if path.stat().st_size < MAX_ENTRY_BYTES * len(REGISTRY) else "{}"
            found |= from_json(dict[str, Measurement], strict_json(text))
        except (OSError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
            continue
    return {name: figure for name, figure in found.items() if claims.get(name) == figure.measure}


def save_measurement(folder: Path, name: str, figure: Measurement, *, broken: bool = False) -> None:
    """Save the measurement of a system's claim to the folder, replacing an earlier measurement. Raises StorageError.

    With `broken`, `figure` measures the ablation, and its value is added to the saved measurement.
    """
    known = load_measurements(folder)
    before = known.get(name)
    if broken:
        if before is None:
            return
        figure = replace(before, ablated=figure.value)
    elif before is not None:
        figure = replace(figure, ablated=before.ablated)
    merged = known | {name: replace(figure, measure=all_systems()[name].claim.figure)}
    make_folder(folder)
    lines = (
        f"{json.dumps(each)}:{json.dumps(asdict(merged[each]), separators=(',', ':'))}"
        for each in REGISTRY
        if each in merged
    )
    text = ",\n".join(lines)
    write(folder / "figures.json", f"{{{text}}}\n".encode())


def family_tree_markdown(found: Mapping[str, FamilyMember]) -> str:
    """Return the page about the family tree of all systems, `docs/family_tree.md`, as GitHub Markdown.

    It has the graph of all systems, tables and a section for each system.
    """
    rows = [
        "# The family tree",
        "",
        "Generated by `gdm-studio systems --tree FILE` from the registry of systems, `gdm_studio/papers/`; the window "
        "shows the same tree (Learn, Family tree). Years are those of the first arXiv version. An arrow leads from a "
        "system to one that builds on it. The minutes are explained in [systems](systems.md).",
        "",
        *_draw_graph(found),
        "## How they differ",
        "",
        "| | starts with | learns | step |",
        "|---|---|---|---|",
        *(_format_row(member.system) for member in found.values()),
        "",
        *_comparison_lines(shipped_folder() / "comparison.md"),
        "## What common texts get wrong",
        "",
        *(f"- *“{claim}”* {right}" for claim, right in MISCONCEPTIONS),
        "",
    ]
    for member in sorted(found.values(), key=lambda each: each.system.year):
        rows += _format_section(member, found)
    return "\n".join(rows)


def _comparison_lines(table: Path) -> list[str]:
    """Read the shipped table that compares the quality of the systems, as Markdown lines, or [] if it is missing."""
    if not table.is_file():
        return []
    return ["## Quality against network evaluations", "", table.read_text("utf-8")]


def _draw_graph(found: Mapping[str, FamilyMember]) -> list[str]:
    lines = ["```mermaid", "graph LR"]
    for year in sorted({member.system.year for member in found.values()}):
        lines.append(f"  subgraph {year}")
        lines += [f'    {name}["{each.system.title}"]' for name, each in found.items() if each.system.year == year]
        lines.append("  end")
    lines += [f"  {parent} --> {name}" for name, each in found.items() for parent in each.system.parents]
    return [*lines, "```", ""]


def _format_row(system: System) -> str:
    cells = (f"[{system.title}](#{anchor(system)}) {system.year}", system.starts, system.learned, system.step)
    return f"| {' | '.join(_escape(cell) for cell in cells)} |"


def _format_section(member: FamilyMember, found: Mapping[str, FamilyMember]) -> list[str]:
    system = member.system
    picture = []
    if member.strip:
        picture = [
            f"![Its denoising, from the start to the image](../resources/systems/{STRIPS}/{member.strip.name})",
            "",
        ]
    lines = [
        f"## {system.title}",
        "",
        f"{system.authors} {system.year}, {system.paper}. {system.idea}",
        "",
        *picture,
        f"- **Starts with**: {system.starts}",
        f"- **Learns**: {system.learned}",
        f"- **Step**: {system.step}",
        f"- **Loss**: {system.objective}",
        f"- **Weights**: {member.weights}. {WEIGHTS[member.weights]}",
    ]
    links = {"Builds on": system.parents, "Led to": member.children}
    for title, names in links.items():
        if names:
            relatives = (found[name].system for name in names)
            lines.append(f"- **{title}**: {', '.join(f'[{each.title}](#{anchor(each)})' for each in relatives)}")
    lines += [
        f"- **Claim**: {member.claim}; {member.result_text}",
        *(f"  - {term}" for term in member.translated_terms()),
        "",
        "> " + member.explanation.replace("\n", "\n> "),
        "",
    ]
    return lines


def anchor(system: System) -> str:
    """Return the anchor of a system's heading on the family tree page, as GitHub generates it, for links within the
    page.
    """
    allowed = "".join(character for character in system.title.lower() if character.isalnum() or character in " -")
    return allowed.replace(" ", "-")


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
