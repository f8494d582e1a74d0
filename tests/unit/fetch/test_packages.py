"""Packages of a shared folder: its page and list, and a client that takes nothing but what the list names."""

import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from lxml import html

from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.errors import FetchFailed, InputRefused
from jobreport.fetch import packages
from jobreport.fetch.connection import Connection, Patience
from jobreport.intake.formats.package import checksum
from jobreport.make import package
from jobreport.prepare import gather


@pytest.fixture(scope="module")
def made(demo_package):
    """Two municipalities' packages."""
    return {f"{code}.zip": package.packed(demo_package(code)) for code in ("187", "183")}


@pytest.fixture(scope="module")
def shared(made, tmp_path_factory):
    shared = tmp_path_factory.mktemp("shared")
    for name, data in made.items():
        (shared / name).write_bytes(data)
    gather.shelf([shared / name for name in made], shared)
    return shared


@pytest.fixture
def folder(shared, tmp_path):
    """A copy of the shared folder, with its page and list, in which a test may alter what it wants."""
    return shutil.copytree(shared, tmp_path / "shared")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def server(folder):
    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield Connection(f"http://127.0.0.1:{served.server_port}", patience=Patience(5, 10, 1), sleep=lambda _: None)
    served.shutdown()
    served.server_close()
    thread.join()


@pytest.mark.dear
def test_what_the_list_names_is_fetched_whole(server, made, tmp_path):
    fetched = packages.fetch(server, tmp_path / "pakker")
    assert {path.name: path.read_bytes() for path in fetched} == made


@pytest.mark.dear
def test_another_package_than_the_list_names_is_refused_and_nothing_kept(server, folder, tmp_path):
    shutil.copy(folder / "187.zip", folder / "183.zip")
    with pytest.raises(FetchFailed) as refused:
        packages.fetch(server, tmp_path / "pakker")
    assert refused.value.problem.key == "fetch_other_package"
    assert not (tmp_path / "pakker").exists()


def test_what_is_no_package_is_refused_though_the_list_names_it(server, folder, tmp_path):
    (folder / "x.zip").write_bytes(b"PK no package")
    listed = {"packages": [{"file": "x.zip", "sha256": checksum(b"PK no package")}]}
    (folder / "index.json").write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        packages.fetch(server, tmp_path / "pakker")
    assert [problem.key for problem in refused.value.problems] == ["package_unreadable"]
    assert not (tmp_path / "pakker").exists()


@pytest.mark.parametrize(
    "listed",
    [
        [], {}, {"packages": []}, {"packages": {}}, {"packages": ["a.zip"]}, {"packages": [{"file": "a.zip"}]},
        *({"packages": [{"file": name, "sha256": "0" * 64}]} for name in ("../a.zip", "/a.zip", "a.txt", "a/b.zip",
                                                                          "http://127.0.0.1/a.zip", ".zip", "a\n.zip")),
        {"packages": [{"file": f"{n}.zip", "sha256": "0" * 64} for n in range(300)]},
    ],
)  # fmt: skip
def test_a_list_that_leads_elsewhere_or_is_none_is_refused(server, folder, tmp_path, listed):
    (folder / "index.json").write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(FetchFailed) as refused:
        packages.fetch(server, tmp_path / "pakker")
    assert refused.value.problem.key == "fetch_no_list"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.dear
def test_the_page_says_who_what_and_when_in_the_order_of_names(folder, language):
    page = html.fromstring(gather.shelf(sorted(folder.glob("*.zip")), folder, language).read_bytes())
    assert page.get("lang") == language
    assert [cell.text_content() for cell in page.iterfind(".//th[@scope='row']")] == ["Ishøj", "Vallensbæk"]
    assert [link.get("href") for link in page.iterfind(".//a")] == ["183.zip", "187.zip"]
    words = texts_of("gather", language)["index"]
    heads = [cell.text_content() for cell in page.iterfind(".//th[@scope='col']")]
    assert heads == words["columns"]
    for row in page.iterfind(".//tbody/tr"):
        assert len(row) == len(heads)
        assert row[-1].text_content() == words["simulated"]
