using System.Text;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Impressions;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Impressions;

public class PartitionJoinTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    // Any time after 1970.
    private const long Start = 1_000_000_000;
    private const long Later = Start + 100_000_000;

    [Fact]
    public void Advance_ShownThenClicked_CountsByGenerationAndArm()
    {
        var join = Join();
        join.Offer(Shown(0, Start, "ada", "A", 1, "tent", "boots", "stove"));
        join.Offer(Shown(1, Start + 10, "bob", "B", 2, "tent"));
        join.Offer(Click(0, Start + 5000, "ada", "boots"));
        join.Offer(Click(1, Start + 5001, "ada", "compass"));
        join.Offer(Click(2, Start + 5002, "bob", "tent"));
        End(join);

        Assert.Equal([("A", 1L, 1L, 3L, 1L), ("B", 2L, 1L, 1L, 1L)], Arms(join.Counts()));
        Assert.Equal((2L, 3L), (join.Counts().ImpressionsOffset, join.Counts().InteractionsOffset));
    }

    [Fact]
    public void Advance_ClickReadBeforeItsImpression_WaitsForIt()
    {
        var join = Join();
        join.Offer(Click(0, Start + 1000, "ada", "tent"));
        join.ImpressionsEnd = true;
        join.Advance(Start + 1000);
        Assert.Equal(1, join.Waiting);

        // It was shown before, and its record came a little later than the click's.
        join.Offer(Shown(0, Start + 1500, "ada", "A", 1, "tent") is var late ? late with { Impression = At(late.Impression!, Start + 500) } : default);
        End(join);

        Assert.Equal([("A", 1L, 1L, 1L, 1L)], Arms(join.Counts()));
    }

    [Fact]
    public void Advance_ImpressionsNotReadToTheEnd_HoldsClicksBackHoweverLateItIs()
    {
        var join = Join();
        join.Offer(Click(0, Start, "ada", "tent"));

        join.Advance(Later);
        Assert.Equal(1, join.Waiting);

        join.ImpressionsEnd = true;
        join.Advance(Later);
        Assert.Equal(0, join.Waiting);
    }

    [Fact]
    public void Advance_RecordThatCannotBeRead_IsCountedAndPassedOver()
    {
        var join = Join();
        join.Offer(new Shown(0, Start, null));
        join.Offer(Shown(1, Start, "ada", "A", 1, "tent"));
        End(join);

        Assert.Equal((1L, 1L), join.Answers);
        Assert.Equal(2, join.Counts().ImpressionsOffset);
    }

    [Fact]
    public void Advance_AnErasureOfTheUser_NothingIsClickedAfterIt()
    {
        var join = Join();
        join.Offer(Shown(0, Start, "ada", "A", 1, "tent"));
        join.Offer(new Click(0, Start + 1, Hash("ada"), 0));
        join.Offer(Click(1, Start + 2, "ada", "tent"));
        End(join);

        Assert.Equal([("A", 1L, 1L, 1L, 0L)], Arms(join.Counts()));
    }

    // After a while without a GraphBuilder the broker may hand out hours of one log before anything of the other.
    [Theory]
    [InlineData(1, 1000)]
    [InlineData(2, 0)]
    [InlineData(3, 40)]
    public void Counts_OneLogReadFarAheadOfTheOther_AreTheSame(int seed, int impressionsAtATime)
    {
        var (shown, clicks) = Logs(new(seed));
        var inTurns = Join();
        Read(inTurns, shown, clicks, 0, 0, int.MaxValue);
        End(inTurns);

        var join = Join();
        for (var (s, c) = (0, 0); s < shown.Count || c < clicks.Count;)
        {
            for (var n = 0; n < impressionsAtATime && s < shown.Count; n++)
                join.Offer(shown[s++]);
            join.Advance(Later);
            for (var n = 0; n < 1000 - impressionsAtATime && c < clicks.Count; n++)
                join.Offer(clicks[c++]);
            join.Advance(Later);
            // What is left of the other log, once one has ended.
            impressionsAtATime = c == clicks.Count ? 1000 : s == shown.Count ? 0 : impressionsAtATime;
        }
        End(join);

        Assert.Equal(Arms(inTurns.Counts()), Arms(join.Counts()));
    }

    [Fact]
    public void Counts_KilledWhileOneLogIsFarAhead_CountsOnExactly()
    {
        var join = Join();
        join.Offer(Shown(0, Start, "ada", "A", 1, "tent"));
        join.Offer(Shown(1, Start + 10 * (long)Window.TotalMilliseconds, "bob", "A", 1, "tent"));
        join.Advance(Later);
        var stored = join.Counts();

        var again = Join(stored);
        Read(again, [Shown(0, Start, "ada", "A", 1, "tent"), Shown(1, Start + 10 * (long)Window.TotalMilliseconds, "bob", "A", 1, "tent")],
            [Click(0, Start + 1000, "ada", "tent")], stored.ImpressionsFrom, stored.InteractionsFrom, int.MaxValue);
        End(again);

        Assert.Equal([("A", 1L, 2L, 2L, 1L)], Arms(again.Counts()));
    }

    [Fact]
    public void Advance_InteractionsReadToTheEnd_OpensWhatIsShownAtOnce()
    {
        var join = Join();
        join.Offer(Shown(0, Start, "ada", "A", 1, "tent"));
        join.Advance(Start);
        Assert.Equal(0, join.OpenItems);

        join.InteractionsEnd = true;
        join.Advance(Start);
        Assert.Equal(1, join.OpenItems);
    }

    [Fact]
    public void Advance_AtTheWindowsEnd_AnImpressionAMomentLaterDoesNotCloseIt()
    {
        var (join, end) = (Join(), Start + (long)Window.TotalMilliseconds);
        join.Offer(Shown(0, Start, "ada", "A", 1, "tent"));
        join.Offer(Shown(1, end + 1000, "bob", "A", 1, "boots"));
        join.InteractionsEnd = true;
        join.Advance(end + 1000);
        join.Offer(Click(0, end, "ada", "tent"));
        End(join);

        Assert.Equal([("A", 1L, 2L, 2L, 1L)], Arms(join.Counts()));
    }

    // Killed after any number of records, wherever the last write was: nothing is lost, and nothing counts twice.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Counts_KilledAndStartedAgainAnywhere_AreThoseOfOneRun(int seed)
    {
        var random = new Random(seed);
        var (shown, clicks) = Logs(random);
        var whole = Join();
        Read(whole, shown, clicks, 0, 0, int.MaxValue);
        End(whole);
        var expected = Arms(whole.Counts());
        Assert.True(expected.Sum(a => a.Clicks) > 20);

        var stored = new ImpressionCounts();
        for (var kills = 0; kills < 15; kills++)
        {
            var join = Join(stored);
            Read(join, shown, clicks, stored.ImpressionsFrom, stored.InteractionsFrom, random.Next(50, 400));
            if (random.Next(3) > 0)
                stored = join.Counts();
        }
        var last = Join(stored);
        Read(last, shown, clicks, stored.ImpressionsFrom, stored.InteractionsFrom, int.MaxValue);
        End(last);

        Assert.Equal(expected, Arms(last.Counts()));
        // What can no longer be clicked is not read again.
        Assert.True(last.Counts().ImpressionsFrom > 0);
    }

    private static PartitionJoin Join(ImpressionCounts? stored = null) => new(stored ?? new(), Window, 100_000);

    private static (List<Shown> Shown, List<Click> Clicks) Logs(Random random)
    {
        var (shown, clicks, time) = (new List<Shown>(), new List<Click>(), Start);
        for (var n = 0; n < 400; n++)
        {
            time += random.Next(30_000);
            var user = $"u{random.Next(12)}";
            if (random.Next(3) > 0)
                shown.Add(Shown(
                    shown.Count, time, user, user[^1] % 2 == 0 ? "A" : "B", user[^1] % 2,
                    [.. Enumerable.Range(0, 4).Select(_ => $"i{random.Next(10)}").Distinct()]));
            else
                clicks.Add(Click(clicks.Count, time, user, $"i{random.Next(10)}"));
        }
        return (shown, clicks);
    }

    // In turns, as the broker may hand them out.
    private static void Read(PartitionJoin join, List<Shown> shown, List<Click> clicks, long fromShown, long fromClicks, int records)
    {
        var (s, c) = ((int)fromShown, (int)fromClicks);
        for (var n = 0; n < records && (s < shown.Count || c < clicks.Count); n++)
        {
            if (c >= clicks.Count || (n % 3 != 0 && s < shown.Count))
                join.Offer(shown[s++]);
            else
                join.Offer(clicks[c++]);
            join.Advance(Later);
        }
    }

    private static void End(PartitionJoin join)
    {
        join.ImpressionsEnd = join.InteractionsEnd = true;
        join.Advance(Later);
        Assert.Equal(0, join.Waiting);
    }

    private static List<(string Arm, long Generation, long Lists, long Shown, long Clicks)> Arms(ImpressionCounts counts) =>
        [.. counts.Arms.OrderBy(a => a.Arm, StringComparer.Ordinal).Select(a => (a.Arm, a.Generation, a.Lists, a.Shown, a.Clicks))];

    private static Shown Shown(long offset, long time, string user, string arm, long generation, params string[] items) => new(offset, time, At(
        new() { RequestId = $"{user}-{offset}", UserId = user, Arm = arm, Experiment = "e", Generation = generation, ItemIds = { items } }, time));

    private static Impression At(Impression impression, long time)
    {
        impression.Time = DateTimeOffset.FromUnixTimeMilliseconds(time).ToTimestamp();
        return impression;
    }

    private static Click Click(long offset, long time, string user, string item) => new(offset, time, Hash(user), Hash(item));

    private static ulong Hash(string id) => PartitionJoin.Hash(Encoding.UTF8.GetBytes(id));
}
