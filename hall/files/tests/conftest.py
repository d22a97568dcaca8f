"""Uploads as the browser sends them, and a disk of their own."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hall.files import actions
from hall.files.cleaning import clean
from hall.files.tests import samples


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    """Files and what is being written stand in the test's own folder."""
    settings.HALL_HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MEDIA_ROOT.mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def cleaned_here(monkeypatch):
    """Half a second a file is saved; that the process apart answers the same is shown in test_cleaning."""
    monkeypatch.setattr(actions, "clean_apart", clean)


@pytest.fixture
def upload():
    """`upload("pdf")`, `upload("jpeg", "照片.jpg")`, `upload(b"…", "x.pdf")`."""
    good = samples.ordinary()

    def make(what, name: str = "证明.pdf") -> SimpleUploadedFile:
        file = SimpleUploadedFile("x", good.get(what, what) if isinstance(what, str) else what)
        file._name = name  # as the sender said it, before anybody cleaned it
        return file

    return make


@pytest.fixture
def ask(cast, upload):
    """A request for correction of Wu's with these proofs; its attachments."""
    from hall.files import queries
    from hall.members import actions as members

    def make(*proofs, field: str = "native_place"):
        sent = proofs or (upload("pdf"),)
        row = members.ask_correction(
            by=cast.wu, member=cast.member("wu"), field=field, wanted="浙江温州", why="户口本", proofs=sent
        )
        return queries.files_of(row)

    return make
