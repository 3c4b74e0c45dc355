"""Decoy states on the parameters of Gobby, Yuan and Shields (2004), and attacks that split photon numbers."""

from __future__ import annotations

import pytest

from qsim.analytic import decoy_bb84, eavesdropping, qkd
from qsim.analytic.capacity import transmission
from qsim.errors import ParameterError

VACUUM = qkd.Detected(1.7e-6, 0.5)


def seen(km: float, photons: float) -> qkd.Detected:
    """Gain and error rate of the published hardware."""
    return qkd.weak_pulses(transmission(km * 1e3, 0.21e-3) * 0.045, photons, 1.7e-6, 0.033)


def weak_and_vacuum(km: float, mu: float, nu: float) -> float:
    """Secret bits per pulse."""
    single = decoy_bb84.two_decoys(seen(km, mu), seen(km, nu), VACUUM, (mu, nu, 0.0))
    return decoy_bb84.key_rate(seen(km, mu), mu, single, 1.22)


def infinite(km: float, mu: float) -> float:
    """Secret bits per pulse with all yields known."""
    return qkd.decoy_rate(transmission(km * 1e3, 0.21e-3) * 0.045, mu, 1.7e-6, 0.033, 1.22)


def reach(rate: object, low: float = 0.0, high: float = 300.0) -> float:
    """The distance in km at which a rate ends."""
    assert callable(rate)
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if rate(middle) > 0 else (low, middle)
    return low


def best(rate: object, low: float, high: float) -> float:
    """Where a rate with one maximum is greatest."""
    assert callable(rate)
    while high - low > 1e-6:
        third = (high - low) / 3
        low, high = (low + third, high) if rate(low + third) < rate(high - third) else (low, high - third)
    return low


@pytest.mark.parametrize(
    ("km", "gain", "error", "yield_one", "error_one", "rate", "all_known"),
    [
        (
            0,
            0.02137009058511506,
            0.033037150053100525,
            0.04438483387311289,
            0.03515286838542833,
            0.002414245466387813,
            0.0025545880815313854,
        ),
        (
            50,
            0.0019249502059679388,
            0.03341242625265768,
            0.003954806598633583,
            0.03539849258329793,
            0.00020962499420792085,
            0.000222596117921494,
        ),
        (
            100,
            0.0001732601805692787,
            0.03758212612610407,
            0.00035399335146868124,
            0.03749238322163719,
            1.6020045267946027e-05,
            1.7184444763940768e-05,
        ),
        (
            135,
            3.3282528229719444e-05,
            0.056853356166948026,
            6.654251053964278e-05,
            0.0474022484404034,
            7.702851655217523e-07,
            9.888317637794608e-07,
        ),
    ],
)
def test_vacuum_and_weak_decoy(
    km: float, gain: float, error: float, yield_one: float, error_one: float, rate: float, all_known: float
) -> None:
    assert seen(km, 0.48) == pytest.approx((gain, error), rel=1e-9)
    single = decoy_bb84.two_decoys(seen(km, 0.48), seen(km, 0.05), VACUUM, (0.48, 0.05, 0.0))
    assert single == pytest.approx((yield_one, error_one), rel=1e-9)
    assert weak_and_vacuum(km, 0.48, 0.05) == pytest.approx(rate, rel=1e-9)
    assert infinite(km, 0.48) == pytest.approx(all_known, rel=1e-9)


def test_reach_as_published() -> None:
    """142.05 km and 140.55 km in print; the best intensity is 0.48, and 0.54 without loss in correction."""
    assert reach(lambda km: infinite(km, 0.48)) == pytest.approx(142.05, abs=0.1)
    assert reach(lambda km: weak_and_vacuum(km, 0.48, 0.05)) == pytest.approx(140.55, abs=0.1)
    assert reach(lambda km: weak_and_vacuum(km, 0.48, 0.01)) == pytest.approx(141.744, abs=0.01)
    passed = transmission(50e3, 0.21e-3) * 0.045
    for correction, printed in ((1.22, 0.48), (1.0, 0.54)):
        found = best(lambda mu, f=correction: qkd.decoy_rate(passed, mu, 1.7e-6, 0.033, f), 0.1, 1.0)
        assert found == pytest.approx(printed, abs=0.005)


