#!/usr/bin/env bash
# Checks what is in this folder with the tools that are on the machine, and says which were not. The tests check the rest: tests/Infra.Tests.
set -u
cd "$(dirname "$0")"
failed=0

step() {
  echo "== $1"
  shift
  "$@" || failed=1
}

with() {
  command -v "$1" >/dev/null && return 0
  echo "== left out, because there is no $1: $2"
  return 1
}

bicep_of_tests() {
  local project=../tests/Infra.Tests/Infra.Tests.csproj
  dotnet restore "$project" -v quiet -nologo >/dev/null || return 1
  dotnet msbuild "$project" -getProperty:Bicep
}

if with dotnet "Bicep, whose compiler is a package of the tests"; then
  bicep=$(bicep_of_tests)
  if [ -x "$bicep" ]; then
    # The linter ends with 0 after a warning; here a warning is a fault.
    said=$("$bicep" lint bicep/main.bicepparam 2>&1)
    echo "== bicep lint"
    if [ -n "$said" ]; then echo "$said"; failed=1; fi
    for file in bicep/main.bicep bicep/main.bicepparam bicep/modules/*.bicep; do
      "$bicep" format "$file" --stdout | cmp -s - "$file" || { echo "$file is not formatted."; failed=1; }
    done
  else
    echo "== left out, because its package is for Linux on x64: bicep lint"
  fi
fi

if with systemd-analyze "the units"; then
  units=$(mktemp -d)
  trap 'rm -rf "$units"' EXIT
  for unit in dtao-silo.service dtao-silo@.service dtao-api.service; do
    # The program has to be there: any will do.
    sed -E 's#/opt/dtao/(silo/Dtao.Silo|api/Dtao.Api)#/bin/true#' "systemd/$unit" >"$units/${unit/@./@one.}"
  done
  step "systemd-analyze verify" systemd-analyze verify "$units"/*.service
fi

if with promtool "Prometheus' files and rules"; then
  step "promtool check config" promtool check config monitoring/prometheus.yml
  step "promtool test rules" promtool test rules monitoring/alerts.test.yml
fi

if with kubectl "what kustomize makes of the manifests"; then step "kubectl kustomize" sh -c 'kubectl kustomize kubernetes >/dev/null'; fi
if docker compose version >/dev/null 2>&1; then
  step "docker compose config" docker compose -f docker/compose.yaml config --quiet
else
  echo "== left out, because there is no docker compose: compose.yaml"
fi
if docker buildx version >/dev/null 2>&1; then
  for file in docker/silo.Dockerfile docker/api.Dockerfile docker/dtao.Dockerfile; do step "docker build --check $file" docker build --check -f "$file" ..; done
else
  echo "== left out, because there is no docker buildx: the images"
fi

[ "$failed" -eq 0 ] && echo "Nothing to say." || echo "There are faults."
exit "$failed"
