using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Cli.UnitTests.Evaluation;

public class LeaveOneOutTests
{
    private static readonly Dataset Data = new()
    {
        Name = "tiny",
        UserCount = 3,
        ItemCount = 6,
        // User 1 touched item 0 again at the end; user 2 has two items in all.
        Train = new([1, 1, 0, 2, 0], [0, 1, 5, 0, 4], [10, 20, 30, 5, 10]),
        Valid = new([1, 2, 0], [2, 3, 3], [30, 6, 20]),
        Test = new([1], [0], [40]),
    };

    [Fact]
    public void Split_AnyParts_TestsEachUsersNewestItemAndHoldsOutTheOneBefore()
    {
        var split = LeaveOneOut.Split(Data, minItems: 3);

        Assert.Equal(["u0", "u1"], split.UserIds!);
        Assert.Equal([(0, 5), (1, 0)], DatasetSnapshot.Pairs(split.Test));
        Assert.Equal([(0, 4), (0, 3), (1, 1), (1, 2)], DatasetSnapshot.Pairs(split.Train));
        Assert.Empty(split.Valid.Users);
        // A user needs three that are not the test for one to be held out.
        var held = DatasetSnapshot.TrainingData(LeaveOneOut.Split(Longer(), 4), new GraphSettings(), CancellationToken.None);
        Assert.Equal([(0, 2)], held.HeldOut);
        Assert.Equal([0, 1], held.Train.Interactions.Items);
    }

    [Fact]
    public void Split_UsersThatAreNotToBeKept_AreLeftOut() => Assert.Equal(["u1"], LeaveOneOut.Split(Data, 3, user => user != 0).UserIds!);

    [Fact]
    public void Split_NobodyHasEnough_SaysHowMuch() =>
        Assert.Contains("No user of tiny has 4 different items", Assert.Throws<ArgumentException>(() => LeaveOneOut.Split(Data, 4)).Message, StringComparison.Ordinal);

    [Fact]
    public void Split_DataWithoutTimes_IsRefused() => Assert.Contains(
        "tiny has no times", Assert.Throws<ArgumentException>(() => LeaveOneOut.Split(Data with { Test = new([1], [0]) }, 3)).Message, StringComparison.Ordinal);

    private static Dataset Longer() => Data with
    {
        UserCount = 1,
        Train = new([0, 0, 0, 0], [0, 1, 2, 3], [1, 2, 3, 4]),
        Valid = DatasetSplit.Empty,
        Test = DatasetSplit.Empty,
    };
}
