# Builds any of the programs: docker build --build-arg SERVICE=Ingestor|GraphBuilder|Trainer|Server|Cli .
# For NVIDIA GPUs:             --build-arg TORCH_PACKAGE=TorchSharp-cuda-linux
ARG DOTNET=10.0

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET} AS build
ARG SERVICE
ARG TORCH_PACKAGE
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish src/$SERVICE -c Release -o /app ${TORCH_PACKAGE:+-p:TorchPackage=$TORCH_PACKAGE}

FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}
ARG SERVICE
# curl is for the health check, libgomp1 for the index of Server:ApproximateFrom.
RUN apt-get update && apt-get install -y --no-install-recommends curl libgomp1 && rm -rf /var/lib/apt/lists/* \
    && install -d -o $APP_UID -g $APP_UID /data
# A container is told to stop while callers still send to it: it goes on for a while (Endpoints:DrainDelay).
ENV SERVICE=${SERVICE} Endpoints__Address=0.0.0.0 Endpoints__GrpcPort=7001 Endpoints__HttpPort=7002 Endpoints__DrainDelay=00:00:05
COPY --from=build /app /app
# Checkpoints go here, and an appsettings.json is read from here.
WORKDIR /data
VOLUME /data
USER $APP_UID
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD curl -fsS "http://127.0.0.1:$Endpoints__HttpPort/healthz" || exit 1
# exec, so that SIGTERM reaches the program and it drains.
ENTRYPOINT ["sh", "-c", "exec dotnet /app/Rearm.Streaming.$SERVICE.dll \"$@\"", "rearm"]
