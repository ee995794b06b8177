"""Files of a run that are missing, cut short, broken or of something else; runs that are not finished."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.bad_input.breaking import both, cut, edited, gone, imported, put, table
from tests.bad_input.case import FOLDER, RUN, Case, Prepare
from workbench.data.clips import load_clips
from workbench.encoders import open_encoder
from workbench.features import features_of

EMBED, AUDIT = f"workbench embed {RUN}", f"workbench audit {RUN}"
CLAIMS = "workbench claims --source runs"
MEND = "Restore it, or delete the run's folder and train again"
CONFIG, INFO = f"{FOLDER}/config.json", f"{FOLDER}/run.json"
WEIGHTS, ROWS = f"{FOLDER}/weights/encoder.safetensors", f"{FOLDER}/rows.parquet"


def of_training(info: dict[str, Any]) -> None:
    """As a run that has done three steps."""
    info |= {"status": "training", "step": 3}


def case(what: str, prepare: Prepare, shown: str, said: str, **more: Any) -> Case:
    """A case of this file."""
    return Case("Files of a run", shown, said, what=what, prepare=prepare, **more)


def features(change: Callable[[Path], object]) -> Prepare:
    """Stored features of imported clips, with something changed in their array."""

    def prepare(home: Path) -> None:
        imported(home)
        encoder = open_encoder(RUN)
        features_of(encoder, load_clips(encoder.config.data, "test", source="mine", progress=False))
        (path,) = (home / FOLDER / "features").glob("*/tokens.npy")
        change(path)

    return prepare


RUNS = (
    case("`config.json` deleted", gone(CONFIG), EMBED, rf"config\.json cannot be read \(.*No such file.*{MEND}"),
    case(
        "`config.json` cut short", cut(CONFIG), EMBED, rf"config\.json cannot be read \(.*line \d+ column \d+.*{MEND}"
    ),
    case(
        "`config.json` in UTF-16", put(CONFIG, b"\xff\xfe{\0"), EMBED, rf"config\.json cannot be read \('utf-8'.*{MEND}"
    ),
    case(
        "`config.json` is a list",
        put(CONFIG, "[1]"),
        EMBED,
        rf"config\.json cannot be read \(it holds no object.*{MEND}",
    ),
    case(
        "an unknown key in `config.json`",
        edited(CONFIG, lambda values: values["optim"].update(stps=3)),
        EMBED,
        rf"config\.json: .*optim\.stps: Unknown setting 'stps'\. Did you mean 'steps'.*{MEND}",
    ),
    case("`run.json` broken", put(INFO, "{"), EMBED, rf"run\.json cannot be read \(.*line 1 column 2.*{MEND}"),
    case("`run.json` is a list", put(INFO, "[]"), EMBED, rf"run\.json cannot be read \(it holds no object.*{MEND}"),
    case(
        "`run.json` without `status`",
        edited(INFO, lambda info: info.pop("status")),
        AUDIT,
        rf"run\.json has no 'status'\. {MEND}",
    ),
    case(
        "`run.json` of another format",
        edited(INFO, lambda info: info.update(format=1)),
        AUDIT,
        rf"'{RUN}' has format 1 .*this version reads format 2\. Train it again",
    ),
    case(
        "`run.json` broken, and another run",
        put(INFO, "{"),
        "workbench runs",
        rf"{RUN} .*unreadable: HOME/{FOLDER}/run\.json",
        status=0,
    ),
    case(
        "weights deleted",
        gone(WEIGHTS),
        EMBED,
        r"holds no encoder\.safetensors\. Delete the folder and train it again: `workbench",
    ),
    case("weights cut short", cut(WEIGHTS), EMBED, rf"encoder\.safetensors cannot be read \(.*{MEND}"),
    case("weights that are text", put(WEIGHTS, "weights"), EMBED, rf"encoder\.safetensors cannot be read \(.*{MEND}"),
    case(
        "weights of another width",
        edited(CONFIG, lambda values: values["model"].update(width=48)),
        EMBED,
        rf"encoder\.safetensors do not fit the settings in config\.json of '{RUN}'\. {MEND}",
    ),
    case(
        "a run still training",
        both(edited(INFO, of_training), gone(f"{FOLDER}/weights")),
        EMBED,
        r"no weights yet: it is training at step 3 of 8\. Go on with `workbench train baseline --preset smoke",
    ),
    case(
        "a run still training",
        edited(INFO, of_training),
        AUDIT,
        r"is not finished: it is training at step 3 of 8\. Go on with `workbench train baseline --preset smoke",
    ),
    case(
        "a run that has diverged",
        edited(INFO, lambda info: info.update(status="failed", message="Loss is not finite at step 3.")),
        "workbench train baseline --preset smoke",
        r"not finite at step 3\. \(To train it anew, delete HOME/checkpoints/baseline-smoke-s0\.\)",
        leaves=(f"{FOLDER}/.lock",),
    ),
    case(
        "`history.parquet` broken",
        put(f"{FOLDER}/history.parquet", "abc"),
        AUDIT,
        r"history\.parquet cannot be read \(.*Delete it and repeat the command that wrote it",
    ),
    case(
        "`rows.parquet` broken",
        put(ROWS, "abc"),
        f"workbench probe {RUN}",
        r"rows\.parquet cannot be read \(.*Delete it and repeat the command that wrote it",
        leaves=(f"{FOLDER}/.lock",),
    ),
    case(
        "an accuracy of 1.7 in `rows.parquet`",
        table(ROWS, lambda rows: rows.assign(value=1.7)),
        CLAIMS,
        r"rows\.parquet, row 1: an accuracy of 1\.7 over 100 clips cannot be\..*Probe the run again",
    ),
    case(
        "`rows.parquet` without a column",
        table(ROWS, lambda rows: rows.drop(columns="value")),
        CLAIMS,
        r"rows\.parquet has no column 'value'\. .*Probe the run again",
    ),
    case(
        "stored features cut short",
        features(lambda path: path.write_bytes(path.read_bytes()[:200])),
        f"{EMBED} --benchmark mine",
        r"tokens\.npy cannot be read \(.*Delete the folder HOME/\S+ and repeat the command",
    ),
    case(
        "stored features of another shape",
        features(lambda path: np.save(path, np.zeros((1, 3, 5), np.float16))),
        f"{EMBED} --benchmark mine",
        rf"{FOLDER}/features/mine-test-context-\S+ does not fit its clips; delete the folder and repeat the command",
    ),
    case(
        "kept rows broken",
        put("reports/measured/mine.parquet", "abc"),
        "workbench claims",
        r"reports/measured/mine\.parquet cannot be read \(.*Restore it or delete it",
    ),
)
