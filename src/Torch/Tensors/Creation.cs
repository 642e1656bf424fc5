// Tensors filled with one number, a range or random numbers.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    private static ScalarType defaultDtype = ScalarType.Float32;

    /// <summary>The type of tensors whose type is not given.</summary>
    public static ScalarType get_default_dtype() => defaultDtype;
    /// <summary>Sets the type of tensors whose type is not given.</summary>
    public static void set_default_dtype(ScalarType dtype) => defaultDtype = dtype;

    /// <summary>A tensor of this shape, all 0.</summary>
    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Tracked(Aten.Call("zeros", size, dtype ?? defaultDtype, Arg.None, device ?? CPU), requires_grad);
    /// <summary>A tensor of this shape, all 0.</summary>
    public static Tensor zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => zeros(size.ToArray(), dtype, device, requires_grad);
    /// <summary>A tensor of 1 dimension, all 0.</summary>
    public static Tensor zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => zeros([size], dtype, device, requires_grad);
    /// <summary>A tensor of 2 dimensions, all 0.</summary>
    public static Tensor zeros(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => zeros([rows, columns], dtype, device, requires_grad);
    /// <summary>A tensor of 3 dimensions, all 0.</summary>
    public static Tensor zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => zeros([dim0, dim1, dim2], dtype, device, requires_grad);
    /// <summary>A tensor of 4 dimensions, all 0.</summary>
    public static Tensor zeros(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => zeros([dim0, dim1, dim2, dim3], dtype, device, requires_grad);
    /// <summary>A tensor of the shape of another, all 0; its type and device unless told otherwise.</summary>
    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => zeros(input.shape, dtype ?? input.dtype, device ?? input.device, requires_grad);

    /// <summary>A tensor of this shape, all 1.</summary>
    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Tracked(Aten.Call("ones", size, dtype ?? defaultDtype, Arg.None, device ?? CPU), requires_grad);
    /// <summary>A tensor of this shape, all 1.</summary>
    public static Tensor ones(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => ones(size.ToArray(), dtype, device, requires_grad);
    /// <summary>A tensor of 1 dimension, all 1.</summary>
    public static Tensor ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => ones([size], dtype, device, requires_grad);
    /// <summary>A tensor of 2 dimensions, all 1.</summary>
    public static Tensor ones(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => ones([rows, columns], dtype, device, requires_grad);
    /// <summary>A tensor of 3 dimensions, all 1.</summary>
    public static Tensor ones(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => ones([dim0, dim1, dim2], dtype, device, requires_grad);
    /// <summary>A tensor of 4 dimensions, all 1.</summary>
    public static Tensor ones(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => ones([dim0, dim1, dim2, dim3], dtype, device, requires_grad);
    /// <summary>A tensor of the shape of another, all 1; its type and device unless told otherwise.</summary>
    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => ones(input.shape, dtype ?? input.dtype, device ?? input.device, requires_grad);

    /// <summary>A tensor of this shape, not filled.</summary>
    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Tracked(Aten.Call("empty.memory_format", size, dtype ?? defaultDtype, Arg.None, device ?? CPU), requires_grad);
    /// <summary>A tensor of this shape, not filled.</summary>
    public static Tensor empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => empty(size.ToArray(), dtype, device, requires_grad);
    /// <summary>A tensor of 1 dimension, not filled.</summary>
    public static Tensor empty(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => empty([size], dtype, device, requires_grad);
    /// <summary>A tensor of 2 dimensions, not filled.</summary>
    public static Tensor empty(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => empty([rows, columns], dtype, device, requires_grad);
    /// <summary>A tensor of 3 dimensions, not filled.</summary>
    public static Tensor empty(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => empty([dim0, dim1, dim2], dtype, device, requires_grad);
    /// <summary>A tensor of 4 dimensions, not filled.</summary>
    public static Tensor empty(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => empty([dim0, dim1, dim2, dim3], dtype, device, requires_grad);
    /// <summary>A tensor of the shape of another, not filled; its type and device unless told otherwise.</summary>
    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => empty(input.shape, dtype ?? input.dtype, device ?? input.device, requires_grad);

    /// <summary>A tensor of this shape, uniform random in [0, 1).</summary>
    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => Tracked(Aten.Call("rand", size, dtype ?? defaultDtype, Arg.None, device ?? CPU), requires_grad);
    /// <summary>A tensor of this shape, uniform random in [0, 1).</summary>
    public static Tensor rand(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => rand(size.ToArray(), dtype, device, requires_grad);
    /// <summary>A tensor of 1 dimension, uniform random in [0, 1).</summary>
    public static Tensor rand(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => rand([size], dtype, device, requires_grad);
    /// <summary>A tensor of 2 dimensions, uniform random in [0, 1).</summary>
    public static Tensor rand(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => rand([rows, columns], dtype, device, requires_grad);
    /// <summary>A tensor of 3 dimensions, uniform random in [0, 1).</summary>
    public static Tensor rand(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => rand([dim0, dim1, dim2], dtype, device, requires_grad);
    /// <summary>A tensor of 4 dimensions, uniform random in [0, 1).</summary>
    public static Tensor rand(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => rand([dim0, dim1, dim2, dim3], dtype, device, requires_grad);
    /// <summary>A tensor of the shape of another, uniform random in [0, 1); its type and device unless told otherwise.</summary>
    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => rand(input.shape, dtype ?? input.dtype, device ?? input.device, requires_grad);

    /// <summary>A tensor of this shape, normal random with mean 0 and variance 1.</summary>
    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => Tracked(Aten.Call("randn", size, dtype ?? defaultDtype, Arg.None, device ?? CPU), requires_grad);
    /// <summary>A tensor of this shape, normal random with mean 0 and variance 1.</summary>
    public static Tensor randn(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => randn(size.ToArray(), dtype, device, requires_grad);
    /// <summary>A tensor of 1 dimension, normal random with mean 0 and variance 1.</summary>
    public static Tensor randn(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => randn([size], dtype, device, requires_grad);
    /// <summary>A tensor of 2 dimensions, normal random with mean 0 and variance 1.</summary>
    public static Tensor randn(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => randn([rows, columns], dtype, device, requires_grad);
    /// <summary>A tensor of 3 dimensions, normal random with mean 0 and variance 1.</summary>
    public static Tensor randn(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => randn([dim0, dim1, dim2], dtype, device, requires_grad);
    /// <summary>A tensor of 4 dimensions, normal random with mean 0 and variance 1.</summary>
    public static Tensor randn(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => randn([dim0, dim1, dim2, dim3], dtype, device, requires_grad);
    /// <summary>A tensor of the shape of another, normal random with mean 0 and variance 1; its type and device unless told otherwise.</summary>
    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => randn(input.shape, dtype ?? input.dtype, device ?? input.device, requires_grad);

    /// <summary>A tensor of this shape, every element value.</summary>
    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Tracked(Aten.Call("full", size, value, dtype ?? TypeOf(value), Arg.None, device ?? CPU), requires_grad);
    /// <summary>A vector of this size, every element value.</summary>
    public static Tensor full(long size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => full([size], value, dtype, device, requires_grad);
    /// <summary>A matrix, every element value.</summary>
    public static Tensor full(long rows, long columns, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => full([rows, columns], value, dtype, device, requires_grad);

    /// <summary>A tensor of the shape of another, every element value.</summary>
    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => full(input.shape, value, dtype ?? input.dtype, device ?? input.device, requires_grad);

    /// <summary>The identity matrix.</summary>
    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Tracked(Aten.Call("eye.m", rows, columns < 0 ? rows : columns, dtype ?? defaultDtype, Arg.None, device ?? CPU), requires_grad);

    /// <summary>0, 1, ... up to, without, stop.</summary>
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => arange(0L, stop, 1L, dtype, device, requires_grad);
    /// <summary>start, start + 1, ... up to, without, stop.</summary>
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => arange(start, stop, 1L, dtype, device, requires_grad);
    /// <summary>start, start + step, ... up to, without, stop.</summary>
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Tracked(Aten.Call("arange.start_step", start, stop, step, dtype, Arg.None, device ?? CPU), requires_grad);
    /// <summary>So many numbers from start to end, both included, evenly spaced.</summary>
    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Tracked(Aten.Call("linspace", start, end, steps, dtype ?? defaultDtype, Arg.None, device ?? CPU), requires_grad);

    /// <summary>Uniform random integers in [0, high).</summary>
    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null)
        => randint(0, high, size, dtype, device, requires_grad, generator);
    /// <summary>Uniform random integers in [low, high).</summary>
    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null)
        => Tracked(Aten.Call("randint.low", low, high, size, dtype ?? ScalarType.Int64, Arg.None, device ?? CPU), requires_grad);
    /// <summary>0 ... n - 1 in random order.</summary>
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null)
        => Tracked(Aten.Call("randperm", n, dtype ?? ScalarType.Int64, Arg.None, device ?? CPU), requires_grad);
    /// <summary>Draws indices with probabilities in proportion to the elements of each row.</summary>
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null)
        => Aten.Call("multinomial", input, num_samples, replacement);

    private static ScalarType TypeOf(Scalar value) => value.Kind switch
    {
        Scalar.ScalarKind.Integer => ScalarType.Int64,
        Scalar.ScalarKind.Boolean => ScalarType.Bool,
        _ => defaultDtype,
    };

    private static Tensor Tracked(Tensor tensor, bool requires_grad) => requires_grad ? tensor.requires_grad_() : tensor;
}
