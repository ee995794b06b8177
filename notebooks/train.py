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
# # Train a run and watch it
# Choose a variant, how large the run is (`quick` takes minutes) and what it is trained on; then press Start. The run is a process of
# its own, so that every other cell can be used meanwhile. Stop saves its state, and Resume goes on from there, bit for bit. It also
# goes on when this notebook is closed or its kernel restarted: open the panel again to watch it, or to stop it.
#
# - **Terms**: each term of the loss as it is, and times its coefficient.
# - **Quality**: measures of the space while it is learnt; a run that may be collapsing says so, with what to try (docs/quality.md).

# %%
import workbench as wb

panel = wb.training_panel("baseline", "quick", seed=0)
panel

# %% [markdown]
# ## The history as a DataFrame
# One row a step, once the run is finished: every term raw and weighted, the learning rate, the norm of the gradient, the quality.

# %%
panel.run.history() if panel.run else "The run of the panel is not there yet."

# %% [markdown]
# ## Exercise
# Train `baseline` and `kinematic`, and compare how the rank of the tokens (RankMe) and the share of the variance that only tells clips
# apart go over the steps. Which of the two would you stop early, and at which step could you have known?
