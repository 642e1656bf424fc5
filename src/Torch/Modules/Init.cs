// Ways to start parameters.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fills tensors in place, without recording it for gradients, and returns them.</summary>
        public static partial class init
        {
            /// <summary>The function that follows a layer, for which <see cref="calculate_gain"/> knows the gain.</summary>
            public enum NonlinearityType
            {
                /// <summary>None.</summary>
                Linear = 0,
                /// <summary>The logistic function.</summary>
                Sigmoid = 7,
                /// <summary>The hyperbolic tangent.</summary>
                Tanh = 8,
                /// <summary>max(x, 0).</summary>
                ReLU = 9,
                /// <summary>x where positive, else a slope times x.</summary>
                LeakyReLU = 10,
            }

            /// <summary>Which count of connections sets the scale.</summary>
            public enum FanInOut
            {
                /// <summary>Inputs.</summary>
                FanIn = 0,
                /// <summary>Outputs.</summary>
                FanOut = 1,
            }

            /// <summary>By how much a layer's start must be larger for the function that follows.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + param * param)),
                _ => 1.0,
            };

            /// <summary>All 1.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1.0);
            /// <summary>All 0.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0.0);

            /// <summary>All one number.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using (no_grad())
                    return tensor.fill_(val);
            }

            /// <summary>Uniform in [low, high).</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using (no_grad())
                    return tensor.uniform_(low, high);
            }

            /// <summary>Normal.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using (no_grad())
                    return tensor.normal_(mean, std);
            }

            /// <summary>Uniform with variance gain^2 2 / (fan in + fan out) (Glorot and Bengio).</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0, Generator? generator = null)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                var bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Normal with variance gain^2 2 / (fan in + fan out) (Glorot and Bengio).</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0, Generator? generator = null)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return normal_(tensor, 0, gain * Math.Sqrt(2.0 / (fanIn + fanOut)));
            }

            /// <summary>Uniform with variance gain^2 / fan (He et al.), where a is the slope of a leaky ReLU.</summary>
            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU,
                Generator? generator = null)
            {
                var bound = Math.Sqrt(3.0) * calculate_gain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Normal with variance gain^2 / fan (He et al.), where a is the slope of a leaky ReLU.</summary>
            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU,
                Generator? generator = null)
                => normal_(tensor, 0, calculate_gain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode)));

            /// <summary>Inputs and outputs of a weight: columns and rows, times the size of any further dimensions.</summary>
            /// <exception cref="ArgumentException">It has fewer than two dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                    throw new ArgumentException("Fan in and fan out need at least two dimensions.", nameof(tensor));
                var field = shape[2..].Aggregate(1L, (product, size) => product * size);
                return (shape[1] * field, shape[0] * field);
            }

            private static long Fan(Tensor tensor, FanInOut mode)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return mode == FanInOut.FanIn ? fanIn : fanOut;
            }
        }

        /// <summary>Works on the gradients of parameters.</summary>
        public static partial class utils
        {
            /// <summary>Scales all gradients, in place, so that their common norm is at most max_norm.</summary>
            /// <returns>The norm before.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var off = no_grad();
                var gradients = tensors.Select(t => t.grad).OfType<Tensor>().ToList();
                if (gradients.Count == 0)
                    return 0;
                var norm = stack(gradients.Select(g => g.norm((float)norm_type))).norm((float)norm_type).ToDouble();
                var scale = max_norm / (norm + 1e-6);
                if (scale < 1)
                    foreach (var gradient in gradients)
                        gradient.mul_(scale);
                return norm;
            }

            /// <summary>Moves every element of the gradients, in place, into [-clip_value, clip_value].</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var off = no_grad();
                foreach (var tensor in tensors)
                    using (var gradient = tensor.grad)
                        gradient?.clamp_(-clip_value, clip_value);
            }
        }
    }
}
