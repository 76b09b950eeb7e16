"""Subscripts of the formulas in the descriptions of published systems, which are written like x_t and x_{t−1}."""

from __future__ import annotations

import html
import re

# An underscore after a symbol, not one in a name such as `clip_denoised`, with a group in braces or a run of letters or
# digits. Superscripts after it, such as ², do not belong to it.
_SUBSCRIPT = re.compile(r"(?:(?<![A-Za-z]{2})(?<=\S)|(?<=min)|(?<=max))_(?:\{([^{}]+)\}|((?:(?![²³])[\w′])+))")
_CHARACTERS = dict(zip("0123456789+−-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))


def with_subscript_characters(text: str) -> str:
    """Replace the subscripts in a plain string with Unicode's subscript characters, such as xₜ₋₁ for x_{t−1}.

    A subscript with other characters, such as θ, is not replaced.
    """

    def replaced(match: re.Match[str]) -> str:
        subscript = match[1] or match[2]
        is_known = all(each in _CHARACTERS for each in subscript)
        return "".join(_CHARACTERS[each] for each in subscript) if is_known else match[0]

    return _SUBSCRIPT.sub(replaced, text)


def with_subscript_tags(text: str) -> str:
    """Convert a plain string to rich text in which subscripts are tags."""
    escaped = html.escape(text, quote=False).replace("\n", "<br>")
    return _SUBSCRIPT.sub(lambda match: f"<sub>{match[1] or match[2]}</sub>", escaped)
