"""Threads of the linear algebra of numpy and scipy, which is slower with several where arrays are small."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """One thread for products of numpy and scipy inside; torch keeps its own.

    The linear probes' products take microseconds: with two threads each, the threads of both libraries wait for each other, and a fit
    takes five times as long (measured on two cores).
    """
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> Any:
    import scipy.linalg  # noqa: F401 — loads a library of its own, which has to be there to be found
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
