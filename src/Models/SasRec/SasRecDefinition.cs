using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.SasRec;

/// <summary>How SASRec is chosen and made from settings that any model has.</summary>
internal static class SasRecDefinition
{
    internal static ModelDefinition Definition { get; } = new(
        "sasrec", "self-attention over each user's items in their order, by item embeddings", [], _ => new GraphSettings(),
        (data, settings) =>
        {
            var (hyper, device) = (Parameters(settings), TrainingDevice.Open(settings.Device, settings.Threads));
            return DeviceMemory.Guard(
                () => new SequenceRecommender(data, new SasRecModel(hyper, data.Train.Items, settings.Seed, ScalarType.Float32, device), hyper, settings.Seed),
                SequenceRecommender.MemoryAdvice(hyper));
        })
    {
        Parameters = HyperParameters.Names<SasRecHyperParameters>(),
        Describe = settings => HyperParameters.Describe(Parameters(settings)),
        HasUserEncoder = true,
        MaxEpochs = settings => Parameters(settings).MaxEpochs,
        Ranges = SequenceParameters.Ranges,
    };

    private static SasRecHyperParameters Parameters(ModelSettings settings) => new SasRecHyperParameters().Checked(settings);
}
