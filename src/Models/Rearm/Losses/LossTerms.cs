using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm.Losses;

/// <summary>The loss by term, weighted; a term that is switched off is null.</summary>
internal sealed record LossTerms(Tensor Bpr, Tensor? Contrast, Tensor? Orthogonality)
{
    internal Tensor Total
    {
        get
        {
            var total = Bpr;
            if (Contrast is not null)
                total = total.Plus(Contrast);
            if (Orthogonality is not null)
                total = total.Plus(Orthogonality);
            return total;
        }
    }
}
