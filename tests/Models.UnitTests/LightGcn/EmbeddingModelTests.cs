using Rearm.Streaming.Models.Bpr;
using Rearm.Streaming.Models.LightGcn;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.LightGcn;

/// <summary>BPR-MF and LightGCN against the papers' formulas by plain autograd in float64, over a dense graph.</summary>
public class EmbeddingModelTests
{
    private const int Users = 12;
    private const int Items = 9;
    private const double Decay = 0.01;

    private static readonly TripleBatch Batch = new(new[] { 0, 5, 5, 11 }, new[] { 1, 0, 8, 3 }, new[] { 2, 4, 2, 7 });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Loss_LightGcn_HasTheGradientsOfItsFormulas(int layers) => AssertGradients(layers, data => new LightGcnModel(Users, Items, 6, layers, 1, ScalarType.Float32, CPU));

    [Fact]
    public void Loss_Bpr_HasTheGradientsOfItsFormulas() => AssertGradients(0, data => new BprModel(Users, Items, 6, 1, ScalarType.Float32, CPU));

    private static void AssertGradients(int layers, Func<TrainingData, EmbeddingModel> create)
    {
        using var scope = NewDisposeScope();
        var data = SmallShop.Data(Users, Items, SmallShop.RandomPairs(Users, Items, weighted: true));
        using var model = create(data);
        using var graph = model.Graph(data.Train, ScalarType.Float32, CPU);

        var loss = EmbeddingLoss.Forward(cat([model.Users, model.Items], 0), model.forward(graph), Batch, Users, Decay);
        loss.backward();

        var embeddings = cat([model.Users, model.Items], 0).detach().to(ScalarType.Float64).requires_grad_();
        var expected = Plain(embeddings, data, layers);
        expected.backward();
        Assert.Equal(expected.item<double>(), loss.item<float>(), 1e-5);
        var gradients = embeddings.grad!.data<double>().ToArray();
        var actual = cat([model.Users.grad!, model.Items.grad!], 0).data<float>().ToArray();
        Assert.All(gradients.Zip(actual), g => Assert.Equal(g.First, g.Second, 1e-6));
    }

    private static Tensor Plain(Tensor embeddings, TrainingData data, int layers)
    {
        var x = SmallShop.Relative(data);
        var adjacency = new double[Users + Items, Users + Items];
        for (var u = 0; u < Users; u++)
            for (var i = 0; i < Items; i++)
                adjacency[u, Users + i] = adjacency[Users + i, u] = x[u, i];
        var matrix = tensor(adjacency);
        var root = matrix.sum(1).clamp(min: 1e-300).rsqrt();
        var normalised = root.unsqueeze(1) * matrix * root.unsqueeze(0);
        var (sum, layer) = (embeddings, embeddings);
        for (var k = 0; k < layers; k++)
        {
            layer = normalised.matmul(layer);
            sum += layer;
        }
        var final = sum / (layers + 1);
        var loss = tensor(0.0, ScalarType.Float64);
        for (var n = 0; n < Batch.Users.Length; n++)
        {
            var (u, p, q) = (Batch.Users.Span[n], Users + Batch.Positives.Span[n], Users + Batch.Negatives.Span[n]);
            loss -= ((final[u] * final[p]).sum() - (final[u] * final[q]).sum()).sigmoid().log();
            loss += Decay / 2 * (embeddings[u].square().sum() + embeddings[p].square().sum() + embeddings[q].square().sum());
        }
        return loss / Batch.Users.Length;
    }
}
