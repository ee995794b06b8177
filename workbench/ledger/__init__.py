"""The claims ledger: what becomes of a study's claims, on its published numbers and on rows of controlled runs.

A claims file (`reports/claims.yaml`; docs/claims.md) says as data which rows decide each claim and how. Verdicts and texts are computed.
"""

from workbench.ledger.reading import load_claims
from workbench.ledger.results import Verdict
from workbench.ledger.table import claims_table
from workbench.ledger.verdict import RULES, claims

__all__ = ["RULES", "Verdict", "claims", "claims_table", "load_claims"]
