#!/usr/bin/env bash
# Makes the packages: dtao (a .NET tool), Dtao.Client, and its parts.
#   infra/pack.sh [FOLDER]          into FOLDER, artifacts/packages by default
#   infra/pack.sh --check [FOLDER]  then installs the tool from there and builds a program against the client, outside of the repository
set -euo pipefail
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

check=0
if [ "${1:-}" = "--check" ]; then check=1; shift; fi
repository=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:-$repository/artifacts/packages}"
packages=$(cd "${1:-$repository/artifacts/packages}" && pwd)
rm -f "$packages"/dtao.*.nupkg "$packages"/Dtao.*.nupkg

for project in Economics Keys Grains.Interfaces Client tools/Cli; do
  dotnet pack "$repository/$project" -c Release -o "$packages" -v quiet </dev/null
done
ls -l "$packages" | awk 'NR > 1 { print $9, $5, "bytes" }'
[ "$check" -eq 1 ] || exit 0

version=$(dotnet msbuild "$repository/Client" -getProperty:PackageVersion)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# Nothing of these packages is kept where other builds would find it; what they depend on is taken from where it is already.
cached=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
export NUGET_PACKAGES="$place/cache" RestoreFallbackFolders="$cached"

echo "== tool"
dotnet tool install dtao --version "$version" --tool-path "$place/tool" --add-source "$packages" </dev/null
"$place/tool/dtao" --version

echo "== client"
# The sample of the repository, with the package in place of the project.
mkdir "$place/program"
cp "$repository"/docs/samples/FirstStake/*.cs "$place/program"
cat >"$place/program/FirstStake.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <RestoreAdditionalProjectSources>$packages</RestoreAdditionalProjectSources>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Dtao.Client" Version="[$version]" />
  </ItemGroup>
</Project>
PROJECT
dotnet build "$place/program" -c Release -v quiet </dev/null
ls "$place/program/bin/Release/net10.0/" | grep '^Dtao\..*dll$'
