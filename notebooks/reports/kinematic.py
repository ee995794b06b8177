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
# # Kinematic and SIGReg runs in both readings
#
# As described: the term trains the encoder that is probed. As published: the teacher is never updated, and it is the teacher that is probed. Both against
# their control and against the encoder as initialised.

# %% tags=["parameters"]
preset = "standard"  # size of the runs
seeds = [0, 1, 2]  # seeds of the runs
variants = None  # rows of the tables; None: the kinematic and SIGReg runs with what they are compared with
reading = "both"  # of variants that have two; the others are as described
benchmarks = ["motion48", "temporal16", "appearance100"]  # data sets that were probed
probe = "study"  # how the encoders were read; "study": as the study read each benchmark's counterpart
confidence = 0.95  # of every interval
source = "all"  # from checkpoints/ ("runs"), from reports/measured/ ("measured"), or both
formats = None  # files written beside the page; None: all

# %%
from workbench.report.contents import open_report

report = open_report("kinematic", globals())
report.summary()

# %%
report.missing()

# %%
report.notes()

# %%
report.faults()

# %% [markdown]
# ## Difference to the control

# %%
report.chart()

# %% [markdown]
# ## Results

# %%
report.results()

# %% [markdown]
# ## The encoders that were trained

# %%
report.trained_encoders()

# %% [markdown]
# ## How this was made

# %%
report.made_by()
