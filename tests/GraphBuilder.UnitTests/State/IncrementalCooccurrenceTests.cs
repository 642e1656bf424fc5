using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class IncrementalCooccurrenceTests
{
    [Fact]
    public void Rows_AfterAnyEvents_EqualThoseCutAnew() =>
        Prop.ForAll<int, byte>((seed, limit) =>
        {
            var maxUsers = limit % 8;
            var state = GraphStates.New(maxUsers);
            var records = RandomShop.Records(seed);
            for (var n = 0; n < records.Count; n++)
            {
                Assert.Null(GraphStates.Apply(state, records[n]));
                // Looked at in between as well: rows counted anew must grow on correctly.
                if (n % 60 == 59 || n == records.Count - 1)
                {
                    var cut = GraphStates.Cut(state, maxUsers);
                    Assert.Equal(GraphStates.HashCutAnew(cut, maxUsers), cut.Info.Hash);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rows_HubAndManyShortLists_EqualThoseCutAnew()
    {
        // One item that all have, so that short lists meet one far longer.
        var random = new Random(7);
        var records = Enumerable.Range(0, 400)
            .SelectMany(u => new[] { ShopRecord.Touch($"u{u}", "hub", 1, $"h{u}"), ShopRecord.Touch($"u{u}", $"i{random.Next(60)}", 2, $"a{u}"), ShopRecord.Touch($"u{random.Next(400)}", $"i{random.Next(60)}", 3, $"b{u}") });
        var cut = GraphStates.Cut(GraphStates.Of(records));
        Assert.Equal(GraphStates.HashCutAnew(cut), cut.Info.Hash);
    }
}
