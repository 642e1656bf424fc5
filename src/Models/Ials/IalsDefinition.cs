using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Ials;

/// <summary>How iALS is chosen and made from settings that any model has.</summary>
internal static class IalsDefinition
{
    internal const string Name = "ials";

    internal static ModelDefinition Definition { get; } = new(
        Name, "matrix factorisation by alternating least squares: good in seconds", [], _ => new GraphSettings(),
        (data, settings) =>
        {
            // Sets the number of threads; tensors of its own it has none.
            TrainingDevice.Open(TrainingDevice.Cpu, settings.Threads);
            return new IalsRecommender(data, Parameters(settings), settings.Seed);
        })
    {
        Parameters = HyperParameters.Names<IalsHyperParameters>(),
        Describe = settings => HyperParameters.Describe(Parameters(settings)),
        // Around what the library implicit and the papers use.
        Ranges =
        [
            SearchRange.Choice("factors", 32, 64, 128),
            SearchRange.Log("regularization", 0.1, 300),
            SearchRange.Log("alpha", 0.3, 100),
            SearchRange.Whole("iterations", 5, 30),
        ],
    };

    private static IalsHyperParameters Parameters(ModelSettings settings) => HyperParameters.With(new IalsHyperParameters(), settings.Parameters);
}
