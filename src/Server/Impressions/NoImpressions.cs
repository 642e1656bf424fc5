using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Impressions;

/// <summary>Nobody wants to know what users are shown.</summary>
internal sealed class NoImpressions : IImpressions
{
    public bool AreOn => false;

    public void Record(string userId, RecommendResponse response, int position)
    {
    }
}
