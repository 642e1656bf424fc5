using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

public class InnerProductSearchTests
{
    [Fact]
    public void Find_AnyMatrix_IsTheSameAsSortingEverything() => Prop.ForAll(
        Gen.Choose(0, 300).SelectMany(items => Gen.Choose(1, 40).SelectMany(d => Gen.Choose(1, 320).SelectMany(k => Gen.Choose(0, int.MaxValue).Select(seed => (items, d, k, seed))))).ToArbitrary(),
        c =>
        {
            var random = new Random(c.seed);
            // Few distinct values, so that equal scores are frequent.
            var matrix = Numbers(c.items * c.d, () => random.Next(-2, 3));
            var query = Numbers(c.d, () => random.Next(-2, 3));
            var scale = c.seed % 2 == 0 ? [] : Numbers(c.items, () => random.Next(1, 4));
            var allowed = new ulong[ItemSet.WordsFor(c.items)];
            var set = new ItemSet(allowed);
            for (var row = 0; row < c.items; row++)
                if (random.Next(4) > 0)
                    set.Add(row);

            var (rows, scores) = (new int[c.k], new float[c.k]);
            var found = InnerProductSearch.Find(query, matrix, allowed, scale, rows, scores);

            var expected = Enumerable.Range(0, c.items)
                .Where(row => ItemSet.Contains(allowed, row))
                .Select(row => (Row: row, Score: Naive(query, matrix, row) * (scale.Length == 0 ? 1 : scale[row])))
                .OrderByDescending(r => r.Score).ThenBy(r => r.Row).Take(c.k);
            return rows.Zip(scores).Take(found).SequenceEqual(expected);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Find_EveryWidth_ScoresLikeAScalarLoop()
    {
        var random = new Random(1);
        for (var d = 1; d <= 256; d++)
        {
            var matrix = Numbers(3 * d, random.NextSingle);
            var query = Numbers(d, random.NextSingle);
            var (rows, scores) = (new int[3], new float[3]);
            Assert.Equal(3, InnerProductSearch.Find(query, matrix, [0b111], [], rows, scores));
            foreach (var (row, score) in rows.Zip(scores))
                Assert.Equal(Naive(query, matrix, row), score, 1e-5f * d);
        }
    }

    [Fact]
    public void Find_NothingAllowed_FindsNothing() => Assert.Equal(0, InnerProductSearch.Find([1f], [1f, 2f], [0], [], new int[5], new float[5]));

    [Fact]
    public void FindAndBlend_AfterTheFirstCall_AllocateNothing()
    {
        var random = new Random(2);
        const int Items = 5000, Width = 192;
        var matrix = Numbers(Items * Width, random.NextSingle);
        var query = Numbers(Width, random.NextSingle);
        var allowed = new ulong[ItemSet.WordsFor(Items)];
        var set = new ItemSet(allowed);
        for (var row = 0; row < Items; row++)
            set.Add(row);
        var (rows, scores) = (new int[100], new float[100]);
        InnerProductSearch.Find(query, matrix, allowed, [], rows, scores);
        UserInterest.Blend(matrix.AsSpan(0, Width), matrix, [1, 2, 3], 0.3f, query);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            UserInterest.Blend(matrix.AsSpan(0, Width), matrix, [1, 2, 3], 0.3f, query);
            InnerProductSearch.Find(query, matrix, allowed, [], rows, scores);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] Numbers(int count, Func<float> next) => [.. Enumerable.Range(0, count).Select(_ => next())];

    private static float[] Numbers(int count, Func<int> next) => [.. Enumerable.Range(0, count).Select(_ => (float)next())];

    private static float Naive(float[] query, float[] matrix, int row)
    {
        var sum = 0f;
        for (var i = 0; i < query.Length; i++)
            sum += query[i] * matrix[row * query.Length + i];
        return sum;
    }
}
