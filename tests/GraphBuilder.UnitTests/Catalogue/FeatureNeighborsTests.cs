using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.GraphBuilder.Catalogue;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Catalogue;

public class FeatureNeighborsTests
{
    [Fact]
    public void Find_IsWhatCentredCosinesOverSharedModalitiesGive()
    {
        var random = new Random(5);
        var state = new GraphState();
        var vectors = new List<Dictionary<string, float[]>>();
        for (var i = 0; i < 40; i++)
        {
            // Some items lack a modality, some have it in another width than most.
            var features = new Dictionary<string, float[]> { ["text"] = Vector(random, 5) };
            if (i % 3 > 0)
                features["image"] = Vector(random, i % 7 == 1 ? 4 : 9);
            vectors.Add(features);
            state.PutItem($"i{i}", Item(features));
        }
        var picture = state.PictureItems(1);
        int[] known = [.. Enumerable.Range(0, 32)];

        var found = new FeatureNeighbors(picture, known, default).Find([.. Enumerable.Range(32, 8).Select(i => picture.Items[i])], 6, default);

        for (var q = 0; q < 8; q++)
        {
            var expected = known.Select(k => (Item: k, Cosine: Expected(vectors, known, 32 + q, k))).Where(e => e.Cosine > 0).OrderByDescending(e => e.Cosine).Take(6).ToArray();
            Assert.Equal(expected.Select(e => e.Item), found[q].Select(f => f.Item));
            Assert.All(expected.Zip(found[q]), pair => Assert.Equal(pair.First.Cosine, pair.Second.Cosine, 1e-5));
        }
    }

    [Fact]
    public void Find_NothingInCommon_IsEmpty()
    {
        var state = new GraphState();
        state.PutItem("a", Item(new() { ["text"] = [1, 0] }));
        state.PutItem("b", Item(new() { ["text"] = [0, 1] }));
        state.PutItem("c", Item(new() { ["image"] = [0, 1] }));
        state.PutItem("d", Item([]));
        var picture = state.PictureItems(1);
        var found = new FeatureNeighbors(picture, [0, 1], default).Find([picture.Items[2], picture.Items[3]], 5, default);
        Assert.All(found, Assert.Empty);
    }

    private static double Expected(List<Dictionary<string, float[]>> vectors, int[] known, int a, int b)
    {
        var cosines = new List<double>();
        foreach (var (name, width) in new[] { ("image", 9), ("text", 5) })
        {
            bool Has(int item) => vectors[item].TryGetValue(name, out var v) && v.Length == width;
            if (!Has(a) || !Has(b))
                continue;
            var mean = Enumerable.Range(0, width).Select(d => known.Where(Has).Average(k => (double)vectors[k][name][d])).ToArray();
            var (x, y) = (Centred(vectors[a][name], mean), Centred(vectors[b][name], mean));
            cosines.Add(x.Zip(y, (p, q) => p * q).Sum() / Math.Sqrt(x.Sum(p => p * p) * y.Sum(p => p * p)));
        }
        return cosines.Count == 0 ? 0 : cosines.Average();
    }

    private static double[] Centred(float[] vector, double[] mean) => [.. vector.Zip(mean, (v, m) => v - m)];

    private static ItemState Item(Dictionary<string, float[]> features) => new()
    {
        Time = 1,
        Features = [.. features.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new ItemFeature(f.Key, ItemVector.Compact(f.Value)))],
    };

    // Numbers that half precision holds, as it does in the state.
    private static float[] Vector(Random random, int width) => [.. Enumerable.Range(0, width).Select(_ => (float)(Half)(random.NextSingle() + 0.5f))];
}
