"""Figures of the published metropolitan network, carried over as constants.

Wu et al., "SeQUeNCe: a customizable discrete-event simulator of quantum networks", arXiv 2009.12000, Quantum
Sci. Technol. 6, 045027 (2021), section 5.4: ten runs (seeds 0-9) of 1000 s for an even and for a weighted
allotment of 450 memories to nine routers. The gains, 69.1 % in completed requests and 6.8 % in throughput,
are in the paper; everything else was worked out from the result files in the authors' repository
sequence-toolbox/Chicago-metropolitan-quantum-network (2020). Rates are pairs per second of a flow's window
and reserved memory: means over flows with their standard errors and the number of flows, both allotments and
all seeds together.
"""

from __future__ import annotations

from typing import Final, NamedTuple

SOURCE: Final = (
    "Wu et al., arXiv 2009.12000, Quantum Sci. Technol. 6, 045027 (2021), and the authors' result files"
)


class Rate(NamedTuple):
    """A mean over flows, its standard error, and how many flows there were."""

    mean: float
    error: float
    flows: int


#: Fidelity of a fresh pair: cavities of cooperativity 500.
FRESH: Final = 0.9909987775181183
#: Highest target that flows of so many hops meet without purification.
UNPURIFIED: Final = {1: FRESH, 2: 0.97226, 3: 0.95387, 4: 0.93583}

#: Completed requests of seeds 0-4, and mean and standard deviation over ten seeds.
COMPLETED: Final = {"even": (220, 233, 235, 217, 220), "weighted": (394, 386, 396, 393, 384)}
COMPLETED_MEAN: Final = {"even": (227.1, 8.74), "weighted": (384.0, 8.96)}
#: Pairs per second of the whole network for seeds 0-4, and mean and standard deviation over ten seeds.
AGGREGATE: Final = {
    "even": (756.905, 996.685, 899.615, 629.838, 970.300),
    "weighted": (993.848, 1109.066, 983.877, 958.316, 885.989),
}
AGGREGATE_MEAN: Final = {"even": (857.16, 142.4), "weighted": (915.18, 131.7)}
#: Digests of the served flows of seeds 0-4, as `published.digest` makes them.
DIGESTS: Final = {
    "even": (
        "8da072e11cf1207a93789b0e",
        "52110c49ffe74c1a985de566",
        "d67939937c3d3e35b4a96f9c",
        "bd7293e070645caaf0adf50f",
        "2361d1b922691de8168e115b",
    ),
    "weighted": (
        "096dc3f8542d4f4b386757df",
        "4df5f8c873e78f97fb0046b4",
        "294ad8ba7b0e56d631181813",
        "52c97775ec68457a044783d5",
        "93bc24404b4056518efb97fd",
    ),
}
#: Time-weighted share of reserved memories in seed 0.
RESERVED: Final = {
    ("even", "Argonne_3"): 0.1550,
    ("even", "StarLight"): 0.7096,
    ("weighted", "Argonne_3"): 0.6185,
    ("weighted", "StarLight"): 0.6160,
}

_NAMES: Final = {
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


def _table(text: str) -> dict[tuple[str, str], Rate]:
    rows = (line.split() for line in text.strip().splitlines())
    return {
        (_NAMES[first], _NAMES[second]): Rate(float(mean), float(error), int(flows))
        for first, second, mean, error, flows in rows
    }


#: Flows over one link with a target of at most `FRESH`, by initiator and responder.
ONE_HOP: Final = _table(
    """
    A1  A2   23.096  0.042 86
    A1  A3  152.086  0.519 89
    A1  F1    2.956  0.014 82
    A1  SL    4.160  0.017 76
    A1  PME   3.103  0.016 89
    A2  A1   18.933  0.038 75
    A3  A1  125.645  0.172 77
    F1  A1    2.350  0.016 96
    F1  F2  139.910  0.301 96
    F1  SL    1.632  0.020 73
    F2  F1  115.484  0.084 92
    NU  SL   40.014  0.052 82
    SL  A1    3.315  0.018 74
    SL  F1    1.290  0.007 91
    SL  NU   32.663  0.086 70
    SL  PME  12.297  0.024 73
    HC  PME 140.210  0.118 87
    PME A1    2.498  0.014 95
    PME SL    9.998  0.026 83
    PME HC  115.342  0.087 67
    """
)
#: Flows over several links that need no purification (targets at most `UNPURIFIED`).
MORE_HOPS: Final = _table(
    """
    A1  F2  1.8699 0.0164 75
    A1  HC  1.9559 0.0258 79
    A2  F1  1.8582 0.0166 70
    A2  PME 1.9724 0.0147 72
    A3  F1  1.8454 0.0131 75
    A3  PME 1.9896 0.0158 67
    F1  A3  1.5104 0.0154 87
    F1  PME 1.0446 0.0075 74
    F2  SL  1.0329 0.0093 80
    NU  F1  0.8358 0.0130 70
    SL  A2  2.1111 0.0141 67
    SL  F2  0.8218 0.0083 76
    HC  A1  1.5800 0.0113 73
    PME A2  1.5627 0.0128 68
    PME F1  0.8489 0.0117 65
    A2  F2  1.1576 0.0200 49
    A2  HC  1.2921 0.0205 79
    A3  NU  1.6867 0.0134 66
    F1  HC  0.6590 0.0174 68
    F2  A3  0.9440 0.0149 67
    F2  PME 0.6661 0.0080 80
    NU  A3  1.3877 0.0287 71
    NU  HC  4.6384 0.0886 55
    HC  A3  1.0029 0.0102 66
    HC  NU  3.8897 0.0214 71
    F2  HC  0.6606 0.0159 63
    """
)
#: Bands of target fidelity, and the mean rates of all flows in them by number of hops.
BANDS: Final = ((0.80, 0.85), (0.85, 0.90), (0.90, 0.95), (0.95, 0.98), (0.98, FRESH), (FRESH, 1.0))
BY_BAND: Final = {
    1: (49.61, 47.98, 48.12, 45.77, 49.44, 10.99),
    2: (3.250, 3.253, 3.121, 2.662, 0.583, 0.029),
    3: (1.341, 1.401, 1.264, 0.542, 0.030, 0.000),
    4: (0.586, 0.644, 0.489, 0.073, 0.0, 0.0),
}
