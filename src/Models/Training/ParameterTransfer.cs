using Rearm.Streaming.Contracts.Snapshots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>Takes a module's parameters, and the optimizer's state of each, out into a checkpoint, and puts them back into a module for another snapshot.</summary>
internal static class ParameterTransfer
{
    /// <param name="module">Whose parameters.</param>
    /// <param name="snapshot">Whose users and items.</param>
    /// <param name="optimizer">Of all the module's parameters, in their order; null: without its state.</param>
    internal static ModelCheckpoint Save(nn.Module module, GraphSnapshot snapshot, AdamWOptimizer? optimizer = null)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var parameters = module.named_parameters().ToArray();
        return new(snapshot.UserIds, snapshot.ItemIds, [.. parameters.Select(p => new NamedArray(p.name, p.parameter.shape, Values(p.parameter)))])
        {
            Moments = [.. parameters.Select((p, i) => optimizer?.StateOf(i) is { } state ? new ParameterMoments(p.name, state.Steps, Values(state.Mean), Values(state.Square)) : null)
                .OfType<ParameterMoments>()],
        };
    }

    /// <summary>
    /// Puts the parameters into a module for a snapshot. Rows of users and items follow their external ids, and rows of new ids keep their
    /// initial values; so do parameters whose shape differs, for example because a modality's vectors have another width now. The optimizer's state does
    /// the same; for new rows it is zero, as at the start.
    /// </summary>
    internal static WarmStartResult Load(
        ModelCheckpoint checkpoint, nn.Module module, GraphSnapshot snapshot, Func<string, ParameterRows> rowsOf, AdamWOptimizer? optimizer = null)
    {
        var users = Matches(checkpoint.UserIds, snapshot.UserIds);
        var items = Matches(checkpoint.ItemIds, snapshot.ItemIds);
        var saved = checkpoint.Parameters.ToDictionary(p => p.Name);
        var moments = checkpoint.Moments.ToDictionary(m => m.Name);
        var (reset, otherShapes, loaded) = (new List<string>(), new List<string>(), 0);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (place, (name, parameter)) in module.named_parameters().Index())
        {
            var rows = rowsOf(name) switch
            {
                ParameterRows.Users => users,
                ParameterRows.Items => items,
                _ => null,
            };
            if (!saved.TryGetValue(name, out var found) || !Fits(found.Shape, parameter.shape, perRow: rows is not null))
            {
                reset.Add(name);
                if (found is not null)
                    otherShapes.Add($"{name} ({Text(found.Shape, rows is not null)} there, {Text(parameter.shape, rows is not null)} here)");
                continue;
            }
            loaded++;
            parameter.copy_(tensor(Moved(found.Values, () => Values(parameter), rows, parameter), parameter.shape));
            if (optimizer is not null && moments.TryGetValue(name, out var state))
                optimizer.Restore(place, AdamWState.Of(parameter, Zeroed(state.Mean), Zeroed(state.Square), state.Steps));

            float[] Zeroed(float[] values) => Moved(values, () => new float[parameter.numel()], rows, parameter);
        }
        return new(users.Count, items.Count, reset) { OtherShapes = otherShapes, Loaded = loaded };
    }

    /// <summary>The saved values where they belong now; rows that are new have those of <paramref name="others"/>.</summary>
    private static float[] Moved(float[] saved, Func<float[]> others, List<(int From, int To)>? rows, Parameter parameter)
    {
        if (rows is null)
            return saved;
        var width = (int)parameter.shape[1];
        var values = others();
        foreach (var (from, to) in rows)
            saved.AsSpan(from * width, width).CopyTo(values.AsSpan(to * width));
        return values;
    }

    private static float[] Values(Tensor tensor) => tensor.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray();

    private static bool Fits(long[] saved, long[] wanted, bool perRow) =>
        perRow ? saved.AsSpan(1).SequenceEqual(wanted.AsSpan(1)) : saved.AsSpan().SequenceEqual(wanted);

    private static string Text(long[] shape, bool perRow) => string.Join(" x ", shape.Select((size, i) => perRow && i == 0 ? ".." : $"{size}"));

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
