using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>A page of a ranking: the first one, or what an earlier answer's token says.</summary>
internal sealed class Page
{
    private readonly ulong _request;
    private readonly PageToken? _token;
    private long _newest;

    private Page(ulong request, PageToken? token) => (_request, _token, _newest) = (request, token, token?.Newest ?? -1);

    /// <summary>How many items came before.</summary>
    public int Offset => _token?.Offset ?? 0;

    /// <summary>The page that a request asks for.</summary>
    /// <exception cref="InvalidRequestException">The token is not one, or another request's.</exception>
    public static Page Of(RecommendRequest request)
    {
        var (token, k) = (request.PageToken, request.K);
        (request.PageToken, request.K) = ("", 0);
        var fingerprint = PageToken.Fingerprint(request);
        (request.PageToken, request.K) = (token, k);
        return Of(token, fingerprint);
    }

    /// <inheritdoc cref="Of(RecommendRequest)"/>
    public static Page Of(RecommendSessionRequest request)
    {
        var (token, k) = (request.PageToken, request.K);
        (request.PageToken, request.K) = ("", 0);
        var fingerprint = PageToken.Fingerprint(request);
        (request.PageToken, request.K) = (token, k);
        return Of(token, fingerprint);
    }

    private static Page Of(string token, ulong fingerprint) => new(fingerprint, token.Length == 0 ? null : PageToken.Parse(token, fingerprint));

    /// <summary>What the user had touched when the first page was made.</summary>
    public Touch[] Before(Touch[] history)
    {
        if (_token is not null)
            return Array.FindAll(history, touch => touch.Offset <= _newest);
        foreach (var touch in history)
            _newest = Math.Max(_newest, touch.Offset);
        return history;
    }

    /// <summary>Requires that what is served is what the first page was made from.</summary>
    /// <exception cref="PreconditionException">It is not.</exception>
    public void RequireGeneration(ServingState state)
    {
        var served = state.Generation?.Manifest.Number ?? 0;
        if (_token is { } token && token.Generation != served)
            throw new PreconditionException($"page_token is of generation {token.Generation}, but generation {served} is served now: begin again without page_token.");
    }

    /// <summary>The next page's token; empty if there is none.</summary>
    /// <param name="ask">What was asked.</param>
    /// <param name="answered">How many items were answered.</param>
    /// <param name="generation">The generation they are from; 0: none.</param>
    public string Next(Ask ask, int answered, long generation)
    {
        var end = Offset + answered;
        return answered < ask.K || end >= (ask.Diversity > 0 ? Diversification.Pool : Ask.MaxDepth) ? "" : new PageToken(generation, _newest, end, _request).ToString();
    }
}
