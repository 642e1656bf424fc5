using System.Runtime.InteropServices;
using Google.Protobuf;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Generations;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

/// <summary>Generations of a few items.</summary>
internal static class SmallGeneration
{
    /// <summary>Items "i0", "i1", ... with random vectors, 2 wide.</summary>
    public static LoadedGeneration Random(int items, Random random) => Of([.. Enumerable.Range(0, 2 * items).Select(_ => random.NextSingle() - 0.3f)]);

    /// <summary>The same with these vectors, two numbers each.</summary>
    public static LoadedGeneration Of(params float[] numbers) => Of(null, numbers);

    /// <summary>The same, with an encoder for other items.</summary>
    public static LoadedGeneration Of(ItemEncoderWeights? encoder, params float[] numbers)
    {
        var items = numbers.Length / 2;
        var chunk = new ItemChunk { Vectors = ByteString.CopyFrom(MemoryMarshal.AsBytes(numbers.AsSpan())) };
        for (var i = 0; i < items; i++)
        {
            chunk.ItemIds.Add($"i{i}");
            chunk.Popularity.Add(1);
            chunk.Categories.Add(new StringList());
            chunk.Available.Add(true);
        }
        var now = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(DateTime.UtcNow);
        var manifest = new GenerationManifest { Number = 1, Dimension = 2, Items = items, PublishedAt = now, Snapshot = new() { EventTime = now } };
        return new(new StoredGeneration(manifest, [], [chunk]) { ItemEncoder = encoder });
    }
}
