"""Documents with the line of every value."""

import pytest
import yaml

from workbench.yaml_values import read_with_lines

TEXT = """# a comment
one: 1
two:
- a
- {b: 1e-3,
   c: on}
"""


def test_every_value_has_its_line() -> None:
    values, lines = read_with_lines(TEXT)
    assert values == {"one": 1, "two": ["a", {"b": 0.001, "c": "on"}]}
    assert lines == {
        (): 2,
        ("one",): 2,
        ("two",): 3,
        ("two", 0): 4,
        ("two", 1): 5,
        ("two", 1, "b"): 5,
        ("two", 1, "c"): 6,
    }


def test_an_empty_document_is_none() -> None:
    assert read_with_lines("# nothing\n") == (None, {(): 1})


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "'a' is given twice"),
        ("a: &x\n  b: *x\n", 1, "refers to itself"),
        ("a: [1\n", 2, "expected"),
    ],
)
def test_what_is_refused_says_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as error:
        read_with_lines(text)
    assert said in str(error.value.problem) and error.value.problem_mark.line + 1 == line
