"""Every example in a docstring is executed."""

import doctest
import importlib
import pkgutil

import pytest

PACKAGES = ("golden", "rtl", "testbench", "bitstreams", "hel")


def modules():
    names = []
    for package in PACKAGES:
        root = importlib.import_module(package)
        names += [package]
        names += [info.name for info in pkgutil.walk_packages(root.__path__, package + ".")]
    return sorted(name for name in names if not name.endswith(("__main__", "testbench.inside")))


@pytest.mark.parametrize("name", modules())
def test_docstring_examples_run(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert failed == 0
