#!/usr/bin/env bash
# Supplies what this machine lacks to build and run Rearm.Streaming, and says how long each step took.
#
#   eng/setup.sh           what the programs need
#   eng/setup.sh --tests   and what the tests need
#   eng/setup.sh --quiet   says only what took its time
#
# Needs Debian 12 (or a relative) and the .NET 10 SDK. Run it as often as you like: what is there stays as it is.
# LIBTORCH=folder takes that libtorch instead of Debian's.
set -euo pipefail
cd "$(dirname "$0")/.."

tests= quiet=
for argument; do
  case $argument in
    --tests) tests=yes ;;
    --quiet) quiet=yes ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0"; [ "$argument" = --help ] && exit 0 || exit 2 ;;
  esac
done

logs=artifacts/logs
mkdir -p "$logs"
export LC_ALL=C DEBIAN_FRONTEND=noninteractive DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf 'setup: %s\n' "$*"; }

# step NAME COMMAND...: runs it with its output in artifacts/logs, which is shown when it fails.
step() {
  local name=$1 log="$logs/${1// /-}.log" start=${EPOCHREALTIME/./} took
  shift
  "$@" > "$log" 2>&1 < /dev/null || { cat "$log" >&2; say "$name failed (its output is above and in $log)" >&2; return 1; }
  took=$((${EPOCHREALTIME/./} - start))
  [ -n "$quiet" ] && [ $took -lt 1000000 ] || say "$name, $((took / 1000000)).$((took / 100000 % 10)) s"
}

# --- What is missing -------------------------------------------------------------------------------------------------

missing=()
tool() { command -v "$2" > /dev/null || missing+=("$1"); }             # tool PACKAGE COMMAND
file() { compgen -G "$2" > /dev/null || missing+=("$1"); }             # file PACKAGE PATTERN

command -v dotnet > /dev/null || { say "the .NET 10 SDK is missing: https://dot.net/download" >&2; exit 1; }

# librdkafka, Confluent.Kafka's native half, is built only where no package source has it.
librdkafka_is_there() {
  compgen -G "artifacts/feed/librdkafka.redist.*.nupkg" > /dev/null ||
    compgen -G "${NUGET_PACKAGES:-$HOME/.nuget/packages}/librdkafka.redist/*/librdkafka.redist.nuspec" > /dev/null ||
    dotnet restore src/Hosting/Hosting.csproj --disable-build-servers -v quiet > "$logs/restore.log" 2>&1 ||
    ! grep -q 'librdkafka\.redist' "$logs/restore.log"
}
build_librdkafka=
librdkafka_is_there || build_librdkafka=yes

tool redis-server redis-server
tool g++ g++
if [ -z "${LIBTORCH:-}" ]; then
  file libtorch-dev /usr/include/ATen/ATen.h
  file libopenblas0-pthread '/usr/lib/*/openblas-pthread/libopenblas.so.0'
fi
if [ -n "$build_librdkafka" ]; then
  tool make make
  tool nodejs node
  tool npm npm
  file libssl-dev /usr/include/openssl/ssl.h
  file zlib1g-dev /usr/include/zlib.h
  file libzstd-dev /usr/include/zstd.h
fi
if [ -n "$tests" ]; then
  [[ " ${missing[*]} " == *' npm '* ]] || { tool nodejs node; tool npm npm; }
  file python3-grpcio /usr/lib/python3/dist-packages/grpc/__init__.py
  file python3-protobuf /usr/lib/python3/dist-packages/google/protobuf/__init__.py
  tool protobuf-compiler protoc
  file libprotobuf-dev /usr/include/google/protobuf/timestamp.proto
  tool protobuf-compiler-grpc grpc_python_plugin
  [ -z "${REARM_TEST_KAFKA_HOME:-}" ] || tool default-jre-headless "${JAVA_HOME:+$JAVA_HOME/bin/}java"
fi

# --- Debian packages -------------------------------------------------------------------------------------------------

apt_install() {
  "${root[@]}" apt-get update &&
    "${root[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" || return
  # Debian starts a system service with the package. Ours are started by whoever needs one, on a port of its own.
  [[ " ${missing[*]} " != *' redis-server '* ]] || stop_redis_service || true
}

stop_redis_service() {
  if [ -d /run/systemd/system ]; then "${root[@]}" systemctl disable --now redis-server
  else "${root[@]}" /etc/init.d/redis-server stop; fi
}

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then root=(env)
  elif command -v sudo > /dev/null && { [ -t 0 ] || sudo -n true 2> /dev/null; }; then
    root=(sudo DEBIAN_FRONTEND=noninteractive)
  else root=(); fi
  if [ ${#root[@]} = 0 ] || ! command -v apt-get > /dev/null; then
    {
      say "these packages are missing (Debian's names): ${missing[*]}"
      say "neither root nor sudo here, or no apt-get; run as root, then start again:"
      echo "  apt-get update"
      echo "  apt-get install -y --no-install-recommends ${missing[*]}"
    } >&2
    exit 1
  fi
  say "installing ${missing[*]}"
  step "Debian packages" apt_install
else
  [ -n "$quiet" ] || say "Debian packages are there"
fi

# --- Native libraries and the tests' clients, side by side -------------------------------------------------------------

npm_install() {
  npm --prefix "$1" install --no-audit --no-fund --no-package-lock && touch "$1/node_modules/.package-lock.json"
}

running=()
if [ -n "$build_librdkafka" ]; then
  say "building librdkafka (no package source has it)"
  step librdkafka eng/librdkafka/build.sh & running+=($!)
else
  [ -n "$quiet" ] || say "librdkafka is there"
fi
compgen -G "artifacts/native/*/*.so" > /dev/null || say "building the native libraries"
# These compare times themselves and do nothing when they are up to date.
for build in src/Torch/native/build.sh src/Trainer/Kernels/build.sh; do
  [ ! -e "$build" ] || { step "native library of $(basename "$(dirname "${build%/*}")")" "$build" & running+=($!); }
done
if [ -n "$tests" ]; then
  for package in tests/*/node/package.json; do
    folder=$(dirname "$package")
    [ -e "$package" ] && [ ! "$folder/node_modules/.package-lock.json" -nt "$package" ] || continue
    step "npm packages of $(basename "${folder%/node}")" npm_install "$folder" & running+=($!)
  done
fi

failed=
for job in "${running[@]}"; do wait "$job" || failed=yes; done
[ -z "$failed" ]
