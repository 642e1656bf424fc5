using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What users have touched, as Redis has it now.</summary>
internal sealed class Histories(UserReader users, ItemAttributes attributes, ServerMetrics metrics)
{
    /// <summary>The newest items that a user touched.</summary>
    public Task<HistoryResponse> FindAsync(HistoryRequest request, CancellationToken cancellationToken) =>
        metrics.MeasureAsync("History", () => ReadAsync(request, cancellationToken), _ => "History");

    private async Task<HistoryResponse> ReadAsync(HistoryRequest request, CancellationToken cancellationToken)
    {
        RequestRules.Check(request);
        var user = await users.ReadAsync(request.UserId, generation: null, cancellationToken)
            ?? throw new UnavailableException("Redis does not answer, and nothing else knows what the user touched; try again.");
        var touches = user.Damage is null ? user.History : throw user.Damage;
        var response = new HistoryResponse { Total = touches.Length };
        foreach (var touch in touches.Take(RequestRules.EffectiveK(request.K)))
            response.Items.Add(new TouchedItem
            {
                ItemId = touch.ItemId,
                Time = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds((long)touch.Time)),
                NotWanted = touch.IsNegative,
            });
        response.AttributesUnknown = !await attributes.AddAsync(response.Items, request.Attributes, cancellationToken);
        return response;
    }
}
