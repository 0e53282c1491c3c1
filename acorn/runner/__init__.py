"""One command that brings everything up: standard library only, so that it runs before anything is installed."""
