using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.PmmRec;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.PmmRec;

/// <summary>Items of one to three tokens of text, and an image.</summary>
public class TokenSequenceTests
{
    private const int PerItem = 3;
    private const int Width = 8;
    private static readonly PmmRecHyperParameters Hyper = new() { Dimension = 16, Length = 6, FusionHeads = 2 };

    [Fact]
    public void Fit_TokensAndMasks_LearnsThePlantedTastes()
    {
        var data = Data(Tokens(PerItem));
        using var model = ModelCatalogue.Get("pmmrec").Create(data, new()
        {
            MaxEpochs = 8,
            LearningRate = 0.01,
            BatchSize = 32,
            Parameters = new Dictionary<string, string> { ["dimension"] = "16", ["length"] = "6" },
            Device = TrainingDevice.Cpu,
            Threads = 1,
        });

        var outcome = model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);

        Assert.True(outcome.Validation!.Value.Recall20 > 0.5, $"Recall is {outcome.Validation.Value.Recall20}; 20 of 90 items at random have .22.");
        var vectors = model.ServingVectors()!;
        Assert.True(vectors.AreFinite);
        // It would make vectors of what the catalogue has of new items, which is one vector.
        Assert.Null(vectors.ItemEncoder);
    }

    [Fact]
    public void Items_Tokens_AreTheSameByKernelsAndByPlainOperators()
    {
        var data = Data(Tokens(PerItem));

        Close(Items(data, KernelMode.Plain), Items(data, KernelMode.Auto), 1e-5);
    }

    [Fact]
    public void Items_Tokens_AreWhatTheTokensThatAreThereGive()
    {
        var data = Data(Tokens(PerItem));
        using var tokens = ItemTokens.From(data, null, ScalarType.Float32, CPU);
        using var model = new PmmRecModel(tokens, Hyper, seed: 1, ScalarType.Float32, CPU);
        model.eval();
        var all = Items(data, KernelMode.Auto);

        for (var item = 0; item < data.Train.Items; item += 7)
        {
            using var scope = NewDisposeScope();
            ModalTokens[] there = [.. tokens.Select(tensor(new long[] { item + 1 })).Select(modality =>
            {
                var count = (int)modality.Mask.sum().item<float>();
                // What is there comes first.
                return new ModalTokens(modality.Name, modality.Values.narrow(1, 0, count), ones(1, count));
            })];
            using var _ = no_grad();
            Close(model.ItemEncoder.Encode(there).Vectors.data<float>().ToArray(), all[(item * 16)..((item + 1) * 16)], 1e-5);
        }
    }

    [Fact]
    public void Items_Tokens_AreNotThoseOfTheirMeans()
    {
        var data = Data(Tokens(PerItem));

        var (tokens, means) = (Items(data, KernelMode.Auto), Items(data.WithTokens([]), KernelMode.Auto));

        Assert.True(tokens.Zip(means, (a, b) => Math.Abs(a - b)).Max() > 0.1);
    }

    [Fact]
    public void Items_OneTokenEach_AreThoseOfVectors()
    {
        var data = Data(Tokens(1));

        Assert.Equal(Items(data.WithTokens([]), KernelMode.Auto), Items(data, KernelMode.Auto));
    }

    private static float[] Items(TrainingData data, KernelMode kernels)
    {
        using var model = new PmmRecModel(ItemTokens.From(data, null, ScalarType.Float32, CPU), Hyper, seed: 1, ScalarType.Float32, CPU, kernels);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        model.eval();
        return model.Items(arange(1, data.Train.Items + 1)).data<float>().ToArray();
    }

    private static void Close(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }

    // An item has 1, 2 or 3 of the tokens, the first ones; each points to its group, and all is a little off.
    private static ModalityTokens Tokens(int perItem)
    {
        var random = new Random(3);
        var (values, present) = (new float[90 * perItem * Width], new bool[90 * perItem]);
        for (var row = 0; row < present.Length; row++)
        {
            var (item, token) = (row / perItem, row % perItem);
            present[row] = token <= item % perItem;
            for (var d = 0; d < Width; d++)
                values[row * Width + d] = (d == (item + token) % PlantedShop.Groups ? 1 : 0) + random.NextSingle() * 0.2f;
        }
        return new(perItem, ModalityFeatures.FromFloats("text", Width, values, present));
    }

    private static TrainingData Data(ModalityTokens tokens)
    {
        var shop = PlantedShop.Snapshot(modalities: ["image"]);
        var snapshot = SnapshotAssembler.Assemble(
            new()
            {
                UserIds = shop.UserIds,
                ItemIds = shop.ItemIds,
                Categories = shop.Categories,
                Available = shop.Available,
                Interactions = shop.Interactions,
                Modalities = [.. shop.Modalities, tokens.Means()],
            },
            GraphSettings.From(shop.Settings));
        return TrainingData.HoldOutNewest(snapshot, maxUsers: 1000).WithTokens([tokens]);
    }
}
