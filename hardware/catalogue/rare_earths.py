"""Ensembles of rare-earth ions, which absorb photons as atomic frequency combs."""

from qsim.preset_table import PAPER, RECALLED, Cited, preset

preset(
    "memory",
    "pr-yso-2023",
    "atomic",
    "Praseodymium in yttrium orthosilicate inside an impedance-matched cavity, for a midpoint source.",
    {
        "efficiency": Cited(
            0.62, "Duranti et al., arXiv:2307.03509 (2023), abstract: storage for 2 us", PAPER
        ),
        "wavelength": Cited("606 nm", "the optical transition of Pr:YSO, textbook value", RECALLED),
    },
)

preset(
    "memory",
    "afc-2021",
    "atomic",
    "Ensemble with an atomic frequency comb, the parameters of a simulation study.",
    {
        "efficiency": Cited(
            0.45, "Coopmans et al., Commun. Phys. 4, 164 (2021), arXiv:2010.12535, Suppl. Note 7", PAPER
        ),
    },
)
