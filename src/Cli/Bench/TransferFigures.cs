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
/// catalogue to pre-train on; on the other the model learns from some of the users, from scratch or from what was transferred, and is tested on all of them.
/// </summary>
internal sealed class TransferFigures
{
    private const string Scratch = "scratch";
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
        _figures.Say(string.Create(
            CultureInfo.InvariantCulture, $"{_source.UserCount:N0} users to pre-train on, {_target.UserCount:N0} others to fine-tune and test on"));
        for (var seed = 1; seed <= seeds; seed++)
        {
            ModelCheckpoint? pretrained = null;
            await NextItemExperiment.RunAsync(
                _model, With("losses", _pretraining, seed), source, DatasetSnapshot.Pairs(_source.Test), onBest: best => pretrained = best,
                within: _figures.Progress, cancellationToken: cancellation);
            foreach (var share in Shares)
                foreach (var (way, start) in Ways(pretrained!))
                {
                    var settings = With("user_share", share.ToString(CultureInfo.InvariantCulture), seed);
                    var result = await NextItemExperiment.RunAsync(
                        _model, settings, target, DatasetSnapshot.Pairs(_target.Test), start, within: _figures.Progress, cancellationToken: cancellation);
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

    private static IEnumerable<(string Way, ModelCheckpoint? Start)> Ways(ModelCheckpoint pretrained) =>
    [
        (Scratch, null),
        ("full", PmmRecTransfer.Select(pretrained, TransferParts.Full)),
        ("item_encoder", PmmRecTransfer.Select(pretrained, TransferParts.ItemEncoder)),
        ("user_encoder", PmmRecTransfer.Select(pretrained, TransferParts.UserEncoder)),
    ];

    private ModelSettings With(string name, string value, int seed) =>
        _settings with { Seed = seed, Parameters = new Dictionary<string, string>(_settings.Parameters) { [name] = value } };
}
