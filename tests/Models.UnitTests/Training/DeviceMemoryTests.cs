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
}
