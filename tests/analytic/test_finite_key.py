"""Finite keys: the published analysis of decoy states on its own channel, and of single photons."""

from __future__ import annotations

from math import exp, inf, log, log2, sqrt

import pytest

from qsim.analytic import finite_key
from qsim.analytic.qkd import binary_entropy
from qsim.errors import ParameterError

Three = tuple[float, float, float]


def counts(
    km: float, key: float, share: float, chosen: Three, photons: Three
) -> tuple[finite_key.DecoyBlock, float]:
    """Mean counts of Lim et al.'s channel with `key` sifted bits, and the error rate of the key.

    The transmittance in the errors is that of fibre and detector; printed is that of the fibre alone, under
    which the published ratio of rates does not come out.
    """
    dark, after, misaligned = 6e-7, 4e-2, 5e-3
    passed = 10 ** (-0.02 * km) * 0.1
    clicks = [1 - (1 - 2 * dark) * exp(-passed * mean) for mean in photons]
    gains = [one * (1 + after) for one in clicks]
    wrong = [
        dark + misaligned * (1 - exp(-passed * mean)) + after * one / 2
        for mean, one in zip(photons, clicks, strict=True)
    ]
    mean_gain = sum(p * gain for p, gain in zip(chosen, gains, strict=True))
    pulses = key / (share**2 * mean_gain)
    made, tested = pulses * share**2, pulses * (1 - share) ** 2
    block = finite_key.DecoyBlock(
        photons,
        chosen,
        [made * p * gain for p, gain in zip(chosen, gains, strict=True)],
        [tested * p * gain for p, gain in zip(chosen, gains, strict=True)],
        [tested * p * error for p, error in zip(chosen, wrong, strict=True)],
    )
    return block, sum(p * error for p, error in zip(chosen, wrong, strict=True)) / mean_gain


