"""Typed settings of a run. Everything that can change a number is here, and an unknown key is an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from workbench.errors import UnknownName, WorkbenchError
from workbench.files import content_key
from workbench.yaml_values import read_value


class Section(BaseModel):
    """Base of every settings section: immutable, unknown keys refused, no silent conversion of types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Background(Section):
    """What stands behind the sprites of a rendered benchmark: its strength, and how fast it changes."""

    contrast: float = Field(0.15, ge=0, le=1, description="0 = plain grey, 1 = the photograph as it is")
    motion: Literal["fixed", "drift", "redrawn"] = Field("fixed", description="over the frames of one clip")


class DataSettings(Section):
    """The clips: which data set, its size in space, time and number, and how broken files are treated."""

    source: str = Field("motion48", description="a benchmark, a regime ('single', 'mixed'), or an imported data set")
    frames: int = Field(8, ge=2)
    size: int = Field(32, ge=8, description="height and width in pixels")
    sampling: Literal["stride", "uniform", "fps"] = Field("stride", description="which frames of a video make a clip")
    stride: int = Field(1, ge=1, description="frames between two sampled frames of a video file ('stride')")
    fps: float = Field(8.0, gt=0, le=1000, description="sampled frames a second ('fps')")
    train_clips: int = Field(2000, ge=2)
    val_clips: int = Field(500, ge=2)
    test_clips: int = Field(1000, ge=2)
    seed: int = Field(0, ge=0, description="of the rendered factors; the same for every run that is compared")
    background: Background = Background()
    speed: tuple[float, float] = Field((2.5, 4.0), description="pixels a frame at 32 pixels, lowest and highest")
    sprites: Literal["digits", "shapes"] = Field("digits", description="handwriting, or drawn shapes")
    distractors: int = Field(0, ge=0, le=4, description="white sprites that move behind the coloured one")
    composition: str = Field("none", description="what train and val hold none of: an entry of COMPOSITIONS")
    max_bad_share: float = Field(0.01, ge=0, le=1, description="training stops above this share of broken files")

    @field_validator("source")
    @classmethod
    def _regime(cls, source: str) -> str:
        return "motion48" if source == "single" else source  # the regime of one benchmark is that benchmark

    @field_validator("speed")
    @classmethod
    def _range(cls, speed: tuple[float, float]) -> tuple[float, float]:
        if not 0 <= speed[0] <= speed[1] <= 8:
            raise ValueError("data.speed is the lowest and the highest speed, from 0 to 8 pixels a frame")
        return speed

    def count(self, split: str) -> int:
        """Number of clips that a rendered benchmark holds in `split`."""
        return {"train": self.train_clips, "val": self.val_clips, "test": self.test_clips}[split]


