# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Main results
#
# What frozen encoders know of motion and appearance: the encoder as initialised, the V-JEPA baseline, and each variant
# against its matched control.

# %% tags=["parameters"]
preset = "standard"  # size of the runs that are compared
seeds = [0, 1, 2]  # seeds of the runs that are compared
variants = ["random", "baseline", "ld", "fwm"]  # rows of the tables; ["study"]: all that the study ran in the regime
regime = "single"  # what the runs were trained on: single, mixed, or a data set's name
reading = "as_described"  # of variants that have two; the others are as described
benchmarks = None  # data sets that were probed; None: as ProbeSettings of workbench/config.py says
probes = None  # how the encoders were read; None: as ProbeSettings of workbench/config.py says
confidence = 0.95  # of every interval
source = "all"  # from checkpoints/ ("runs"), from reports/measured/ ("measured"), or both
formats = ["csv", "parquet", "markdown", "latex"]  # files written beside the page

# %%
from workbench.report.main import MainReport

report = MainReport.from_notebook(globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## Has the baseline learnt?

# %%
report.criterion()

# %% [markdown]
# ## Accuracy

# %%
report.accuracy_figures()

# %%
report.accuracy()

# %% [markdown]
# ## Difference to the control

# %%
report.differences()

# %% [markdown]
# ## No better than random
#
# A trained encoder from which no more can be read than from an untrained one is a result, and stands here.

# %%
report.findings()

# %% [markdown]
# ## Other factors

# %%
report.factors()

# %% [markdown]
# ## Training

# %%
report.loss_figures()

# %%
report.runs()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
