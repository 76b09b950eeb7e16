"""Reader of texts in an XMP packet.

It uses regular expressions, since an XML parser would expand malicious entities.
"""

from __future__ import annotations

import html
import re

_LIST_ITEM = re.compile(r"<rdf:li(?:\s[^<>]{0,500})?>(?P<text>[^<]*)</rdf:li>")
_CDATA = re.compile(r"^\s*<!\[CDATA\[(.*)\]\]>\s*$", re.DOTALL)


def find_element(xmp: str, name: str) -> str:
    """Return the text of the first XMP element or attribute called `name`, with any namespace prefix, or "".

    If the element is a list of alternatives, the first alternative is returned.
    """
    if name not in xmp:
        return ""
    opening = re.search(rf"<((?:[\w.-]{{1,40}}:)?{name})(?:\s[^<>]{{0,500}})?>", xmp)
    if opening is None:
        attribute = re.search(rf"""[\s:]{name}\s?=\s?(?:"([^"]*)"|'([^']*)')""", xmp)
        return html.unescape(attribute[1] or attribute[2] or "") if attribute else ""
    end = xmp.find(f"</{opening[1]}>", opening.end())
    inside = xmp[opening.end() : end] if end >= 0 else ""
    item = _LIST_ITEM.search(inside)
    text = item["text"] if item else inside
    literal = _CDATA.match(text)
    return literal[1] if literal else html.unescape(text).strip()


def find_texts(xmp: str) -> dict[str, str]:
    """Return the texts of an XMP packet that can contain settings, named as in `EmbeddedTexts`.

    `parameters` is the A1111 text that stable-diffusion.cpp and Krita's plug-in write.
    """
    found = {"parameters": "parameters", "UserComment": "xmp:UserComment", "description": "xmp:description"}
    return {name: text for tag, name in found.items() if (text := find_element(xmp, tag))}