class ModelSettings(Section):
    """Encoder and predictor."""

    width: int = Field(96, ge=8)
    depth: int = Field(4, ge=1)
    heads: int = Field(3, ge=1)
    mlp_ratio: float = Field(4.0, gt=0)
    patch: int = Field(8, ge=1, description="pixels a side")
    tubelet: int = Field(2, ge=1, description="frames")
    levels: int = Field(
        1, ge=1, description="how many blocks, evenly spaced up to the last, form the latent; the study: 4 of 12"
    )
    predictor_width: int = Field(48, ge=8)
    predictor_depth: int = Field(2, ge=1)
    predictor_heads: int = Field(2, ge=1)

    @model_validator(mode="after")
    def _fits(self) -> ModelSettings:
        for width, heads, what in (
            (self.width, self.heads, "width"),
            (self.predictor_width, self.predictor_heads, "predictor_width"),
        ):
            if width % heads or (width // heads) % 2 or width // heads < 6:
                raise ValueError(
                    f"{what}={width} over {heads} heads must give an even head width of at least 6 (3-D RoPE)"
                )
        if self.levels > self.depth:
            raise ValueError(f"levels={self.levels} of an encoder of depth={self.depth}; it has only that many blocks")
        return self


class MaskSettings(Section):
    """One mask generator: which tokens the context encoder sees and which the predictor must predict."""

    kind: str = Field("random", description="an entry of the mask registry")
    visible: float = Field(0.25, gt=0, lt=1, description="share of all tokens that the context encoder sees")
    predicted: float = Field(0.75, gt=0, lt=1, description="share of all tokens that the predictor predicts")
    blocks: int = Field(8, ge=1, description="number of masked blocks ('blocks')")
    area: float = Field(0.15, gt=0, le=1, description="share of the frame's area a block covers ('blocks')")
    time: float = Field(1.0, gt=0, le=1, description="share of the time axis a block covers; published: all")
    aspect: tuple[float, float] = Field((0.75, 1.5), description="range of height over width of a block ('blocks')")
    power: float = Field(2.0, ge=0, description="blocks fall where things move, by this power ('motion_guided')")
    uniform: float = Field(0.1, ge=0, le=1, description="share of the blocks that fall anywhere ('motion_guided')")
    seen_time: float = Field(1.0, gt=0, le=1, description="share of the time axis, from its start, that may be seen")
    complement: bool = Field(False, description="predict every token that is not seen, whatever `predicted` says")

    @model_validator(mode="after")
    def _fits(self) -> MaskSettings:
        if not self.complement and self.visible + self.predicted > 1 + 1e-9:
            raise ValueError(f"visible={self.visible} and predicted={self.predicted} add up to more than all tokens")
        return self


class TeacherSettings(Section):
    """What makes the targets: a moving average of the encoder, the encoder itself, or the encoder as it was at first."""

    kind: Literal["ema", "none", "frozen"] = Field(
        "ema",
        description="none: the encoder's own tokens, with gradient; frozen: never updated, as some runs of the study",
    )
    ema_start: float = Field(0.998, ge=0, le=1)
    ema_end: float = Field(0.9995, ge=0, le=1)


class TargetSettings(Section):
    """What the predictor predicts: the teacher's tokens, layer-normed, less a share of the clip's mean."""

    layer_norm: bool = True
    mean_removed: float = Field(0.7, ge=0, le=1, description="share of each clip's mean token taken from its targets")


class ObjectiveSettings(Section):
    """Which terms are added to the base loss, and by how much. Usually filled in by the variant."""

    settings: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="objective -> its constructor's keywords"
    )
    weights: dict[str, float] = Field(default_factory=dict, description="term -> coefficient")
    schedules: dict[str, str] = Field(default_factory=dict, description="term -> entry of the schedules; else constant")
    hard: dict[str, float] = Field(
        default_factory=dict,
        description="token-wise term -> temperature τ of its hard-region weights; else equal weights",
    )
    own: dict[str, str] = Field(default_factory=dict, description="own objective -> content key of its source")
    no_gradient: tuple[str, ...] = Field(
        (), description="terms computed without gradient: a fault of the study that 'as_published' repeats"
    )
    context_weight: float = Field(0.5, ge=0, description="λ of the context loss at the end of training")
    context_start: float = Field(0.5, ge=0, le=1, description="share of training before λ begins to rise from 0")


class TextSettings(Section):
    """Captions beside the clips, for the video–text terms of the objective. A run without such a term has no section `text`."""

    tower: str = Field("compact", description="compact, minilm, or hf:NAME_OR_FOLDER")
    train: Literal["frozen", "tuned"] = Field(
        "tuned", description="frozen: its weights stay, and it runs once for each distinct caption"
    )
    lr_scale: float = Field(1.0, gt=0, description="its learning rate, times that of the encoder")
    captions: int = Field(1, ge=1, description="captions a clip in a step, drawn anew in every step")


class AugmentSettings(Section):
    """Random changes to training clips, one draw a clip, the same for all of its frames. Off as they stand."""

    scale: tuple[float, float] = Field((1.0, 1.0), description="share of the frame's area that a random crop keeps")
    aspect: tuple[float, float] = Field((0.75, 1.35), description="width over height of the crop, before it is resized")
    flip: float = Field(
        0.0, ge=0, le=1, description="share of clips mirrored; 0 where left and right are labels (motion, SSv2)"
    )

    @model_validator(mode="after")
    def _fits(self) -> AugmentSettings:
        if not 0 < self.scale[0] <= self.scale[1] <= 1:
            raise ValueError(f"scale={self.scale} is the smallest and the largest share of the area, in (0, 1]")
        if not 0 < self.aspect[0] <= 1 <= self.aspect[1]:
            raise ValueError(f"aspect={self.aspect} is a range of width over height that includes 1")
        return self


class OptimSettings(Section):
    """Optimiser and schedule."""

    steps: int = Field(1000, ge=0)
    batch: int = Field(64, ge=2, description="clips a step, over all processes")
    lr: float = Field(1e-3, gt=0)
    lr_start: float = Field(1e-4, ge=0)
    lr_end: float = Field(1e-3, ge=0, description="reached by a cosine; equal to lr: flat, as published")
    warmup: float = Field(0.1, ge=0, le=1, description="share of the steps")
    weight_decay: float = Field(0.04, ge=0)
    beta2: float = Field(0.95, gt=0, lt=1)
    clip_norm: float = Field(1.0, gt=0)


