using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What a ranking is to be made of, whichever call asks for it.</summary>
internal sealed record Ask
{
    /// <summary>The most items an answer can be deep in a ranking.</summary>
    public const int MaxDepth = 10_000;

    /// <summary>Whom it is for; empty: somebody who is not known.</summary>
    public string UserId { get; init; } = "";

    /// <summary>The user's vector as stored; null if there is none.</summary>
    public byte[]? Vector { get; init; }

    /// <summary>Whether there may be one although <see cref="Vector"/> is null.</summary>
    public bool VectorUnknown { get; init; }

    /// <summary>Whether <see cref="History"/> lacks what the user touched, because Redis does not answer.</summary>
    public bool HistoryUnknown { get; init; }

    /// <summary>What was touched, newest first, what is not wanted at the end; what is being looked at before that.</summary>
    public required Touch[] History { get; init; }

    /// <summary>The partition of the log that what the user touched is from; null: not known.</summary>
    public int? Partition { get; init; }

    /// <summary>What must not be among the answer: what is not wanted, is being looked at or, if seen items are not asked for, counts as seen.</summary>
    public required Touch[] Left { get; init; }

    /// <summary>What may be.</summary>
    public required ItemRules Rules { get; init; }

    /// <summary>How many items.</summary>
    public required int K { get; init; }

    /// <summary>0 (by score alone) to 1 (by difference alone).</summary>
    public float Diversity { get; init; }

    /// <summary>Whether each item comes with its reasons.</summary>
    public bool Explain { get; init; }

    /// <summary>Names of the attributes that come with each item.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>How many items have to be found for a page.</summary>
    public int DepthOf(Page page) => Diversity > 0 ? Math.Max(0, Diversification.Pool - page.Shown.Length) : Math.Min(K, MaxDepth - page.Position);

    /// <summary>For a user, with what is known of the user.</summary>
    /// <param name="request">A request that was checked.</param>
    /// <param name="user">What is known.</param>
    /// <param name="seenTypes">The types of events that make an item seen; empty: all.</param>
    public static Ask Of(RecommendRequest request, KnownUser user, IReadOnlyList<string> seenTypes)
    {
        var history = user.History ?? [];
        var context = JustTouched(request.ContextItemIds);
        var all = context.Length == 0 ? history : [.. context, .. history];
        return new()
        {
            UserId = request.UserId,
            Vector = user.Vector,
            VectorUnknown = user.VectorUnknown,
            HistoryUnknown = user.History is null,
            History = all,
            Partition = user.Header.Partition,
            Left = LeftOut(all, context.Length, !request.HasExcludeSeen || request.ExcludeSeen, seenTypes, user.Header),
            Rules = new(request.Categories, request.ExcludedItemIds, request.Filter),
            K = RequestRules.EffectiveK(request.K),
            Diversity = request.Diversity,
            Explain = request.Explain,
            Attributes = request.Attributes,
        };
    }

    /// <summary>For a session.</summary>
    /// <param name="request">A request that was checked.</param>
    public static Ask Of(RecommendSessionRequest request)
    {
        var touched = JustTouched(request.ItemIds);
        return new()
        {
            History = touched,
            Left = touched,
            Rules = new(request.Categories, request.ExcludedItemIds, request.Filter),
            K = RequestRules.EffectiveK(request.K),
            Diversity = request.Diversity,
            Explain = request.Explain,
            Attributes = request.Attributes,
        };
    }

    // What is being looked at, which comes first, and what is not wanted are left out in any case.
    private static Touch[] LeftOut(Touch[] touches, int context, bool excludeSeen, IReadOnlyList<string> seenTypes, HistoryHeader header)
    {
        if (excludeSeen && seenTypes.Count == 0)
            return touches;
        var (bits, n) = (excludeSeen ? header.BitsOf(seenTypes) : 0, 0);
        return Array.FindAll(touches, touch => n++ < context || touch.IsNegative || (touch.Types & bits) != 0);
    }

    private static Touch[] JustTouched(IReadOnlyList<string> itemIds)
    {
        var touches = itemIds.Count == 0 ? [] : new Touch[itemIds.Count];
        for (var i = 0; i < touches.Length; i++)
            touches[i] = new(itemIds[i], long.MaxValue, IsNegative: false, Offset: long.MaxValue);
        return touches;
    }
}
