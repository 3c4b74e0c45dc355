"""The models that a forecast file names or describes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from qml.comparison.candidate_models import quantum_ensemble, single_cell
from qml.comparison.compare import ReadoutModel
from qml.engines.choice import EngineChoice
from qml.engines.numpy_engine import rows_of_a_pass
from qml.ensembles import ensemble
from qml.inputs import Range
from qml.parts_by_name import made
from qml.reservoir import Reservoir
from qsim.parameters import Declared, OfKind, Param

#: Cells as published, each in several settings, of which one is chosen on validation.
PUBLISHED: Final = ("qrnn", "qlstm", "qgru")
#: The tuned ensemble of delay-embedded cells.
ENSEMBLE: Final = "qrnn-ensemble"


@dataclass(frozen=True, slots=True)
class ModelSpec(Declared):
    """A reservoir of the user's own wiring, of registered parts; see `qml.ensembles.ensemble`."""

    name: Annotated[str, Param("how tables call the model")]
    cell: Annotated[Any, OfKind("cell", "recurrent cell; its channels are those of the data", default="qrnn")]
    cells: Annotated[int, Param("parallel cells, each with weights of its own", ge=1)] = 1
    sees: Annotated[
        int | None, Param("columns that each cell sees, cells taking turns; all by default", ge=1)
    ] = None
    delays: Annotated[
        tuple[int, int] | None, Param("shortest and longest delay in steps of a second view of the input")
    ] = None
    leak: Annotated[Range, Param("share of the new state, or a range to draw it from")] = 1.0
    input_gain: Annotated[Range | None, Param("factor on the input of quantum cells, or a range")] = None
    hidden_gain: Annotated[Range | None, Param("factor on what quantum cells feed back, or a range")] = None
    input_shift: Annotated[Range | None, Param("added to the input of quantum cells, or a range")] = None
    readout: Annotated[
        tuple[str, ...],
        Param("what is read of each cell, such as [hidden, z]; by default the cell's own"),
    ] = ()
    regressor: Annotated[Any, OfKind("readout", "layer that is trained", default="ridge")] = None

    def reservoir(self, seed: int, channels: int, engine: EngineChoice) -> Reservoir:
        """The reservoir of a seed, for an input of so many channels.

        Raises:
            ParameterError: parts that do not fit together, or an engine that does not compute them.
        """
        seen = channels if self.sees is None else self.sees
        return ensemble(
            replace(self.cell, channels=seen if self.delays is None else 2 * seen),
            seed=seed,
            cells=self.cells,
            sees=self.sees,
            leak=self.leak,
            input_gain=self.input_gain,
            hidden_gain=self.hidden_gain,
            input_shift=self.input_shift,
            delays=self.delays,
            channels=channels,
            readout=self.readout,
            engine=replace(engine, seed=engine.seed + seed),
            name=self.name,
        )


@dataclass(frozen=True)
class _Described:
    """Draws the one reservoir that a description tells of."""

    spec: ModelSpec
    engine: EngineChoice

    def __call__(self, seed: int, channels: int) -> list[Reservoir]:
        return [self.spec.reservoir(seed, channels, self.engine)]


def study_model(model: str | ModelSpec, features: int, engine: EngineChoice) -> ReadoutModel:
    """The model that stands for an entry of `models`.

    Args:
        model: the entry.
        features: most features of the tuned ensemble.
        engine: how quantum cells are computed.

    Raises:
        ParameterError: a cell that cannot be made by its name alone.
    """
    if isinstance(model, str):
        if model == ENSEMBLE:
            return quantum_ensemble(features, engine)
        if model in PUBLISHED:
            return single_cell(model.upper(), engine)
        model = ModelSpec(name=model, cell=made("cell", model))
    return ReadoutModel(model.name, _Described(model, engine), readout=model.regressor)


def check_model(model: ReadoutModel, channels: int, engine: EngineChoice) -> None:
    """Draw a model's reservoirs once, and see that their circuits fit into memory.

    Raises:
        ParameterError: they do not go with so many channels, or with the engine, or do not fit.
    """
    for drawn in model.draw(0, channels):
        if isinstance(drawn, Reservoir):
            rows_of_a_pass(drawn.bank, 1, engine.precision == "single")
