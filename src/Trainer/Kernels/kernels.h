// The C ABI of REARM's fused kernels: float32 on the CPU, forward and backward, seen by autograd as one operator each.
//
// A tensor crosses the border as a pointer to a heap-allocated at::Tensor, which is what TorchSharp's Tensor.Handle is; a returned
// one is the caller's. Functions that can fail return null; rearm_kernels_error() then has the message.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstdint>
#include <exception>
#include <string>

#define REARM_API extern "C" __attribute__((visibility("default")))

// The build's baseline is plain x86-64; the loops that matter are compiled once more for what the machine may have.
#if defined(__x86_64__) && !defined(__clang__) && __GNUC__ >= 12
#define REARM_WIDEST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define REARM_WIDEST
#endif

void set_error(const std::string& message);

template <typename F>
at::Tensor* guarded(F&& body) noexcept {
  try {
    return new at::Tensor(body());
  } catch (const c10::Error& e) {
    set_error(e.what_without_backtrace());
  } catch (const std::exception& e) {
    set_error(e.what());
  } catch (...) {
    set_error("unknown error in a kernel");
  }
  return nullptr;
}
