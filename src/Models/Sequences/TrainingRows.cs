using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>What a sequence model learns from: a row of a user's W newest training items for each user who has enough of them.</summary>
internal static class TrainingRows
{
    /// <summary>A user with fewer interactions, those held out among them, is left out.</summary>
    private const int MinInteractions = 3;

    /// <summary>The rows, one behind the other.</summary>
    /// <param name="data">The training data.</param>
    /// <param name="sequences">Of its training part.</param>
    /// <param name="width">W.</param>
    internal static int[] Of(TrainingData data, UserSequences sequences, int width)
    {
        var heldOut = data.HeldOut.ToLookup(pair => pair.User);
        int[] users = [.. Enumerable.Range(0, sequences.Users)
            .Where(user => sequences[user].Length > 0 && data.Train.Interactions.ItemsOf(user).Length + heldOut[user].Count() >= MinInteractions)];
        var rows = new int[users.Length * width];
        for (var n = 0; n < users.Length; n++)
            SequenceRow.Fill(sequences[users[n]], rows.AsSpan(n * width, width));
        return rows;
    }
}
