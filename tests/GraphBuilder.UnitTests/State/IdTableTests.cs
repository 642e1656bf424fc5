using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class IdTableTests
{
    [Fact]
    public void Table_AnyAdditionsAndForgettings_KnowsWhatADictionaryKnows() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var table = new IdTable();
            var twin = new Dictionary<string, int>();
            for (var step = 0; step < 5000; step++)
            {
                var id = $"ïd-{random.Next(1500)}";
                if (random.Next(3) > 0)
                {
                    var expected = twin.TryGetValue(id, out var known) ? known : twin[id] = table.Count;
                    Assert.Equal(expected, table.GetOrAdd(id));
                }
                else if (twin.Remove(id, out var gone))
                {
                    table.Forget(gone);
                    Assert.Null(table[gone]);
                }
                Assert.Equal(twin.TryGetValue(id, out var index), table.TryGet(id, out var found));
                Assert.Equal(twin.ContainsKey(id) ? index : -1, found);
            }
            Assert.All(twin, t => Assert.Equal(t.Key, table[t.Value]));
        }).QuickCheckThrowOnFailure();
}
