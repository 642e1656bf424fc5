using Microsoft.Extensions.Options;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Server.Ranking.Lanes;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

public class TopKEngineTests
{
    private const int Width = 24;

    private readonly Vectors _vectors = new(1);
    private readonly ItemVectors _items;

    public TopKEngineTests() => _items = new(_vectors.Rows("gaussian", 3000, Width), Width);

    [Fact]
    public async Task FindAsync_AThreadIsFree_AnswersAtOnce()
    {
        var engine = Engine(1, 10);
        var query = Query(engine, _items);
        var answer = engine.FindAsync(query, default);
        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal(query.K, await answer);
        Assert.Null(PlainScan.Difference(query));
        Assert.Equal((1, 1), (engine.Queries, engine.Passes));
    }

    [Fact]
    public async Task FindAsync_AllThreadsAreBusy_SharesTheNextPass()
    {
        var engine = Engine(1, 100);
        var worker = engine.TakeWorker()!;
        var queries = Enumerable.Range(0, TopKScan.MaxQueries + 5).Select(_ => Query(engine, _items)).ToArray();
        var answers = queries.Select(query => engine.FindAsync(query, default).AsTask()).ToArray();
        Assert.Equal(queries.Length, engine.Waiting);
        Assert.DoesNotContain(answers, answer => answer.IsCompleted);

        engine.Work(worker);

        await Task.WhenAll(answers);
        Assert.All(queries, query => Assert.Null(PlainScan.Difference(query)));
        Assert.Equal((queries.Length, 2), (engine.Queries, engine.Passes));
    }

    [Fact]
    public async Task FindAsync_ForTwoGenerations_NeverMixesThem()
    {
        var engine = Engine(1, 100);
        var worker = engine.TakeWorker()!;
        var newer = new ItemVectors(_vectors.Rows("gaussian", 500, Width + 7), Width + 7);
        var queries = Enumerable.Range(0, 30).Select(n => Query(engine, n % 7 > 3 ? newer : _items)).ToArray();
        var answers = queries.Select(query => engine.FindAsync(query, default).AsTask()).ToArray();

        engine.Work(worker);

        await Task.WhenAll(answers);
        Assert.All(queries, query => Assert.Null(PlainScan.Difference(query)));
    }

