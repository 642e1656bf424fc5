#!/bin/sh
# Builds librearm_torch.so, the shim between src/Torch and a libtorch; see eng/build-native.sh.
here=$(dirname "$0")
exec "$here/../../../eng/build-native.sh" "$here" librearm_torch
