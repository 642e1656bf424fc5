// Comparisons, element by element; the result is bool.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Whether each element is equal to its counterpart; shapes are broadcast.</summary>
    public static Tensor eq(Tensor left, Tensor right) => left.eq(right);
    /// <summary>Whether each element is different from its counterpart; shapes are broadcast.</summary>
    public static Tensor ne(Tensor left, Tensor right) => left.ne(right);
    /// <summary>Whether each element is less than its counterpart; shapes are broadcast.</summary>
    public static Tensor lt(Tensor left, Tensor right) => left.lt(right);
    /// <summary>Whether each element is at most its counterpart; shapes are broadcast.</summary>
    public static Tensor le(Tensor left, Tensor right) => left.le(right);
    /// <summary>Whether each element is greater than its counterpart; shapes are broadcast.</summary>
    public static Tensor gt(Tensor left, Tensor right) => left.gt(right);
    /// <summary>Whether each element is at least its counterpart; shapes are broadcast.</summary>
    public static Tensor ge(Tensor left, Tensor right) => left.ge(right);

    public partial class Tensor
    {
        /// <summary>Whether each element is equal to its counterpart; shapes are broadcast.</summary>
        public Tensor eq(Tensor target) => Aten.Call("eq.Tensor", this, target);
        /// <summary>Whether each element is equal to a number.</summary>
        public Tensor eq(Scalar target) => Aten.Call("eq.Scalar", this, target);
        /// <summary>Whether each element is different from its counterpart; shapes are broadcast.</summary>
        public Tensor ne(Tensor target) => Aten.Call("ne.Tensor", this, target);
        /// <summary>Whether each element is different from a number.</summary>
        public Tensor ne(Scalar target) => Aten.Call("ne.Scalar", this, target);
        /// <summary>Whether each element is less than its counterpart; shapes are broadcast.</summary>
        public Tensor lt(Tensor target) => Aten.Call("lt.Tensor", this, target);
        /// <summary>Whether each element is less than a number.</summary>
        public Tensor lt(Scalar target) => Aten.Call("lt.Scalar", this, target);
        /// <summary>Whether each element is at most its counterpart; shapes are broadcast.</summary>
        public Tensor le(Tensor target) => Aten.Call("le.Tensor", this, target);
        /// <summary>Whether each element is at most a number.</summary>
        public Tensor le(Scalar target) => Aten.Call("le.Scalar", this, target);
        /// <summary>Whether each element is greater than its counterpart; shapes are broadcast.</summary>
        public Tensor gt(Tensor target) => Aten.Call("gt.Tensor", this, target);
        /// <summary>Whether each element is greater than a number.</summary>
        public Tensor gt(Scalar target) => Aten.Call("gt.Scalar", this, target);
        /// <summary>Whether each element is at least its counterpart; shapes are broadcast.</summary>
        public Tensor ge(Tensor target) => Aten.Call("ge.Tensor", this, target);
        /// <summary>Whether each element is at least a number.</summary>
        public Tensor ge(Scalar target) => Aten.Call("ge.Scalar", this, target);

        /// <summary>Whether each element is equal to its counterpart: compare with null by <c>is null</c>.</summary>
        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);
        /// <summary>Whether each element is equal to a number.</summary>
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);
        /// <summary>Whether a number is equal to each element.</summary>
        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);
        /// <summary>Whether each element is different from its counterpart: compare with null by <c>is null</c>.</summary>
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);
        /// <summary>Whether each element is different from a number.</summary>
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);
        /// <summary>Whether a number is different from each element.</summary>
        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);
        /// <summary>Whether each element is less than its counterpart: compare with null by <c>is null</c>.</summary>
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);
        /// <summary>Whether each element is less than a number.</summary>
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);
        /// <summary>Whether a number is less than each element.</summary>
        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);
        /// <summary>Whether each element is at most its counterpart: compare with null by <c>is null</c>.</summary>
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);
        /// <summary>Whether each element is at most a number.</summary>
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);
        /// <summary>Whether a number is at most each element.</summary>
        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);
        /// <summary>Whether each element is greater than its counterpart: compare with null by <c>is null</c>.</summary>
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);
        /// <summary>Whether each element is greater than a number.</summary>
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);
        /// <summary>Whether a number is greater than each element.</summary>
        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);
        /// <summary>Whether each element is at least its counterpart: compare with null by <c>is null</c>.</summary>
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);
        /// <summary>Whether each element is at least a number.</summary>
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);
        /// <summary>Whether a number is at least each element.</summary>
        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);
    }
}
