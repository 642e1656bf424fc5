using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>x W' + b, on the last dimension.</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(bias))] private Parameter? _bias;
        [ComponentName(Name = nameof(weight))] private Parameter? _weight;

        internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype) : base(nameof(Linear))
        {
            (in_features, out_features) = (inputSize, outputSize);
            _weight = new Parameter(empty(outputSize, inputSize, dtype, device));
            // Uniform within 1 / sqrt(fan in), as torch starts its own.
            nn.init.kaiming_uniform_(_weight, Math.Sqrt(5));
            if (hasBias)
            {
                var bound = inputSize > 0 ? 1 / Math.Sqrt(inputSize) : 0;
                _bias = new Parameter(empty(outputSize, dtype, device));
                nn.init.uniform_(_bias, -bound, bound);
            }
            RegisterComponents();
        }

        /// <summary>Columns of the weight.</summary>
        public long in_features { get; set; }
        /// <summary>Rows of the weight.</summary>
        public long out_features { get; set; }

        /// <summary>out x in.</summary>
        public Parameter weight
        {
            get => _weight!;
            set => ConditionallyRegisterParameter(nameof(weight), _weight = value);
        }

        /// <summary>out, or null.</summary>
        public Parameter? bias
        {
            get => _bias;
            set => ConditionallyRegisterParameter(nameof(bias), _bias = value);
        }

        /// <summary>(..., in) to (..., out).</summary>
        public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>x W' + b with W of outputSize x inputSize, started uniformly within 1 / sqrt(inputSize).</summary>
            public static Modules.Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
                => new(inputSize, outputSize, hasBias, device, dtype);
        }
    }
}
