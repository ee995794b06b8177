"""What an objective says of a batch: scalars, or errors of single tokens that a weighting can be laid over."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.distributed import all_mean, masked_mean


@dataclass(frozen=True)
class TokenErrors:
    """A token-wise term: `errors` (B, …), each a mean over channels, and `where` they count (as errors, boolean; None: all)."""

    errors: Tensor
    where: Tensor | None = None

    def mean(self) -> Tensor:
        """Mean over the tokens that count, of the joint batch; 0 where none does."""
        return self.errors.mean() if self.where is None else masked_mean(self.errors, self.where)

    def hard_mean(self, temperature: float) -> tuple[Tensor, Tensor]:
        """Mean of w·e with hard-region weights, and the share of a clip's tokens that is in effect, exp(entropy(w/n))/n.

        w = n·softmax(e/τ) over the n tokens of a clip that count, without gradient through w. Source: arXiv 2605.17165,
        restated in OBJECTIVES (`hw`); the share in effect is ours (DIAGNOSTICS, "Weights in effect").
        """
        errors = self.errors.flatten(1)
        where = torch.ones_like(errors, dtype=torch.bool) if self.where is None else self.where.flatten(1)
        with torch.no_grad():
            count = where.sum(1, keepdim=True)
            lowest = torch.finfo(errors.dtype).min  # not −inf: a clip without a token that counts must not give NaN
            share = torch.softmax((errors / temperature).masked_fill(~where, lowest), 1) * where
            entropy = -(share * share.clamp(min=torch.finfo(errors.dtype).tiny).log()).sum(1, keepdim=True)
            effective = masked_mean(entropy.exp() / count.clamp(min=1), count > 0)
        total = all_mean(count.sum().to(errors.dtype)).clamp(min=torch.finfo(errors.dtype).tiny)
        return (count * share * errors).sum() / total, effective


@dataclass(frozen=True)
class Terms:
    """Scalars of one batch by term: as they are, times their coefficients, and the share of tokens in effect where weighted."""

    raw: dict[str, Tensor]
    weighted: dict[str, Tensor]
    effective: dict[str, Tensor]

    def log(self) -> dict[str, Tensor]:
        """Everything under 'raw/…', 'weighted/…' and 'effective/…', detached."""
        parts = {"raw": self.raw, "weighted": self.weighted, "effective": self.effective}
        return {f"{kind}/{term}": value.detach() for kind, terms in parts.items() for term, value in terms.items()}


def mean_terms(parts: list[Terms]) -> Terms:
    """Means over the masks of a step."""

    def mean(kind: str) -> dict[str, Tensor]:
        first = getattr(parts[0], kind)
        return {term: torch.stack([getattr(part, kind)[term] for part in parts]).mean() for term in first}

    return Terms(mean("raw"), mean("weighted"), mean("effective"))
