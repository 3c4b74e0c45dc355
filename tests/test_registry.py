from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from qsim import registry
from qsim.errors import RegistryError


class Candle:
    """A lamp."""

    def __init__(self, height: float = 1.0) -> None:
        self.height = height


class Torch:
    """Another."""


class Lamp(Protocol):
    """Asks nothing of a lamp."""


@pytest.fixture(autouse=True)
def _lamps() -> Iterator[None]:
    registry.define_kind("lamp", Lamp, "how-to/device.md")
    registry.register("lamp", "candle")(Candle)
    yield
    for name in ("candle", "torch", "bulb"):
        registry.unregister("lamp", name)
    registry._contracts.pop("lamp")


def test_a_name_leads_to_its_class() -> None:
    assert registry.lookup("lamp", "candle") is Candle
    assert registry.name_of(Candle) == "candle"
    assert registry.names("lamp") == ("candle",)
    assert "lamp" in registry.kinds()


def test_the_decorator_returns_the_class() -> None:
    assert registry.register("lamp", "torch")(Torch) is Torch
    assert registry.names("lamp") == ("candle", "torch")


def test_registering_again_is_harmless() -> None:
    registry.register("lamp", "candle")(Candle)
    assert registry.lookup("lamp", "candle") is Candle


def test_a_class_defined_again_replaces_itself() -> None:
    # A notebook cell run twice makes a new class of the same name.
    def cell() -> type:
        @registry.register("lamp", "bulb")
        class Bulb:
            """Lights up."""

        return Bulb

    first, second = cell(), cell()
    assert registry.lookup("lamp", "bulb") is second
    assert registry.name_of(second) == "bulb"
    with pytest.raises(RegistryError, match="not registered"):
        registry.name_of(first)


def test_a_taken_name_is_refused() -> None:
    with pytest.raises(
        RegistryError, match=r"lamp 'candle' is already registered by .*test_registry\.Candle"
    ):
        registry.register("lamp", "candle")(Torch)
    assert registry.lookup("lamp", "candle") is Candle


def test_one_name_in_two_kinds() -> None:
    registry.register("wax", "candle")(Torch)
    assert registry.lookup("wax", "candle") is Torch
    assert registry.lookup("lamp", "candle") is Candle
    registry.unregister("wax", "candle")
    assert "wax" not in registry.kinds()


def test_unregistering_forgets() -> None:
    registry.unregister("lamp", "candle")
    assert registry.names("lamp") == ()
    assert "lamp" not in registry.kinds()
    with pytest.raises(RegistryError):
        registry.name_of(Candle)
    registry.unregister("lamp", "candle")
    registry.unregister("nonsense", "candle")


def test_an_unknown_kind() -> None:
    with pytest.raises(RegistryError, match=r"unknown kind 'lmap' \(did you mean 'lamp'\?\)"):
        registry.lookup("lmap", "candle")


def test_an_unknown_name() -> None:
    with pytest.raises(RegistryError, match=r"unknown lamp 'candel' \(did you mean 'candle'\?\)"):
        registry.lookup("lamp", "candel")


def test_a_class_that_is_not_registered() -> None:
    with pytest.raises(RegistryError, match=r"Torch is not registered; decorate it with @qsim\.register"):
        registry.name_of(Torch)


class TestBuild:
    def test_from_a_name(self) -> None:
        assert registry.build("lamp", "candle").height == 1.0
        with pytest.raises(RegistryError, match=r"has no parameter 'efficency' \(did you mean 'efficiency'"):
            registry.build("memory", {"kind": "atomic", "efficency": 0.5})

    def test_from_a_mapping(self) -> None:
        given = {"kind": "candle", "height": 3.0}
        assert registry.build("lamp", given).height == 3.0
        assert given == {"kind": "candle", "height": 3.0}

    def test_from_an_object(self) -> None:
        candle = Candle()
        assert registry.build("lamp", candle) is candle


class TestPlugins:
    def test_our_own_packages_come_in_by_the_entry_points(self) -> None:
        assert "atomic" in registry.names("memory")
        assert {"bell-diagonal", "density-matrix", "scalar-fidelity"} <= set(registry.names("formalism"))
        assert {"bbpssw", "dejmps"} <= set(registry.names("purification"))

    def test_importing_the_registry_imports_no_plugin(self) -> None:
        watched = "{'hardware', 'qsim.quantum'}"
        code = f"import sys; from qsim import registry; print({watched}.isdisjoint(sys.modules))"
        assert in_a_fresh_process(code) == "True"

    def test_the_first_question_loads_them(self) -> None:
        code = "import sys; from qsim import registry; registry.kinds(); print('hardware' in sys.modules)"
        assert in_a_fresh_process(code) == "True"

    def test_two_threads_may_ask_first(self) -> None:
        code = (
            "import threading; from qsim import registry\n"
            "found = []\n"
            "ask = lambda: found.append(registry.lookup('memory', 'atomic').__name__)\n"
            "threads = [threading.Thread(target=ask) for _ in range(8)]\n"
            "[thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
            "print(len(found), *set(found))"
        )
        assert in_a_fresh_process(code) == "8 AtomicMemory"


