"""uea:NAME: fetched once, kept, and one line where that cannot be. The archive is a server of the test's own."""

import io
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from golden import tasks
from golden.computer import cache
from golden.errors import HelError
from golden.tasks import uea

TS = "@classLabel true a b\n@data\n" + "".join(f"{k},{k * k},3:{'ab'[k % 2]}\n" for k in range(8))


def zipped(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.ts", text)
    return made.getvalue()


FILES = {
    "/Coffee.zip": zipped(Coffee_TRAIN=TS, Coffee_TEST=TS),
    "/Half.zip": zipped(Half_TRAIN=TS),
    "/Text.zip": b"moved",
}


@pytest.fixture
def archive(monkeypatch, tmp_path):
    """The server; its list of what it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            found = FILES.get(self.path)
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(uea, "ADDRESS", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(cache, "folder", lambda: tmp_path)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_set_is_fetched_once(archive, tmp_path):
    task = tasks.get("uea:Coffee")
    assert (len(task.train), len(task.test), task.classes, task.name) == (8, 8, 2, "uea:Coffee")
    assert abs(task.train.inputs).max() <= 2 and archive == ["/Coffee.zip"]
    assert tasks.get("uea:Coffee", tasks.Way(hold=2)).steps == 6 and archive == ["/Coffee.zip"]
    assert sorted(path.name for path in (tmp_path / "uea/Coffee").iterdir()) == ["Coffee_TEST.ts", "Coffee_TRAIN.ts"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Tea", r"it has none of the name Tea \(HTTP 404\); look for the spelling"),
        ("Half", "is Half_TRAIN.ts and Half_TEST.ts, what .*/Half.zip sent is not; it may have no such form"),
        ("Text", "what .*/Text.zip sent is not"),
        ("../Coffee", "a data set of the archive has a name such as uea:Coffee, got uea:../Coffee; correct it"),
        ("", "has a name such as uea:Coffee, got uea:; correct it"),
    ],
)
def test_what_cannot_be_had_leaves_nothing(archive, tmp_path, name, message):
    with pytest.raises(HelError, match=message):
        tasks.get(f"uea:{name}")
    assert not (tmp_path / "uea").exists()


def test_without_a_network(archive, monkeypatch):
    monkeypatch.setattr(uea, "ADDRESS", "http://127.0.0.1:1")
    with pytest.raises(HelError, match=r"which does not answer \(.*refused\); use a network, or put Tea_TRAIN.ts and"):
        tasks.get("uea:Tea")
