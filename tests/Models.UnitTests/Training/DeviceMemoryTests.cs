using System.Runtime.InteropServices;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class DeviceMemoryTests
{
    private const string Cuda = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 8.00 GiB.\nException raised from malloc";
    private const string Cpu = "[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.";

    [Theory]
    [InlineData(Cuda, "Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 8.00 GiB. Lower it.")]
    [InlineData(Cpu, "you tried to allocate 9 bytes. Lower it.")]
    public void Guard_MemoryRanOut_SaysHowMuchAndWhatToLower(string torch, string end)
    {
        var cause = new ExternalException(torch);

        var e = Assert.Throws<TrainingException>(() => DeviceMemory.Guard<int>(() => throw cause, "Lower it."));

        Assert.StartsWith("The memory to train in ran out: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith(end, e.Message, StringComparison.Ordinal);
        Assert.Same(cause, e.InnerException);
    }

    [Fact]
    public void Guard_AnotherFailure_IsLeftAsItIs()
    {
        var cause = new ExternalException("mat1 and mat2 shapes cannot be multiplied");

        Assert.Same(cause, Assert.Throws<ExternalException>(() => DeviceMemory.Guard<int>(() => throw cause, "Lower it.")));
    }

    [Theory]
    [InlineData("rearm", "Lower batch_size (64), dimension (64) or user_neighbors (40), set train_features=false, use fewer modalities, or")]
    [InlineData("lightgcn", "Lower batch_size (64) or dimension (64), or")]
    [InlineData("bpr", "Lower batch_size (64) or dimension (64), or")]
    [InlineData("sasrec", "Lower batch_size (64), length (20) or dimension (64), or")]
    [InlineData("pmmrec", "Lower batch_size (64), length (20) or dimension (64), or")]
    public void Fit_MemoryRanOutOnTheWay_NamesTheModelsParameters(string name, string advice)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 50);
        using var model = ModelCatalogue.Get(name).Create(data, new() { BatchSize = 64, MaxEpochs = 2, Device = TrainingDevice.Cpu, Threads = 1 });
        // Stands for a tensor that finds no room after the first epoch.
        var full = new Callback<TrainingProgress>(_ => throw new ExternalException(Cuda));

        var e = Assert.Throws<TrainingException>(() => model.Fit(new() { Validation = data.Validation(), Progress = full }, CancellationToken.None));

        Assert.Contains(advice, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ease", "Choose the model item-knn or ials, or train on a machine with more memory.")]
    [InlineData("item-knn", "Lower neighbors (100), choose the model ials, or train on a machine with more memory.")]
    [InlineData("ials", "Lower factors (64), or train on a machine with more memory.")]
    public void Fit_MemoryRanOutOfAModelWithoutEpochs_SaysWhatToDo(string name, string advice)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 50);
        using var model = ModelCatalogue.Get(name).Create(data, new() { Device = TrainingDevice.Cpu, Threads = 1 });

        var e = Assert.Throws<TrainingException>(() => model.Fit(
            new() { Validation = data.Validation(), Within = (_, _, _) => throw new OutOfMemoryException("Too much.") }, CancellationToken.None));

        Assert.Equal($"The memory to train in ran out: Too much. {advice}", e.Message);
    }
}
