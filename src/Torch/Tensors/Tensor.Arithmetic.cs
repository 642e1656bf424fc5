// Arithmetic between tensors, and between a tensor and a number; shapes are broadcast.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Sets how a quotient is rounded.</summary>
    public enum RoundingMode
    {
        /// <summary>Not at all.</summary>
        None,
        /// <summary>Towards zero.</summary>
        trunc,
        /// <summary>Down.</summary>
        floor,
    }

    /// <summary>left + right.</summary>
    public static Tensor add(Tensor left, Tensor right) => left.add(right);
    /// <summary>left + right.</summary>
    public static Tensor add(Tensor left, Scalar right) => left.add(right);
    /// <summary>left + alpha right.</summary>
    public static Tensor add(Tensor left, Tensor right, Scalar alpha) => left.add(right, alpha);
    /// <summary>left - right.</summary>
    public static Tensor sub(Tensor left, Tensor right) => left.sub(right);
    /// <summary>left - right.</summary>
    public static Tensor sub(Tensor left, Scalar right) => left.sub(right);
    /// <summary>left right, element by element.</summary>
    public static Tensor mul(Tensor left, Tensor right) => left.mul(right);
    /// <summary>left right.</summary>
    public static Tensor mul(Tensor left, Scalar right) => left.mul(right);
    /// <summary>left / right.</summary>
    public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);
    /// <summary>left / right.</summary>
    public static Tensor div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);
    /// <summary>Each element to a power.</summary>
    public static Tensor pow(Tensor left, Tensor exponent) => left.pow(exponent);
    /// <summary>Each element to a power.</summary>
    public static Tensor pow(Tensor left, Scalar exponent) => left.pow(exponent);
    /// <summary>The larger of each pair.</summary>
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);
    /// <summary>The smaller of each pair.</summary>
    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);
    /// <summary>Each element moved into [min, max].</summary>
    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);
    /// <summary>Each element, or min where it is smaller.</summary>
    public static Tensor clamp_min(Tensor input, Scalar min) => input.clamp_min(min);
    /// <summary>Each element, or max where it is larger.</summary>
    public static Tensor clamp_max(Tensor input, Scalar max) => input.clamp_max(max);
    /// <summary>start + weight (end - start).</summary>
    public static Tensor lerp(Tensor input, Tensor end, Tensor weight) => input.lerp(end, weight);

    public partial class Tensor
    {
        /// <summary>-x of each element.</summary>
        public Tensor negative() => neg();
        /// <summary>this + target.</summary>
        public Tensor add(Tensor target) => Aten.Call("add.Tensor", this, target);
        /// <summary>this + alpha target.</summary>
        public Tensor add(Tensor target, Scalar alpha) => Aten.Call("add.Tensor", this, target, alpha);
        /// <summary>this + scalar.</summary>
        public Tensor add(Scalar scalar) => Aten.Call("add.Scalar", this, scalar);
        /// <summary>this + alpha scalar.</summary>
        public Tensor add(Scalar scalar, Scalar alpha) => Aten.Call("add.Scalar", this, scalar, alpha);
        /// <summary>Adds target in place.</summary>
        public Tensor add_(Tensor target) => Aten.CallInPlace("add_.Tensor", this, target);
        /// <summary>Adds alpha target in place.</summary>
        public Tensor add_(Tensor target, Scalar alpha) => Aten.CallInPlace("add_.Tensor", this, target, alpha);
        /// <summary>Adds a number in place.</summary>
        public Tensor add_(Scalar scalar) => Aten.CallInPlace("add_.Scalar", this, scalar);
        /// <summary>Adds alpha scalar in place.</summary>
        public Tensor add_(Scalar scalar, Scalar alpha) => Aten.CallInPlace("add_.Scalar", this, scalar, alpha);

        /// <summary>this - target.</summary>
        public Tensor sub(Tensor target) => Aten.Call("sub.Tensor", this, target);
        /// <summary>this - scalar.</summary>
        public Tensor sub(Scalar scalar) => Aten.Call("sub.Scalar", this, scalar);
        /// <summary>Subtracts target in place.</summary>
        public Tensor sub_(Tensor target) => Aten.CallInPlace("sub_.Tensor", this, target);
        /// <summary>Subtracts a number in place.</summary>
        public Tensor sub_(Scalar scalar) => Aten.CallInPlace("sub_.Scalar", this, scalar);

        /// <summary>this target, element by element.</summary>
        public Tensor mul(Tensor target) => Aten.Call("mul.Tensor", this, target);
        /// <summary>this target.</summary>
        public Tensor mul(Scalar target) => Aten.Call("mul.Scalar", this, target);
        /// <summary>Multiplies by target in place, element by element.</summary>
        public Tensor mul_(Tensor target) => Aten.CallInPlace("mul_.Tensor", this, target);
        /// <summary>Multiplies by a number in place.</summary>
        public Tensor mul_(Scalar target) => Aten.CallInPlace("mul_.Scalar", this, target);

        /// <summary>this / target.</summary>
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None
                ? Aten.Call("div.Tensor", this, target)
                : Aten.Call("div.Tensor_mode", this, target, rounding_mode.ToString());

        /// <summary>this / target.</summary>
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None
                ? Aten.Call("div.Scalar", this, target)
                : Aten.Call("div.Scalar_mode", this, target, rounding_mode.ToString());

        /// <summary>Divides by target in place.</summary>
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None
                ? Aten.CallInPlace("div_.Tensor", this, target)
                : Aten.CallInPlace("div_.Tensor_mode", this, target, rounding_mode.ToString());

        /// <summary>Divides by a number in place.</summary>
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None
                ? Aten.CallInPlace("div_.Scalar", this, target)
                : Aten.CallInPlace("div_.Scalar_mode", this, target, rounding_mode.ToString());

        /// <summary>The remainder of a division, with the sign of other.</summary>
        public Tensor remainder(Tensor other) => Aten.Call("remainder.Tensor", this, other);
        /// <summary>The remainder of a division, with the sign of other.</summary>
        public Tensor remainder(Scalar other) => Aten.Call("remainder.Scalar", this, other);
        /// <summary>Each element to a power.</summary>
        public Tensor pow(Tensor exponent) => Aten.Call("pow.Tensor_Tensor", this, exponent);
        /// <summary>Each element to a power.</summary>
        public Tensor pow(Scalar exponent) => Aten.Call("pow.Tensor_Scalar", this, exponent);
        /// <summary>Each element to a power, in place.</summary>
        public Tensor pow_(Scalar exponent) => Aten.CallInPlace("pow_.Scalar", this, exponent);

        /// <summary>this + value tensor1 tensor2, element by element.</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.Call("addcmul", this, tensor1, tensor2, value);
        /// <summary>Adds value tensor1 tensor2 in place, element by element.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.CallInPlace("addcmul_", this, tensor1, tensor2, value);
        /// <summary>this + value tensor1 / tensor2, element by element.</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.Call("addcdiv", this, tensor1, tensor2, value);
        /// <summary>Adds value tensor1 / tensor2 in place, element by element.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.CallInPlace("addcdiv_", this, tensor1, tensor2, value);

        /// <summary>The larger of each pair.</summary>
        public Tensor maximum(Tensor other) => Aten.Call("maximum", this, other);
        /// <summary>The smaller of each pair.</summary>
        public Tensor minimum(Tensor other) => Aten.Call("minimum", this, other);
        /// <summary>Each element moved into [min, max]; a bound left out does not bind.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.Call("clamp", this, min, max);
        /// <summary>Moves each element into [min, max] in place.</summary>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Aten.CallInPlace("clamp_", this, min, max);
        /// <summary>Each element, or min where it is smaller.</summary>
        public Tensor clamp_min(Scalar min) => Aten.Call("clamp_min", this, min);
        /// <summary>Raises each element to min in place.</summary>
        public Tensor clamp_min_(Scalar min) => Aten.CallInPlace("clamp_min_", this, min);
        /// <summary>Each element, or max where it is larger.</summary>
        public Tensor clamp_max(Scalar max) => Aten.Call("clamp_max", this, max);
        /// <summary>Lowers each element to max in place.</summary>
        public Tensor clamp_max_(Scalar max) => Aten.CallInPlace("clamp_max_", this, max);
        /// <summary>this + weight (end - this).</summary>
        public Tensor lerp(Tensor end, Tensor weight) => Aten.Call("lerp.Tensor", this, end, weight);
        /// <summary>Moves towards end by weight, in place.</summary>
        public Tensor lerp_(Tensor end, Tensor weight) => Aten.CallInPlace("lerp_.Tensor", this, end, weight);

        /// <summary>Both are not zero.</summary>
        public Tensor logical_and(Tensor other) => Aten.Call("logical_and", this, other);
        /// <summary>One is not zero.</summary>
        public Tensor logical_or(Tensor other) => Aten.Call("logical_or", this, other);
        /// <summary>Bit by bit; of bool, both.</summary>
        public Tensor bitwise_and(Tensor other) => Aten.Call("bitwise_and.Tensor", this, other);
        /// <summary>Bit by bit; of bool, either.</summary>
        public Tensor bitwise_or(Tensor other) => Aten.Call("bitwise_or.Tensor", this, other);

        /// <summary>left + right.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);
        /// <summary>left + right.</summary>
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);
        /// <summary>left + right.</summary>
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);
        /// <summary>left - right.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);
        /// <summary>left - right.</summary>
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);
        /// <summary>left - right.</summary>
        public static Tensor operator -(Scalar left, Tensor right) => Aten.Call("rsub.Scalar", right, left);
        /// <summary>left right, element by element.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);
        /// <summary>left right.</summary>
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);
        /// <summary>left right.</summary>
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);
        /// <summary>left / right.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);
        /// <summary>left / right.</summary>
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);
        /// <summary>left / right.</summary>
        public static Tensor operator /(Scalar left, Tensor right)
        {
            using var inverse = new Tensor(Aten.Call("reciprocal", right).MoveHandle(), register: false);
            return inverse.mul(left);
        }
        /// <summary>The remainder of a division, with the sign of right.</summary>
        public static Tensor operator %(Tensor left, Tensor right) => left.remainder(right);
        /// <summary>The remainder of a division, with the sign of right.</summary>
        public static Tensor operator %(Tensor left, Scalar right) => left.remainder(right);
        /// <summary>-x of each element.</summary>
        public static Tensor operator -(Tensor tensor) => tensor.neg();
        /// <summary>Bit by bit; of bool, both.</summary>
        public static Tensor operator &(Tensor left, Tensor right) => left.bitwise_and(right);
        /// <summary>Bit by bit; of bool, either.</summary>
        public static Tensor operator |(Tensor left, Tensor right) => left.bitwise_or(right);
        /// <summary>Bit by bit; of bool, not.</summary>
        public static Tensor operator ~(Tensor left) => Aten.Call("bitwise_not", left);
    }
}
