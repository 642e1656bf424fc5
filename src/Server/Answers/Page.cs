using Google.Protobuf;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// A page of a ranking: the first one, or what an earlier answer's token says. A later page is ranked by what the first one was ranked by. Where items come by
/// score it begins after the last item of the page before, wherever that stands now; where no order lasts it leaves out what the pages before had.
/// </summary>
internal sealed class Page
{
    /// <summary>The most items of a list for everybody, whose tokens name each item that was shown.</summary>
    public const int MaxListed = PageToken.MaxMarks;

    private const string BeginAgain = "begin again without page_token";

    private readonly ulong _request;
    private readonly PageToken? _token;
    private uint[] _madeOf;

    private Page(ulong request, PageToken? token) => (_request, _token, _madeOf) = (request, token, token?.MadeOf ?? []);

    /// <summary>Whether nothing came before.</summary>
    public bool IsFirst => _token is null;

    /// <summary>How many items came before.</summary>
    public int Position => _token?.Count ?? 0;

    /// <summary>What the first page was ranked by; null: this is the first.</summary>
    public Interest? Interest => _token?.Interest;

    /// <summary>Where items come by score: they come after this.</summary>
    public Cursor After => _token?.Last ?? Cursor.Start;

    /// <summary>What must not come again, as <see cref="ItemMark"/>s.</summary>
    public ReadOnlySpan<uint> Shown => _token?.Shown;

    /// <summary>How many items the first page's ranking was made of.</summary>
    public int MadeOf => _madeOf.Length;

    /// <summary>The page that a request asks for.</summary>
    /// <param name="token">The request's; empty: the first page.</param>
    /// <param name="request">A copy of it without token and k.</param>
    /// <exception cref="InvalidRequestException">The token is not one, or another request's.</exception>
    public static Page Of(string token, IMessage request)
    {
        var fingerprint = PageToken.Fingerprint(request);
        return new(fingerprint, token.Length == 0 ? null : PageToken.Parse(token, fingerprint));
    }

    /// <summary>Requires that what is served is what the first page was made from.</summary>
    /// <exception cref="PreconditionException">It is not.</exception>
    public void RequireGeneration(ServingState state)
    {
        if (_token is not { } token)
            return;
        var (served, items) = Of(state.Generation);
        if (token.Generation != served)
            throw new PreconditionException($"page_token is of generation {token.Generation}, but generation {served} is served now: {BeginAgain}.");
        if (token.Items != items)
            throw new PreconditionException($"page_token is of generation {served} with other items than it has now, as before one was erased: {BeginAgain}.");
    }

    /// <summary>Requires that what is known of the user allows the ranking that the first page began.</summary>
    /// <exception cref="PreconditionException">It does not.</exception>
    public void Require(Interest interest)
    {
        if (Interest is { } first && first != interest)
            throw Changed();
    }

    /// <summary>Requires that the first page's ranking was made of nothing else than this.</summary>
    /// <param name="generation">What is served.</param>
    /// <param name="touches">What is known to be touched, or not wanted, now.</param>
    /// <exception cref="PreconditionException">It was.</exception>
    public void RequireMadeOf(LoadedGeneration generation, Touch[] touches)
    {
        if (_madeOf.Length == 0)
            return;
        var known = new HashSet<uint>(touches.Select(touch => ItemMark.Of(generation, touch.ItemId)));
        if (!_madeOf.All(known.Contains))
            throw Changed();
    }

    /// <summary>The rows that the first page's ranking was made of.</summary>
    /// <param name="state">What is served.</param>
    /// <param name="generation">Its generation.</param>
    /// <param name="rows">Takes them, <see cref="MadeOf"/>; rows beyond the generation's are new items.</param>
    /// <exception cref="PreconditionException">One of them is not there any more.</exception>
    public void ReadMadeOf(ServingState state, LoadedGeneration generation, Span<int> rows)
    {
        for (var i = 0; i < _madeOf.Length; i++)
            if (!ItemMark.TryRow(generation, state.Catalogue.New, _madeOf[i], out rows[i]))
                throw Changed();
    }

    /// <summary>Notes what the first page's ranking is made of, for those that follow.</summary>
    public void KeepMadeOf(ServingState state, LoadedGeneration generation, ReadOnlySpan<int> rows)
    {
        _madeOf = rows.IsEmpty ? [] : new uint[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            _madeOf[i] = ItemMark.Of(generation, state.Catalogue.New, rows[i]);
    }

    /// <summary>The rows of what came before, in its order, as far as they have a vector.</summary>
    public int[] ShownRows(ServingState state, LoadedGeneration generation)
    {
        var rows = new List<int>(Shown.Length);
        foreach (var mark in Shown)
            if (ItemMark.TryRow(generation, state.Catalogue.New, mark, out var row))
                rows.Add(row);
        return [.. rows];
    }

    /// <summary>The next page's token; empty if there is none.</summary>
    /// <param name="ask">What was asked.</param>
    /// <param name="interest">What the ranking is made of.</param>
    /// <param name="answered">The items of this page.</param>
    /// <param name="generation">The generation they are from; null: none.</param>
    public string Next(Ask ask, Interest interest, IReadOnlyList<ScoredItem> answered, LoadedGeneration? generation)
    {
        var (isListed, count) = (interest == Ranking.Interest.None, Position + answered.Count);
        if (answered.Count < ask.K || count >= (ask.Diversity > 0 ? Diversification.Pool : isListed ? MaxListed : Ask.MaxDepth))
            return "";
        var (number, items) = Of(generation);
        if (!isListed && ask.Diversity == 0)
            return new PageToken(number, items, interest, count, new(answered[^1].Score, StableHash.Of(answered[^1].ItemId)), _madeOf, []).Write(_request);
        var shown = new uint[Shown.Length + answered.Count];
        Shown.CopyTo(shown);
        for (var i = 0; i < answered.Count; i++)
            shown[Shown.Length + i] = ItemMark.Of(generation, answered[i].ItemId);
        return new PageToken(number, items, interest, count, Cursor.Start, _madeOf, shown).Write(_request);
    }

    private static (long Number, uint Items) Of(LoadedGeneration? generation) => (generation?.Manifest.Number ?? 0, generation?.ItemsHash ?? 0);

    private static PreconditionException Changed() =>
        new($"page_token goes on with a ranking by what was known of the user. That has changed since, or can't be read now: {BeginAgain}.");
}
