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
# # Find clips by a sentence
# Type a sentence and press Enter, or choose a caption: below stand the five clips that each of two encoders finds nearest to it,
# marked where the sentence is true of them. Neither encoder was trained with captions, so a small text head is fitted on each,
# frozen as it is, with the same budget; the first time that takes a minute or two an encoder, then the heads are kept.
#
# - **Rank**: that of the best true clip among all, beside what chance would give; clips of equal scores share their ranks.
# - **Shift**: choose one, of the clips or of the sentence, and move the severity from 0 (clean) to 5. Every rank then stands beside
#   what it was without the shift.
# - **Words**: of a caption that you chose, the last table exchanges one word at a time. A model that hears the word finds the true
#   caption nearer to the clip; one that does not is right as often as a coin.

# %%
import workbench as wb

retriever = wb.retriever("baseline-standard-s0", "random-standard-s0")
retriever

# %% [markdown]
# ## What is shown, as DataFrames
# `best` has the clips, `ranks` the best true clip of each model, `words` the exchanged words. They are of the sentence and the shift
# that are chosen now; run the cells again after choosing others.

# %%
retriever.best

# %%
retriever.words

# %% [markdown]
# ## A run that was trained with captions
# `workbench train baseline+infonce --preset standard --data mixed` trains one (docs/retrieval.md), and
# `wb.retriever("baseline+infonce-standard-s0-mixed")` opens it with the head that it was trained with. Beside an encoder without
# captions, ask for `head="fitted"`: then both have a head of the same budget. `benchmark="temporal16"` searches other clips.

# %% [markdown]
# ## Exercise
# Which words does the untrained encoder hear too, and which does neither hear? Choose ten captions in turn and count in the table of
# words how often each model is right: of `colour`, `size` and `texture`, and of `sprite`, `first`, `second` and `order`.
# `wb.retrieve("baseline-standard-s0")` counts the same over 1,000 clips.
