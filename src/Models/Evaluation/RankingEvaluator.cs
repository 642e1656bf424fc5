using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Evaluation;

/// <summary>The protocol of section 5.1: all items not in the user's training set are ranked, and the mean is taken over users with held-out items.</summary>
public sealed class RankingEvaluator
{
    /// <summary>
    /// With fewer users nothing is decided by what was measured. One user more who finds the held-out item is 1/n of recall: below 20 users that is more than
    /// most epochs, scales or settings differ by, so that the first lucky one would win.
    /// </summary>
    public const int FewestUsers = 20;

    /// <summary>The greatest cut-off.</summary>
    public const int Deepest = 1000;

    private const int MostUsersAtOnce = 256;

    // A quarter of a gigabyte: of millions of items, for few users.
    private const int ScoresAtOnce = 1 << 26;

    private readonly InteractionMatrix _train;
    private readonly int _items;
    private readonly (int User, HashSet<int> Items)[] _heldOut;
    private readonly int[] _cutOffs;
    private readonly int _depth;

    /// <summary>Ranks for the users of some held-out pairs.</summary>
    /// <param name="train">What the model has seen; these items are not ranked.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="heldOut">What a good ranking has at its top.</param>
    /// <param name="cutOffs">How many of a ranking's first items count, besides 10 and 20; 1 to <see cref="Deepest"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A cut-off is out of range.</exception>
    public RankingEvaluator(InteractionMatrix train, int items, IEnumerable<(int User, int Item)> heldOut, IReadOnlyList<int>? cutOffs = null)
    {
        _cutOffs = [.. (cutOffs ?? []).Except([10, 20]).Order()];
        foreach (var cutOff in _cutOffs)
            if (cutOff is < 1 or > Deepest)
                throw new ArgumentOutOfRangeException(nameof(cutOffs), cutOff, $"A cut-off from 1 to {Deepest} is needed.");
        _depth = Math.Max(20, _cutOffs.LastOrDefault());
        _train = train;
        _items = items;
        _heldOut = [.. heldOut.GroupBy(p => p.User).OrderBy(g => g.Key).Select(g => (g.Key, g.Select(p => p.Item).ToHashSet()))];
    }

    /// <summary>Users with held-out items.</summary>
    public int Users => _heldOut.Length;

    /// <summary>Whether there are enough users to decide by (<see cref="FewestUsers"/>).</summary>
    public bool CanDecide => Users >= FewestUsers;

    /// <summary>The mean metrics, to decide by; null: there are too few users, and nothing was measured.</summary>
    /// <inheritdoc cref="Evaluate(ScoreUsers, CancellationToken)"/>
    public RankingMetrics? Validate(ScoreUsers score, CancellationToken cancellationToken = default) => CanDecide ? Evaluate(score, cancellationToken) : null;

    /// <summary>Why nothing is decided by so few users, for people.</summary>
    /// <param name="users">Users with held-out items, fewer than <see cref="FewestUsers"/>.</param>
    public static string TooFew(int users) => users == 0
        ? "no user has three interactions, of which one could be held out"
        : $"too few users have an interaction held out, {users}, and it takes {FewestUsers}";

    /// <summary>The mean metrics over users with held-out items; null: there are none, and nothing was measured.</summary>
    /// <param name="score">The model.</param>
    /// <param name="cancellationToken">Stops between groups of users.</param>
    public RankingMetrics? Evaluate(ScoreUsers score, CancellationToken cancellationToken = default) =>
        _heldOut.Length == 0 ? null : RankingMetrics.Mean(EvaluateUsers(score, cancellationToken));

    /// <summary>The metrics of each user with held-out items, ascending by user, ranked on a device.</summary>
    /// <param name="device">Where to rank.</param>
    /// <param name="width">Numbers in a vector.</param>
    /// <param name="users">Row-major, users x width.</param>
    /// <param name="items">Row-major, items x width.</param>
    /// <param name="cancellationToken">Stops between groups of users.</param>
    internal IReadOnlyList<RankingMetrics> EvaluateUsersOn(Device device, int width, float[] users, float[] items, CancellationToken cancellationToken = default)
    {
        using var ranking = new DeviceRanking(width, users, items, _train, device);
        var metrics = new List<RankingMetrics>(_heldOut.Length);
        foreach (var some in _heldOut.Chunk(ranking.UsersAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var best = ranking.Best(Array.ConvertAll(some, user => user.User), _depth);
            metrics.AddRange(some.Zip(best, (user, ranked) => RankingMetrics.Of(ranked, user.Items, _cutOffs)));
        }
        return metrics;
    }

    /// <summary>The metrics of each user with held-out items, ascending by user.</summary>
    /// <inheritdoc cref="Evaluate(ScoreUsers, CancellationToken)"/>
    public IReadOnlyList<RankingMetrics> EvaluateUsers(ScoreUsers score, CancellationToken cancellationToken = default)
    {
        var metrics = new RankingMetrics[_heldOut.Length];
        var atOnce = Math.Clamp(ScoresAtOnce / Math.Max(1, _items), 1, MostUsersAtOnce);
        var scores = new float[Math.Min(atOnce, _heldOut.Length) * _items];
        for (var start = 0; start < _heldOut.Length; start += atOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = _heldOut.AsMemory(start, Math.Min(atOnce, _heldOut.Length - start));
            score(Array.ConvertAll(chunk.ToArray(), h => h.User), scores.AsSpan(0, chunk.Length * _items));
            var first = start;
            Parallel.For(0, chunk.Length, i =>
            {
                var (user, relevant) = chunk.Span[i];
                Span<int> ranking = stackalloc int[_depth];
                metrics[first + i] = RankingMetrics.Of(Top(scores.AsSpan(i * _items, _items), user, ranking), relevant, _cutOffs);
            });
        }
        return metrics;
    }

    /// <summary>The best items the user has not touched in training; of equal scores the smaller number first.</summary>
    internal ReadOnlySpan<int> Top(ReadOnlySpan<float> scores, int user, Span<int> ranking)
    {
        Span<float> kept = stackalloc float[ranking.Length];
        var count = 0;
        var best = new TopK(ranking, kept, ref count);
        var touched = _train.ItemsOf(user);
        var next = 0;
        for (var item = 0; item < scores.Length; item++)
            if (next < touched.Length && touched[next] == item)
                next++;
            else if (scores[item] >= best.Floor)
                best.Offer(item, scores[item]);
        return ranking[..best.Sort()];
    }
}
