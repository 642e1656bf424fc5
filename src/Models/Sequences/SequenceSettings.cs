using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>Hyper-parameters with what the settings put in their place.</summary>
internal static class SequenceSettings
{
    /// <summary>Items of a batch, each of which is scored for each other: the square has to fit an array.</summary>
    private const int MaxBatchItems = 46_340;

    /// <exception cref="ArgumentException">A hyper-parameter is unknown or out of range, or two don't fit together.</exception>
    internal static T Checked<T>(this T defaults, ModelSettings settings) where T : SequenceParameters, new()
    {
        var hyper = defaults.With(settings);
        RequireHeads(nameof(hyper.Heads), hyper.Heads, hyper.Dimension);
        if (hyper.BatchSize * (hyper.Length + 1L) > MaxBatchItems)
            throw new ArgumentException(
                $"The hyper-parameters batch_size ({hyper.BatchSize}) and length ({hyper.Length}) make batches of {hyper.BatchSize * (hyper.Length + 1L)} "
                + $"items; at most {MaxBatchItems} can be told apart. Lower one of them.");
        return hyper;
    }

    /// <exception cref="ArgumentException">So many heads can't share the dimension.</exception>
    internal static void RequireHeads(string name, int heads, int dimension)
    {
        if (dimension % heads != 0)
            throw new ArgumentException(
                $"The hyper-parameter {HyperParameters.NameOf(name)} is {heads}; a number that divides dimension ({dimension}) is needed.");
    }
}
