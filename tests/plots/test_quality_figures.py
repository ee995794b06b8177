"""What the figures of quality hold: spectra, CKA grids, budgets."""

import numpy as np
import pandas as pd
import pytest

from workbench.errors import WorkbenchError
from workbench.plots.budget import SHARES, budget_figure, budget_over_training_figure, monitor_figure
from workbench.plots.cka import cka_figure
from workbench.plots.spectrum import spectrum_figure
from workbench.quality.cka import grid_table


def test_spectra_leave_out_what_a_logarithm_cannot_show():
    share = np.array([0.7, 0.3, 0.0])
    one = pd.DataFrame(
        {"of": "clips", "rank": [1, 2, 3], "eigenvalue": 10 * share, "share": share, "n": 50, "note": ""}
    )
    figure = spectrum_figure(pd.concat([one.assign(encoder="ours"), one.assign(encoder="random")]))
    assert [trace.name for trace in figure.data] == ["ours", "random"]
    assert list(figure.data[0].y) == [0.7, 0.3] and list(figure.data[0].x) == [1, 2]
    assert figure.data[0].line.dash != figure.data[1].line.dash
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    with pytest.raises(WorkbenchError, match="no spectrum of tokens"):
        spectrum_figure(one.assign(encoder="ours"), of="tokens")


def test_a_cka_grid_has_its_numbers_in_its_cells_and_marks_what_is_missing():
    figure = cka_figure(
        grid_table(np.array([[1.0, 0.25, np.nan], [0.5, -0.01, 0.75]]), ["1", "2"], ["1", "2", "3"], 40)
    )
    (heat,) = figure.data
    assert [list(line) for line in heat.z] == [[1.0, 0.25, None], [0.5, -0.01, 0.75]]
    assert [list(line) for line in heat.text] == [["1.00", "0.25", ""], ["0.50", "-0.01", "0.75"]]
    assert "constant" in heat.customdata[0][2] and "40 clips" in heat.customdata[1][0]
    assert [(note.x, note.y, note.text) for note in figure.layout.annotations] == [(2, 0, "–")]
    with pytest.raises(WorkbenchError, match="empty"):
        cka_figure(grid_table(np.empty((0, 0)), [], [], 40))


def test_bars_of_a_budget_add_up_and_name_the_collapsed():
    shares = dict(zip(SHARES, (0.5, 0.25, 0.05, 0.2), strict=True))
    rows = [{"encoder": "ours", "measure": f"budget_{name}", "value": value} for name, value in shares.items()]
    rows += [{"encoder": "flat", "measure": f"budget_{name}", "value": None} for name in shares]
    figure = budget_figure(pd.DataFrame(rows).astype({"value": "Float64"}))
    assert [bar.x[0] for bar in figure.data] == list(shares.values())
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 4
    assert "flat" in figure.layout.title.text
    with pytest.raises(WorkbenchError, match="no variance budget"):
        budget_figure(pd.DataFrame(rows[4:]).astype({"value": "Float64"}))


def test_over_training_only_steps_with_readings_are_shown():
    history = pd.DataFrame(
        {"step": [0, 1, 2], "loss": 1.0} | {f"quality/context/{name}": [0.25, None, 0.25] for name in SHARES}
    )
    figure = budget_over_training_figure(history)
    assert [list(trace.x) for trace in figure.data] == [[0, 2]] * 4
    assert np.sum([trace.y for trace in figure.data], 0) == pytest.approx([1, 1])
    lines = monitor_figure({"a": history, "b": history}, "clip")
    assert [trace.name for trace in lines.data] == ["a", "b"] and list(lines.data[0].y) == [0.25, 0.25]
    with pytest.raises(WorkbenchError, match="no readings of the teacher"):
        budget_over_training_figure(history, "teacher")
