using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>The finished vectors of all users and items, in main memory; a score is an inner product (eq. 19).</summary>
/// <param name="Width">Numbers in a vector.</param>
/// <param name="Users">Row-major, users x width.</param>
/// <param name="Items">Row-major, items x width.</param>
public sealed record ModelVectors(int Width, float[] Users, float[] Items)
{
    /// <summary>
    /// What makes a user's vector from the newest items touched, where the model does so: then it is served, and <see cref="Users"/> are what it gives for the
    /// interactions that the model was trained on. Null: users' vectors are learned.
    /// </summary>
    public UserEncoderWeights? Encoder { get; init; }

    /// <summary>What makes an item's vector from its features alone, where the model does so; null: <see cref="Items"/> are learned.</summary>
    public ItemEncoderWeights? ItemEncoder { get; init; }

    /// <summary>Whether all numbers are finite.</summary>
    public bool AreFinite => TensorPrimitives.IsFiniteAll<float>(Users) && TensorPrimitives.IsFiniteAll<float>(Items);

    /// <summary>These vectors, if all their numbers are finite.</summary>
    /// <param name="advice">What to do where they aren't.</param>
    /// <exception cref="TrainingException">They are not.</exception>
    internal ModelVectors RequireFinite(string advice) => AreFinite
        ? this
        : throw new TrainingException($"The trained vectors are not all finite numbers; nothing is published. {advice}") { IsNotFinite = true };

    /// <summary>The mean metrics of these vectors; null: nobody has held-out items. Where the model is on CUDA, they are ranked there.</summary>
    /// <param name="evaluator">Knows what is held out.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="cancellationToken">Stops between groups of users.</param>
    internal RankingMetrics? Evaluate(RankingEvaluator evaluator, Device device, CancellationToken cancellationToken) =>
        device.type != DeviceType.CUDA || evaluator.Users == 0
            ? evaluator.Evaluate(Score, cancellationToken)
            : RankingMetrics.Mean(evaluator.EvaluateUsersOn(device, Width, Users, Items, cancellationToken));

    /// <summary>Every item's score for each user: users x items.</summary>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        var rows = new float[users.Length * Width];
        for (var i = 0; i < users.Length; i++)
            Users.AsSpan(users[i] * Width, Width).CopyTo(rows.AsSpan(i * Width));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        // Read where they are: a copy for each group of users would cost as much as their product.
        var items = frombuffer(Items, ScalarType.Float32).view(-1, Width);
        var product = tensor(rows, [users.Length, Width]).mm(items.t());
        // The accessor's own CopyTo goes element by element.
        MemoryMarshal.Cast<byte, float>(product.bytes).CopyTo(scores);
    }
}
