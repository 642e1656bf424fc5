#!/bin/sh
# Builds librearm_kernels.so, the trainer's fused kernels; see eng/build-native.sh. Optional: without it the plain operators do the same,
# slower. No -march: the kernels choose their instructions when loaded (target_clones). No -ffast-math: NaN and infinity must be seen.
here=$(dirname "$0")
exec "$here/../../../eng/build-native.sh" "$here" librearm_kernels -fno-trapping-math -ffp-contract=fast -fopenmp
