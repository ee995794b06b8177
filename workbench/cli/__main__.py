"""`python -m workbench.cli`, for launchers that start a module: `accelerate launch -m workbench.cli train …`."""

from workbench.cli import main

main()