    [Fact]
    public async Task FindAsync_CancelledWhileWaiting_EndsAtOnceAndHoldsNobodyUp()
    {
        var engine = Engine(1, 100);
        var worker = engine.TakeWorker()!;
        var (gone, stays) = (Query(engine, _items), Query(engine, _items));
        using var cancellation = new CancellationTokenSource();
        var goneAnswer = engine.FindAsync(gone, cancellation.Token).AsTask();
        var staysAnswer = engine.FindAsync(stays, default).AsTask();

        await cancellation.CancelAsync();

        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => goneAnswer);
        Assert.Equal(cancellation.Token, e.CancellationToken);
        Assert.Equal(1, engine.Waiting);
        engine.Work(worker);
        await staysAnswer;
        Assert.Null(PlainScan.Difference(stays));
        Assert.Equal(1, engine.Queries);
    }

    [Fact]
    public async Task FindAsync_CancelledBefore_DoesNothing()
    {
        var engine = Engine(1, 100);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await engine.FindAsync(Query(engine, _items), new CancellationToken(canceled: true)));
        Assert.Equal(0, engine.Queries);
    }

    [Fact]
    public async Task FindAsync_TooManyWait_IsRefusedAndTheOthersAreAnswered()
    {
        var engine = Engine(1, 2);
        var worker = engine.TakeWorker()!;
        var answers = Enumerable.Range(0, 2).Select(_ => engine.FindAsync(Query(engine, _items), default).AsTask()).ToArray();
        var e = await Assert.ThrowsAsync<LimitException>(async () => await engine.FindAsync(Query(engine, _items), default));
        Assert.Contains("Server:MaxWaitingSearches", e.Message);
        engine.Work(worker);
        Assert.All(await Task.WhenAll(answers), found => Assert.Equal(10, found));
    }

    [Fact]
    public async Task FindAsync_NotANumber_IsRefused()
    {
        var engine = Engine(1, 2);
        var query = Query(engine, _items);
        query.Vector[3] = float.NaN;
        await Assert.ThrowsAsync<ArgumentException>(async () => await engine.FindAsync(query, default));
    }

    [Fact]
    public async Task FindAsync_NoneWantedOrNoItems_FindsNone()
    {
        var engine = Engine(1, 2);
        Assert.Equal(0, await engine.FindAsync(Query(engine, _items, k: 0), default));
        Assert.Equal(0, await engine.FindAsync(Query(engine, new ItemVectors([], Width)), default));
    }

    [Fact]
    public async Task FindAsync_ThreadsHelpEachOther_GivesTheSame()
    {
        var engine = Engine(3, 2, sharedBytes: 0);
        for (var k = 1; k < 4000; k *= 3)
        {
            var query = Query(engine, _items, k);
            await engine.FindAsync(query, default);
            Assert.Null(PlainScan.Difference(query));
            engine.Return(query);
        }
        // All are free again.
        Assert.Equal(3, Enumerable.Range(0, 4).Count(_ => engine.TakeWorker() is not null));
    }

    [Theory]
    [InlineData(1, long.MaxValue)]
    [InlineData(2, long.MaxValue)]
    [InlineData(4, 0)]
    public async Task FindAsync_FromManyThreadsWithCancellation_AnswersEachItsOwn(int threads, long sharedBytes)
    {
        var engine = Engine(threads, 1000, sharedBytes);
        var differences = await Task.WhenAll(Enumerable.Range(0, 12).Select(seed => Task.Run(async () =>
        {
            var vectors = new Vectors(seed);
            for (var n = 0; n < 15; n++)
            {
                var query = Query(engine, _items, 1 + vectors.Next(30), vectors);
                using var cancellation = new CancellationTokenSource();
                try
                {
                    var answer = engine.FindAsync(query, cancellation.Token);
                    if (n % 5 == 0)
                        await cancellation.CancelAsync();
                    await answer;
                    if (PlainScan.Difference(query) is { } difference)
                        return difference;
                }
                catch (OperationCanceledException) when (n % 5 == 0)
                {
                    // As asked.
                }
                finally
                {
                    engine.Return(query);
                }
            }
            return null;
        })));
        Assert.All(differences, Assert.Null);
        Assert.Equal(0, engine.Waiting);
    }

    [Fact]
    public void FindAsync_AfterTheFirstTime_AllocatesNothing()
    {
        var engine = Engine(1, 10);
        void Ask()
        {
            var query = engine.Rent(_items, 20);
            ItemSet.Fill(query.Allowed, _items.Count);
            _items[7].CopyTo(query.Vector);
            var answer = engine.FindAsync(query, default);
            if (!answer.IsCompletedSuccessfully)
                throw new InvalidOperationException("Nobody else asks, so it is answered at once.");
            answer.GetAwaiter().GetResult();
            engine.Return(query);
        }
        Assert.Equal(0, Allocations.Of(Ask));
    }

    private static TopKEngine Engine(int threads, int maxWaiting, long sharedBytes = long.MaxValue) =>
        new(Options.Create(new ServerOptions { SearchThreads = threads, MaxWaitingSearches = maxWaiting }), ScanKernel.Widest, sharedBytes);

    private TopKQuery Query(TopKEngine engine, ItemVectors items, int k = 10, Vectors? vectors = null)
    {
        var query = engine.Rent(items, k);
        (vectors ?? _vectors).Rows("gaussian", 1, items.Width).CopyTo(query.Vector);
        ItemSet.Fill(query.Allowed, items.Count);
        return query;
    }
}
