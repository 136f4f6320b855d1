"""What a digest of our sources is of: what computes a result, not what draws or documents it."""

from hel.explore import sources


def test_a_change_of_what_computes(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_ROOT", tmp_path)

    def digest(name, text):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        sources.ours.cache_clear()
        return sources.ours()

    try:
        first = digest("golden/rules/ep.py", "1")
        assert digest("golden/rules/ep.py", "2") != first and digest("golden/rules/ep.py", "1") == first
        for name in ("hel/pages/site.py", "golden/studies/digits.py", "golden/__pycache__/a.pyc", "docs/a.md"):
            assert digest(name, "1") == first, name
        assert digest("hel/commands/train.py", "1") != first and digest("testbench/bench.sv", "1") != first
    finally:
        sources.ours.cache_clear()


def test_rooms_that_are_left_out_are_there():
    assert all((sources._ROOT / name).is_dir() for name in (*sources._PACKAGES, *sources._APART))


def test_files_of_the_user(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ring.py").write_text("a")
    first = sources.theirs(["dense", "ring.py:Ring", 3, "ring.py"])
    assert set(first) == {"ring.py"}
    (tmp_path / "ring.py").write_text("b")
    assert sources.theirs(["ring.py"]) != first
