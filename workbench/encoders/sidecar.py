"""The JSON file beside an encoder's weights, key by key: docs/encoders.md."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from workbench.config import Section


class Sidecar(Section):
    """What the JSON file beside the weights says."""

    frames: int = Field(ge=1, description="of a clip")
    size: int = Field(ge=1, description="height and width in pixels")
    mean: tuple[float, float, float] = Field(description="of the colours in [0, 1]")
    std: tuple[float, float, float]
    blocks: dict[str, tuple[int, int]] = Field({}, description="channels of each block: first, and one after the last")
    grid: tuple[int, int, int] | None = Field(None, description="(t, h, w) of the tokens; of a program only")
    layout: Literal["BTCHW", "BCTHW"] = Field("BTCHW", description="axes that a program takes")
    batch: int | None = Field(None, ge=1, description="clips that a program takes at a time; by default any number")
    architecture: Literal["workbench", "vjepa2", "videomae"] | None = Field(None, description="of safetensors only")
    settings: dict[str, Any] = Field({}, description="of the architecture")
    keys: list[tuple[str, str | list[str]]] = Field(
        [], description="regular expression -> name here, or names of equal parts"
    )
    leave: list[str] = Field([], description="regular expressions of weights that are not the encoder's")
