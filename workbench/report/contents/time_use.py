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
        """What a probe loses when clips are changed in time: trained on clips as they are, and trained anew on changed ones."""
        factors = {FACTOR.get(name, "label") for name in self.parameters.benchmarks}
        wanted = self.rows[self.rows["factor"].isin(factors)] if "factor" in self.rows else self.rows
        clean = Measured(
            "as they are", {"probe": "fixed", "transform": "none", "metric": "accuracy"}, percent, "accuracy, %"
        )
        lost = [
            Measured(words, {"probe": probe, "transform": change, "metric": "drop"}, points, title)
            for probe, title in (("fixed", "points lost, probe fixed"), ("retrained", "points lost, probe retrained"))
            for change, words in CHANGES.items()
        ]
        lead = "Accuracy of the factor of motion, and the points that it loses when the test clips are changed in time; retrained: on clips changed alike."
        notes = [
            "A loss with a retrained probe says that the order carries what is lost; with a fixed one it may also be that the features moved.",
            *_own(),
        ]
        return grid(
            self,
            "sensitivity",
            "What a change in time costs",
            [clean, *lost],
            lead=lead,
            where={"table": "sensitivity"},
            notes=notes,
            beside=("chance", "random_encoder"),
            rows=wanted,
        )

    def features(self) -> Table | Prose:
        """How far features move when clips are changed in time."""
        columns = [
            Measured(words, {"transform": change, "features": features}, decimals(3), features)
            for features in ("mean over time", "every time step")
            for change, words in CHANGES.items()
        ]
        lead = "Relative distance of a clip's features to those of the same clip changed in time; 0: the change is not seen."
        return grid(
            self,
            "features",
            "How far features move",
            columns,
            lead=lead,
            where={"table": "features"},
            notes=_own(),
            beside=("random_encoder",),
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
