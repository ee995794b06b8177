"""A run on disk: `checkpoints/<run>/` with settings, weights, history, features and result rows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from workbench.config import Config, validate
from workbench.errors import UnknownName, WorkbenchError
from workbench.files import file_key, git_state, package_versions, read_object, whole_folder, write_json
from workbench.own import own_sources
from workbench.paths import check_stays, runs_root
from workbench.presets import run_name, trained_on
from workbench.results import Shelf, read_parquet

if TYPE_CHECKING:
    from torch import nn

    from workbench.models.encoder import Encoder
    from workbench.models.jepa import Jepa

FORMAT = 2
Which = Literal["context", "teacher"]
GRADIENTS = "gradients.parquet"
QUALITY = "quality/"  # before the names of the monitor's measures in a history
TOWER = "tower"  # folder of a run that was trained with captions
WEIGHT_FILES = {"context": "encoder", "teacher": "teacher"}
NEEDED = ("status", "step", "seconds")  # of run.json, by whoever reads it
MEND = "Restore it, or delete the run's folder and train again."


class Run:
    """One run: what was asked for (`config`), what became of it (`info`), and what was measured."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name

    @classmethod
    def create(cls, config: Config, name: str | None = None) -> Run:
        """A new run folder, written whole; the same name must not exist yet."""
        run = cls(runs_root() / (name or run_name(config)))
        check_stays(name or run.name, "a run")
        if run.folder.exists():
            raise WorkbenchError(f"The run '{run.name}' exists already in {run.folder}.")
        info = {
            "format": FORMAT,
            "name": run.name,
            "status": "training",
            "step": 0,
            "variant": config.variant,
            "preset": config.preset,
            "seed": config.seed,
            "reading": config.reading,
            "data": config.data.source,
            "created": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "seconds": 0.0,
            "versions": package_versions(),
            "git": git_state(),
        }
        with whole_folder(run.folder) as folder:
            for name, source in own_sources(config).items():
                (folder / f"own_{name}.py").write_text(source)
            write_json(folder / "config.json", config.model_dump(mode="json"))
            write_json(folder / "run.json", info)
        return run

    @classmethod
    def open(cls, name: str) -> Run:
        """An existing run by name; an unknown one raises and lists those that there are."""
        folder = runs_root() / name
        if "/" in name or name.startswith(".") or not (folder / "run.json").is_file():
            raise UnknownName("run", name, (run.name for run in list_runs()))
        run = cls(folder)
        run.check_format()
        return run

    def check_format(self) -> None:
        """Raise where the folder was written by another version of the format."""
        found = self.info.get("format")
        if found != FORMAT:
            version = self.info.get("versions", {}).get("jepa-workbench", "an unknown version")
            raise WorkbenchError(
                f"The run '{self.name}' has format {found} (written by jepa-workbench {version}); this version reads format "
                f"{FORMAT}. Train it again, or read it with the version that wrote it."
            )

    @cached_property
    def config(self) -> Config:
        """Its settings."""
        path = self.folder / "config.json"
        values = read_object(path, MEND)
        try:
            return validate(Config, values)
        except WorkbenchError as error:
            raise WorkbenchError(f"{path}: {error} {MEND}") from None

    @property
    def info(self) -> dict[str, Any]:
        """The content of run.json, read anew each time."""
        path = self.folder / "run.json"
        found = read_object(path, MEND)
        if found.get("format") == FORMAT and (lacking := [name for name in NEEDED if name not in found]):
            raise WorkbenchError(f"{path} has no '{lacking[0]}'. {MEND}")
        return found

    @property
    def finished(self) -> bool:
        """Whether training has ended well."""
        return self.info["status"] == "finished"

    def require_finished(self) -> None:
        """Raise unless training has ended well."""
        if not self.finished:
            info = self.info
            raise WorkbenchError(
                f"The run '{self.name}' is not finished: it is {info['status']} at step {info['step']} of "
                f"{self.config.optim.steps}. Go on with `{train_command(self.config)}`."
            )

    def require_settings(self, config: Config) -> None:
        """Raise where the run was made with other settings than `config`, and say which differ."""
        if self.config.key() == config.key():
            return
        mine, asked = (one.model_dump(exclude={"runtime"}) for one in (self.config, config))
        raise WorkbenchError(
            f"The run '{self.name}' was made with other settings ({', '.join(_differences(mine, asked))}). Give this one "
            f"another name with --name, or delete {self.folder}."
        )

    def update(self, **changes: Any) -> None:
        """Change entries of run.json."""
        write_json(self.folder / "run.json", self.info | changes)

    def history(self) -> pd.DataFrame:
        """Every logged step: loss, every term raw and weighted, learning rate, gradient norm; empty before training."""
        return read_parquet(self.folder / "history.parquet")

    def readings(self) -> pd.DataFrame:
        """What the monitor of quality read while the run was trained: step, and its columns; empty where it read nothing."""
        history = self.history()
        measures = [name for name in map(str, history) if name.startswith(QUALITY)]
        return history[["step", *measures]].dropna(subset=measures, how="all") if measures else pd.DataFrame()

    def gradients(self) -> pd.DataFrame:
        """Gradient norms of every term at encoder, predictor and head: step, term, place, coefficient, norm."""
        return read_parquet(self.folder / GRADIENTS)

    @property
    def shelf(self) -> Shelf:
        """Where its result rows are kept."""
        return Shelf(self.folder)

    def rows(self) -> pd.DataFrame:
        """Result rows, one number each; empty before probing."""
        return self.shelf.rows()

    def predictions(self) -> pd.DataFrame:
        """Answers of the probes on test clips: benchmark, probe, factor, encoder, clip, truth, predicted."""
        return self.shelf.predictions()

    def add_results(self, rows: pd.DataFrame, predictions: pd.DataFrame) -> None:
        """Add results; those of the same benchmark, probe, factor and encoder are replaced."""
        self.shelf.add_results(rows, predictions)

    def save_weights(self, model: Jepa) -> None:
        """Write encoder, teacher, predictor and heads as safetensors, all or none."""
        rest: dict[str, nn.Module] = {"predictor": model.predictor, "heads": model.objectives}
        write_weights(self.folder / "weights", encoders_of(model) | rest)

    def encoder(self, which: str | None = None) -> Encoder:
        """The trained encoder, frozen: `which` is "context" or "teacher", by default the one that is probed."""
        return self.read_encoder(self._weights(which))

    def read_encoder(self, path: Path) -> Encoder:
        """An encoder of the run's settings with the weights in `path`, frozen; raises where they do not fit."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        from workbench.models.jepa import build_encoder

        encoder = build_encoder(self.config)
        try:
            encoder.load_state_dict(load_file(path))
        except (SafetensorError, OSError) as error:  # cut short, or no weights at all
            raise WorkbenchError(f"{path} cannot be read ({error}). {MEND}") from None
        except RuntimeError as error:
            raise WorkbenchError(
                f"The weights in {path} do not fit the settings in config.json of '{self.name}'. {MEND} {error}"
            ) from None
        return encoder.eval().requires_grad_(False)

    def weights_key(self, which: str | None = None) -> str:
        """Content key of the weights file."""
        return file_key(self._weights(which))

    def _weights(self, which: str | None) -> Path:
        which = which or self.config.probe.encoder
        if which not in WEIGHT_FILES:
            raise UnknownName("encoder of a run", which, WEIGHT_FILES)
        path = self.folder / "weights" / f"{WEIGHT_FILES[which]}.safetensors"
        if which == "teacher" and self.config.teacher.kind == "none":
            raise WorkbenchError(f"The run '{self.name}' was trained without a teacher; its encoder is 'context'.")
        if not path.is_file() and self.finished:
            raise WorkbenchError(
                f"The folder of the run '{self.name}' holds no {path.name}. Delete the folder and train it again: "
                f"`{train_command(self.config)}`."
            )
        if not path.is_file():
            info = self.info
            raise WorkbenchError(
                f"The run '{self.name}' has no weights yet: it is {info['status']} at step {info['step']} of "
                f"{self.config.optim.steps}. Go on with `{train_command(self.config)}`."
            )
        return path


def encoders_of(model: Jepa) -> dict[str, nn.Module]:
    """The encoder and, where there is one, the teacher, by the names of their files."""
    found: dict[str, nn.Module] = {"encoder": model.encoder}
    return found if model.teacher is None else {**found, "teacher": model.teacher}


def write_weights(path: Path, parts: Mapping[str, nn.Module]) -> None:
    """Write each of `parts` to the folder `path` as `<name>.safetensors`, all or none."""
    from safetensors.torch import save_file

    with whole_folder(path) as folder:
        for name, module in parts.items():
            tensors = {key: value.detach().cpu().contiguous() for key, value in module.state_dict().items()}
            save_file(tensors, folder / f"{name}.safetensors")


def list_runs() -> list[Run]:
    """All runs under `checkpoints/`, by name."""
    root = runs_root()
    if not root.is_dir():
        return []
    return [Run(path.parent) for path in sorted(root.glob("*/run.json")) if not path.parent.name.startswith(".")]


def train_command(config: Config) -> str:
    """The command that trains (or goes on training) a run with the usual settings of its preset."""
    data = f" --data {name}" if (name := trained_on(config)) else ""
    reading = "" if config.reading == "as_described" else f" --reading {config.reading}"
    return f"workbench train {config.variant} --preset {config.preset} --seed {config.seed}{data}{reading}"


def _differences(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        a, b = old.get(key), new.get(key)
        if isinstance(a, dict) and isinstance(b, dict):
            yield from _differences(a, b, f"{prefix}{key}.")
        elif a != b:
            yield f"{prefix}{key}: {a} there, {b} here"
