using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.LightGcn;

/// <summary>How LightGCN is chosen and made from settings that any model has.</summary>
internal static class LightGcnDefinition
{
    internal static ModelDefinition Definition { get; } = new(
        "lightgcn", "embeddings over the user-item graph", [], _ => new GraphSettings(),
        (data, settings) =>
        {
            var (hyper, device) = (Parameters(settings), TrainingDevice.Open(settings.Device, settings.Threads));
            return DeviceMemory.Guard(() =>
            {
                var model = new LightGcnModel(data.Train.Users, data.Train.Items, hyper.Dimension, hyper.Layers, settings.Seed, ScalarType.Float32, device);
                return new EmbeddingRecommender(data, model, hyper, settings.Seed, device);
            }, EmbeddingRecommender.MemoryAdvice(hyper));
        })
    {
        Parameters = HyperParameters.Names<LightGcnHyperParameters>(),
        Describe = settings => HyperParameters.Describe(Parameters(settings)),
        MaxEpochs = settings => Parameters(settings).MaxEpochs,
        Ranges = [.. EmbeddingSettings.Ranges, SearchRange.Whole("layers", 1, 4)],
    };

    private static LightGcnHyperParameters Parameters(ModelSettings settings) => new LightGcnHyperParameters().With(settings);
}
