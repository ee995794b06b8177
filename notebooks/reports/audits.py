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
# # Audits of all runs
#
# What stands behind the marks on cells: terms without gradient, encoders that never moved, and what else the runs say of themselves.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
regimes = ["single", "mixed"]  # regimes of the study
reading = "both"  # of variants that have two; the others are as described
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("audits", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## Counts

# %%
report.counts()

# %% [markdown]
# ## Failing

# %%
report.failed()

# %% [markdown]
# ## Noted

# %%
report.noted()

# %%
report.not_kept()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
