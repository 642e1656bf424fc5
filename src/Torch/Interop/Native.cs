using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The shim's functions; see native/shim.h.</summary>
internal static unsafe partial class Native
{
    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, TorchLibrary.Resolve);

    /// <summary>One argument or result of an operator, as the shim lays it out.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Value
    {
        internal Tag Tag;
        internal int Count;
        internal long Bits;
    }

    internal enum Tag
    {
        None = 0, Tensor = 1, Int = 2, Double = 3, Bool = 4, IntList = 5, TensorList = 6, OptionalTensorList = 7, Device = 8,
        String = 9, DoubleList = 10,
    }

    [LibraryImport(TorchLibrary.Name)] internal static partial nint rearm_error();
    [LibraryImport(TorchLibrary.Name)] internal static partial nint rearm_version();
    [LibraryImport(TorchLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rearm_operator(string name, string overload);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_call(nint op, Value* args, int count, Value* results, int capacity);
    [LibraryImport(TorchLibrary.Name)] internal static partial void rearm_free_list(nint list);

    [LibraryImport(TorchLibrary.Name)] internal static partial void rearm_dispose(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial nint rearm_alias(nint tensor);
    [LibraryImport(TorchLibrary.Name), SuppressGCTransition] internal static partial long rearm_dim(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_shape(nint tensor, long* shape, long* strides);
    [LibraryImport(TorchLibrary.Name)] internal static partial long rearm_numel(nint tensor);
    [LibraryImport(TorchLibrary.Name), SuppressGCTransition] internal static partial int rearm_dtype(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_layout(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_device_type(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_device_index(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_is_contiguous(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial nint rearm_data(nint tensor);

    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_requires_grad(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_is_leaf(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_set_requires_grad(nint tensor, int value);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_retain_grad(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial nint rearm_grad(nint tensor);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_set_grad(nint tensor, nint gradient);
    [LibraryImport(TorchLibrary.Name)]
    internal static partial int rearm_backward(nint* tensors, int count, nint* gradients, int gradientCount, int retainGraph, int createGraph);
    [LibraryImport(TorchLibrary.Name)]
    internal static partial int rearm_autograd_grad(
        nint* outputs, int outputCount, nint* inputs, int inputCount, nint* gradients, int gradientCount, int retainGraph,
        int createGraph, int allowUnused, nint* found);

    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_grad_mode();
    [LibraryImport(TorchLibrary.Name)] internal static partial void rearm_set_grad_mode(int enabled);
    [LibraryImport(TorchLibrary.Name)] internal static partial nint rearm_inference_begin(int enabled);
    [LibraryImport(TorchLibrary.Name)] internal static partial void rearm_inference_end(nint guard);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_is_inference();

    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_manual_seed(long seed);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_cuda_devices();
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_cuda_synchronize(int device);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_get_num_threads();
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_set_num_threads(int count);
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_get_num_interop_threads();
    [LibraryImport(TorchLibrary.Name)] internal static partial int rearm_set_num_interop_threads(int count);

    [LibraryImport(TorchLibrary.Name)]
    internal static partial int rearm_adamw(
        nint weight, nint gradient, nint average, nint square, double lr, double beta1, double beta2, double eps, double decay, long steps);

    /// <summary>Throws what the shim reported when a call failed.</summary>
    internal static void Check(int result, [CallerMemberName] string what = "")
    {
        if (result < 0)
            throw Error(what);
    }

    internal static ExternalException Error(string what) => new($"{what}: {Marshal.PtrToStringUTF8(rearm_error())}");
}
