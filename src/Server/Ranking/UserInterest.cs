using System.Numerics.Tensors;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>The user's interests as of this moment, between two trainings.</summary>
internal static class UserInterest
{
    /// <summary>
    /// Fills <paramref name="query"/> with (1 - w) u + w |u|/|m| m: the user's vector u turned towards the mean m of the vectors of the items
    /// touched since training, at the length it had, so that the share w means the same for every user. Without u it is m; without m, u.
    /// </summary>
    /// <param name="user">The user's vector, d wide; empty when the model does not know the user.</param>
    /// <param name="items">The item matrix, row-major, items x d.</param>
    /// <param name="newItems">Items that the matrix does not have; their rows follow its rows.</param>
    /// <param name="recent">Rows of the items touched since training; of new items, such as have a vector.</param>
    /// <param name="weight">The share w of what was just touched, 0 to 1.</param>
    /// <param name="query">Takes the vector, d wide.</param>
    public static Interest Blend(
        ReadOnlySpan<float> user, ReadOnlySpan<float> items, NewItems newItems, ReadOnlySpan<int> recent, float weight, Span<float> query)
    {
        var rows = items.Length / query.Length;
        query.Clear();
        foreach (var row in recent)
            TensorPrimitives.Add(query, row < rows ? items.Slice(row * query.Length, query.Length) : newItems.Vector(row - rows), query);
        // The mean's direction is the sum's, and its length cancels out.
        var sessionLength = TensorPrimitives.Norm<float>(query);
        var userLength = user.IsEmpty ? 0 : TensorPrimitives.Norm(user);
        if (userLength == 0)
        {
            if (sessionLength == 0)
                return Interest.None;
            TensorPrimitives.Divide(query, recent.Length, query);
            return Interest.Session;
        }
        if (sessionLength == 0)
        {
            user.CopyTo(query);
            return Interest.Trained;
        }
        TensorPrimitives.Multiply(query, weight * userLength / sessionLength, query);
        TensorPrimitives.MultiplyAdd(user, 1 - weight, query, query);
        return Interest.Trained;
    }
}
