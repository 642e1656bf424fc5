using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>How PMMRec is chosen and made from settings that any model has.</summary>
internal static class PmmRecDefinition
{
    internal static ModelDefinition Definition { get; } = new(
        PmmRecModel.Name, "PMMRec (ICDE 2024): users by their items in order, items by their vectors alone, new ones too", [], _ => new GraphSettings(), Create)
    {
        Parameters = HyperParameters.Names<PmmRecHyperParameters>(),
        Describe = settings => HyperParameters.Describe(Parameters(settings)),
        HasUserEncoder = true,
        MaxEpochs = settings => Parameters(settings).MaxEpochs,
        Ranges =
        [
            .. SequenceParameters.Ranges,
            SearchRange.Choice("fusion_heads", 1, 2, 4),
            SearchRange.Steps("fusion_dropout", 0, 0.5, 0.1),
            SearchRange.Choice("losses", "none", "nicl+nid+rcl"),
        ],
    };

    private static SequenceRecommender Create(TrainingData data, ModelSettings settings)
    {
        var (hyper, device) = (Parameters(settings), TrainingDevice.Open(settings.Device, settings.Threads));
        return DeviceMemory.Guard(() =>
        {
            var tokens = ItemTokens.From(data, settings.Modalities, ScalarType.Float32, device);
            return new SequenceRecommender(data, new PmmRecModel(tokens, hyper, settings.Seed, ScalarType.Float32, device), hyper, settings.Seed);
        }, SequenceRecommender.MemoryAdvice(hyper));
    }

    private static PmmRecHyperParameters Parameters(ModelSettings settings)
    {
        var hyper = new PmmRecHyperParameters().Checked(settings);
        SequenceSettings.RequireHeads(nameof(hyper.FusionHeads), hyper.FusionHeads, hyper.Dimension);
        return hyper;
    }
}
