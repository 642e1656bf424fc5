using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>A generation of random vectors.</summary>
internal static class RandomGeneration
{
    /// <summary>How many categories there are, c0 to c19.</summary>
    public const int Categories = 20;

    /// <summary>Items i0, i1, ... in twenty categories, and users u0, u1, ...; the numbers of vectors are uniform between -0.5 and 0.5.</summary>
    /// <param name="items">How many items.</param>
    /// <param name="users">How many users.</param>
    /// <param name="width">Numbers in a vector.</param>
    /// <param name="seed">Which one.</param>
    /// <param name="item">What an item's id begins with.</param>
    public static ModelGeneration Create(int items, int users, int width, int seed, string item = "i") => new()
    {
        Dimension = width,
        ItemIds = [.. Enumerable.Range(0, items).Select(i => $"{item}{i}")],
        ItemVectors = Vectors(items, width, seed),
        Popularity = new int[items],
        Categories = [.. Enumerable.Range(0, items).Select(i => new[] { $"c{i % Categories}" })],
        Available = [.. Enumerable.Repeat(true, items)],
        UserIds = [.. Enumerable.Range(0, users).Select(u => $"u{u}")],
        UserVectors = Vectors(users, width, seed + 1),
        Snapshot = new() { Number = seed, Hash = $"{seed:x}", EventTime = DateTimeOffset.UtcNow.ToTimestamp() },
        Metrics = new Dictionary<string, double>(),
        Settings = new Dictionary<string, string>(),
    };

    private static float[] Vectors(int rows, int width, int seed)
    {
        var vectors = new float[rows * width];
        Parallel.For(0, rows, row =>
        {
            var random = new Random(seed * 31 + row);
            foreach (ref var value in vectors.AsSpan(row * width, width))
                value = random.NextSingle() - 0.5f;
        });
        return vectors;
    }
}
