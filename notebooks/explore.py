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
# # Explore an embedding
# Every point is one test clip, at the place that the chosen run's encoder gives it after projection to a plane.
# Points that lie together are clips that the encoder takes for alike; the colour shows in which respect they are.
#
# Click on a point to see its clip move, with its nearest neighbours in the encoder's own space. Drag around points to select
# them, scroll to zoom, press a class of the legend to select it. With the clip panel in focus the arrow keys go from clip to
# clip, 1 to 8 to a neighbour, Backspace back.

# %%
import workbench as wb

explorer = wb.explore()
explorer

# %% [markdown]
# ## The selection as a DataFrame
# One row for each selected clip: its number, its file, its label and every factor it was made from. Run the cell again after
# selecting other points.

# %%
explorer.selection

# %% [markdown]
# ## Exercise
# Choose the clips of `motion48` and click on a few points. The table beside the clip counts how many of its eight neighbours
# share each factor, next to how many would by chance. Which factor decides what this encoder takes for alike? Then choose a run
# of the random encoder: which factors did training add, and which did it lose?
