#!/usr/bin/env bash
# Installs Chromium, which the tests of the page and its pictures need: Debian's package, where this may be done.
# Exit code 0: it is there. Otherwise those tests are skipped, and say so.
set -u
for program in chromium chromium-browser google-chrome; do
  if [ -x "/usr/bin/$program" ]; then
    echo "/usr/bin/$program"
    exit 0
  fi
done

if ! command -v apt-get >/dev/null; then
  echo "There is no Chromium, and no apt-get to install it with." >&2
  exit 1
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null && sudo -n true 2>/dev/null || { echo "There is no Chromium; install it as root: apt-get install chromium" >&2; exit 1; }
  sudo="sudo -n"
fi

export DEBIAN_FRONTEND=noninteractive
install() { $sudo apt-get install -y --no-install-recommends chromium fonts-dejavu-core </dev/null; }
{ install || { $sudo apt-get update </dev/null && install; }; } >&2 || exit 1
[ -x /usr/bin/chromium ] && echo /usr/bin/chromium
