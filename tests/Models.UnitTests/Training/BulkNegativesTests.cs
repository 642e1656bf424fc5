using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Training;

/// <summary>The operators of CUDA, on tensors of the CPU.</summary>
public class BulkNegativesTests
{
    private const int Items = 12;

    // User 0 has touched nothing, user 1 all but items 0 and 11, user 2 all but item 5.
    private static readonly InteractionMatrix Train = InteractionPairs.ToMatrix(3,
        [.. Enumerable.Range(1, 10).Select(item => new InteractionPair(1, item, 0)), .. Enumerable.Range(0, Items).Where(item => item != 5).Select(item => new InteractionPair(2, item, 0))]);

    [Fact]
    public void Sample_ManyTimes_IsUniformOverTheItemsThatEachUserHasNotTouched()
    {
        int[] users = [.. Enumerable.Range(0, 36_000).Select(n => n % 3)];

        var counts = users.Zip(Sample(users, seed: 1)).CountBy(pair => pair).ToDictionary();

        Assert.Equal(Items + 2 + 1, counts.Count);
        Assert.All(Enumerable.Range(0, Items), item => Assert.InRange(counts[(0, item)], 850, 1150));
        Assert.All((int[])[0, 11], item => Assert.InRange(counts[(1, item)], 5700, 6300));
        Assert.Equal(12_000, counts[(2, 5)]);
    }

    [Fact]
    public void Sample_SameSeed_GivesTheSameItems()
    {
        int[] users = [.. Enumerable.Range(0, 100).Select(n => n % 2)];

        Assert.Equal(Sample(users, seed: 7), Sample(users, seed: 7));
        Assert.NotEqual(Sample(users, seed: 7), Sample(users, seed: 8));
    }

    [Fact]
    public void Sample_NoInteractions_DrawsAnyItem() =>
        Assert.All(new BulkNegatives(InteractionPairs.ToMatrix(1, []), 3, CPU).Sample([0, 0, 0, 0], 1), item => Assert.InRange(item, 0, 2));

    [Fact]
    public void Epoch_NegativesInBulk_HasTheSamePairsAndNoPositiveAsNegative()
    {
        (int User, int Positive, int Negative)[] Triples(BulkNegatives? bulk)
        {
            var sampler = new TripleSampler(Train, Items, batchSize: 8, seed: 3, bulk);
            sampler.Skip(1);
            return [.. sampler.Epoch().SelectMany(b => Enumerable.Range(0, b.Users.Length).Select(i => (b.Users.Span[i], b.Positives.Span[i], b.Negatives.Span[i])).ToArray())];
        }
        var triples = Triples(new(Train, Items, CPU));

        Assert.Equal(Triples(null).Select(t => (t.User, t.Positive)), triples.Select(t => (t.User, t.Positive)));
        Assert.DoesNotContain(triples, t => Train.ItemsOf(t.User).Contains(t.Negative));
        Assert.Equal(triples, Triples(new(Train, Items, CPU)));
    }

    private static int[] Sample(int[] users, int seed) => new BulkNegatives(Train, Items, CPU).Sample(users, seed);
}
