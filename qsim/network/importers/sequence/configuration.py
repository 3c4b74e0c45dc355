"""The whole conversion of a SeQUeNCe configuration, part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from math import isfinite
from typing import Any, Final

from qsim.errors import NetworkError
from qsim.model.specs import FORMAT
from qsim.network.importers.graph import FALLBACK_DURATION
from qsim.network.importers.sequence import absorptive, delays, key_links, links, nodes
from qsim.network.importers.sequence.unread_keys import KeyTracker, Section, report_unread
from qsim.network.loss_report import Conversion, LossReport
from qsim.units import PS_PER_S

_BELL_DIAGONAL: Final = "bell_diagonal"
#: SeQUeNCe's formalisms and ours.
_FORMALISMS: Final = {
    "ket_vector": "scalar-fidelity",
    "density_matrix": "scalar-fidelity",
    _BELL_DIAGONAL: "bell-diagonal",
}
#: Keys by which a configuration is known, beside its nodes.
_MARKS: Final = ("qconnections", "qchannels", "cconnections", "cchannels", *delays.TABLES)
#: Node types of files that describe no network of repeaters, and what such a file is.
_OTHERS: Final = {
    "QlanOrchestratorNode": (
        "THIS IS A FILE OF A QUANTUM LOCAL AREA NETWORK (QLAN) that measures graph states, not of a network "
        "of repeaters",
        "its nodes and fibres alone are taken: no graph state is made or measured",
    ),
}


def is_sequence(document: object) -> bool:
    """Whether a document looks like a SeQUeNCe configuration: a list of typed nodes, and channels.

    Example:
        >>> is_sequence({"nodes": [{"name": "a", "type": "QuantumRouter"}], "qconnections": []})
        True
    """
    if not isinstance(document, Mapping) or "qsim" in document or "run" in document:
        return False
    listed = document.get("nodes")
    typed = isinstance(listed, list) and all(isinstance(node, Mapping) and "type" in node for node in listed)
    return bool(typed and listed and any(mark in document for mark in _MARKS))


def convert(document: Mapping[str, Any], *, source: str = "<configuration>", name: str = "") -> Conversion:
    """Make a scenario document of a SeQUeNCe configuration.

    Args:
        document: the configuration, as read from its JSON or YAML file.
        source: what to call it in the report and in errors.
        name: name of the scenario.

    Raises:
        NetworkError: the document is no such configuration, or one that SeQUeNCe could not load either.
    """
    if not is_sequence(document):
        raise NetworkError(
            f"{source}: not a SeQUeNCe configuration: it has no list of typed nodes with channels"
        )
    report = LossReport(source)
    for kind, (what, instead) in _OTHERS.items():
        if any(node.get("type") == kind for node in document["nodes"]):
            report.dropped("nodes", None, what, instead)
    keys = KeyTracker(document, report)
    top = keys.top()
    formalism = _formalism(top, light=_stores_light(document))
    bell_diagonal = formalism == _FORMALISMS[_BELL_DIAGONAL]
    made: dict[str, Any] = {"qsim": FORMAT} | ({"name": name} if name else {})
    made["run"] = {"duration": _duration(top), "seed": 0, "formalism": formalism}
    parts = nodes.cast(top, decays=bell_diagonal)
    joined = links.join(top, parts, bell_diagonal=bell_diagonal)
    _make_alike(parts.nodes, [join.entry for join in joined], report)
    keyed = key_links.of_channels(top, parts, made["run"]["duration"])
    classical = delays.section(top, list(parts.nodes), joined, keyed)
    cutoff = _shared_cutoff(parts.nodes)
    made["defaults"], made["nodes"], made["links"] = _shared(parts.nodes, [join.entry for join in joined])
    made["classical"] = classical
    if parts.nodes.keys() - parts.keys.keys():
        made["protocols"] = _protocols(top, parts, bell_diagonal=bell_diagonal) | cutoff
    if keyed:
        made["traffic"] = [link.traffic for link in keyed]
    report_unread(keys, report, _used(document))
    return Conversion(made, report, keys.converted())


def _make_alike(nodes: dict[str, dict[str, Any]], entries: list[dict[str, Any]], report: LossReport) -> None:
    """Give links between memories of unlike wavelengths converters that lose nothing."""
    for entry in entries:
        to, other = (nodes[end]["memory"]["wavelength"] for end in entry["between"])
        if to != other:
            entry["converter"] = {"kind": "frequency-converter", "to": to}
            report.assumed(
                f"{'-'.join(entry['between'])}.converter",
                "SeQUeNCe lets light of unlike wavelengths interfere",
                f"lossless converters to {to * 1e9:g} nm",
            )


def _stores_light(document: Mapping[str, Any]) -> bool:
    templates = document.get("templates")
    each = templates.values() if isinstance(templates, Mapping) else ()
    return any(isinstance(one, Mapping) and absorptive.MEMORY in one for one in each)


def _formalism(top: Section, *, light: bool) -> str:
    if top.peek("formalism") is None and light:
        top.keys.report.assumed("formalism", "absorptive memories are states of light", "bell-diagonal")
        return "bell-diagonal"
    if top.peek("formalism") is None:
        top.keys.report.assumed("formalism", "SeQUeNCe's default is ket_vector", "scalar-fidelity")
        return "scalar-fidelity"
    named = top.text("formalism")
    if named not in _FORMALISMS:
        top.changed("formalism", "SeQUeNCe's network stack does not run in this formalism", "bell-diagonal")
        return "bell-diagonal"
    if named != _BELL_DIAGONAL:
        top.harmless(
            "formalism",
            "in this formalism SeQUeNCe decides and reports by a number carried beside the state",
            "scalar-fidelity, which is that number; run.formalism bell-diagonal would follow the states",
        )
    return _FORMALISMS[named]


def _duration(top: Section) -> float:
    stop = top.peek("stop_time")
    if stop is None or (isinstance(stop, float) and not isfinite(stop)):
        if stop is not None:
            top.keys.mark_told("stop_time")
        top.keys.report.assumed("stop_time", "SeQUeNCe runs until it is told", f"{FALLBACK_DURATION:g} s")
        return FALLBACK_DURATION
    return top.number("stop_time", 0, least=1) / PS_PER_S


def _protocols(top: Section, parts: nodes.Cast, *, bell_diagonal: bool) -> dict[str, Any]:
    """Swapping, purification and routing, which a scenario has once for the whole network."""
    swaps: dict[str, tuple[float, float]] = {}
    for node in (name for name in parts.nodes if name not in parts.keys):
        template = parts.templates[node]
        swaps[node] = _swapping(template, bell_diagonal=bell_diagonal)
        if template is not None and "routing" in template:
            _routing(template)
    (probability, degradation), _ = Counter(swaps.values()).most_common(1)[0]
    for node, values in swaps.items():
        if values != (probability, degradation):
            top.keys.report.changed(
                f"nodes[{node}].template",
                values[0],
                "swapping is alike at all nodes",
                f"success probability {probability:g}, degradation {degradation:g}, as at most nodes",
            )
    swapping: dict[str, Any] = {"kind": "nested", "success_probability": probability, "consent": True}
    if not bell_diagonal:
        swapping["degradation"] = degradation
    purification = {"kind": "bbpssw", "match": "equal"}
    return {"swapping": swapping, "purification": purification, "routing": "shortest-path"}


def _swapping(template: Section | None, *, bell_diagonal: bool) -> tuple[float, float]:
    """Success probability and degradation; without a template SeQUeNCe swaps surely and degrades by 0.95."""
    swap = template.section("EntanglementSwapping") if template else None
    if swap is None:
        return 1.0, 0.95
    if bell_diagonal and swap.peek("swapping_degradation") is not None:
        swap.dropped("swapping_degradation", "Bell-diagonal states are swapped exactly", "left out")
    probability = swap.number("swapping_success_prob", 1, least=0)
    return probability, 0.95 if bell_diagonal else swap.number("swapping_degradation", 0.95, least=0)


def _routing(template: Section) -> None:
    if template.peek("routing") == "routing_static":
        template.text("routing")
    else:
        template.changed(
            "routing",
            "routes are not learnt by messages between the routers",
            "shortest paths, known from the start",
        )


def _shared(
    entries: dict[str, dict[str, Any]], links: list[dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """Move what all nodes and all links have in common to the defaults."""
    memories = [entry["memory"] for entry in entries.values() if "memory" in entry]
    shared = _common(memories)
    if memories and "kind" not in shared:
        # What several kinds have in common would be given to each as the other's.
        shared = {}
    defaults: dict[str, Any] = {"memory": shared} if shared else {}
    slim: dict[str, Any] = {}
    for node, entry in entries.items():
        own = {key: value for key, value in entry.get("memory", {}).items() if key not in shared}
        rest = {key: value for key, value in entry.items() if key != "memory"} | (
            {"memory": own} if own else {}
        )
        slim[node] = rest or None
    rows = deepcopy(links)
    for part in ("fibre", "detector", "link_model"):
        common = _common([row[part] for row in rows])
        if len({row["link_model"]["kind"] for row in rows}) > 1 and part == "link_model":
            common = {}
        if common:
            defaults[part] = common
        for row in rows:
            row[part] = {key: value for key, value in row[part].items() if key not in common}
            if not row[part]:
                del row[part]
    return defaults, slim, rows


def _shared_cutoff(entries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The cut-off that all nodes have in common, taken out of them."""
    holders = [entry for entry in entries.values() if "memory" in entry]
    common = _common([{"cutoff": entry.get("cutoff")} for entry in holders])
    if common.get("cutoff") is None:
        return {}
    for entry in holders:
        del entry["cutoff"]
    return common


def _common(mappings: list[dict[str, Any]]) -> dict[str, Any]:
    if not mappings:
        return {}
    return {
        key: value
        for key, value in mappings[0].items()
        if all(other.get(key) == value for other in mappings[1:])
    }


def _used(document: Mapping[str, Any]) -> set[str]:
    """Names of the templates that a node or a connection uses."""
    users = [*document.get("nodes", []), *document.get("qconnections", [])]
    return {user["template"] for user in users if isinstance(user.get("template"), str)}