@pytest.mark.parametrize(
    ("km", "key", "share", "chosen", "photons", "vacuum", "single", "phase", "length", "clipped"),
    [
        (
            0,
            100000.0,
            0.663,
            (0.101, 0.558, 0.341),
            (0.475, 0.168, 0.0002),
            0.0,
            66452.4988379661,
            0.07745726122830951,
            21052.58945880106,
            24318.204024425137,
        ),
        (
            50,
            100000.0,
            0.66,
            (0.1, 0.558, 0.342),
            (0.455, 0.161, 0.0002),
            0.0,
            66276.07901637541,
            0.07719593591821108,
            20771.85181086382,
            23888.624470037637,
        ),
        (
            125,
            100000.0,
            0.587,
            (0.111, 0.57, 0.319),
            (0.468, 0.17, 0.0002),
            0.0,
            62514.098484581424,
            0.07315751113762743,
            12763.44037369533,
            12763.440373695323,
        ),
        (
            25,
            1000000.0,
            0.778,
            (0.199, 0.552, 0.249),
            (0.433, 0.204, 0.0002),
            0.0,
            667554.0249768319,
            0.0646959876092892,
            246145.44182536248,
            275032.5924221004,
        ),
        (
            100,
            1000000.0,
            0.767,
            (0.2, 0.553, 0.247),
            (0.433, 0.202, 0.0002),
            0.0,
            658833.4713586946,
            0.06470351971019833,
            223525.17465248026,
            241130.0951966469,
        ),
        (
            0,
            10000000.0,
            0.855,
            (0.364, 0.456, 0.18),
            (0.429, 0.23, 0.0002),
            0.0,
            6624515.525536904,
            0.055313279545030146,
            2681656.6106573595,
            2920554.3254356505,
        ),
        (
            50,
            10000000.0,
            0.853,
            (0.366, 0.453, 0.181),
            (0.413, 0.22, 0.0002),
            0.0,
            6593673.329417378,
            0.05532103862557043,
            2647389.8200145727,
            2876072.014537709,
        ),
        (
            125,
            10000000.0,
            0.84,
            (0.37, 0.439, 0.191),
            (0.414, 0.212, 0.0002),
            71145.7227076051,
            6497947.322717742,
            0.056599654613075985,
            2201927.924760897,
            2201927.924760898,
        ),
        (
            25,
            1000000000.0,
            0.926,
            (0.74, 0.169, 0.091),
            (0.439, 0.181, 0.0002),
            0.0,
            629080789.9526421,
            0.043262201584859196,
            277336344.98080295,
            292877660.2282609,
        ),
        (
            100,
            1000000000.0,
            0.924,
            (0.739, 0.167, 0.094),
            (0.436, 0.174, 0.0002),
            1481368.0460955417,
            625384868.6067983,
            0.04389821796514735,
            264662287.23971924,
            268949059.27321947,
        ),
        (0, 100000.0, 0.9, (0.6, 0.3, 0.1), (0.4, 0.1, 0.0002), 0, 29682.546060667544, None, 0, 0.0),
        (50, 100000.0, 0.9, (0.6, 0.3, 0.1), (0.4, 0.1, 0.0002), 0, 28370.610823072664, None, 0, 0.0),
        (
            0,
            10000000.0,
            0.9,
            (0.6, 0.3, 0.1),
            (0.4, 0.1, 0.0002),
            0,
            6543703.4787939135,
            0.1957420711748194,
            0,
            1529927.9615395123,
        ),
        (
            50,
            10000000.0,
            0.9,
            (0.6, 0.3, 0.1),
            (0.4, 0.1, 0.0002),
            0,
            6412509.9550344255,
            0.2035111135548533,
            0,
            1352586.4628381976,
        ),
        (
            0,
            1000000000.0,
            0.9,
            (0.6, 0.3, 0.1),
            (0.4, 0.1, 0.0002),
            0,
            690124836.6066626,
            0.03531808496059114,
            348169854.2718164,
            363237133.4107201,
        ),
        (
            50,
            1000000000.0,
            0.9,
            (0.6, 0.3, 0.1),
            (0.4, 0.1, 0.0002),
            0,
            677005484.2307141,
            0.03576430007028233,
            335325557.47675276,
            348446133.56572264,
        ),
    ],
)
def test_lengths_of_decoy_keys(
    km: float,
    key: float,
    share: float,
    chosen: Three,
    photons: Three,
    vacuum: float,
    single: float,
    phase: float | None,
    length: float,
    clipped: float,
) -> None:
    block, error = counts(km, key, share, chosen, photons)
    leaked = 1.16 * key * binary_entropy(error)
    literal = finite_key.decoy_bounds(block, 1e-10, clipped=False)
    assert (literal.vacuum, literal.single) == pytest.approx((vacuum, single), rel=1e-9)
    assert literal.phase_error == pytest.approx(0.5 if phase is None else phase, rel=1e-9)
    assert finite_key.decoy_length(literal, leaked, 1e-10, 1e-15) == pytest.approx(length, rel=1e-9)
    usual = finite_key.decoy_bounds(block, 1e-10)
    assert finite_key.decoy_length(usual, leaked, 1e-10, 1e-15) == pytest.approx(clipped, rel=1e-9)


def test_endless_decoy_blocks_come_near_the_asymptotic_bounds() -> None:
    """With 1e16 bits the count of single photons is that of exact gains (two decoys)."""
    from qsim.analytic.decoy_bb84 import two_decoys
    from qsim.analytic.qkd import Detected

    photons, chosen, share = (0.5, 0.1, 0.001), (0.6, 0.3, 0.1), 0.9
    block, _ = counts(50, 1e16, share, chosen, photons)
    bounds = finite_key.decoy_bounds(block, 1e-10)
    clicks = [1 - (1 - 1.2e-6) * exp(-0.01 * mean) for mean in photons]
    sent = 1e16 / sum(p * 1.04 * click for p, click in zip(chosen, clicks, strict=True))
    gains = [Detected(count / (sent * p), 0.1) for count, p in zip(block.key, chosen, strict=True)]
    exact = two_decoys(*gains, photons)
    one = sum(p * m * exp(-m) for p, m in zip(chosen, photons, strict=True))
    assert bounds.single == pytest.approx(exact.detected * one * sent, rel=1e-3)


