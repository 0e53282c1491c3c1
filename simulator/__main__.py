"""``python -m simulator``: run the simulator on a port of this machine."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from simulator import app
from simulator.server import Server


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A stateful Amazon for demos and tests.")
    parser.add_argument("--host", default=os.environ.get("SIMULATOR_HOST") or "127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("SIMULATOR_PORT") or 0), help="0 = any free one")
    parser.add_argument("--store", type=Path, default=app.store_from_environment())
    options = parser.parse_args(arguments)
    application = app.build(
        options.store,
        settings=app.settings_from_environment(),
        control_token=os.environ.get("SIMULATOR_CONTROL_TOKEN", ""),
    )
    try:
        server = Server(application, options.host, options.port)
    except OSError as error:
        sys.stderr.write(f"The simulator cannot listen on {options.host}:{options.port}: {error.strerror}.\n")
        return 1
    # Serving runs beside, so that a signal is answered at once and the store is closed in order.
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    thread = threading.Thread(target=server.serve_forever, name="server", daemon=True)
    thread.start()
    sys.stdout.write(f"Simulator: http://{options.host}:{server.server_port}/\n")
    sys.stdout.flush()
    stop.wait()
    server.shutdown()
    server.server_close()
    application.amazon.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
