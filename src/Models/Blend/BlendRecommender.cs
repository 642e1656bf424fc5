using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Blend;

/// <summary>
/// Two models whose scores are added up, a + s b, s being one number or one for each user. Inner products add up: where both have vectors, one's followed by
/// the other's are one inner product again, so the pipeline serves the blend as it serves each of them.
/// </summary>
/// <param name="data">What to learn from.</param>
/// <param name="first">The model that is always in it.</param>
/// <param name="second">The model that is in it as far as it helps.</param>
/// <param name="secondHasEpochs">Whether the second one is trained in epochs, and so has parameters to keep.</param>
internal sealed class BlendRecommender(
    TrainingData data, (string Name, IRecommender Model) first, (string Name, IRecommender Model) second, bool secondHasEpochs) : IRecommender
{
    // So many users show how far the scores of each model spread.
    private const int SampledUsers = 256;

    private BlendScale _scale = BlendScale.None;

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        var best = new ModelCheckpoint?[2];
        var one = first.Model.Fit(options with { OnBest = Merging(0) }, cancellationToken);
        var other = second.Model.Fit(options with { OnBest = Merging(1) }, cancellationToken);
        var clock = Stopwatch.StartNew();
        _scale = BlendScale.Choose(first.Model.Score, second.Model.Score, one.Validation, options.Validation, Sample(), data.Train.Items, cancellationToken);
        return one with
        {
            Epochs = one.Epochs + other.Epochs,
            Seconds = one.Seconds + other.Seconds + clock.Elapsed.TotalSeconds,
            Validation = _scale.Validation,
            Decided = new Dictionary<string, string>([.. one.Decided, .. Named(other.Decided)])
            {
                ["blend_scale"] = _scale.Scale.ToString("g6", CultureInfo.InvariantCulture),
                ["blend_share"] = _scale.Share.ToString(CultureInfo.InvariantCulture),
                ["blend_spread"] = _scale.PerUser ? "user" : "mean",
                [$"{first.Name}.validation_recall@20"] = Recall(one),
                [$"{second.Name}.validation_recall@20"] = Recall(other),
            },
        };

        // The models' parameters have names of their own, so one checkpoint holds them all. One of the first alone would take the place of the one that the
        // second is yet to start from, here or after a kill.
        Action<ModelCheckpoint>? Merging(int part) => options.OnBest is not { } save ? null : checkpoint =>
        {
            best[part] = checkpoint;
            if (secondHasEpochs && best[1] is null)
                return;
            save(checkpoint with { Parameters = [.. best.SelectMany(b => b?.Parameters ?? [])], Moments = [.. best.SelectMany(b => b?.Moments ?? [])] });
        };
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores) => _scale.Added(first.Model.Score, second.Model.Score, data.Train.Items)(users, scores);

    /// <inheritdoc/>
    public ModelVectors? ServingVectors()
    {
        if (first.Model.ServingVectors() is not { } one)
            return null;
        if (_scale.Scale == 0)
            return one;
        return second.Model.ServingVectors() is { } other ? Join(one, other) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, IRecommender Model)> Parts => [first, second];

    /// <inheritdoc/>
    public void Dispose()
    {
        first.Model.Dispose();
        second.Model.Dispose();
    }

    // Items get the root of the scale for all, and a user the rest: then items compare with each other as users do with items, which the Server needs when it
    // moves a user towards items. A user's own factor is in the user's vector alone, so it moves no item.
    private ModelVectors Join(ModelVectors one, ModelVectors other)
    {
        var root = (float)Math.Sqrt(_scale.Scale);
        var (spreads, otherSpreads) = _scale.PerUser ? (ScoreSpread.Of(one), ScoreSpread.Of(other)) : ([], []);
        return new(
            one.Width + other.Width,
            Join(one.Users, one.Width, other.Users, other.Width, user => _scale.PerUser ? _scale.For(spreads[user], otherSpreads[user]) / root : root),
            Join(one.Items, one.Width, other.Items, other.Width, _ => root));
    }

    private static float[] Join(float[] one, int width, float[] other, int otherWidth, Func<int, float> factor)
    {
        var rows = one.Length / width;
        var joined = new float[checked(rows * (width + otherWidth))];
        for (var row = 0; row < rows; row++)
        {
            var target = joined.AsSpan(row * (width + otherWidth), width + otherWidth);
            one.AsSpan(row * width, width).CopyTo(target);
            TensorPrimitives.Multiply(other.AsSpan(row * otherWidth, otherWidth), factor(row), target[width..]);
        }
        return joined;
    }

    private int[] Sample()
    {
        var users = Enumerable.Range(0, data.Train.Users).Where(u => data.Train.Interactions.ItemsOf(u).Length > 0).ToArray();
        var step = Math.Max(1, users.Length / SampledUsers);
        return [.. users.Where((_, i) => i % step == 0)];
    }

    private IEnumerable<KeyValuePair<string, string>> Named(IReadOnlyDictionary<string, string> decided) =>
        decided.Select(d => KeyValuePair.Create($"{second.Name}.{d.Key}", d.Value));

    private static string Recall(TrainingOutcome outcome) => outcome.Validation?.Recall20.ToString("0.0000", CultureInfo.InvariantCulture) ?? "not measured";
}
