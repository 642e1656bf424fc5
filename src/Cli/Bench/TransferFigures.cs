using System.Globalization;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.PmmRec;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What PMMRec gains from a catalogue that it was pre-trained on. The users are halved by their ids; one half, with other ids for users and items, is the
/// catalogue to pre-train on; the other is a shop that trains when it has the first part of its events, from scratch or from what was transferred, and is
/// tested on all of its users, who have touched the rest since.
/// </summary>
internal sealed class TransferFigures
{
    private const string Scratch = "scratch";
    private const string Full = "full";
    private static readonly double[] Shares = [0.01, 0.1, 1];

    private readonly Figures _figures;
    private readonly Dataset _source;
    private readonly Dataset _target;
    private readonly ModelDefinition _model = ModelCatalogue.Get("pmmrec");
    private readonly ModelSettings _settings;
    private readonly string _pretraining;
    private readonly Dictionary<(string Way, double Share), List<OfflineResult>> _runs = [];

    /// <param name="figures">Told of what is measured.</param>
    /// <param name="data">Interactions with times, and features.</param>
    /// <param name="minItems">Users with fewer different items are left out.</param>
    /// <param name="settings">Of the model.</param>
    /// <param name="pretraining">Its losses in pre-training.</param>
    public TransferFigures(Figures figures, Dataset data, int minItems, ModelSettings settings, string pretraining)
    {
        bool IsSource(int user) => StableHash.Of(data.UserId(user)) % 2 == 0;
        var source = LeaveOneOut.Split(data, minItems, IsSource);
        _figures = figures;
        _source = source with
        {
            UserIds = [.. Enumerable.Range(0, source.UserCount).Select(user => $"source-{source.UserId(user)}")],
            ItemIds = [.. Enumerable.Range(0, source.ItemCount).Select(item => $"source-{source.ItemId(item)}")],
        };
        _target = LeaveOneOut.Split(data, minItems, user => !IsSource(user));
        (_settings, _pretraining) = (settings, pretraining);
    }

    public async Task MeasureAsync(int seeds, CancellationToken cancellation)
    {
        var graphs = _model.Graphs(_settings);
        TrainingData Cut(Dataset data) => DatasetSnapshot.TrainingData(data, graphs, cancellation, _figures.Progress);
        var (source, target) = await Task.Run(() => (Cut(_source), Cut(_target)), cancellation);
        var young = await Task.Run(() => Shares.Select(share => Cut(FirstEvents.Of(_target, share)).ServedFrom(target.Whole)).ToArray(), cancellation);
        _figures.Say(string.Create(
            CultureInfo.InvariantCulture, $"{_source.UserCount:N0} users to pre-train on, {_target.UserCount:N0} others to fine-tune and test on"));
        foreach (var (share, data) in Shares.Zip(young))
        {
            var (users, events, validating) = (Users(data), data.Train.Interactions.Count + data.HeldOut.Count, data.HeldOut.Count);
            _figures.Say(string.Create(
                CultureInfo.InvariantCulture, $"{share * 100:0}% of their events: {events:N0} of {users:N0} users, {validating:N0} of them to validate"));
        }
        for (var seed = 1; seed <= seeds; seed++)
        {
            ModelCheckpoint? pretrained = null;
            var losses = new Dictionary<string, string>(_settings.Parameters) { ["losses"] = _pretraining };
            await NextItemExperiment.RunAsync(
                _model, _settings with { Seed = seed, Parameters = losses }, source, DatasetSnapshot.Pairs(_source.Test), onBest: best => pretrained = best,
                within: _figures.Progress, cancellationToken: cancellation);
            foreach (var (share, data) in Shares.Zip(young))
                foreach (var (way, start, modality) in Ways(pretrained!))
                {
                    var settings = _settings with { Seed = seed, Modalities = modality is null ? null : [modality] };
                    var result = await NextItemExperiment.RunAsync(
                        _model, settings, data, DatasetSnapshot.Pairs(_target.Test), start, within: _figures.Progress, cancellationToken: cancellation);
                    if (!_runs.TryGetValue((way, share), out var runs))
                        _runs[(way, share)] = runs = [];
                    runs.Add(result);
                }
        }
        foreach (var ((way, share), runs) in _runs)
        {
            NextItemFigures.Add(_figures, string.Create(CultureInfo.InvariantCulture, $"{way}.{share * 100:0}%"), runs);
            _figures.Point("HR@10", way, Math.Log10(share * 100), runs.Average(run => run.Test.Recall10));
            _figures.Point("NDCG@10", way, Math.Log10(share * 100), runs.Average(run => run.Test.Ndcg10));
        }
    }

    private static int Users(TrainingData data) => Enumerable.Range(0, data.Train.Users).Count(user => data.Train.Interactions.ItemsOf(user).Length > 0);

    // All modalities, then each alone: what was pre-trained on all of them has a tower for each.
    private IEnumerable<(string Way, ModelCheckpoint? Start, string? Modality)> Ways(ModelCheckpoint pretrained)
    {
        var full = PmmRecTransfer.Select(pretrained, TransferParts.Full);
        yield return (Scratch, null, null);
        yield return (Full, full, null);
        yield return ("item_encoder", PmmRecTransfer.Select(pretrained, TransferParts.ItemEncoder), null);
        yield return ("user_encoder", PmmRecTransfer.Select(pretrained, TransferParts.UserEncoder), null);
        if (_target.Features.Count > 1)
            foreach (var modality in _target.Features.Select(features => features.Name))
            {
                yield return ($"{Scratch}_{modality}", null, modality);
                yield return ($"{Full}_{modality}", full, modality);
            }
    }
}
