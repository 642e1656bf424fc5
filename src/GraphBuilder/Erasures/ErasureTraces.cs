using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Snapshots;

namespace Rearm.Streaming.GraphBuilder.Erasures;

/// <summary>Looks in Redis for what is left of a user or an item: by reading what is there, not by what should be.</summary>
internal sealed class ErasureTraces(LiveCatalogue live, GenerationErasure generations, SnapshotSearch snapshots)
{
    /// <summary>The live state's, in words; null if there is nothing.</summary>
    public async Task<string?> InLiveStateAsync(ErasureSubject subject, CancellationToken cancellationToken)
    {
        if (!subject.IsUser)
            return await live.IsHiddenAsync(subject.Id, cancellationToken) ? "hidden" : null;
        var touched = await live.TouchedAsync(subject.Id, cancellationToken);
        return touched > 0 ? $"{touched} items touched" : null;
    }

    /// <summary>The generations that have a vector of it, in words; null if none has.</summary>
    public async Task<string?> InGenerationsAsync(ErasureSubject subject, CancellationToken cancellationToken)
    {
        var found = subject.IsUser
            ? await generations.FindUserAsync(subject.Id, cancellationToken)
            : await generations.FindItemAsync(subject.Id, cancellationToken);
        return found.Count > 0 ? $"a vector in generation {Join(found.Select(f => f.Generation))}" : null;
    }

    /// <summary>The snapshots that have it, in words; null if none has.</summary>
    public async Task<string?> InSnapshotsAsync(ErasureSubject subject, CancellationToken cancellationToken)
    {
        var found = subject.IsUser
            ? await snapshots.FindUserAsync(subject.Id, cancellationToken)
            : await snapshots.FindItemAsync(subject.Id, cancellationToken);
        return found.Count > 0 ? $"in snapshot {Join(found)}" : null;
    }

    internal static string Join(IEnumerable<long> numbers) => string.Join(", ", numbers.Order());
}
