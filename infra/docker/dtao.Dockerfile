# The command line. From the repository's root:
#   docker build -f infra/docker/dtao.Dockerfile -t dtao:0.1.0 --build-arg COMMIT="$(git rev-parse HEAD)" .
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
ARG COMMIT=
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
# Packages first: they are fetched anew only when a project's file changes.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props .editorconfig ./
COPY Client/Client.csproj Client/
COPY Economics/Economics.csproj Economics/
COPY Grains/Grains.csproj Grains/
COPY Grains.Interfaces/Grains.Interfaces.csproj Grains.Interfaces/
COPY Hosting/Hosting.csproj Hosting/
COPY Keys/Keys.csproj Keys/
COPY Storage/Storage.csproj Storage/
COPY tools/Cli/Cli.csproj tools/Cli/
COPY tools/LoadTest/LoadTest.csproj tools/LoadTest/
RUN dotnet restore tools/Cli
COPY . .
RUN dotnet publish tools/Cli --no-restore -c Release -o /app -p:SourceRevisionId="${COMMIT}"

FROM mcr.microsoft.com/dotnet/runtime:10.0.12-noble AS dtao
WORKDIR /app
COPY --from=build /app .
RUN mkdir /wallets && chown "$APP_UID:$APP_UID" /wallets
ENV DOTNET_EnableDiagnostics=0
USER $APP_UID
WORKDIR /wallets
# It serves nobody, so there is nothing to ask it.
HEALTHCHECK NONE
ENTRYPOINT ["dotnet", "/app/dtao.dll"]
