"""A sweep on a dask scheduler, here or on other machines that share the folder; a lost worker's run is done again elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.errors import WorkbenchError
from workbench.sweeps.jobs import Job, Outcome, do


def outcomes(jobs: list[Job], address: str) -> Iterator[Outcome]:
    """One outcome a job, as they come, from the scheduler at `address` (such as tcp://host:8786).

    Each worker must have one thread (`dask worker --nthreads 1`), for torch's number of threads is the process's. A run
    goes on from its last checkpoint when another worker takes it over. Raises where no scheduler answers.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise WorkbenchError(
            "A sweep on a scheduler needs dask: pip install 'jepa-workbench[cluster]', or leave --scheduler out."
        ) from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError, TimeoutError) as error:
        raise WorkbenchError(
            f"No dask scheduler answers at '{address}' ({error}). Start one with `dask scheduler` and give its address."
        ) from None
    with client:
        _one_thread_each(client.scheduler_info(n_workers=-1)["workers"], address)
        futures = {client.submit(do, job, key=f"{job.name}-{i}", pure=False): job for i, job in enumerate(jobs)}
        for future in as_completed(futures):
            job = futures[future]
            if future.status == "finished":
                yield future.result()
            else:
                yield Outcome(job.name, "failed", message=f"{type(future.exception()).__name__}: {future.exception()}")


def _one_thread_each(workers: dict[str, dict[str, int]], address: str) -> None:
    if not workers:
        raise WorkbenchError(
            f"The scheduler at {address} has no workers. Start some: dask worker {address} --nthreads 1"
        )
    if many := [name for name, facts in workers.items() if facts["nthreads"] != 1]:
        raise WorkbenchError(f"Workers need one thread each: dask worker {address} --nthreads 1. {many[0]} has more.")
