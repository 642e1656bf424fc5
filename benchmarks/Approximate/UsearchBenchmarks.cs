using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Benchmarks.Approximate;

/// <summary>
/// Approximate answers by USearch beside the Server's exact ones: what the index costs to make and to keep, how long an answer takes, and how much of the
/// best 20 is in it. Searches run on one thread, in turns, and are measured in processor time. USearch's candidates are scored anew in floats.
/// </summary>
internal sealed class UsearchBenchmarks
{
    private const int K = 20;
    private const int Rounds = 5;
    private const int FilterExpansion = 256;

    private static readonly int[] Expansions = [32, 64, 128, 256, 512, 1024];
    private static readonly double[] AllowedShares = [0.95, 0.5, 0.1, 0.01, 0.001];
    private static readonly TimeSpan LongestBuild = TimeSpan.FromMinutes(40);

    private readonly TextWriter _output;
    private readonly VectorSet _set;
    private readonly ExactSearch _exact;
    private readonly int _users;

    private UsearchBenchmarks(TextWriter output, VectorSet set)
    {
        (_output, _set, _users) = (output, set, set.Users.Length / set.Width);
        var start = Environment.CpuUsage.TotalTime;
        _exact = new(set, K);
        var megabytes = (set.Items.Length * 4L + _exact.Items.Codes.Bytes) / 1e6;
        Line($"{set.Count:N0} items of {set.Width}, {_users} users; exact: {Since(start).TotalSeconds:0.0} s of processor time, {megabytes:0} MB");
    }

    /// <summary>Runs it.</summary>
    /// <param name="output">Takes the figures.</param>
    /// <param name="args">The items, how many of them, and indexes by <see cref="IndexWay.Parse"/>.</param>
    public static void Run(TextWriter output, string[] args)
    {
        var set = args[0] switch
        {
            "gaussian" => VectorSet.Gaussian(Number(args[1])),
            "clustered" => VectorSet.Clustered(Number(args[1])),
            var folder => VectorSet.Trained(folder, Number(args[1])),
        };
        var benchmarks = new UsearchBenchmarks(output, set);
        foreach (var way in args.Skip(2))
            benchmarks.Measure(way);

        int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    private void Measure(string way)
    {
        using var index = new UsearchIndex(_set, IndexWay.Parse(way));
        if (!Build(index, way))
            return;
        Everything(index);
        foreach (var share in AllowedShares)
            Filtered(index, share);
    }

    // The memory is what the process has more of afterwards: USearch counts what it has reserved.
    private bool Build(UsearchIndex index, string way)
    {
        var (clock, cpu, memory) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime, Environment.WorkingSet);
        var added = index.Build(_set, () => clock.Elapsed > LongestBuild);
        var megabytes = (Environment.WorkingSet - memory) / 1e6;
        Line($"{way}: {added:N0} rows in {clock.Elapsed.TotalSeconds:0} s, {Since(cpu).TotalSeconds:0.0} s of processor time, {megabytes:0} MB");
        return added == _set.Count;
    }

    private void Everything(UsearchIndex index)
    {
        var (best, hits) = (Best([]), new int[Expansions.Length]);
        Action[] ways =
        [
            () => Best([]),
            _exact.FindTogether,
            .. Expansions.Select((expansion, n) => (Action)(() => hits[n] = Answer(index, expansion, [], best).Hits)),
        ];
        var times = Array.ConvertAll(ways, _ => new double[Rounds]);
        // The first round is for the JIT.
        for (var round = -1; round < Rounds; round++)
            for (var way = 0; way < ways.Length; way++)
            {
                var start = Environment.CpuUsage.TotalTime;
                ways[way]();
                times[way][Math.Max(0, round)] = Since(start).TotalMilliseconds / (way == 1 ? ExactSearch.Batch : _users);
            }
        foreach (var time in times)
            Array.Sort(time);
        Line($"  exact {times[0][Rounds / 2]:0.000} ms, {times[1][Rounds / 2]:0.000} ms when {ExactSearch.Batch} share a pass");
        for (var n = 0; n < Expansions.Length; n++)
            Line($"  expansion {Expansions[n]}: {times[n + 2][Rounds / 2]:0.000} ms, recall@{K} {hits[n] / (double)(K * _users):0.000}");
    }

    private void Filtered(UsearchIndex index, double share)
    {
        var allowed = _set.Allowed(share);
        var start = Environment.CpuUsage.TotalTime;
        var best = Best(allowed);
        var exact = Since(start).TotalMilliseconds / _users;
        var wanted = best.Sum(rows => rows.Length);
        if (wanted == 0)
            return;
        start = Environment.CpuUsage.TotalTime;
        var (hits, found) = Answer(index, FilterExpansion, allowed, best);
        var (time, recall) = (Since(start).TotalMilliseconds / _users, hits / (double)wanted);
        Line($"  {share} allowed: exact {exact:0.000} ms; expansion {FilterExpansion}: {time:0.000} ms, recall@{K} {recall:0.000}, {found} of {wanted} found");
    }

    private int[][] Best(ulong[] allowed)
    {
        var best = new int[_users][];
        var rows = new int[K];
        for (var user = 0; user < _users; user++)
            best[user] = rows[.._exact.Find(user, allowed, rows)];
        return best;
    }

    private (int Hits, int Found) Answer(UsearchIndex index, int expansion, ulong[] allowed, int[][] best)
    {
        var (candidates, distances) = (new ulong[Math.Max(K, expansion)], new float[Math.Max(K, expansion)]);
        var (rows, scores) = (new int[K], new float[K]);
        var (hits, found) = (0, 0);
        for (var user = 0; user < _users; user++)
        {
            var count = 0;
            var top = new TopK(rows, scores, ref count);
            foreach (var candidate in candidates.AsSpan(0, index.Find(_set.User(user), candidates, distances, allowed)))
                top.Offer((int)candidate, TensorPrimitives.Dot(_set.User(user), _exact.Items[(int)candidate]));
            top.Sort();
            found += count;
            foreach (var row in rows.AsSpan(0, count))
                hits += best[user].Contains(row) ? 1 : 0;
        }
        return (hits, found);
    }

    private static TimeSpan Since(TimeSpan cpu) => Environment.CpuUsage.TotalTime - cpu;

    private void Line(FormattableString line)
    {
        _output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        _output.Flush();
    }
}
