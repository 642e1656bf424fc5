using System.Globalization;
using System.Runtime.Intrinsics;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Rearm.Losses;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Benchmarks;

/// <summary>The managed kernels against plain tensor operators, on random data of tiktok's size: 9,308 users, 6,710 items, d 64, two modalities.</summary>
internal static class KernelBenchmarks
{
    private const int Users = 9308;
    private const int Items = 6710;
    private const int Dimension = 64;
    private const int Batch = 2048;
    private const int Layers = 4;

    public static void Run(TextWriter output)
    {
        TrainingDevice.Open(TrainingDevice.Cpu, threads: 0);
        var bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        output.WriteLine($"{Environment.ProcessorCount} cores; vectors of {bits} bits; milliseconds, medians of alternating runs");
        foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            set_num_threads(threads);
            output.WriteLine();
            output.WriteLine($"{threads} thread(s){"",-37}managed     plain   plain/managed");
            Sparse(output, "user graph", Users, Users, 96);
            Sparse(output, "item graph", Items, Items, 20);
            Sparse(output, "interaction graph", Users + Items, Users + Items, 7);
            Propagation(output);
            Attention(output, 0);
            Attention(output, 0.4);
            Refinement(output);
            Linear(output, Items, 4096, Dimension);
            Linear(output, Users, 3 * Dimension, 3 * Dimension);
            Meta(output);
            Contrast(output);
            AdamW(output);
        }
    }

    private static void Sparse(TextWriter output, string name, int rows, int columns, int perRow)
    {
        var (managed, plain) = Operators(rows, columns, perRow);
        foreach (var width in new[] { Dimension, 3 * Dimension })
        {
            using var dense = rand(columns, width, requires_grad: true);
            Compare(output, $"sparse product, {name}, {width} wide", () => managed.Multiply(dense), () => plain.Multiply(dense), dense);
        }
        managed.Dispose();
        plain.Dispose();
    }

    private static void Propagation(TextWriter output)
    {
        var (managed, plain) = Operators(Users + Items, Users + Items, 7);
        using var dense = rand(Users + Items, 3 * Dimension, requires_grad: true);
        Compare(output, $"heterogeneous learning, {Layers} layers", () => managed.MeanOfPowers(dense, Layers), () => plain.MeanOfPowers(dense, Layers), dense);
        managed.Dispose();
        plain.Dispose();
    }

    private static void Attention(TextWriter output, double dropout)
    {
        using var x = rand(Items, Dimension, requires_grad: true);
        using var managed = new ScalarAttention(dropout, 1, ScalarType.Float32, CPU, KernelMode.Auto);
        using var plain = new ScalarAttention(dropout, 1, ScalarType.Float32, CPU, KernelMode.Plain);
        managed.train();
        plain.train();
        Compare(output, $"attention, dropout {dropout.ToString(CultureInfo.InvariantCulture)}", () => managed.forward(x, x), () => plain.forward(x, x), x);
    }

    private static void Refinement(TextWriter output)
    {
        using var x = rand(Users, 3 * Dimension, requires_grad: true);
        using var attended = rand(Users, 3 * Dimension);
        using var slope = new Parameter(full(1, 0.25f));
        using var norm = nn.LayerNorm(3 * Dimension);
        Compare(output, "rows of length 1", () => UnitRowsFunction.Scale(x), () => nn.functional.normalize(x, p: 2, dim: 1), x);
        Compare(output, "PReLU", () => PReluFunction.Activate(x, slope), () => nn.functional.prelu(x, slope), x);
        Compare(output, "layer norm and PReLU",
            () => NormActivationFunction.Apply(x, attended, norm.weight!, norm.bias!, slope, 1e-5),
            () => nn.functional.prelu(norm.forward(x + attended), slope), x);
        using var id = rand(Users, Dimension);
        Compare(output, "representation",
            () => RepresentationFunction.Join(id, x, null, slope),
            () => cat([.. x.split(Dimension, 1).Select(part => nn.functional.prelu(part, slope) + id)], 1), x);
    }

    private static void Linear(TextWriter output, int rows, int inputs, int outputs)
    {
        using var x = rand(rows, inputs);
        using var weight = rand(outputs, inputs, requires_grad: true);
        using var bias = rand(outputs);
        Compare(output, $"linear layer, {inputs} to {outputs}",
            () => LinearFunction.Apply(x, weight, bias), () => nn.functional.linear(x, weight, bias), weight);
    }

    private static void Meta(TextWriter output)
    {
        var parameters = new RearmHyperParameters { Dimension = Dimension };
        using var managed = new MetaNetwork(2, parameters, ScalarType.Float32, CPU, KernelMode.Auto);
        using var plain = new MetaNetwork(2, parameters, ScalarType.Float32, CPU, KernelMode.Plain);
        using var modal = rand(Users, 2 * Dimension);
        using var id = rand(Users, Dimension, requires_grad: true);
        Compare(output, "meta network of the users", () => managed.forward(modal, id), () => plain.forward(modal, id), id);
    }

    private static void Contrast(TextWriter output)
    {
        using var x = rand(Batch, 2 * Dimension, requires_grad: true);
        Compare(output, "contrast of a batch's nodes",
            () => ContrastLoss.Forward(x.split(Dimension, 1), 0.6, KernelMode.Auto),
            () => ContrastLoss.Forward(x.split(Dimension, 1), 0.6, KernelMode.Plain), x);
    }

    private static void AdamW(TextWriter output)
    {
        using var parameter = new Parameter(rand(Users + Items, 4 * Dimension));
        using var gradient = rand(Users + Items, 4 * Dimension);
        parameter.grad = gradient;
        using var managed = new AdamWOptimizer([parameter], 1e-3, 5e-4);
        using var torchs = optim.AdamW([parameter], 1e-3, weight_decay: 5e-4);
        Line(output, "AdamW", Alternating.Measure(managed.Step, () => torchs.step()));
    }

    private static void Compare(TextWriter output, string name, Func<Tensor> managed, Func<Tensor> plain, Tensor input)
    {
        Line(output, name, Alternating.Measure(() => Forward(managed), () => Forward(plain)));
        using var gradient = Gradient(plain);
        Line(output, "  and back", Alternating.Measure(() => ForthAndBack(managed, gradient, input), () => ForthAndBack(plain, gradient, input)));
    }

    private static void Line(TextWriter output, string name, (double Ours, double Other) medians)
    {
        var ratio = medians.Other / medians.Ours;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-46}{medians.Ours,10:0.00}{medians.Other,10:0.00}{ratio,13:0.0}"));
    }

    private static void Forward(Func<Tensor> compute)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        compute();
    }

    private static void ForthAndBack(Func<Tensor> compute, Tensor gradient, Tensor input)
    {
        using var scope = NewDisposeScope();
        compute().backward([gradient]);
        input.grad = null;
    }

    private static Tensor Gradient(Func<Tensor> compute)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return rand_like(compute()).DetachFromDisposeScope();
    }

    private static (SparseOperator Managed, SparseOperator Plain) Operators(int rows, int columns, int perRow)
    {
        var matrix = RandomGraph(rows, columns, perRow);
        return (new(matrix, columns, ScalarType.Float32, CPU, KernelMode.Auto), new(matrix, columns, ScalarType.Float32, CPU, KernelMode.Plain));
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
