using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class NegativeSamplerTests
{
    private const int Users = 5;
    private const int Items = 12;

    [Fact]
    public void Epoch_AnyInteractions_HasEachPairOnceAndNoPositiveAsNegative() =>
        Prop.ForAll(Gen.Choose(0, Users * Items - 1).ListOf().ToArbitrary(), cells =>
        {
            var pairs = cells.Distinct().Select(c => new InteractionPair(c / Items, c % Items, 0)).ToArray();
            var train = InteractionPairs.ToMatrix(Users, pairs);
            var triples = new TripleSampler(train, Items, batchSize: 7, seed: cells.Count).Epoch()
                .SelectMany(b => Enumerable.Range(0, b.Users.Length).Select(i => (User: b.Users.Span[i], Positive: b.Positives.Span[i], Negative: b.Negatives.Span[i])).ToArray())
                .ToArray();
            var sampled = pairs.Where(p => train.ItemsOf(p.User).Length < Items).Select(p => (p.User, p.Item)).Order();
            return sampled.SequenceEqual(triples.Select(t => (t.User, t.Positive)).Order())
                && triples.All(t => !train.ItemsOf(t.User).Contains(t.Negative));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sample_ManyTimes_IsUniformOverTheRest()
    {
        var train = InteractionPairs.ToMatrix(1, [new(0, 2, 0), new(0, 5, 0)]);
        var (sampler, random) = (new NegativeSampler(train, 6), new Random(1));
        var counts = new int[6];
        for (var i = 0; i < 40_000; i++)
            counts[sampler.Sample(0, random)]++;
        Assert.All(new[] { 0, 1, 3, 4 }, item => Assert.InRange(counts[item], 9_500, 10_500));
    }

    [Fact]
    public void Epoch_SameSeed_GivesTheSameTriples()
    {
        var train = InteractionPairs.ToMatrix(Users, Enumerable.Range(0, 20).Select(i => new InteractionPair(i % Users, i % Items, 0)));
        static int[] Flat(TripleSampler sampler) => [.. sampler.Epoch().SelectMany(b => b.Users.ToArray().Concat(b.Positives.ToArray()).Concat(b.Negatives.ToArray()))];
        Assert.Equal(Flat(new(train, Items, 4, 7)), Flat(new(train, Items, 4, 7)));
        Assert.NotEqual(Flat(new(train, Items, 4, 7)), Flat(new(train, Items, 4, 8)));
    }
}
