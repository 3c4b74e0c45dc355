"""What is declared of the emitter of a memory: its light, and how well it is prepared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from hardware.emission import Emission
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param
from qsim.units import PS_PER_S


@dataclass(frozen=True)
class EmitterParameters(Declared):
    """Parameters of an emitter, for memories that derive from it.

    Raises:
        ParameterError: a parameter out of bounds, or an optical coherence time beyond two lifetimes.
    """

    lifetime: Annotated[
        float | None,
        Param(
            "mean time from an excitation to the photon; left out, photons have no shape",
            unit="s",
            ge=1 / PS_PER_S,
        ),
    ] = None
    optical_coherence_time: Annotated[
        float | None,
        Param(
            "coherence time T2 of the optical transition, at most twice the lifetime; left out, that",
            unit="s",
            gt=0,
        ),
    ] = None
    double_excitation: Annotated[
        float,
        Param(
            "probability that the excitation of a bright memory emits two photons; the coherence that a "
            "click leaves between two such memories falls by 1 less this",
            ge=0,
            lt=1,
            source="Humphreys et al., Nature 558, 268 (2018), supplement",
        ),
    ] = 0.0
    second_photon_collection: Annotated[
        float,
        Param(
            "collection of the second photon over that of the first; 0 where a window that opens after the "
            "excitation leaves it out",
            ge=0,
            le=1,
        ),
    ] = 0.0
    bright_population: Annotated[
        float | None,
        Param(
            "population of the state that emits in single-click heralding; left out, the link model's",
            gt=0,
            lt=1,
        ),
    ] = None
    initialisation_error: Annotated[
        float,
        Param(
            "probability that an attempt leaves this memory's half depolarised since the memory was not "
            "initialised; it clicks as often",
            ge=0,
            le=1,
            source="Reiserer et al., Phys. Rev. X 6, 021040 (2016), .02",
        ),
    ] = 0.0
    emitter_photon_fidelity: Annotated[
        float,
        Param(
            "fidelity of the state of the memory and the photon that it has emitted; the rest is white "
            "noise, on this memory's half of a pair",
            ge=0.25,
            le=1,
        ),
    ] = 1.0

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        longest = None if self.lifetime is None else 2 * self.lifetime
        given = self.optical_coherence_time
        if given is not None and (longest is None or given > longest * (1 + 1e-12)):
            raise ParameterError(
                f"`{type(self).__name__}.optical_coherence_time` "
                + (
                    "needs a `lifetime`"
                    if longest is None
                    else f"must be at most 2 lifetimes = {longest:g} s"
                )
                + f", got {given:g} s"
            )

    def emission(self) -> Emission:
        """What the memory's emitter sends to a station."""
        weight = (1 - self.initialisation_error) * (4 * self.emitter_photon_fidelity - 1) / 3
        return Emission(
            lifetime=self.lifetime,
            coherence_time=self.optical_coherence_time,
            double=self.double_excitation,
            second_collected=self.second_photon_collection,
            bright=self.bright_population,
            depolarised=1 - weight,
        )
