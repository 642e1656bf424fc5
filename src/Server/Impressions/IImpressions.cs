using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Impressions;

/// <summary>Takes note of what users are shown.</summary>
internal interface IImpressions
{
    /// <summary>Whether anything is noted.</summary>
    bool AreOn { get; }

    /// <summary>Notes an answer, and puts the request's id into it. Never waits and never fails.</summary>
    /// <param name="userId">Who will see it.</param>
    /// <param name="response">The answer.</param>
    /// <param name="position">How many items of the ranking came before, on earlier pages.</param>
    void Record(string userId, RecommendResponse response, int position);
}
