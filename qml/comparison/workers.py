"""Pieces of work in several processes, with the same bits as in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def each(
    work: Callable[[T], R], pieces: Sequence[T], workers: int, plugins: Sequence[str] = ()
) -> Iterator[R]:
    """Do all pieces of work; in several processes their results come as they are finished.

    Products of matrices round differently on several threads: a worker has one, so this process too.

    Args:
        work: what is done.
        pieces: what it is done to.
        workers: processes.
        plugins: modules and files that a process must import before it can read its piece.
    """
    if workers == 1 or len(pieces) < 2:
        yield from (_alone(work, piece) for piece in pieces)
        return
    import cloudpickle
    from joblib import Parallel, delayed, parallel_config

    try:
        with parallel_config(backend="loky", inner_max_num_threads=1):
            pool = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)
            yield from pool(
                delayed(_unpacked)(cloudpickle.dumps((work, piece)), tuple(plugins)) for piece in pieces
            )
    finally:
        _close()


def _close() -> None:
    """End joblib's processes, which it keeps for later: left to the end of the program they outlive it.

    What they, and the process that tracks their resources, have to say would then come after the error that
    the program ends with.
    """
    from joblib.externals.loky import reusable_executor

    pool = reusable_executor._executor
    if pool is not None:
        pool.shutdown(wait=True, kill_workers=True)


def _unpacked(packed: bytes, plugins: tuple[str, ...]) -> Any:
    import cloudpickle

    from qsim.plugins import load

    load(plugins)
    return _alone(*cloudpickle.loads(packed))


def _alone(work: Callable[[T], R], piece: T) -> R:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return work(piece)
