"""Links by the names of their ends: ``link(a,b).length`` in an override or a sweep.

A link that a generator or a map makes stands nowhere in the document. Its address leads to the entry of
``links`` that speaks of it, or to a new one, which is laid over what the topology makes. Where several links
join two nodes, the third word is the link's name: ``link(a,b,spare).length``. A name that holds a comma, a
bracket or a quote stands in double quotes.
"""

from __future__ import annotations

import json
import re
from typing import Final

from qsim.documents.faults import Place
from qsim.documents.paths import LINK
from qsim.documents.tree import Node
from qsim.errors import ParameterError

_EACH: Final = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|[^,()"]+?)\s*(?:,|\)\Z)""")


def link_ends(step: object) -> tuple[str, ...] | None:
    """The two ends of a link and its name, if given, that a step of a key path addresses; None if none.

    Raises:
        ParameterError: it is neither two ends nor two ends and a name.

    Example:
        >>> link_ends("link(a,b)"), link_ends('link("St. Ives, UK", b, spare)'), link_ends("links")
        (('a', 'b'), ('St. Ives, UK', 'b', 'spare'), None)
    """
    if not isinstance(step, str) or LINK.fullmatch(step) is None:
        return None
    words = _EACH.findall(step[len("link(") :])
    names = tuple(json.loads(word) if word.startswith('"') else word for word in words)
    if len(names) not in (2, 3):
        raise ParameterError(f"a link is addressed by its two ends, as in link(a,b), got {step}")
    return names


def with_link(root: Node, step: object, place: Place) -> tuple[Node, int] | None:
    """The document with an entry of ``links`` for an address, and the entry's index; None for other steps.

    Args:
        root: the document.
        step: first step of a key path.
        place: where the address is written.

    Raises:
        ParameterError: several links join the two ends and the address names none.
    """
    names = link_ends(step)
    if names is None:
        return None
    section = root.get("links")
    entries = [] if section is None else section.value
    if not isinstance(entries, list):
        raise ParameterError("`links` is no list")
    found = [at for at, entry in enumerate(entries) if _speaks_of(entry, names)]
    if len(found) > 1:
        a, b = names[:2]
        raise ParameterError(f"several links join '{a}' and '{b}': add the name, as in link({a},{b},NAME)")
    if found:
        return root, found[0]
    here = place._replace(path=place.path[:1])
    made = {"between": Node([Node(name, here) for name in names[:2]], here)}
    if names[2:]:
        made["name"] = Node(names[2], here)
    grown = Node([*entries, Node(made, here)], section.place if section else here)
    return root.within({**root.items, "links": grown}), len(entries)


def _speaks_of(entry: Node, names: tuple[str, ...]) -> bool:
    between = entry.get("between")
    if between is None or not isinstance(between.value, list):
        return False
    name = entry.get("name")
    named = name.value if name else "-".join(str(end.value) for end in between.value)
    return {end.value for end in between.value} == set(names[:2]) and names[2:] in ((), (named,))
