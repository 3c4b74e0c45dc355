"""A formalism of Werner states: one number a pair, white noise whatever happens to it."""

from math import exp

import numpy as np

import qsim
from qsim.errors import StateError
from qsim.quantum import BellDiagonalState, DensityMatrixState


@qsim.register("formalism", "werner")
class WernerState:
    """A Bell state with probability `weight`, white noise otherwise.

    Every operation is that of Bell-diagonal states, followed by a twirl: the fidelity after one operation is
    exact, and the three kinds of error are averaged before the next.
    """

    __slots__ = ("weight",)

    def __init__(self, weight):
        self.weight = weight

    @classmethod
    def werner(cls, fidelity):
        if not 0 <= fidelity <= 1:
            raise StateError(f"a fidelity must be in [0, 1], got {fidelity!r}")
        return cls((4 * fidelity - 1) / 3)

    @classmethod
    def from_density_matrix(cls, rho):
        return cls.werner(DensityMatrixState.from_density_matrix(rho).fidelity())

    def density_matrix(self):
        bell = np.zeros((4, 4), dtype=complex)
        bell[[0, 0, 3, 3], [0, 3, 0, 3]] = 0.5
        return self.weight * bell + (1 - self.weight) * np.eye(4) / 4

    def fidelity(self):
        return (1 + 3 * self.weight) / 4

    def probabilities(self):
        rest = (1 - self.weight) / 4
        return self.fidelity(), rest, rest, rest

    def decayed(self, first, second, seconds):
        # White noise with the mean of the three rates of each memory.
        rates = [(law.rate_x + law.rate_y + law.rate_z) / 3 for law in (first, second) if law is not None]
        return type(self)(self.weight * exp(-sum(rates) * seconds))

    def swapped(self, other, noise):
        return type(self)(self.weight * other.weight * sum(noise.swap_factors) / 3)

    def twirled(self):
        return self

    def quarter_turned(self, axis):
        return self

    def purified(self, sacrificed, first, second):
        kept, lost = (BellDiagonalState(w, w, w) for w in (self.weight, sacrificed.weight))
        probability, state = kept.purified(lost, first, second)
        return probability, type(self).werner(state.fidelity())

    def measured(self, end, along, draw):
        sign = self.weight if draw < 0.5 else -self.weight
        return int(draw >= 0.5), (sign * along[0], -sign * along[1], sign * along[2])


def chain(**run):
    """Three links, memories that depolarise, noisy routers."""
    net = qsim.Network(
        memory={"count": 8, "initial_fidelity": 0.97, "depolarising_time": "50 ms"},
        processor={"gate_error": 0.005},
    )
    net.use_topology("line", nodes=4, length="10 km")
    net.set_protocols(purification="bbpssw", cutoff={"kind": "age", "after": "10 ms"})
    net.request("n0", "n3", memories=4, fidelity=0.85)
    return net.run(duration="2 s", seed=1, **run)


if __name__ == "__main__":
    for formalism in ("werner", "bell-diagonal", "density-matrix"):
        (flow,) = chain(formalism=formalism).flows
        print(f"{formalism:15} {flow.pairs:5} pairs, mean fidelity {flow.fidelity_mean:.4f}")
