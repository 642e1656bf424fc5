using System.IO.Hashing;
using System.Text;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>
/// Joins the clicks of one partition's users to what they were shown before. Both logs are read in the order of their records' times, and a click waits a
/// moment for impressions that are on their way, so that what is found depends on the logs alone and not on how fast either is read. Counts go with the
/// offsets up to which they count, and beside them is from where to read again so as to know what was open then: a restart counts on exactly.
/// </summary>
internal sealed class PartitionJoin
{
    /// <summary>How much later than a click an impression may come that was before it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // Generations and experiments whose counts are kept, the newest.
    private const int MaxTallies = 64;

    private static readonly long GraceTime = (long)Grace.TotalMilliseconds;
    private static readonly long MarkEvery = (long)TimeSpan.FromMinutes(1).TotalMilliseconds;

    private readonly OpenImpressions _open;
    private readonly long _window;
    private readonly Queue<Shown> _shown = new();
    private readonly Queue<Click> _clicks = new();
    private readonly Queue<JoinMark> _marks = new();
    private readonly Dictionary<(string Experiment, string Arm, long Generation), ArmTally> _tallies = [];
    private readonly (long Impressions, long Interactions) _counted;
    private readonly Action<ArmTally, int, int> _onCount;
    private JoinMark _now;
    private long _lastMark;

    /// <param name="stored">What was counted before; its offsets are where it begins to count.</param>
    /// <param name="window">How long after an answer a click counts.</param>
    /// <param name="maxItems">Items of answers that may be open at most.</param>
    /// <param name="onCount">Told of lists' items shown and of clicks, as they are counted.</param>
    public PartitionJoin(ImpressionCounts stored, TimeSpan window, int maxItems, Action<ArmTally, int, int>? onCount = null)
    {
        _open = new(window, maxItems);
        _window = (long)window.TotalMilliseconds;
        _onCount = onCount ?? ((_, _, _) => { });
        _counted = (stored.ImpressionsOffset, stored.InteractionsOffset);
        _now = new(stored.Time - _window, stored.ImpressionsFrom, stored.InteractionsFrom);
        _marks.Enqueue(_now);
        _lastMark = _now.Time;
        foreach (var arm in stored.Arms)
            _tallies[(arm.Experiment, arm.Arm, arm.Generation)] = new(arm);
    }

    /// <summary>The impressions have been read to their end; set anew whenever that is so. Until then clicks may be of what is yet to be read.</summary>
    public bool ImpressionsEnd { get; set; }

    /// <summary>The same of the interactions. Until then, what is shown later than they are read waits: it would be forgotten before its clicks.</summary>
    public bool InteractionsEnd { get; set; }

    /// <summary>Records that wait for the other log.</summary>
    public int Waiting => _shown.Count + _clicks.Count;

    /// <summary>Those of the impressions.</summary>
    public int WaitingImpressions => _shown.Count;

    /// <summary>Items that may yet be clicked.</summary>
    public int OpenItems => _open.Items;

    /// <summary>Items that were forgotten before their time.</summary>
    public long Forgotten => _open.Forgotten;

    /// <summary>Answers taken, and records that could not be read.</summary>
    public (long Read, long Refused) Answers { get; private set; }

    /// <summary>Whether anything has been joined since <see cref="Counts"/> was last taken.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>Takes the next record of the impressions.</summary>
    public void Offer(Shown shown)
    {
        ImpressionsEnd = false;
        _shown.Enqueue(shown);
    }

    /// <summary>Takes the next record of the interactions.</summary>
    public void Offer(Click click)
    {
        InteractionsEnd = false;
        _clicks.Enqueue(click);
    }

