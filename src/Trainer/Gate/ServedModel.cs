using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Storage.Generations;

namespace Rearm.Streaming.Trainer.Gate;

/// <summary>The generation being served, as far as a newer snapshot has its users and items, under that snapshot's numbers.</summary>
internal sealed class ServedModel
{
    private readonly ModelVectors _vectors;
    private readonly bool[] _knows;
    private readonly Dictionary<int, int> _rows;

    /// <param name="generation">The generation.</param>
    /// <param name="snapshot">Says how users and items are numbered.</param>
    /// <param name="users">The vectors of those users that it knows.</param>
    internal ServedModel(StoredGeneration generation, GraphSnapshot snapshot, IReadOnlyDictionary<int, float[]> users)
    {
        var dimension = generation.Manifest.Dimension;
        var items = new float[snapshot.Items * dimension];
        _knows = new bool[snapshot.Items];
        var numbers = snapshot.ItemIds.Index().ToDictionary(item => item.Item, item => item.Index);
        foreach (var chunk in generation.Items)
            for (var row = 0; row < chunk.ItemIds.Count; row++)
                if (numbers.TryGetValue(chunk.ItemIds[row], out var item))
                {
                    MemoryMarshal.Cast<byte, float>(chunk.Vectors.Span).Slice(row * dimension, dimension).CopyTo(items.AsSpan(item * dimension));
                    _knows[item] = true;
                }
        _rows = users.Keys.Index().ToDictionary(user => user.Item, user => user.Index);
        _vectors = new(dimension, [.. users.Values.SelectMany(vector => vector)], items);
    }

    /// <summary>Whether it knows a user and an item.</summary>
    internal bool Knows(int user, int item) => _rows.ContainsKey(user) && _knows[item];

    /// <summary>The scores of the items for users that it knows; an item that it does not know comes after all others.</summary>
    internal void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        var rows = new int[users.Length];
        for (var u = 0; u < rows.Length; u++)
            rows[u] = _rows[users[u]];
        _vectors.Score(rows, scores);
        PutUnknownLast(users.Length, scores);
    }

    /// <summary>Another model's scores among the items that this one knows.</summary>
    internal ScoreUsers Restrict(ScoreUsers score) => (ReadOnlySpan<int> users, Span<float> scores) =>
    {
        score(users, scores);
        PutUnknownLast(users.Length, scores);
    };

    private void PutUnknownLast(int users, Span<float> scores)
    {
        for (var u = 0; u < users; u++)
            for (var item = 0; item < _knows.Length; item++)
                if (!_knows[item])
                    scores[u * _knows.Length + item] = float.NegativeInfinity;
    }
}
