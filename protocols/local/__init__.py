"""Operations of one node on the qubits of its memories, in the processor's time."""
