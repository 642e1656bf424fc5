using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models;
using Rearm.Streaming.Server;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Server.Ranking.Lanes;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// The top-K engine by itself, on one thread: one query, and 64 that share a pass, in turns with what else could be done. Everything is measured in processor
/// time, which is what a machine that others use too can tell.
/// </summary>
internal sealed class TopKFigures : IDisposable
{
    private const int Width = 192;
    private const int K = 20;
    private const int Batch = TopKScan.MaxQueries;

    // BLAS gives the products of so many items at a time: they and the queries stay in the second-level cache.
    private const int ProductRows = 1024;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestRun = TimeSpan.FromMilliseconds(5);

    private readonly ItemVectors _items;
    private readonly TopKEngine _engine = new(Options.Create(new ServerOptions { SearchThreads = 1 }));
    private readonly TopKScan _scan = new(ScanKernel.Widest);
    private readonly TopKQuery[] _queries = new TopKQuery[Batch];
    private readonly float[] _queryRows = new float[Batch * Width];
    private readonly QueryProducts _products;
    private readonly (int[] Rows, float[] Scores)[] _plain = [.. Enumerable.Range(0, Batch).Select(_ => (new int[K], new float[K]))];
    private readonly int[] _counts = new int[Batch];
    private int _next;

    private TopKFigures(Figures figures, int count)
    {
        var matrix = new float[count * Width];
        Parallel.For(0, count, row => Gaussian(matrix.AsSpan(row * Width, Width), row));
        var time = new CpuTime();
        _items = new(matrix, Width);
        figures.Add($"topk.{count}.prepare_seconds", time.Seconds, "s, from floats to what is searched, once for each generation");
        figures.Add($"topk.{count}.codes_bytes_per_item", _items.Codes.Bytes / (double)count, $"bytes, beside {Width * sizeof(float)} of floats");
        for (var q = 0; q < Batch; q++)
        {
            _queries[q] = _engine.Rent(_items, K);
            Gaussian(_queries[q].Vector, -1 - q);
            _queries[q].Vector.CopyTo(_queryRows.AsSpan(q * Width));
            ItemSet.Fill(_queries[q].Allowed, count);
        }
        _products = new(matrix, Width, ProductRows);
    }

    public void Dispose() => _products.Dispose();

