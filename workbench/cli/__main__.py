"""`python -m workbench.cli`, for launchers that start a module: `torchrun --nproc-per-node 2 -m workbench.cli train …`."""

from workbench.cli import main

main()
