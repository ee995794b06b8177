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
# # What FWM, HW and LD add
#
# The factorised world model (FWM), hard-region weighting (HW) and latent dynamics (LD), alone and together, as described and as the released code did.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
variants = ["random", "baseline", "fwm", "hw", "ld", "fwm_ld", "hw_ld", "fwm_hw_ld"]  # rows of the tables
reading = "both"  # of variants that have two; the others are as described
benchmarks = ["motion48", "temporal16", "appearance100"]  # data sets that were probed
probe = "study"  # how the encoders were read; "study": as the study read each benchmark's counterpart
confidence = 0.95  # of every interval
source = "all"  # from checkpoints/ ("runs"), from reports/measured/ ("measured"), or both
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("ablation", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %% [markdown]
# ## Difference to the control

# %%
report.chart()

# %% [markdown]
# ## What each part adds

# %%
report.parts()

# %% [markdown]
# ## Results

# %%
report.results()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
