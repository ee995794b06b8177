import pytest

from workbench.errors import UnknownName, WorkbenchError
from workbench.registry import Registry


def test_an_unknown_name_lists_the_known_and_the_closest():
    registry: Registry[int] = Registry("thing")
    registry.add("alpha", 1)
    registry.add("beta", 2)
    with pytest.raises(UnknownName, match=r"Unknown thing 'alpa'. Did you mean 'alpha'\? Known: alpha, beta\."):
        registry["alpa"]
    assert list(registry) == ["alpha", "beta"] and registry["beta"] == 2 and "beta" in registry


def test_a_name_is_given_once():
    registry: Registry[int] = Registry("thing")
    registry.add("alpha", 1)
    with pytest.raises(WorkbenchError, match="registered twice"):
        registry.add("alpha", 2)
