"""`python -m tests.bad_input`: write docs/bad_input.md."""

from tests.bad_input.document import PAGE, document

PAGE.write_text(document(), encoding="utf-8")
print(f"{PAGE} is written.")