def test_single_photons_by_hand() -> None:
    deviation = sqrt((20_000 / 1e8) * (10_001 / 10_000) * log(4 / 1e-10))
    expected = 1e4 * (1 - binary_entropy(0.01 + deviation)) - 1000 - log2(2 / 1e-35)
    found = finite_key.single_photon_length(1e4, 1e4, 0.01, 1000, 1e-10, 1e-15)
    assert found == pytest.approx(expected)
    # All of it is left of an endless key without errors.
    assert finite_key.single_photon_length(1e15, 1e15, 0, 0, 1e-10, 1e-15) / 1e15 == pytest.approx(
        1, abs=1e-5
    )


def test_no_key_where_nothing_was_tested_or_too_much_is_wrong() -> None:
    assert finite_key.single_photon_length(1e6, 0, 0, 0, 1e-10, 1e-15) == 0
    assert finite_key.single_photon_length(0, 1e6, 0, 0, 1e-10, 1e-15) == 0
    assert finite_key.single_photon_length(1e6, 1e6, 0.4999, 0, 1e-10, 1e-15) == 0
    none = finite_key.decoy_bounds(
        finite_key.DecoyBlock((0.5, 0.1, 0.0), (0.5, 0.3, 0.2), (0, 0, 0), (0, 0, 0), (0, 0, 0)), 1e-10
    )
    assert (none.vacuum, none.single, none.phase_error) == (0, 0, 0.5)
    assert finite_key.decoy_length(none, 0, 1e-10, 1e-15) == 0


def test_a_decoy_block_without_an_error_is_bounded_above_zero() -> None:
    block = finite_key.DecoyBlock(
        (0.5, 0.1, 0.0), (0.5, 0.3, 0.2), (1e6, 1.2e5, 100), (1e6, 1.2e5, 100), (0, 0, 0)
    )
    bounds = finite_key.decoy_bounds(block, 1e-10)
    assert 0 < bounds.phase_error < 0.1


def test_how_long_a_block_must_be() -> None:
    def length(bits: float) -> float:
        return finite_key.single_photon_length(
            bits / 2, bits / 2, 0.02, 0.6 * binary_entropy(0.02) * bits, 1e-10, 1e-15
        )

    least = finite_key.least_block(length)
    assert length(least) > 0
    assert length(least / 1.02) == 0
    assert finite_key.least_block(lambda _bits: 0.0) == inf


@pytest.mark.parametrize(
    ("photons", "chosen", "message"),
    [
        ((0.3, 0.2, 0.15), (0.5, 0.3, 0.2), "`signal` must be in"),
        ((0.5, 0.1, 0.1), (0.5, 0.3, 0.2), "`decoy` must be in"),
        ((0.5, 0.1, 0.0), (1.0, 0.0, 0.0), "`probability of an intensity` must be in"),
        ((0.5, 0.1, 0.0), (0.5, 0.3, 0.3), "`chosen` must be non-negative and sum to 1"),
    ],
)
def test_bad_blocks_are_refused(photons: Three, chosen: Three, message: str) -> None:
    block = finite_key.DecoyBlock(photons, chosen, (1, 1, 1), (1, 1, 1), (0, 0, 0))
    with pytest.raises(ParameterError, match=message):
        finite_key.decoy_bounds(block, 1e-10)


@pytest.mark.parametrize("secrecy", [0.0, 1.0])
def test_a_secrecy_of_nothing_or_of_all_is_refused(secrecy: float) -> None:
    block = finite_key.DecoyBlock((0.5, 0.1, 0.0), (0.5, 0.3, 0.2), (1, 1, 1), (1, 1, 1), (0, 0, 0))
    with pytest.raises(ParameterError, match="`secrecy` must be"):
        finite_key.decoy_bounds(block, secrecy)
