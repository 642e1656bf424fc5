using System.Diagnostics;

namespace Rearm.Streaming.Trainer;

/// <summary>Where the Trainer's spans come from.</summary>
internal static class TrainerTracing
{
    public static readonly ActivitySource Source = new("Rearm.Streaming.Trainer");
}
