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
# # Appearance against motion
#
# How well each run knows what is there, against how well it knows how it moves.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
variants = None  # encoders; ["study"]: all that the study ran in the regime; None: the same
regime = "mixed"  # what the runs were trained on: single, mixed, or a data set's name
reading = "both"  # of variants that have two; the others are as described
benchmarks = ["appearance100", "motion48"]  # of appearance, and of motion
probe = "attentive"  # how both were read
source = "all"  # from checkpoints/ ("runs"), from reports/measured/ ("measured"), or both
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("trade_off", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## Front

# %%
report.figure()

# %% [markdown]
# ## Scores

# %%
report.scores()

# %% [markdown]
# ## Rank correlation

# %%
report.correlation()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
