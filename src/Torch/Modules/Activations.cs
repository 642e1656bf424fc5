using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>x where positive, else a learnt slope times x.</summary>
    public sealed class PReLU : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(weight))] private Parameter? _weight;

        internal PReLU(long num_parameters, double init, Device? device, ScalarType? dtype) : base(nameof(PReLU))
        {
            (this.num_parameters, this.init) = (num_parameters, init);
            _weight = new Parameter(full(num_parameters, init, dtype, device));
            RegisterComponents();
        }

        /// <summary>One slope, or one per channel (dimension 1).</summary>
        public long num_parameters { get; }
        /// <summary>The slope at the start.</summary>
        public double init { get; }

        /// <summary>The slopes.</summary>
        public Parameter weight
        {
            get => _weight!;
            set => ConditionallyRegisterParameter(nameof(weight), _weight = value);
        }

        /// <summary>Same shape out as in.</summary>
        public override Tensor forward(Tensor input) => nn.functional.prelu(input, weight);
    }

    /// <summary>max(x, 0).</summary>
    public sealed class ReLU : nn.Module<Tensor, Tensor>
    {
        internal ReLU() : base(nameof(ReLU)) { }
        /// <summary>Same shape out as in.</summary>
        public override Tensor forward(Tensor input) => input.relu();
    }

    /// <summary>x where positive, else a fixed slope times x.</summary>
    public sealed class LeakyReLU : nn.Module<Tensor, Tensor>
    {
        internal LeakyReLU(double negative_slope) : base(nameof(LeakyReLU)) => this.negative_slope = negative_slope;
        /// <summary>The slope below zero.</summary>
        public double negative_slope { get; set; }
        /// <summary>Same shape out as in.</summary>
        public override Tensor forward(Tensor input) => nn.functional.leaky_relu(input, negative_slope);
    }

    /// <summary>While training, each element is zero with probability p, else divided by 1 - p.</summary>
    public sealed class Dropout : nn.Module<Tensor, Tensor>
    {
        internal Dropout(double p) : base(nameof(Dropout)) => this.p = p;
        /// <summary>The probability of zero.</summary>
        public double p { get; set; }
        /// <summary>Same shape out as in.</summary>
        public override Tensor forward(Tensor input) => nn.functional.dropout(input, p, training);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>x where positive, else a learnt slope times x.</summary>
            public static Modules.PReLU PReLU(long num_parameters, double init = 0.25, Device? device = null, ScalarType? dtype = null)
                => new(num_parameters, init, device, dtype);
            /// <summary>max(x, 0).</summary>
            public static Modules.ReLU ReLU(bool inplace = false) => new();
            /// <summary>x where positive, else a fixed slope times x.</summary>
            public static Modules.LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new(negative_slope);
            /// <summary>While training, each element is zero with probability p, else divided by 1 - p.</summary>
            public static Modules.Dropout Dropout(double p = 0.5, bool inplace = false) => new(p);
        }
    }
}
