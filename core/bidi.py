"""Invisible characters that turn the direction of text. Pure.

Somebody who writes a title can use them to make "gnp.exe" read as "exe.png". Our own sentences have
no use for them; in the words of others they are part of the evidence, so there they are shown.
Unicode Standard Annex 9: embeddings and overrides U+202A to U+202E, isolates U+2066 to U+2069.
"""

from __future__ import annotations

NAMES = {
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
_GONE = str.maketrans(dict.fromkeys(NAMES, ""))
_SHOWN = str.maketrans({sign: f"⟦{name}⟧" for sign, name in NAMES.items()})


def without_turns(text: str) -> str:
    """TEXT without the characters that turn it: for our own words."""
    return text.translate(_GONE)


def with_turns_shown(text: str) -> str:
    """TEXT with each of them replaced by its name in brackets: for the words of others."""
    return text.translate(_SHOWN)
