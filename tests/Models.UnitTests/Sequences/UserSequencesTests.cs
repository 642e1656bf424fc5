using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Sequences;

public class UserSequencesTests
{
    [Fact]
    public void Of_AnyOrderOfPairs_GivesEachUsersItemsByTime()
    {
        var snapshot = SmallShop.Snapshot(3, 5, [new(0, 4, 10), new(0, 1, 30), new(0, 2, 20), new(2, 0, 5)]);

        var sequences = UserSequences.Of(snapshot, _ => true);

        Assert.Equal([4, 2, 1], sequences[0].ToArray());
        Assert.Empty(sequences[1].ToArray());
        Assert.Equal([0], sequences[2].ToArray());
        Assert.Equal([4, 1], UserSequences.Of(snapshot, item => item != 2)[0].ToArray());
    }

    [Fact]
    public void Of_ItemsOfTheSameTime_EndsWithTheOneThatWouldBeHeldOut()
    {
        var pairs = from user in Enumerable.Range(0, 20) from n in Enumerable.Range(0, 4) select new InteractionPair(user, (user * 7 + n * 5) % 30, 1);
        var snapshot = SmallShop.Snapshot(20, 30, pairs);

        var sequences = UserSequences.Of(snapshot, _ => true);

        Assert.Equal(HoldOut.Newest(snapshot, 20).OrderBy(p => p.User).Select(p => p.Item), Enumerable.Range(0, 20).Select(user => sequences[user][^1]));
    }

    [Theory]
    [InlineData(new int[0], new[] { 0, 0, 0 })]
    [InlineData(new[] { 7 }, new[] { 0, 0, 8 })]
    [InlineData(new[] { 0, 1, 2, 3 }, new[] { 2, 3, 4 })]
    public void Fill_AnyNumberOfItems_HasTheNewestInTheLastColumn(int[] items, int[] expected)
    {
        int[] row = [9, 9, 9];

        SequenceRow.Fill(items, row);

        Assert.Equal(expected, row);
    }

    [Fact]
    public void TrainingRows_UsersWithFewerThanThreeInteractions_AreLeftOutHeldOutOnesCounted()
    {
        var snapshot = SmallShop.Snapshot(4, 9, [new(0, 0, 0), new(0, 1, 1), new(1, 2, 0), new(1, 3, 1), new(1, 4, 2), new(3, 5, 0)]);
        var data = TrainingData.HoldOutNewest(snapshot, maxUsers: 10);
        var split = TrainingData.Split(snapshot, [(0, 7), (3, 8)]);

        // Of user 1 item 4 is held out; user 0 has two in all.
        Assert.Equal([3, 4], TrainingRows.Of(data, UserSequences.Of(data.Train, _ => true), 2));
        Assert.Equal([1, 2, 4, 5], TrainingRows.Of(split, UserSequences.Of(split.Train, _ => true), 2));
    }

    [Fact]
    public void Epoch_AnyBatchSize_HasEveryRowOnceInAnotherOrderEachTime()
    {
        int[] rows = [.. Enumerable.Range(1, 33)];
        int[][] Epochs(int skip)
        {
            var sampler = new SequenceSampler(rows, width: 3, batchSize: 4, seed: 5);
            Assert.Equal(3, sampler.Batches);
            sampler.Skip(skip);
            return [.. Enumerable.Range(0, 2).Select(_ => sampler.Epoch().SelectMany(batch => batch.Rows.ToArray()).ToArray())];
        }

        var (first, later) = (Epochs(0), Epochs(1));

        Assert.All(first, epoch => Assert.Equal(rows, epoch.Order()));
        Assert.All(first[0].Chunk(3), row => Assert.Equal([row[0], row[0] + 1, row[0] + 2], row));
        Assert.NotEqual(first[0], first[1]);
        Assert.Equal(first[1], later[0]);
    }
}
