using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// How fast REARM trains at some shape, by its kernels and by plain tensor operators. Both take a step in turns, so that whatever else the
/// machine does falls on both alike.
/// </summary>
internal static class TrainFigures
{
    /// <summary>The way of training, by kernels.</summary>
    public const string Fused = "fused";

    /// <summary>The way of training, by plain tensor operators.</summary>
    public const string Plain = "plain";

    // In the first steps the optimizer makes its state, the allocator maps memory, and the JIT compiles.
    private const int WarmUpSteps = 2;

    private const int ProductSize = 1024;

    /// <summary>Both ways.</summary>
    public static IReadOnlyList<string> Ways { get; } = [Fused, Plain];

    /// <summary>Measures at one shape.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="shape">How large.</param>
    /// <param name="ways">Which of <see cref="Ways"/>.</param>
    /// <param name="steps">Steps that count, each way.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public static Task MeasureAsync(
        Figures figures, TrainShape shape, IReadOnlyList<string> ways, int steps, CancellationToken cancellationToken) => TrainingThread.RunAsync(() =>
    {
        figures.Begin($"Making data of the size of {shape.Name}");
        var data = TrainData.Of(shape);
        var runs = ways.Select(way => new Run(way, new MeasuredTraining(data, shape.Hyper, way == Plain, seed: 1))).ToList();
        try
        {
            var product = new List<double>();
            var done = figures.Begin($"Training at the size of {shape.Name}", "steps", WarmUpSteps + steps);
            for (var step = -WarmUpSteps; step < steps; step++)
            {
                foreach (var run in runs)
                    run.Step(counts: step >= 0, cancellationToken);
                product.Add(MatrixProduct.GigaOperationsPerSecond(ProductSize));
                done?.Report(WarmUpSteps + step + 1);
            }
            product.Sort();
            var machine = product[product.Count / 2];
            figures.Add(
                $"{shape.Name}.sgemm_gflops", machine, $"GFLOP/s, libtorch's product of two matrices of {ProductSize} x {ProductSize}, between the steps");
            figures.Begin("Evaluating");
            foreach (var run in runs)
                run.Report(figures, shape.Name, machine, cancellationToken);
            if (runs is [var one, var other])
                figures.Add($"{shape.Name}.ratio", other.SecondsPerEpoch / one.SecondsPerEpoch, $"times the seconds, {other.Way} to {one.Way}");
        }
        finally
        {
            foreach (var run in runs)
                run.Training.Dispose();
        }
        return true;
    });

    private sealed record Run(string Way, MeasuredTraining Training)
    {
        private readonly List<StepSeconds> _steps = [];
        private double _cpuSeconds;

        public double SecondsPerEpoch { get; private set; }

        public void Step(bool counts, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var time = new CpuTime();
            var seconds = Training.Step();
            if (!counts)
                return;
            _cpuSeconds += time.CpuSeconds;
            _steps.Add(seconds);
        }

        public void Report(Figures figures, string shape, double machine, CancellationToken cancellationToken)
        {
            var name = $"{shape}.{Way}";
            var step = Mean(s => s.Total);
            var shuffling = Training.BeginEpoch();
            // As with the steps, the first time is not what an epoch sees.
            Training.Evaluate(cancellationToken);
            var evaluation = Training.Evaluate(cancellationToken);
            SecondsPerEpoch = Training.StepsPerEpoch * step + shuffling + evaluation;
            foreach (var (phase, seconds) in new[]
            {
                ("sampling", Mean(s => s.Sampling)), ("forward", Mean(s => s.Forward)), ("losses", Mean(s => s.Losses)), ("backward", Mean(s => s.Backward)),
                ("optimizer", Mean(s => s.Optimizer)),
            })
            {
                figures.Add($"{name}.{phase}_seconds", seconds, "s a step");
                figures.Bar("seconds a step", $"{shape}, {Way}", phase, seconds);
            }
            figures.Add($"{name}.seconds_per_step", step, $"s, mean of {_steps.Count} steps");
            figures.Add($"{name}.cpu_seconds_per_step", _cpuSeconds / _steps.Count, "s of all cores together, whatever else the machine does");
            figures.Add($"{name}.shuffling_seconds", shuffling, "s an epoch");
            figures.Add($"{name}.evaluation_seconds", evaluation, "s an epoch: all vectors, and a ranking for each user with held-out items");
            figures.Add($"{name}.seconds_per_epoch", SecondsPerEpoch, $"s: {Training.StepsPerEpoch} steps, shuffling and evaluation");
            figures.Add($"{name}.gflops", Training.GigaOperations / step, $"GFLOP/s, {Training.GigaOperations:0.#} GFLOP a step");
            figures.Add($"{name}.gflops_share", Training.GigaOperations / step / machine, "of the matrix product's");
        }

        private double Mean(Func<StepSeconds, double> part) => _steps.Average(part);
    }
}
