// The C ABI between the managed TorchSharp API and libtorch.
//
// Operators are called by name through the dispatcher's boxed interface, so the shim is small and
// compiles unchanged against any libtorch from 1.13 on, CPU or CUDA. A tensor crosses the border as
// a pointer to a heap-allocated at::Tensor, which is also what TorchSharp's Tensor.Handle is.
//
// Functions that can fail return a negative number or null; rearm_error() then has the message.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <exception>
#include <string>

#define REARM_API extern "C" __attribute__((visibility("default")))

enum Tag : int32_t {
  kNone = 0,
  kTensor = 1,        // bits: at::Tensor*
  kInt = 2,           // bits: int64
  kDouble = 3,        // bits: double
  kBool = 4,          // bits: 0 or 1
  kIntList = 5,       // bits: int64_t*
  kTensorList = 6,    // bits: at::Tensor**
  kOptTensorList = 7, // bits: at::Tensor**, null entries are None
  kDevice = 8,        // bits: type << 16 | uint16 index (0xffff: the current one)
  kString = 9,        // bits: const char*
  kDoubleList = 10,   // bits: double*
};

// One argument or result of an operator.
struct Value {
  int32_t tag;
  int32_t count; // of a list
  int64_t bits;
};

void set_error(const std::string& message);

// Runs body and turns what it throws into rearm_error() and the given result.
template <typename R, typename F>
R guarded(R failed, F&& body) noexcept {
  try {
    return body();
  } catch (const c10::Error& e) {
    set_error(e.what_without_backtrace());
  } catch (const std::exception& e) {
    set_error(e.what());
  } catch (...) {
    set_error("unknown error in libtorch");
  }
  return failed;
}

inline at::Tensor* keep(at::Tensor t) { return new at::Tensor(std::move(t)); }
