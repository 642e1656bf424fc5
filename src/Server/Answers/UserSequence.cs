using System.Buffers;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Encoders;

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
}