class RuntimeSettings(Section):
    """Where and how it runs. Nothing here should change a result by more than rounding."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "bf16"] = Field("auto", description="auto: bf16 on a GPU, fp32 on a CPU")
    compile: Literal["auto", "on", "off"] = Field("auto", description="torch.compile; auto: on a GPU only")
    checkpoint_seconds: float = Field(30.0, gt=0)
    log_every: int = Field(20, ge=1)
    snapshots: tuple[int, ...] = Field(
        (), description="numbers of steps after which the encoder's weights are kept too"
    )


class ProbeSettings(Section):
    """The probes' budget: the same for every encoder in a table."""

    encoder: Literal["context", "teacher"] = Field("context", description="whose weights are probed")
    probes: tuple[str, ...] = ("linear", "linear_time", "knn", "knn_time", "attentive")
    train_clips: int = Field(2000, ge=2, description="labelled clips")
    attentive_epochs: int = Field(30, ge=1)
    attentive_batch: int = Field(128, ge=2)
    benchmarks: tuple[str, ...] = ("motion48", "temporal16", "appearance100")
    factors: tuple[str, ...] = Field(("label",), description="which factors of each benchmark are read")


Reading = Literal["as_described", "as_published"]


class Config(Section):
    """All settings of one run."""

    variant: str = "baseline"
    reading: Reading = Field("as_described", description="the formula, or what the released code of the study did")
    preset: str = "quick"
    recipe: str = "compact"
    seed: int = Field(0, ge=0)
    data: DataSettings = DataSettings()
    model: ModelSettings = ModelSettings()
    masks: tuple[MaskSettings, ...] = (MaskSettings(), MaskSettings())
    teacher: TeacherSettings = TeacherSettings()
    target: TargetSettings = TargetSettings()
    objective: ObjectiveSettings = ObjectiveSettings()
    text: TextSettings | None = None
    augment: AugmentSettings = AugmentSettings()
    optim: OptimSettings = OptimSettings()
    runtime: RuntimeSettings = RuntimeSettings()
    probe: ProbeSettings = ProbeSettings()

    @model_validator(mode="after")
    def _fits(self) -> Config:
        if self.data.size % self.model.patch:
            raise ValueError(f"data.size={self.data.size} is not a multiple of model.patch={self.model.patch}")
        if self.data.frames % self.model.tubelet:
            raise ValueError(f"data.frames={self.data.frames} is not a multiple of model.tubelet={self.model.tubelet}")
        if self.teacher.kind == "none" and self.probe.encoder == "teacher":
            raise ValueError("teacher.kind=none leaves no teacher to probe; set probe.encoder=context")
        return self

    @property
    def grid(self) -> tuple[int, int, int]:
        """Token grid (t, h, w)."""
        side = self.data.size // self.model.patch
        return self.data.frames // self.model.tubelet, side, side

    @property
    def latent_width(self) -> int:
        """Channels of a latent token: the width of every level, side by side."""
        return self.model.levels * self.model.width

    def key(self) -> str:
        """Content key of everything that can change a result (so not `runtime`)."""
        absent = {"text"} if self.text is None else set()  # so that a run without text keeps the key that it always had
        return content_key(self.model_dump(mode="json", exclude={"runtime", *absent}))


def merge(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """`base` with `change` laid over it, section by section; neither is modified."""
    result = dict(base)
    for key, value in change.items():
        old = result.get(key)
        result[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested settings as `section.key` -> JSON text; lists stay whole."""
    result: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            result |= flat(value, f"{prefix}{key}.")
        else:
            result[f"{prefix}{key}"] = json.dumps(value)
    return result


def validate(model: type[Section], values: dict[str, Any]) -> Any:
    """Build `model` from plain values (as from YAML or JSON); a wrong key, type or value raises a `WorkbenchError` that names it."""
    try:
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise WorkbenchError(_explain(model, error)) from None


def parse_setting(text: str) -> dict[str, Any]:
    """`section.key=value` (value in YAML) as a nested dictionary: 'optim.steps=100' -> {'optim': {'steps': 100}}."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise WorkbenchError(f"'{text}' is not a setting. Write section.key=value, for example optim.steps=100.")
    try:
        nested: Any = read_value(value)
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or error
        raise WorkbenchError(
            f"The value in '{text}' is not YAML: {problem}. Write a number, a word, [a, list] or {{key: value}}."
        ) from None
    for part in reversed(name.split(".")):
        nested = {part: nested}
    return nested


def _explain(model: type[Section], error: ValidationError) -> str:
    lines = []
    for item in error.errors():
        where = ".".join(str(part) for part in item["loc"]) or "settings"
        if item["type"] == "extra_forbidden":
            section = _section_at(model, item["loc"][:-1])
            lines.append(f"{where}: " + str(UnknownName("setting", item["loc"][-1], section.model_fields)))
        else:
            given = "" if item["type"] == "value_error" else f" (given: {item['input']!r})"
            place = f"{where}: " if item["loc"] else ""  # settings of two sections name themselves
            lines.append(f"{place}{item['msg'].removeprefix('Value error, ')}{given}")
    return "Invalid settings. " + " ".join(lines)


def _section_at(model: type[Section], location: tuple[int | str, ...]) -> type[Section]:
    for part in location:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        for candidate in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(candidate, type) and issubclass(candidate, Section):
                model = candidate
    return model
