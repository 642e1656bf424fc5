// Sparse matrices by coordinates. Their product with a dense one (mm) has a gradient to the dense side.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A sparse tensor.</summary>
    /// <param name="indices">Dimensions by entries, int64; the values of repeated coordinates add up.</param>
    /// <param name="values">One value per entry.</param>
    /// <param name="size">The shape.</param>
    /// <param name="dtype">The type of the elements, by default that of the values.</param>
    /// <param name="device">Where it lives, by default where the values do.</param>
    /// <param name="requires_grad">Whether gradients with respect to it are wanted.</param>
    /// <param name="names">Not supported: null.</param>
    public static Tensor sparse_coo_tensor(
        Tensor indices, Tensor values, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null)
    {
        var tensor = Aten.Call(
            "sparse_coo_tensor.indices_size", indices, values, size, dtype ?? values.dtype, (long)Layout.SparseCoo, device ?? values.device);
        return requires_grad ? tensor.requires_grad_() : tensor;
    }

    public partial class Tensor
    {
        /// <summary>The same numbers stored densely.</summary>
        public Tensor to_dense() => Aten.Call("to_dense", this);
        /// <summary>The coordinates of a sparse tensor's entries: dimensions by entries.</summary>
        public Tensor SparseIndices => Aten.Call("_indices", this);
        /// <summary>The values of a sparse tensor's entries.</summary>
        public Tensor SparseValues => Aten.Call("_values", this);

        /// <summary>With entries in order and none repeated; TorchSharp has no such method.</summary>
        internal Tensor Coalesce() => Aten.Call("coalesce", this);
    }
}
