using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>The vectors of all users and items, computed some at a time, without dropout and gradients.</summary>
internal static class SequenceVectors
{
    private const int ItemsAtOnce = 4096;
    private const int UsersAtOnce = 512;

    // Numbers in the attention mask of the users that are computed together.
    private const int MaskSize = 1 << 22;

    /// <param name="model">The model.</param>
    /// <param name="hyper">Its shape.</param>
    /// <param name="sequences">The users' items. A user without any has zeros, and so scores 0 with every item.</param>
    /// <param name="items">Number of items.</param>
    internal static ModelVectors Compute(SequenceModel model, SequenceParameters hyper, UserSequences sequences, int items)
    {
        using var _ = no_grad();
        model.eval();
        var itemVectors = Items(model, items, hyper.Dimension);
        return new(hyper.Dimension, Users(model, hyper, sequences, itemVectors), itemVectors);
    }

    private static float[] Items(SequenceModel model, int items, int width)
    {
        var vectors = new float[items * width];
        for (var start = 0; start < items; start += ItemsAtOnce)
        {
            using var scope = NewDisposeScope();
            int[] rows = [.. Enumerable.Range(start + 1, Math.Min(ItemsAtOnce, items - start))];
            PlainValues.Of(model.Items(Constant.Indices(rows, model.Encoder.Positions))).CopyTo(vectors.AsSpan(start * width));
        }
        return vectors;
    }

    private static float[] Users(SequenceModel model, SequenceParameters hyper, UserSequences sequences, float[] items)
    {
        var (length, width) = (hyper.Length, hyper.Dimension);
        var vectors = new float[sequences.Users * width];
        int[] active = [.. Enumerable.Range(0, sequences.Users).Where(user => sequences[user].Length > 0)];
        foreach (var users in active.Chunk(Math.Clamp(MaskSize / (length * length), 1, UsersAtOnce)))
        {
            using var scope = NewDisposeScope();
            var rows = new int[users.Length * length];
            var inputs = new float[rows.Length * width];
            for (var n = 0; n < users.Length; n++)
                SequenceRow.Fill(sequences[users[n]], rows.AsSpan(n * length, length));
            for (var n = 0; n < rows.Length; n++)
                if (rows[n] > 0)
                    items.AsSpan((rows[n] - 1) * width, width).CopyTo(inputs.AsSpan(n * width));
            var positions = model.Encoder.Positions;
            var states = model.Encoder.forward(Constant.Of(inputs, [users.Length, length, width], positions), HistoryMask.Of(rows, length, length, positions));
            var last = PlainValues.Of(states.select(1, length - 1));
            for (var n = 0; n < users.Length; n++)
                last.AsSpan(n * width, width).CopyTo(vectors.AsSpan(users[n] * width));
        }
        return vectors;
    }
}
