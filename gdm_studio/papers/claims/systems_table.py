"""Table of all claims in `docs/systems.md`, with measured figures and the training of the models."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.model_card import ModelCard
from gdm_studio.papers.family_tree import find_card, weights_state
from gdm_studio.papers.system_description import Measurement, System
from gdm_studio.papers.training.model_file import SEEN_BEFORE

# The comments around the table in a Markdown file.
START = "<!-- The claims, written by `gdm-studio systems --claims FILE` -->"
END = "<!-- End of the claims -->"
HEADER = (
    "| system | weights | claim: interval; terms | figure (lowest … highest), samples per seed; terms | ablation "
    "| ablation's figure | training |"
)
NOT_MEASURED = "not measured"


def claim_table(
    systems: Mapping[str, System], figures: Mapping[str, Measurement], cards: Mapping[str, ModelCard]
) -> str:
    """Return a Markdown table with a row for each published system: its claim, the measured result and the training of
    its model.

    `figures` are the measurements by system name, and `cards` the model cards by model name.
    """
    rows = [HEADER, "|---|---|---|---|---|---|---|"]
    for name, system in systems.items():
        claim, figure = system.claim, figures.get(name)
        terms = "".join(f"; {term} {interval.text}" for term, interval in claim.terms.items())
        card = find_card(system, list(cards.values()))
        cells = [name, weights_state(system, card), f"{claim.text}: {claim.range.text}{terms}"]
        cells += [_format_result(system, figure), claim.ablation]
        cells.append("–" if figure is None or figure.ablated is None else f"{figure.ablated:.3g}")
        cells.append("–" if figure is None else _format_training(system, cards))
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows)


def with_claim_table(page: str, table: str) -> str:
    """Replace the table of the systems' claims in a Markdown page, such as `docs/systems.md`, and return the new page.

    Raises BadRequest if the page contains no such table.
    """
    pattern = re.compile(f"{re.escape(START)}.*?{re.escape(END)}", re.DOTALL)
    found, count = pattern.subn(lambda _: f"{START}\n\n{table}\n\n{END}", page)
    if count != 1:
        raise BadRequest(f"The page must contain the lines  {START}  and  {END}  once.")
    return found


def _format_result(system: System, figure: Measurement | None) -> str:
    if figure is None:
        return NOT_MEASURED
    text = f"{figure.value:.3g} ({figure.low:.3g} … {figure.high:.3g})"
    text += f", {figure.count}" if figure.count else ""
    text += "" if figure.floor is None else f"; floor {figure.floor:.3g}"
    missed = system.claim.missed_terms(figure)
    for name in system.claim.terms:
        value = f"{figure.terms[name].value:.3g}" if name in figure.terms else "not measured"
        text += f"; {name} {f'**{value}**' if name in missed else value}"
    outcome = system.claim.outcome(figure)
    return f"{text}: {outcome if outcome == 'holds' else f'**{outcome}**'}"


def _format_training(system: System, cards: Mapping[str, ModelCard]) -> str:
    """Return a table entry about the training of a system's model: the model's name and its number of training
    samples.
    """
    if system.claim.requires == "retrain":
        return "in the measurement"
    card = cards.get(system.points_model) or cards.get(system.model)
    if card is None:
        return "not shipped"
    seen, before = (float(card.figures.get(name, 0)) for name in ("samples_seen", SEEN_BEFORE))
    own = f"{seen / 1e6:.1f} M" if seen else "none"
    if before:
        own += f", after {before / 1e6:.1f} M of {card.figures.get('begun_from', 'the even start')}"
    return f"{card.name}: {own}"
