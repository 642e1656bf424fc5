using FsCheck;
using FsCheck.Fluent;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Graphs;

public class IncrementalCooccurrenceTests
{
    [Fact]
    public void Rows_AfterAnyEvents_EqualThoseCutAnew() =>
        Prop.ForAll<int, byte>((seed, limit) =>
        {
            var maxUsers = limit % 8;
            var state = Shop.NewState(maxUsers);
            var records = Shop.Records(seed);
            for (var n = 0; n < records.Count; n++)
            {
                Assert.Null(Shop.Apply(state, records[n]));
                // Looked at in between as well: rows counted anew must grow on correctly.
                if (n % 60 == 59 || n == records.Count - 1)
                {
                    var cut = Shop.Cut(state, maxUsers);
                    Assert.Equal(Shop.HashCutAnew(cut, maxUsers), cut.Info.Hash);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rows_HubAndManyShortLists_EqualThoseCutAnew()
    {
        // One item that all have, so that short lists meet one far longer.
        var random = new Random(7);
        var records = Enumerable.Range(0, 400)
            .SelectMany(u => new[] { Shop.Touch($"u{u}", "hub", 1, $"h{u}"), Shop.Touch($"u{u}", $"i{random.Next(60)}", 2, $"a{u}"), Shop.Touch($"u{random.Next(400)}", $"i{random.Next(60)}", 3, $"b{u}") });
        var cut = Shop.Cut(Shop.Build(records));
        Assert.Equal(Shop.HashCutAnew(cut), cut.Info.Hash);
    }
}
