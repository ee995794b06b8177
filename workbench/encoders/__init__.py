"""Frozen encoders: of runs, drawn at random, and from elsewhere, behind one protocol. `open_encoder` reads any of them."""

from __future__ import annotations

import re
from typing import Any

from workbench.encoders.base import FrozenEncoder
from workbench.encoders.usual import usual_config
from workbench.errors import UnknownName, WorkbenchError

__all__ = ["FrozenEncoder", "open_encoder", "usual_config"]

FORMS = (
    "Forms of an encoder: RUN, RUN@teacher, RUN@context, RUN@step-N, random, random-PRESET-sSEED, hf:NAME_OR_FOLDER, "
    "file:PATH.pt2 or file:PATH.safetensors (docs/encoders.md)."
)


def open_encoder(
    spec: str | FrozenEncoder, *, preset: str | None = None, changes: dict[str, Any] | None = None
) -> FrozenEncoder:
    """The encoder that `spec` names; one that is open already is given back.

    "RUN" (the encoder that its settings say is probed), "RUN@teacher", "RUN@context", "RUN@step-N" of a kept step; "random" or "random-PRESET-sSEED", as
    such a run starts, whether or not it is there; "hf:NAME_OR_FOLDER"; "file:PATH". `preset` and `changes` set which clips and
    what probe budget an encoder without a run gets: see `usual_config`. Anything unknown raises, with the forms and the runs.
    """
    if not isinstance(spec, str):
        return spec
    kind, colon, source = spec.partition(":")
    if colon and kind == "hf":
        from workbench.encoders.hub import HubEncoder

        return HubEncoder.open(source, preset, changes)
    if colon and kind == "file":
        from workbench.encoders.file import open_file

        return open_file(source, preset, changes)
    if spec == "random":
        from workbench.encoders.of_run import RandomEncoder

        return RandomEncoder(usual_config(None, preset, changes))
    return _of_run(spec, preset, changes)


def _of_run(spec: str, preset: str | None, changes: dict[str, Any] | None) -> FrozenEncoder:
    from workbench.encoders.of_run import RandomEncoder, RunEncoder, StepEncoder
    from workbench.presets import PRESETS, build_config
    from workbench.runs import Run

    name, _, which = spec.partition("@")
    try:
        run = Run.open(name)
    except UnknownName as error:
        drawn = re.fullmatch(r"random-(\w+)-s(\d+)", spec)
        if drawn is None or drawn[1] not in PRESETS:
            raise WorkbenchError(f"{error} {FORMS}") from None
        return RandomEncoder(build_config("random", preset or drawn[1], int(drawn[2]), changes=changes))
    if preset or changes:
        raise WorkbenchError(f"The run '{name}' has settings of its own; leave out --preset and --set.")
    if step := re.fullmatch(r"step-(\d+)", which):
        return StepEncoder(run, int(step[1]))
    return RunEncoder(run, which or None)
