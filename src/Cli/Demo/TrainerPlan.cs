using System.Globalization;
using Rearm.Streaming.Models;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>How the demo trains: the model's own defaults, in few and large steps because somebody is waiting; in production a run goes on for its patience.</summary>
/// <param name="Model">Its name in the catalogue.</param>
/// <param name="Epochs">Maximum number of epochs.</param>
/// <param name="LearningRate">Adam's; no matter to a model without.</param>
internal sealed record TrainerPlan(string Model, int Epochs, double LearningRate)
{
    private static readonly TrainerPlan Shop = new(ModelCatalogue.Default, 8, 3e-3);
    private static readonly TrainerPlan Dataset = Shop with { Epochs = 5 };

    /// <summary>What suits the data, overridden by the options.</summary>
    public static TrainerPlan For(DemoOptions options)
    {
        var plan = options.Dataset is null ? Shop : Dataset;
        return new(options.Model, options.Epochs ?? plan.Epochs, options.LearningRate ?? plan.LearningRate);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Model}, its own defaults, learning rate {LearningRate}, at most {Epochs} epochs");
}
