using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Rearm;

/// <summary>Data that training may meet, each with the outcome that it must have.</summary>
public class UnusualDataTests
{
    private const int Items = 90;

    [Theory]
    [InlineData("smell")]
    [InlineData("a,image.v2,text_2,z-9")]
    public void Fit_AnyNumberOfModalitiesOfAnyNames_LearnsThePlantedTastes(string names)
    {
        var data = Data([.. names.Split(',').Select((name, m) => Planted(name, 6 + m))]);

        var (recall, vectors) = Fit(data, SmallRearm.HyperParameters);

        Assert.True(recall > 0.5, $"Recall is {recall}; 20 of {Items} items at random have .22.");
        Assert.Equal((names.Count(c => c == ',') + 2) * SmallRearm.HyperParameters.Dimension, vectors.Width);
    }

    [Fact]
    public void Fit_ItemWithoutFeatures_IsScoredLikeTheOthers()
    {
        var image = Planted("image", 6);
        ItemVector[] rows = [.. Enumerable.Range(0, Items).Select(item => item == 7 ? default : image[item])];

        var (recall, vectors) = Fit(Data(new ModalityFeatures("image", 6, rows)), SmallRearm.HyperParameters);

        Assert.True(recall > 0.5, $"Recall is {recall}.");
        Assert.True(vectors.AreFinite);
        Assert.Contains(vectors.Items.AsSpan(7 * vectors.Width, vectors.Width).ToArray(), value => value != 0);
    }

    [Fact]
    public void Fit_FeatureThatIsNoNumber_StopsAndSaysWhereToLook()
    {
        var values = new float[Items * 6];
        values[100] = float.NaN;
        var features = ModalityFeatures.FromFloats("image", 6, values, [.. Enumerable.Repeat(true, Items)]);

        var e = Assert.Throws<TrainingException>(() => Fit(Data(features), SmallRearm.HyperParameters));

        Assert.Contains("The loss became NaN in epoch 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("the items' features", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_StepsMuchTooLarge_StopsAndSaysWhatToDo()
    {
        // Each step multiplies the parameters by 1 - 10 * 10, until the loss is no number any more.
        var hyper = SmallRearm.HyperParameters with { LearningRate = 10, WeightDecay = 10, MaxEpochs = 200, Patience = 200 };

        var e = Assert.Throws<TrainingException>(() => Fit(Data(Planted("image", 6)), hyper));

        Assert.Contains("nothing is published. Try a smaller learning rate than 10", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Step_FeaturesAndMetaProjection_AreTrainedOnlyIfAsked(bool features, bool meta)
    {
        var data = Data(Planted("image", 6), Planted("text", 4));
        using var rearm = new RearmRecommender(data, SmallRearm.HyperParameters with { TrainFeatures = features, TrainMetaProjection = meta }, null, 1, CPU);
        var before = Values(rearm);

        rearm.Step(new TripleSampler(data.Train.Interactions, data.Train.Items, 256, 1).Epoch().First());

        var after = Values(rearm);
        var moved = after.Where(p => !p.Value.SequenceEqual(before[p.Key])).Select(p => p.Key).ToHashSet();
        Assert.Equal(features, moved.Contains("projection:text.item_features"));
        Assert.Equal(features, moved.Contains("projection:image.user_features"));
        Assert.Equal(features, after.ContainsKey("projection:image.item_features"));
        Assert.Equal(meta, moved.Contains("item_meta.condition.weight"));
        Assert.Equal(meta, moved.Contains("user_meta.condition.bias"));
        Assert.Contains("projection:image.items.weight", moved);
    }

    private static Dictionary<string, float[]> Values(RearmRecommender rearm) =>
        rearm.Model.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().contiguous().data<float>().ToArray());

    private static (double Recall, ModelVectors Vectors) Fit(TrainingData data, RearmHyperParameters hyper)
    {
        using var rearm = new RearmRecommender(data, hyper, null, 1, CPU);
        var outcome = rearm.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
        return (outcome.Validation!.Value.Recall20, rearm.ServingVectors());
    }

    private static TrainingData Data(params ModalityFeatures[] modalities)
    {
        var shop = PlantedShop.Snapshot(items: Items);
        var content = new SnapshotContent
        {
            UserIds = shop.UserIds,
            ItemIds = shop.ItemIds,
            Categories = shop.Categories,
            Available = shop.Available,
            Interactions = shop.Interactions,
            Modalities = modalities,
        };
        return TrainingData.HoldOutNewest(SnapshotAssembler.Assemble(content, GraphSettings.From(shop.Settings)), maxUsers: 1000);
    }

    /// <summary>Vectors by which the groups can be told apart.</summary>
    private static ModalityFeatures Planted(string name, int width)
    {
        var random = new Random(width);
        var values = new float[Items * width];
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextSingle() + (i % width == i / width % PlantedShop.Groups ? 2 : 0);
        return ModalityFeatures.FromFloats(name, width, values, [.. Enumerable.Repeat(true, Items)]);
    }
}
