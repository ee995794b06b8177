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
# Click on a point to see its clip move, with what the probes predict of it and its nearest neighbours in the encoder's own space. Drag
# around points to select them, scroll to zoom, press a class of the legend to select it. With the clip panel in focus the arrow keys go
# from clip to clip, 1 to 8 to a neighbour, Backspace back.
#
# - **Space**: the mean over all tokens, a layer, a time step, or single tokens; of an encoder with blocks also each block. **Shift** shows
#   the clips twice, clean and shifted. **Projection** lays them out by PCA, UMAP, t-SNE or two channels, on two axes or three.
# - **Colour** and **Shape**: a factor, what a probe predicts, whether it is right, the shift. **Patches and errors**, beside a clip, show its
#   features over the frames and where the predictor is wrong.
# - Below the map: what is over-represented in the selection, filters, clips nearest to a sentence or to a video of yours, the space
#   forming over training, and saving the view.

# %%
import workbench as wb

explorer = wb.explore(view="explore")
explorer

# %% [markdown]
# ## The view comes back
# `view="explore"` keeps what you choose in `views/explore.json`: after the kernel restarts, the cell above opens as you left it. Leave it
# out for a fresh look; `explorer.save("mine")` and `wb.explore(view="mine")` keep another, and the file can be given to somebody else.

# %% [markdown]
# ## The selection as a DataFrame
# One row for each selected clip: its number, its file, its label and every factor it was made from. Run the cell again after
# selecting other points.

# %%
explorer.selection

# %% [markdown]
# ## The map as a page
# `explorer.export("view.html")` writes one page whose clips move on a click, without a kernel and without a network; `explorer.figure` is
# the map alone, and the camera button above the map saves it as PNG.

# %% [markdown]
# ## Exercise
# Choose the clips of `motion48` and click on a few points. The table beside the clip counts how many of its eight neighbours
# share each factor, next to how many would by chance. Which factor decides what this encoder takes for alike? Then choose a run
# of the random encoder: which factors did training add, and which did it lose?
