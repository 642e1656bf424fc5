#!/usr/bin/env bash
# Installs what the tests need besides the .NET SDK, and says how long each step took. The programs themselves need the SDK alone.
#
#   eng/setup.sh --tests           a Redis, a Chromium, and what the Python and Node.js clients in the tests and samples are made of
#   eng/setup.sh --tests --quiet   says only what took its time
#
# For Debian and its relatives, as root or with sudo. Run it as often as you like: what is there stays as it is.
# With REARM_TEST_KAFKA_HOME=folder, an Apache Kafka for the integration tests, it sees to a Java runtime too.
set -euo pipefail
cd "$(dirname "$0")/.."

tests= quiet=
for argument; do
  case $argument in
    --tests) tests=yes ;;
    --quiet) quiet=yes ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0"; [ "$argument" = --help ] && exit 0 || exit 2 ;;
  esac
done

logs=artifacts/logs
mkdir -p "$logs"
export LC_ALL=C DEBIAN_FRONTEND=noninteractive DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf 'setup: %s\n' "$*"; }
news() { [ -n "$quiet" ] || say "$@"; }

command -v dotnet > /dev/null || { say "the .NET 10 SDK is missing: https://dot.net/download" >&2; exit 1; }
sdk=$(dotnet --version) || exit 1
news ".NET SDK $sdk is there, and the programs need nothing else"
[ -n "$tests" ] || exit 0

# step NAME COMMAND...: runs it with its output in artifacts/logs, which is shown when it fails.
step() {
  local name=$1 log="$logs/${1//[ \/]/-}.log" start=${EPOCHREALTIME/./} took
  shift
  "$@" > "$log" 2>&1 < /dev/null || { cat "$log" >&2; say "$name failed (its output is above and in $log)" >&2; return 1; }
  took=$((${EPOCHREALTIME/./} - start))
  say "$name: $((took / 1000000)).$((took / 100000 % 10)) s"
}

# --- Debian packages -------------------------------------------------------------------------------------------------

missing=()
tool() { command -v "$2" > /dev/null || missing+=("$1"); }   # tool PACKAGE COMMAND
file() { [ -e "$2" ] || missing+=("$1"); }                   # file PACKAGE PATH

shopt -s nullglob
node_clients=(tests/*/*/package.json samples/*/package.json)

tool redis-server redis-server
tool curl curl
file python3-grpcio /usr/lib/python3/dist-packages/grpc/__init__.py
file python3-protobuf /usr/lib/python3/dist-packages/google/protobuf/__init__.py
tool protobuf-compiler protoc
file libprotobuf-dev /usr/include/google/protobuf/timestamp.proto
tool protobuf-compiler-grpc grpc_python_plugin
tool chromium chromium
[ ${#node_clients[@]} = 0 ] || { tool nodejs node; tool npm npm; }
[ -z "${REARM_TEST_KAFKA_HOME:-}" ] || tool default-jre-headless "${JAVA_HOME:+$JAVA_HOME/bin/}java"

apt_install() {
  "${root[@]}" apt-get update &&
    "${root[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" || return
  # Debian starts a system service with the package. The tests start servers of their own, on free ports.
  [[ " ${missing[*]} " != *' redis-server '* ]] || stop_redis_service || true
}

stop_redis_service() {
  if [ -d /run/systemd/system ]; then "${root[@]}" systemctl disable --now redis-server
  else "${root[@]}" /etc/init.d/redis-server stop; fi
}

if [ ${#missing[@]} -gt 0 ]; then
  root=()
  if [ "$(id -u)" = 0 ]; then root=(env)
  elif command -v sudo > /dev/null && { [ -t 0 ] || sudo -n true 2> /dev/null; }; then root=(sudo "DEBIAN_FRONTEND=$DEBIAN_FRONTEND"); fi
  if [ ${#root[@]} = 0 ] || ! command -v apt-get > /dev/null; then
    {
      say "these packages are missing (Debian's names): ${missing[*]}"
      say "neither root nor sudo here, or no apt-get; install them as root, then start again:"
      echo "  apt-get update"
      echo "  apt-get install -y --no-install-recommends ${missing[*]}"
    } >&2
    exit 1
  fi
  say "installing ${missing[*]}"
  step "Debian packages" apt_install
else
  news "Debian packages are there"
fi

# --- npm packages ----------------------------------------------------------------------------------------------------

npm_install() {
  npm --prefix "$1" install --no-audit --no-fund --no-package-lock && touch "$1/node_modules/.package-lock.json"
}

for package in "${node_clients[@]}"; do
  folder=$(dirname "$package")
  if [ "$folder/node_modules/.package-lock.json" -nt "$package" ]; then news "npm packages of $folder are there"
  else step "npm packages of $folder" npm_install "$folder"; fi
done
