"""Readers of data sets in their published layouts: one file a layout. Importing this package fills the registry.

found = read_layout(Path("UCF-101"))   # the layout is recognised by what files are there
found = read_layout(Path("MSRVTT"), "msrvtt", Options(protocol="7k"))
"""

from workbench.data.readers import (
    captioned,
    diving48,
    folder,
    imagenet100,
    msrvtt,
    own,
    ssv2,
    ucf101,
    vjepa_csv,
)
from workbench.data.readers.base import READERS, Found, Layout, Options, Problem, Source, kinds, refuse
from workbench.data.readers.recognise import read_layout, recognise

__all__ = [
    "READERS",
    "Found",
    "Layout",
    "Options",
    "Problem",
    "Source",
    "captioned",
    "diving48",
    "folder",
    "imagenet100",
    "kinds",
    "msrvtt",
    "own",
    "read_layout",
    "recognise",
    "refuse",
    "ssv2",
    "ucf101",
    "vjepa_csv",
]
