using System.Globalization;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Rearm;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>How the demo trains: few epochs, because somebody is waiting; in production a run goes on for the preset's patience.</summary>
/// <param name="Model">Its name in the catalogue.</param>
/// <param name="Preset">Name of the hyper-parameters; null for the model's own.</param>
/// <param name="Epochs">Maximum number of epochs.</param>
/// <param name="LearningRate">Adam's; no matter to a model without.</param>
internal sealed record TrainerPlan(string Model, string? Preset, int Epochs, double LearningRate)
{
    private static readonly TrainerPlan Shop = new(ModelCatalogue.Default, "baby", 8, 3e-3);
    private static readonly TrainerPlan Dataset = new(ModelCatalogue.Default, "tiktok", 5, RearmPresets.Get("tiktok").LearningRate);

    /// <summary>What suits the data, overridden by the options.</summary>
    public static TrainerPlan For(DemoOptions options)
    {
        var plan = options.Dataset is null ? Shop : Dataset;
        return plan with
        {
            Model = options.Model,
            // The presets above are REARM's.
            Preset = options.Model == plan.Model ? plan.Preset : null,
            Epochs = options.Epochs ?? plan.Epochs,
            LearningRate = options.LearningRate ?? plan.LearningRate,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Model}, {(Preset is null ? "its own defaults" : $"preset {Preset}")}, learning rate {LearningRate}, at most {Epochs} epochs");
}
