using Microsoft.Extensions.Options;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking.Lanes;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>
/// Maximum inner product search for everybody, exact unless the items have an index that may answer (<see cref="ItemVectors.Approximate"/>). A query that comes
/// while a thread may search is answered at once, on the caller's thread. Those that come while all are busy wait, and share the next pass over memory, up to
/// <see cref="TopKScan.MaxQueries"/> at a time.
/// </summary>
internal sealed class TopKEngine
{
    // From here on codes come from memory rather than from the cache, and a pass takes milliseconds: threads that are free help.
    private const long SharedBytes = 32 << 20;

    private const int MaxPooled = 2 * TopKScan.MaxQueries;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly IOptions<ServerOptions> _options;
    private readonly ScanKernel _kernel;
    private readonly long _sharedBytes;
    private readonly WaitingQueries _waiting = new();
    private readonly Stack<TopKQuery> _queries = new(MaxPooled);
    private readonly Stack<TopKWorker> _free = [];
    private int _workers;
    private long _answered;
    private long _passes;
    private long _approximate;

    public TopKEngine(IOptions<ServerOptions> options)
        : this(options, ScanKernel.Widest, SharedBytes)
    {
    }

    /// <param name="options">How many threads may search, and how many queries may wait.</param>
    /// <param name="kernel">The innermost loops.</param>
    /// <param name="sharedBytes">Bytes of codes from which on threads help each other.</param>
    internal TopKEngine(IOptions<ServerOptions> options, ScanKernel kernel, long sharedBytes)
    {
        (_options, _kernel, _sharedBytes) = (options, kernel, sharedBytes);
    }

    /// <summary>How many queries wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>How many queries have been answered.</summary>
    public long Queries => Interlocked.Read(ref _answered);

    /// <summary>How many passes over the items that took.</summary>
    public long Passes => Interlocked.Read(ref _passes);

    /// <summary>How many queries an index has answered.</summary>
    public long Approximate => Interlocked.Read(ref _approximate);

    /// <summary>
    /// A query whose vector and allowed rows are to be filled in: they hold what they held before. Give it back when its answer has been read.
    /// </summary>
    /// <param name="items">What is searched.</param>
    /// <param name="k">How many items to find.</param>
    public TopKQuery Rent(ItemVectors items, int k)
    {
        TopKQuery? query;
        lock (_gate)
            _queries.TryPop(out query);
        query ??= new(this);
        query.Reset(items, k);
        return query;
    }

    /// <summary>Takes a query back.</summary>
    public void Return(TopKQuery query)
    {
        query.Clear();
        lock (_gate)
            if (_queries.Count < MaxPooled)
                _queries.Push(query);
    }

