using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.UnitTests.Evaluation;

public class DatasetSnapshotTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TrainingData_TokenSequences_AreHandedOnBesideTheirMeans(bool validated)
    {
        var tokens = new ModalityTokens(2, ModalityFeatures.FromFloats("text", 1, [1, 3, 5, 7, 9, 9], [true, true, true, false, false, false]));
        var data = new Dataset
        {
            Name = "tiny",
            UserCount = 1,
            ItemCount = 3,
            Train = new([0, 0, 0], [0, 1, 2]),
            Valid = validated ? new([0], [1]) : DatasetSplit.Empty,
            Features = [tokens.Means()],
            Tokens = [tokens],
        };

        var training = DatasetSnapshot.TrainingData(data, new GraphSettings(), CancellationToken.None);

        Assert.Same(tokens, Assert.Single(training.Tokens));
        Assert.Equal([2f], training.Train.Modalities[0].ToFloats(0));
        Assert.Equal([true, true, false], training.Train.Modalities[0].Present);
        Assert.Same(tokens, Assert.Single(training.ServedFrom(training.Whole).Tokens));
    }

    [Fact]
    public void ServedFrom_ASnapshotOfOthers_IsRefused()
    {
        TrainingData Of(string item) => DatasetSnapshot.TrainingData(
            new() { Name = "tiny", UserCount = 1, ItemCount = 1, ItemIds = [item], Train = new([0], [0]) }, new GraphSettings(), CancellationToken.None);

        Assert.Contains("other users or items", Assert.Throws<ArgumentException>(() => Of("a").ServedFrom(Of("b").Whole)).Message, StringComparison.Ordinal);
    }
}
