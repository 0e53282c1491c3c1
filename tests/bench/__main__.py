"""`python -m tests.bench [names] [--scale 0.1]`: measures, prints a table, writes bench-results/<time>.json.

Needs a migrated database and a broker in the environment: `make bench` brings both. Ends with 1 if a budget is broken.
"""

import argparse
import importlib
import json
import logging
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
import structlog

# in the order in which they are told; a module has `run(options) -> list[Figure]`
FIGURES = ("pull", "lists", "throttle", "submit", "stock", "imports", "labels")
RESULTS = Path(__file__).resolve().parents[2] / "bench-results"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(FIGURES)} (default: all)")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is the size that is promised; 0.1 is a tenth of it")
    options = parser.parse_args()
    if unknown := set(options.names) - set(FIGURES):
        parser.error(f"there is no figure called {', '.join(sorted(unknown))}; there are: {', '.join(FIGURES)}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acorn.settings.base")
    django.setup()
    importlib.import_module("acorn.celery")
    # a line per request would be measured too, and bury the table
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    figures = []
    print(f"{'figure':<28}{'ours':>12}{'floor':>12}{'ratio':>8}  budget", flush=True)
    for name in [name for name in FIGURES if not options.names or name in options.names]:
        for figure in importlib.import_module(f"tests.bench.{name}").run(options):
            figures.append(figure)
            mark = "kept" if figure.is_kept else "BROKEN"
            print(
                f"{figure.name:<28}{figure.ours:>10.4g} {figure.unit:<1}{figure.floor:>10.4g} {figure.unit:<1}"
                f"{figure.ratio:>8.2f}  {figure.budget}: {mark}",
                flush=True,
            )
            for key, value in figure.notes.items():
                print(f"    {key}: {value}", flush=True)
    now = datetime.now(UTC)
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    machine = {"python": platform.python_version(), "system": platform.platform(), "processors": os.cpu_count()}
    content = {
        "at": now.isoformat(),
        "scale": options.scale,
        "machine": machine,
        "figures": [figure.as_json() for figure in figures],
    }
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    print(f"written to {file}")
    return 0 if all(figure.is_kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
