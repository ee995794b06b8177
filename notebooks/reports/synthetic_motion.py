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
# # The published synthetic-motion scores
#
# The study's scores of synthetic motion with intervals at their number of clips, the same runs on our motion benchmark, and what oracles reach there.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
variants = ["random", "baseline", "kinematic", "kinematic_0_1"]  # rows of the table of ours
reading = "both"  # of variants that have two; the others are as described
benchmarks = ["motion48"]  # data sets of ours beside it
probe = "study"  # how the encoders were read; "study": as the study read each benchmark's counterpart
confidence = 0.95  # of every interval
source = "all"  # from checkpoints/ ("runs"), from reports/measured/ ("measured"), or both
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("synthetic_motion", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## As published

# %%
report.published_scores()

# %% [markdown]
# ## Ours

# %%
report.results()

# %% [markdown]
# ## Oracles on our benchmark

# %%
report.oracles()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
