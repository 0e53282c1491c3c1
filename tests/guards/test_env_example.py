"""Every setting is documented in .env.example, and nothing else is."""

import re

from acorn.runner.home import ROOT

_READ_BY_SETTINGS = re.compile(r'\benv\.\w+\(\s*f?"([A-Z][A-Z_]*(?:\{region\})?)"')
_READ_BY_RUNNER = re.compile(r'environ?(?:\.get\(|\[)"([A-Z][A-Z_]*)"|\benv\.get\("([A-Z][A-Z_]*)"')
_DOCUMENTED = re.compile(r"^#?([A-Z][A-Z_]*)=", re.MULTILINE)
# the machine's, not ours
_SYSTEM = {"PATH", "NO_COLOR", "TERM"}
# where the environment was merely passed on between our own parts
_INTERNAL = {"DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED", "CHROMIUM"}


def _read() -> set[str]:
    names = set()
    for name in _READ_BY_SETTINGS.findall((ROOT / "acorn/settings/base.py").read_text()):
        prefix, region, _ = name.partition("{")
        names |= {f"{prefix}{each}" for each in ("NA", "EU", "FE")} if region else {name}
    for path in (ROOT / "simulator").glob("*.py"):
        names |= set(re.findall(r'os\.environ\.get\("([A-Z_]*)"', path.read_text()))
    for path in (ROOT / "acorn/runner").glob("*.py"):
        names |= {first or second for first, second in _READ_BY_RUNNER.findall(path.read_text())}
    names |= set(re.findall(r"\$\{([A-Z][A-Z_]*):", (ROOT / "docker-compose.yml").read_text()))
    return names - _SYSTEM - _INTERNAL


def test_every_setting_is_documented() -> None:
    documented = set(_DOCUMENTED.findall((ROOT / ".env.example").read_text()))

    assert len(documented) > 30
    assert sorted(_read() - documented) == []


def test_every_documented_setting_is_read() -> None:
    # read by acorn/env.py, by a whole group of names, or both
    elsewhere = {"ACORN_HOME", "DATABASE_BACKUP_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
    documented = set(_DOCUMENTED.findall((ROOT / ".env.example").read_text()))

    assert sorted(documented - _read() - elsewhere) == []
