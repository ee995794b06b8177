"""What an encoder knows, where, whether it uses time, and whether its space has collapsed: one call, tidy tables."""

from workbench.diagnosis.diagnose import diagnose, stored
from workbench.diagnosis.diagnosis import Diagnosis, join
from workbench.diagnosis.keep import keep_diagnosis
from workbench.diagnosis.parts import PARTS

__all__ = ["PARTS", "Diagnosis", "diagnose", "join", "keep_diagnosis", "stored"]
