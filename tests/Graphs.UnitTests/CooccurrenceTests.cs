using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Graphs.UnitTests;

public class CooccurrenceTests
{
    [Fact]
    public void TopK_AnyInteractions_AgreesWithCountingEveryPair() =>
        Prop.ForAll<int, byte, byte>((seed, k, limit) =>
        {
            var content = RandomShop.Content(seed);
            var rows = content.Interactions.Pattern;
            var columns = rows.Transpose(content.ItemIds.Length);
            var neighbors = 1 + k % 30;
            var maxDegree = limit % 15;
            var found = Cooccurrence.TopK(rows, columns, neighbors, IdOrder.Ranks(content.UserIds), maxDegree);
            for (var u = 0; u < rows.Rows; u++)
                Assert.Equal(Naive(rows, columns, u, neighbors, content.UserIds, maxDegree), Rows.Of(found, u));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TopK_EqualCounts_OrdersByStableHashOfTheId()
    {
        // Four users of one item: every pair has it in common.
        var ids = new[] { "a", "b", "c", "d" };
        var matrix = InteractionPairs.ToMatrix(4, Enumerable.Range(0, 4).Select(u => new InteractionPair(u, 0, 0)));
        var found = Cooccurrence.TopK(matrix.Pattern, matrix.Pattern.Transpose(1), 2, IdOrder.Ranks(ids));
        var expected = ids.Skip(1).OrderBy(StableHash.Of).Take(2);
        Assert.Equal(expected, found.RowColumns(0).ToArray().Select(c => ids[c]));
    }

    [Fact]
    public void TopK_NoNodes_IsEmpty() =>
        Assert.Equal(0, Cooccurrence.TopK(SparseRows.Empty(0), SparseRows.Empty(0), 5, []).Rows);

    [Fact]
    public void TopK_Cancelled_Stops()
    {
        var content = RandomShop.Content(1);
        var rows = content.Interactions.Pattern;
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Cooccurrence.TopK(rows, rows.Transpose(content.ItemIds.Length), 5, IdOrder.Ranks(content.UserIds), 0, cancellationToken: new(canceled: true)));
    }

    private static (int, float)[] Naive(SparseRows rows, SparseRows columns, int row, int k, string[] ids, int maxDegree)
    {
        var own = rows.RowColumns(row).ToArray().Where(c => maxDegree == 0 || columns.Degree(c) <= maxDegree).ToHashSet();
        return [.. Enumerable.Range(0, rows.Rows)
            .Where(r => r != row)
            .Select(r => (Node: r, Count: (float)rows.RowColumns(r).ToArray().Count(own.Contains)))
            .Where(n => n.Count > 0)
            .OrderByDescending(n => n.Count).ThenBy(n => StableHash.Of(ids[n.Node]))
            .Take(k)];
    }
}
