"""What the widgets say in a notebook: nothing there, odd selections, odd factors, numbers that are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import workbench as wb
from tests.bad_input.breaking import gone
from tests.bad_input.case import FOLDER, RUN, Case, Prepare, nothing
from tests.widgets.planted import planted_explorer, planted_source
from workbench.encoders import open_encoder
from workbench.presets import build_config
from workbench.report.contents import contents
from workbench.widgets.explorer import Explorer

MAPS = ("cache/projections/*",)
MARKUP = "<b>bold</b> & <script>alert(1)</script>"


def opened(make: Callable[[], Any]) -> Callable[[Path], str]:
    """What a widget says once it is shown."""

    def act(home: Path) -> str:
        widget = make()
        widget.open()
        return str(widget.message)

    return act


def with_explorer(do: Callable[[Explorer], Any], **changes: Any) -> Callable[[Path], str]:
    """What an explorer of 40 planted clips says after this; `do` may give what else is shown."""

    def act(home: Path) -> str:
        explorer = planted_explorer(**changes)
        shown = do(explorer)
        return str(shown if isinstance(shown, str) else explorer.message)

    return act


def lasso(explorer: Explorer, rows: list[int]) -> str:
    """What stands above the table, or the message where nothing is selected."""
    explorer.plot.relay._handle_custom_msg({"event": "drag", "rows": rows}, [])
    return str(explorer.selections.table.content["title"] if rows else explorer.message)


def coloured(explorer: Explorer, factor: str) -> str:
    """What stands below the legend."""
    explorer.controls.colour.value = factor
    return str(explorer.legend.content["note"])


def facts(explorer: Explorer) -> str:
    """The caption beside a clip, as text that the page escapes."""
    explorer.look(100)
    return json.dumps([fact for fact in explorer.panel.content["more"] if fact["name"] == "caption"])


def diverged() -> np.ndarray:
    """Features of which one is no number."""
    features = planted_source().features.copy()
    features[3, 1] = np.nan
    return features


def many() -> dict[str, Any]:
    """A factor of 10,000 values."""
    source = planted_source()
    table = source.table.assign(group=np.arange(40) * 250)
    made = replace(source, table=table, factors=source.factors | {"group": 10_000}, class_names={})
    return {"table": made.table, "factors": made.factors, "class_names": made.class_names}


def of_other_data() -> Any:
    """Two models that are probed on different benchmarks."""
    other = open_encoder("random-smoke-s3")
    other.config = build_config("random", "smoke", 3, changes={"probe": {"benchmarks": ["mixed"]}}, data="mixed")
    return wb.compare([RUN, other])


def missing(home: Path) -> str:
    """What a table of results and its list of missing runs say of a variant that was not trained."""
    made = contents("ucf101", preset="smoke", seeds=[0], variants=["random", "ld"])
    (row,) = [line for line in made.results().markdown().splitlines() if line.startswith("| ld")][:1]
    return f"{row}\n{made.missing().markdown().splitlines()[-1]}"


def case(what: str, act: Callable[[Path], str], shown: str, said: str, prepare: Prepare = nothing, **more: Any) -> Case:
    """A case of this file."""
    return Case("In the notebook", shown, said, what=what, prepare=prepare, status=None, act=act, **more)


NOTEBOOK = (
    case(
        "no runs",
        opened(wb.explore),
        "wb.explore()",
        r"no runs yet in HOME/checkpoints\. Run `make demo`",
        gone("checkpoints"),
    ),
    case("", opened(lambda: wb.explore("nothing")), 'wb.explore("nothing")', rf"Unknown run 'nothing'\. Known: {RUN}"),
    case(
        "a run without weights",
        opened(lambda: wb.explore(RUN)),
        f'wb.explore("{RUN}")',
        r"holds no encoder\.safetensors\. Delete the folder and train it again: `workbench train",
        gone(f"{FOLDER}/weights"),
    ),
    case(
        "",
        opened(lambda: wb.compare([RUN])),
        f'wb.compare(["{RUN}"])',
        r"two to four models side by side, not 1: `wb\.compare",
    ),
    case(
        "",
        opened(lambda: wb.compare([RUN, RUN])),
        f'wb.compare(["{RUN}", "{RUN}"])',
        r"is named twice: .*Give another one",
    ),
    case(
        "",
        opened(lambda: wb.retriever("nothing")),
        'wb.retriever("nothing")',
        r"Unknown run 'nothing'\. Known: .*Forms of",
    ),
    case(
        "two models of different benchmarks",
        opened(of_other_data),
        "wb.compare([one, other])",
        rf"share no benchmark: {RUN} on motion48, random-smoke-s3 on mixed",
    ),
    case(
        "a report of which rows are missing",
        missing,
        'contents("ucf101", preset="smoke", seeds=[0], variants=["random", "ld"])',
        r"\| ld .*not run.*not trained \| workbench train ld --preset smoke --seed 0",
    ),
    case(
        "",
        lambda home: str(wb.training_panel("ldd", "quick").message),
        'wb.training_panel("ldd", "quick")',
        r"Unknown variant 'ldd'\. Did you mean 'ld'\?",
    ),
    case(
        "",
        lambda home: str(wb.probe("nothing")),
        'wb.probe("nothing")',
        r"WorkbenchError: Unknown run 'nothing'.*Forms of an",
    ),
    case(
        "an empty lasso",
        with_explorer(lambda one: lasso(one, [])),
        "(a lasso)",
        r"no points inside: nothing is selected",
        leaves=MAPS,
    ),
    case(
        "a lasso around one point",
        with_explorer(lambda one: lasso(one, [3])),
        "(a lasso)",
        r"1 clip selected of 40",
        leaves=MAPS,
    ),
    case(
        "a factor that is the same for every clip",
        with_explorer(lambda one: coloured(one, "same")),
        "(the menu Colour)",
        r"same is the same for every clip here",
        leaves=MAPS,
    ),
    case(
        "a factor of 10,000 categories",
        with_explorer(lambda one: coloured(one, "group"), **many()),
        "(the menu Colour)",
        r"group has 10,000 values, too many to name: coloured in their order",
        leaves=MAPS,
    ),
    case(
        "features that are no numbers",
        with_explorer(lambda one: None, features=diverged()),
        "wb.explore(run)",
        r"features of 1 of 40 clips hold NaN or infinity\. The run may have diverged: see its history",
    ),
    case(
        "a caption of markup",
        with_explorer(facts),
        "(a click)",
        rf"{MARKUP.replace('(', '.').replace(')', '.')}",
        leaves=MAPS,
    ),
    case(
        "",
        with_explorer(lambda one: one.look(7)),
        "explorer.look(7)",
        r"no clip 7 in planted.*its clips are 100 to 139",
        leaves=MAPS,
    ),
    case(
        "",
        with_explorer(lambda one: one.filter(grup=["left"])),
        'explorer.filter(grup=["left"])',
        r"Unknown column 'grup'\. Did you mean 'group'\?",
        leaves=MAPS,
    ),
    case(
        "",
        with_explorer(lambda one: one.load("../x")),
        'explorer.load("../x")',
        r"'\.\./x' is no name of a view: give",
        leaves=MAPS,
    ),
    case(
        "",
        with_explorer(lambda one: one.export("page.txt")),
        'explorer.export("page.txt")',
        r"'page\.txt' is to hold a page: give a name that ends with \.html",
        leaves=MAPS,
    ),
)
