#!/bin/sh
# Builds librearm_kernels.so, the trainer's fused kernels, into artifacts/native/<key>/ and prints where it is. Optional: without
# it the plain operators do the same, slower.
#
#   build.sh                    against Debian's libtorch (apt-get install libtorch-dev libopenblas0-pthread)
#   LIBTORCH=folder build.sh    against the libtorch in folder (include/ and lib/): a libtorch archive,
#                               a PyTorch wheel's torch/, CPU or CUDA
#
# Does nothing when the library is newer than its sources.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)

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

out=$root/artifacts/native/$key/librearm_kernels.so
if [ -f "$out" ] && [ -z "$(find "$here" -newer "$out" \( -name "*.cpp" -o -name "*.h" -o -name "*.sh" \) | head -n 1)" ] && [ "$out" -nt "$lib/libtorch_cpu.so" ]; then
  echo "$out (up to date)"
  exit 0
fi
mkdir -p "$(dirname "$out")"

# A libtorch is built with the old or the new std::string; ask one of its functions which.
abi=1
if nm -D --defined-only "$lib/libc10.so" 2>/dev/null | grep -q '_ZN3c105ErrorC[12]ENS_14SourceLocationESs$'; then abi=0; fi

libraries="-ltorch -ltorch_cpu -lc10"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
objects=
pids=
for source in "$here"/*.cpp; do
  object=$work/$(basename "$source" .cpp).o
  # No -march: the kernels choose their instructions when loaded (target_clones). No -ffast-math: NaN and infinity must be seen.
  ${CXX:-g++} -c -std=c++17 -O3 -fPIC -fvisibility=hidden -fno-math-errno -fno-trapping-math -ffp-contract=fast -fopenmp -w -D_GLIBCXX_USE_CXX11_ABI=$abi $include -o "$object" "$source" &
  pids="$pids $!"
  objects="$objects $object"
done
failed=
for pid in $pids; do wait "$pid" || failed=yes; done
[ -z "$failed" ] || exit 1
${CXX:-g++} -shared -o "$work/librearm_kernels.so" $objects $link -Wl,--no-as-needed $libraries
mv "$work/librearm_kernels.so" "$out"
echo "$out"
