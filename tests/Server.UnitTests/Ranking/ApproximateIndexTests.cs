using System.Numerics.Tensors;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Server.Ranking.Lanes;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

public class ApproximateIndexTests
{
    private const int Width = 24;
    private const int Rows = 3000;
    private const int Expansion = 128;
    private const int K = 10;

    private readonly Vectors _vectors = new(1);
    private readonly ItemVectors _items;
    private readonly TopKEngine _engine;

    public ApproximateIndexTests()
    {
        _items = new(_vectors.Rows("gaussian", Rows, Width), Width);
        _items.Approximate = new(_items, ItemSet.All(Rows), Expansion, threads: 2, () => true);
        _engine = Engine(threads: 2);
    }

    [Fact]
    public async Task FindAsync_WithAnIndex_FindsMostOfTheBestWithTheirScores()
    {
        var hits = 0;
        for (var n = 0; n < 100; n++)
        {
            var query = Query();
            Assert.Equal(K, await _engine.FindAsync(query, default));
            var vector = query.Vector.ToArray();
            for (var i = 0; i < K; i++)
                Assert.Equal(TensorPrimitives.Dot<float>(vector, _items[query.Rows[i]]), query.Scores[i]);
            Assert.Equal(query.Scores.ToArray().OrderDescending(), query.Scores.ToArray());
            hits += PlainScan.Find(query).Count(best => query.Rows.Contains(best.Row));
        }
        Assert.InRange(hits, 950, 1000);
        Assert.Equal((100, 100, 0), (_engine.Queries, _engine.Approximate, _engine.Passes));
    }

    [Fact]
    public async Task FindAsync_TheBestAreNotAllowed_FindsOthersAndNeverThose()
    {
        var query = Query(k: 32);
        var excluded = PlainScan.Find(query).Select(best => best.Row).ToArray();
        foreach (var row in excluded)
            new ItemSet(query.Allowed).Remove(row);

        Assert.Equal(32, await _engine.FindAsync(query, default));

        Assert.Empty(query.Rows.ToArray().Intersect(excluded));
        Assert.Equal(32, query.Rows.ToArray().Distinct().Count());
        Assert.Equal(1, _engine.Approximate);
    }

    [Theory]
    [InlineData("cosine")]
    [InlineData("exact")]
    [InlineData("many items")]
    [InlineData("few allowed")]
    [InlineData("none allowed")]
    [InlineData("zero query")]
    public async Task FindAsync_WhatTheIndexCantAnswer_IsExact(string what)
    {
        var query = Query(what == "many items" ? Expansion / 4 + 1 : K);
        (query.ByCosine, query.IsExact) = (what == "cosine", what == "exact");
        if (what is "few allowed" or "none allowed")
            for (var row = 0; row < Rows; row += what == "few allowed" ? 9 : 1)
                new ItemSet(query.Allowed).Remove(row);
        if (what == "zero query")
            query.Vector.Clear();

        await _engine.FindAsync(query, default);

        Assert.Null(PlainScan.Difference(query));
        Assert.Equal((0, 1), (_engine.Approximate, _engine.Passes));
    }

    [Fact]
    public async Task FindAsync_ThatWaited_AreAnsweredByTheIndexAndThePassTheyNeed()
    {
        var engine = Engine(threads: 1);
        var worker = engine.TakeWorker()!;
        var queries = Enumerable.Range(0, 20).Select(n => Query(engine: engine)).ToArray();
        foreach (var query in queries.Where((_, n) => n % 3 == 0))
            query.IsExact = true;
        var answers = queries.Select(query => engine.FindAsync(query, default).AsTask()).ToArray();

        engine.Work(worker);

        Assert.All(await Task.WhenAll(answers), found => Assert.Equal(K, found));
        Assert.All(queries.Where(query => query.IsExact), query => Assert.Null(PlainScan.Difference(query)));
        Assert.Equal((20, 13, 1), (engine.Queries, engine.Approximate, engine.Passes));
    }

    [Fact]
    public async Task FindAsync_FromManyThreads_AnswersAll()
    {
        var queries = Enumerable.Range(0, 200).Select(_ => Query()).ToArray();
        await Parallel.ForEachAsync(
            queries, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (query, token) => Assert.Equal(K, await _engine.FindAsync(query, token)));
        Assert.Equal(200, _engine.Approximate);
    }

    [Fact]
    public void FindAsync_AfterTheFirstTime_AllocatesNothing()
    {
        var query = Query();
        var asked = 0;
        void Ask()
        {
            asked++;
            var answer = _engine.FindAsync(query, default);
            if (!answer.IsCompletedSuccessfully)
                throw new InvalidOperationException("Nobody else asks, so it is answered at once.");
            answer.GetAwaiter().GetResult();
        }
        Assert.Equal(0, Allocations.Of(Ask));
        Assert.Equal(asked, _engine.Approximate);
    }

    [Fact]
    public void Build_NotWantedAnyMore_Ends() =>
        Assert.Throws<OperationCanceledException>(() => new ApproximateIndex(_items, ItemSet.All(Rows), Expansion, threads: 1, () => false));

    [Theory]
    [InlineData("any magnitude per row")]
    [InlineData("zeros")]
    [InlineData("equal")]
    public async Task FindAsync_ItemsOfAnyKind_GivesAsManyAsAreAsked(string kind)
    {
        var items = new ItemVectors(_vectors.Rows(kind, 500, Width), Width);
        items.Approximate = new(items, ItemSet.All(500), Expansion, threads: 2, () => true);
        var query = Query(items: items);
        Assert.Equal(K, await _engine.FindAsync(query, default));
        Assert.Equal(K, query.Rows.ToArray().Distinct().Count());
    }

    private static TopKEngine Engine(int threads) =>
        new(Options.Create(new ServerOptions { SearchThreads = threads }), ScanKernel.Widest, sharedBytes: long.MaxValue);

    private TopKQuery Query(int k = K, TopKEngine? engine = null, ItemVectors? items = null)
    {
        var query = (engine ?? _engine).Rent(items ?? _items, k);
        _vectors.Rows("gaussian", 1, Width).CopyTo(query.Vector);
        ItemSet.Fill(query.Allowed, query.Items.Count);
        return query;
    }
}
