namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>The bipartite graph both ways: each user's items with their newest event, and each item's users.</summary>
internal sealed class EdgeStore
{
    private readonly List<PairTouch[]> _touches = [];

    /// <summary>Per user the items, ascending.</summary>
    public List<SortedInts> ItemsOf { get; } = [];

    /// <summary>Per item the users, ascending.</summary>
    public List<SortedInts> UsersOf { get; } = [];

    /// <summary>The newest event of each of the user's items, in the order of <see cref="ItemsOf"/>.</summary>
    public ReadOnlySpan<PairTouch> TouchesOf(int user) => _touches[user].AsSpan(0, ItemsOf[user].Count);

    public void EnsureUser(int user)
    {
        while (ItemsOf.Count <= user)
        {
            ItemsOf.Add(new());
            _touches.Add([]);
        }
    }

    public void EnsureItem(int item)
    {
        while (UsersOf.Count <= item)
            UsersOf.Add(new());
    }

    public TouchResult Touch(int user, int item, PairTouch touch)
    {
        var items = ItemsOf[user];
        var place = items.IndexOf(item);
        if (place >= 0)
        {
            if (!touch.IsNewerThan(_touches[user][place]))
                return TouchResult.Stale;
            _touches[user][place] = touch;
            return TouchResult.Updated;
        }
        var touches = _touches[user];
        Rows.Insert(ref touches, items.Count, ~place, touch);
        _touches[user] = touches;
        items.Insert(~place, item);
        UsersOf[item].Insert(~UsersOf[item].IndexOf(user), user);
        return TouchResult.Added;
    }

    public void Remove(int user, int item)
    {
        var items = ItemsOf[user];
        var place = items.IndexOf(item);
        Rows.RemoveAt(_touches[user], items.Count, place);
        items.RemoveAt(place);
        UsersOf[item].RemoveAt(UsersOf[item].IndexOf(user));
    }
}
