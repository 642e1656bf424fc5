using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>Dropout by torch's random numbers, which each epoch starts anew.</summary>
internal static class SequenceDropout
{
    internal static Tensor Forward(Tensor x, double rate, bool training) => rate == 0 || !training ? x : nn.functional.dropout(x, rate, training);
}
