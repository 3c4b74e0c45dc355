"""A memory of your own: declared here, registered, and used by name in 03_custom_memory.yaml."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import qsim
from hardware.memory import AtomicMemory
from qsim.quantum import MemoryNoise


@qsim.register("memory", "cooled-ion")
@dataclass(frozen=True)
class CooledIon(AtomicMemory):
    """An ion whose coherence time falls with the temperature of its trap."""

    temperature: Annotated[float, qsim.Param("phonons in the motional mode", ge=0)] = 0.1

    def noise(self):
        return MemoryNoise.dephasing(0.05 / (0.01 + self.temperature))


if __name__ == "__main__":
    scenario = qsim.load(Path(__file__).with_suffix(".yaml"))
    for flow in scenario.run().flows:
        print(f"{flow.initiator} to {flow.responder}: {flow.pairs} pairs, F = {flow.fidelity_mean:.3f}")
