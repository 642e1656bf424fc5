namespace Rearm.Streaming.Cli.Demo;

/// <summary>How the demo trains.</summary>
/// <param name="Preset">Name of the hyper-parameters.</param>
/// <param name="Epochs">At most so many.</param>
/// <param name="LearningRate">AdamW's.</param>
internal sealed record TrainerPlan(string Preset, int Epochs, double LearningRate)
{
    /// <summary>For the shop.</summary>
    public static TrainerPlan Shop { get; } = new("baby", 12, 3e-3);

    /// <summary>For real data.</summary>
    public static TrainerPlan Dataset { get; } = new("tiktok", 30, 1e-3);
}
