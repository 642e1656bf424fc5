using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Blend;

/// <summary>
/// Two models whose scores are added up, a + s b. Inner products add up: where both have vectors, one's followed by the other's are one inner product
/// again, so the pipeline serves the blend as it serves each of them.
/// </summary>
internal sealed class BlendRecommender(TrainingData data, (string Name, IRecommender Model) first, (string Name, IRecommender Model) second) : IRecommender
{
    // So many users show how far the scores of each model spread.
    private const int SampledUsers = 256;

    private double _scale;

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        var best = new ModelCheckpoint?[2];
        var one = first.Model.Fit(options with { OnBest = Merging(0) }, cancellationToken);
        var other = second.Model.Fit(options with { OnBest = Merging(1) }, cancellationToken);
        var clock = Stopwatch.StartNew();
        var choice = BlendScale.Choose(first.Model.Score, second.Model.Score, one.Validation, options.Validation, Sample(), data.Train.Items, cancellationToken);
        _scale = choice.Scale;
        return one with
        {
            Epochs = one.Epochs + other.Epochs,
            Seconds = one.Seconds + other.Seconds + clock.Elapsed.TotalSeconds,
            Validation = choice.Validation,
            Decided = new Dictionary<string, string>([.. one.Decided, .. Named(other.Decided)])
            {
                ["blend_scale"] = _scale.ToString("g6", CultureInfo.InvariantCulture),
                ["blend_share"] = choice.Share.ToString(CultureInfo.InvariantCulture),
                [$"{first.Name}.validation_recall@20"] = Recall(one),
                [$"{second.Name}.validation_recall@20"] = Recall(other),
            },
        };

        // The models' parameters have names of their own, so one checkpoint holds them all.
        Action<ModelCheckpoint>? Merging(int part) => options.OnBest is not { } save ? null : checkpoint =>
        {
            best[part] = checkpoint;
            save(checkpoint with { Parameters = [.. best.SelectMany(b => b?.Parameters ?? [])], Moments = [.. best.SelectMany(b => b?.Moments ?? [])] });
        };
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        first.Model.Score(users, scores);
        if (_scale == 0)
            return;
        scores = scores[..(users.Length * data.Train.Items)];
        var others = new float[scores.Length];
        second.Model.Score(users, others);
        TensorPrimitives.MultiplyAdd(others, (float)_scale, scores, scores);
    }

    /// <inheritdoc/>
    public ModelVectors? ServingVectors()
    {
        if (first.Model.ServingVectors() is not { } one)
            return null;
        if (_scale == 0)
            return one;
        return second.Model.ServingVectors() is { } other ? Join(one, other, (float)Math.Sqrt(_scale)) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, IRecommender Model)> Parts => [first, second];

    /// <inheritdoc/>
    public void Dispose()
    {
        first.Model.Dispose();
        second.Model.Dispose();
    }

    // Both sides get the root of the scale, so that items compare with each other as users do with items: the Server moves a user towards items.
    private static ModelVectors Join(ModelVectors one, ModelVectors other, float root) =>
        new(one.Width + other.Width, Join(one.Users, one.Width, other.Users, other.Width, root), Join(one.Items, one.Width, other.Items, other.Width, root));

    private static float[] Join(float[] one, int width, float[] other, int otherWidth, float root)
    {
        var rows = one.Length / width;
        var joined = new float[checked(rows * (width + otherWidth))];
        for (var row = 0; row < rows; row++)
        {
            var target = joined.AsSpan(row * (width + otherWidth), width + otherWidth);
            one.AsSpan(row * width, width).CopyTo(target);
            TensorPrimitives.Multiply(other.AsSpan(row * otherWidth, otherWidth), root, target[width..]);
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
