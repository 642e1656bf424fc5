using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sea;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Sea;

/// <summary>SEA on the planted shop, small enough for a second.</summary>
internal static class SmallSea
{
    internal static SeaHyperParameters HyperParameters { get; } = new()
    {
        Dimension = 8,
        HeadHidden = 8,
        HeadWidth = 4,
        ClubWidth = 4,
        ClubHidden = 3,
        ClubSteps = 3,
        SoloWeight = 0.1,
        ClubWeight = 0.1,
        ItemNeighbors = 5,
        LearningRate = 1e-2,
        BatchSize = 256,
        MaxEpochs = 3,
        Patience = 3,
    };

    internal static TrainingData Data() => TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 1000);

    internal static ModalRecommender Create(TrainingData data, SeaHyperParameters? hyper = null, int seed = 1, KernelMode kernels = KernelMode.Auto) =>
        SeaDefinition.Create(data, hyper ?? HyperParameters, null, seed, CPU, kernels);

    internal static TripleBatch Batch(GraphSnapshot snapshot) => new TripleSampler(snapshot.Interactions, snapshot.Items, 128, 1).Epoch().First();
}
