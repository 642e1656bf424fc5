// Operators of one argument, element by element.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>|x|, of each element.</summary>
    public static Tensor abs(Tensor input) => input.abs();
    /// <summary>-x, of each element.</summary>
    public static Tensor neg(Tensor input) => input.neg();
    /// <summary>e^x, of each element.</summary>
    public static Tensor exp(Tensor input) => input.exp();
    /// <summary>e^x - 1, exact near 0, of each element.</summary>
    public static Tensor expm1(Tensor input) => input.expm1();
    /// <summary>The natural logarithm, of each element.</summary>
    public static Tensor log(Tensor input) => input.log();
    /// <summary>log(1 + x), exact near 0, of each element.</summary>
    public static Tensor log1p(Tensor input) => input.log1p();
    /// <summary>The logarithm to base 2, of each element.</summary>
    public static Tensor log2(Tensor input) => input.log2();
    /// <summary>The logarithm to base 10, of each element.</summary>
    public static Tensor log10(Tensor input) => input.log10();
    /// <summary>The square root, of each element.</summary>
    public static Tensor sqrt(Tensor input) => input.sqrt();
    /// <summary>1 / sqrt(x), of each element.</summary>
    public static Tensor rsqrt(Tensor input) => input.rsqrt();
    /// <summary>x squared, of each element.</summary>
    public static Tensor square(Tensor input) => input.square();
    /// <summary>1 / (1 + e^-x), of each element.</summary>
    public static Tensor sigmoid(Tensor input) => input.sigmoid();
    /// <summary>The hyperbolic tangent, of each element.</summary>
    public static Tensor tanh(Tensor input) => input.tanh();
    /// <summary>max(x, 0), of each element.</summary>
    public static Tensor relu(Tensor input) => input.relu();
    /// <summary>The sine of x in radians, of each element.</summary>
    public static Tensor sin(Tensor input) => input.sin();
    /// <summary>The cosine of x in radians, of each element.</summary>
    public static Tensor cos(Tensor input) => input.cos();
    /// <summary>The error function, of each element.</summary>
    public static Tensor erf(Tensor input) => input.erf();
    /// <summary>The largest integer not above x, of each element.</summary>
    public static Tensor floor(Tensor input) => input.floor();
    /// <summary>The smallest integer not below x, of each element.</summary>
    public static Tensor ceil(Tensor input) => input.ceil();
    /// <summary>The nearest integer, halves to even, of each element.</summary>
    public static Tensor round(Tensor input) => input.round();
    /// <summary>x without its fraction, of each element.</summary>
    public static Tensor trunc(Tensor input) => input.trunc();
    /// <summary>-1, 0 or 1, of each element.</summary>
    public static Tensor sign(Tensor input) => input.sign();
    /// <summary>1 / x, of each element.</summary>
    public static Tensor reciprocal(Tensor input) => input.reciprocal();
    /// <summary>Whether x is zero, of each element.</summary>
    public static Tensor logical_not(Tensor input) => input.logical_not();
    /// <summary>Whether x is not a number, of each element.</summary>
    public static Tensor isnan(Tensor input) => input.isnan();
    /// <summary>Whether x is infinite, of each element.</summary>
    public static Tensor isinf(Tensor input) => input.isinf();
    /// <summary>Whether x is neither infinite nor not a number, of each element.</summary>
    public static Tensor isfinite(Tensor input) => input.isfinite();

    public partial class Tensor
    {
        /// <summary>|x|, of each element.</summary>
        public Tensor abs() => Aten.Call("abs", this);
        /// <summary>|x|, of each element, in place.</summary>
        public Tensor abs_() => Aten.CallInPlace("abs_", this);
        /// <summary>-x, of each element.</summary>
        public Tensor neg() => Aten.Call("neg", this);
        /// <summary>-x, of each element, in place.</summary>
        public Tensor neg_() => Aten.CallInPlace("neg_", this);
        /// <summary>e^x, of each element.</summary>
        public Tensor exp() => Aten.Call("exp", this);
        /// <summary>e^x, of each element, in place.</summary>
        public Tensor exp_() => Aten.CallInPlace("exp_", this);
        /// <summary>e^x - 1, exact near 0, of each element.</summary>
        public Tensor expm1() => Aten.Call("expm1", this);
        /// <summary>e^x - 1, exact near 0, of each element, in place.</summary>
        public Tensor expm1_() => Aten.CallInPlace("expm1_", this);
        /// <summary>The natural logarithm, of each element.</summary>
        public Tensor log() => Aten.Call("log", this);
        /// <summary>The natural logarithm, of each element, in place.</summary>
        public Tensor log_() => Aten.CallInPlace("log_", this);
        /// <summary>log(1 + x), exact near 0, of each element.</summary>
        public Tensor log1p() => Aten.Call("log1p", this);
        /// <summary>log(1 + x), exact near 0, of each element, in place.</summary>
        public Tensor log1p_() => Aten.CallInPlace("log1p_", this);
        /// <summary>The logarithm to base 2, of each element.</summary>
        public Tensor log2() => Aten.Call("log2", this);
        /// <summary>The logarithm to base 2, of each element, in place.</summary>
        public Tensor log2_() => Aten.CallInPlace("log2_", this);
        /// <summary>The logarithm to base 10, of each element.</summary>
        public Tensor log10() => Aten.Call("log10", this);
        /// <summary>The logarithm to base 10, of each element, in place.</summary>
        public Tensor log10_() => Aten.CallInPlace("log10_", this);
        /// <summary>The square root, of each element.</summary>
        public Tensor sqrt() => Aten.Call("sqrt", this);
        /// <summary>The square root, of each element, in place.</summary>
        public Tensor sqrt_() => Aten.CallInPlace("sqrt_", this);
        /// <summary>1 / sqrt(x), of each element.</summary>
        public Tensor rsqrt() => Aten.Call("rsqrt", this);
        /// <summary>1 / sqrt(x), of each element, in place.</summary>
        public Tensor rsqrt_() => Aten.CallInPlace("rsqrt_", this);
        /// <summary>x squared, of each element.</summary>
        public Tensor square() => Aten.Call("square", this);
        /// <summary>x squared, of each element, in place.</summary>
        public Tensor square_() => Aten.CallInPlace("square_", this);
        /// <summary>1 / (1 + e^-x), of each element.</summary>
        public Tensor sigmoid() => Aten.Call("sigmoid", this);
        /// <summary>1 / (1 + e^-x), of each element, in place.</summary>
        public Tensor sigmoid_() => Aten.CallInPlace("sigmoid_", this);
        /// <summary>The hyperbolic tangent, of each element.</summary>
        public Tensor tanh() => Aten.Call("tanh", this);
        /// <summary>The hyperbolic tangent, of each element, in place.</summary>
        public Tensor tanh_() => Aten.CallInPlace("tanh_", this);
        /// <summary>max(x, 0), of each element.</summary>
        public Tensor relu() => Aten.Call("relu", this);
        /// <summary>max(x, 0), of each element, in place.</summary>
        public Tensor relu_() => Aten.CallInPlace("relu_", this);
        /// <summary>The sine of x in radians, of each element.</summary>
        public Tensor sin() => Aten.Call("sin", this);
        /// <summary>The sine of x in radians, of each element, in place.</summary>
        public Tensor sin_() => Aten.CallInPlace("sin_", this);
        /// <summary>The cosine of x in radians, of each element.</summary>
        public Tensor cos() => Aten.Call("cos", this);
        /// <summary>The cosine of x in radians, of each element, in place.</summary>
        public Tensor cos_() => Aten.CallInPlace("cos_", this);
        /// <summary>The error function, of each element.</summary>
        public Tensor erf() => Aten.Call("erf", this);
        /// <summary>The error function, of each element, in place.</summary>
        public Tensor erf_() => Aten.CallInPlace("erf_", this);
        /// <summary>The largest integer not above x, of each element.</summary>
        public Tensor floor() => Aten.Call("floor", this);
        /// <summary>The largest integer not above x, of each element, in place.</summary>
        public Tensor floor_() => Aten.CallInPlace("floor_", this);
        /// <summary>The smallest integer not below x, of each element.</summary>
        public Tensor ceil() => Aten.Call("ceil", this);
        /// <summary>The smallest integer not below x, of each element, in place.</summary>
        public Tensor ceil_() => Aten.CallInPlace("ceil_", this);
        /// <summary>The nearest integer, halves to even, of each element.</summary>
        public Tensor round() => Aten.Call("round", this);
        /// <summary>The nearest integer, halves to even, of each element, in place.</summary>
        public Tensor round_() => Aten.CallInPlace("round_", this);
        /// <summary>x without its fraction, of each element.</summary>
        public Tensor trunc() => Aten.Call("trunc", this);
        /// <summary>x without its fraction, of each element, in place.</summary>
        public Tensor trunc_() => Aten.CallInPlace("trunc_", this);
        /// <summary>-1, 0 or 1, of each element.</summary>
        public Tensor sign() => Aten.Call("sign", this);
        /// <summary>-1, 0 or 1, of each element, in place.</summary>
        public Tensor sign_() => Aten.CallInPlace("sign_", this);
        /// <summary>1 / x, of each element.</summary>
        public Tensor reciprocal() => Aten.Call("reciprocal", this);
        /// <summary>1 / x, of each element, in place.</summary>
        public Tensor reciprocal_() => Aten.CallInPlace("reciprocal_", this);
        /// <summary>Whether x is zero, of each element.</summary>
        public Tensor logical_not() => Aten.Call("logical_not", this);
        /// <summary>Whether x is not a number, of each element.</summary>
        public Tensor isnan() => Aten.Call("isnan", this);
        /// <summary>Whether x is infinite, of each element.</summary>
        public Tensor isinf() => Aten.Call("isinf", this);
        /// <summary>Whether x is neither infinite nor not a number, of each element.</summary>
        public Tensor isfinite() => Aten.Call("isfinite", this);
    }
}
