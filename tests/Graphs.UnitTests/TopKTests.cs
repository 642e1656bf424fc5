using FsCheck;
using FsCheck.Fluent;

namespace Rearm.Streaming.Graphs.UnitTests;

public class TopKTests
{
    [Fact]
    public void Offer_AnyScores_KeepsWhatSortingEverythingGives() =>
        Prop.ForAll<int[], byte, bool>((offered, k, ranked) =>
        {
            // Few distinct scores, so that ties are frequent.
            var scores = Array.ConvertAll(offered, score => (float)(score % 5));
            var ranks = Enumerable.Range(0, scores.Length).ToArray();
            new Random(k).Shuffle(ranks);
            var (kept, keptScores, count) = (new int[k % 12], new float[k % 12], 0);

            var best = new TopK(kept, keptScores, ref count, ranked ? ranks : []);
            for (var candidate = 0; candidate < scores.Length; candidate++)
                best.Offer(candidate, scores[candidate]);
            var found = best.Sort();

            var expected = Enumerable.Range(0, scores.Length)
                .OrderByDescending(c => scores[c]).ThenBy(c => ranked ? ranks[c] : c).Take(kept.Length).ToArray();
            Assert.Equal(expected, kept.Take(found));
            Assert.Equal(expected.Select(c => scores[c]), keptScores.Take(found));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Floor_FollowsTheWorstKept()
    {
        var (kept, scores, count) = (new int[2], new float[2], 0);
        var best = new TopK(kept, scores, ref count);
        Assert.Equal(float.NegativeInfinity, best.Floor);
        best.Offer(0, 3);
        best.Offer(1, 5);
        Assert.Equal(3, best.Floor);
        best.Offer(2, 4);
        Assert.Equal(4, best.Floor);
    }
}
