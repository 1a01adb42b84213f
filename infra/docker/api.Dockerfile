# A process that serves page and API. From the repository's root:
#   docker build -f infra/docker/api.Dockerfile -t dtao-api:0.1.0 --build-arg COMMIT="$(git rev-parse HEAD)" .
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
ARG COMMIT=
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
# Packages first: they are fetched anew only when a project's file changes.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props .editorconfig ./
COPY Api/Api.csproj Api/
COPY Client/Client.csproj Client/
COPY Economics/Economics.csproj Economics/
COPY Grains.Interfaces/Grains.Interfaces.csproj Grains.Interfaces/
COPY Keys/Keys.csproj Keys/
COPY Storage/Storage.csproj Storage/
RUN dotnet restore Api
COPY . .
RUN dotnet publish Api --no-restore -c Release -o /app -p:SourceRevisionId="${COMMIT}"

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble AS api
WORKDIR /app
COPY --from=build /app .
RUN mkdir /data && chown "$APP_UID:$APP_UID" /data
# It listens inside the container only, until it is told otherwise; infra/kubernetes and compose.yaml do. History that is one's own is in /data.
ENV DTAO_API__PORT=30090 DTAO_API__READSIDE=/data/read-side.db DOTNET_EnableDiagnostics=0
USER $APP_UID
VOLUME /data
EXPOSE 30090
STOPSIGNAL SIGTERM
# The image has no program that speaks HTTP, but a shell that opens connections.
HEALTHCHECK --interval=10s --timeout=5s --start-period=2m --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/30090 && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["dotnet", "Dtao.Api.dll"]
