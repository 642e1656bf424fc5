// Views of other shapes, joining and splitting.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The tensors one after the other along a dimension.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Aten.Call("cat", Arg.List(Listed(tensors)), dim);
    /// <summary>The tensors one after the other along a dimension.</summary>
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    /// <summary>Tensors of one shape along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Aten.Call("stack", Arg.List([.. tensors]), dim);
    /// <summary>Tensors below one another.</summary>
    public static Tensor vstack(IList<Tensor> tensors) => Aten.Call("vstack", Arg.List(Listed(tensors)));
    /// <summary>Tensors beside one another.</summary>
    public static Tensor hstack(IList<Tensor> tensors) => Aten.Call("hstack", Arg.List(Listed(tensors)));
    /// <summary>Pieces of one size along a dimension; the last may be smaller.</summary>
    public static Tensor[] split(Tensor tensor, long split_size, long dim = 0) => tensor.split(split_size, dim);
    /// <summary>Pieces of the given sizes along a dimension.</summary>
    public static Tensor[] split(Tensor tensor, long[] split_size, long dim = 0) => tensor.split(split_size, dim);
    /// <summary>At most so many pieces along a dimension.</summary>
    public static Tensor[] chunk(Tensor input, long chunks, long dim = 0) => input.chunk(chunks, dim);
    /// <summary>The same elements in another shape.</summary>
    public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);
    /// <summary>Two dimensions exchanged.</summary>
    public static Tensor transpose(Tensor input, long dim0, long dim1) => input.transpose(dim0, dim1);
    /// <summary>A matrix transposed.</summary>
    public static Tensor t(Tensor input) => input.t();
    /// <summary>The dimensions in another order.</summary>
    public static Tensor permute(Tensor input, params long[] permutation) => input.permute(permutation);
    /// <summary>Without dimensions of size 1, or without this one.</summary>
    public static Tensor squeeze(Tensor input, long? dim = null) => input.squeeze(dim);
    /// <summary>With a new dimension of size 1.</summary>
    public static Tensor unsqueeze(Tensor input, long dim) => input.unsqueeze(dim);
    /// <summary>Several dimensions made one.</summary>
    public static Tensor flatten(Tensor input, long start_dim = 0, long end_dim = -1) => input.flatten(start_dim, end_dim);
    /// <summary>The slices along a dimension, without it.</summary>
    public static Tensor[] unbind(Tensor tensor, int dim = 0) => tensor.unbind(dim);
    /// <summary>In reverse order along some dimensions.</summary>
    public static Tensor flip(Tensor input, params long[] dims) => input.flip(dims);

    private static IReadOnlyList<Tensor> Listed(IList<Tensor> tensors) => tensors as IReadOnlyList<Tensor> ?? [.. tensors];

    public partial class Tensor
    {
        /// <summary>The same elements in another shape, without a copy if possible; one size may be -1.</summary>
        public Tensor reshape(params long[] shape) => Aten.Call("reshape", this, shape);
        /// <summary>The same memory in another shape; one size may be -1.</summary>
        public Tensor view(params long[] shape) => Aten.Call("view", this, shape);
        /// <summary>The same memory in the shape of another tensor.</summary>
        public Tensor view_as(Tensor other) => Aten.Call("view", this, other.shape);
        /// <summary>Several dimensions made one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Aten.Call("flatten.using_ints", this, start_dim, end_dim);
        /// <summary>Two dimensions exchanged; the same memory.</summary>
        public Tensor transpose(long dim0, long dim1) => Aten.Call("transpose.int", this, dim0, dim1);
        /// <summary>A matrix transposed; the same memory.</summary>
        public Tensor t() => Aten.Call("t", this);
        /// <summary>The dimensions in reverse order.</summary>
        public Tensor T => Aten.Call("numpy_T", this);
        /// <summary>The last two dimensions exchanged.</summary>
        public Tensor mT => Aten.Call("mT", this);
        /// <summary>The dimensions in another order; the same memory.</summary>
        public Tensor permute(params long[] permutation) => Aten.Call("permute", this, permutation);
        /// <summary>Without dimensions of size 1, or without this one.</summary>
        public Tensor squeeze(long? dim = null) => dim is { } d ? Aten.Call("squeeze.dim", this, d) : Aten.Call("squeeze", this);
        /// <summary>With a new dimension of size 1.</summary>
        public Tensor unsqueeze(long dim) => Aten.Call("unsqueeze", this, dim);
        /// <summary>Dimensions of size 1 repeated without a copy; -1 keeps a size.</summary>
        public Tensor expand(params long[] sizes) => Aten.Call("expand", this, sizes);
        /// <summary>Dimensions of size 1 repeated to another tensor's shape without a copy.</summary>
        public Tensor expand_as(Tensor other) => Aten.Call("expand_as", this, other);
        /// <summary>Copies along each dimension.</summary>
        public Tensor repeat(params long[] sizes) => Aten.Call("repeat", this, sizes);
        /// <summary>Each element repeated in turn.</summary>
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null)
            => Aten.Call("repeat_interleave.self_int", this, repeats, dim, output_size);
        /// <summary>The elements in row-major order without gaps; itself if they are already.</summary>
        public Tensor contiguous() => Aten.Call("contiguous", this);
        /// <summary>A copy; gradients flow through it.</summary>
        public Tensor clone() => Aten.Call("clone", this);
        /// <summary>In reverse order along some dimensions.</summary>
        public Tensor flip(params long[] dims) => Aten.Call("flip", this, dims);
        /// <summary>Pieces of one size along a dimension; the last may be smaller.</summary>
        public Tensor[] split(long size, long dim = 0) => Aten.CallList("split.Tensor", this, size, dim);
        /// <summary>Pieces of the given sizes along a dimension.</summary>
        public Tensor[] split(long[] sizes, long dim = 0) => Aten.CallList("split_with_sizes", this, sizes, dim);
        /// <summary>At most so many pieces along a dimension.</summary>
        public Tensor[] chunk(long chunks, long dim = 0) => Aten.CallList("chunk", this, chunks, dim);
        /// <summary>The slices along a dimension, without it.</summary>
        public Tensor[] unbind(long dimension = 0L) => Aten.CallList("unbind.int", this, dimension);
        /// <summary>A window of a size along a dimension; the same memory.</summary>
        public Tensor narrow(long dim, long start, long length) => Aten.Call("narrow", this, dim, start, length);
        /// <summary>Every step-th from start up to, without, finish; the same memory.</summary>
        public Tensor slice(long dim, long start, long finish, long step) => Aten.Call("slice.Tensor", this, dim, start, finish, step);
        /// <summary>One slice along a dimension, without it; the same memory.</summary>
        public Tensor select(long dim, long index) => Aten.Call("select.int", this, dim, index);
        /// <summary>The diagonal of a matrix, or a matrix with this diagonal.</summary>
        public Tensor diag(long diagonal = 0) => Aten.Call("diag", this, diagonal);
    }
}
