"""Every kind of broken input, as data: what a person gives, what is said, and the exit status. `docs/bad_input.md` is made from it."""
