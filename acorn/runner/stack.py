"""`make up` and `make down`: everything a newcomer needs, in the order in which it needs each other."""

import os
import signal
import socket
from collections.abc import Mapping
from typing import Any

from acorn.runner import health, processes, services, venv
from acorn.runner.home import ROOT, Home, read_json
from acorn.runner.processes import Program
from acorn.runner.say import StopError, line, step
from acorn.runner.supervisor import Supervisor

QUEUES = "sync,submit,files,alerts,default"
# data, write-ahead log and log files of a first start
_FIRST_MEGABYTES = 300
_LATER_MEGABYTES = 50
# a running task gets this long to save its cursor
_WORKER_STOP_SECONDS = 40
_HEALTHY_SECONDS = 180
_DOWN_SECONDS = 150


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, completed from the file .env beside the code; what is set in the environment wins."""
    path = ROOT / ".env"
    written = {}
    for text in path.read_text().splitlines() if path.exists() else ():
        name, equals, value = text.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            written[name.strip()] = value.strip().strip("'\"")
    return {**written, **environ}


def up(environ: Mapping[str, str]) -> None:
    """Install, start and watch everything until it is interrupted. Whatever happens, nothing is left half running."""
    environ = settings(environ)
    home = Home.from_environment(environ)
    home.make()
    with home.locked():
        _tidy(home)
        port = _web_port(environ)
        venv.require_space(home.path, _LATER_MEGABYTES if home.published() else _FIRST_MEGABYTES)
        venv.install(venv.RUNTIME_LOCK)
        with Supervisor(home) as supervisor:
            env = start(home, supervisor, environ, port)
            _greet(home, env)
            supervisor.watch_until_interrupted()


def start(
    home: Home, supervisor: Supervisor, environ: Mapping[str, str], port: int, *, durable: bool = True
) -> dict[str, str]:
    """Start services and programs, wait until /healthz says that all of it works, and return the whole environment."""
    found = services.start(home, venv.VENV, supervisor, environ, durable=durable)
    simulator_port = home.port("simulator")
    simulator = f"http://127.0.0.1:{simulator_port}"
    found |= {
        "PORT": str(port),
        "SPAPI_SIMULATOR_ENDPOINT": environ.get("SPAPI_SIMULATOR_ENDPOINT") or simulator,
        "LWA_TOKEN_URL_SIMULATOR": environ.get("LWA_TOKEN_URL_SIMULATOR") or f"{simulator}/auth/o2/token",
        "SIMULATOR_PORT": str(simulator_port),
    }
    home.publish(found)
    env = {**environ, **found, "PYTHONUNBUFFERED": "1"}
    simulator_program, *programs = programs_of(home, env)
    supervisor.start(simulator_program)
    prepare(env)
    if environ.get("ACORN_DEMO", "1") != "0":
        printed = manage(env, "load_demo", failed="The demo could not be loaded.")
        step(printed.splitlines()[-1])
    for program in programs:
        supervisor.start(program)
    step(f"Started {', '.join(program.name for program in programs)}")
    if not supervisor.watch_until(lambda: _health(env) == "", _HEALTHY_SECONDS):
        raise StopError(f"Not everything works after {_HEALTHY_SECONDS} s: {_health(env)}. The logs are in {home.logs}")
    return env


def prepare(env: Mapping[str, str]) -> None:
    """Translations, tables, static files: what the programs need before they start. Safe to repeat."""
    compile_translations(env)
    manage(env, "migrate", "--no-input", failed="The database could not be migrated.")
    step("The database is migrated")
    manage(env, "collectstatic", "--no-input", failed="The static files could not be collected.")
    step("Static files are collected")


def compile_translations(env: Mapping[str, str]) -> None:
    """Make the .mo files that Django reads. Safe to repeat."""
    processes.run(
        [str(venv.python()), "-m", "acorn.runner.translations"],
        env=env,
        cwd=ROOT,
        failed="The translations could not be compiled.",
        umask=0o022,
    )


def manage(env: Mapping[str, str], *words: str, failed: str) -> str:
    """Run a command of manage.py to its end."""
    return processes.run([str(venv.python()), "manage.py", *words], env=env, cwd=ROOT, failed=failed)


def down(environ: Mapping[str, str]) -> None:
    """Stop what runs from this home, in order; also what a killed runner left behind. Data is kept. Safe to repeat."""
    home = Home.from_environment(settings(environ))
    if not home.path.exists():
        line(f"Nothing is running from {home.path}.")
        return
    pid = home.runner_pid()
    if pid and home.is_locked():
        step(f"Stopping process {pid}")
        os.kill(pid, signal.SIGTERM)
        if not processes.wait_until(lambda: not home.is_locked(), _DOWN_SECONDS):
            raise StopError(f"Process {pid} has not ended after {_DOWN_SECONDS} s.")
        step("Everything is stopped; the data is kept")
        return
    with home.locked():
        stopped = home.stop_left_over()
    line(
        f"Stopped what a killed run had left: {', '.join(stopped)}."
        if stopped
        else f"Nothing is running from {home.path}."
    )


def _tidy(home: Home) -> None:
    if home.left_over():
        step("A killed run has left processes behind; stopping them")
        step(f"Stopped {', '.join(home.stop_left_over())}")


def _web_port(environ: Mapping[str, str]) -> int:
    """PORT, if the web server will be able to use it."""
    text = environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise StopError(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((_bind_address(environ), int(text)))
        except PermissionError:
            raise StopError(
                f"PORT {text} needs more rights than this user has: choose one from 1024 up, for example PORT=8080 make up"
            ) from None
        except OSError as problem:
            raise StopError(
                f"PORT {text} cannot be used ({problem.strerror}): choose another, for example PORT={int(text) % 64000 + 1} make up"
            ) from None
    return int(text)


def _bind_address(environ: Mapping[str, str]) -> str:
    return environ.get("BIND_ADDRESS") or "127.0.0.1"


def programs_of(home: Home, env: Mapping[str, str]) -> list[Program]:
    """In the order of starting; they are stopped from the last to the first."""
    python = str(venv.python())

    def program(name: str, *words: str, **more: Any) -> Program:
        return Program(name=name, command=(python, "-m", *words), env=env, log=home.log(name), cwd=ROOT, **more)

    celery = ("celery", "--app", "acorn.celery")
    return [
        program("simulator", "simulator", ready=lambda: _answers(int(env["SIMULATOR_PORT"]))),
        program(
            "web",
            *("granian", "--interface", "wsgi", "--no-ws", "--host", _bind_address(env), "--port", env["PORT"]),
            *("--workers", env.get("WEB_WORKERS") or "2", "--blocking-threads", env.get("WEB_THREADS") or "4"),
            # a worker process that is told to end while it is still starting would never end
            *("--respawn-failed-workers", "--workers-kill-timeout", "8", "acorn.wsgi:application"),
        ),
        program(
            "worker",
            *(*celery, "worker", "--queues", QUEUES, "--concurrency", env.get("WORKER_PROCESSES") or "2"),
            *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
            stop_seconds=_WORKER_STOP_SECONDS,
        ),
        # without a file of its own: the database knows what is due
        program("beat", *celery, "beat", "--loglevel", "INFO", "--pidfile="),
    ]


def _health(env: Mapping[str, str]) -> str:
    """Empty when everything works."""
    address = _bind_address(env)
    down = health.parts_down(f"http://{'127.0.0.1' if address == '0.0.0.0' else address}:{env['PORT']}", env)
    return "; ".join(f"{part}: {state}" for part, state in down.items())


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError:
        return False
    return True


def _greet(home: Home, env: Mapping[str, str]) -> None:
    step("Everything is up")
    line()
    line(f"  ACORN      {env.get('PUBLIC_URL') or 'http://127.0.0.1:' + env['PORT']}/", style="head")
    for login in read_json(home.path / "demo.json", {}).get("logins", ()):
        line(f"  sign in    {login['email']}  {login['password']}  ({login['tenant']}, {login['role']})")
    line(f"  simulator  {env['SPAPI_SIMULATOR_ENDPOINT']}/")
    line(f"  logs       {home.logs}")
    line("  stop       Ctrl-C, or `make down` in another terminal; the data is kept")
    line()
