"""What a card offers to take home is what the command line writes."""

import io
import re
import zipfile

import pytest
from starlette.testclient import TestClient

from nna import registry
from nna.app import pages, server, take_home
from nna.cli import commands
from nna.exercises import blanks

CHIP = re.compile(r'<a class="chip" href="\.\./((?:script|exercise)/[^"]+)" download>([^<]+)</a>')


@pytest.fixture(scope="module")
def reader():
    return TestClient(server.application(), base_url="http://localhost")


def test_a_script_comes_with_its_data_as_the_command_writes_them(reader, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert commands.invoke(["script", "perceptron"]) == 0
    assert commands.invoke(["script", "perceptron", "--framework", "keras"]) == 0
    for stem in ("perceptron_script", "perceptron_keras_script"):
        answer = reader.get(f"/script/{stem}.zip")
        assert answer.headers["content-disposition"] == f'attachment; filename="{stem}.zip"'
        with zipfile.ZipFile(io.BytesIO(answer.content)) as held:
            assert held.namelist() == [f"{stem}.py", f"{stem}_data.npz"]
            for name in held.namelist():
                assert held.read(name) == (tmp_path / name).read_bytes(), name


def test_an_exercise_is_the_stub_that_the_command_writes(reader, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for option, stem in (("torch", "gru_exercise"), ("keras", "gru_keras_exercise")):
        assert commands.invoke(["exercise", "start", "gru", "--framework", option]) == 0
        answer = reader.get(f"/exercise/{stem}.py")
        assert answer.text == (tmp_path / f"{stem}.py").read_text()
        assert answer.headers["content-disposition"] == f'attachment; filename="{stem}.py"'


@pytest.mark.parametrize(
    "path",
    [
        "script/nope_script.zip",
        "script/gru.zip",
        "script/vgg_keras_script.zip",
        "exercise/<b>_exercise.py",
        "exercise/..%2fgru_exercise.py",
        "exercise/gru_script.py",
    ],
)
def test_what_nobody_wrote_is_refused_in_a_line(path, reader):
    answer = reader.get(f"/{path}")
    assert answer.status_code == 404
    assert "<b>" not in answer.text.partition("<main")[2]


@pytest.mark.parametrize("name", ["gru", "vgg"])
def test_a_card_offers_both_where_a_server_answers_and_the_commands_everywhere(name, reader):
    page = pages.early(f"card/{name}.html")
    assert page is not None
    served, alone = pages.render(page, served=True), pages.render(page)
    known = [*take_home.offers(name)]
    wanted = {one.script for one in known} | {one.stub for one in known}
    assert {path for path, _ in CHIP.findall(served)} == wanted
    assert CHIP.findall(alone) == []
    for path in wanted - {one.script for one in known}:
        assert reader.get(f"/{path}").status_code == 200
    for one in known:
        for words in (f"nna script {name}{one.option}", f"nna exercise start {name}{one.option}"):
            assert f"{words}\n" in alone


def test_every_architecture_of_the_library_is_offered_as_its_exercises_are():
    for name in registry.names():
        offered = [one.exercise for one in take_home.offers(name)]
        assert offered == [of for of in blanks.exercises() if of.architecture == name]
