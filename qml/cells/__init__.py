"""Recurrent cells: quantum, their classical twins, and banks of them with frozen weights."""
