"""What a prompt and a notebook show of a network that is being described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim import units
from qsim.errors import ParameterError
from qsim.model.layout import placed
from qsim.results.html_cards import NODES, card, small_map, table
from qsim.results.number_text import count
from qsim.results.result_views import short

if TYPE_CHECKING:
    from qsim.network.network_parts import NetworkParts


def network_text(network: NetworkParts) -> str:
    """A network in five lines."""
    return short(
        "Network",
        network.name,
        [*_facts(network), 'network.run("10 s") runs it; .scenario("10 s") checks it'],
    )


def network_html(network: NetworkParts) -> str:
    """A network as a card: facts, map, and what its links are."""
    nodes, links = network.nodes, network.links
    picture = ""
    if len(nodes) <= NODES:
        picture = small_map(placed(list(nodes), links, _in_si(network)).places, links)
    rows = [(a, b) for a, b in links]
    return card(
        f"Network {network.name or '(unnamed)'}",
        _facts(network),
        picture,
        table("Links", ("from", "to"), rows),
    )


def _facts(network: NetworkParts) -> list[str]:
    names = list(network.nodes)
    some = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    changed = len(network.report.entries)
    report = f"; {count(changed, 'remark')} of the import in .report" if changed else ""
    return [
        f"{count(len(names), 'node')}: {some}" if names else "no nodes yet",
        f"{count(len(network.links), 'link')}",
        f"{count(len(network.traffic), 'application')}{report}",
    ]


def _in_si(network: NetworkParts) -> dict[str, dict[str, object]]:
    """The places that have been said, as numbers; a node with a place that is none has no place."""
    found = {}
    for name, said in network.nodes.items():
        place = {key: said[key] for key in ("position", "coordinates") if said.get(key)}
        if "position" in place:
            try:
                place["position"] = [units.parse(value, "m") for value in place["position"]]
            except ParameterError:
                del place["position"]
        found[name] = place
    return found
