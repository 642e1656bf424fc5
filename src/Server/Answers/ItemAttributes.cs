using Google.Protobuf.Collections;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// Gives the items of an answer the attributes that a request asks for. They are read from the live catalogue in Redis, of these items alone and in one command, as a
/// Server that kept them of all items would need far more memory.
/// </summary>
internal sealed class ItemAttributes(CatalogueStore catalogue, RedisPatience patience)
{
    /// <summary>Adds them to the items.</summary>
    /// <param name="items">The answer's.</param>
    /// <param name="names">What is asked for.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False if Redis does not answer, or what it has is damaged.</returns>
    public Task<bool> AddAsync(RepeatedField<ScoredItem> items, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        AddAsync(items, names, static item => item.ItemId, static item => item.Attributes, cancellationToken);

    /// <inheritdoc cref="AddAsync(RepeatedField{ScoredItem}, IReadOnlyList{string}, CancellationToken)"/>
    public Task<bool> AddAsync(RepeatedField<TouchedItem> items, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        AddAsync(items, names, static item => item.ItemId, static item => item.Attributes, cancellationToken);

    private async Task<bool> AddAsync<T>(
        RepeatedField<T> items, IReadOnlyList<string> names, Func<T, string> idOf, Func<T, MapField<string, string>> attributesOf, CancellationToken cancellationToken)
    {
        if (names.Count == 0 || items.Count == 0)
            return true;
        if (!patience.IsWorthAsking)
            return false;
        var ids = new string[items.Count];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = idOf(items[i]);
        if (await patience.AnswerAsync(catalogue.ReadAsync(ids, cancellationToken), cancellationToken) is not { } found)
            return false;
        try
        {
            for (var i = 0; i < ids.Length; i++)
                if (found[i].Entry is { } entry && CatalogueCodec.ReadItem(entry).Attributes is { } kept)
                    Copy(kept.Values, names, attributesOf(items[i]));
            return true;
        }
        catch (ContractException)
        {
            // The GraphBuilder finds it and writes it anew.
            return false;
        }
    }

    private static void Copy(MapField<string, string> kept, IReadOnlyList<string> names, MapField<string, string> answered)
    {
        foreach (var name in names)
            if (kept.TryGetValue(name, out var value))
                answered[name] = value;
    }
}
