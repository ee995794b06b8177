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
# # Probe designs on one encoder
#
# How much of one frozen encoder each probe reads, beside what it reads of the random one.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
variant = "baseline"  # whose encoder is read
regime = "single"  # what the runs were trained on: single, mixed, or a data set's name
reading = "as_described"  # of a variant that has two
benchmarks = ["motion48", "temporal16", "appearance100"]  # data sets that were probed
probes = ["linear", "linear_time", "knn", "knn_time", "attentive"]  # how the encoder is read
confidence = 0.95  # of every interval
source = "all"  # from checkpoints/ ("runs"), from reports/measured/ ("measured"), or both
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("probes", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## Results

# %%
report.results()

# %% [markdown]
# ## The study's designs

# %%
report.published_designs()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
