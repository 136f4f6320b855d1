"""Which folder is the cache, and what happens where it cannot be one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from golden.computer import cache
from golden.errors import HelError

ROOT = Path(__file__).parents[3]


def use(monkeypatch, **variables):
    for name in ("HEL_CACHE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))


def test_the_order_of_the_variables(monkeypatch, tmp_path):
    one, two, home = tmp_path / "one", tmp_path / "two", tmp_path / "home"
    use(monkeypatch, HEL_CACHE=one, XDG_CACHE_HOME=two, HOME=home)
    assert cache.folder() == one and one.is_dir()
    use(monkeypatch, XDG_CACHE_HOME=two, HOME=home)
    assert cache.folder() == two / "hel-fpga"
    use(monkeypatch, HOME=home)
    assert cache.folder() == home / ".cache/hel-fpga"


def test_empty_is_unset_and_relative_is_resolved(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    use(monkeypatch, HEL_CACHE="", XDG_CACHE_HOME="", HOME=tmp_path / "home")
    assert cache.folder() == tmp_path / "home/.cache/hel-fpga"
    use(monkeypatch, HEL_CACHE="", XDG_CACHE_HOME="relative", HOME=tmp_path / "home")
    assert cache.folder() == tmp_path / "home/.cache/hel-fpga"  # as the specification of XDG has it
    use(monkeypatch, HEL_CACHE="relative", HOME=tmp_path / "home")
    assert cache.folder() == tmp_path / "relative"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "relative"]


@pytest.mark.parametrize("bad", ["/proc/none/of/it", "file", "file/below"])
def test_a_wish_that_cannot_be_met_is_named(monkeypatch, tmp_path, bad):
    (tmp_path / "file").touch()
    use(monkeypatch, HEL_CACHE=tmp_path / bad, HOME=tmp_path)
    with pytest.raises(HelError, match="a folder that can be written.*; set HEL_CACHE to another folder, or unset it"):
        cache.folder()


@pytest.mark.parametrize("home", [{"HOME": "/proc/none"}, {"XDG_CACHE_HOME": "/proc/none"}])
def test_without_a_home_a_temporary_folder_serves_and_goes(tmp_path, home):
    code = "from golden.computer import cache; print(cache.folder()); print(cache.folder().is_dir()); cache.settle()"
    code += "; import os; print(os.environ['XDG_CACHE_HOME'])"
    environment = {**os.environ, "HEL_CACHE": "", "XDG_CACHE_HOME": "", "TMPDIR": str(tmp_path), **home}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    folder, there, others = done.stdout.split()
    assert Path(folder).parent == tmp_path and there == "True" and Path(others).parent == Path(folder)
    assert done.stderr.count("\n") == 1 and "to keep builds, set HEL_CACHE" in done.stderr
    assert not list(tmp_path.iterdir())


def test_others_keep_theirs_where_it_works(monkeypatch, tmp_path):
    use(monkeypatch, HOME=tmp_path)
    cache.settle()
    cache.settle_figures()
    assert "XDG_CACHE_HOME" not in os.environ and "MPLCONFIGDIR" not in os.environ


def test_others_keep_theirs_with_ours_where_it_does_not(monkeypatch, tmp_path):
    use(monkeypatch, HOME="/proc/none", HEL_CACHE=tmp_path)
    cache.settle_figures()
    assert os.environ["XDG_CACHE_HOME"] == os.environ["MPLCONFIGDIR"] == str(tmp_path / "others")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is not there")
def test_what_refuses_a_write_cannot_be_written(tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda dir: open("/dev/full", "wb"))
    assert cache.unwritable(tmp_path) == "No space left on device"
