import pytest

from workbench.data.readers.base import Problem
from workbench.data.readers.captions import LONGEST, Captions, fault_of_caption


@pytest.mark.parametrize(
    ("caption", "kind"),
    [
        ("a man walks", ""),
        ("ein Mädchen läuft 🏃", ""),
        ("x" * LONGEST, ""),
        ("x" * (LONGEST + 1), "huge caption"),
        ("", "empty caption"),
        (" \t\n", "empty caption"),
        ("\udcff", "caption not UTF-8"),
        (None, "malformed entry"),
        (["a"], "malformed entry"),
    ],
)
def test_each_fault_has_its_kind(caption, kind):
    assert fault_of_caption(caption) == kind


def test_captions_are_numbered_in_order_unless_they_have_numbers():
    problems: list[Problem] = []
    captions = Captions(problems)
    captions.add("a.mp4", " one ", "line 1")
    captions.add("a.mp4", "", "line 2")
    captions.add("b.mp4", "two", "line 3")
    captions.add("b.mp4", "three", "line 4", sen_id=40)
    assert captions.table().to_dict("list") == {
        "path": ["a.mp4", "b.mp4", "b.mp4"],
        "caption": ["one", "two", "three"],
        "sen_id": [0, 1, 40],
    }
    assert problems == [Problem("empty caption", "line 2", "'' (0 characters)")]