def test_deviation_at_forty_kilometres_as_published() -> None:
    """With ν/µ = ¼ the yield is bounded 3.5 % low, and the error rate 16.8 % high."""
    single = decoy_bb84.two_decoys(seen(40, 0.48), seen(40, 0.12), VACUUM, (0.48, 0.12, 0.0))
    passed = transmission(40e3, 0.21e-3) * 0.045
    known = 1.7e-6 + passed
    wrong = (0.85e-6 + 0.033 * passed) / known
    assert 100 * (1 - single.detected / known) == pytest.approx(3.5, abs=0.05)
    assert 100 * (single.error_rate / wrong - 1) == pytest.approx(16.8, abs=0.05)


@pytest.mark.parametrize(
    ("km", "rate", "mu", "nu"),
    [
        (0, 0.0010034228854205489, 0.22517068749938968, 0.20265361874935295),
        (50, 8.386657396836909e-05, 0.22109985010523378, 0.19898986509419195),
        (100, 3.513410434887657e-06, 0.2186679099031109, 0.19680111890251617),
    ],
)
def test_one_decoy(km: float, rate: float, mu: float, nu: float) -> None:
    single = decoy_bb84.one_decoy(seen(km, mu), seen(km, nu), (mu, nu))
    assert decoy_bb84.key_rate(seen(km, mu), mu, single, 1.22) == pytest.approx(rate, rel=1e-8)


def test_one_decoy_needs_intensities_of_its_own() -> None:
    """At µ = 0.48 and ν = 0.05 the worst background leaves nothing, even without any fibre."""
    single = decoy_bb84.one_decoy(seen(0, 0.48), seen(0, 0.05), (0.48, 0.05))
    assert decoy_bb84.key_rate(seen(0, 0.48), 0.48, single, 1.22) == 0


@pytest.mark.parametrize(
    ("km", "mu", "gain", "error", "untagged", "rate"),
    [
        (
            0,
            0.0264,
            0.0011889946073631364,
            0.03366770698124582,
            0.7120196812396345,
            0.00015289676797022753,
        ),
        (
            10,
            0.0161,
            0.0004483233129505185,
            0.0347708202475021,
            0.7139959814278705,
            5.554342626848628e-05,
        ),
        (
            30,
            0.0061,
            6.604701062282911e-05,
            0.045020226086138544,
            0.7194496422507217,
            5.067489117062139e-06,
        ),
        (
            40,
            0.0036,
            2.511585013078562e-05,
            0.06460952131287331,
            0.7426139692107714,
            5.6402477079242885e-08,
        ),
    ],
)
def test_plain_bb84_pays_for_every_pulse_of_several_photons(
    km: float, mu: float, gain: float, error: float, untagged: float, rate: float
) -> None:
    assert seen(km, mu) == pytest.approx((gain, error), rel=1e-9)
    assert decoy_bb84.untagged(seen(km, mu), mu) == pytest.approx(untagged, rel=1e-9)
    assert decoy_bb84.photon_number_splitting_rate(seen(km, mu), mu, 1.22) == pytest.approx(rate, rel=1e-8)
    assert weak_and_vacuum(km, 0.48, 0.05) > 10 * rate


def test_reach_of_plain_bb84() -> None:
    def rate(km: float) -> float:
        def at(mu: float) -> float:
            return decoy_bb84.photon_number_splitting_rate(seen(km, mu), mu, 1.22)

        return max(at(10 ** (-3.5 + place / 100)) for place in range(250))

    assert rate(40.1) > 0
    assert rate(40.4) == 0
    # Where every click could be one of several photons, there is none.
    assert decoy_bb84.photon_number_splitting_rate(seen(50, 0.1), 0.1) == 0


