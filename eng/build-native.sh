#!/bin/sh
# Builds the C++ sources of a folder into artifacts/native/<key>/NAME.so against a libtorch, and prints where it is.
#
#   build-native.sh FOLDER NAME [COMPILER FLAG ...]
#
# Against Debian's libtorch (apt-get install libtorch-dev libopenblas0-pthread), or with LIBTORCH=folder against the one in that folder
# (include/ and lib/): a libtorch archive or a PyTorch wheel's torch/, CPU or CUDA. Each libtorch has a key and a folder of its own.
# Does nothing when the library is newer than its sources.
set -eu
sources=$(cd "$1" && pwd)
name=$2
shift 2
root=$(cd "$(dirname "$0")/.." && pwd)

if [ -n "${LIBTORCH:-}" ]; then
  libtorch=$(cd "$LIBTORCH" && pwd -P)
  if [ ! -f "$libtorch/include/ATen/ATen.h" ] || [ ! -f "$libtorch/lib/libtorch_cpu.so" ]; then
    echo "LIBTORCH=$LIBTORCH has no include/ATen/ATen.h or lib/libtorch_cpu.so: name the folder that holds include/ and lib/" >&2
    exit 1
  fi
  # The managed loader derives the same key from the same path.
  key=libtorch-$(printf %s "$libtorch" | sha256sum | cut -c1-12)
  include="-isystem $libtorch/include -isystem $libtorch/include/torch/csrc/api/include"
  lib=$libtorch/lib
  link="-L$lib -Wl,-rpath,$lib -Wl,--disable-new-dtags -Wl,-rpath-link,$lib"
else
  key=debian
  include=
  lib=$(ldconfig -p 2>/dev/null | sed -n 's/.*libtorch_cpu\.so.* => \(.*\)\/libtorch_cpu\.so.*/\1/p' | head -n 1)
  [ -n "$lib" ] || lib=/usr/lib/$(uname -m)-linux-gnu
  if [ ! -f /usr/include/ATen/ATen.h ]; then
    echo "libtorch is missing. Run: apt-get install libtorch-dev libopenblas0-pthread" >&2
    echo "or name another libtorch's folder: LIBTORCH=/path/to/libtorch" >&2
    exit 1
  fi
  link=
fi

out=$root/artifacts/native/$key/$name.so
newer=$(find "$0" "$sources" \( -name '*.cpp' -o -name '*.h' -o -name '*.sh' \) -newer "$out" 2>/dev/null | head -n 1)
if [ -f "$out" ] && [ -z "$newer" ] && [ "$out" -nt "$lib/libtorch_cpu.so" ]; then
  echo "$out (up to date)"
  exit 0
fi
mkdir -p "$(dirname "$out")"

# A libtorch is built with the old or the new std::string; ask one of its functions which.
abi=1
if nm -D --defined-only "$lib/libc10.so" 2>/dev/null | grep -q '_ZN3c105ErrorC[12]ENS_14SourceLocationESs$'; then abi=0; fi

# Nothing of ours names a symbol of libtorch_cuda, so the linker would drop it, and with it every CUDA kernel.
libraries="-ltorch -ltorch_cpu -lc10"
if [ -f "$lib/libtorch_cuda.so" ]; then libraries="$libraries -ltorch_cuda -lc10_cuda"; fi

# Beside the target, so that the move into place is atomic.
work=$(mktemp -d "$(dirname "$out")/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
objects=
pids=
for source in "$sources"/*.cpp; do
  object=$work/$(basename "$source" .cpp).o
  # Finite arithmetic is kept: -fno-math-errno only frees the loops of errno, so that sqrt vectorises.
  ${CXX:-g++} -c -std=c++17 -O3 -fPIC -fvisibility=hidden -fno-math-errno "$@" -w -D_GLIBCXX_USE_CXX11_ABI=$abi $include -o "$object" "$source" &
  pids="$pids $!"
  objects="$objects $object"
done
failed=
for pid in $pids; do wait "$pid" || failed=yes; done
[ -z "$failed" ] || exit 1
${CXX:-g++} -shared -o "$work/$name.so" $objects $link -Wl,--no-as-needed $libraries
mv "$work/$name.so" "$out"
echo "$out"
