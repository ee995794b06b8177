"""Weights that must fit an encoder, or be refused: nothing is ever left as it was drawn without a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import WorkbenchError

SHOWN = 3


def checked_weights(
    path: Path, missing: Iterable[str], unexpected: Iterable[str], wrong: Iterable[str], heads: tuple[str, ...]
) -> None:
    """Raise, and name them, where weights of the encoder are missing, left over, or of another shape.

    Names that begin with one of `heads` are of parts that the encoder does not use, and may be there, lack or differ.
    """
    faults = []
    for words, names in (("lacks", missing), ("has also", unexpected), ("has in another shape", wrong)):
        of_encoder = sorted(name for name in names if not name.startswith(heads))
        if of_encoder:
            more = f" and {len(of_encoder) - SHOWN} more" if len(of_encoder) > SHOWN else ""
            faults.append(f"it {words} {', '.join(of_encoder[:SHOWN])}{more}")
    if faults:
        raise WorkbenchError(
            f"The weights in {path} do not fit the settings beside them: {'; '.join(faults)}. Nothing is filled in at random: "
            "get the settings that belong to these weights."
        )


@contextmanager
def quiet_loading(path: Path) -> Iterator[None]:
    """Silence the bar and the report of transformers; whatever cannot be read becomes an error that names `path`."""
    from logging import CRITICAL

    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, SafetensorError, StrictDataclassError) as error:
        said = str(error).strip().splitlines()
        raise WorkbenchError(
            f"The model in {path} cannot be read ({said[0] if said else type(error).__name__}). Get its files again from "
            "where it came from."
        ) from None
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
