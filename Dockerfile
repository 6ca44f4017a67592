# docker build -t ecphory . && docker run -p 127.0.0.1:8787:8787 -v ecphory:/data ecphory
# The first start prints an API key: docker logs shows it. Memories are in the volume at /data.

# The full image has the compiler that native modules need where no prebuilt one fits.
FROM node:24-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY eval eval
RUN node scripts/build.mjs && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    ECPHORY_HOST=0.0.0.0 \
    ECPHORY_PORT=8787 \
    ECPHORY_DATABASE=/data/ecphory.db
WORKDIR /app
# Made here, so that a new volume belongs to the user that writes to it.
RUN mkdir /data && chown node:node /data && chmod 700 /data
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY package.json LICENSE README.md ./
COPY migrations migrations
USER node
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ECPHORY_PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["serve"]
