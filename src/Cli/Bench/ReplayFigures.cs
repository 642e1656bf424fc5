using System.Globalization;
using System.Numerics.Tensors;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Server;
using Rearm.Streaming.Server.Answers;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What moving users' vectors gives: the first 80% of interactions by time are trained on; each later one is then a question, which items come next, asked with
/// what its user has touched until then, and an event for the questions that follow. Items touched before are not ranked.
/// </summary>
internal sealed class ReplayFigures
{
    private const double TrainedShare = 0.8;
    private const int K = 20;
    private static readonly float[] Weights = [0, 0.1f, 0.3f, 0.5f, 1];

    private readonly Dataset _data;
    private readonly ModelVectors _vectors;
    private readonly LoadedGeneration _generation;
    private readonly HashSet<int>[] _seen;
    private readonly List<Touch>[] _touched;
    private readonly float[] _query;
    private readonly float[] _scores;
    private readonly int[] _users;

    private ReplayFigures(Dataset data, ModelVectors vectors, int trained)
    {
        (_data, _vectors) = (data, vectors);
        (_query, _scores, _users) = (new float[vectors.Width], new float[data.ItemCount], new int[data.ItemCount]);
        _seen = [.. Enumerable.Range(0, data.UserCount).Select(_ => new HashSet<int>())];
        _touched = [.. Enumerable.Range(0, data.UserCount).Select(_ => new List<Touch>())];
        foreach (var (user, item) in data.Train.Users.Zip(data.Train.Items))
            if (_seen[user].Add(item))
                _users[item]++;
        _generation = LiveFigures.Load(data, vectors, [.. Enumerable.Range(0, data.ItemCount).Where(item => _users[item] > 0)], trained);
    }

    public static void Measure(Figures figures, Dataset data, ModelDefinition model, ModelSettings settings, CancellationToken cancellationToken)
    {
        var rows = new[] { Split.Train, Split.Valid, Split.Test }
            .SelectMany(split => Enumerable.Range(0, data[split].Count).Select(row => (User: data[split].Users[row], Item: data[split].Items[row], Time: data.TimeOf(split, row))))
            // At the same time the product takes the lesser hash for the newer one; the order of a file may say more than a shop knows.
            .OrderBy(row => row.Time).ThenByDescending(row => StableHash.Of(data.ItemId(row.Item))).ToArray();
        var trained = (int)(rows.Length * TrainedShare);
        var train = data with
        {
            Train = new([.. rows[..trained].Select(r => r.User)], [.. rows[..trained].Select(r => r.Item)], [.. rows[..trained].Select(r => r.Time)]),
            Valid = DatasetSplit.Empty,
            Test = DatasetSplit.Empty,
            Features = [],
        };
        new ReplayFigures(train, LiveFigures.Train(train, model, settings, figures, cancellationToken), trained).Replay(figures, rows, trained, cancellationToken);
    }

    private void Replay(Figures figures, (int User, int Item, long Time)[] rows, int trained, CancellationToken cancellationToken)
    {
        // Of users that the model knows, and of others.
        var (knownHits, newHits) = (new int[Weights.Length + 1], new int[2]);
        var (known, touchedBefore, strangers) = (0, 0, 0);
        var knownTouchedHits = new int[Weights.Length];
        var replayed = figures.Begin("Replaying", "interactions", rows.Length - trained);
        for (var row = trained; row < rows.Length; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            replayed?.Report(row - trained);
            var (user, item, time) = rows[row];
            if (_users[item] > 0 && !_seen[user].Contains(item))
            {
                var vector = _vectors.Users.AsSpan(user * _vectors.Width, _vectors.Width);
                var isKnown = TensorPrimitives.Norm<float>(vector) > 0;
                if (isKnown)
                {
                    known++;
                    touchedBefore += _touched[user].Count > 0 ? 1 : 0;
                    for (var w = 0; w < Weights.Length; w++)
                        if (Ask(user, item, vector, Weights[w]))
                        {
                            knownHits[w]++;
                            knownTouchedHits[w] += _touched[user].Count > 0 ? 1 : 0;
                        }
                }
                else if (_touched[user].Count > 0)
                {
                    strangers++;
                    newHits[0] += Ask(user, item, [], 1) ? 1 : 0;
                    newHits[1] += AskPopular(user, item) ? 1 : 0;
                }
            }
            _seen[user].Add(item);
            // Newest first, each item once.
            _touched[user].RemoveAll(touch => touch.ItemId == _data.ItemId(item));
            _touched[user].Insert(0, new(_data.ItemId(item), time, false, 0, row));
        }
        figures.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{_data.Name}: {trained:N0} interactions trained on, {rows.Length - trained:N0} replayed; {known:N0} questions of users that the model knows, {touchedBefore:N0} of them after another one since training; {strangers:N0} of new users after their first"));
        for (var w = 0; w < Weights.Length; w++)
        {
            var name = Weights[w].ToString("0.0", CultureInfo.InvariantCulture);
            var what = Weights[w] == 0 ? "by the trained vector alone" : "moved by the touches since training";
            var (all, moved) = ((double)knownHits[w] / Math.Max(1, known), (double)knownTouchedHits[w] / Math.Max(1, touchedBefore));
            figures.Add($"replay.known.weight_{name}.recall@20", all, $"users that the model knows, {what}");
            figures.Add($"replay.known_moved.weight_{name}.recall@20", moved, $"the same, after their first touch since training");
            figures.Bar("recall@20, by weight of touches", name, "known users", all);
            figures.Bar("recall@20, by weight of touches", name, "after a touch", moved);
        }
        figures.Add("replay.new.touches.recall@20", (double)newHits[0] / Math.Max(1, strangers), "users that the model does not know, by the items just touched");
        figures.Add("replay.new.popular.recall@20", (double)newHits[1] / Math.Max(1, strangers), "the same, by number of users in training");
    }

    private bool Ask(int user, int item, ReadOnlySpan<float> vector, float weight)
    {
        Span<int> recent = stackalloc int[new ServerOptions().RecentItems];
        var history = _touched[user].ToArray();
        var ask = new Ask { History = history, Left = history, Partition = 0, Rules = new([], [], null), K = K };
        recent = recent[..UserQuery.Recent(_generation, NewItems.None, ask, userIsKnown: !vector.IsEmpty, recent)];
        UserInterest.Blend(vector, _generation.Items.Matrix, NewItems.None, recent, weight, _query);
        for (var other = 0; other < _scores.Length; other++)
            _scores[other] = IsRanked(user, other)
                ? TensorPrimitives.Dot<float>(_query, _vectors.Items.AsSpan(other * _query.Length, _query.Length)) : float.NegativeInfinity;
        return LiveFigures.Rank(_scores, item) < K;
    }

    private bool AskPopular(int user, int item)
    {
        for (var other = 0; other < _scores.Length; other++)
            _scores[other] = IsRanked(user, other) ? _users[other] : float.NegativeInfinity;
        return LiveFigures.Rank(_scores, item) < K;
    }

    private bool IsRanked(int user, int item) => _users[item] > 0 && !_seen[user].Contains(item);
}
