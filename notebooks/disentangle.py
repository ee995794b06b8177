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
# # What does an encoder know, where, and does it use time?
# Four questions to frozen encoders, every number with its interval and beside it what the same architecture gives with weights
# drawn anew. Name any encoders: runs, `RUN@teacher`, `random`, `hf:NAME_OR_FOLDER`, `file:PATH`. What has been measured is read
# from the store; the rest takes a few minutes an encoder.

# %%
import workbench as wb

names = ["random-standard-s0", "baseline-standard-s0"]
diagnosis = wb.diagnose(*names)
diagnosis.summary()

# %% [markdown]
# ## Which factors can be read, from which block?
# A score is (accuracy − chance)/(1 − chance). An encoder whose objective divides its channels is read block by block; any
# other is also judged on the best split that validation clips find.

# %%
for figure in diagnosis.figures("matrix"):
    figure.show()

# %%
diagnosis["separation"]

# %% [markdown]
# ## Is time used?
# What a change in time costs the probe, fitted to unchanged clips (fixed) or to clips changed alike (retrained). 0: nothing is
# lost; 1: all that was above chance.

# %%
for figure in diagnosis.figures("sensitivity", "features", "channels"):
    figure.show()

# %% [markdown]
# ## Has the space collapsed?
# How many directions the tokens use (RankMe, LiDAR), how they spread over the sphere, and where the variance lies: between clips, or in time and
# place within them. The spectrum shows the same at a glance: a line that falls steeply holds little but its first directions.

# %%
for figure in diagnosis.figures("quality", "spectrum"):
    figure.show()

# %%
diagnosis["quality"]

# %% [markdown]
# ## Do the layers agree?
# Debiased CKA of every layer of the first encoder with every layer of the last: 1 where they hold the same up to a rotation.

# %%
from workbench.plots.cka import cka_figure
from workbench.quality.layers import layer_cka

first, last = wb.open_encoder(names[0]), wb.open_encoder(names[-1])
clips = wb.load_clips(last.config.data, "test", source="motion48")
cka_figure(layer_cka(first, last, clips), "CKA of layers", first.name, last.name).show()

# %% [markdown]
# ## What do the probes owe to the encoder?
# With labels shuffled over the clips a probe has only its own memory; few labels suffice where a factor lies open.

# %%
for figure in diagnosis.figures("label_curve"):
    figure.show()

# %% [markdown]
# ## Appearance against motion, over all runs that have been probed
# A point is an encoder, with the intervals of both accuracies; the line joins those that no other beats in both. Where the random encoder
# lies says how much of either was there before training.

# %%
from workbench.plots.frontier import frontier_figure

frontier_figure(wb.frontier(wb.load_rows("standard"))).show()

# %% [markdown]
# ## Exercise
# Which motion factor loses most when the clips are shuffled, and does the untrained encoder lose it too? The figure under “Is time used?”
# shows both encoders side by side. If you have trained `fwm`, add it above: is its appearance block less sensitive to time than its dynamics block?
