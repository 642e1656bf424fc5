using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A table of vectors, looked up by index.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private readonly long? _paddingIndex;
        private readonly bool _scaleByFrequency;
        private readonly bool _sparse;
        [ComponentName(Name = nameof(weight))] private Parameter? _weight;

        internal Embedding(Parameter weight, long? padding_idx, bool scale_grad_by_freq, bool sparse) : base(nameof(Embedding))
        {
            (_weight, _paddingIndex, _scaleByFrequency, _sparse) = (weight, padding_idx, scale_grad_by_freq, sparse);
            RegisterComponents();
        }

        /// <summary>Entries x width.</summary>
        public Parameter? weight
        {
            get => _weight;
            set => ConditionallyRegisterParameter(nameof(weight), _weight = value);
        }

        /// <summary>(...) of int64 to (..., width).</summary>
        public override Tensor forward(Tensor input)
            => nn.functional.embedding(input, _weight!, _paddingIndex, scale_grad_by_freq: _scaleByFrequency, sparse: _sparse);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A table of vectors started from the normal distribution; the one at padding_idx is zero and not learnt.</summary>
            /// <exception cref="NotSupportedException">max_norm is given.</exception>
            public static Modules.Embedding Embedding(
                long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0,
                bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                if (max_norm is not null)
                    throw new NotSupportedException("Embedding: this stand-in has no max_norm.");
                var weight = new Modules.Parameter(randn(num_embeddings, embedding_dims, dtype, device));
                if (padding_idx is { } padding)
                    using (no_grad())
                    using (var row = weight[padding])
                        row.zero_();
                return new(weight, padding_idx, scale_grad_by_freq, sparse);
            }

            /// <summary>A table of given vectors, frozen unless told otherwise.</summary>
            public static Modules.Embedding Embedding_from_pretrained(
                Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0,
                bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                if (max_norm is not null)
                    throw new NotSupportedException("Embedding: this stand-in has no max_norm.");
                var own = embeddings.detach().to(dtype ?? embeddings.dtype, device ?? embeddings.device, copy: true);
                return new(new Modules.Parameter(own, !freeze), padding_idx, scale_grad_by_freq, sparse);
            }
        }
    }
}
