namespace TorchSharp;

public static partial class torch
{
    /// <summary>An index of one dimension: a number, a slice, a tensor of indices or a mask, everything, or a new dimension.</summary>
    public readonly struct TensorIndex
    {
        internal enum Kind { All, Single, Slice, Tensor, Ellipsis, NewDimension }

        internal readonly Kind kind;
        internal readonly long? start;
        internal readonly long? stop;
        internal readonly long step;
        internal readonly Tensor? tensor;

        private TensorIndex(Kind kind, long? start = null, long? stop = null, long step = 1, Tensor? tensor = null)
            => (this.kind, this.start, this.stop, this.step, this.tensor) = (kind, start, stop, step, tensor);

        /// <summary>Every index of the dimension.</summary>
        public static TensorIndex Colon => new(Kind.All);
        /// <summary>Every dimension not named.</summary>
        public static TensorIndex Ellipsis => new(Kind.Ellipsis);
        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex None => new(Kind.NewDimension);

        /// <summary>From start up to, without, stop; negative counts from the end.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null)
            => new(Kind.Slice, start, stop, step ?? 1);

        /// <summary>One index, which removes the dimension.</summary>
        public static TensorIndex Single(long? index) => new(Kind.Single, index);
        /// <summary>Indices (int64) or a mask (bool).</summary>
        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, tensor: tensor);

        /// <summary>One index.</summary>
        public static implicit operator TensorIndex(long value) => Single(value);
        /// <summary>A slice.</summary>
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range.start, range.end);
        /// <summary>One index, from either end.</summary>
        public static implicit operator TensorIndex(Index value) => Single(value.IsFromEnd ? -value.Value : value.Value);

        /// <summary>A slice such as 2..^1.</summary>
        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value);
    }
}
