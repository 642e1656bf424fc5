// What the modules compute, as functions.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>x as probabilities along a dimension.</summary>
    public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

    public partial class Tensor
    {
        /// <summary>x as probabilities along a dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.Call("softmax.int", this, dim, dtype);
        /// <summary>The logarithm of softmax.</summary>
        internal Tensor log_softmax(long dim, ScalarType? dtype = null) => Aten.Call("log_softmax.int", this, dim, dtype);
        /// <summary>log(1 / (1 + e^-x)), without underflow.</summary>
        public Tensor log_sigmoid() => Aten.Call("log_sigmoid", this);
        /// <summary>x where positive, else a learnt slope times x.</summary>
        public Tensor prelu(Tensor target) => Aten.Call("prelu", this, target);
        /// <summary>x where positive, else a slope times x.</summary>
        public Tensor leaky_relu(Scalar negative_slope) => Aten.Call("leaky_relu", this, negative_slope);
    }

    public static partial class nn
    {
        /// <summary>How the losses of a batch become one.</summary>
        public enum Reduction : long
        {
            /// <summary>They do not.</summary>
            None = 0,
            /// <summary>Their mean.</summary>
            Mean = 1,
            /// <summary>Their sum.</summary>
            Sum = 2,
        }

        /// <summary>What the modules compute, as functions.</summary>
        public static partial class functional
        {
            /// <summary>x W' + b: (..., in), (out, in), (out) to (..., out).</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Aten.Call("linear", input, weights, bias);

            /// <summary>The rows of weights (entries x width) that x names: (...) of int64 to (..., width).</summary>
            internal static Tensor embedding(
                Tensor x, Tensor weight, long? padding_idx = null, double? max_norm = null, double? norm_type = null,
                bool scale_grad_by_freq = false, bool sparse = false)
                => max_norm is null
                    ? Aten.Call("embedding", weight, x, padding_idx ?? -1, scale_grad_by_freq, sparse)
                    : throw new NotSupportedException("embedding: this stand-in has no max_norm.");

            /// <summary>(x - mean) / sqrt(variance + eps), times weight, plus bias, over the last dimensions.</summary>
            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
                => Aten.Call("layer_norm", input, normalized_shape, weight, bias, eps);

            /// <summary>x divided by its p-norm along a dimension, or by eps where that is larger.</summary>
            public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
            {
                var norm = Unscoped(Aten.Call("norm.ScalarOpt_dim", input, p, new[] { dim }, true));
                var bounded = Unscoped(norm.clamp_min(eps));
                var result = input.div(bounded);
                norm.Dispose();
                bounded.Dispose();
                return result;
            }

            /// <summary>The cosine of the angle between x1 and x2 along a dimension.</summary>
            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8)
                => Aten.Call("cosine_similarity", x1, x2, dim, eps);

            /// <summary>While training, each element is zero with probability p, else divided by 1 - p.</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                => inplace ? Aten.CallInPlace("dropout_", input, p, training) : Aten.Call("dropout", input, p, training);

            /// <summary>max(x, 0).</summary>
            public static Tensor relu(Tensor input, bool inplace = false) => inplace ? input.relu_() : input.relu();
            /// <summary>x where positive, else a slope times x.</summary>
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false)
                => inplace ? Aten.CallInPlace("leaky_relu_", input, negative_slope) : input.leaky_relu(negative_slope);
            /// <summary>x where positive, else a learnt slope times x; one slope, or one per channel (dimension 1).</summary>
            public static Tensor prelu(Tensor input, Tensor weight) => input.prelu(weight);
            /// <summary>1 / (1 + e^-x).</summary>
            public static Tensor sigmoid(Tensor input) => input.sigmoid();
            /// <summary>log(1 / (1 + e^-x)), without underflow.</summary>
            public static Tensor logsigmoid(Tensor x) => x.log_sigmoid();
            /// <summary>log(1 + e^(beta x)) / beta, or x where beta x is above the threshold.</summary>
            public static Tensor softplus(Tensor x, double beta = 1.0, double threshold = 20.0) => Aten.Call("softplus", x, beta, threshold);
            /// <summary>The hyperbolic tangent.</summary>
            public static Tensor tanh(Tensor input) => input.tanh();
            /// <summary>x as probabilities along a dimension.</summary>
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
            /// <summary>The logarithm of softmax.</summary>
            public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) => input.log_softmax(dim, dtype);

            /// <summary>-log softmax(input) at the target class: (n, classes), (n) of int64.</summary>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean,
                double label_smoothing = 0.0)
                => Aten.Call("cross_entropy_loss", input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>(input - target) squared.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
                => Aten.Call("mse_loss", input, target, (long)reduction);

            /// <summary>-log of the probability of a binary target, from its logit.</summary>
            public static Tensor binary_cross_entropy_with_logits(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null)
                => Aten.Call("binary_cross_entropy_with_logits", input, target, weight, pos_weights, (long)reduction);

            /// <summary>A tensor outside the current scope, which its maker disposes.</summary>
            private static Tensor Unscoped(Tensor tensor) => tensor.DetachFromDisposeScope();
        }
    }
}
