using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Bpr;

/// <summary>How BPR-MF is chosen and made from settings that any model has.</summary>
internal static class BprDefinition
{
    internal static ModelDefinition Definition { get; } = new(
        "bpr", "matrix factorisation trained to rank pairs", [], _ => new GraphSettings(),
        (data, settings) =>
        {
            var (hyper, device) = (Parameters(settings), TrainingDevice.Open(settings.Device, settings.Threads));
            return DeviceMemory.Guard(() =>
            {
                var model = new BprModel(data.Train.Users, data.Train.Items, hyper.Dimension, settings.Seed, ScalarType.Float32, device);
                return new EmbeddingRecommender(data, model, hyper, settings.Seed, device);
            }, EmbeddingRecommender.MemoryAdvice(hyper));
        })
    {
        Parameters = HyperParameters.Names<EmbeddingParameters>(),
        Describe = settings => HyperParameters.Describe(Parameters(settings)),
        MaxEpochs = settings => Parameters(settings).MaxEpochs,
        Ranges = EmbeddingSettings.Ranges,
    };

    private static EmbeddingParameters Parameters(ModelSettings settings) => new EmbeddingParameters().With(settings);
}
