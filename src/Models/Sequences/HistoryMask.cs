using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>What keeps each position from seeing later items and padding.</summary>
internal static class HistoryMask
{
    private const float Hidden = -1e9f;

    /// <summary>Added to attention scores: 0 where the key is a real item no later than the query.</summary>
    /// <param name="rows">Item rows, users x <paramref name="columns"/>; 0 is padding.</param>
    /// <param name="columns">Of a user in <paramref name="rows"/>.</param>
    /// <param name="length">L: the first so many of them are read.</param>
    /// <param name="like">In whose precision, and where.</param>
    /// <returns>Users x 1 x L x L: query, key.</returns>
    internal static Tensor Of(ReadOnlySpan<int> rows, int columns, int length, Tensor like)
    {
        var users = rows.Length / columns;
        var mask = new float[users * length * length];
        for (var user = 0; user < users; user++)
            for (var query = 0; query < length; query++)
                for (var key = 0; key < length; key++)
                    if (key > query || rows[user * columns + key] == 0)
                        mask[(user * length + query) * length + key] = Hidden;
        return Constant.Of(mask, [users, 1, length, length], like);
    }
}
