# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Compare encoders
# Two to four models see the same clips; every map is turned, mirrored and scaled onto the first, so that a clip can be found again.
# Click on a point to see the clip move with its nearest clips in each model; drag around points in one map to select them in all.

# %%
import workbench as wb

comparer = wb.compare(["baseline-standard-s0", "random-standard-s0"])
comparer

# %% [markdown]
# ## What differs between them
# The sentence above the maps names what the comparison claims and everything that makes it unfair: seed, steps, data, budget, audit, code.
# Try it on two encoders of one run, or on two seeds.

# %%
print(wb.what_differs("baseline-standard-s0", "random-standard-s0"))

# %% [markdown]
# ## The selection as a DataFrame
# One row for each selected clip, with its factors and the overlap of its neighbourhoods in the models. Select other points and run the cell again.

# %%
comparer.selection

# %% [markdown]
# ## The view as JSON
# What is chosen, looked at, selected and zoomed to. `comparer.restore(state)` goes back to it, in another session too.

# %%
state = comparer.state()
state["tab"], state["benchmark"], len(state["selected"])

# %% [markdown]
# ## Exercise
# On the first tab, which factor do the nearest clips share more often after training than before, and which less often?
# Then open the tab of probes: does the model whose neighbours share the motion no more than by chance know nothing of motion, or does a
# probe that may look at single tokens read it after all?
