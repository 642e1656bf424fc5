using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Golden;

[Trait("Category", "Golden")]
public class SeaGoldenForwardTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_Float32_MatchesEveryStage(bool plainOperators)
    {
        foreach (var golden in SeaGoldenCase.All())
            CompareStages(golden, ScalarType.Float32, plainOperators ? KernelMode.Plain : KernelMode.Auto, 1e-5);
    }

    [Fact]
    public void Forward_Float64_MatchesEveryStage()
    {
        foreach (var golden in SeaGoldenCase.All())
            CompareStages(golden, ScalarType.Float64, KernelMode.Plain, 1e-7);
    }

    private static void CompareStages(SeaGoldenCase golden, ScalarType dtype, KernelMode kernels, double tolerance)
    {
        using var setup = new SeaGoldenModel(golden, dtype, kernels);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (model, inputs, parameters) = (setup.Model, setup.Inputs, golden.Parameters);
        // Both precisions are judged against the double run.
        void Same(string name, Tensor actual) => Close.To(
            golden.Arrays[$"f64/forward/{name}"], GoldenModel.Values(actual), tolerance, $"{golden.Name} {dtype} {kernels} {name}");

        var projected = model.Modalities.Select((m, at) => m.Project(inputs.Features[at])).ToArray();
        var nodes = model.Propagate(inputs, projected);
        foreach (var (at, (name, letter)) in SeaGoldenCase.Modalities.Index())
        {
            var (modality, part, network) = (model.Modalities[at], model.Separation.Modalities[at], model.Separation.Network!);
            Same($"item_lin_{letter}", projected[at]);
            Same($"gcn_{letter}_mlp", modality.Inner(projected[at]));
            Same($"gcn_{letter}_feat", modality.Items(projected[at]));
            var power = modality.Nodes(projected[at]);
            Same($"gcn_{letter}_x0", power);
            for (var layer = 1; layer <= parameters.Layers; layer++)
            {
                power = inputs.InteractionGraph.Multiply(power);
                if (golden.Arrays.Has($"f64/forward/gcn_{letter}_h{layer}"))
                    Same($"gcn_{letter}_h{layer}", power);
            }
            Same($"gcn_{letter}", nodes.narrow(1, at * parameters.Dimension, parameters.Dimension));

            var (generic, unique) = part.Split(projected[at]);
            foreach (var (layer, theirs) in part.Head!.Layers(generic).Zip([0, 1, 3, 4, 6]))
                Same($"head_{letter}_{theirs}", layer);
            Same($"head_{letter}", part.Head.forward(generic));
            var (a, b) = (part.GenericLayer!.forward(generic), part.UniqueLayer!.forward(unique));
            Same($"{letter}_trans1", a);
            Same($"{letter}_trans2", b);
            Same($"club_{letter}_mu", network.Mean(a));
            Same($"club_{letter}_logvar", network.LogVariance(a));
        }
        var items = nodes.narrow(0, golden.Users, golden.Items);
        Same("user_rep", model.Users(inputs, nodes));
        Same("item_cat", items);
        Same("item_graph", model.Similar(inputs, items));
        Same("item_rep", model.Items(inputs, nodes));
        var representation = model.forward(inputs).Representation;
        Same("representation", representation);

        var batch = golden.Batch(0);
        Tensor Scores(ReadOnlyMemory<int> of) => (Rows(batch.Users, 0) * Rows(of, golden.Users)).sum(1);
        Tensor Rows(ReadOnlyMemory<int> of, int offset) => representation.index_select(0, tensor(of.ToArray().Select(i => (long)(i + offset)).ToArray(), device: representation.device));
        Same("pos_scores", Scores(batch.Positives));
        Same("neg_scores", Scores(batch.Negatives));
    }
}
