using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests;

public class ModelCatalogueTests
{
    public static TheoryData<string> Names => [.. ModelCatalogue.Names];

    [Fact]
    public void Names_AllModels_AreDistinctAndTheDefaultIsFirst()
    {
        Assert.Distinct(ModelCatalogue.Names);
        Assert.Equal(ModelCatalogue.Default, ModelCatalogue.Names[0]);
    }

    [Fact]
    public void Get_UnknownName_NamesTheModels()
    {
        var e = Assert.Throws<ArgumentException>(() => ModelCatalogue.Get("magic"));

        Assert.Contains($"\"magic\"; choose one of {string.Join(", ", ModelCatalogue.Names)}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Create_EachPreset_IsMadeOfTheSettings(string name)
    {
        var model = ModelCatalogue.Get(name);
        foreach (var preset in model.Presets.Select(p => (string?)p).Append(null))
        {
            var settings = new ModelSettings { Preset = preset, MaxEpochs = 7 };
            Assert.InRange(model.Graphs(settings).UserNeighbors, 1, 1000);
            Assert.Contains(model.MaxEpochs(settings), (int[])[0, 7]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_AnyModel_ScoresEveryItemAndServesTheSameUsersAndItems(string name)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 50);
        using var model = ModelCatalogue.Get(name).Create(data, new() { MaxEpochs = 1, Device = TrainingDevice.Cpu, Threads = 1 });

        var outcome = model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);

        var scores = new float[2 * data.Train.Items];
        Array.Fill(scores, float.NaN);
        model.Score([0, 1], scores);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        Assert.InRange(outcome.Validation.Recall20, 0, 1);
        if (model.ServingVectors() is { } vectors)
            Assert.Equal((data.Whole.Users * vectors.Width, data.Whole.Items * vectors.Width), (vectors.Users.Length, vectors.Items.Length));
    }
}
