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
# # Which block knows what
#
# What can be read from each block of channels, and whether that is more than random splits of the same widths give.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
variants = ["random", "baseline", "fwm", "fwm_hw_ld"]  # whose encoders are shown
regimes = ["single", "mixed"]  # what the runs were trained on: single, mixed, or a data set's name
reading = "both"  # of variants that have two; the others are as described
benchmarks = ["motion48", "temporal16"]  # data sets that were read
others = True  # show encoders that are no runs of this workbench, too
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("disentanglement", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## What can be read

# %%
report.matrix()

# %% [markdown]
# ## Separation

# %%
report.separation()

# %% [markdown]
# ## The whole space

# %%
report.whole()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
