using System.Globalization;
using System.Runtime.Intrinsics;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Benchmarks;

/// <summary>The managed kernels against plain tensor operators, on random graphs of tiktok's size: 9,308 users, 6,710 items, d 64.</summary>
internal static class KernelBenchmarks
{
    private const int Users = 9308;
    private const int Items = 6710;
    private const int Dimension = 64;

    public static void Run(TextWriter output)
    {
        TrainingDevice.Open(TrainingDevice.Cpu, threads: 0);
        output.WriteLine($"{Environment.ProcessorCount} cores; vectors of {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits; milliseconds, medians of alternating runs");
        foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            set_num_threads(threads);
            output.WriteLine();
            output.WriteLine($"{threads} thread(s){"",-37}managed     plain   plain/managed");
            Sparse(output, "user graph", Users, Users, 96);
            Sparse(output, "item graph", Items, Items, 20);
            Sparse(output, "interaction graph", Users + Items, Users + Items, 7);
            Attention(output, 0);
            Attention(output, 0.4);
        }
    }

    private static void Sparse(TextWriter output, string name, int rows, int columns, int perRow)
    {
        var matrix = RandomGraph(rows, columns, perRow);
        using var managed = new SparseOperator(matrix, columns, ScalarType.Float32, CPU, KernelMode.Auto);
        using var plain = new SparseOperator(matrix, columns, ScalarType.Float32, CPU, KernelMode.Plain);
        foreach (var width in new[] { Dimension, 3 * Dimension })
        {
            using var dense = rand(columns, width, requires_grad: true);
            Compare(output, $"sparse product, {name}, {width} wide", () => Forward(() => managed.Multiply(dense)), () => Forward(() => plain.Multiply(dense)));
            Compare(output, $"  and back", () => ForthAndBack(() => managed.Multiply(dense), dense), () => ForthAndBack(() => plain.Multiply(dense), dense));
        }
    }

    private static void Attention(TextWriter output, double dropout)
    {
        using var x = rand(Items, Dimension, requires_grad: true);
        using var managed = new ScalarAttention(dropout, 1, ScalarType.Float32, CPU, KernelMode.Auto);
        using var plain = new ScalarAttention(dropout, 1, ScalarType.Float32, CPU, KernelMode.Plain);
        managed.train();
        plain.train();
        Compare(output, $"attention, dropout {dropout.ToString(CultureInfo.InvariantCulture)}", () => Forward(() => managed.forward(x, x)), () => Forward(() => plain.forward(x, x)));
        Compare(output, $"  and back", () => ForthAndBack(() => managed.forward(x, x), x), () => ForthAndBack(() => plain.forward(x, x), x));
    }

    private static void Compare(TextWriter output, string name, Action managed, Action plain)
    {
        var (ours, other) = Alternating.Measure(managed, plain);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-46}{ours,10:0.00}{other,10:0.00}{other / ours,13:0.0}"));
    }

    private static void Forward(Func<Tensor> compute)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        compute();
    }

    private static void ForthAndBack(Func<Tensor> compute, Tensor input)
    {
        using var scope = NewDisposeScope();
        compute().sum().backward();
        input.grad?.zero_();
    }

    private static SparseRows RandomGraph(int rows, int columns, int perRow)
    {
        var random = new Random(1);
        var pointers = Enumerable.Range(0, rows + 1).Select(row => row * perRow).ToArray();
        var entries = new int[rows * perRow];
        for (var row = 0; row < rows; row++)
        {
            var picked = new SortedSet<int>();
            while (picked.Count < perRow)
                picked.Add(random.Next(columns));
            picked.CopyTo(entries, row * perRow);
        }
        return new(pointers, entries, [.. entries.Select(_ => random.NextSingle())]);
    }
}
