"""Contracts of kinds: what is missing is told when a class is registered."""

from __future__ import annotations

import importlib
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from qsim import registry
from qsim.errors import RegistryError


class Lamp(Protocol):
    """A lamp."""

    @property
    def colour(self) -> str: ...

    def shine(self, seconds: float, *, brightly: bool = False) -> float: ...


class Switch(ABC):
    """A switch."""

    @abstractmethod
    def toggle(self) -> None: ...

    def label(self) -> str:
        return "switch"


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    registry.define_kind("test-lamp", Lamp, "how-to/lamp.md")
    registry.define_kind("test-switch", Switch, "how-to/switch.md")
    yield
    for kind in ("test-lamp", "test-switch"):
        for name in registry.names(kind):
            registry.unregister(kind, name)
        registry._contracts.pop(kind)


def test_members_are_told_with_their_arguments() -> None:
    known = {contract.kind: contract.members() for contract in registry.contracts()}
    assert set(known["test-lamp"]) == {"colour", "shine(seconds, brightly)"}
    assert known["test-switch"] == ("toggle()",)


def test_whole_class_is_taken() -> None:
    @registry.register("test-lamp", "whole")
    class Whole:
        colour = "red"

        def shine(self, seconds: float, *, brightly: bool = False) -> float:
            return seconds

    assert registry.lookup("test-lamp", "whole") is Whole


def test_annotated_field_counts() -> None:
    @registry.register("test-lamp", "field")
    class Field:
        colour: str

        def shine(self, seconds: float, brightly: bool = False) -> float:
            return seconds

    assert registry.name_of(Field) == "field"


def test_empty_class_is_refused_with_class_file_line_and_members() -> None:
    with pytest.raises(RegistryError) as caught:

        @registry.register("test-lamp", "empty")
        class Empty:
            pass

    said = str(caught.value)
    assert "test-lamp 'empty'" in said
    assert "Empty (" in said
    assert f"{__file__}, line " in said
    assert "`colour`" in said
    assert "`shine(seconds, brightly)`" in said
    assert "docs/how-to/lamp.md" in said
    assert registry.names("test-lamp") == ()


def test_method_that_takes_other_arguments_is_refused() -> None:
    with pytest.raises(RegistryError, match=r"`shine\(seconds, brightly\)` \(it has `shine\(\)`\)"):

        @registry.register("test-lamp", "short")
        class Short:
            colour = "red"

            def shine(self) -> float:
                return 0.0


def test_inherited_stub_of_the_protocol_does_not_count() -> None:
    with pytest.raises(RegistryError, match="`shine"):

        @registry.register("test-lamp", "stub")
        class Stub(Lamp):
            colour = "red"  # type: ignore[assignment]


def test_abstract_base_names_what_is_still_abstract() -> None:
    with pytest.raises(RegistryError, match=r"`toggle\(\)`"):

        @registry.register("test-switch", "half")
        class Half(Switch):
            pass


def test_abstract_base_is_asked_for() -> None:
    with pytest.raises(RegistryError, match=r"Switch` among its bases"):

        @registry.register("test-switch", "stranger")
        class Stranger:
            def toggle(self) -> None: ...


def test_class_registered_before_its_kind_is_held_to_the_contract_later() -> None:
    registry._unheld.append(("test-late", "early", object))
    registry._classes.setdefault("test-late", {})["early"] = object
    with pytest.raises(RegistryError, match="test-late 'early'"):
        registry.define_kind("test-late", Lamp, "how-to/lamp.md")
    assert registry.names("test-late") == ()
    registry._contracts.pop("test-late")


def test_every_kind_has_a_contract_and_its_page() -> None:
    importlib.import_module("qsim.scenario.scenario")  # the contract of runtimes
    known = {contract.kind: contract.page for contract in registry.contracts()}
    assert set(registry.kinds()) <= set(known)
    docs = Path(__file__).parents[1] / "docs"
    ours = [page for kind, page in known.items() if not kind.startswith("test-")]
    assert [page for page in ours if not (docs / page).is_file()] == []


@pytest.mark.parametrize(
    "kind",
    [
        "app",
        "control",
        "cutoff",
        "decay",
        "detector",
        "fibre",
        "formalism",
        "handshake",
        "link-model",
        "memory",
        "node",
        "processor",
        "purification",
        "reservation",
        "routing",
        "swapping",
        "topology",
        "transfer",
    ],
)
def test_script_that_registers_first_is_held_to_the_contracts(kind: str) -> None:
    code = f"import qsim\n@qsim.register('{kind}', 'mine')\nclass Mine: pass\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"RegistryError: {kind} 'mine': class Mine of __main__ lacks " in done.stderr
