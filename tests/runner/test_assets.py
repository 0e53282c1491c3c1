import pathlib

import pytest

from acorn.runner import assets
from acorn.runner.say import StopError


@pytest.fixture
def vendor(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "static" / "vendor")
    return assets.VENDOR


@pytest.fixture
def npm(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """An npm that notes how it was called, and installs files as large as their names."""
    programs = tmp_path / "programs"
    programs.mkdir()
    made = " ".join(f"node_modules/{source}" for source in assets._FILES.values())
    (programs / "node").write_text("#!/bin/sh\n")
    (programs / "npm").write_text(
        "#!/bin/sh\n[ $1 = --version ] && echo 11.0.0 && exit\n"
        f'echo "$@" >> {programs}/calls\n'
        f'for file in {made}; do mkdir -p "${{file%/*}}"; echo "x /*# sourceMappingURL=x.map */" > "$file"; done\n'
    )
    for name in ("node", "npm"):
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return programs


def test_needed_files_are_taken_and_nothing_else(vendor: pathlib.Path, npm: pathlib.Path) -> None:
    assets.install()

    files = sorted(str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file())
    assert files == sorted([*assets._FILES, "lock.sha256"])
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]
    assert (vendor / "tabler/tabler.min.css").read_text() == "x "


def test_no_install_script_of_anybody_runs(vendor: pathlib.Path, npm: pathlib.Path) -> None:
    assets.install()

    assert (npm / "calls").read_text().startswith("ci --ignore-scripts ")


def test_second_installation_does_nothing(vendor: pathlib.Path, npm: pathlib.Path) -> None:
    assets.install()
    assets.install()

    assert len((npm / "calls").read_text().splitlines()) == 1


def test_failed_npm_leaves_nothing(vendor: pathlib.Path, npm: pathlib.Path) -> None:
    (npm / "npm").write_text(
        "#!/bin/sh\n[ $1 = --version ] && echo 11.0.0 && exit\necho 'integrity checksum failed'; exit 1\n"
    )

    with pytest.raises(StopError, match="integrity checksum failed"):
        assets.install()

    assert list(vendor.parent.iterdir()) == []


def test_npm_that_cannot_read_our_lock_is_not_used(npm: pathlib.Path) -> None:
    assert assets._machine_npm() == npm
    (npm / "npm").write_text("#!/bin/sh\necho 6.14.4\n")

    assert assets._machine_npm() is None
