using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>
/// What is known of the items, on the device: per modality an item's tokens, or a token for each item that has a vector. Row 0 is padding, row i + 1 item i.
/// </summary>
/// <param name="modalities">The modalities, in the order of the model.</param>
/// <param name="known">Whether each item has a token in any of them.</param>
internal sealed class ItemTokens(IReadOnlyList<ModalTokens> modalities, bool[] known) : IDisposable
{
    /// <summary>The modalities, in the order of the model.</summary>
    internal IReadOnlyList<ModalTokens> Modalities { get; } = modalities;

    /// <summary>What was done to the features; as the shop sent them unless somebody says otherwise.</summary>
    internal FeaturePreparation Preparation { get; init; } = new(GraphSettings.None, [.. modalities.Select(_ => Array.Empty<float>())]);

    /// <summary>Whether an item has one token at most in each modality: then its vectors in the catalogue are all that there is to know.</summary>
    internal bool AreVectors => Modalities.All(modality => modality.Values.shape[1] == 1);

    /// <summary>Whether an item has a token in any modality.</summary>
    internal bool Knows(int item) => known[item];

    /// <summary>The tokens of some rows, by modality.</summary>
    internal ModalTokens[] Select(Tensor rows) => [.. Modalities.Select(modality => modality.Select(rows))];

    /// <param name="data">The training data.</param>
    /// <param name="wanted">The modalities to use, in order; null or empty: all of them.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where they are to be.</param>
    /// <exception cref="ArgumentException">A modality is not in the snapshot, or it has none at all.</exception>
    internal static ItemTokens From(TrainingData data, IReadOnlyList<string>? wanted, ScalarType dtype, Device device)
    {
        var snapshot = data.Train;
        var chosen = ModalityChoice.Resolve(snapshot.Modalities, wanted);
        if (chosen.Length == 0)
            throw new UnsuitableDataException("The model pmmrec knows items by their vectors alone, and the data has none; choose a model of ids, e.g. sasrec.");
        bool[] known = [.. Enumerable.Range(0, snapshot.Items).Select(item => chosen.Any(m => snapshot.Modalities[m].Present[item]))];
        return new([.. chosen.Select(m => Tokens(data, m, dtype, device))], known)
        {
            Preparation = FeaturePreparation.Of(snapshot, chosen),
        };
    }

    public void Dispose()
    {
        foreach (var modality in Modalities)
            modality.Dispose();
    }

    private static ModalTokens Tokens(TrainingData data, int modality, ScalarType dtype, Device device)
    {
        var features = data.Train.Modalities[modality];
        return data.Tokens.FirstOrDefault(tokens => tokens.Name == features.Name) is { } tokens
            ? Tokens(tokens.Rows, Prepared(data.Train, tokens), tokens.PerItem, dtype, device)
            : Tokens(features, data.Features.Values[modality], 1, dtype, device);
    }

    // As vectors are: of an item with one token this is the same.
    private static FloatMatrix Prepared(GraphSnapshot snapshot, ModalityTokens tokens)
    {
        int[] ranks = [.. IdOrder.Ranks(snapshot.ItemIds).SelectMany(rank => Enumerable.Range(rank * tokens.PerItem, tokens.PerItem))];
        return FeaturePreprocessing.Apply(tokens.Rows, GraphSettings.From(snapshot.Settings).Preprocessing, ranks);
    }

    private static ModalTokens Tokens(ModalityFeatures rows, FloatMatrix prepared, int perItem, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        var items = prepared.Rows / perItem;
        var values = cat([zeros(1, perItem, prepared.Columns, dtype, device), FeatureTensor.From(prepared, dtype, device).reshape(items, perItem, -1)], 0);
        var mask = tensor(
            [.. Enumerable.Repeat(0f, perItem), .. rows.Present.Select(present => present ? 1f : 0f)], [items + 1, perItem], dtype: dtype, device: device);
        return new(rows.Name, values.DetachFromDisposeScope(), mask.DetachFromDisposeScope());
    }
}
