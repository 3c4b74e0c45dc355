"""Pieces of work in several processes, with the same bits as in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], pieces: Sequence[T], workers: int) -> Iterator[R]:
    """Do all pieces of work; in several processes their results come as they are finished.

    Products of matrices round differently on several threads: a worker has one, so this process too.
    """
    if workers == 1 or len(pieces) < 2:
        yield from (_alone(work, piece) for piece in pieces)
        return
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", inner_max_num_threads=1):
        pool = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)
        yield from pool(delayed(_alone)(work, piece) for piece in pieces)


def _alone(work: Callable[[T], R], piece: T) -> R:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return work(piece)
