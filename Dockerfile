# syntax=docker/dockerfile:1
# The gateway, without a build step: Node runs the TypeScript as it is; only its page is built. It runs as an ordinary user, on a read-only root
# file system, and writes only below /data (unused but for keys when `database.url` names a PostgreSQL elsewhere).

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY scripts/build-console.ts ./scripts/
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-slim AS console
WORKDIR /app
COPY package.json package-lock.json vite.config.ts tsconfig.json ./
COPY scripts/build-console.ts ./scripts/
COPY src ./src
# Its `prepare` builds dist/console.
RUN npm ci --no-audit --no-fund

FROM node:24-slim
LABEL org.opencontainers.image.title="Privity" \
      org.opencontainers.image.description="FHIR-aware consent and access-control gateway" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    PRIVITY_CONFIG=/etc/privity/privity.yaml \
    PRIVITY_SERVER_HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=console /app/dist ./dist
# What belongs in the image is listed in .dockerignore.
COPY . .
# The configuration's default data directory, ./data, is the volume.
RUN install --directory --owner=node --group=node --mode=0700 /data && ln --symbolic /data /app/data
USER 1000:1000
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PRIVITY_SERVER_PORT ?? 8080}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# A small young generation and a heap that grows slowly: memory stays below 300 MB while large exports flow.
ENTRYPOINT ["node", "--max-semi-space-size=8", "--heap-growing-percent=40", "src/main.ts"]
CMD ["serve"]
