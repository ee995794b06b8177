"""What pyproject.toml cannot say: a wheel carries the files that the repository keeps beside the package."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
SHIPPED = ("reports/claims.yaml", "reports/published/*", "notebooks/reports/*.ipynb", "docs/benchmarks*.parquet")


class WithShipped(build_py):
    """Copies them to `workbench/shipped/`, where `workbench.paths.shipped` finds them; an editable install reads the repository."""

    def run(self):
        super().run()
        if self.editable_mode:
            return
        for pattern in SHIPPED:
            for source in sorted(ROOT.glob(pattern)):
                target = Path(self.build_lib) / "workbench" / "shipped" / source.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)


setup(cmdclass={"build_py": WithShipped})
