# The image of QFA. Where no engine runs, image/try_steps.py performs these steps: tests/image.
#
#   docker build --build-arg VERSION="$(python3 image/version.py of "$(git rev-parse HEAD)")" --tag qfa .
#
# The digest is that of the index of all platforms, as public repositories have it: no registry could be asked
# when it was written down. A wrong one fails the build. Dependabot moves it, tag and digest together.
FROM python:3.11.15-slim-bookworm@sha256:d29f48a31a8b408ed19272ca1e7b10ebae13b240a27e862d3d4217c528e2e0c3 AS base


FROM base AS build
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# What changes least comes first: dependencies, models, the wheel.
# EMBEDDERS=yes: with what EMBEDDING_MODEL=e5 and onnx want. The default embedder is always there.
ARG EMBEDDERS=no
COPY requirements.lock ./
COPY image/embedders.lock image/
RUN python -m venv --without-pip /opt/qfa && \
    python -m pip --python /opt/qfa/bin/python install --require-hashes --no-deps --only-binary :all: -r requirements.lock && \
    if [ "${EMBEDDERS}" = yes ]; then \
        python -m pip --python /opt/qfa/bin/python install --require-hashes --no-deps --only-binary :all: -r image/embedders.lock; \
    fi && \
    find /opt/qfa -type d -name tests -prune -exec rm -rf {} +

COPY image/build.lock image/
RUN python -m venv --without-pip /opt/builder && \
    python -m pip --python /opt/builder/bin/python install --require-hashes --no-deps --only-binary :all: -r image/build.lock

COPY image/fetch_models.py image/models.toml image/
RUN python image/fetch_models.py image/models.toml /opt/qfa/models

COPY pyproject.toml README.md LICENSE ./
COPY migrations/ migrations/
COPY qfa_core/ qfa_core/
COPY qfa_adapters/ qfa_adapters/
COPY qfa_http/ qfa_http/
COPY image/version.py image/
ARG VERSION=0.0.0+local
RUN python image/version.py stamp "${VERSION}" && \
    python -m pip --python /opt/builder/bin/python wheel --no-build-isolation --no-deps --wheel-dir dist . && \
    python -m pip --python /opt/qfa/bin/python install --no-index --no-deps dist/*.whl && \
    mkdir /build/data

COPY entrypoint.sh image/healthcheck.py /opt/qfa/


FROM base AS final
# Nobody installs anything in here any more.
RUN python -m pip uninstall --yes pip setuptools wheel
COPY --from=build /opt/qfa/ /opt/qfa/
COPY --from=build --chown=10001:10001 /build/data/ /var/lib/qfa/

ENV PATH=/opt/qfa/bin:$PATH \
    HOME=/var/lib/qfa \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    QFA_DATA_DIR=/var/lib/qfa \
    QFA_PRODUCTION=true
WORKDIR /opt/qfa
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=90s --retries=3 CMD ["python", "-I", "/opt/qfa/healthcheck.py"]
ENTRYPOINT ["/opt/qfa/entrypoint.sh"]

ARG VERSION=0.0.0+local
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="qfa" \
      org.opencontainers.image.description="Qualitative feedback analysis" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
