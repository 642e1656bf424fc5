// Picking and writing elements by index or mask.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The slices named by index along a dimension.</summary>
    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);
    /// <summary>Along a dimension the elements that index names, one by one.</summary>
    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);
    /// <summary>A copy with alpha source added to the slices that index names.</summary>
    public static Tensor index_add(Tensor input, long dim, Tensor index, Tensor source, Scalar alpha) => input.index_add(dim, index, source, alpha);
    /// <summary>x where the condition holds, else y.</summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Aten.Call("where.self", condition, x, y);
    /// <summary>The elements where mask holds, 1-D.</summary>
    public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);
    /// <summary>The indices of elements that are not zero, a row each.</summary>
    public static Tensor nonzero(Tensor input) => input.nonzero();
    /// <summary>The elements at these places in row-major order.</summary>
    public static Tensor take(Tensor input, Tensor index) => input.take(index);

    public partial class Tensor
    {
        /// <summary>Elements by indices, slices and masks; writing copies into them.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>Elements by tensors of indices or masks; writing copies into them.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>A slice of the first dimension.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Write(value, i1);
        }

        /// <summary>A slice of the first two dimensions.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => Write(value, i1, i2);
        }

        /// <summary>A slice of the first three dimensions.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(i1, i2, i3);
            set => Write(value, i1, i2, i3);
        }

        /// <summary>Elements by indices, slices and masks.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            var (view, tensors, owned) = Resolve(indices);
            if (tensors is null)
                return owned ? view : view.alias();
            var result = Aten.Call("index.Tensor", view, Arg.Indices(tensors));
            if (owned)
                view.Dispose();
            return result;
        }

        /// <summary>Elements by tensors of indices or masks, one for each leading dimension.</summary>
        public Tensor index(params Tensor[] indices) => Aten.Call("index.Tensor", this, Arg.Indices(indices));

        /// <summary>Writes value, which is broadcast, to the elements that the indices name.</summary>
        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            var (view, tensors, owned) = Resolve(indices);
            if (tensors is null)
                view.copy_(value);
            else
                Aten.CallInPlace("index_put_", view, Arg.Indices(tensors), value);
            if (owned)
                view.Dispose();
            return this;
        }

        /// <summary>Writes value, which is broadcast, to the elements that the tensors of indices or masks name.</summary>
        public Tensor index_put_(Tensor value, params Tensor[] indices) => Aten.CallInPlace("index_put_", this, Arg.Indices(indices), value);

        /// <summary>Writes a number to the elements that the indices name.</summary>
        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var number = full([], value, dtype, device).DetachFromDisposeScope();
            return index_put_(number, indices);
        }

        /// <summary>The slices named by index (1-D, int32 or int64) along a dimension.</summary>
        public Tensor index_select(long dim, Tensor index) => Aten.Call("index_select", this, dim, index);
        /// <summary>Along a dimension the elements that index names, in index's shape.</summary>
        public Tensor gather(long dim, Tensor index) => Aten.Call("gather", this, dim, index);
        /// <summary>A copy with alpha source added to the slices that index names.</summary>
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Aten.Call("index_add", this, dim, Int64(index), source, alpha);
        /// <summary>Adds alpha source in place to the slices that index names; repeated ones add up.</summary>
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
            => Aten.CallInPlace("index_add_", this, dim, Int64(index), source, alpha);
        /// <summary>A copy with the slices of source at the places that index names.</summary>
        public Tensor index_copy(long dim, Tensor index, Tensor source) => Aten.Call("index_copy", this, dim, Int64(index), source);
        /// <summary>Copies the slices of source in place to where index names.</summary>
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Aten.CallInPlace("index_copy_", this, dim, Int64(index), source);
        /// <summary>A copy with the elements of src at the places that index names along a dimension.</summary>
        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.Call("scatter.src", this, dim, index, src);
        /// <summary>Copies the elements of src in place to where index names along a dimension.</summary>
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Aten.CallInPlace("scatter_.src", this, dim, index, src);
        /// <summary>A copy with the elements of src added at the places that index names along a dimension.</summary>
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Aten.Call("scatter_add", this, dim, index, src);
        /// <summary>Adds the elements of src in place where index names along a dimension.</summary>
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Aten.CallInPlace("scatter_add_", this, dim, index, src);
        /// <summary>A copy with value where mask holds.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.Call("masked_fill.Scalar", this, mask, value);
        /// <summary>Writes value in place where mask holds.</summary>
        public Tensor masked_fill_(Tensor mask, Scalar value) => Aten.CallInPlace("masked_fill_.Scalar", this, mask, value);
        /// <summary>The elements where mask holds, 1-D.</summary>
        public Tensor masked_select(Tensor mask) => Aten.Call("masked_select", this, mask);
        /// <summary>This where the condition holds, else y.</summary>
        public Tensor where(Tensor condition, Tensor y) => Aten.Call("where.self", condition, this, y);
        /// <summary>The indices of elements that are not zero, a row each.</summary>
        public Tensor nonzero() => Aten.Call("nonzero", this);
        /// <summary>The elements at these places in row-major order.</summary>
        public Tensor take(Tensor index) => Aten.Call("take", this, index);

        private static Tensor Int64(Tensor index)
            => index.dtype == ScalarType.Int64 ? index : throw new ArgumentException("Element type of 'index' must be 'Int64'");

        private void Write(Tensor value, params long[] indices) => index_put_(value, Array.ConvertAll(indices, i => (TensorIndex)i));

        /// <summary>
        /// Applies the indices that are views one by one; the tensors that remain are for index or index_put_, after the
        /// fashion of Python's indexing. The view is owned when it is not this tensor.
        /// </summary>
        private (Tensor View, Tensor?[]? Tensors, bool Owned) Resolve(TensorIndex[] indices)
        {
            var view = this;
            var tensors = new List<Tensor?>();
            long dimension = 0;
            var consumed = indices.Sum(i => i.kind switch
            {
                TensorIndex.Kind.Ellipsis or TensorIndex.Kind.NewDimension => 0,
                TensorIndex.Kind.Tensor => i.tensor!.dtype == ScalarType.Bool ? i.tensor.ndim : 1,
                _ => 1,
            });
            foreach (var index in indices)
            {
                switch (index.kind)
                {
                    case TensorIndex.Kind.All:
                        dimension++;
                        break;
                    case TensorIndex.Kind.Single:
                        Advance(view.select(dimension, index.start!.Value));
                        break;
                    case TensorIndex.Kind.Slice:
                        Advance(Aten.Call("slice.Tensor", view, dimension++, index.start, index.stop, index.step));
                        break;
                    case TensorIndex.Kind.NewDimension:
                        Advance(view.unsqueeze(dimension++));
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        dimension += Math.Max(0, ndim - consumed);
                        break;
                    case TensorIndex.Kind.Tensor:
                        while (tensors.Count < dimension)
                            tensors.Add(null);
                        tensors.Add(index.tensor);
                        dimension += index.tensor!.dtype == ScalarType.Bool ? index.tensor.ndim : 1;
                        break;
                }
            }
            return (view, tensors.Count == 0 ? null : [.. tensors], !ReferenceEquals(view, this));

            void Advance(Tensor next)
            {
                if (!ReferenceEquals(view, this))
                    view.Dispose();
                view = next;
            }
        }
    }
}
