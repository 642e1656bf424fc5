// Devices, threads and random numbers.
#include "shim.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
// Debian keeps libtorch's C++ API, where the version lives, off the default include path.
#if __has_include(<torch/version.h>)
#include <torch/version.h>
#else
#include <torch/csrc/api/include/torch/version.h>
#endif

REARM_API const char* rearm_version() { return TORCH_VERSION; }

REARM_API int32_t rearm_manual_seed(int64_t seed) {
  return guarded<int32_t>(-1, [&] { at::manual_seed(static_cast<uint64_t>(seed)); return 0; });
}

REARM_API int32_t rearm_cuda_devices() {
  return guarded<int32_t>(0, [&] { return at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs()) : 0; });
}

REARM_API int32_t rearm_cuda_synchronize(int32_t device) {
  return guarded<int32_t>(-1, [&] { at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(device)); return 0; });
}

REARM_API int32_t rearm_get_num_threads() { return at::get_num_threads(); }
REARM_API int32_t rearm_set_num_threads(int32_t count) {
  return guarded<int32_t>(-1, [&] { at::set_num_threads(count); return 0; });
}
REARM_API int32_t rearm_get_num_interop_threads() { return at::get_num_interop_threads(); }
REARM_API int32_t rearm_set_num_interop_threads(int32_t count) {
  return guarded<int32_t>(-1, [&] { at::set_num_interop_threads(count); return 0; });
}
