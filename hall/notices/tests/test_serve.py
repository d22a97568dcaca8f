import subprocess
import sys

from hall.notices.management.commands import serve

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_web_server_and_worker_are_begun_with_this_python():
    web, work = serve.commands("127.0.0.1", 8123, 2)
    assert web[:3] == [sys.executable, "-m", "granian"]
    assert web[-1] == "hall.wsgi:application"
    assert web[web.index("--port") :][:2] == ["--port", "8123"]
    assert work[-1] == "work"


def test_all_children_end_together_and_those_that_ended_are_left_alone():
    children = [subprocess.Popen(SLEEPER), subprocess.Popen([sys.executable, "-c", ""])]
    children[1].wait()
    serve.end(children)
    assert [child.poll() is not None for child in children] == [True, True]


def test_static_files_are_collected_when_one_is_newer_than_the_last_collection(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    assert serve.static_is_stale()
    (tmp_path / "staticfiles.json").write_text("{}")
    assert not serve.static_is_stale()
