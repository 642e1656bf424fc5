using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.Answers;

/// <summary>Many requests in one call: each is answered, or fails, by itself. They are ranked side by side, so that they share passes over the items.</summary>
internal sealed class Batches(Recommendations recommendations, Admission admission)
{
    /// <summary>The answers in the order of the requests.</summary>
    /// <exception cref="LimitException">There is no room for it, or the caller has asked too much.</exception>
    public async Task<RecommendBatchResponse> AnswerAsync(RecommendBatchRequest request, AccessCaller caller, CancellationToken cancellationToken)
    {
        RequestRules.Check(request);
        if (admission.TryEnter(request.Requests.Count, caller) is { } refusal)
            throw refusal;
        try
        {
            return new() { Answers = { await Task.WhenAll(request.Requests.Select(one => AnswerAsync(one, cancellationToken))) } };
        }
        finally
        {
            admission.Leave(request.Requests.Count);
        }
    }

    private async Task<BatchAnswer> AnswerAsync(RecommendRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return new() { Response = await recommendations.RecommendAsync(request, cancellationToken) };
        }
        catch (Exception e) when (ErrorStatus.Of(e) is { StatusCode: not StatusCode.Cancelled } status)
        {
            return new() { Error = new() { Code = ErrorStatus.NameOf(status.StatusCode), Message = status.Detail } };
        }
    }
}
