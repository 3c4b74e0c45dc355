"""What a prompt and a notebook show of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim import registry
from qsim.errors import RegistryError
from qsim.model.layout import placed
from qsim.results.html_cards import NODES, card, small_map, table
from qsim.results.number_text import count, number, seconds
from qsim.results.result_views import short

if TYPE_CHECKING:
    from qsim.model.specs import ScenarioSpec


def scenario_text(scenario: ScenarioSpec) -> str:
    """A scenario in five lines."""
    return short(
        "Scenario",
        scenario.name,
        [*_facts(scenario), "scenario.run() runs it; scenario.document has all values"],
    )


def scenario_html(scenario: ScenarioSpec) -> str:
    """A scenario as a card: facts, map, links and traffic."""
    links = [(link.between[0], link.between[1]) for link in scenario.links]
    names = [node.name for node in scenario.nodes]
    picture = ""
    if len(names) <= NODES:
        picture = small_map(placed(names, links, scenario.document.get("nodes", {})).places, links)
    shown = [
        (link.name, f"{number(link.length / 1e3)} km", _kind(link.link_model)) for link in scenario.links
    ]
    return card(
        f"Scenario {scenario.name or '(unnamed)'}",
        _facts(scenario),
        picture,
        table("Links", ("link", "length", "model"), shown),
        table("Traffic", ("kind", "what"), [(_kind(app), _ends(app)) for app in scenario.traffic]),
    )


def _facts(scenario: ScenarioSpec) -> list[str]:
    run, protocols = scenario.run_spec, scenario.protocols
    memories = sum(node.count for node in scenario.nodes)
    policies = ", ".join(
        f"{name} {_kind(getattr(protocols, name))}" for name in ("swapping", "purification", "routing")
    )
    return [
        f"{seconds(run.duration)} at detail '{run.detail}', seed {run.seed}",
        f"{count(len(scenario.nodes), 'node')} with {count(memories, 'memory')}, "
        f"{count(len(scenario.links), 'link')} of {number(sum(x.length for x in scenario.links) / 1e3)} km, "
        f"{count(len(scenario.traffic), 'application')}",
        policies,
    ]


def _kind(thing: object) -> str:
    try:
        return registry.name_of(type(thing))
    except RegistryError:
        return type(thing).__name__


def _ends(app: object) -> str:
    ends = [getattr(app, end, None) for end in ("initiator", "responder")]
    return " → ".join(str(end) for end in ends if end is not None)
