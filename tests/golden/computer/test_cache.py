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
        monkeypatch.setenv(name, "")  # so that what `settle` sets ends with the test
        monkeypatch.delenv(name)
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
def test_a_wish_that_cannot_be_met_is_told_and_a_temporary_folder_serves(tmp_path, bad):
    """Told once, also where yosys and its kin are settled; the home's own cache is not what was wished for."""
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    code = "from golden.computer import cache; print(cache.folder(), cache.folder()); cache.settle(); cache.folder()"
    words, said = alone(code, tmp_path / "temporary", HEL_CACHE=str(tmp_path / bad), HOME=str(tmp_path))
    assert words[0] == words[1] and Path(words[0]).parent == tmp_path / "temporary"
    assert said.startswith("hel: HEL_CACHE must lead to a folder that can be written, ") and said.count("\n") == 1
    assert f", {tmp_path / bad} cannot be (" in said
    assert said.endswith(
        f"keeps its cache in {words[0]}; to keep builds, set HEL_CACHE to another folder, or unset it\n"
    )


def test_where_no_folder_can_be_made_one_line_says_so(monkeypatch, tmp_path):
    def full(prefix):
        raise OSError(28, "No space left on device")

    use(monkeypatch, HEL_CACHE="/proc/none", HOME=tmp_path)
    monkeypatch.setattr(cache, "_temporary", lambda: full(""))
    cache._ready.cache_clear()
    with pytest.raises(
        HelError, match=r"HEL_CACHE must lead to .*, and no temporary folder .*; set HEL_CACHE to a folder"
    ):
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


THREADS = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from golden.computer import cache
sys.setswitchinterval(1e-6)
asked = [cache.settle_figures, cache.settle, cache.folder] * 8
with ThreadPoolExecutor(8) as pool:
    list(pool.map(lambda ask: ask(), asked))
os.environ["HOME"] = "/proc/another"  # another reason, the same folder
print(cache.folder(), os.environ["HEL_CACHE"], os.environ["XDG_CACHE_HOME"], len(os.listdir(os.environ["TMPDIR"])))
"""


def alone(code, tmp_path, **home):
    """Words and standard error of `code` in an environment without a cache, whose temporary folder ends up empty."""
    environment = {**os.environ, "HEL_CACHE": "", "XDG_CACHE_HOME": "", "MPLCONFIGDIR": "", **home}
    environment["TMPDIR"] = str(tmp_path)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not list(tmp_path.iterdir())
    return done.stdout.split(), done.stderr


def test_a_process_has_one_temporary_folder_and_says_so_once(tmp_path):
    words, said = alone(THREADS, tmp_path, HOME="/proc/none")
    assert words[0] == words[1] and words[2:] == [f"{words[0]}/others", "1"]
    assert said.count("\n") == 1 and f"this run keeps its cache in {words[0]};" in said


def test_what_others_need_leads_ours_nowhere_else(monkeypatch, tmp_path):
    use(monkeypatch, HOME=tmp_path)
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache/wasmtime").touch()  # theirs, and no folder
    before = cache.folder()
    cache.settle()
    assert os.environ["XDG_CACHE_HOME"] == str(before / "others") and os.environ["HEL_CACHE"] == str(before)
    assert cache.folder() == before and cache.usual() == (before, "HOME")
    assert "or unset it" not in str(cache.refused(before, "full"))


def test_figures_say_nothing_and_builds_do(tmp_path):
    figures = "from golden.computer import cache; cache.settle_figures()"
    assert alone(figures, tmp_path, HOME="/proc/none") == ([], "")
    assert alone(f"{figures}; cache.settle(); cache.folder()", tmp_path, HOME="/proc/none")[1].count("\n") == 1


def test_looking_tells_what_trying_would_and_makes_nothing(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    said = {
        "": None, "new": None, "new/below": None, "file": "it is a file", "link": "it is a file",
        "file/below": f"{tmp_path / 'file'} is a file",
    }  # fmt: skip
    assert {name: cache.forbidden(tmp_path / name) for name in said} == said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]
    assert {name for name in said if cache.unwritable(tmp_path / name)} == {name for name in said if said[name]}
    assert cache.forbidden(Path("/proc/none")) and cache.nearest(tmp_path / "none/of/it") == tmp_path
    if os.getuid() != 0:
        tmp_path.chmod(0o500)
        assert cache.forbidden(tmp_path / "none") == "Permission denied"
        tmp_path.chmod(0o700)


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
