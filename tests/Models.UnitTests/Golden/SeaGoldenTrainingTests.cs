using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Golden;

[Trait("Category", "Golden")]
public class SeaGoldenTrainingTests
{
    /// <param name="Prefix">Of the arrays compared with.</param>
    /// <param name="Type">Precision.</param>
    /// <param name="Kernels">How it is computed.</param>
    /// <param name="Loss">Relative; of the bounds, which are differences, ten times as much absolutely.</param>
    /// <param name="Gradient">Of the array's largest.</param>
    /// <param name="ZeroGradient">Absolute: before a batch norm, gradients of biases are nothing but rounding.</param>
    /// <param name="Step">Of the learning rate.</param>
    private sealed record Tolerances(string Prefix, ScalarType Type, KernelMode Kernels, double Loss, double Gradient, double ZeroGradient, double Step);

    private static readonly Tolerances Single = new("", ScalarType.Float32, KernelMode.Auto, 1e-5, 1e-3, 1e-6, 0.05);
    // Kernels are for single precision: this is plain operators, whatever is asked for.
    private static readonly Tolerances PlainDouble = new("f64/", ScalarType.Float64, KernelMode.Plain, 1e-7, 1e-5, 1e-9, 0.0005);

    [Fact]
    public void Losses_OfTheFirstBatch_Match() => ForAll(CompareLosses);

    [Fact]
    public void Gradients_OfTheFirstBatch_Match() => ForAll(CompareGradients);

    [Fact]
    public void Parameters_AfterFiveSteps_Match() => ForAll(CompareSteps);

    private static void ForAll(Action<SeaGoldenCase, Tolerances> compare)
    {
        foreach (var golden in SeaGoldenCase.All())
        {
            compare(golden, Single);
            compare(golden, Single with { Kernels = KernelMode.Plain });
            compare(golden, PlainDouble);
        }
    }

    private static void CompareLosses(SeaGoldenCase golden, Tolerances t)
    {
        using var setup = new SeaGoldenModel(golden, t.Type, t.Kernels);
        using var scope = NewDisposeScope();
        var (ranking, terms, total) = setup.Losses(0);
        void Same(string name, Tensor actual) =>
            Close.Relative(golden.Arrays[$"{t.Prefix}loss/{name}"].Values[0], GoldenModel.Values(actual)[0], t.Loss, $"{golden.Name} {t.Prefix}{t.Kernels} loss/{name}");
        Same("bpr", ranking);
        Same("solosim", terms.Solo!);
        Same("total", total);
        foreach (var (at, (_, letter)) in SeaGoldenCase.Modalities.Index())
        {
            Same($"club_{letter}_raw", terms.Bounds[at]);
            Same($"club_{letter}", terms.Bounds[at].relu());
        }
    }

    private static void CompareGradients(SeaGoldenCase golden, Tolerances t)
    {
        using var setup = new SeaGoldenModel(golden, t.Type, t.Kernels);
        using var scope = NewDisposeScope();
        setup.Losses(0).Total.backward();
        foreach (var (folder, theirs, parameter) in setup.Parameters())
        {
            // The total's gradient of the bound's network is thrown away.
            if (folder.Length > 0)
                continue;
            var expected = golden.Arrays[$"{t.Prefix}grad/{theirs}"];
            Close.To(expected, GoldenModel.Values(parameter.grad!), t.Gradient * expected.Values.Max(Math.Abs) + t.ZeroGradient, $"{golden.Name} {t.Prefix}{t.Kernels} grad/{theirs}");
        }
    }

    private static void CompareSteps(SeaGoldenCase golden, Tolerances t)
    {
        using var setup = new SeaGoldenModel(golden, t.Type, t.Kernels);
        using var scope = NewDisposeScope();
        for (var step = 0; step < 5; step++)
        {
            var (ranking, terms, total) = setup.Losses(step);
            setup.Optimizer.ZeroGradients();
            total.backward();
            var fit = setup.Model.Separation.Fit(terms, setup.Optimizer);
            setup.Optimizer.Step();
            CompareStep(golden, t, step, [total, ranking, terms.Solo!, terms.Bounds[1].relu(), terms.Bounds[0].relu(), terms.Bounds[1], terms.Bounds[0]], fit);
            if (step is 0 or 4)
                CompareRobust(golden, setup, $"{t.Prefix}after{step + 1}", t);
            // What the program ranks with is one update old.
            if (step is 3 or 4)
                CompareRepresentation(golden, setup, $"{t.Prefix}after5_{(step == 3 ? "stale" : "fresh")}_representation", t);
        }
    }

    private static void CompareStep(SeaGoldenCase golden, Tolerances t, int step, Tensor[] losses, double[] fit)
    {
        var expected = golden.Arrays[$"{t.Prefix}loss/per_step"].Row(step).Values;
        string Name(string what) => $"{golden.Name} {t.Prefix}{t.Kernels} loss/per_step[{step},{what}]";
        foreach (var (at, loss) in losses.Index())
            if (at < 3)
                Close.Relative(expected[at], GoldenModel.Values(loss)[0], t.Loss * 2, Name($"{at}"));
            else
                Close.To([expected[at]], GoldenModel.Values(loss), t.Loss * 10, Name($"{at}"));
        SameFit(expected[7..9], [fit[0], fit[^1]], t, Name("first and last of the network"));
        if (step > 0)
            return;
        var trail = golden.Arrays[$"{t.Prefix}loss/club_train"];
        SameFit([.. Enumerable.Range(0, fit.Length).Select(inner => trail.Row(inner).Values.Sum())], fit, t, $"{golden.Name} {t.Prefix}{t.Kernels} loss/club_train");
    }

    // The network's losses are sums of logarithms: tens, or near 0.
    private static void SameFit(double[] expected, double[] actual, Tolerances t, string name) =>
        Close.To(expected, actual, t.Loss * (10 + 2 * expected.Max(Math.Abs)), name);

    private static void CompareRobust(SeaGoldenCase golden, SeaGoldenModel setup, string when, Tolerances t)
    {
        foreach (var (folder, theirs, parameter) in setup.Parameters())
        {
            var expected = golden.Arrays[$"{when}{folder}/{theirs}"].Values;
            var actual = GoldenModel.Values(parameter);
            var robust = golden.Arrays[$"robust{folder}/{theirs}"].Values;
            for (var i = 0; i < robust.Length; i++)
                if (robust[i] == 0)
                    actual[i] = expected[i];
            Close.To(expected, actual, t.Step * golden.Parameters.LearningRate, $"{golden.Name} {t.Kernels} {when}{folder}/{theirs}");
        }
    }

    private static void CompareRepresentation(SeaGoldenCase golden, SeaGoldenModel setup, string name, Tolerances t)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Close.To(golden.Arrays[name], GoldenModel.Values(setup.Model.forward(setup.Inputs).Representation), t.Loss * 10, $"{golden.Name} {t.Kernels} {name}");
    }
}
