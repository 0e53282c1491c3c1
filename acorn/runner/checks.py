"""`make test`: every check in turn, each under a headline, and a summary that says what failed."""

import dataclasses
import shutil
import time
from collections.abc import Mapping

from acorn.runner import processes, services, stack, venv
from acorn.runner.home import ROOT
from acorn.runner.say import line

_TYPED = ("acorn", "vendors", "catalog", "orders", "dashboard", "simulator")
# a deployment behind TLS, with the services of the run
_DEPLOYED = {"DEBUG": "0", "BEHIND_TLS": "1", "DJANGO_SETTINGS_MODULE": "acorn.settings.base"}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")


@dataclasses.dataclass
class _Result:
    name: str
    code: int
    seconds: float
    closing: str


def run(environ: Mapping[str, str], pytest_words: list[str]) -> int:
    """Run every check, also after one has failed; 0 if all pass. The last line printed is pytest's own."""
    venv.install(venv.TEST_LOCK)
    with services.throw_away(venv.VENV, environ) as found:
        env = {**environ, **found}
        if browser := find_browser(environ):
            env["CHROMIUM"] = browser
        stack.compile_translations(env)
        results = [_check(name, words, {**env, **more}) for name, words, more in _checks(pytest_words)]
    _summary(results, browser)
    return 1 if any(result.code for result in results) else 0


def find_browser(environ: Mapping[str, str]) -> str | None:
    """A browser for the browser tests: CHROMIUM, else the first known one on the PATH."""
    return environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)


def _checks(pytest_words: list[str]) -> list[tuple[str, list[str], dict[str, str]]]:
    python, programs = str(venv.python()), venv.VENV / "bin"
    manage = [python, "manage.py"]
    return [
        ("ruff check", [str(programs / "ruff"), "check", "."], {}),
        ("ruff format", [str(programs / "ruff"), "format", "--check", "."], {}),
        ("types", [python, "-m", "mypy", *_TYPED], {}),
        ("import contracts", [str(programs / "lint-imports")], {}),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], {}),
        ("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], _DEPLOYED),
        ("untranslated text", [*manage, "messages", "--check"], {}),
        ("tests", [python, "-m", "pytest", "-n", "2", "--dist", "worksteal", *pytest_words], {}),
    ]


def _check(name: str, command: list[str], env: Mapping[str, str]) -> _Result:
    line()
    line(f"=== {name} ===", style="head")
    began = time.monotonic()
    closing = ""

    def show(text: str) -> None:
        nonlocal closing
        line(text)
        closing = text.strip() or closing

    code = processes.stream(command, on_line=show, env=env, cwd=ROOT)
    return _Result(name, code, time.monotonic() - began, closing)


def _summary(results: list[_Result], browser: str | None) -> None:
    line()
    line("=== summary ===", style="head")
    for result in results:
        word = "failed" if result.code else "passed"
        line(f"  {word}  {result.seconds:6.1f} s  {result.name}", style="bad" if result.code else "good")
    if not browser:
        line(
            "  !!! NO BROWSER WAS FOUND: the browser tests did not run. Install chromium, or set CHROMIUM. !!!",
            style="bad",
        )
    line(results[-1].closing)
