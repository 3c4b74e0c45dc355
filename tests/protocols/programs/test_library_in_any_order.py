"""Programs of the library end whichever role is named first, with memories to spare or not, and no stall."""

from __future__ import annotations

from typing import Any

import pytest

from tests.protocols.programs.stars import ghz_roles, metric, star

USERS = ["u0", "u1", "u2"]


def _users(kind: str, **more: Any) -> dict[str, dict[str, Any]]:
    return {user: {"kind": kind, "node": user, **more} for user in USERS}


def _two(name: str, ends: tuple[str, str] = ("first", "second"), **more: Any) -> dict[str, dict[str, Any]]:
    one, other = ends
    return {
        one: {"kind": f"{name}-{one}", "node": "u0", **more},
        other: {"kind": f"{name}-{other}", "node": "hub"},
    }


_HUB = {"node": "hub", "users": USERS}
_PLAYER = {"kind": "secret-player", "dealer": "u0"}
#: The roles of each, and the memories that it needs for the pairs of two roles.
COMPANIES: dict[str, tuple[dict[str, dict[str, Any]], int]] = {
    "ghz": (ghz_roles(USERS), 1),
    "early ghz": ({"hub": {"kind": "ghz-hub", "early": True, **_HUB}, **_users("ghz-user")}, 1),
    "purified ghz": (
        {"hub": {"kind": "ghz-purification-hub", **_HUB}, **_users("ghz-purification-user", users=USERS)},
        2,
    ),
    "secret": (
        {
            "hub": {"kind": "ghz-hub", **_HUB},
            "u0": {"kind": "secret-dealer", "node": "u0", "players": USERS[1:]},
            **{user: {"node": user, **_PLAYER} for user in USERS[1:]},
        },
        1,
    ),
    "superdense": (_two("superdense", ("sender", "receiver")), 1),
    "detection": (_two("error-detection"), 4),
    "blind": (_two("blind", ("client", "server"), angles=[1, 2]), 2),
}


@pytest.mark.parametrize("spare", [0, 1])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", COMPANIES)
def test_all_rounds_end(name: str, turned: bool, spare: int) -> None:
    """Operations take time, pairs come at unlike times, and each end of a request may be its initiator."""
    roles, memories = COMPANIES[name]
    if turned:
        roles = dict(reversed(roles.items()))
    net, _ = star(
        3, efficiency=0.6, initial_fidelity=0.95, processor={"gate_time": "20 us", "readout_time": "50 us"}
    )
    net.add_traffic("programs", roles=roles, rounds=5, memories=memories + spare, register="dense")
    result = net.run(duration="1 s", seed=5)
    assert metric(result, "rounds a second").n == 5
    assert not result.stalls
