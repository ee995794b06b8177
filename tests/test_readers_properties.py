"""Any file that a person may give is read, or refused with a `WorkbenchError`: no other error comes out of a reader."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as made

from workbench.cli.retrieve import score_files
from workbench.config import Config, parse_setting, validate
from workbench.data.listing import read_csv
from workbench.data.readers import Found, read_layout
from workbench.errors import WorkbenchError
from workbench.external import FIELDS, Reading, read_external
from workbench.ledger import load_claims
from workbench.presets import build_config
from workbench.report.asked import asked_parameters
from workbench.retrieval.files import read_truth
from workbench.rows import checked
from workbench.widgets.saved import read_view
from workbench.yaml_values import read_value, read_with_lines

some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
words = st.sampled_from(
    ["a", "b", "", "0.5", "1", "50", "1e400", "nan", "-1", "1e-3", "²", "１", "0x1", "9" * 5000, "\x00", '"', "\n"]
)
texts = st.one_of(st.text(max_size=12), words)
headers = st.lists(st.one_of(st.sampled_from([*FIELDS]), texts), min_size=1, max_size=6)
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    texts,
    st.sampled_from(["train", "a1", "walk", "clips/a1.mp4"]),
)
values = st.recursive(
    plain, lambda part: st.lists(part, max_size=3) | st.dictionaries(texts, part, max_size=3), max_leaves=8
)


def read_or_refused(read: Callable[[], Any]) -> Any:
    """What is read, or None where it is refused."""
    with contextlib.suppress(WorkbenchError):
        return read()
    return None


@given(headers, st.lists(st.lists(texts, max_size=7), max_size=4))
@some
def test_any_csv_of_another_tool(tmp_path: Path, header: list[str], lines: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *lines])
    path = tmp_path / "theirs.csv"
    path.write_text(stream.getvalue(), encoding="utf-8")
    for reading in (
        Reading({}, {}),
        Reading({}, {"name": "a", "benchmark": "b", "value": "50", "n": "10"}, percent=True),
    ):
        rows = read_or_refused(lambda reading=reading: read_external([path], reading))
        if rows is not None:
            assert len(rows) >= 1 and rows["value"].between(0, 1).all() and (rows["n"] >= 1).all()
            assert ((rows["low"] <= rows["value"]) & (rows["value"] <= rows["high"])).all()


@given(st.dictionaries(st.sampled_from([*FIELDS, "a.b"]), values, max_size=8) | values)
@some
def test_any_json_of_another_tool(tmp_path: Path, entry: Any) -> None:
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(entry), encoding="utf-8")
    read_or_refused(
        lambda: read_external([path], Reading({}, {"benchmark": "b"} if "benchmark" not in str(entry) else {}))
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("long.csv", "name,benchmark,value,n\n" + "a" * 200_000 + ",b,0.5,10\n"),
        ("long.csv", 'caption,video\n"' + "a" * 200_000),
        ("deep.json", "[" * 100_000),
        ("deep.json", '{"a":' * 100_000),
        ("number.json", '{"name": "a", "benchmark": "b", "n": 10, "value": 1' + "0" * 5000 + "}"),
        ("number.json", '{"name": "a", "benchmark": "b", "n": 10, "value": 1' + "0" * 400 + "}"),
        ("deep.yaml", "a: " + "[" * 1000),
    ],
)
def test_long_lines_and_deep_nesting(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    for read in READERS:
        read_or_refused(lambda read=read: read(path))


READERS: tuple[Callable[[Path], Any], ...] = (
    lambda path: read_external([path], Reading({}, {})),
    read_csv,
    read_layout,
    lambda path: score_files(path, None, [], None),
    lambda path: read_truth(path, 2, 2),
    lambda path: asked_parameters("main", file=path),
    lambda path: read_view(path.parent / f"{path.stem}.json"),
    load_claims,
)


@given(st.binary(max_size=60), st.sampled_from(["a.csv", "a.json", "a.npy", "a.yaml", "a.txt"]))
@some
def test_any_bytes(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    for read in READERS:
        read_or_refused(lambda read=read: read(path))


@given(st.text(max_size=60) | st.lists(st.tuples(texts, texts).map(" ".join), max_size=4).map("\n".join))
@some
def test_any_list_of_videos(tmp_path: Path, text: str) -> None:
    path = tmp_path / "videos.csv"
    path.write_text(text, encoding="utf-8")
    found = read_or_refused(lambda: read_csv(path))
    assert found is None or (len(found) and (found["label"] >= 0).all())
    read_or_refused(lambda: read_layout(path))


entries = st.fixed_dictionaries(
    {},
    optional={
        key: st.one_of(values, st.sampled_from(["a1", "b2", "train", "test", "clips/a1.mp4", "../x.mp4", 0]))
        for key in (
            "video_id",
            "path",
            "category",
            "split",
            "url",
            "caption",
            "sen_id",
            "id",
            "template",
            "vid_name",
            "label",
        )
    },
)
manifests = st.one_of(
    st.fixed_dictionaries(
        {"videos": st.lists(entries, max_size=4) | values, "sentences": st.lists(entries, max_size=4) | values}
    ),
    st.lists(entries, max_size=4),
    values,
)


@given(manifests, st.sampled_from(["auto", "captioned", "msrvtt", "ssv2", "diving48", "vjepa_csv", "folder"]))
@some
def test_any_manifest_of_captions(tmp_path: Path, manifest: Any, layout: str) -> None:
    (tmp_path / "clips").mkdir(exist_ok=True)
    (tmp_path / "clips" / "a1.mp4").write_bytes(b"x")
    for name in ("mine.json", "MSRVTT_data.json", "something-something-v2-train.json", "Diving48_V2_train.json"):
        (tmp_path / name).write_text(json.dumps(manifest), encoding="utf-8")
        for path in (tmp_path / name, tmp_path):
            found = read_or_refused(lambda path=path: read_layout(path, layout))
            assert found is None or isinstance(found, Found)
        (tmp_path / name).unlink()


dtypes = st.one_of(
    made.scalar_dtypes(), made.unicode_string_dtypes(max_len=2), st.just(np.dtype(object)), made.array_dtypes()
)
shapes = st.one_of(st.just((3, 3)), made.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))


@pytest.mark.filterwarnings("ignore:Stored array in format")
@given(st.data())
@some
def test_any_array_of_scores_and_of_truth(tmp_path: Path, data: st.DataObject) -> None:
    for name in ("scores", "truth"):
        dtype = data.draw(dtypes)
        shape = data.draw(shapes)
        array = np.zeros(shape, object) if dtype.hasobject else data.draw(made.arrays(dtype, shape))
        np.save(tmp_path / f"{name}.npy", array)
    table = read_or_refused(lambda: score_files(tmp_path / "scores.npy", None, ["dsl"], None))
    if table is not None:
        recalls = table[table["metric"].str.startswith("R@")]
        assert recalls["value"].between(-1e-9, 100 + 1e-9).all()
    read_or_refused(lambda: score_files(tmp_path / "scores.npy", tmp_path / "truth.npy", [], None))


@given(st.text(alphabet="{}[]!&*|>'\"%@`:,-?#\n \t0123456789.eEinf_abctrue~é", max_size=30) | texts)
@some
def test_any_yaml_value_is_data_or_a_yaml_error(text: str) -> None:
    for read in (read_value, lambda text: read_with_lines(text)[0]):
        with contextlib.suppress(yaml.YAMLError):
            json.dumps(read(text))
    setting = read_or_refused(lambda: parse_setting(f"seed={text}"))
    if setting is not None:
        read_or_refused(lambda: validate(Config, setting))
        read_or_refused(lambda: build_config("random", "smoke", changes=setting))


@pytest.mark.parametrize(
    "text",
    ["!!int x", "!!float x", "!!bool x", "!!timestamp x", "!!timestamp 2001-99-99", "!!binary aGk=", "!!binary é", "!!set {a, b}",
     "!!omap [a: 1]", "!!python/name:os.system", "!x y", "9" * 5000, "[" * 1000, "{a: " * 1000, "&a [*a]", "? [a]\n: b", "? {a: b}", "=", "<<: 1"],
)  # fmt: skip
def test_yaml_that_python_has_other_errors_for(text: str) -> None:
    for read in (read_value, lambda text: read_with_lines(text)[0]):
        with contextlib.suppress(yaml.YAMLError):
            json.dumps(read(text))
    read_or_refused(lambda: validate(Config, parse_setting(f"seed={text}")))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False, allow_infinity=False), lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3), max_leaves=6))  # fmt: skip
@some
def test_what_is_written_as_yaml_comes_back(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=True)  # JSON is YAML but for pairs of surrogates
    if "\\ud" not in text:
        assert read_value(text) == value and read_with_lines(text)[0] == value


@given(values)
@some
def test_any_saved_view(tmp_path: Path, state: Any) -> None:
    path = tmp_path / "seen.json"
    path.write_text(json.dumps(state), encoding="utf-8")
    found = read_or_refused(lambda: read_view(path))
    assert found is None or math.isfinite(found["format"])


def test_columns_of_any_type_in_result_rows(tmp_path: Path) -> None:
    import pandas as pd

    for value in (None, "x", b"x", [1], 1.5, math.inf, -1, True, pd.Timestamp("2020-01-01")):
        table = pd.DataFrame({name: [value] for name in ("run", "value", "n", "metric", "seed")})
        read_or_refused(lambda table=table: checked(table, tmp_path / "rows.parquet"))
