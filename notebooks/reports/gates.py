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
# # Gates of the benchmarks
#
# What each view of a clip gives to oracles, against the most that it may give by the making of the benchmark.

# %% tags=["parameters"]
benchmarks = ["motion48", "temporal16", "appearance100"]  # benchmarks whose gates are shown
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("gates", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## Gates

# %%
report.gates()

# %% [markdown]
# ## Independence of the factors

# %%
report.factors()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
