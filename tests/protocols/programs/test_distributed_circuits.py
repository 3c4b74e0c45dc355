"""Circuits over nodes against PennyLane's own result, closed forms of their pairs, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pennylane as qp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qsim
from qsim.errors import ParameterError, QsimError, ScenarioError
from qsim.quantum.registers.circuit_steps import ideal_ket, read_steps
from tests.protocols.programs.stars import line, metric

IDEAL = "fidelity to the ideal state"


def run(net: qsim.Network, circuit: Any, placement: dict[Any, str], **more: Any) -> qsim.Result:
    net.add_traffic("circuit", **qsim.distribute(circuit, placement), **more)
    return net.run(duration="2 s", seed=3)


def ghz() -> None:
    qp.Hadamard(0)
    for wire in range(4):
        qp.CNOT([wire, wire + 1])


@st.composite
def tapes(draw: st.DrawFn) -> qp.tape.QuantumScript:
    one = [qp.Hadamard, qp.S, qp.T, qp.SX, qp.PauliX, qp.PauliY, qp.PauliZ]
    two = [qp.CNOT, qp.CZ, qp.SWAP, qp.CY, qp.ISWAP]
    operations = []
    for _ in range(draw(st.integers(1, 8))):
        wires = draw(st.permutations(range(4)))
        which = draw(st.integers(0, 3))
        angle = draw(st.floats(-3, 3))
        if which == 0:
            operations.append(draw(st.sampled_from(one))(wires[0]))
        elif which == 1:
            operations.append(draw(st.sampled_from([qp.RX, qp.RY, qp.RZ, qp.PhaseShift]))(angle, wires[0]))
        elif which == 2:
            operations.append(draw(st.sampled_from(two))(wires[:2]))
        else:
            operations.append(draw(st.sampled_from([qp.CRY, qp.IsingXX]))(angle, wires[:2]))
    return qp.tape.QuantumScript(operations)


@settings(max_examples=25, deadline=None)
@given(tapes())
def test_steps_make_what_pennylane_makes(tape: qp.tape.QuantumScript) -> None:
    wires = dict.fromkeys(range(4), "n0")
    found = qsim.distribute(tape, wires)
    ket = ideal_ket(read_steps(found["circuit"], list("0123")), list("0123"))
    expected = qp.device("default.qubit", wires=4).execute(
        qp.tape.QuantumScript([*(qp.Identity(wire) for wire in range(4)), *tape.operations], [qp.state()])
    )
    assert abs(np.vdot(ket, expected)) == pytest.approx(1.0, abs=1e-10)


@settings(max_examples=6, deadline=None)
@given(tapes(), st.lists(st.sampled_from(["n0", "n1", "n2"]), min_size=4, max_size=4))
def test_perfect_pairs_make_the_circuit_wherever_its_qubits_are(
    tape: qp.tape.QuantumScript, homes: list[str]
) -> None:
    net = line(3, initial_fidelity=1.0)
    result = run(net, tape, dict(enumerate(homes)), rounds=2)
    row = metric(result, IDEAL)
    assert row.n == 2
    assert row.mean == pytest.approx(1.0, abs=1e-9)


def test_a_ghz_state_over_five_nodes_uses_four_pairs() -> None:
    net = line(5, initial_fidelity=1.0, count=8)
    perfect = run(net, ghz, {wire: f"n{wire}" for wire in range(5)}, rounds=20)
    assert metric(perfect, IDEAL).mean == pytest.approx(1.0, abs=1e-9)
    assert metric(perfect, "time a round").mean > 0
    assert "4 pairs a round" in metric(perfect, IDEAL).source
    assert sum(flow.pairs for flow in perfect.flows) >= 80


def test_one_remote_gate_has_the_fidelity_of_its_pair() -> None:
    """The oracle: process fidelity of a CNOT over a pair is the pair's fidelity; on |+0> it is F as well."""
    net = qsim.Network(memory={"count": 4, "initial_fidelity": 0.9})
    net.add_nodes("a", "b")
    net.add_link("a", "b", "5 km")

    def bell() -> None:
        qp.Hadamard("c")
        qp.CNOT(["c", "t"])

    result = run(net, bell, {"c": "a", "t": "b"}, rounds=50, register="dense")
    pair = result.flows[0].fidelity_mean
    # Exact in every round: nothing decays, and both outcomes of each measurement leave the same state.
    assert metric(result, IDEAL).mean == pytest.approx(pair, abs=1e-9)
    assert metric(result, IDEAL).sd == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("circuit", "placement", "message"),
    [
        ([["h", 0], ["cnot", 0, 1]], {"0": "n0", "1": "n1"}, r"circuit\[1\].*unknown gate 'cnot'"),
        ([["cx", 0]], {"0": "n0", "1": "n1"}, "acts on 2 different qubits"),
        ([["cx", 0, 0]], {"0": "n0", "1": "n1"}, "acts on 2 different qubits"),
        ([["rz", 0]], {"0": "n0"}, "an angle in rad"),
        ([["h", 2]], {"0": "n0"}, "unknown qubit '2'"),
        (
            [["swap", 0, 1]],
            {"0": "n0", "1": "n1"},
            "`swap` between the nodes n0 and n1; nodes make cx and cz",
        ),
        ("h 0", {"0": "n0"}, "must be a list of steps"),
        ([["h", 0]], {}, "must name the node of each qubit"),
        ([["h", 0]], {"0": "n9"}, "unknown node 'n9'"),
        ([["cx", 0, k] for k in range(1, 7)], dict.fromkeys("0123456", "n0"), "needs 7 memories"),
    ],
)
def test_circuits_that_cannot_run_are_refused_at_check(circuit: Any, placement: Any, message: str) -> None:
    net = line(2)
    with pytest.raises((ScenarioError, ParameterError), match=message):
        net.add_traffic("circuit", circuit=circuit, placement=placement).scenario("1 s")


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (lambda: qp.cond(qp.measure(0), qp.PauliX)(0), "nodes make gates alone"),
        (lambda: (qp.measure(0), qp.Hadamard(0)), "nodes make gates alone"),
        (lambda: qp.Hadamard(7), "no node for the wire 7"),
        (5, "a circuit is a QNode"),
    ],
)
def test_what_is_no_circuit_is_refused(circuit: Any, message: str) -> None:
    with pytest.raises(QsimError, match=message):
        qsim.distribute(circuit, {0: "n0"})


def test_last_measurements_are_left_out() -> None:
    def measured() -> None:
        qp.Hadamard(0)
        qp.measure(0)
        qp.PauliX(1)
        qp.measure(1)

    assert qsim.distribute(measured, {0: "a", 1: "a"})["circuit"] == [["h", "0"], ["x", "1"]]


def test_open_qasm_is_read_by_pennylane() -> None:
    text = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh q[0];\ncx q[0],q[1];\n'
    text += "creg c[2];\nmeasure q[0]->c[0];\n"
    pytest.importorskip("pennylane_qiskit")
    assert qsim.distribute(text, {0: "a", 1: "b"})["circuit"] == [["h", "0"], ["cx", "0", "1"]]


def test_open_qasm_without_its_reader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(text: str) -> None:
        raise RuntimeError(f"no plugin for {text[:8]}")

    monkeypatch.setattr(qp, "from_qasm", missing)
    with pytest.raises(ParameterError, match="pip install pennylane-qiskit"):
        qsim.distribute("OPENQASM 2.0;", {0: "a"})
