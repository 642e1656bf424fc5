using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>
/// What the K best items are asked for, and room for the answer. <see cref="TopKEngine.Rent"/> gives one and <see cref="TopKEngine.Return"/> takes it
/// back; all its memory is reused.
/// </summary>
/// <param name="engine">Whose it is.</param>
internal sealed class TopKQuery(TopKEngine engine) : IValueTaskSource<int>, IThreadPoolWorkItem
{
    private float[] _vector = [];
    private ulong[] _allowed = [];
    private int[] _rows = [];
    private float[] _scores = [];
    private int _words;
    private ManualResetValueTaskSourceCore<int> _completion;
    private CancellationToken _cancellation;
    private Exception? _failure;

    /// <summary>What is searched.</summary>
    [AllowNull]
    public ItemVectors Items { get; private set; }

    /// <summary>How many items to find.</summary>
    public int K { get; private set; }

    /// <summary>Whether scores are divided by the items' lengths; with a query of length 1 that makes them cosines.</summary>
    public bool ByCosine { get; set; }

    /// <summary>Whether an approximate answer won't do, whatever <see cref="ItemVectors.Approximate"/> is.</summary>
    public bool IsExact { get; set; }

    /// <summary>Only rows that come after one with this score and number are found; after (+infinity, -1) all do.</summary>
    public (float Score, int Row) After { get; set; }

    /// <summary>The query, to be filled in.</summary>
    public Span<float> Vector => _vector.AsSpan(0, Items.Width);

    /// <summary>The rows that may be answered, as an <see cref="ItemSet"/>, to be filled in.</summary>
    public Span<ulong> Allowed => _allowed.AsSpan(0, _words);

    /// <summary>The best rows, best first, ties to the lower row; as many as were found.</summary>
    public Span<int> Rows => _rows.AsSpan(0, K);

    /// <summary>Their scores.</summary>
    public Span<float> Scores => _scores.AsSpan(0, K);

    /// <summary>How many were found: K, or all that are allowed.</summary>
    public int Found { get; set; }

    /// <summary>Is there nobody left who wants the answer?</summary>
    public bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>Neighbours in the queue that it waits in; the queue's own.</summary>
    internal TopKQuery? Previous { get; set; }

    /// <inheritdoc cref="Previous"/>
    internal TopKQuery? Next { get; set; }

    /// <summary>What ends the waiting when the caller gives up.</summary>
    internal CancellationTokenRegistration Registration { get; set; }

    /// <summary>Makes room for a query.</summary>
    /// <param name="items">What is searched.</param>
    /// <param name="k">How many items to find.</param>
    public void Reset(ItemVectors items, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        (Items, K, ByCosine, IsExact, After, Found) = (items, k, false, false, (float.PositiveInfinity, -1), 0);
        _words = ItemSet.WordsFor(items.Count);
        Grow(ref _vector, items.Width);
        Grow(ref _allowed, _words);
        Grow(ref _rows, k);
        Grow(ref _scores, k);
    }

    /// <summary>Lets go of the items.</summary>
    internal void Clear() => Items = null;

    /// <summary>Begins waiting for the answer.</summary>
    internal void Begin(CancellationToken cancellationToken)
    {
        _completion.Reset();
        (_cancellation, _failure) = (cancellationToken, null);
    }

    /// <summary>The answer to wait for: how many were found.</summary>
    internal ValueTask<int> Answer => new(this, _completion.Version);

    /// <summary>Ends the waiting, on a thread of its own: whoever waited goes on there.</summary>
    internal void Complete(Exception? failure)
    {
        _failure = failure;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>The caller has given up.</summary>
    internal void GiveUp() => engine.GiveUp(this);

    void IThreadPoolWorkItem.Execute()
    {
        // Not while its callback may still run: the query is used again as soon as it is completed.
        Registration.Dispose();
        Registration = default;
        var failure = _failure ?? (IsCancelled ? new OperationCanceledException(_cancellation) : null);
        if (failure is null)
            _completion.SetResult(Found);
        else
            _completion.SetException(failure);
    }

    int IValueTaskSource<int>.GetResult(short token) => _completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            array = new T[length];
    }
}
