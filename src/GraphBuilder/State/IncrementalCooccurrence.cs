namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>Co-occurrence of users and of items (eq. 1), exact after every event. Deleted items neither count nor have neighbours.</summary>
internal sealed class IncrementalCooccurrence
{
    private readonly EdgeStore _edges;
    private readonly int _maxUsersPerItem;

    /// <param name="state">Whose edges are counted.</param>
    /// <param name="limits">How many neighbours are kept, and which items are too popular to count.</param>
    public IncrementalCooccurrence(GraphState state, Limits limits)
    {
        _edges = state.Edges;
        _maxUsersPerItem = limits.MaxUsersPerItem;
        bool Active(int item) => !state.Item(item).Deleted;
        Users = new(_edges.ItemsOf, _edges.UsersOf, state.UserIds, limits.UserNeighbors, _ => true,
            item => Active(item) && (_maxUsersPerItem == 0 || _edges.UsersOf[item].Count <= _maxUsersPerItem));
        Items = new(_edges.UsersOf, _edges.ItemsOf, state.ItemIds, limits.ItemNeighbors, Active, _ => true);
    }

    public CooccurrenceSide Users { get; }

    public CooccurrenceSide Items { get; }

    /// <summary>An edge has been added.</summary>
    public void Added(int user, int item)
    {
        // The user that makes an item too popular takes away what it counted for the others.
        if (_maxUsersPerItem > 0 && _edges.UsersOf[item].Count == _maxUsersPerItem + 1)
            Users.MarkRowsOf(item);
        else
            Users.Added(user, item);
        Items.Added(item, user);
    }

    /// <summary>An edge has been removed.</summary>
    public void Removed(int user, int item)
    {
        Users.Mark(user);
        Users.MarkRowsOf(item);
        Items.Mark(item);
        Items.MarkRowsOf(user);
    }

    /// <summary>An item has been deleted, or has come back.</summary>
    public void ActivityChanged(int item)
    {
        Users.MarkRowsOf(item);
        Items.MarkNeighborsOf(item);
    }

    /// <summary>All rows have to be counted anew.</summary>
    public void Reset()
    {
        Users.MarkAll();
        Items.MarkAll();
    }

    /// <summary>What is kept.</summary>
    internal readonly record struct Limits(int UserNeighbors, int ItemNeighbors, int MaxUsersPerItem);
}
