#!/usr/bin/env bash
# Makes the pictures of the README: runs a demo network for some minutes, trades a little as //Alice, and looks at it with Chromium;
# and the first minutes in a terminal, as they were typed and answered here.
#   infra/pictures.sh [MINUTES]      into docs/images; 12 minutes by default, so that there is something to see
set -euo pipefail
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cd "$(dirname "$0")/.."
minutes=${1:-12}
port=30190
gateway=30191
api=http://127.0.0.1:$port

infra/browser.sh
dotnet build Silo -c Release -v quiet
dotnet build tools/Cli -c Release -v quiet
dotnet build tests/Page.Tests -c Release -v quiet
data=$(mktemp -d)
Silo/bin/Release/net10.0/Dtao.Silo --data "$data" --gateway-port "$gateway" --silo-port 0 --api-port "$port" --no-table >"$data/silo.txt" 2>&1 &
silo=$!
trap 'kill -TERM "$silo" 2>/dev/null; wait "$silo" 2>/dev/null; rm -rf "$data"' EXIT

for _ in $(seq 120); do
  curl -fs "$api/api/cluster/v1" >/dev/null && break
  sleep 1
done
curl -fs "$api/api/cluster/v1" >/dev/null || { cat "$data/silo.txt"; exit 1; }

# The first minutes: the one command, and what a newcomer types then.
hotkey=5DcwjNa73PUdafTSstEuAdaAMEP8rqRVFW9ysoBTxFYxB5M2
transcript=$data/transcript.txt
typed() {
  printf '$ dtao %s\n' "$*"
  # Each title stands over its table's middle: without what a terminal would have to break.
  COLUMNS=124 tools/Cli/bin/Release/net10.0/dtao "$@" --network "127.0.0.1:$gateway" | sed 's/[[:space:]]*$//' | cat -s
  echo
}
until [ "$(wc -l <"$data/silo.txt")" -ge 8 ]; do sleep 1; done
{
  echo '$ dotnet run -c Release --project Silo -- --no-table'
  sed -n '1,8p' "$data/silo.txt" | sed "s|$data|./data|; s|:$gateway|:30000|; s|:$port|:30090|; s|+[0-9a-f]*,|,|"
  echo
  typed stake add --coldkey //Alice --hotkey "$hotkey" --netuid 1 --amount 10 -y
  typed stake list --coldkey //Alice
  typed stake remove --coldkey //Alice --hotkey "$hotkey" --netuid 1 --amount 20 -y
  printf '$ dtao audit --database ./data/ledger.db\n'
  tools/Cli/bin/Release/net10.0/dtao audit --database "$data/ledger.db" | tail -n 3
} >"$transcript"

post() {
  curl -fs -H 'Content-Type: application/json' -d "$2" "$api$1" >/dev/null
}
swaps=0
hotkeys=$(curl -fs "$api/api/dtao/validator/latest/v1?netuid=1&limit=3" | grep -oE '"hotkey":\{"ss58":"[^"]+' | cut -d'"' -f6)
for minute in $(seq "$minutes"); do
  for hotkey in $hotkeys; do
    post /api/operations/v1 "{\"signer\":\"//Alice\",\"call\":{\"kind\":\"add_stake\",\"hotkey\":\"$hotkey\",\"netuid\":$((minute % 4 + 1)),\"amount\":\"$((minute * 1500000000))\"}}" && swaps=$((swaps + 1))
  done
  sleep 60
done

[ "$swaps" -gt 0 ] || { echo "No swap went through: there is nothing to see." >&2; exit 1; }
mkdir -p docs/images
DTAO_PICTURES=$PWD/docs/images DTAO_PICTURES_OF=$api DTAO_PICTURES_TRANSCRIPT=$transcript dotnet run --no-build -c Release --project tests/Page.Tests -- -class '*PictureTests'
# Fewer colours, where the program for that is there.
if command -v pngquant >/dev/null; then pngquant --force --skip-if-larger --ext .png docs/images/overview.png docs/images/subnet.png docs/images/account.png docs/images/terminal.png || true; fi
ls -l docs/images

# A load's report, of a network of its own: the upper part of its page.
dotnet build tools/LoadTest -c Release -v quiet
root=$PWD
(cd "$data" && dotnet "$root/tools/LoadTest/bin/Release/net10.0/Dtao.LoadTest.dll" --embedded --stakers 20000 --subnets 16 --seconds 30 --rate 400 --ramp 5 --spike 1000@15+3 \
  --threshold 'p99<5s' failed=0 audit=clean --html load.html >load.txt) || { cat "$data/load.txt"; exit 1; }
"$(infra/browser.sh)" --headless --no-sandbox --hide-scrollbars --window-size=1060,1420 --screenshot="$root/docs/images/load.png" "file://$data/load.html" 2>/dev/null
if command -v pngquant >/dev/null; then pngquant --force --skip-if-larger --ext .png docs/images/load.png || true; fi
ls -l docs/images/load.png
