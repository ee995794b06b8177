"""Means over every process of a distributed step, with gradients; plain means when there is one process."""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor


def processes() -> int:
    """Number of training processes."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def all_mean(value: Tensor) -> Tensor:
    """Mean of `value` over the processes. With DDP's averaging of gradients this gives those of the joint batch."""
    if processes() == 1:
        return value
    if not value.requires_grad:
        value = value.clone()
        dist.all_reduce(value)
    else:
        from torch.distributed.nn.functional import all_reduce

        value = all_reduce(value)
    return value / processes()


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
