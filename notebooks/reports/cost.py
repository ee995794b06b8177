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
# # Time, memory and parameters
#
# What the runs of the study cost, as far as they recorded it.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
regimes = ["single", "mixed"]  # regimes of the study
reading = "both"  # of variants that have two; the others are as described
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("cost", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## Time and parameters

# %%
report.time()

# %%
report.software()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
