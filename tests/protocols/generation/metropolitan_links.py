"""The twenty directed links of the published metropolitan network, with the figures that follow.

Wu et al., arXiv 2009.12000: two-round Barrett-Kok, memory efficiency 0.75, detectors 0.8, 0.2 dB/km,
stations in the middle, classical delays from measured round trips. Times in milliseconds as printed.
"""

from __future__ import annotations

from dataclasses import dataclass

_NAMES = {
    "NU": "NU",
    "SL": "StarLight",
    "PME": "UChicago_PME",
    "HC": "UChicago_HC",
    "F1": "Fermilab_1",
    "F2": "Fermilab_2",
    "A1": "Argonne_1",
    "A2": "Argonne_2",
    "A3": "Argonne_3",
}
#: Ends, length in km, delay, efficiency, success and second-round probabilities, T1, T2, rate.
_PRINTED = """
A1 A2  41.8 0.2500 0.229167 0.026259 0.209473 0.97950 0.72950  23.1903
A1 A3   0.1 0.2500 0.598620 0.179173 0.464240 0.87525 0.62525 153.7284
A1 F1  53   1.3175 0.177073 0.015677 0.165315 4.74375 3.42625   2.9523
A1 SL  54   0.8825 0.173042 0.014972 0.161813 3.22375 2.34125   4.1558
A1 PME 42   2.0350 0.228114 0.026018 0.208600 7.22750 5.19250   3.1307
A2 A1  41.8 0.2500 0.229167 0.026259 0.209473 1.22950 0.72950  18.9962
A3 A1   0.1 0.2500 0.598620 0.179173 0.464240 1.12525 0.62525 126.5778
F1 A1  53   1.3175 0.177073 0.015677 0.165315 6.06125 3.42625   2.3654
F1 F2   2   0.2500 0.572996 0.164162 0.449874 0.88000 0.63000 141.1028
F1 SL  66   1.3425 0.131266 0.008615 0.124804 4.86375 3.52125   1.6246
F2 F1   2   0.2500 0.572996 0.164162 0.449874 1.13000 0.63000 116.1451
NU SL  20   0.3975 0.378574 0.071659 0.324830 1.44125 1.04375  40.2514
SL A1  54   0.8825 0.173042 0.014972 0.161813 4.10625 2.34125   3.3381
SL F1  66   1.3425 0.131266 0.008615 0.124804 6.20625 3.52125   1.2964
SL NU  20   0.3975 0.378574 0.071659 0.324830 1.83875 1.04375  32.9046
SL PME 16   1.5725 0.415099 0.086153 0.350484 5.54375 3.97125  12.4219
HC PME  2   0.2500 0.572996 0.164162 0.449874 0.88000 0.63000 141.1028
PME A1 42   2.0350 0.228114 0.026018 0.208600 9.26250 5.19250   2.5149
PME SL 16   1.5725 0.415099 0.086153 0.350484 7.11625 3.97125  10.1260
PME HC  2   0.2500 0.572996 0.164162 0.449874 1.13000 0.63000 116.1451
"""


@dataclass(frozen=True)
class DirectedLink:
    """One link in the direction of a flow; figures as printed.

    Attributes:
        initiator, responder: its ends.
        length: km.
        delay: of a message from end to end, ms.
        efficiency: probability that an excitation gives a click.
        success, second_round: probabilities that an attempt succeeds, and that its second round is tried.
        first, second: durations of the two rounds, ms.
        rate: pairs per second and memory, success / (first + second_round second).
    """

    initiator: str
    responder: str
    length: str
    delay: str
    efficiency: str
    success: str
    second_round: str
    first: str
    second: str
    rate: str

    def __str__(self) -> str:
        return f"{self.initiator}-{self.responder}"


LINKS = tuple(
    DirectedLink(_NAMES[a], _NAMES[b], *figures)
    for a, b, *figures in (line.split() for line in _PRINTED.strip().splitlines())
)
