"""Names, settings and options that are wrong as they are typed; training, sweeps, the environment, own objectives."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

from tests.bad_input.breaking import imported, put
from tests.bad_input.case import RUN, Case, Prepare
from workbench.own import load_own
from workbench.variants import VARIANTS

TRAIN = "workbench train baseline --preset smoke --no-probe"
SWEEP = "workbench sweep --preset smoke --variants random --seeds 0"
BEGUN = ("checkpoints/*-mine*", "cache/clips/*")  # a run whose folder is there goes on when the mistake is mended


def own(text: str) -> Prepare:
    """`own/mine.py`, to be read when the variants are first asked for, as in a new process."""

    def prepare(home: Path) -> AbstractContextManager[object]:
        put("own/mine.py", text)(home)
        return patch.object(VARIANTS, "_more", load_own)

    return prepare


def interrupted(home: Path) -> AbstractContextManager[object]:
    """Training that is stopped after its seventh step."""
    from workbench.training.loop import Interrupted

    imported(home)
    return patch("workbench.training.train.train_steps", side_effect=Interrupted(7))


NAMES = (
    *(
        Case("Names", shown, said, status=status)
        for shown, said, status in (
            ("workbench trian ld", r"No such command 'trian'\. Did you mean 'train'", 2),
            ("workbench train", r"Missing argument 'variant'", 2),
            ("workbench train ld --sead 1", r"No such option: --sead .*--seed", 2),
            ("workbench train ldd", r"Unknown variant 'ldd'\. Did you mean 'ld'\? Known: ac,", 1),
            ("workbench train ld --preset qick", r"Unknown preset 'qick'\. Did you mean 'quick'\?", 1),
            ("workbench train ld --recipe compct", r"Unknown recipe 'compct'\. Did you mean 'compact'\?", 1),
            ("workbench train ld --reading as_pub", r"Unknown reading 'as_pub'\. Did you mean 'as_published'\?", 1),
            ("workbench train sigreg --reading as_published", r"'sigreg' has one reading.*Two readings have: ", 1),
            (
                "workbench train ld --preset smoke --data nowhere",
                r"Unknown data set 'nowhere'\. Known: appearance100",
                1,
            ),
            (f"{TRAIN} --name ../../x", r"'\.\./\.\./x' cannot name a run: give a name without slashes", 1),
            ("workbench probe ../../x", rf"Unknown run '\.\./\.\./x'\. Known: {RUN}, .*Forms of an encoder", 1),
            (f"workbench probe {RUN} --probe linaer", r"Unknown probe 'linaer'\. Did you mean 'linear'\?", 1),
            (f"workbench probe {RUN}@teecher", r"Unknown encoder of a run 'teecher'\. Did you mean 'teacher'\?", 1),
            (f"workbench embed {RUN} --split tset", r"Unknown split 'tset'\. Did you mean 'test'\?", 1),
            (f"workbench diagnose {RUN} --part tme", r"Unknown part of a diagnosis 'tme'\. Did you mean 'time'\?", 1),
            (f"workbench diagnose {RUN} --keep a/b", r"under the name 'a/b'\. Give one without dots and slashes", 1),
            ("workbench data make motion4", r"Unknown benchmark 'motion4'\. Did you mean 'motion48'\?", 1),
            ("workbench retrieve", r"Name an encoder, or give a matrix with --scores FILE\.npy", 1),
            (f"workbench retrieve {RUN} --head mine", r"Unknown head 'mine'\. Known: fitted, own", 1),
            (
                f"workbench retrieve {RUN} --split train",
                r"Unknown split to retrieve from 'train'\. Known: test, val",
                1,
            ),
            (
                f"workbench retrieve {RUN} --shift shakes",
                r"Unknown shift or family of shifts 'shakes'\. Did you mean 'shake'",
                1,
            ),
            (f"workbench retrieve {RUN} --shift shake --severity 9", r"severity=9: give 1 to 5", 1),
            (f"workbench retrieve {RUN} --term ld", r"The objective 'ld' ties no clips to captions\. These do: ", 1),
        )
    ),
    Case(
        "Names",
        f"workbench probe {RUN} --benchmark motion49",
        r"Unknown data set 'motion49'\. Did you mean 'motion48'\?",
        leaves=("checkpoints/*/.lock",),
    ),
    Case(
        "Names",
        f"workbench probe {RUN} --benchmark mine --factor weight --probe knn",
        r"Unknown factor of mine 'weight'\. Known: label",
        what="imported videos",
        prepare=imported,
        leaves=("checkpoints/*/.lock", "cache/clips/*", f"checkpoints/{RUN}/features/*"),
    ),
)

SETTINGS = tuple(
    Case("Settings", shown, said, status=status)
    for shown, said, status in (
        ("workbench train ld --seed one", r"Invalid value for '--seed': .*valid integer", 2),
        ("workbench train ld --seed -1", r"seed: Input should be greater than or equal to 0 \(given: -1\)", 1),
        ("workbench train ld --set optim.steps", r"'optim\.steps' is not a setting\. Write section\.key=value", 1),
        ("workbench train ld --set optim.stps=3", r"optim\.stps: Unknown setting 'stps'\. Did you mean 'steps'\?", 1),
        ("workbench train ld --set optim.steps=many", r"optim\.steps: .*valid integer \(given: 'many'\)", 1),
        ("workbench train ld --set 'optim.steps=[1'", r"'optim\.steps=\[1' is not YAML: expected.*Write a number", 1),
        ("workbench train ld --set optim=3", r"optim: Input should be an object \(given: 3\)", 1),
        ("workbench train ld --set optim.lr=-1", r"optim\.lr: Input should be greater than 0 \(given: -1\)", 1),
        ("workbench train ld --set data.size=30", r"data\.size=30 is not a multiple of model\.patch=8", 1),
        ("workbench train ld --set model.heads=5", r"width=96 over 5 heads must give an even head width", 1),
        ("workbench train ld --set model.levels=9", r"levels=9 of an encoder of depth=3; it has only that many", 1),
        (
            "workbench train ld --set 'masks=[{visible: 0.5, predicted: 0.75}]'",
            r"masks\.0: visible=0\.5 and predicted=0\.75 add up to more than all tokens",
            1,
        ),
        (f"{TRAIN} --set 'masks=[{{kind: blox}}]'", r"Unknown mask generator 'blox'\. Did you mean 'blocks'\?", 1),
        (
            "workbench train ld --set teacher.kind=none --set probe.encoder=teacher",
            r"teacher\.kind=none leaves no teacher to probe; set probe\.encoder=context",
            1,
        ),
        ("workbench train ld --set 'runtime.snapshots=[700]'", r"snapshots=\[700\] names a step outside of 0 to", 1),
        ("workbench train ld --set objective.weights.lld=1", r"Unknown loss term 'lld'\. Did you mean 'ld'\?", 1),
        ("workbench train ld --set objective.schedules.ld=cosin", r"Unknown schedule .*'cosin'\. Did you mean", 1),
        (f"{TRAIN} --set data.composition=non", r"Unknown composition 'non'\. Did you mean 'none'\?", 1),
        (f"{TRAIN} --set text.tower=minilmm", r"Unknown text tower 'minilmm'\. Did you mean 'minilm'.*Forms of", 1),
        (f"{TRAIN} --set 'probe.probes=[linaer]'", r"Unknown probe 'linaer'\. Did you mean 'linear'\?", 1),
        (f"{TRAIN} --set 'probe.benchmarks=[motion49]'", r"Unknown data set 'motion49'\. Did you mean 'motion48'", 1),
        (f"workbench train ld --preset smoke --name {RUN}", r"made with other settings.*another name with --name", 1),
        (f"workbench probe {RUN} --preset quick", r"has settings of its own; leave out --preset and --set", 1),
    )
)

SWEEPS = (
    Case(
        "Sweeps and machines",
        "workbench sweep --seeds -1",
        r"'-1' is no seed; seeds are whole numbers from 0",
        status=2,
    ),
    Case("Sweeps and machines", "workbench sweep --seeds ,", r"no seeds\. Give whole numbers from 0: --seeds 0,1,2"),
    Case("Sweeps and machines", "workbench sweep --workers 0", r"needs at least one worker; given 0"),
    Case(
        "Sweeps and machines", "workbench sweep --variants ld,ld", r"'ld-standard-s0' stands twice in this sweep; name"
    ),
    Case("Sweeps and machines", "workbench sweep --regime mixd", r"Unknown data set 'mixd'\. Did you mean 'mixed'\?"),
    Case("Sweeps and machines", f"{SWEEP} --keep ../x", r"under the name '\.\./x'\. Give one without dots and slashes"),
    Case(
        "Sweeps and machines",
        f"{SWEEP} --regime mine --scheduler htp://here:1",
        r"No dask scheduler answers at 'htp://here:1'.*Start one with `dask scheduler`",
        what="an address of no known kind",
        prepare=imported,
        leaves=BEGUN,
    ),
    Case(
        "Sweeps and machines",
        f"WORKBENCH_CACHE_GB=abc {TRAIN} --data mine",
        r"WORKBENCH_CACHE_GB=abc is not a size\. Give gigabytes above 0, for example 50",
        prepare=imported,
        leaves=BEGUN,
    ),
    Case(
        "Sweeps and machines",
        f"WORKBENCH_HOME=notes.txt {TRAIN}",
        r"notes\.txt/checkpoints/\S+ cannot be written",
        what="a home that is a file",
        prepare=put("notes.txt", "notes"),
    ),
    Case(
        "Sweeps and machines",
        f"{TRAIN} --data mine",
        r"Stopped at step 7, which is saved\. The same command goes on from there",
        what="Ctrl-C",
        prepare=interrupted,
        status=130,
        leaves=BEGUN,
    ),
)

OWN = (
    Case(
        "Own objectives",
        "workbench variants",
        r"own/mine\.py, line 1: SyntaxError: .*Mend it, or take it out of HOME/own",
        what="`own/mine.py` with a syntax error",
        prepare=put("own/mine.py", "class Mine(:\n"),
        process=True,
    ),
    Case(
        "Own objectives",
        "workbench train mine",
        r"own/mine\.py registers no objective 'mine': put @wb\.objective\(\"mine\"\) above its class.*Unknown variant",
        what="`own/mine.py` that registers no objective",
        prepare=own("x = 1\n"),
    ),
)
