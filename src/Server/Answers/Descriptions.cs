using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What an answer says of the generation it was made from.</summary>
internal sealed class Descriptions(GenerationFollower follower, ApproximateIndexing indexing, TimeProvider time)
{
    /// <summary>A generation, as of now.</summary>
    public Generation Of(LoadedGeneration generation)
    {
        var age = time.GetUtcNow() - generation.Manifest.PublishedAt.ToDateTimeOffset();
        return new Generation
        {
            Number = generation.Manifest.Number,
            PublishedAt = generation.Manifest.PublishedAt,
            EventTime = generation.Manifest.Snapshot.EventTime,
            // The publisher's clock may be ahead of ours.
            Age = Duration.FromTimeSpan(age > TimeSpan.Zero ? age : TimeSpan.Zero),
            SnapshotHash = generation.Manifest.Snapshot.Hash,
        };
    }

    /// <summary>What is being served.</summary>
    public GetStatusResponse Status()
    {
        var state = follower.Current;
        var response = new GetStatusResponse { Problem = state.Problem, Pinned = state.IsPinned };
        if (state.Generation is { } generation)
        {
            response.Generation = Of(generation);
            response.Users = generation.Manifest.Users;
            response.Items = generation.Manifest.Items;
            response.Dimension = generation.Dimension;
            response.Metrics.Add(generation.Manifest.Metrics);
            response.ApproximateSearch = indexing.StatusOf(generation);
            if (state.Split is { Treatment.Generation: { } treated } split)
                response.Experiment = new()
                {
                    Id = split.Experiment.Id,
                    Control = state.Arm,
                    Treatment = split.Treatment.Arm,
                    TreatmentGeneration = Of(treated),
                    Share = split.Experiment.Share,
                };
        }
        return response;
    }
}
