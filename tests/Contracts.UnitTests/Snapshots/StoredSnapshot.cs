using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

/// <summary>A snapshot as it would be in Redis.</summary>
internal sealed class StoredSnapshot
{
    private StoredSnapshot(SnapshotManifest manifest) => Manifest = manifest;

    public SnapshotManifest Manifest { get; }

    public Dictionary<string, byte[]> Chunks { get; } = [];

    public static StoredSnapshot Of(GraphSnapshot snapshot)
    {
        var stored = new StoredSnapshot(SnapshotManifestCodec.Begin(snapshot, snapshot.Info));
        foreach (var section in SnapshotSection.Of(snapshot))
        {
            var described = new Section { Name = section.Name, Type = section.Type, Dimension = section.Dimension };
            foreach (var chunk in section.Chunks)
            {
                var bytes = new byte[chunk.Length];
                chunk.Write(bytes);
                described.Chunks.Add(chunk.Describe(bytes));
                stored.Chunks[SnapshotManifestCodec.NameOf(described.Chunks[^1])] = bytes;
            }
            stored.Manifest.Sections.Add(described);
        }
        return stored;
    }

    public GraphSnapshot Read() => Read(Manifest, name => Chunks.GetValueOrDefault(name));

    public static GraphSnapshot Read(SnapshotManifest manifest, Func<string, byte[]?> chunk)
    {
        var decoder = new SnapshotDecoder(manifest);
        // In any order.
        for (var index = decoder.Chunks - 1; index >= 0; index--)
            decoder.Put(index, chunk(SnapshotManifestCodec.NameOf(decoder[index])));
        return decoder.Build();
    }
}
