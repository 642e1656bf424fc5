#!/usr/bin/env bash
# Confluent.Kafka's native half, librdkafka.redist, is not served by every registry. This builds it from the source that the
# npm package of the same release carries and puts it into artifacts/feed, where Directory.Build.props makes restores look.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=2.15.1                                   # Confluent.Kafka's version in Directory.Packages.props
source=@confluentinc/kafka-javascript@1.10.1     # its deps/librdkafka is that version
case $(uname -m) in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) echo "librdkafka: no build for $(uname -m); put librdkafka.redist.$version.nupkg into artifacts/feed" >&2; exit 1 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(
  cd "$work"
  npm pack --silent "$source" > tarball
  tar xzf "$(cat tarball)" --strip-components=3 package/deps/librdkafka
  ./configure --disable-lz4-ext --disable-gssapi --disable-curl --disable-debug-symbols
  make -C src -j"$(nproc)" librdkafka.so.1
  strip --strip-unneeded -o librdkafka.so src/librdkafka.so.1
)

dotnet pack eng/librdkafka/librdkafka.redist.csproj --disable-build-servers -v quiet -nologo \
  -p:Version="$version" -p:NativeLibrary="$work/librdkafka.so" -p:NativeRid="$rid" -o "$work/feed"
mkdir -p artifacts/feed
mv "$work/feed/librdkafka.redist.$version.nupkg" artifacts/feed/
