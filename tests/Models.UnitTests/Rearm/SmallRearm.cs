using Rearm.Streaming.Models.Rearm;

namespace Rearm.Streaming.Models.UnitTests.Rearm;

/// <summary>Hyper-parameters with which REARM learns the planted shop in a second.</summary>
internal static class SmallRearm
{
    internal static RearmHyperParameters HyperParameters { get; } = new()
    {
        Dimension = 16,
        Layers = 2,
        UserNeighbors = 8,
        ItemNeighbors = 5,
        LearningRate = 1e-2,
        BatchSize = 256,
        MaxEpochs = 8,
        Patience = 8,
    };
}
