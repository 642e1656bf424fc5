using Microsoft.Extensions.Options;
using Rearm.Streaming.Server;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Server.Ranking.Lanes;

namespace Rearm.Streaming.Benchmarks.Approximate;

/// <summary>The Server's engine on one thread.</summary>
/// <param name="set">What is searched, and for whom.</param>
/// <param name="k">How many items are wanted.</param>
internal sealed class ExactSearch(VectorSet set, int k)
{
    /// <summary>Users that share a pass where many ask at once.</summary>
    public const int Batch = TopKScan.MaxQueries;

    private readonly TopKEngine _engine = new(Options.Create(new ServerOptions { SearchThreads = 1 }));
    private readonly TopKScan _scan = new(ScanKernel.Widest);
    private readonly TopKQuery[] _queries = new TopKQuery[Batch];

    /// <summary>What is searched.</summary>
    public ItemVectors Items { get; } = new(set.Items, set.Width);

    /// <summary>The best rows for a user.</summary>
    /// <param name="user">The user's row.</param>
    /// <param name="allowed">Rows that may be found; empty: all.</param>
    /// <param name="rows">Takes them, best first.</param>
    /// <returns>How many there are.</returns>
    public int Find(int user, ReadOnlySpan<ulong> allowed, Span<int> rows)
    {
        var query = Query(user, allowed);
        _scan.Run(new(ref query));
        query.Rows[..query.Found].CopyTo(rows);
        _engine.Return(query);
        return query.Found;
    }

    /// <summary>Answers the first <see cref="Batch"/> users in one pass.</summary>
    public void FindTogether()
    {
        for (var user = 0; user < Batch; user++)
            _queries[user] = Query(user, []);
        _scan.Run(_queries);
        foreach (var query in _queries)
            _engine.Return(query);
    }

    private TopKQuery Query(int user, ReadOnlySpan<ulong> allowed)
    {
        var query = _engine.Rent(Items, k);
        set.User(user).CopyTo(query.Vector);
        if (allowed.IsEmpty)
            ItemSet.Fill(query.Allowed, set.Count);
        else
            allowed.CopyTo(query.Allowed);
        return query;
    }
}
