using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Server.Ranking.Lanes;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

public class TopKScanTests
{
    public static TheoryData<int> Widths => [512, 256, 128, 32];

    public static TheoryData<string> Kinds => [.. Vectors.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_AnyRowsAndQueries_GivesWhatScoringEveryRowGives(string kind)
    {
        var scans = ((int[])[512, 256, 128, 32]).Select(bits => new TopKScan(ScanKernel.OfBits(bits))).ToArray();
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var vectors = new Vectors(seed);
            var width = 1 + vectors.Next(300);
            var items = new ItemVectors(vectors.Rows(kind, vectors.Next(8) == 0 ? vectors.Next(3) : vectors.Next(1200), width), width);
            var queries = Queries(vectors, kind, items, 1 + vectors.Next(9));
            if (items.Count == 0)
                return true.ToProperty();
            scans[vectors.Next(scans.Length)].Run(queries);
            var differences = queries.Select(PlainScan.Difference).OfType<string>().ToList();
            return (differences.Count == 0).Label($"{items.Count} x {width}: {string.Join("; ", differences)}");
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Run_EveryWidthOfARow_GivesWhatScoringEveryRowGives(int bits)
    {
        var (vectors, scan) = (new Vectors(bits), new TopKScan(ScanKernel.OfBits(bits)));
        for (var width = 1; width <= 300; width++)
        {
            var items = new ItemVectors(vectors.Rows("gaussian", 100, width), width);
            var queries = Queries(vectors, "gaussian", items, 1 + width % 5);
            scan.Run(queries);
            Assert.All(queries, query => Assert.Null(PlainScan.Difference(query)));
        }
    }

    [Fact]
    public void Run_AsManyQueriesAsFit_AnswersEachByItsOwnFilter()
    {
        var vectors = new Vectors(1);
        var items = new ItemVectors(vectors.Rows("gaussian", 3000, 24), 24);
        var queries = Queries(vectors, "gaussian", items, TopKScan.MaxQueries);
        new TopKScan(ScanKernel.Widest).Run(queries);
        Assert.All(queries, query => Assert.Null(PlainScan.Difference(query)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(1000)]
    public void Run_ManyRows_ScoresFewOfThem(int k)
    {
        var vectors = new Vectors(2);
        var items = new ItemVectors(vectors.Rows("gaussian", 20_000, 64), 64);
        var query = Query(vectors, "gaussian", items, k, allowed: _ => true);
        var scan = new TopKScan(ScanKernel.Widest);
        scan.Run([query]);
        Assert.Null(PlainScan.Difference(query));
        Assert.InRange(scan.Scored(0), k, 150 + 5 * k);
    }

    [Fact]
    public void Run_NothingAllowed_FindsNothing()
    {
        var vectors = new Vectors(3);
        var items = new ItemVectors(vectors.Rows("gaussian", 1000, 10), 10);
        var query = Query(vectors, "gaussian", items, 5, allowed: _ => false);
        new TopKScan(ScanKernel.Widest).Run([query]);
        Assert.Equal(0, query.Found);
    }

    [Fact]
    public void Run_AllWhoWaitGiveUp_StopsOnTheWay()
    {
        var vectors = new Vectors(4);
        var items = new ItemVectors(vectors.Rows("same sign", 100_000, 1), 1);
        var query = Query(vectors, "same sign", items, 1, row => row >= 99_000);
        query.Begin(new CancellationToken(canceled: true));
        new TopKScan(ScanKernel.Widest).Run([query]);
        Assert.Equal(0, query.Found);
    }

    [Fact]
    public void Run_AfterTheFirstTime_AllocatesNothing()
    {
        var vectors = new Vectors(5);
        var items = new ItemVectors(vectors.Rows("gaussian", 5000, 48), 48);
        var (scan, queries) = (new TopKScan(ScanKernel.Widest), Queries(vectors, "gaussian", items, TopKScan.MaxQueries));
        Assert.Equal(0, Allocations.Of(() => scan.Run(queries)));
    }

    private static TopKQuery[] Queries(Vectors vectors, string kind, ItemVectors items, int count)
    {
        var queries = new TopKQuery[count];
        for (var q = 0; q < count; q++)
        {
            var some = 1 + vectors.Next(20);
            Func<int, bool> allowed = vectors.Next(4) switch
            {
                0 => _ => true,
                1 => row => row % some == 0,
                2 => row => row / 100 % some == 0,
                _ => _ => false,
            };
            queries[q] = Query(vectors, kind, items, vectors.Next(2) == 0 ? 1 + vectors.Next(30) : 1 + vectors.Next(1500), allowed);
            queries[q].ByCosine = vectors.Next(2) == 0;
            // Some go on after a row of the answer.
            if (vectors.Next(3) == 0 && PlainScan.Find(queries[q]) is { Length: > 0 } first && first[vectors.Next(first.Length)] is var last)
                queries[q].After = (last.Score, last.Row);
        }
        return queries;
    }

    private static TopKQuery Query(Vectors vectors, string kind, ItemVectors items, int k, Func<int, bool> allowed)
    {
        var query = new TopKQuery(new TopKEngine(Options.Create(new ServerOptions())));
        query.Reset(items, k);
        vectors.Rows(vectors.Next(8) == 0 ? "zeros" : kind, 1, items.Width).CopyTo(query.Vector);
        if (kind == "same sign")
            System.Numerics.Tensors.TensorPrimitives.Negate(query.Vector, query.Vector);
        query.Allowed.Clear();
        var set = new ItemSet(query.Allowed);
        for (var row = 0; row < items.Count; row++)
            if (allowed(row))
                set.Add(row);
        return query;
    }
}
