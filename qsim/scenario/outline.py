"""The outline of a scenario document: which sections there are, and what each roughly is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qsim.documents import messages
from qsim.documents.faults import Faults, fail
from qsim.documents.tree import Node
from qsim.errors import nearest
from qsim.model.specs import FORMAT, LinkSpec
from qsim.scenario.expansion import LINK_KINDS, NODE, NODE_KINDS

if TYPE_CHECKING:
    from qsim.documents.objects import Parts

#: The sections of a document with what each holds.
SECTIONS: Final = {
    "qsim": f"format of the document, {FORMAT}",
    "name": "name of the scenario",
    "description": "what the scenario is about",
    "run": "how long to run, and at which level of detail",
    "defaults": "settings for every node and link",
    "topology": "a generator or file that makes nodes and links",
    "nodes": "the nodes by name, each with its own settings or none; or a list of names",
    "links": "the links",
    "remove": "what is taken out of all that: nodes, links",
    "classical": "the classical network",
    "protocols": "the protocols of every node",
    "traffic": "the applications that use the network",
    "faults": "what goes down and when, and what becomes of the flows that it hits",
    "sweep": "what `qsim sweep` varies, and how often it runs each point",
}

_FOREIGN: Final = ("qconnections", "qchannels", "cconnections", "cchannels", "cconnections_table")

#: Unknown sections that are told with what may have been meant.
_HINTS: Final = 100


def check_outline(root: Node, faults: Faults) -> None:
    """Note unknown sections and wrong texts.

    Raises:
        ScenarioError: the document is no scenario at all.
    """
    if not isinstance(root.value, dict):
        raise fail(
            root.place,
            f"must be a mapping of sections such as `run` and `nodes`, got {messages.shown(root.value)}",
        )
    if any(key in root.value for key in _FOREIGN) and "run" not in root.value:
        raise fail(root.place, "looks like a SeQUeNCe configuration: `qsim convert` makes a scenario of it")
    unknown = ((key, entry) for key, entry in root.value.items() if key not in SECTIONS)
    for place, (key, entry) in enumerate(unknown):
        # A file of many thousands is no scenario with slips of the pen, and hints take time.
        faults.add(entry.key, f"unknown key{nearest(key, SECTIONS) if place < _HINTS else ''}")
    version = root.get("qsim")
    if version is not None and (version.value not in (1, FORMAT) or isinstance(version.value, bool)):
        faults.add(
            version.place,
            f"must be {FORMAT}, or 1 for the format before, got {messages.shown(version.value)}",
        )
    for key in ("name", "description"):
        text = root.get(key)
        if text is not None and not isinstance(text.value, str):
            faults.add(text.place, f"must be text, got {messages.shown(text.value)}")


def check_defaults(root: Node, parts: Parts, faults: Faults) -> None:
    """Note the faults of ``defaults``, also of those that no node or link takes up."""
    section = root.get("defaults")
    if section is None:
        return
    if not isinstance(section.value, dict):
        faults.add(section.place, f"must be a mapping, got {messages.shown(section.value)}")
    kinds = {**NODE_KINDS, **LINK_KINDS}
    for key, entry in section.items.items():
        if key in kinds and entry.value is not None:
            parts.judge_kind(*kinds[key], entry, named=key == "memory")
        elif key == "node" and entry.value is not None:
            parts.judge_kind(*NODE, entry)
        elif key == "link" and entry.value is not None:
            parts.judge_class(LinkSpec, entry)
            for single in ("between", "name"):
                if single in entry.items:
                    faults.add(entry.items[single].key, "belongs to a single link, under `links`")
        elif key not in kinds and key not in ("node", "link"):
            faults.add(entry.key, f"unknown key{nearest(key, (*kinds, 'node', 'link'))}")
