from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Optional

import pytest

from qsim.errors import ParameterError, RegistryError
from qsim.parameters import Declared, OfKind, Param, declarations
from qsim.registry import register, unregister


@dataclass(frozen=True, slots=True)
class Cooler(Declared):
    """Keeps a lamp cold."""

    power: Annotated[float, Param("power", ge=0)] = 1.0


@dataclass(frozen=True)
class Lamp(Declared):
    """Has one parameter of each sort."""

    brightness: Annotated[float, Param("share of full power", ge=0, le=1)]
    period: Annotated[float, Param("time between pulses", unit="s", gt=0)] = 1e-6
    angle: Annotated[float, Param("beam angle", unit="rad", ge=0, lt=6.3)] = 0.0
    bulbs: Annotated[int, Param("how many bulbs", ge=1, le=12)] = 2
    dimmable: Annotated[bool, Param("whether it can be dimmed")] = False
    socket: Annotated[str, Param("which socket", choices=("bayonet", "screw"))] = "screw"
    label: Annotated[str, Param("what is written on it")] = ""
    lifetime: Annotated[float | None, Param("when it fails", unit="s", gt=0)] = None
    spares: Annotated[Optional[int], Param("how many more", ge=0)] = None  # noqa: UP045
    cooler: Annotated[Any, OfKind("cooler", "keeps it cold", default="fan")] = None
    makers: ClassVar[tuple[str, ...]] = ("ours",)


@pytest.fixture(autouse=True)
def _cooler() -> Iterator[None]:
    register("cooler", "fan")(Cooler)
    yield
    unregister("cooler", "fan")


def test_defaults() -> None:
    lamp = Lamp(0.5)
    assert (lamp.period, lamp.bulbs, lamp.socket, lamp.lifetime, lamp.cooler) == (
        1e-6,
        2,
        "screw",
        None,
        Cooler(),
    )


def test_strings_become_si() -> None:
    lamp = Lamp(brightness="50 %", period="5 us", angle="90 deg", lifetime="2 h")
    assert (lamp.brightness, lamp.period, lamp.lifetime) == (0.5, 5e-6, 7200.0)
    assert lamp.angle == pytest.approx(1.5707963267948966, abs=1e-15)


def test_whole_numbers_become_floats() -> None:
    lamp = Lamp(1, period=3)
    assert [type(value) for value in (lamp.brightness, lamp.period)] == [float, float]


def test_equal_parameters_make_equal_objects() -> None:
    assert Lamp("50 %", period="1 us") == Lamp(0.5)
    assert hash(Lamp("50 %")) == hash(Lamp(0.5))


def test_objects_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Lamp(0.5).bulbs = 3  # type: ignore[misc]


