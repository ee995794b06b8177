"""The usual settings, of clips and probes, for an encoder that no run of this workbench made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.config import merge
from workbench.presets import build_config

if TYPE_CHECKING:
    from workbench.config import Config, DataSettings

PRESET = "quick"


def usual_config(
    takes: tuple[int, int, int] | None = None, preset: str | None = None, changes: dict[str, Any] | None = None
) -> Config:
    """Settings of the random encoder of `preset` (by default quick): the clips and the probes' budget of its runs.

    So an encoder from elsewhere is read from the very clips that the runs of the preset are read from. `takes` (T, H, W) is
    what such an encoder takes: the preset's frames stay where T is a multiple of them, else they are T. The section `model`
    then says nothing of the encoder.
    """
    preset = preset or PRESET
    if takes is None:
        return build_config("random", preset, changes=changes)
    data: DataSettings = build_config("random", preset).data
    values: dict[str, Any] = {"data": {} if takes[0] % data.frames == 0 else {"frames": takes[0]}}
    values = merge(values, changes or {})
    clip = merge({"frames": data.frames, "size": data.size}, values["data"])
    one_token = {"model": {"tubelet": clip["frames"], "patch": clip["size"]}}  # any size of a clip is a good one
    return build_config("random", preset, changes=merge(one_token, values))
