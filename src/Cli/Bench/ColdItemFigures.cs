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
using Rearm.Streaming.Server;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What interim vectors give, and an item encoder's if the model has one: the items without training interactions are taken as new ones, which neither training
/// nor the generation knows; the GraphBuilder's search finds the nearest known ones by features, and the Server makes a vector of theirs, or of the features.
/// How that is done is chosen on the validation part's interactions with new items; the test part is looked at once for the choice, and once for the default.
/// </summary>
internal sealed class ColdItemFigures
{
    private const int K = 20;

    private static readonly int[] Neighbors = [5, 10, 20, 50];
    private static readonly float[] Powers = [1, 2, 4];
    private static readonly float[] Lengths = [0, 0.5f, 1, 1.5f, 2, 3];

    private readonly Figures _figures;
    private readonly Dataset _data;
    private readonly CancellationToken _cancellation;
    private readonly bool[] _isKnown;
    private readonly int[] _cold;
    private readonly InteractionMatrix _train;
    private readonly ModelVectors _vectors;
    private readonly LoadedGeneration _generation;
    private readonly KeyValuePair<string, CatalogueItem>[] _described;

    private ColdItemFigures(
        Figures figures, Dataset data, ModelVectors vectors, bool[] isKnown, int[] known, int[] cold, CancellationToken cancellationToken)
    {
        (_figures, _data, _vectors, _isKnown, _cold, _cancellation) = (figures, data, vectors, isKnown, cold, cancellationToken);
        _train = DatasetSnapshot.Interactions(data);
        _generation = LiveFigures.Load(data, vectors with { ItemEncoder = null }, known, 0);
        figures.Begin("Looking for new items' neighbours");
        _described = [.. Describe(data, known, cold, Neighbors[^1], cancellationToken)];
    }

    public static void Measure(Figures figures, Dataset data, ModelDefinition model, ModelSettings settings, CancellationToken cancellationToken)
    {
        var isKnown = new bool[data.ItemCount];
        foreach (var item in data.Train.Items)
            isKnown[item] = true;
        int[] known = [.. Enumerable.Range(0, data.ItemCount).Where(item => isKnown[item])];
        int[] cold = [.. Enumerable.Range(0, data.ItemCount).Where(item => !isKnown[item])];
        if (data.Test.Items.All(item => isKnown[item]))
        {
            figures.Skip("cold.*", "every item of the test part has training interactions");
            return;
        }
        // Nor do new items count in what features are centred by. The pipeline carries no token sequences.
        var training = data with { Features = [.. data.Features.Select(f => Known(f, isKnown))], Tokens = [] };
        var vectors = LiveFigures.Train(training, model, settings, figures, cancellationToken);
        new ColdItemFigures(figures, data, vectors, isKnown, known, cold, cancellationToken).Measure(known);
    }

    private void Measure(int[] known)
    {
        var test = new Part(DatasetSnapshot.Pairs(_data.Test), _isKnown);
        _figures.Say(
            $"{_data.Name}: {_cold.Length} items without training interactions; {test.New.Length} of {test.All.Length} test interactions are with them");
        _figures.Add("cold.none.all.recall@20", Mean(test.All, null), "all test interactions; new items are not ranked");
        if (test.Known.Length > 0)
            _figures.Add("cold.none.known.recall@20", Mean(test.Known, null), "with known items alone");
        _figures.Add("cold.by_lot.among_new.recall@20", Math.Min(1, (double)K / _cold.Length), "with new items, among new items, drawn by lot");
        var standard = new Setting(CatalogueSync.Neighbors, NewItems.WeightPower, new ServerOptions().NewItemLength);
        var valid = new Part(DatasetSnapshot.Pairs(_data.Valid), _isKnown);
        if (valid.New.Length > 0)
        {
            var chosen = Choose(valid, standard);
            _figures.Say($"Chosen on {valid.New.Length} validation interactions with new items: {chosen}");
            if (chosen != standard)
                Report("cold.chosen", $"chosen: {chosen}", test, Of(chosen));
        }
        else
        {
            _figures.Skip("cold.chosen.*", "no interaction of the validation part is with a new item: nothing to choose by");
        }
        Report("cold.default", $"default: {standard}", test, Of(standard));
        if (_vectors.ItemEncoder is not null)
            Report("cold.encoded", "encoded", test, Encoded(LiveFigures.Load(_data, _vectors, known, 0), _described));
    }

    /// <summary>
    /// Neighbours and weights by what ranks new items best among themselves, which their length has nothing to do with; what is no better than the default by
    /// the standard error of the difference is not chosen. Then the length: the greatest at which all interactions together are found no worse than without
    /// new items, by that measure.
    /// </summary>
    private Setting Choose(Part valid, Setting standard)
    {
        var (done, measured) = (_figures.Begin("Choosing on the validation part", "ways", Neighbors.Length * Powers.Length + Lengths.Length), 0);
        var byDefault = Recalls(valid.New, Of(standard), amongNew: true);
        var (chosen, best) = (standard, 0.0);
        foreach (var neighbors in Neighbors)
            foreach (var power in Powers)
            {
                var setting = standard with { Neighbors = neighbors, Power = power };
                var recalls = Recalls(valid.New, Of(setting), amongNew: true);
                var (difference, error) = Difference(recalls, byDefault);
                Add($"cold.validation.{setting.Name}.among_new.recall@20", recalls, difference, error, "the default");
                if (difference > error && difference > best)
                    (chosen, best) = (setting, difference);
                done?.Report(++measured);
            }
        var without = Recalls(valid.All, null, amongNew: false);
        var longest = Lengths[0];
        foreach (var length in Lengths)
        {
            var items = Of(chosen with { Length = length });
            var recalls = Recalls(valid.All, items, amongNew: false);
            var (difference, error) = Difference(recalls, without);
            var name = string.Create(CultureInfo.InvariantCulture, $"cold.validation.length_{length}");
            Add($"{name}.all.recall@20", recalls, difference, error, "no new items");
            _figures.Add($"{name}.new.recall@20", Recalls(valid.New, items, amongNew: false).Average(), "with new items alone, among all items");
            if (difference >= -error)
                longest = Math.Max(longest, length);
            done?.Report(++measured);
        }
        return chosen with { Length = longest };

        void Add(string name, double[] recalls, double difference, double error, string than) => _figures.Add(
            name, recalls.Average(),
            string.Create(CultureInfo.InvariantCulture, $"{difference:+0.0000;-0.0000} (standard error {error:0.0000}) against {than}"));
    }