    /// <summary>Joins what can be joined.</summary>
    /// <param name="now">Unix milliseconds, by this machine's clock.</param>
    public void Advance(long now)
    {
        while (true)
        {
            var (isShown, isClicked) = (_shown.TryPeek(out var shown), _clicks.TryPeek(out var click));
            if (isShown && (isClicked ? shown.Time <= click.Time + GraceTime : InteractionsEnd))
                Join(_shown.Dequeue());
            else if (isClicked && (isShown || (ImpressionsEnd && now >= click.Time + GraceTime)))
                Join(_clicks.Dequeue());
            else
                break;
        }
        _open.Expire((Waiting == 0 && ImpressionsEnd && InteractionsEnd ? now : _now.Time) - GraceTime);
    }

    /// <summary>What has been counted, and up to where.</summary>
    public ImpressionCounts Counts()
    {
        HasChanged = false;
        // What was shown before the second mark can't be clicked any more.
        while (_marks.Count > 1 && _marks.ElementAt(1).Time <= _now.Time - _window - GraceTime)
            _marks.Dequeue();
        var from = _marks.Peek();
        var counts = new ImpressionCounts
        {
            Version = Storage.Impressions.ImpressionCountsStore.Version,
            ImpressionsOffset = Math.Max(_now.Impressions, _counted.Impressions),
            InteractionsOffset = Math.Max(_now.Interactions, _counted.Interactions),
            ImpressionsFrom = from.Impressions,
            InteractionsFrom = from.Interactions,
            Time = _now.Time,
        };
        counts.Arms.Add(_tallies.Values.OrderByDescending(t => t.Last).Take(MaxTallies).Select(t => t.Counts));
        return counts;
    }

    private void Join(in Shown shown)
    {
        if (shown.Impression is { } impression)
        {
            Answers = (Answers.Read + 1, Answers.Refused);
            var tally = TallyOf(impression);
            // By the Server's clock, but not after it was written: the answer was seen before the record came.
            var time = Math.Min(shown.Time, impression.Time?.ToDateTimeOffset().ToUnixTimeMilliseconds() ?? shown.Time);
            var open = new OpenImpression(Hash(impression.UserId), Hash(impression.RequestId), time, [.. impression.ItemIds.Select(Hash)], tally);
            if (_open.Show(open) && shown.Offset >= _counted.Impressions)
            {
                tally.Show(open.Items.Length, shown.Time);
                _onCount(tally, open.Items.Length, 0);
            }
        }
        else
            Answers = (Answers.Read, Answers.Refused + 1);
        Move(shown.Time, shown.Offset + 1, _now.Interactions);
    }

    private void Join(in Click click)
    {
        if (click is { User: not 0, Item: 0 })
            _open.Erase(click.User);
        else if (click.User != 0 && _open.Click(click.User, click.Item, click.Time) is { } shown && click.Offset >= _counted.Interactions)
        {
            shown.Tally.Click(click.Time);
            _onCount(shown.Tally, 0, 1);
        }
        Move(click.Time, _now.Impressions, click.Offset + 1);
    }

    private void Move(long time, long impressions, long interactions)
    {
        _now = new(Math.Max(_now.Time, time), impressions, interactions);
        if (_lastMark + MarkEvery <= _now.Time)
        {
            _marks.Enqueue(_now);
            _lastMark = _now.Time;
        }
        HasChanged = true;
    }

    private ArmTally TallyOf(Impression impression)
    {
        var key = (impression.Experiment, impression.Arm, impression.Generation);
        if (!_tallies.TryGetValue(key, out var tally))
        {
            if (_tallies.Count >= MaxTallies)
                _tallies.Remove(_tallies.MinBy(t => t.Value.Last).Key);
            _tallies.Add(key, tally = new(new() { Experiment = key.Experiment, Arm = key.Arm, Generation = key.Generation }));
        }
        return tally;
    }

    /// <summary>An id's hash, never 0.</summary>
    public static ulong Hash(ReadOnlySpan<byte> id) => XxHash3.HashToUInt64(id) is var hash and not 0 ? hash : 1;

    private static ulong Hash(string id) => Hash(Encoding.UTF8.GetBytes(id));
}