    /// <summary>
    /// Finds the rows with the greatest scores among those allowed, ties to the lower row: what scoring every row would give, or most of it from an index.
    /// </summary>
    /// <param name="query">Filled in; not to be touched until the answer is there.</param>
    /// <param name="cancellationToken">Gives up: at once while the query waits, and soon while it is being answered.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query can't be ranked by (<see cref="QueryCode.Check"/>).</exception>
    /// <exception cref="LimitException">Too many queries wait.</exception>
    public ValueTask<int> FindAsync(TopKQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        QueryCode.Check(query.Vector);
        if (query.K == 0 || query.Items.Count == 0)
            return new(0);
        query.Begin(cancellationToken);
        if (TakeWorker() is { } worker)
            return new(Lead(worker, query, cancellationToken));
        // Before it waits: whoever completes the query must find the registration.
        query.Registration = cancellationToken.UnsafeRegister(static state => ((TopKQuery)state!).GiveUp(), query);
        lock (_gate)
        {
            worker = TakeFree();
            if (worker is null && _waiting.Count < _options.Value.MaxWaitingSearches && !cancellationToken.IsCancellationRequested)
            {
                _waiting.Add(query);
                return query.Answer;
            }
        }
        query.Registration.Dispose();
        query.Registration = default;
        if (worker is not null)
            return new(Lead(worker, query, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        throw new LimitException($"{_options.Value.MaxWaitingSearches} searches wait already, which is the limit (Server:MaxWaitingSearches).", RetryAfter);
    }

    /// <summary>Answers those who wait, until nobody does.</summary>
    internal void Work(TopKWorker worker)
    {
        while (true)
        {
            int count;
            lock (_gate)
            {
                count = _waiting.Take(worker.Batch);
                if (count == 0)
                {
                    _free.Push(worker);
                    return;
                }
            }
            var batch = worker.Batch.AsSpan(0, count);
            Exception? failure = null;
            try
            {
                Run(worker, batch);
            }
            catch (Exception e)
            {
                // Nobody awaits this thread; those who wait are told.
                failure = e;
            }
            foreach (var query in batch)
                query.Complete(failure);
            batch.Clear();
        }
    }

    /// <summary>Ends the waiting of a query whose caller has given up, unless it is being answered already.</summary>
    internal void GiveUp(TopKQuery query)
    {
        bool waited;
        lock (_gate)
            waited = _waiting.Remove(query);
        if (waited)
            query.Complete(failure: null);
    }

    private int Lead(TopKWorker worker, TopKQuery query, CancellationToken cancellationToken)
    {
        try
        {
            Run(worker, new(ref query));
        }
        finally
        {
            GiveBack(worker);
        }
        cancellationToken.ThrowIfCancellationRequested();
        return query.Found;
    }

    private void Run(TopKWorker worker, ReadOnlySpan<TopKQuery> batch)
    {
        if (batch[0].Items.Approximate is { } index)
            batch = Answer(index, worker, batch);
        if (!batch.IsEmpty)
            Scan(worker.Scan, batch);
    }

    /// <summary>Answers those that an index can.</summary>
    /// <returns>The others.</returns>
    private ReadOnlySpan<TopKQuery> Answer(ApproximateIndex index, TopKWorker worker, ReadOnlySpan<TopKQuery> batch)
    {
        var left = 0;
        foreach (var query in batch)
            if (query.ByCosine || query.IsExact)
                worker.Exact[left++] = query;
            else if (index.Find(query.Vector, query.Allowed, query.Rows, query.Scores) is var found and not ApproximateIndex.NotAnswered)
                query.Found = found;
            else
                worker.Exact[left++] = query;
        Interlocked.Add(ref _answered, batch.Length - left);
        Interlocked.Add(ref _approximate, batch.Length - left);
        return worker.Exact.AsSpan(0, left);
    }

    private void Scan(TopKScan scan, ReadOnlySpan<TopKQuery> batch)
    {
        var items = batch[0].Items;
        try
        {
            scan.Begin(batch);
            if (items.Codes.Bytes >= _sharedBytes && TakeWorker() is { } helper)
                PassTogether(scan, batch, helper);
            else
                scan.Pass(0, TopKScan.Chunks(items));
            scan.Finish();
            Interlocked.Add(ref _answered, batch.Length);
            Interlocked.Increment(ref _passes);
        }
        finally
        {
            scan.End();
        }
    }

    /// <summary>Makes one pass on several threads, each on a part of the rows. This allocates what <see cref="Parallel"/> does.</summary>
    private void PassTogether(TopKScan scan, ReadOnlySpan<TopKQuery> batch, TopKWorker first)
    {
        var helpers = new List<TopKWorker> { first };
        while (TakeWorker() is { } another)
            helpers.Add(another);
        try
        {
            foreach (var helper in helpers)
                helper.Scan.Begin(batch);
            var (chunks, parts) = (TopKScan.Chunks(batch[0].Items), helpers.Count + 1);
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, part =>
                (part == 0 ? scan : helpers[part - 1].Scan).Pass((int)((long)chunks * part / parts), (int)((long)chunks * (part + 1) / parts)));
            foreach (var helper in helpers)
                scan.Merge(helper.Scan);
        }
        finally
        {
            foreach (var helper in helpers)
            {
                helper.Scan.End();
                GiveBack(helper);
            }
        }
    }

    /// <summary>The right to make a pass, if it is to be had; <see cref="Work"/> gives it back.</summary>
    internal TopKWorker? TakeWorker()
    {
        lock (_gate)
            return TakeFree();
    }

    private TopKWorker? TakeFree()
    {
        if (_free.TryPop(out var worker))
            return worker;
        if (_workers == _options.Value.Searches)
            return null;
        _workers++;
        return new(this, new(_kernel));
    }

    private void GiveBack(TopKWorker worker)
    {
        lock (_gate)
            if (_waiting.Count == 0)
            {
                _free.Push(worker);
                return;
            }
        // Not on this thread: its caller has waited long enough.
        ThreadPool.UnsafeQueueUserWorkItem(worker, preferLocal: false);
    }
}
