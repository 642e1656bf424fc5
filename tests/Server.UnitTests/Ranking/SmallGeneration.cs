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
    public static LoadedGeneration Random(int items, Random random) => Of(Numbers(items, random));

    /// <summary>The same with these vectors, two numbers each.</summary>
    public static LoadedGeneration Of(params float[] numbers) => Of(null, numbers);

    /// <summary>The same with random vectors, each item in up to three of the categories "c0" to "c4", every fifth not available.</summary>
    public static LoadedGeneration WithCategories(int items, Random random) => Of(null, Numbers(items, random), _ => Categories(random));

    /// <summary>Up to three of the categories "c0" to "c4", one of them twice perhaps.</summary>
    public static string[] Categories(Random random) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => $"c{random.Next(5)}")];

    /// <summary>The same, with an encoder for other items.</summary>
    public static LoadedGeneration Of(ItemEncoderWeights? encoder, params float[] numbers) => Of(encoder, numbers, null);

    private static float[] Numbers(int items, Random random) => [.. Enumerable.Range(0, 2 * items).Select(_ => random.NextSingle() - 0.3f)];

    private static LoadedGeneration Of(ItemEncoderWeights? encoder, float[] numbers, Func<int, string[]>? categories)
    {
        var items = numbers.Length / 2;
        var chunk = new ItemChunk { Vectors = ByteString.CopyFrom(MemoryMarshal.AsBytes(numbers.AsSpan())) };
        for (var i = 0; i < items; i++)
        {
            chunk.ItemIds.Add($"i{i}");
            chunk.Popularity.Add(1);
            chunk.Categories.Add(new StringList { Values = { categories?.Invoke(i) ?? [] } });
            chunk.Available.Add(categories is null || i % 5 > 0);
        }
        var now = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(DateTime.UtcNow);
        var manifest = new GenerationManifest { Number = 1, Dimension = 2, Items = items, PublishedAt = now, Snapshot = new() { EventTime = now } };
        return new(new StoredGeneration(manifest, [], [chunk]) { ItemEncoder = encoder });
    }
}
