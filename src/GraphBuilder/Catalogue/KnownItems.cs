using System.IO.Hashing;
using System.Text;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.GraphBuilder.Catalogue;

/// <summary>The items that the generation being served knows: 64 bits of each. All others are new.</summary>
internal sealed class KnownItems(GenerationReader reader, RedisConnection redis)
{
    private HashSet<ulong> _ids = [];
    private IReadOnlyList<ChunkInfo> _chunks = [];

    /// <summary>The modalities that the generation's item encoder reads, in its order; none: it has no item encoder.</summary>
    public IReadOnlyList<string> EncodedModalities { get; private set; } = [];

    /// <summary>Grows whenever there are other items, or modalities that are encoded.</summary>
    public int Version { get; private set; }

    /// <summary>Whether there are any.</summary>
    public bool IsEmpty => _ids.Count == 0;

    public bool Contains(ReadOnlySpan<byte> id) => _ids.Contains(XxHash3.HashToUInt64(id));

    /// <summary>Looks whether there is another generation, and reads its items' ids.</summary>
    /// <exception cref="Contracts.ContractException">The generation can't be read; what was known stays.</exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (!long.TryParse((await reader.ReadPointerAsync(cancellationToken)).Number, out var number)
            || await reader.ReadManifestAsync(number, cancellationToken) is not { } bytes)
            return;
        var manifest = GenerationCodec.ReadManifest(bytes);
        string[] modalities = [.. manifest.ItemEncoder?.Modalities.Select(modality => modality.Name) ?? []];
        // One that has only lost erased users has the same.
        if (manifest.ItemChunks.SequenceEqual(_chunks) && modalities.SequenceEqual(EncodedModalities))
            return;
        var ids = new HashSet<ulong>((int)manifest.Items);
        for (var chunk = 0; chunk < manifest.ItemChunks.Count; chunk++)
        {
            var stored = await redis.Database.StringGetAsync(redis.Keys.GenerationItems(number, chunk)).WaitAsync(cancellationToken);
            foreach (var id in GenerationCodec.ReadItems(manifest, chunk, stored).ItemIds)
                ids.Add(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id)));
        }
        (_ids, _chunks, EncodedModalities) = (ids, [.. manifest.ItemChunks], modalities);
        Version++;
    }
}
