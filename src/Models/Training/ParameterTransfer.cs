using Rearm.Streaming.Contracts.Snapshots;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>Takes a module's parameters out into a checkpoint and puts them back into one for another snapshot.</summary>
internal static class ParameterTransfer
{
    internal static ModelCheckpoint Save(nn.Module module, GraphSnapshot snapshot)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return new(snapshot.UserIds, snapshot.ItemIds,
            [.. module.named_parameters().Select(p => new NamedArray(p.name, p.parameter.shape, p.parameter.cpu().contiguous().data<float>().ToArray()))]);
    }

    /// <summary>
    /// Puts the parameters into a module for a snapshot. Rows of users and items follow their external ids, and rows of new ids keep their
    /// initial values; so do parameters whose shape differs, for example because a modality's vectors have another width now.
    /// </summary>
    internal static WarmStartResult Load(ModelCheckpoint checkpoint, nn.Module module, GraphSnapshot snapshot, Func<string, ParameterRows> rowsOf)
    {
        var users = Matches(checkpoint.UserIds, snapshot.UserIds);
        var items = Matches(checkpoint.ItemIds, snapshot.ItemIds);
        var saved = checkpoint.Parameters.ToDictionary(p => p.Name);
        var reset = new List<string>();
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in module.named_parameters())
        {
            var rows = rowsOf(name) switch
            {
                ParameterRows.Users => users,
                ParameterRows.Items => items,
                _ => null,
            };
            if (!saved.TryGetValue(name, out var found) || !Fits(found.Shape, parameter.shape, perRow: rows is not null))
                reset.Add(name);
            else if (rows is null)
                parameter.copy_(tensor(found.Values, found.Shape));
            else
                CopyRows(found, parameter, rows);
        }
        return new(users.Count, items.Count, reset);
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
