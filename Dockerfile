# Builds any of the programs: docker build --build-arg SERVICE=Ingestor|GraphBuilder|Trainer|Server|Cli .
ARG DOTNET=10.0
ARG SERVICE

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET} AS sdk
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET} AS aspnet

# Debian 12, because it is Debian's libtorch that the native code is built and tested with. .NET runs on it as it is.
FROM debian:bookworm-slim AS build
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet \
    && apt-get update && apt-get install -y --no-install-recommends ca-certificates libssl3 libstdc++6 zlib1g
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY . .
RUN eng/setup.sh
ARG SERVICE
RUN dotnet publish src/$SERVICE -c Release -o /app

FROM debian:bookworm-slim AS runtime
COPY --from=aspnet /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet \
    && apt-get update && apt-get install -y --no-install-recommends ca-certificates curl libssl3 libstdc++6 libzstd1 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1654 --create-home rearm \
    && install -d -o rearm -g rearm /data
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 Endpoints__Address=0.0.0.0 Endpoints__GrpcPort=7001 Endpoints__HttpPort=7002

# What each program needs besides .NET.
FROM runtime AS runtime-Ingestor
FROM runtime AS runtime-GraphBuilder
FROM runtime AS runtime-Server

FROM runtime AS runtime-Trainer
RUN apt-get update && apt-get install -y --no-install-recommends libtorch1.13 libopenblas0-pthread && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/artifacts/native/debian/ /app/

FROM runtime-Trainer AS runtime-Cli
RUN apt-get update && apt-get install -y --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*

FROM runtime-${SERVICE}
ARG SERVICE
ENV SERVICE=${SERVICE}
COPY --from=build /app /app
WORKDIR /data
VOLUME /data
USER rearm
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD curl -fsS "http://127.0.0.1:$Endpoints__HttpPort/healthz" || exit 1
# exec, so that SIGTERM reaches the program and it drains.
ENTRYPOINT ["sh", "-c", "exec dotnet /app/Rearm.Streaming.$SERVICE.dll \"$@\"", "rearm"]
