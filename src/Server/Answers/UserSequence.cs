using System.Buffers;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Encoders;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What a user touched, as a generation's encoder reads it.</summary>
internal static class UserSequence
{
    /// <summary>The user's vector: the encoder's, over the newest items touched.</summary>
    /// <param name="encoder">The generation's.</param>
    /// <param name="state">What is served.</param>
    /// <param name="generation">Its generation.</param>
    /// <param name="newest">Rows of items, newest first, 1 to as many as the encoder reads; rows beyond the generation's are new items.</param>
    /// <param name="user">Takes the vector.</param>
    public static void Encode(UserEncoder encoder, ServingState state, LoadedGeneration generation, ReadOnlySpan<int> newest, Span<float> user)
    {
        var width = encoder.Width;
        var rented = ArrayPool<float>.Shared.Rent(newest.Length * width);
        var items = rented.AsSpan(0, newest.Length * width);
        // The encoder wants the oldest first.
        for (var i = 0; i < newest.Length; i++)
            state.Vector(generation, newest[^(i + 1)]).CopyTo(items[(i * width)..]);
        encoder.Encode(items, user);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>
    /// The newest items that have a vector of the generation, or as new ones. Each counts once, where it was touched last, as in the interactions that the
    /// model was trained on; what the user does not want is left out.
    /// </summary>
    /// <param name="generation">Knows items.</param>
    /// <param name="newItems">Items that it does not know.</param>
    /// <param name="history">What was touched, newest first.</param>
    /// <param name="rows">Takes their rows, newest first, as many as there is room for; rows beyond the generation's are new items.</param>
    /// <returns>How many there are.</returns>
    public static int Newest(LoadedGeneration generation, NewItems newItems, Touch[] history, Span<int> rows)
    {
        var count = 0;
        foreach (var touch in history)
        {
            if (count == rows.Length)
                break;
            if (touch.IsNegative)
                continue;
            if (!generation.TryGetItem(touch.ItemId, out var row))
            {
                if (!newItems.TryGet(touch.ItemId, out row) || row >= newItems.WithVector)
                    continue;
                row += generation.ItemIds.Count;
            }
            if (!rows[..count].Contains(row))
                rows[count++] = row;
        }
        return count;
    }
}
