import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.config import Config, merge, parse_setting, validate
from workbench.errors import UnknownName, WorkbenchError
from workbench.presets import PRESETS, RECIPES, build_config, run_name
from workbench.variants import VARIANTS
from workbench.yaml_values import read_value


@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize("variant", list(VARIANTS))
@pytest.mark.parametrize("recipe", list(RECIPES))
def test_every_combination_is_valid_and_survives_json(preset, variant, recipe):
    config = build_config(variant, preset, 1, recipe)
    assert validate(Config, config.model_dump(mode="json")) == config


def test_the_paper_preset_has_the_published_settings():
    config = build_config("baseline", "paper")
    assert config.recipe == "published" and config.grid == (8, 14, 14)
    assert (config.model.width, config.model.depth, config.model.predictor_depth) == (768, 12, 8)
    assert config.teacher.ema_start == config.teacher.ema_end == 0.99925
    assert [(m.blocks, m.area, m.time) for m in config.masks] == [(8, 0.15, 1.0), (2, 0.7, 1.0)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: build_config("ldd"), r"Unknown variant 'ldd'. Did you mean 'ld'\? Known: ac, ac_hw, amg, baseline, "),
        (lambda: build_config(preset="big"), "Unknown preset 'big'.*Known: paper, quick, smoke, standard"),
        (lambda: build_config(recipe="x"), "Unknown recipe 'x'.*Known: compact, published"),
    ],
)
def test_unknown_names_list_the_known(call, message):
    with pytest.raises(UnknownName, match=message):
        call()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("optim.stps=3", r"optim\.stps: Unknown setting 'stps'. Did you mean 'steps'"),
        ("optim.steps=many", r"optim\.steps: .*'many'"),
        ("optim.steps=-1", r"optim\.steps: .*-1"),
        ("data.background.motion=fast", r"data\.background\.motion: .*'fast'"),
        ("model.heads=5", "model: .*width=96 over 5 heads"),
        ("data.size=30", "data.size=30 is not a multiple of model.patch=8"),
        ("nothing.at=1", "Unknown setting 'nothing'"),
    ],
)
def test_bad_settings_are_named(setting, message):
    with pytest.raises(WorkbenchError, match=message):
        build_config(changes=parse_setting(setting))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("2.5E4", 25000.0),
        ("-3", -3),
        ("on", "on"),
        ("no", "no"),
        ("true", True),
        ("null", None),
        ("", None),
        ("010", "010"),
        ("[1, .5, x]", [1, 0.5, "x"]),
        ("{a: 1e3}", {"a": 1000.0}),
        ("1:30", "1:30"),
    ],
)
def test_values_are_read_as_people_write_them(text, value):
    assert read_value(text) == value and type(read_value(text)) is type(value)


@pytest.mark.parametrize("text", ["optim.steps", "=3", "optim.steps=[1"])
def test_what_is_not_a_setting_is_refused(text):
    with pytest.raises(WorkbenchError):
        parse_setting(text)


def test_settings_are_laid_over_in_order():
    assert merge({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 9}}) == {"a": {"b": 9, "c": 2}, "d": 3}
    assert build_config(changes={"optim": {"steps": 7}}).optim.steps == 7


@given(st.integers(0, 99), st.integers(0, 99))
def test_names_tell_runs_apart(a, b):
    first, second = (build_config(seed=seed) for seed in (a, b))
    assert (run_name(first) == run_name(second)) == (a == b)
    changed = build_config(seed=a, changes={"optim": {"lr": 0.5}})
    assert run_name(changed).startswith(run_name(first) + "-") and run_name(changed) != run_name(first)


def test_the_key_leaves_out_where_a_run_runs():
    usual, elsewhere = build_config(), build_config(changes={"runtime": {"device": "cpu"}})
    assert usual.key() == elsewhere.key() and run_name(usual) == run_name(elsewhere)


def test_a_variant_differs_from_its_control_in_its_objective_alone():
    control = build_config("baseline", "standard").model_dump(exclude={"variant", "objective"})
    for variant in ("ld", "fwm"):
        assert build_config(variant, "standard").model_dump(exclude={"variant", "objective"}) == control


def test_nothing_trains_the_random_encoder():
    assert build_config("random", "standard").optim.steps == 0
    assert build_config("random", "standard", changes={"optim": {"steps": 9}}).optim.steps == 0
