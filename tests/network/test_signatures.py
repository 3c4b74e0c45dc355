"""What the methods of `Network` take is what scenarios declare, spelt out for editors and type checkers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from qsim import Network, registry
from qsim.model.specs import ClassicalSpec, LinkSpec, NodeSpec, ProtocolsSpec, RunSpec
from qsim.network.script_values import RunFields
from qsim.parameters import declarations


def keywords(method: Callable[..., Any]) -> set[str]:
    """The names that may be given by keyword only, those of what is unknown apart."""
    known = inspect.signature(method).parameters.values()
    return {each.name for each in known if each.kind is inspect.Parameter.KEYWORD_ONLY}


def declared(spec: Any, *others: str) -> set[str]:
    return {each.name for each in declarations(spec)} - set(others)


@pytest.mark.parametrize(
    ("method", "wanted"),
    [
        (Network.add_link, declared(LinkSpec, "between", "length")),
        (Network.add_node, declared(NodeSpec, "name") | {"kind"}),
        (Network.set_protocols, declared(ProtocolsSpec)),
        (Network.set_classical, declared(ClassicalSpec)),
        (Network.request, declared(registry.lookup("app", "request"), "initiator", "responder")),
    ],
)
def test_every_declared_field_is_a_keyword_with_a_word_of_help(
    method: Callable[..., Any], wanted: set[str]
) -> None:
    assert keywords(method) == wanted, f"give {method.__qualname__} the fields that are declared"
    said = inspect.getdoc(method) or ""
    assert [name for name in wanted if name not in said] == []


def test_the_network_takes_the_defaults_themselves() -> None:
    assert keywords(Network.__init__) == keywords(Network.set_defaults)
    assert Network(memory={"count": 3}).add_node("a").document(1)["defaults"] == {"memory": {"count": 3}}


def test_what_a_run_is_told_is_declared() -> None:
    assert set(get_type_hints(RunFields)) == declared(RunSpec, "duration")


@pytest.mark.parametrize(
    "method",
    [
        Network.__init__,
        Network.set_defaults,
        Network.set_protocols,
        Network.set_classical,
        Network.add_link,
        Network.request,
    ],
)
def test_a_type_checker_lets_no_other_keyword_pass(method: Callable[..., Any]) -> None:
    assert inspect.get_annotations(method)["unknown"] == "Never"
