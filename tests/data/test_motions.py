"""The motions: 48 pairs and 16 events, closed under time reversal, with paths of known shape."""

import math

import numpy as np
import pytest
import torch

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.factors import motion48_factors, temporal16_factors
from workbench.data.motions import EVENTS, motion_pairs, reversed_event, reversed_motion, reversed_table, sprite_states

SETTINGS = DataSettings(train_clips=320)


def of_event(event: str, settings: DataSettings = SETTINGS):
    table = temporal16_factors(settings, "train")
    table = table[table["event"] == EVENTS.index(event)].reset_index(drop=True)
    return table, sprite_states(table, settings)


def test_there_are_48_motions_with_turns_up_to_135_degrees():
    pairs = motion_pairs()
    assert len(set(pairs)) == 48
    assert {(second - first) % 8 for first, second in pairs} == {1, 2, 3, 5, 6, 7}


def test_a_class_reversed_twice_is_itself_and_never_itself_once():
    for classes, reverse in ((48, reversed_motion), (16, reversed_event)):
        for number in range(classes):
            assert reverse(number) != number and reverse(reverse(number)) == number


@pytest.mark.parametrize("name", ["motion48", "temporal16", "mixed"])
def test_factors_reversed_twice_are_the_factors(name):
    table = BENCHMARKS[name].table(SETTINGS, "train")
    twice = reversed_table(reversed_table(table, SETTINGS), SETTINGS)
    for column in table:
        if column in ("start_x", "start_y", "heading", "orientation"):
            gap = (twice[column] - table[column] + 0.5) % 1 - 0.5
            assert gap.abs().max() < 1e-5, column
        else:
            assert (twice[column] == table[column]).all(), column


def test_paths_of_motion48_follow_directions_and_speed():
    table = motion48_factors(SETTINGS, "train")
    steps = sprite_states(table, SETTINGS).centre.diff(dim=1).numpy()
    for row, moved in zip(table.itertuples(), steps, strict=True):
        for part, step in ((row.first, moved[0]), (row.second, moved[-1])):
            angle = part * np.pi / 4
            assert step == pytest.approx([row.speed * np.cos(angle), -row.speed * np.sin(angle)], abs=1e-4)


@pytest.mark.parametrize(
    ("event", "way"), [("moves right", (1, 0)), ("moves left", (-1, 0)), ("moves up", (0, -1)), ("moves down", (0, 1))]
)
def test_straight_events_go_their_way(event, way):
    table, states = of_event(event)
    wanted = torch.tensor(table["speed"].to_numpy(np.float32))[:, None, None] * torch.tensor(way, dtype=torch.float32)
    assert torch.allclose(states.centre.diff(dim=1), wanted.expand(-1, 7, -1), atol=1e-4)
    assert (states.angle == states.angle[:, :1]).all()


@pytest.mark.parametrize(("event", "sign"), [("turns left", 1), ("turns right", -1)])
def test_a_turn_is_a_right_angle_half_way_as_seen(event, sign):
    _, states = of_event(event)
    first, last = states.centre.diff(dim=1)[:, 0], states.centre.diff(dim=1)[:, -1]
    cross = first[:, 0] * -last[:, 1] - -first[:, 1] * last[:, 0]  # y upwards: positive is to the left
    assert torch.allclose(cross / (first.norm(dim=1) * last.norm(dim=1)), torch.tensor(float(sign)), atol=1e-4)


@pytest.mark.parametrize(("event", "sign"), [("circles anticlockwise", 1), ("circles clockwise", -1)])
def test_a_circle_keeps_its_distance_from_its_centre_and_goes_round_300_degrees(event, sign):
    table, states = of_event(event)
    up = states.centre * torch.tensor([1.0, -1.0])
    radius = torch.tensor(table["speed"].to_numpy(np.float32)) * 7 / math.radians(300)
    heading = torch.tensor(table["heading"].to_numpy(np.float32)) * 2 * math.pi
    middle = up[:, 0] + sign * radius[:, None] * torch.stack([-heading.sin(), heading.cos()], -1)
    away = up - middle[:, None]
    assert torch.allclose(away.norm(dim=-1), radius[:, None].expand(-1, 8), atol=1e-3)
    turn = torch.atan2(away[..., 1], away[..., 0]).diff(dim=1)
    assert torch.allclose((sign * turn) % (2 * math.pi), torch.tensor(math.radians(300 / 7)), atol=1e-3)


def test_spins_turn_in_place_and_opposite_ways():
    for event, sign in (("spins anticlockwise", 1), ("spins clockwise", -1)):
        _, states = of_event(event)
        assert (states.centre == states.centre[:, :1]).all()
        assert (sign * states.angle.diff(dim=1) > 0.3).all()


def test_speed_rises_falls_or_begins_and_ends_half_way():
    def lengths(event):
        return of_event(event)[1].centre.diff(dim=1).norm(dim=-1)

    assert (lengths("speeds up").diff(dim=1) > 0).all() and (lengths("slows down").diff(dim=1) < 0).all()
    off, rest = lengths("sets off"), lengths("comes to rest")
    assert (off[:, :3] == 0).all() and (off[:, 4:] > 1).all()
    assert (rest[:, 4:] == 0).all() and (rest[:, :3] > 1).all()
    for _, states in (of_event("moves, then spins"),):
        moving, spinning = states.centre.diff(dim=1).norm(dim=-1) > 1e-4, states.angle.diff(dim=1).abs() > 1e-4
        assert moving[:, :3].all() and not moving[:, 4:].any() and spinning[:, 4:].all() and not spinning[:, :3].any()