    /// <summary>Measures one size.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="count">Number of items.</param>
    /// <param name="rounds">How often each thing is measured; medians count.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Measure(Figures figures, int count, int rounds, CancellationToken cancellationToken)
    {
        var bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        figures.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} items, {Width} wide, K {K}; one thread, vectors of {bits} bits; processor time, medians of {rounds} rounds in turns"));
        figures.Begin($"Preparing {count:N0} items");
        using var topK = new TopKFigures(figures, count);
        topK.RequireSameAnswers();
        var (codes, floats) = (topK.CodeBytes / 1e6, (double)count * Width * sizeof(float) / 1e6);
        var (single, plain, batch, blas, read) = topK.Run(rounds, figures, cancellationToken);
        figures.Add($"topk.{count}.single_ms", single, "ms a query, one at a time");
        figures.Add($"topk.{count}.scan_ms", plain, "ms a query, TensorPrimitives.Dot for every row");
        figures.Add($"topk.{count}.single_ratio", plain / single, "times as fast");
        figures.Add($"topk.{count}.batch64_ms", batch / Batch, "ms a query, 64 share a pass");
        figures.Add($"topk.{count}.blas64_ms", blas / Batch, "ms a query, 64 at a time by libtorch's sgemm, and the best of each by a heap");
        figures.Add($"topk.{count}.batch64_ratio", blas / batch, "times as fast");
        var panel = string.Create(CultureInfo.InvariantCulture, $"ms a query, {count:N0} items");
        foreach (var (group, name, milliseconds) in new[]
        {
            ("one at a time", "engine", single), ("one at a time", "scan or BLAS", plain),
            ("64 share a pass", "engine", batch / Batch), ("64 share a pass", "scan or BLAS", blas / Batch),
        })
            figures.Bar(panel, group, name, milliseconds);
        figures.Add($"topk.{count}.codes_gb_per_second", codes / single, "GB/s of codes while one query is answered");
        figures.Add($"topk.{count}.floats_gb_per_second", floats / plain, "GB/s of floats in the scan");
        figures.Add($"topk.{count}.read_gb_per_second", codes / read, "GB/s, reading the codes and nothing else");
    }

    private unsafe long CodeBytes => (long)_items.Codes.Blocks * _items.Codes.Groups * CodeLayout.GroupBytes;

    private (double Single, double Plain, double Batch, double Blas, double Read) Run(int rounds, Figures figures, CancellationToken cancellationToken)
    {
        figures.Begin("Warming up");
        Action[] ways = [Single, Plain, () => _scan.Run(_queries), Blas, Read];
        // The JIT compiles anew what has run for a while.
        var repeats = Array.ConvertAll(ways, way =>
        {
            var (runs, time) = (0, new CpuTime());
            for (; time.Seconds < WarmUp.TotalSeconds; runs++)
                way();
            return Math.Max(1, (int)(runs * ShortestRun / WarmUp));
        });
        var times = Array.ConvertAll(ways, _ => new double[rounds]);
        var done = figures.Begin("Measuring the search", "rounds", rounds);
        for (var round = 0; round < rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var time = new CpuTime();
                for (var repeat = 0; repeat < repeats[way]; repeat++)
                    ways[way]();
                times[way][round] = time.CpuSeconds * 1000 / repeats[way];
            }
            done?.Report(round + 1);
        }
        foreach (var time in times)
            Array.Sort(time);
        return (times[0][rounds / 2], times[1][rounds / 2], times[2][rounds / 2], times[3][rounds / 2], times[4][rounds / 2]);
    }

    private void Single()
    {
        var answer = _engine.FindAsync(Next(), CancellationToken.None);
        if (!answer.IsCompletedSuccessfully)
            throw new InvalidOperationException("Nobody else searches, so an answer is there at once.");
        answer.GetAwaiter().GetResult();
    }

    private void Plain() => Plain(Next(), _plain[0]);

    private TopKQuery Next() => _queries[_next++ % Batch];

    private void Plain(TopKQuery query, (int[] Rows, float[] Scores) answer)
    {
        var count = 0;
        var best = new TopK(answer.Rows, answer.Scores, ref count);
        var vector = query.Vector;
        for (var row = 0; row < _items.Count; row++)
        {
            var score = TensorPrimitives.Dot(vector, _items[row]);
            if (score >= best.Floor)
                best.Offer(row, score);
        }
        best.Sort();
    }

    private void Blas()
    {
        Array.Clear(_counts);
        _products.Multiply(_queryRows, (first, rows, products) =>
        {
            for (var q = 0; q < Batch; q++)
            {
                var best = new TopK(_plain[q].Rows, _plain[q].Scores, ref _counts[q]);
                var floor = best.Floor;
                var own = products.Slice(q * rows, rows);
                for (var row = 0; row < rows; row++)
                    if (own[row] >= floor)
                    {
                        best.Offer(first + row, own[row]);
                        floor = best.Floor;
                    }
            }
        });
        for (var q = 0; q < Batch; q++)
            new TopK(_plain[q].Rows, _plain[q].Scores, ref _counts[q]).Sort();
    }

    private unsafe void Read()
    {
        Vector256<long> a = default, b = default, c = default, d = default;
        var from = _items.Codes.Codes;
        var end = from + CodeBytes;
        for (; from + 128 <= end; from += 128)
        {
            a ^= Vector256.Load((long*)from);
            b ^= Vector256.Load((long*)(from + 32));
            c ^= Vector256.Load((long*)(from + 64));
            d ^= Vector256.Load((long*)(from + 96));
        }
        // So that the JIT can't leave it out.
        GC.KeepAlive(Vector256.Sum(a ^ b ^ c ^ d));
    }

    /// <summary>A figure of an answer that is wrong would be worth nothing.</summary>
    private void RequireSameAnswers()
    {
        var expected = new (int[] Rows, float[] Scores)[Batch];
        for (var q = 0; q < Batch; q++)
        {
            expected[q] = (new int[K], new float[K]);
            Plain(_queries[q], expected[q]);
            _next = q;
            Single();
            Require(_queries[q], expected[q]);
        }
        _scan.Run(_queries);
        for (var q = 0; q < Batch; q++)
            Require(_queries[q], expected[q]);
    }

    private static void Require(TopKQuery query, (int[] Rows, float[] Scores) expected)
    {
        if (query.Found != K || !query.Rows.SequenceEqual(expected.Rows) || !query.Scores.SequenceEqual(expected.Scores))
            throw new CliException("The engine's answer differs from the scan's. This is a bug; please report it with the machine's processor.");
    }

    private static void Gaussian(Span<float> row, int seed)
    {
        var random = new Random(seed);
        foreach (ref var value in row)
            value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }
}
