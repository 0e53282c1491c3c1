"""A file that nobody asked for costs no disk: forms are read before it is known who sends them."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/"])
def test_a_strangers_file_never_reaches_the_disk(db: None, settings: Any, tmp_path: Path, path: str) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "not there")  # whoever would write into it fails
    file = BytesIO(b"x" * 4_000_000)
    file.name = "large.bin"

    assert Client().post(path, {"file": file}).status_code == 200
