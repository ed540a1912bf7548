# Docker and Podman build this alike.
FROM denoland/deno:2.9.6 AS build
WORKDIR /app
COPY deno.json deno.lock solution.ts LICENSE ./
COPY lib lib
COPY deploy/entrypoint deploy/prune.ts deploy/
# Packages are fetched here, in the versions of the lock file; a run never uses the network. The modes
# are set because a clone may have been made with any umask.
RUN deno install --frozen --entrypoint solution.ts lib/run/worker.ts \
  && deno run -A deploy/prune.ts solution.ts lib/run/worker.ts \
  && chmod -R a+rX,go-w /app /deno-dir \
  && chmod a+x deploy/entrypoint

FROM denoland/deno:2.9.6
LABEL org.opencontainers.image.title="hourgrid" \
  org.opencontainers.image.description="Battery telemetry in, regular tables out" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="MIT"
ENV DENO_NO_UPDATE_CHECK=1
WORKDIR /app
COPY --from=build /deno-dir /deno-dir
COPY --from=build /app /app
# The base image's tini passes signals on, and the exit status back.
ENTRYPOINT ["/tini", "--", "/app/deploy/entrypoint"]
CMD []
