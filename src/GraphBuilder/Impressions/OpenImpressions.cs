using System.Runtime.InteropServices;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>
/// The answers of the last while, by user, for clicks to be found among. A click counts for the newest answer that showed the item; it and the older ones that
/// showed it as well have then had their click, so that a view and a purchase of one item are one. Bounded: of too many the oldest go.
/// </summary>
/// <param name="window">How long after an answer a click counts.</param>
/// <param name="maxItems">Items of answers kept at most.</param>
internal sealed class OpenImpressions(TimeSpan window, int maxItems)
{
    private readonly long _window = (long)window.TotalMilliseconds;
    private readonly Dictionary<ulong, List<OpenImpression>> _users = [];
    private readonly Queue<OpenImpression> _order = new();

    /// <summary>Items that may yet be clicked.</summary>
    public int Items { get; private set; }

    /// <summary>Items that were forgotten before their time.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Takes an answer.</summary>
    /// <returns>False if it is known already: a producer that got no answer sends again.</returns>
    public bool Show(OpenImpression shown)
    {
        ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_users, shown.User, out _);
        if (open is null)
            open = [];
        else if (open.Exists(other => other.Request == shown.Request))
            return false;
        open.Add(shown);
        _order.Enqueue(shown);
        Items += shown.Items.Length;
        while (Items > maxItems)
        {
            var oldest = _order.Peek();
            if (IsOpen(oldest))
                Forgotten += oldest.Items.Length;
            RemoveOldest();
        }
        return true;
    }

    /// <summary>A user touched an item.</summary>
    /// <returns>The answer that it counts for; null if it was not shown lately, or has been clicked since.</returns>
    public OpenImpression? Click(ulong user, ulong item, long time)
    {
        if (!_users.TryGetValue(user, out var open))
            return null;
        OpenImpression? newest = null;
        foreach (var shown in open)
            if (shown.Time <= time && time <= shown.Time + _window && Array.IndexOf(shown.Items, item) is var at and >= 0)
            {
                shown.Items[at] = 0;
                if (newest is null || shown.Time >= newest.Time)
                    newest = shown;
            }
        return newest;
    }

    /// <summary>Forgets all of a user.</summary>
    public void Erase(ulong user) => _users.Remove(user);

    /// <summary>Forgets what can't be clicked any more.</summary>
    /// <param name="time">Now, Unix milliseconds.</param>
    public void Expire(long time)
    {
        while (_order.TryPeek(out var oldest) && oldest.Time + _window < time)
            RemoveOldest();
    }

    private bool IsOpen(OpenImpression shown) => _users.TryGetValue(shown.User, out var open) && open.Contains(shown);

    private void RemoveOldest()
    {
        var oldest = _order.Dequeue();
        Items -= oldest.Items.Length;
        // Of an erased user there is nothing left.
        if (_users.TryGetValue(oldest.User, out var open) && open.Remove(oldest) && open.Count == 0)
            _users.Remove(oldest.User);
    }
}
