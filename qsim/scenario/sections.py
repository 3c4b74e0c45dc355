"""The sections of a scenario document."""

from __future__ import annotations

from typing import Final

#: The format of scenario documents that this version reads and writes.
FORMAT: Final = 1

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
    "classical": "the classical network",
    "protocols": "the protocols of every node",
    "traffic": "the applications that use the network",
    "sweep": "what `qsim sweep` varies, and how often it runs each point",
}
