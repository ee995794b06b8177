"""Matrices of similarities, and encoders from elsewhere."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from tests.bad_input.breaking import array, both, cut, put
from tests.bad_input.case import Case, Prepare, nothing
from tests.encoders.hub_models import save_vjepa2
from workbench.encoders.of_run import RandomEncoder
from workbench.presets import build_config

SCORES = "workbench retrieve --scores s.npy"
HUB, FILE = "workbench embed hf:model", "workbench embed file:vit.safetensors"
OURS = {"architecture": "workbench", "settings": {"width": 24, "depth": 2, "heads": 2, "patch": 4}}


def hub(change: Callable[[Path], object]) -> Prepare:
    """A folder with a small V-JEPA 2 in the format of the hub, with something changed."""

    def prepare(home: Path) -> None:
        save_vjepa2(home / "model")
        change(home / "model")

    return prepare


def weights(home: Path) -> None:
    """`vit.safetensors`, of our own architecture."""
    state = RandomEncoder(build_config("random", "smoke")).module.state_dict()
    save_file({name: value.contiguous() for name, value in state.items()}, home / "vit.safetensors")


def beside(**values: Any) -> Prepare:
    """`vit.json` beside it."""
    usual = {"frames": 8, "size": 16, "mean": [0.5] * 3, "std": [0.25] * 3}
    return put("vit.json", json.dumps(usual | values))


MATRICES = tuple(
    Case("Scores", shown, said, what=what, prepare=prepare)
    for what, prepare, shown, said in (
        ("no such file", nothing, SCORES, r"s\.npy cannot be read: No such file"),
        (
            "a score that is no number",
            array("s.npy", [[1, np.nan], [0, 1]]),
            SCORES,
            r"s\.npy: the score of row 0, column 1",
        ),
        (
            "4 captions, 3 videos",
            array("s.npy", np.ones((4, 3))),
            SCORES,
            r"s\.npy has 4 captions .* give --truth FILE",
        ),
        (
            "a vector",
            array("s.npy", np.ones(4)),
            SCORES,
            r"s\.npy: a matrix of captions .* is needed; the shape is \(4,\)",
        ),
        (
            "Python objects",
            array("s.npy", [[None, 1], [1, None]], object),
            SCORES,
            r"s\.npy holds Python objects, which are",
        ),
        ("texts", array("s.npy", [["a", "b"]]), SCORES, r"s\.npy: real numbers are needed; these are of type <U1"),
        (
            "cut short",
            both(array("s.npy", np.ones((9, 9))), cut("s.npy")),
            SCORES,
            r"s\.npy is cut short, empty or damaged: .*Save it again",
        ),
        (
            "a pickle",
            put("s.npy", pickle.dumps([1])),
            SCORES,
            r"s\.npy is not a \.npy file\. Write one with numpy\.save",
        ),
        (
            "truth with a video that is not there",
            both(array("s.npy", np.eye(3)), put("t.csv", "caption,video\n0,0\n1,7\n2,2\n")),
            f"{SCORES} --truth t.csv",
            r"t\.csv, line 3: there is no video 7; the scores have 3, counted from 0",
        ),
        (
            "truth that lacks a caption",
            both(array("s.npy", np.eye(3)), put("t.csv", "caption,video\n0,0\n1,1\n")),
            f"{SCORES} --truth t.csv",
            r"t\.csv: caption 2 \(counted from 0\) has no true video.*Every caption needs one",
        ),
        (
            "truth with another header",
            both(array("s.npy", np.eye(3)), put("t.csv", "a,b\n0,0\n")),
            f"{SCORES} --truth t.csv",
            r"t\.csv, line 1: the header must be caption,video; it is 'a,b'",
        ),
        ("", array("s.npy", np.eye(3)), f"{SCORES} --rerank dual", r"Unknown re-ranking 'dual'\. Known: dual_softmax"),
        (
            "",
            array("s.npy", np.eye(3)),
            f"{SCORES} --rerank qb_norm",
            r"--bank FILE\.npy go together: give both or none",
        ),
        (
            "a bank of other videos",
            both(array("s.npy", np.eye(3)), array("bank.npy", np.ones((2, 4)))),
            f"{SCORES} --rerank qb_norm --bank bank.npy",
            r"bank\.npy: the bank has 4 videos and the scores have 3; it needs a column for each",
        ),
    )
)

ENCODERS = tuple(
    Case("Encoders from elsewhere", shown, said, what=what, prepare=prepare)
    for what, prepare, shown, said in (
        (
            "no such folder",
            nothing,
            "workbench embed hf:no/such",
            r"'no/such' is neither a folder nor .*`hf download no/such",
        ),
        (
            "no `config.json`",
            hub(lambda p: (p / "config.json").unlink()),
            HUB,
            r"model has no config\.json; it is no folder",
        ),
        (
            "`config.json` broken",
            hub(lambda p: (p / "config.json").write_text("{")),
            HUB,
            r"model/config\.json cannot be read \(.*Get the file again from where the model came from",
        ),
        (
            "`config.json` is a list",
            hub(lambda p: (p / "config.json").write_text("[]")),
            HUB,
            r"model/config\.json cannot be read \(it holds no object.*Get the file again from",
        ),
        (
            "an unknown architecture",
            hub(lambda p: (p / "config.json").write_text('{"model_type": "vit"}')),
            HUB,
            r"Unknown kind of model in model/config\.json 'vit'\. Known: videomae, vjepa2",
        ),
        (
            "pickled weights only",
            hub(lambda p: (p / "model.safetensors").rename(p / "pytorch_model.bin")),
            HUB,
            r"model has no \*\.safetensors \(pickled weights are not read\)\. Download the model's safetensors",
        ),
        (
            "weights cut short",
            hub(lambda p: cut("model.safetensors")(p)),
            HUB,
            r"The model in model cannot be read \(.*Get its files again from where it came from",
        ),
        ("no such file", nothing, FILE, r"There is no file vit\.safetensors\. Give a \.pt2 or \.safetensors file"),
        (
            "a pickle",
            lambda home: torch.save({"a": torch.ones(2)}, home / "vit.pt"),
            "workbench embed file:vit.pt",
            r"'vit\.pt' is no \.pt2 or \.safetensors file\. Other forms of an encoder: docs/encoders\.md",
        ),
        ("no file beside it", weights, FILE, r"vit\.safetensors needs vit\.json beside it, which says how to read it"),
        (
            "an unknown key beside it",
            both(weights, beside(means=[0])),
            FILE,
            r"vit\.json: .*Unknown setting 'means'\. Did you",
        ),
        (
            "no architecture",
            both(weights, beside()),
            FILE,
            r"vit\.json needs 'architecture': workbench, vjepa2 or videomae",
        ),
        (
            "in UTF-16",
            both(weights, put("vit.json", b"\xff\xfe{\0")),
            FILE,
            r"vit\.json: It cannot be read .*docs/encoders\.md",
        ),
        (
            "weights of another width",
            both(weights, beside(**{**OURS, "settings": OURS["settings"] | {"width": 48}})),
            FILE,
            r"weights in vit\.safetensors do not fit the settings beside them: .* get the settings that belong to these",
        ),
        (
            "weights cut short",
            both(weights, cut("vit.safetensors"), beside(**OURS)),
            FILE,
            r"vit\.safetensors cannot be read \(.*Get its files again from where it came from",
        ),
    )
)
