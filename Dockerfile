# One image for every process of the project: the command decides which one it is.
#
# Debian, not Alpine: Temporal's native core needs glibc. Node 24 is the current long-term release.

FROM node:24-bookworm-slim AS build
WORKDIR /app

# Packages first: this layer is kept until the lockfile changes.
COPY package.json package-lock.json .npmrc ./
RUN npm ci

COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY workflows ./workflows
COPY activities ./activities
COPY api ./api
COPY simulator ./simulator
COPY scripts ./scripts
COPY docs/guide.md docs/booking-systems.md ./docs/
COPY web ./web
# Compiles everything, bundles the workflows and builds the pages, so that a worker starts without a compiler.
RUN npm run build
RUN npm prune --omit=dev

FROM node:24-bookworm-slim
# Temporal's native core trusts the certificates of the system, and the slim image has none.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*

WORKDIR /app
# In a container 127.0.0.1 is reachable by nobody else.
ENV NODE_ENV=production HOST=0.0.0.0

COPY --from=build /app/package.json ./package.json
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY deploy/healthcheck.mjs ./deploy/healthcheck.mjs

# Files belong to root and the process does not: it cannot change its own code.
USER node

EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "deploy/healthcheck.mjs", "http://127.0.0.1:3000/readyz"]
CMD ["node", "dist/src/main/api.js"]
