using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Rearm.Losses;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Golden;

[Trait("Category", "Golden")]
public class GoldenTrainingTests
{
    private sealed record Tolerances(string Prefix, ScalarType Type, KernelMode Kernels, double Loss, double Gradient, double ZeroGradient, double Step);

    private static readonly Tolerances Single = new("", ScalarType.Float32, KernelMode.Auto, 1e-5, 1e-3, 1e-5, 0.05);
    // Kernels are for single precision: this is plain operators, whatever is asked for.
    private static readonly Tolerances PlainDouble = new("f64/", ScalarType.Float64, KernelMode.Plain, 1e-7, 1e-5, 1e-7, 0.0005);

    [Fact]
    public void Losses_OfTheFirstBatch_Match() => ForAll(CompareLosses);

    [Fact]
    public void Gradients_OfTheFirstBatch_Match() => ForAll(CompareGradients);

    [Fact]
    public void Parameters_AfterFiveSteps_Match() => ForAll(CompareSteps);

    private static void ForAll(Action<GoldenCase, Tolerances> compare)
    {
        foreach (var golden in GoldenCase.All())
        {
            compare(golden, Single);
            compare(golden, Single with { Kernels = KernelMode.Plain });
            compare(golden, PlainDouble);
        }
    }

    private static void CompareLosses(GoldenCase golden, Tolerances t)
    {
        using var setup = new GoldenModel(golden, t.Type, t.Kernels);
        using var scope = NewDisposeScope();
        var terms = RearmLoss.Terms(setup.Model.forward(setup.Inputs), setup.Batch(0), golden.Parameters, t.Kernels);
        void Same(string name, Tensor actual) =>
            Close.Relative(golden.Arrays[$"{t.Prefix}loss/{name}"].Values[0], GoldenModel.Values(actual)[0], t.Loss, $"{golden.Name} {t.Prefix}loss/{name}");
        Same("bpr", terms.Bpr);
        Same("contrast_weighted", terms.Contrast!);
        Same("orthogonal_weighted", terms.Orthogonality!);
        Same("total", terms.Total);
    }

    private static void CompareGradients(GoldenCase golden, Tolerances t)
    {
        using var setup = new GoldenModel(golden, t.Type, t.Kernels);
        using var scope = NewDisposeScope();
        RearmLoss.Forward(setup.Model.forward(setup.Inputs), setup.Batch(0), golden.Parameters, t.Kernels).backward();
        foreach (var (theirs, parameter) in GoldenParameters.Of(setup.Model))
        {
            if (!golden.Arrays.Has($"grad/{theirs}"))
            {
                Assert.True(parameter.grad is null, $"{theirs} has a gradient; it must have none.");
                continue;
            }
            var expected = golden.Arrays[$"{t.Prefix}grad/{theirs}"];
            var largest = expected.Values.Max(Math.Abs);
            Close.To(expected, GoldenModel.Values(parameter.grad!), t.Gradient * largest + t.ZeroGradient, $"{golden.Name} {t.Prefix}grad/{theirs}");
        }
    }

    private static void CompareSteps(GoldenCase golden, Tolerances t)
    {
        using var setup = new GoldenModel(golden, t.Type, t.Kernels);
        using var scope = NewDisposeScope();
        var parameters = golden.Parameters;
        using var optimizer = new AdamWOptimizer(setup.Model.parameters(), parameters.LearningRate, parameters.WeightDecay, t.Kernels);
        for (var step = 0; step < 5; step++)
        {
            var terms = RearmLoss.Terms(setup.Model.forward(setup.Inputs), setup.Batch(step), parameters, t.Kernels);
            var expected = golden.Arrays[$"{t.Prefix}loss/per_step"].Row(step).Values;
            foreach (var (term, at) in new[] { (terms.Total, 0), (terms.Bpr, 1), (terms.Contrast!, 2), (terms.Orthogonality!, 3) })
                Close.Relative(expected[at], GoldenModel.Values(term)[0], t.Loss * 2, $"{golden.Name} {t.Prefix}loss/per_step[{step},{at}]");
            optimizer.ZeroGradients();
            terms.Total.backward();
            optimizer.Step();
            if (step is 0 or 4)
                CompareRobust(golden, setup, $"{t.Prefix}after{step + 1}", t.Step * parameters.LearningRate);
        }
    }

    private static void CompareRobust(GoldenCase golden, GoldenModel setup, string folder, double tolerance)
    {
        foreach (var (theirs, parameter) in GoldenParameters.Of(setup.Model))
        {
            var expected = golden.Arrays[$"{folder}/{theirs}"].Values;
            var actual = GoldenModel.Values(parameter);
            var robust = golden.Arrays[$"robust/{theirs}"].Values;
            for (var i = 0; i < robust.Length; i++)
                if (robust[i] == 0)
                    actual[i] = expected[i];
            Close.To(expected, actual, tolerance, $"{golden.Name} {folder}/{theirs}");
        }
    }
}
