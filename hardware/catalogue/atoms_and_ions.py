"""Trapped ions and neutral atoms."""

from qsim.preset_table import DERIVED, PAPER, RECALLED, SECONDARY, Cited, preset

_STEPHENSON = "Stephenson et al., Phys. Rev. Lett. 124, 110501 (2020), arXiv:1911.10841"
_CANTERI = "Canteri et al., arXiv:2406.09480 (2024)"
_VAN_LEENT = "van Leent et al., Phys. Rev. Lett. 124, 010510 (2020)"
_ZHOU = "Zhou et al., arXiv:2308.08892 (2023)"

preset(
    "memory",
    "ion-sr-2020",
    "atomic",
    "Strontium-88 ion on the two-photon link of 2 m; it keeps for ever, as the source states no decay.",
    {
        "efficiency": Cited(
            0.02088,
            f"{_STEPHENSON}: root of 2 p with p = 2.18e-4 heralds for each attempt (secondary sources); "
            "detectors included, so let theirs be 1",
            DERIVED,
        ),
        "frequency": Cited("1 MHz", f"{_STEPHENSON}: rate of attempts in a burst", RECALLED),
        "emitter_photon_fidelity": Cited(0.977, f"{_STEPHENSON}: .975 to .979", RECALLED),
        "wavelength": Cited("422 nm", _STEPHENSON, SECONDARY),
    },
)

preset(
    "memory",
    "ion-ca-2024",
    "atomic",
    "One of ten calcium-40 ions in a cavity; it keeps for ever, as the abstract states no decay.",
    {
        "efficiency": Cited(
            0.091, f"{_CANTERI}: mean probability of detecting each photon; let detectors have 1", PAPER
        ),
        "emitter_photon_fidelity": Cited(0.92, f"{_CANTERI}, abstract: average over the ions", PAPER),
        "wavelength": Cited("854 nm", "the transition of calcium ions that such cavities use", RECALLED),
    },
)

preset(
    "memory",
    "rb-2020",
    "atomic",
    "Single rubidium-87 atom with photons converted to the telecom S band.",
    {
        "efficiency": Cited(
            0.57, f"{_VAN_LEENT}: the converter alone; multiply by the collection of your trap", PAPER
        ),
        "lifetime": Cited("26.2 ns", "lifetime of the 5P3/2 level of rubidium, textbook value", RECALLED),
        "t2": Cited("330 us", "van Leent et al., Nature 607, 69 (2022)", RECALLED),
        "wavelength": Cited("1522 nm", _VAN_LEENT, PAPER),
    },
)

preset(
    "memory",
    "rb-2023",
    "atomic",
    "The same atom in a long-lived encoding.",
    {
        "efficiency": Cited(
            0.57, f"{_VAN_LEENT}: the converter alone; multiply by the collection of your trap", PAPER
        ),
        "t2": Cited("7 ms", f"{_ZHOU}, abstract", PAPER),
        "wavelength": Cited("1522 nm", _VAN_LEENT, PAPER),
    },
)
