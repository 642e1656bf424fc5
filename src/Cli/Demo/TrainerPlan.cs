using System.Globalization;
using Rearm.Streaming.Models.Rearm;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>How the demo trains: few epochs, because somebody is waiting; in production a run goes on for the preset's patience.</summary>
/// <param name="Preset">Name of the hyper-parameters.</param>
/// <param name="Epochs">Maximum number of epochs.</param>
/// <param name="LearningRate">AdamW's.</param>
internal sealed record TrainerPlan(string Preset, int Epochs, double LearningRate)
{
    private static readonly TrainerPlan Shop = new("baby", 8, 3e-3);
    private static readonly TrainerPlan Dataset = new("tiktok", 5, RearmPresets.Get("tiktok").LearningRate);

    /// <summary>What suits the data, overridden by the options.</summary>
    public static TrainerPlan For(DemoOptions options)
    {
        var plan = options.Dataset is null ? Shop : Dataset;
        return plan with { Epochs = options.Epochs ?? plan.Epochs, LearningRate = options.LearningRate ?? plan.LearningRate };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"preset {Preset}, learning rate {LearningRate}, at most {Epochs} epochs");
}
