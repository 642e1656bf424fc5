using Rearm.Streaming.Trainer.Model;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.Training;

/// <summary>The finished vectors of all users and items, in main memory; the score is the inner product (eq. 19).</summary>
/// <param name="Width">Numbers in a vector.</param>
/// <param name="Users">Row-major, users x width.</param>
/// <param name="Items">Row-major, items x width.</param>
internal sealed record NodeVectors(int Width, float[] Users, float[] Items)
{
    internal bool AreFinite => Users.All(float.IsFinite) && Items.All(float.IsFinite);

    /// <summary>A forward pass without dropout and gradients.</summary>
    internal static NodeVectors Compute(RearmModel model, RearmInputs inputs)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        model.eval();
        var vectors = model.Forward(inputs).Representation.cpu();
        return new(model.Width,
            vectors.narrow(0, 0, inputs.Users).contiguous().data<float>().ToArray(),
            vectors.narrow(0, inputs.Users, inputs.Items).contiguous().data<float>().ToArray());
    }

    /// <summary>Every item's score for each user: users x items.</summary>
    internal void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        var rows = new float[users.Length * Width];
        for (var i = 0; i < users.Length; i++)
            Users.AsSpan(users[i] * Width, Width).CopyTo(rows.AsSpan(i * Width));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var items = tensor(Items, [Items.Length / Width, Width]);
        tensor(rows, [users.Length, Width]).mm(items.t()).data<float>().CopyTo(scores);
    }
}
