using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

public class WaitingQueriesTests
{
    private readonly TopKEngine _engine = new(Options.Create(new ServerOptions()));
    private readonly ItemVectors[] _generations = [new([1f], 1), new([2f], 1)];

    [Fact]
    public void AddRemoveTake_AnySequence_IsTheSameAsAList() => Prop.ForAll(
        Gen.Choose(0, 99).ListOf().ToArbitrary(),
        moves =>
        {
            var (waiting, expected) = (new WaitingQueries(), new List<TopKQuery>());
            var all = Enumerable.Range(0, 20).Select(n => _engine.Rent(_generations[n / 3 % 2], 1)).ToArray();
            foreach (var move in moves)
            {
                var query = all[move % 20];
                if (move >= 80)
                {
                    var batch = new TopKQuery[4];
                    var taken = waiting.Take(batch);
                    var due = expected.TakeWhile(q => q.Items == expected[0].Items).Take(4).ToList();
                    if (!batch.Take(taken).SequenceEqual(due))
                        return false;
                    expected.RemoveRange(0, taken);
                }
                else if (expected.Contains(query))
                {
                    if (!waiting.Remove(query) || !expected.Remove(query))
                        return false;
                }
                else
                {
                    if (waiting.Remove(query))
                        return false;
                    waiting.Add(query);
                    expected.Add(query);
                }
                if (waiting.Count != expected.Count)
                    return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();
}