    private void Report(string name, string label, Part test, NewItems items)
    {
        Add("all", Mean(test.All, items), $"{label}; {items.WithVector} new items ranked");
        if (test.Known.Length > 0)
            Add("known", Mean(test.Known, items), "with known items alone");
        Add("new", Mean(test.New, items), "with new items alone, among all items");
        Add("among_new", Recalls(test.New, items, amongNew: true).Average(), "with new items, among new items");

        void Add(string which, double recall, string what)
        {
            _figures.Add($"{name}.{which}.recall@20", recall, what);
            _figures.Bar("recall@20 of the test part", name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], which.Replace('_', ' '), recall);
        }
    }

    private NewItems Of(Setting setting) =>
        NewItems.Of(_generation, _described.Select(d => KeyValuePair.Create(d.Key, Nearest(d.Value, setting.Neighbors))), setting.Length, setting.Power);

    private double Mean((int, int)[] pairs, NewItems? items) => Recalls(pairs, items, amongNew: false).Average();

    /// <summary>By user of some interactions.</summary>
    private double[] Recalls((int, int)[] pairs, NewItems? items, bool amongNew)
    {
        var all = _vectors with { Items = [.. _vectors.Items] };
        var isRanked = amongNew ? new bool[_data.ItemCount] : (bool[])_isKnown.Clone();
        foreach (var item in _cold)
            if (items is not null && items.TryGet(_data.ItemId(item), out var row) && row < items.WithVector)
            {
                items.Vector(row).CopyTo(all.Items.AsSpan(item * all.Width));
                isRanked[item] = true;
            }
        var evaluator = new RankingEvaluator(_train, _data.ItemCount, pairs);
        return [.. evaluator.EvaluateUsers((users, scores) => Score(all, users, scores, isRanked), _cancellation).Select(m => m.Recall20)];
    }

    // Of the same users in the same order.
    private static (double Mean, double Error) Difference(double[] recalls, double[] others)
    {
        var differences = recalls.Zip(others, (a, b) => a - b).ToArray();
        var mean = differences.Average();
        return (mean, Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / Math.Max(1, differences.Length - 1) / differences.Length));
    }

    private static CatalogueItem Nearest(CatalogueItem item, int count)
    {
        var nearest = item.Clone();
        while (nearest.NeighborIds.Count > count)
        {
            nearest.NeighborIds.RemoveAt(count);
            nearest.NeighborCosines.RemoveAt(count);
        }
        return nearest;
    }

    private static void Score(ModelVectors vectors, ReadOnlySpan<int> users, Span<float> scores, bool[] isRanked)
    {
        vectors.Score(users, scores);
        var items = scores.Length / users.Length;
        for (var item = 0; item < items; item++)
            if (!isRanked[item])
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
    private static IEnumerable<KeyValuePair<string, CatalogueItem>> Describe(
        Dataset data, int[] known, int[] cold, int neighbors, CancellationToken cancellationToken)
    {
        var state = new GraphState();
        for (var item = 0; item < data.ItemCount; item++)
            state.PutItem(data.ItemId(item), new()
            {
                Time = Dataset.Epoch,
                Features = [.. data.Features.Where(f => f.Present[item]).Select(f => new ItemFeature(f.Name, f[item]))],
            });
        // Items have the numbers that they have in the data.
        var finder = new FeatureNeighbors(state.PictureItems(1), known, cancellationToken);
        foreach (var group in cold.Chunk(FeatureNeighbors.Together))
        {
            var found = finder.Find(Array.ConvertAll(group, state.Item), neighbors, cancellationToken);
            for (var i = 0; i < group.Length; i++)
                yield return new(data.ItemId(group[i]), new()
                {
                    NeighborIds = { found[i].Select(n => data.ItemId(n.Item)) },
                    NeighborCosines = { found[i].Select(n => n.Cosine) },
                    Features = { data.Features.Select(f => CatalogueFeatures.Write(f.Name, f[group[i]])) },
                });
        }
    }

    /// <summary>How interim vectors are made.</summary>
    private sealed record Setting(int Neighbors, float Power, float Length)
    {
        public string Name => string.Create(CultureInfo.InvariantCulture, $"neighbors_{Neighbors}.power_{Power}");

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Neighbors} neighbours, weights cosine^{Power}, Server:NewItemLength {Length}");
    }

    /// <summary>Held-out interactions, those with known items and those with new ones.</summary>
    private sealed class Part((int User, int Item)[] pairs, bool[] isKnown)
    {
        public (int User, int Item)[] All { get; } = pairs;

        public (int User, int Item)[] Known { get; } = Array.FindAll(pairs, pair => isKnown[pair.Item]);

        public (int User, int Item)[] New { get; } = Array.FindAll(pairs, pair => !isKnown[pair.Item]);
    }
}
