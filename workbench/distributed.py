"""What the processes of a distributed step share: batches, and means with gradients; plain ones where there is one process."""

from __future__ import annotations

import atexit
import gc
from typing import Any, TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor

Batch = TypeVar("Batch", np.ndarray, Tensor)


def processes() -> int:
    """Number of training processes."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def is_first() -> bool:
    """Whether this is the training process that speaks for all."""
    return processes() == 1 or dist.get_rank() == 0


def leave_group() -> None:
    """Leave the process group. Registered for the exit of a process: a gloo thread that outlives the interpreter aborts it.

    Models wrapped for several processes hold the group too, and lie in circles of references: they are collected first.
    """
    if dist.is_available() and dist.is_initialized():
        gc.collect()
        dist.destroy_process_group()


def leave_group_at_exit() -> None:
    """Have this process leave its group before the interpreter ends; calling it again changes nothing."""
    atexit.unregister(leave_group)
    atexit.register(leave_group)


def share_of(items: Batch, rank: int, processes: int) -> Batch:
    """The part of a joint batch that process `rank` of `processes` works on."""
    size = len(items) // processes
    return items[rank * size : (rank + 1) * size]


class _Sum(torch.autograd.Function):
    """Sum over the processes; its gradient is the sum of the gradients over the processes."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        total = value.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total


class _Gather(torch.autograd.Function):
    """Rows of all processes, end to end; the gradient of one's own rows is the sum over the processes."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        parts = [torch.empty_like(value) for _ in range(processes())]
        dist.all_gather(parts, value.contiguous())
        ctx.rows = len(value)
        return torch.cat(parts)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        first = dist.get_rank() * ctx.rows
        return total[first : first + ctx.rows]


def gathered(value: Tensor) -> Tensor:
    """`value` (n, …) of all processes, end to end in their order: (processes·n, …).

    A loss of the gathered rows is the same in every process; with DDP's averaging its gradients are those of the joint batch.
    """
    if processes() == 1:
        return value
    rows: Tensor = _Gather.apply(value)  # type: ignore[no-untyped-call]
    return rows


def all_mean(value: Tensor) -> Tensor:
    """Mean of `value` over the processes. With DDP's averaging of gradients this gives those of the joint batch."""
    if processes() == 1:
        return value
    total: Tensor = _Sum.apply(value)  # type: ignore[no-untyped-call]
    return total / processes()


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of `values` where `mask` is 1, over the joint batch; 0 where the mask is empty.

    `values` may have one more dimension (channels) than `mask`; the mean then runs over channels too. In each process the
    denominator is the mean count over the processes, so that averaging over them gives the mean of the joint batch.
    """
    if values.dim() == mask.dim() + 1:
        values = values.mean(-1)
    weight = mask.to(values.dtype)
    count = all_mean(weight.sum().detach())
    return (values * weight).sum() / count.clamp(min=torch.finfo(values.dtype).tiny)
