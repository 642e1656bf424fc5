using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Trainer.Model;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.Checkpoints;

/// <summary>A model's parameters with the ids their rows belong to, so that a later run can start from them.</summary>
internal sealed record ModelCheckpoint(string[] UserIds, string[] ItemIds, IReadOnlyList<NamedArray> Parameters)
{
    internal static ModelCheckpoint Of(RearmModel model, GraphSnapshot snapshot)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return new(snapshot.UserIds, snapshot.ItemIds,
            [.. model.named_parameters().Select(p => new NamedArray(p.name, p.parameter.shape, p.parameter.cpu().contiguous().data<float>().ToArray()))]);
    }

    /// <summary>
    /// Puts the parameters into a model for a snapshot. Rows of users and items follow their external ids, and rows of ids that are new
    /// keep their initial values; so do parameters whose shape differs, e.g. because a modality's vectors have another width now.
    /// </summary>
    internal WarmStartResult CopyTo(RearmModel model, GraphSnapshot snapshot)
    {
        var users = Matches(UserIds, snapshot.UserIds);
        var items = Matches(ItemIds, snapshot.ItemIds);
        var known = Parameters.ToDictionary(p => p.Name);
        var fresh = new List<string>();
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in model.named_parameters())
        {
            var rows = ParameterNames.IsPerUser(name) ? users : ParameterNames.IsPerItem(name) ? items : null;
            if (!known.TryGetValue(name, out var saved) || !Fits(saved.Shape, parameter.shape, perRow: rows is not null))
                fresh.Add(name);
            else if (rows is null)
                parameter.copy_(tensor(saved.Values, saved.Shape));
            else
                CopyRows(saved, parameter, rows);
        }
        return new(users.Count, items.Count, fresh);
    }

    private static void CopyRows(NamedArray saved, Tensor parameter, List<(int From, int To)> rows)
    {
        var width = (int)saved.Shape[1];
        var values = parameter.cpu().contiguous().data<float>().ToArray();
        foreach (var (from, to) in rows)
            saved.Values.AsSpan(from * width, width).CopyTo(values.AsSpan(to * width));
        parameter.copy_(tensor(values, parameter.shape));
    }

    private static bool Fits(long[] saved, long[] wanted, bool perRow) =>
        perRow ? saved.AsSpan(1).SequenceEqual(wanted.AsSpan(1)) : saved.AsSpan().SequenceEqual(wanted);

    private static List<(int From, int To)> Matches(string[] from, string[] to)
    {
        var places = new Dictionary<string, int>(from.Length, StringComparer.Ordinal);
        for (var i = 0; i < from.Length; i++)
            places[from[i]] = i;
        var matches = new List<(int, int)>();
        for (var i = 0; i < to.Length; i++)
            if (places.TryGetValue(to[i], out var place))
                matches.Add((place, i));
        return matches;
    }
}

/// <summary>One parameter: name, shape and row-major values.</summary>
internal sealed record NamedArray(string Name, long[] Shape, float[] Values);

/// <summary>What a warm start found.</summary>
/// <param name="Users">Users known from the last run.</param>
/// <param name="Items">Items known from the last run.</param>
/// <param name="Fresh">Parameters that start afresh.</param>
internal sealed record WarmStartResult(int Users, int Items, IReadOnlyList<string> Fresh);
