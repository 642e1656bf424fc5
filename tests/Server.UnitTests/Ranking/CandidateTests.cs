using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

public class CandidateTests
{
    [Fact]
    public void PutFirst_AnyCandidates_ArePartitionedAsBySorting() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var (count, values) = (random.Next(1, 700), random.Next(1, 400));
            var k = random.Next(1, count + 1);
            var candidates = Enumerable.Range(0, count).Select(row => new Candidate(row, random.Next(values), 1000)).ToArray();
            // As it comes from a scan, sorted, or reversed.
            if (seed % 3 > 0)
                Array.Sort(candidates, (a, b) => (a.IsBefore(b) ? -1 : 1) * (seed % 3 == 1 ? 1 : -1) * (a == b ? 0 : 1));
            var expected = candidates.OrderByDescending(x => x.Score).ThenBy(x => x.Row).ToArray();

            Candidate.PutFirst(candidates, k);

            return candidates[k - 1] == expected[k - 1]
                && candidates[..k].ToHashSet().SetEquals(expected[..k]) && candidates[k..].ToHashSet().SetEquals(expected[k..]);
        }).QuickCheckThrowOnFailure();
}
