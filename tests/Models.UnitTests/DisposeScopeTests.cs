using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;
using TorchSharp;

namespace Rearm.Streaming.Models.UnitTests;

/// <summary>
/// A tensor that nothing holds is freed by the next garbage collection, though libtorch may be reading it just then. Scopes hold those that have no name.
/// </summary>
public class DisposeScopeTests
{
    public static TheoryData<string> Names => [.. ModelCatalogue.Names, "rearm+ials"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Model_EveryTensorOnceItIsMade_IsHeldByAScope(string name)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 20);
        using var model = Create();
        using var again = Create();
        ModelCheckpoint? best = null;
        var before = DisposeScopeManager.Statistics.CreatedOutsideScopeCount;

        model.Fit(new() { Validation = data.Validation(), OnBest = checkpoint => best = checkpoint }, CancellationToken.None);
        model.Score([1, 2], new float[2 * data.Whole.Items]);
        model.ServingVectors();
        again.Fit(new() { Validation = data.Validation(), WarmStart = best }, CancellationToken.None);

        Assert.Equal(before, DisposeScopeManager.Statistics.CreatedOutsideScopeCount);

        IRecommender Create() => ModelCatalogue.Get(name).Create(data, new() { MaxEpochs = 2, AsServed = true, Device = TrainingDevice.Cpu, Threads = 1 });
    }
}
