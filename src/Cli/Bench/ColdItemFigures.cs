using System.Globalization;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.GraphBuilder.Catalogue;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What interim vectors give, and an item encoder's if the model has one: the items without training interactions are taken as new ones, which neither training
/// nor the generation knows; the GraphBuilder's search finds the nearest known ones by features, and the Server makes a vector of theirs, or of the features.
/// </summary>
internal static class ColdItemFigures
{
    private const int K = 20;

    // Server:NewItemLength.
    private static readonly float[] Lengths = [0, 0.5f, 1, 1.5f, 2, 3];

    public static void Measure(Figures figures, Dataset data, ModelDefinition model, ModelSettings settings, CancellationToken cancellationToken)
    {
        var isKnown = new bool[data.ItemCount];
        foreach (var item in data.Train.Items)
            isKnown[item] = true;
        int[] known = [.. Enumerable.Range(0, data.ItemCount).Where(item => isKnown[item])];
        int[] cold = [.. Enumerable.Range(0, data.ItemCount).Where(item => !isKnown[item])];
        var test = DatasetSnapshot.Pairs(data.Test);
        var coldTest = Array.FindAll(test, pair => !isKnown[pair.Item]);
        if (coldTest.Length == 0)
        {
            figures.Skip("cold.*", "every item of the test part has training interactions");
            return;
        }
        // Nor do new items count in what features are centred by. The pipeline carries no token sequences.
        var training = data with { Features = [.. data.Features.Select(f => Known(f, isKnown))], Tokens = [] };
        var vectors = LiveFigures.Train(training, model, settings, figures, cancellationToken);
        var generation = LiveFigures.Load(data, vectors with { ItemEncoder = null }, known, 0);
        figures.Begin("Looking for new items' neighbours");
        KeyValuePair<string, CatalogueItem>[] described = [.. Describe(data, known, cold, cancellationToken)];
        figures.Say($"{data.Name}: {cold.Length} items without training interactions; {coldTest.Length} of {test.Length} test interactions are with them");
        var train = DatasetSnapshot.Interactions(data);
        var warmTest = Array.FindAll(test, pair => isKnown[pair.Item]);
        figures.Add("cold.none.all.recall@20", Recall(test, vectors, item => isKnown[item]), "all test interactions; new items are not ranked");
        if (warmTest.Length > 0)
            figures.Add("cold.none.known.recall@20", Recall(warmTest, vectors, item => isKnown[item]), "with known items alone");
        figures.Add("cold.by_lot.among_new.recall@20", Math.Min(1, (double)K / cold.Length), "with new items, among new items, drawn by lot");
        var (done, measured) = (figures.Begin("Ranking new items", "ways", Lengths.Length), 0);
        foreach (var length in Lengths)
            Report(
                string.Create(CultureInfo.InvariantCulture, $"cold.length_{length}"), length.ToString(CultureInfo.InvariantCulture),
                NewItems.Of(generation, described, length), "interim vectors");
        if (vectors.ItemEncoder is not null)
            Report("cold.encoded", "encoded", Encoded(LiveFigures.Load(data, vectors, known, 0), described), "the item encoder's vectors");

        void Report(string name, string label, NewItems newItems, string by)
        {
            var all = vectors with { Items = [.. vectors.Items] };
            var hasVector = (bool[])isKnown.Clone();
            foreach (var item in cold)
                if (newItems.TryGet(data.ItemId(item), out var row) && row < newItems.WithVector)
                {
                    newItems.Vector(row).CopyTo(all.Items.AsSpan(item * vectors.Width));
                    hasVector[item] = true;
                }
            Add("all", Recall(test, all, item => hasVector[item]), $"all, {newItems.WithVector} new items ranked by {by}");
            if (warmTest.Length > 0)
                Add("known", Recall(warmTest, all, item => hasVector[item]), "with known items alone");
            Add("new", Recall(coldTest, all, item => hasVector[item]), "with new items alone, among all items");
            Add("among_new", Recall(coldTest, all, item => !isKnown[item] && hasVector[item]), "with new items, among new items");
            done?.Report(++measured);

            void Add(string which, double recall, string what)
            {
                figures.Add($"{name}.{which}.recall@20", recall, what);
                figures.Bar("recall@20, by new items' length", label, which.Replace('_', ' '), recall);
            }
        }

        double Recall((int, int)[] pairs, ModelVectors by, Func<int, bool> isRanked) =>
            new RankingEvaluator(train, data.ItemCount, pairs).Evaluate((users, scores) => Score(by, users, scores, isRanked), cancellationToken)!.Value.Recall20;
    }

    private static void Score(ModelVectors vectors, ReadOnlySpan<int> users, Span<float> scores, Func<int, bool> isRanked)
    {
        vectors.Score(users, scores);
        var items = scores.Length / users.Length;
        for (var item = 0; item < items; item++)
            if (!isRanked(item))
                for (var user = 0; user < users.Length; user++)
                    scores[user * items + item] = float.NegativeInfinity;
    }

    private static ModalityFeatures Known(ModalityFeatures features, bool[] isKnown) =>
        new(features.Name, features.Dimension, [.. isKnown.Select((known, item) => known ? features[item] : default)]);

    // Until none waits for the next poll.
    private static NewItems Encoded(LoadedGeneration generation, KeyValuePair<string, CatalogueItem>[] described)
    {
        NewItems items;
        do
            items = NewItems.Of(generation, described, length: 1);
        while (generation.EncodedItems!.HasMore);
        return items;
    }

    // As the live catalogue has them.
    private static IEnumerable<KeyValuePair<string, CatalogueItem>> Describe(Dataset data, int[] known, int[] cold, CancellationToken cancellationToken)
    {
        var state = new GraphState();
        for (var item = 0; item < data.ItemCount; item++)
            state.PutItem(data.ItemId(item), new()
            {
                Time = Dataset.Epoch,
                Features = [.. data.Features.Where(f => f.Present[item]).Select(f => new ItemFeature(f.Name, f[item]))],
            });
        // Items have the numbers that they have in the data.
        var neighbors = new FeatureNeighbors(state.PictureItems(1), known, cancellationToken);
        foreach (var group in cold.Chunk(FeatureNeighbors.Together))
        {
            var found = neighbors.Find(Array.ConvertAll(group, state.Item), CatalogueSync.Neighbors, cancellationToken);
            for (var i = 0; i < group.Length; i++)
                yield return new(data.ItemId(group[i]), new()
                {
                    NeighborIds = { found[i].Select(n => data.ItemId(n.Item)) },
                    NeighborCosines = { found[i].Select(n => n.Cosine) },
                    Features = { data.Features.Select(f => CatalogueFeatures.Write(f.Name, f[group[i]])) },
                });
        }
    }
}
