"""Claims of one's own, and rows of other tools."""

from __future__ import annotations

from typing import Any

from tests.bad_input.breaking import put
from tests.bad_input.case import Case, Prepare, nothing
from tests.ledger.helpers import HEAD, claim

CLAIMS, IMPORT = "workbench claims --file mine.yaml", "workbench import theirs.csv --keep theirs"
TEST = "operator: difference, variants: ld, benchmarks: motion48, above: 0"
TEST_PLACE = r"mine\.yaml, line 7, claims\[0\]\.controlled\[0\]"
COLUMNS = "name,benchmark,value,n\n"


def changed(old: str, new: str) -> Prepare:
    """A claims file with one test, in which something is changed."""
    assert old in TEST
    return put("mine.yaml", HEAD + claim(TEST.replace(old, new)))


def theirs(*rows: str, columns: str = COLUMNS) -> Prepare:
    """A CSV of another tool."""
    return put("theirs.csv", columns + "".join(f"{row}\n" for row in rows))


def case(kind: str, what: str, prepare: Prepare, shown: str, said: str, **more: Any) -> Case:
    """A case of this file."""
    return Case(kind, shown, said, what=what, prepare=prepare, **more)


LEDGER = tuple(
    case("Claims", *row)
    for row in (
        ("no such file", nothing, CLAIMS, r"mine\.yaml is not there\. Give a claims file; docs/claims\.md"),
        (
            "broken YAML",
            put("mine.yaml", f"{HEAD}- id: [one\n"),
            CLAIMS,
            r"mine\.yaml, line 5, column 1: this is not YAML",
        ),
        ("an empty file", put("mine.yaml", ""), CLAIMS, r"mine\.yaml, line 1: a claims file has the keys preset,"),
        (
            "no claims",
            put("mine.yaml", "claims: []\n"),
            CLAIMS,
            r"mine\.yaml, line 1, claims: the list of claims is empty",
        ),
        (
            "an unknown operator",
            changed("difference", "diference"),
            CLAIMS,
            rf"{TEST_PLACE}\.operator: .*Did you mean 'diff",
        ),
        (
            "a missing key",
            changed("benchmarks: motion48, ", ""),
            CLAIMS,
            rf"{TEST_PLACE}: the key 'benchmarks' is missing",
        ),
        ("an unknown key", changed("above", "abve"), CLAIMS, rf"{TEST_PLACE}\.abve: .*Did you mean 'above'\?"),
        ("an unknown variant", changed("ld", "ldd"), CLAIMS, rf"{TEST_PLACE}\.variants: .*'ldd'\. Did you mean 'ld'\?"),
        (
            "an unknown benchmark",
            changed("48", "49"),
            CLAIMS,
            rf"{TEST_PLACE}\.benchmarks: .*Did you mean 'motion48'\?",
        ),
        (
            "two claims of one id",
            put("mine.yaml", HEAD + 2 * claim(TEST)),
            CLAIMS,
            r"mine\.yaml, line 4, claims\[0\]\.id: the id 'one' is given to 2 claims\. Give each one of its own",
        ),
        ("", nothing, "workbench claims --claim 13", r"Unknown claim '13'.*Known: 1, 10"),
        ("", nothing, "workbench claims --source mesured", r"Unknown source 'mesured'\. Did you mean 'measured'\?"),
    )
)

NOT_RUN = (
    case(
        "Claims",
        "no run of what is claimed",
        put("mine.yaml", HEAD + claim(TEST)),
        CLAIMS,
        r"Not run: workbench sweep --variants \S*ld\S* .*--preset smoke",
        status=0,
    ),
)

EXTERNAL = (
    *(
        case("Rows of other tools", *row)
        for row in (
            ("no such file", nothing, IMPORT, r"theirs\.csv is not there\. Give a CSV"),
            (
                "an empty file",
                put("theirs.csv", ""),
                IMPORT,
                r"theirs\.csv: no rows\. .*needed are name, benchmark, value, n",
            ),
            ("a header only", theirs(), IMPORT, r"theirs\.csv: no rows\. A CSV has a header and a line a row"),
            (
                "not text",
                put("theirs.csv", b"\xff\xfe\0"),
                IMPORT,
                r"theirs\.csv cannot be read: 'utf-8'.*Give a CSV or JSON",
            ),
            (
                "a missing column",
                theirs("ours,motion48,10", columns="name,benchmark,n\n"),
                IMPORT,
                r"theirs\.csv, line 2: no 'value'.*It has name, benchmark, n; say which: --column value=THEIRS",
            ),
            (
                "a short line",
                theirs("ours,motion48"),
                IMPORT,
                r"theirs\.csv, line 2: not as many values as.*Mend the line",
            ),
            (
                "not a number",
                theirs("ours,motion48,high,10"),
                IMPORT,
                r"theirs\.csv, line 2: value is 'high', which is not a",
            ),
            (
                "not a share",
                theirs("ours,motion48,61.5,10"),
                IMPORT,
                r"theirs\.csv, line 2: value is 61\.5; .*give --percent",
            ),
            (
                "above 100 %",
                theirs("ours,motion48,130,10"),
                f"{IMPORT} --percent",
                r"line 2: value is 130; .*from 0 to 100",
            ),
            (
                "no clips",
                theirs("ours,motion48,0.5,0"),
                IMPORT,
                r"theirs\.csv, line 2: n is 0; a whole number from 1 is wanted",
            ),
            (
                "two values of one cell",
                theirs("ours,motion48,0.5,10", "ours,motion48,0.6,10"),
                IMPORT,
                r"One cell has different values .*\(theirs\.csv, line 3\)\. Tell them apart by seed or probe",
            ),
            (
                "",
                theirs("ours,motion48,0.5,10"),
                "workbench import theirs.csv --keep ../x",
                r"name '\.\./x'\. Give one without",
            ),
            (
                "",
                theirs(),
                f"{IMPORT} --column vlue=top1",
                r"Unknown column of external rows 'vlue'\. Did you mean 'value'\?",
            ),
        )
    ),
    case("Rows of other tools", "", theirs(), f"{IMPORT} --value seed", r"--value: 'seed' is not OURS=…", status=2),
    case("Rows of other tools", "", theirs(), "workbench import theirs.csv", r"Missing option '--keep'", status=2),
)
