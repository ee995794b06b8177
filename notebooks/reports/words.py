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
# # Which words a model hears
#
# How often the true caption is nearer than the same with one word exchanged, factor by factor.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
variants = ["random", "baseline", "baseline+infonce=0.03", "baseline+infonce=0.1", "baseline+infonce=0.3", "baseline+infonce=1", "baseline+infonce=3", "text_only+infonce=1", "baseline+infonce_late=0.03", "fwm_hw_ld", "fwm_hw_ld+infonce=0.03"]  # whose encoders are shown  # fmt: skip
regimes = ["mixed"]  # what the runs were trained on: single, mixed, or a data set's name
reading = "as_described"  # of variants that have two; the others are as described
benchmarks = ["mixed"]  # data sets whose clips were searched
others = True  # show encoders that are no runs of this workbench, too
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("words", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## What a text loss buys and costs

# %%
report.conditions()

# %%
report.lost()

# %% [markdown]
# ## Word accuracy, run by run

# %%
report.words()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