@pytest.mark.parametrize(
    ("mu", "nu", "eta", "single", "several", "known", "decoy_gain", "yield_one"),
    [
        (0.5, 0.1, 0.05, 0.0, 0.27371386098780986, 1.0, 0.0012806634052600788, -0.002661637215458078),
        (
            0.1,
            0.02,
            0.05,
            0.0034114487389706265,
            1.0,
            0.9381094016850365,
            0.0002642311776694526,
            0.003067905222089747,
        ),
    ],
)
def test_splitting_is_seen_by_decoys(
    mu: float,
    nu: float,
    eta: float,
    single: float,
    several: float,
    known: float,
    decoy_gain: float,
    yield_one: float,
) -> None:
    attack = eavesdropping.split(mu, eta)
    assert attack == pytest.approx((single, several, known), rel=1e-9)
    assert attack.gain(mu) == pytest.approx(qkd.weak_pulses(eta, mu).probability, rel=1e-9)
    assert attack.gain(nu) == pytest.approx(decoy_gain, rel=1e-9)
    signal, decoy = (qkd.Detected(attack.gain(one), 0.0) for one in (mu, nu))
    found = decoy_bb84.two_decoys(signal, decoy, qkd.Detected(0.0, 0.5), (mu, nu, 0.0))
    assert found.detected == pytest.approx(max(0.0, yield_one), rel=1e-9)


@pytest.mark.parametrize(
    ("share", "error", "six", "random", "between", "chsh", "shared", "ten", "fifty"),
    [
        (0, 0.0, 0.0, 0.0, 0.0, 2.8284271247461903, 1.0, 1.0, 1.0),
        (
            0.25,
            0.0625,
            0.08333333333333333,
            0.125,
            0.09978099082678596,
            2.4748737341529163,
            0.6627099333829861,
            0.524460475048727,
            0.03967928337324772,
        ),
        (
            1.0,
            0.25,
            0.3333333333333333,
            0.5,
            0.39912396330714384,
            1.4142135623730951,
            0.18872187554086717,
            0.056313514709472656,
            5.663216564269376e-07,
        ),
    ],
)
def test_intercept_and_resend(
    share: float,
    error: float,
    six: float,
    random: float,
    between: float,
    chsh: float,
    shared: float,
    ten: float,
    fifty: float,
) -> None:
    """What the ends share of a bit is 1 - h(e); n compared bits show nothing with probability (1 - e)^n."""
    assert eavesdropping.intercept_resend_error(share) == pytest.approx(error)
    assert eavesdropping.intercept_resend_error(share, bases=3) == pytest.approx(six)
    assert eavesdropping.intercept_resend_information(share) == pytest.approx(random)
    assert eavesdropping.intercept_resend_information(share, between=True) == pytest.approx(between)
    assert eavesdropping.intercept_resend_chsh(share) == pytest.approx(chsh)
    wrong = eavesdropping.intercept_resend_error(share)
    assert 1 - qkd.binary_entropy(wrong) == pytest.approx(shared)
    assert ((1 - wrong) ** 10, (1 - wrong) ** 50) == pytest.approx((ten, fifty))


def test_thresholds_of_intercept_and_resend() -> None:
    """S = 2 at 58.6 % attacked; what the attacker knows exceeds what the ends share from 68.2 % on."""
    assert eavesdropping.intercept_resend_chsh(0.5857864376269049) == pytest.approx(2)
    share = 0.6821426434012041
    known = 1 - qkd.binary_entropy(eavesdropping.intercept_resend_error(share))
    assert eavesdropping.intercept_resend_information(share) == pytest.approx(known)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: decoy_bb84.two_decoys(VACUUM, VACUUM, VACUUM, (0.5, 0.4, 0.2)), "`signal` must be in"),
        (lambda: decoy_bb84.two_decoys(VACUUM, VACUUM, VACUUM, (0.5, 0.1, 0.1)), "`decoy` must be in"),
        (lambda: decoy_bb84.one_decoy(VACUUM, VACUUM, (0.5, 0.5)), "`decoy` must be in"),
        (lambda: eavesdropping.split(0.5, 0.0), "`transmission` must be in"),
        (lambda: eavesdropping.intercept_resend_error(1.1), "`share` must be in"),
    ],
)
def test_bad_arguments_are_refused(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(ParameterError, match=message):
        call()