def test_replace_checks_again() -> None:
    assert dataclasses.replace(Lamp(0.5), period="1 ms").period == 1e-3
    with pytest.raises(ParameterError, match=r"`Lamp\.bulbs`"):
        dataclasses.replace(Lamp(0.5), bulbs=0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"brightness": 2}, "`Lamp.brightness` must be in [0, 1], got 2"),
        ({"brightness": "120 %"}, "`Lamp.brightness` must be in [0, 1], got 120 %"),
        ({"brightness": -1e-9}, "`Lamp.brightness` must be in [0, 1], got -1e-09"),
        ({"brightness": None}, "`Lamp.brightness`: expected a number, got NoneType None"),
        ({"brightness": float("nan")}, "`Lamp.brightness`: expected a finite number, got nan"),
        ({"brightness": True}, "`Lamp.brightness`: expected a number, got True"),
        ({"period": 0}, "`Lamp.period` must be in (0, inf) s, got 0"),
        (
            {"period": "5 km"},
            "`Lamp.period`: '5 km' is in km, which cannot be read as a quantity in s such as '1.3 s'",
        ),
        ({"angle": 6.3}, "`Lamp.angle` must be in [0, 6.3) rad, got 6.3"),
        ({"bulbs": 0}, "`Lamp.bulbs` must be in [1, 12], got 0"),
        ({"bulbs": 13}, "`Lamp.bulbs` must be in [1, 12], got 13"),
        ({"bulbs": 2.0}, "`Lamp.bulbs` must be a whole number, got 2.0"),
        ({"bulbs": True}, "`Lamp.bulbs` must be a whole number, got True"),
        ({"bulbs": "2"}, "`Lamp.bulbs` must be a whole number, got '2'"),
        ({"dimmable": 1}, "`Lamp.dimmable` must be true or false, got 1"),
        (
            {"socket": "scrw"},
            "`Lamp.socket` must be one of bayonet, screw; got 'scrw' (did you mean 'screw'?)",
        ),
        ({"socket": 5}, "`Lamp.socket` must be text, got 5"),
        ({"lifetime": 0}, "`Lamp.lifetime` must be in (0, inf) s, got 0"),
        ({"spares": -1}, "`Lamp.spares` must be in [0, inf), got -1"),
    ],
)
def test_refusals(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Lamp(**{"brightness": 0.5, **given})
    assert str(caught.value) == said


def test_the_class_named_is_that_of_the_object() -> None:
    @dataclass(frozen=True)
    class Torch(Lamp):
        """A lamp to carry."""

    with pytest.raises(ParameterError, match=r"`Torch\.brightness`"):
        Torch(2)


class TestKinds:
    def test_a_name(self) -> None:
        assert Lamp(0.5, cooler="fan").cooler == Cooler()

    def test_a_mapping(self) -> None:
        assert Lamp(0.5, cooler={"kind": "fan", "power": 3}).cooler == Cooler(3.0)

    def test_an_object(self) -> None:
        cooler = Cooler(5)
        assert Lamp(0.5, cooler=cooler).cooler is cooler

    def test_an_unknown_name(self) -> None:
        with pytest.raises(RegistryError, match=r"unknown cooler 'fam' \(did you mean 'fan'\?\)"):
            Lamp(0.5, cooler="fam")

    def test_a_parameter_out_of_bounds_within(self) -> None:
        with pytest.raises(ParameterError, match=r"`Cooler\.power` must be in \[0, inf\), got -1"):
            Lamp(0.5, cooler={"kind": "fan", "power": -1})


class TestDeclarations:
    def test_all_fields_in_order(self) -> None:
        names = [declared.name for declared in declarations(Lamp)]
        assert names == [field.name for field in dataclasses.fields(Lamp)]
        assert "makers" not in names

    def test_types_and_options(self) -> None:
        told = {
            declared.name: (declared.type, declared.optional, declared.required)
            for declared in declarations(Lamp)
        }
        assert told["brightness"] == (float, False, True)
        assert told["bulbs"] == (int, False, False)
        assert told["lifetime"] == (float, True, False)
        assert told["spares"] == (int, True, False)
        assert told["cooler"] == (Any, False, False)

    def test_defaults_and_meanings(self) -> None:
        told = {declared.name: declared for declared in declarations(Lamp)}
        assert told["period"].default == 1e-6
        assert told["period"].about == Param("time between pulses", unit="s", gt=0)
        assert told["cooler"].about == OfKind("cooler", "keeps it cold", default="fan")

    def test_a_factory_gives_the_default(self) -> None:
        @dataclass(frozen=True)
        class Shelf(Declared):
            """Holds lamps."""

            places: Annotated[tuple[int, ...], Param("which places")] = dataclasses.field(
                default_factory=tuple
            )

        (declared,) = declarations(Shelf)
        assert declared.default == ()

    @pytest.mark.parametrize("annotation", [float, Annotated[float, "no parameter"]])
    def test_an_undeclared_field_is_a_defect_of_the_class(self, annotation: Any) -> None:
        made = dataclasses.make_dataclass("Odd", [("size", annotation, 1.0)], bases=(Declared,), frozen=True)
        with pytest.raises(TypeError, match=r"Odd\.size declares no Param"):
            made()


@pytest.mark.parametrize(
    ("param", "bounds"),
    [
        (Param("x"), ""),
        (Param("x", ge=0), "[0, inf)"),
        (Param("x", gt=0, le=1), "(0, 1]"),
        (Param("x", lt=0.5), "(-inf, 0.5)"),
        (Param("x", ge=-1, lt=1e9), "[-1, 1000000000)"),
    ],
)
def test_bounds_in_the_usual_notation(param: Param, bounds: str) -> None:
    assert param.bounds() == bounds


@pytest.mark.parametrize(
    ("param", "admitted", "refused"),
    [
        (Param("x"), [-1e300, 0, 1e300], []),
        (Param("x", ge=0, le=1), [0, 0.5, 1], [-1e-300, 1.0000001]),
        (Param("x", gt=0, lt=1), [1e-300, 0.999], [0, 1]),
    ],
)
def test_bounds_admit(param: Param, admitted: list[float], refused: list[float]) -> None:
    assert all(param.admits(value) for value in admitted)
    assert not any(param.admits(value) for value in refused)


def test_one_number_or_several_are_each_checked() -> None:
    @dataclass(frozen=True)
    class Readout(Declared):
        """A value for both outcomes, or one for each."""

        error: Annotated[float | tuple[float, float], Param("chance of a wrong bit", ge=0, le=0.5)] = 0.0
        delays: Annotated[tuple[float, ...], Param("delays", unit="s", ge=0)] = ()

    assert Readout(error=0.1).error == 0.1
    assert Readout(error=[0.1, "0.2"], delays=["1 ms", 2]).error == (0.1, 0.2)
    assert Readout(delays=["1 ms", 2]).delays == (0.001, 2.0)
    for given, said in (
        (0.7, r"`Readout.error` must be in \[0, 0.5\], got 0.7"),
        ((0.1, 0.7), r"`Readout.error`\[1\] must be in \[0, 0.5\], got 0.7"),
        ((0.1,), "`Readout.error` must have 2 entries, got 1"),
    ):
        with pytest.raises(ParameterError, match=said):
            Readout(error=given)
