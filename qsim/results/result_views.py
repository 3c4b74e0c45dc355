"""What a prompt and a notebook show of a result that nobody has asked to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim.model.layout import layout
from qsim.results.html_cards import NODES, card, small_map, table
from qsim.results.number_text import count, fidelity, number, per_cent, seconds
from qsim.results.run_metrics import run_metrics

if TYPE_CHECKING:
    from qsim.model.outcome import RunOutcome

#: Characters of one line.
_LINE = 100


def short(kind: str, title: str, facts: list[str]) -> str:
    """An object in a few lines, each cut where it is too long for one."""
    named = f" '{title}'" if title else ""
    return "\n".join(_cut(line) for line in (f"<{kind}{named}>", *(f"  {fact}" for fact in facts)))


def _cut(line: str) -> str:
    plain = " ".join(line.split()) if "\n" in line else line
    return plain if len(plain) <= _LINE else f"{plain[: _LINE - 1]}…"


def result_text(result: RunOutcome) -> str:
    """A run in five lines."""
    return short(
        "Result",
        result.name,
        [*_facts(result), "result.text() prints all, result.plot draws, result.save() stores"],
    )


def result_html(result: RunOutcome) -> str:
    """A run as a card: facts, map, flows and links."""
    names = {end for link in result.links for end in (link.a, link.b)} | {row.node for row in result.memories}
    picture = ""
    if len(names) <= NODES:
        shares = {row.node: row.utilisation for row in result.memories}
        picture = small_map(layout(result).places, [(link.a, link.b) for link in result.links], shares)
    flows = [
        (
            f"{flow.initiator} → {flow.responder}", str(flow.pairs), number(flow.throughput_hz),
            fidelity(flow.fidelity_mean), flow.status,
        )
        for flow in (*result.flows, *result.unfinished)
    ]  # fmt: skip
    links = [
        (link.link, f"{number(link.length_m / 1e3)} km", number(link.heralds), seconds(link.mean_wait_s))
        for link in result.links
    ]
    return card(
        f"Result of {result.name or 'an unnamed scenario'}",
        [*_facts(result), *(f"note: {note}" for note in result.notes[:3])],
        picture,
        table("Flows", ("from → to", "pairs", "pairs/s", "fidelity", "status"), flows),
        table("Links", ("link", "length", "heralds", "mean wait"), links),
    )


def _facts(result: RunOutcome) -> list[str]:
    figures = run_metrics(result)
    rate = f" ({number(figures['throughput_hz'])} a second)" if figures["throughput_hz"] is not None else ""
    mean = figures["fidelity_mean"]
    said = f", mean fidelity {fidelity(mean)}" if mean is not None else ""
    used = figures["utilisation"]
    memories = f"{per_cent(used)} of memory time reserved, " if used is not None else ""
    interrupted = ", interrupted" if result.interrupted else ""
    return [
        f"{seconds(result.simulated_s)} simulated with seed {result.seed}{interrupted}, "
        f"{count(result.events, 'event')} in {seconds(result.wall_s)}",
        f"{count(result.completed, 'flow')} completed, {len(result.unfinished)} unfinished, "
        f"{count(len(result.stalls), 'stall')}; {count(int(figures['pairs'] or 0), 'pair')}{rate}{said}",
        f"{memories}{count(len(result.memories), 'node')}, {count(len(result.links), 'link')}, "
        f"{count(len(result.notes), 'note')}",
    ]
