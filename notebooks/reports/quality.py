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
# # Quality of the space
#
# Whether the space has collapsed: where the variance lies, how many directions are used, and how that went over training.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
variants = ["random", "baseline", "fwm", "fwm_hw_ld"]  # whose encoders are shown
regimes = ["single", "mixed"]  # what the runs were trained on: single, mixed, or a data set's name
reading = "both"  # of variants that have two; the others are as described
benchmarks = ["motion48", "temporal16"]  # data sets that were read
others = True  # show encoders that are no runs of this workbench, too
monitored = ["baseline", "fwm_hw_ld", "baseline+infonce=0.03", "baseline+infonce=0.3", "fwm_hw_ld+infonce=0.03"]  # variants whose readings over training are shown  # fmt: skip
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("quality", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## Variance budget

# %%
report.budget()

# %% [markdown]
# ## Ranks and spread

# %%
report.ranks()

# %% [markdown]
# ## Over training

# %%
report.training_figures()

# %%
report.over_training()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
