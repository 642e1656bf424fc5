using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class TripleSamplerTests
{
    [Fact]
    public void Epoch_EqualWeights_HasEveryPairOnce() =>
        Assert.All(Counts(Matrix(3), epochs: 1), count => Assert.Equal(1, count));

    [Fact]
    public void Epoch_Weights_AreHowOftenAPairComes()
    {
        float[] weights = [1, 5, 0.5f, 3, 1, 1, 0.1f, 8];
        var counts = Counts(Matrix(weights), epochs: 1000);
        for (var pair = 0; pair < weights.Length; pair++)
            Assert.InRange(counts[pair] / (1000.0 * weights.Length), weights[pair] / weights.Sum() - 0.006, weights[pair] / weights.Sum() + 0.006);
    }

    [Fact]
    public void Epoch_Weights_KeepsTheNumberOfTriples()
    {
        var sampler = new TripleSampler(Matrix(1, 1000, 0.001f, 2), items: 20, batchSize: 3, seed: 1);
        for (var epoch = 0; epoch < 20; epoch++)
            Assert.Equal(4, sampler.Epoch().Sum(b => b.Users.Length));
    }

    // One user per pair, so that the user says which pair it is.
    private static InteractionMatrix Matrix(params float[] weights) =>
        InteractionPairs.ToMatrix(weights.Length, weights.Select((weight, pair) => new InteractionPair(pair, pair, 0, weight)));

    private static int[] Counts(InteractionMatrix matrix, int epochs)
    {
        var counts = new int[matrix.Count];
        var sampler = new TripleSampler(matrix, items: 20, batchSize: 3, seed: 1);
        for (var epoch = 0; epoch < epochs; epoch++)
            foreach (var batch in sampler.Epoch())
                foreach (var user in batch.Users.Span)
                    counts[user]++;
        return counts;
    }
}
