"""The page: whole HTML, everything escaped, nothing loaded; sections of each command, and why one is missing."""

import re
from html.parser import HTMLParser

import pytest

from golden.errors import HelError
from hel.arguments import UsageError
from hel.report import comparison, gantt, learning, numbers, page, resources, trajectory
from hel.report.read import COMMANDS, SHAPES, of
from hel.report.section import Figure
from tests.hel.report.runs import result, run

VOID = {"meta", "link", "br", "path"}


class Outline(HTMLParser):
    """Checks that tags close in order; collects ids, references to them, and addresses."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.tags = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.handle_startendtag(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            self.ids += [value] if name == "id" else []
            self.links += [value] if name in ("href", "src", "xlink:href", "srcset") else []
            self.links += ["#" + each for each in value.split()] if name == "aria-labelledby" else []
            self.links += re.findall(r"url\((.*?)\)", value or "")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def titles(command, **changes):
    return re.findall(r"<h3[^>]*>(.*?)</h3>", page.page([run(command, **changes)]))


def test_all_runs_make_one_page_that_needs_nothing_else():
    text = page.page([run(command) for command in COMMANDS])
    found = Outline(text)
    assert len(found.ids) == len(set(found.ids))
    assert {link for link in found.links if not link.startswith("#")} == {"data:,"}
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
    assert found.tags.count("svg") == found.tags.count("desc") >= 8 and "img" not in found.tags
    for command in COMMANDS:
        assert run(command).line in text
    assert not re.search(r"#0000\d\d|#00010\d|DejaVu Sans',", re.sub(r"<style>.*?</style>", "", text, flags=re.S))


def test_a_single_run_has_no_table_of_contents():
    alone, two = page.page([run("rtl")]), page.page([run("rtl"), run("rtl")])
    assert 'class="contents"' not in alone and alone.count("<h1>") == 1 and "<title>hel rtl: dense</title>" in alone
    assert two.count('href="#run1"') == two.count('href="#run2"') == 1 and "<title>2 runs</title>" in two


def test_the_sections_of_each_command():
    assert titles("train") == ["Learning curve", "Forwards and back", "Formats and flags"]
    assert titles("rtl") == ["Cycles", "Resources", "Schedule", "Formats and flags"]
    assert titles("build") == ["Cycles", "Resources", "Schedule", "Formats and flags"]
    assert titles("verify") == ["Array against golden", "Forwards and back", "Cycles", "Schedule", "Formats and flags"]


@pytest.mark.parametrize(("key", "command"), [("trajectory", "train"), ("schedule", "rtl"), ("predicted", "rtl"),
                                              ("formats", "train"), ("history", "train")])  # fmt: skip
def test_what_a_file_lacks_is_said(key, command):
    """An old file: the section says why it is empty, in a sentence."""
    gone = (
        {key: None}
        | ({"curve": None} if key == "history" else {})
        | ({"cut_formats": None} if key == "formats" else {})
    )
    missing = re.findall(r'<p class="missing">(.*?)</p>', page.page([run(command, **gone)]))
    assert missing and all(sentence.endswith(".") for sentence in missing)
    assert not re.findall('class="missing"', page.page([run(command)]))


@pytest.fixture
def undrawn(monkeypatch):
    """Pictures are left out: what a section reads is the question."""

    def draw(paint, *, title, description, **options):
        return Figure(title, description, "<svg></svg>", 1)

    for module in (learning, trajectory, gantt, resources):
        monkeypatch.setattr(module, "draw", draw)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_section_needs_a_key_that_an_old_file_lacks(undrawn, command):
    """Any one key gone, or all but one: the page is made."""
    whole = result(command) | {"made_by": {"command": command, "line": "", "version": ""}}
    for key in set(whole) & set(SHAPES) - {"made_by"}:
        page.page([of({**whole, key: None})])
        page.page([of({"made_by": whole["made_by"], key: whole[key]})])


def test_a_run_in_float_has_no_words_to_return():
    text = page.page([run("train", arithmetic="float", trajectory=None, formats=None)])
    assert trajectory.WHY["float"] in text and "float64 has no formats" in text


HOSTILE = "<script>alert(1)</script>\"'&{{ 7 * 7 }}$x$\\frac"


def test_names_of_a_user_are_text():
    schedule = result("rtl")["schedule"]
    schedule["forward"]["units"][HOSTILE] = [[0, 40, HOSTILE]]
    texts = dict.fromkeys(("system", "board", "choice", "formats", "cuts"), HOSTILE)
    made = {"command": "rtl", "line": HOSTILE, "version": "0.1"}
    text = page.page([run("rtl", **texts, schedule=schedule, made_by=made)] * 2)
    assert Outline(text).tags.count("script") == 1 and "<script>alert" not in text
    assert text.count("{{ 7 * 7 }}$x$") > 9 and "49" not in re.findall(r"<h2>(.*?)</h2>", text)[0]


def test_zero_is_marked_and_a_difference_is_seen():
    found = result("train")["trajectory"]
    assert "0 LSB" in page.page([run("train")]) and 'class="good">0 LSB' in page.page([run("train")])
    found["back"][3][1] += 5
    text = page.page([run("train", trajectory={**found, "return_error_lsb": 5})])
    assert "they do not meet" in text and "to the last bit" not in text
    assert "at most 5 LSB" in text and 'class="bad">5 LSB' in text


def test_a_trajectory_has_a_row_for_every_step():
    found = result("train")["trajectory"]
    for broken in ({"steps": found["steps"][:-1]}, {"neurons": [0]}, {"back": []}, {"fraction_bits": 400}):
        with pytest.raises(HelError, match="has a row of words for every step"):
            trajectory.section(run("train", trajectory=found | broken))


def test_the_chart_has_the_runs_of_the_schedule():
    section = gantt.section(run("rtl"))
    for (name, one), figure, table in zip(
        result("rtl")["schedule"].items(), section.figures, section.tables, strict=True
    ):
        assert name in figure.title and str(one["cycles"]) in figure.title
        for unit in one["units"]:
            assert unit in figure.svg and unit in figure.description
        assert {label for _, label in figure.key} == {what for runs in one["units"].values() for _, _, what in runs}
        cycles = sum(int(row[3].replace("\u202f", "")) for row in table.rows)
        assert cycles == sum(length for runs in one["units"].values() for _, length, _ in runs)


def test_an_operation_has_one_colour_in_all_passes():
    colours = {}
    for figure in gantt.section(run("rtl")).figures:
        for colour, what in figure.key:
            assert colours.setdefault(what, colour) == colour


def test_runs_end_within_their_pass():
    schedule = result("rtl")["schedule"]
    schedule["echo"]["units"]["table"].append([80, 99, "look-up"])
    with pytest.raises(HelError, match="runs of a schedule end within its pass, those of echo"):
        gantt.section(run("rtl", schedule=schedule))


def test_names_of_any_length_and_any_script(recwarn):
    schedule = {
        "forward": {"cycles": 4, "products": 0, "busy": 0, "units": {"\u6f22" * 3000: [[0, 4, "\u0905" * 3000]]}}
    }
    assert "\u6f22" in page.page([run("rtl", schedule=schedule, system="\ud800\u6f22")]) and not recwarn.list


def test_a_thousand_epochs_are_folded_away():
    rows = [{"samples": k, "cost": 1.0, "training_accuracy": 0.5} for k in range(1, 1001)]
    text = page.page([run("train", history=rows, curve=rows)])
    assert "<summary>Every epoch</summary>" in text and "<summary>" not in page.page([run("train")])


def test_mismatches_and_a_cycle_too_many_are_marked():
    text = page.page([run("verify", mismatches=3, cycles=1)])
    assert 'class="bad">3<' in text and 'class="bad">1<' in text
    assert 'class="bad"' not in page.page([run("verify")])


def test_the_first_mismatch_is_told():
    first = {"kind": "register", "cycle": 12, "register": "acc0", "control": {"acc_en": 3}, "line": None}
    first |= {"also": ["acc1", "mom"]}
    text = page.page([run("verify", mismatches=1, first_mismatch=first)])
    for cell in ("acc0", "acc1, mom", "acc_en 3", "12"):
        assert f"<td>{cell}</td>" in text
    for named in ("kind of word", "clock cycle", "register", "also wrong at that clock edge", "fields of the control"):
        assert f">{named}" in text
    assert "The first word that differs" not in page.page([run("verify")])


def test_what_a_mismatch_has_not_is_no_row():
    first = {"kind": "flags", "element": None, "expected": 0, "found": 1, "also": [], "segment": "", "control": {}}
    (table,) = comparison.section(run("verify", mismatches=1, first_mismatch=first)).tables
    assert [value for _, value in table.rows] == ["flags", "0", "1"]


def test_an_error_put_in_on_purpose_is_told_first():
    text = page.page([run("verify", mismatches=1, mutant="lane0")])
    told = "dense, with an error put into the RTL on purpose (lane0)"
    assert f"<title>hel verify: {told}</title>" in text and f"<h1>{told}</h1>" in text
    assert "on purpose" not in page.page([run("verify")])


def test_what_was_held_at_an_end_has_its_line():
    told = {"operand_clipped": ["a.py:9: `q**3`: x_x beyond SQ(5, 13), +-16"], "argument_clamped": ["z of tanh(z)"]}
    (table,) = [each for each in numbers.section(run("train", **told)).tables if each.caption == "What was held"]
    (first,), (second,) = table.rows
    assert first.startswith(told["operand_clipped"][0]) and second.startswith("z of tanh(z), and taken for the end")
    assert "What was held" not in [each.caption for each in numbers.section(run("train")).tables]


def test_flags_of_a_training_are_a_warning_and_those_of_random_words_are_none():
    assert numbers.section(run("train", flags=["q_overflow"])).facts[0].mark == "bad"
    assert numbers.section(run("verify", flags=["q_overflow"])).facts[0].mark == ""
    assert numbers.section(run("train")).facts[0].value == "none"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no/such/folder/a.html", "must name a file in an existing folder, not"),
        (".", "must name a file, not the folder '.'"),
        ("a.json", "must name an .html file, not 'a.json'; try 'a.html'"),
        ("pipe.html", "must name a regular file, 'pipe.html' is none"),
        ("/proc/x.html", "--report must name a file in a folder that can be written, not '/proc/x.html' ("),
        (f"{'x' * 250}.html", "(File name too long); try another"),
    ],
)
def test_where_no_page_can_be_written(tmp_path, monkeypatch, name, message):
    import os
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.html")
    with pytest.raises(UsageError) as refused:
        page.checked(Path(name))
    assert message in str(refused.value)


def test_half_a_page_is_none(tmp_path, monkeypatch):
    with pytest.raises(HelError):
        page.write(
            [result("train"), {"mismatches": "x", "compared_words": 1, "compared_cycles": 1}], tmp_path / "a.html"
        )
    assert not list(tmp_path.iterdir())