class TestModules:
    def test_a_module_is_imported_for_what_it_registers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "my_lamps.py").write_text(
            "import qsim\n@qsim.register('lamp', 'bulb')\nclass Bulb:\n    '''Lights up.'''\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        registry.load_module("my_lamps")
        assert registry.lookup("lamp", "bulb").__name__ == "Bulb"

    @pytest.mark.parametrize("name", ["no_such_module_anywhere", "no_such_package.lamps"])
    def test_a_missing_module(self, name: str) -> None:
        with pytest.raises(RegistryError, match=f"plugin '{name}' cannot be imported"):
            registry.load_module(name)

    def test_a_module_that_misses_another_is_not_called_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "needy_lamps.py").write_text("import no_such_module_anywhere\n")
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
            registry.load_module("needy_lamps")


def in_a_fresh_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.removesuffix("\n")


@pytest.fixture
def announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two modules that register lamps when they are asked for, in a process that has loaded neither."""
    for module, name in (("paper_lamp", "torch"), ("glass_lamp", "bulb")):
        text = f"from qsim.registry import register\n\n@register('lamp', '{name}')\nclass Lamp:\n    pass\n"
        (tmp_path / f"{module}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    registry.announce("paper_lamp", "lamp", "torch")
    registry.announce("glass_lamp", "lamp")
    yield
    registry._waiting.pop("lamp", None)  # nothing waits for the next test
    for module in ("paper_lamp", "glass_lamp"):
        sys.modules.pop(module, None)


@pytest.mark.usefixtures("announced")
def test_what_is_announced_is_imported_when_it_is_asked_for() -> None:
    registry.lookup("formalism", "density-matrix")
    assert sys.modules.keys().isdisjoint({"paper_lamp", "glass_lamp"})
    registry.presets("lamp")
    assert registry.lookup("lamp", "bulb").__module__ == "glass_lamp"
    assert "paper_lamp" not in sys.modules
    assert registry.lookup("lamp", "torch").__module__ == "paper_lamp"


@pytest.mark.usefixtures("announced")
def test_whoever_asks_what_there_is_sees_what_is_announced() -> None:
    with pytest.raises(RegistryError, match=r"unknown lamp 'torhc' \(did you mean 'torch'"):
        registry.lookup("lamp", "torhc")
    assert registry.names("lamp") == ("bulb", "candle", "torch")
    assert "paper_lamp" not in sys.modules  # its name is told for it


ANNOUNCEMENTS = """
from collections import defaultdict
from qsim import registry

registry._load_packages()
told, kept = defaultdict(set), defaultdict(set)
unnamed = set()  # kinds some of whose names only their modules know
for kind, entries in registry._waiting.items():
    for names, module in entries:
        told[kind, module] |= names
        if not names:
            unnamed.add(kind)
registry.load_everything()
for kind, table in registry._classes.items():
    for name, cls in table.items():
        kept[kind, cls.__module__].add(name)
print(sum(map(bool, told.values())))
print(*(place for place, names in told.items() if names and names != kept[place]))
print(*(place for place in kept if place not in told and place[0] not in unnamed))
"""


def test_every_announcement_is_true() -> None:
    announced, untrue, untold = in_a_fresh_process(ANNOUNCEMENTS).split("\n")
    assert int(announced) > 50
    assert untrue == ""
    assert untold == ""


@pytest.mark.usefixtures("announced")
def test_a_name_that_an_announced_module_has_is_taken() -> None:
    with pytest.raises(RegistryError, match=r"lamp 'torch' is already registered by paper_lamp\.Lamp"):
        registry.register("lamp", "torch")(Torch)


def test_an_announced_module_that_fails_fails_again() -> None:
    registry.announce("no_such_lamp", "lamp", "torch")
    try:
        for _ in range(2):
            with pytest.raises(ModuleNotFoundError, match="no_such_lamp"):
                registry.lookup("lamp", "torch")
    finally:
        waiting = registry._waiting["lamp"]
        waiting[:] = [each for each in waiting if each[1] != "no_such_lamp"]
