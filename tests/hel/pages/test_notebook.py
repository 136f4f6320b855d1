"""The notebook runs from its first cell to its last without a warning, says what it said, and becomes a page."""

import base64
import json
import re
from pathlib import Path

import pytest

from golden.errors import HelError
from hel.pages import notebook
from hel.pages.tutorial import agree

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / notebook.NOTEBOOK).read_text()


def a_notebook(*sources):
    cells = [
        {"cell_type": "code", "id": f"c{k}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for k, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.slow
def test_the_notebook_runs_and_says_what_it_said():
    pytest.importorskip("nbclient")
    now = notebook.executed(TEXT)
    pairs = zip(notebook.printed(json.loads(TEXT)), notebook.printed(json.loads(now)), strict=True)
    for before, after in pairs:
        assert agree(before, after), f"{after}\n\nrun `python -m hel.pages.notebook`"
    assert notebook.page(now, "a.md").keys() == notebook.page(TEXT, "a.md").keys()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero; mend the cell"),
        ("import warnings\nwarnings.warn('old')", "no warning, got .*; mend the cell"),
    ],
)
def test_an_error_or_a_warning_of_a_cell_is_one_line(cell, says):
    pytest.importorskip("nbclient")
    with pytest.raises(HelError, match=says):
        notebook.executed(a_notebook("x = 1", cell))


@pytest.mark.slow
def test_where_matplotlib_may_keep_nothing_a_cell_gives_no_warning(monkeypatch, tmp_path):
    pytest.importorskip("nbclient")
    for name in ("XDG_CACHE_HOME", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/none")
    monkeypatch.setenv("HEL_CACHE", str(tmp_path))
    assert "drawn" in notebook.executed(a_notebook("import matplotlib.pyplot", "print('dr' + 'awn')"))


def test_what_it_says_is_what_it_shows():
    said = "\n".join(notebook.printed(json.loads(TEXT)))
    assert "off by 0 LSB" in said
    order = float(re.search(r"float64: order ([\d.]+) in eps", said)[1])
    assert 1.9 <= order <= 2.1
    costs = re.search(r"cost ([\d.e-]+) before, ([\d.e-]+) after", said)
    assert float(costs[2]) < float(costs[1]) / 1000


def test_every_picture_has_a_text():
    cells = [cell for cell in json.loads(TEXT)["cells"] if cell["cell_type"] == "code"]
    drawing = [cell for cell in cells if any("image/png" in out.get("data", {}) for out in cell["outputs"])]
    assert len(drawing) >= 6 and all(len(cell["metadata"]["alt"]) > 40 for cell in drawing)
    assert all(cell["execution_count"] == k for k, cell in enumerate(cells, 1)), "run `python -m hel.pages.notebook`"


def test_a_picture_lies_beside_its_page():
    source = json.loads(a_notebook("draw()"))
    source["cells"][0] |= {
        "metadata": {"alt": "a line"},
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": ["2\n"]},
            {"output_type": "display_data", "data": {"image/png": "aGVs", "text/plain": ["<Figure>"]}},
        ],
    }
    made = notebook.page(json.dumps(source), "notebooks/b.md")
    assert made["notebooks/b_1.png"] == base64.b64decode("aGVs")
    assert "```python\ndraw()\n```\n\n</details>\n\n```text\n2\n```\n\n![a line](b_1.png)\n" in made["notebooks/b.md"]
