# kuberpult with the git that it needs for remotes. Build it with `docker build -t kuberpult .`, and mount keys and a cache as
# docs/installing.md shows.
FROM rust:1.89-bookworm AS build
WORKDIR /src
COPY . .
# Statically linked: the binary runs in any image, and by itself.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN target="$(uname -m)-unknown-linux-gnu" \
    && cargo build --release --locked --package kuberpult-cli --target "$target" \
    && cp "target/$target/release/kuberpult" /kuberpult

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home kuberpult
COPY --from=build /kuberpult /usr/local/bin/kuberpult
USER kuberpult
WORKDIR /home/kuberpult
ENV KUBERPULT_CACHE_DIR=/home/kuberpult/cache
RUN mkdir cache
ENTRYPOINT ["kuberpult"]
CMD ["--help"]
