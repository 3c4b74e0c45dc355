from __future__ import annotations

import pickle

import pytest

from qsim import errors
from qsim.errors import QsimError, ScenarioError, nearest


def drawn() -> dict[str, str]:
    """The tree in the module's docstring: each class with the one that it hangs from."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        bare = line.lstrip(" │├└─")
        name = bare.split(" ")[0]
        if not name.endswith("Error") or bare.startswith("except"):
            continue
        depth = len(line) - len(bare)
        above = [entry for entry in above if entry[0] < depth]
        found[name] = above[-1][1] if above else "Exception"
        above.append((depth, name))
    return found


def defined() -> dict[str, str]:
    """The same from the classes."""
    return {
        name: value.__bases__[0].__name__
        for name, value in vars(errors).items()
        if isinstance(value, type) and value.__module__ == errors.__name__
    }


def test_the_tree_is_drawn_as_it_is() -> None:
    assert drawn() == defined()
    assert len(drawn()) > 10


@pytest.mark.parametrize("name", sorted(defined()))
def test_every_error_is_caught_by_the_base(name: str) -> None:
    assert issubclass(getattr(errors, name), QsimError)


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("ParameterError", ValueError),
        ("UnitError", ValueError),
        ("RegistryError", LookupError),
        ("NetworkError", ValueError),
        ("StateError", ValueError),
        ("ScenarioError", ValueError),
        ("SimulationError", RuntimeError),
        ("SchedulingError", RuntimeError),
    ],
)
def test_errors_are_also_what_python_calls_them(name: str, builtin: type[Exception]) -> None:
    assert issubclass(getattr(errors, name), builtin)


def test_a_scenario_error_keeps_its_faults() -> None:
    error = ScenarioError(line for line in ("a.yaml:1:2: run: missing", "a.yaml:3:4: nodes: empty"))
    assert error.faults == ("a.yaml:1:2: run: missing", "a.yaml:3:4: nodes: empty")
    assert str(error) == "a.yaml:1:2: run: missing\na.yaml:3:4: nodes: empty"


class TestNearest:
    def test_a_near_miss(self) -> None:
        assert nearest("fibr", ["detector", "fibre"]) == " (did you mean 'fibre'?)"

    @pytest.mark.parametrize(
        ("word", "meant", "others"),
        [
            ("T2", "t2", ["t1", "count"]),
            ("north-west", "west-north", ["north-east", "south-east"]),
            ("blocked share", "poisson-requests: blocked share", ["poisson-requests: offered", "pairs"]),
            ("swap", "pair_swapped", ["pair_heralded", "swap_refused_by_policy"]),
        ],
    )
    def test_the_same_words_or_a_part(self, word: str, meant: str, others: list[str]) -> None:
        assert nearest(word, [*others, meant]) == f" (did you mean '{meant}'?)"

    def test_a_letter_or_two_are_no_part(self) -> None:
        assert nearest("ab", ["cabbage"]) == " (known: cabbage)"

    def test_nothing_near_lists_what_there_is(self) -> None:
        assert nearest("xyzzy", ["star", "line"]) == " (known: line, star)"

    def test_a_long_list_is_cut(self) -> None:
        said = nearest("xyzzy", [f"name{i:02}" for i in range(20)])
        assert said.startswith(" (known: name00, ")
        assert said.endswith("name11, ...)")

    def test_nothing_to_choose_from(self) -> None:
        assert nearest("xyzzy", []) == ""


def test_scenario_errors_survive_the_way_home_from_a_worker():
    error = pickle.loads(pickle.dumps(ScenarioError(["a.yaml:1:1: one", "a.yaml:2:1: two"])))
    assert error.faults == ("a.yaml:1:1: one", "a.yaml:2:1: two")
    assert str(error) == "a.yaml:1:1: one\na.yaml:2:1: two"
