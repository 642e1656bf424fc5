namespace Rearm.Streaming.Server.Ranking;

/// <summary>What a user's query vector was made from.</summary>
internal enum Interest
{
    /// <summary>Nothing: there is neither a user vector nor an item the model knows.</summary>
    None,

    /// <summary>The user's trained vector, moved towards what was touched since.</summary>
    Trained,

    /// <summary>The items just touched alone: the model does not know the user.</summary>
    Session,
}
