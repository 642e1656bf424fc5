using System.Buffers;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Encoders;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What a user touched, as a generation's encoder reads it.</summary>
internal static class UserSequence
{
    /// <summary>
    /// The user's vector: the encoder's, over the newest items that have a vector of the generation, or as new ones. Each item counts once, where it was
    /// touched last, as in the interactions that the model was trained on; what the user does not want is left out.
    /// </summary>
    /// <param name="encoder">The generation's.</param>
    /// <param name="generation">Its items.</param>
    /// <param name="newItems">Items that it does not know.</param>
    /// <param name="history">What was touched, newest first.</param>
    /// <param name="user">Takes the vector.</param>
    /// <returns>How many items were read; 0: none, and there is no vector.</returns>
    public static int Encode(UserEncoder encoder, LoadedGeneration generation, NewItems newItems, Touch[] history, Span<float> user)
    {
        Span<int> newest = stackalloc int[UserEncoderWeights.MaxLength];
        newest = newest[..Newest(generation, newItems, history, newest[..encoder.Length])];
        if (newest.IsEmpty)
            return 0;
        var width = encoder.Width;
        var rented = ArrayPool<float>.Shared.Rent(newest.Length * width);
        var items = rented.AsSpan(0, newest.Length * width);
        // The encoder wants the oldest first.
        for (var i = 0; i < newest.Length; i++)
            Vector(generation, newItems, newest[^(i + 1)]).CopyTo(items[(i * width)..]);
        encoder.Encode(items, user);
        ArrayPool<float>.Shared.Return(rented);
        return newest.Length;
    }

    // Rows beyond the generation's are new items.
    private static int Newest(LoadedGeneration generation, NewItems newItems, Touch[] history, Span<int> rows)
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

    private static ReadOnlySpan<float> Vector(LoadedGeneration generation, NewItems newItems, int row) =>
        row < generation.ItemIds.Count ? generation.Items[row] : newItems.Vector(row - generation.ItemIds.Count);
}
