"""Whether encoders use time: what changing the clips in time costs, chiral accuracy, and channels."""

from __future__ import annotations

from workbench.report.contents.diagnosed import Diagnosed
from workbench.report.contents.grid import Measured, count, decimals, grid, points
from workbench.report.numbers import percent
from workbench.report.prose import Prose
from workbench.report.table import Table

CHANGES = {"shuffle": "shuffled", "reverse": "reversed", "freeze": "frozen", "single_frame": "one frame"}
KINDS = ("static only", "dynamic only", "both", "neither")
FACTOR = {"motion48": "motion", "temporal16": "event"}  # of each benchmark the factor of motion that its label repeats


class TimeUse(Diagnosed):
    """Tables of the part `time`."""

    part = "time"
    tables = ("sensitivity", "features", "chiral", "channel_counts")

    def sensitivity(self) -> Table | Prose:
        """What a probe loses that is trained anew on clips changed in the same way."""
        lead = (
            "Accuracy of the factor of motion, and the points that it loses when clips are changed in time and the probe is "
            "trained anew on clips changed alike: what is lost, the order alone had carried."
        )
        return self._lost("sensitivity", "What a change in time costs, probe trained anew", "retrained", lead)

    def sensitivity_fixed(self) -> Table | Prose:
        """What a probe loses that was trained on clips as they are."""
        lead = "The same, the probe trained on clips as they are: a loss may also be that the features moved where it never looked."
        return self._lost("sensitivity-fixed", "What a change in time costs, probe fixed", "fixed", lead)

    def _lost(self, name: str, title: str, probe: str, lead: str) -> Table | Prose:
        factors = {FACTOR.get(name, "label") for name in self.parameters.benchmarks}
        rows = self.rows[self.rows["factor"].isin(factors)] if "factor" in self.rows else self.rows
        clean = {"probe": "fixed", "transform": "none", "metric": "accuracy"}
        columns = [Measured("as they are", clean, percent, "accuracy, %")]
        columns += [
            Measured(words, {"probe": probe, "transform": change, "metric": "drop"}, points, "points lost")
            for change, words in CHANGES.items()
        ]
        where, beside = {"table": "sensitivity"}, ("chance", "random_encoder")
        return grid(self, name, title, columns, lead=lead, where=where, notes=_own(), beside=beside, rows=rows)

    def features(self) -> Table | Prose:
        """How far features move when clips are changed in time."""
        columns = [
            Measured(words, {"transform": change}, decimals(3), "relative distance")
            for change, words in CHANGES.items()
        ]
        lead = "Distance of a clip's features to those of the same clip changed in time, relative; 0: the change is not seen."
        where = {"table": "features"}
        return grid(
            self,
            "features",
            "How far features move",
            columns,
            lead=lead,
            line=("features",),
            where=where,
            notes=_own(),
            beside=(),
        )

    def chiral(self) -> Table | Prose:
        """Accuracy of telling a clip from its reversal."""
        columns = [Measured("accuracy, %", {"pair": "mean over pairs", "metric": "chiral accuracy"}, percent)]
        lead = (
            "Telling a motion from its time reversal, mean over pairs: what a set of frames without order cannot give."
        )
        return grid(
            self,
            "chiral",
            "Chiral accuracy",
            columns,
            lead=lead,
            where={"table": "chiral"},
            notes=_own(),
            beside=("chance", "random_encoder"),
        )

    def channels(self) -> Table | Prose:
        """How many channels are static, dynamic, both or neither."""
        columns = [Measured(kind, {"kind": kind, "metric": "channels above 0.5"}, count) for kind in KINDS]
        lead = "Channels that stay where only what moves is changed (static), or follow it (dynamic), by a score above 0.5."
        return grid(
            self,
            "channels",
            "Static and dynamic channels",
            columns,
            lead=lead,
            where={"table": "channel_counts", "block": "all"},
            notes=_own()[:1],
            beside=("random_encoder",),
            of="channels",
        )


def _own() -> list[str]:
    return [
        "Intervals: 95 %, over test clips. Each line is one run; the untrained twin has the same architecture with weights drawn anew."
    ]
