namespace Rearm.Streaming.Cli.Doctor;

/// <summary>What a finding means for running the demo.</summary>
internal enum Condition
{
    /// <summary>Present and usable.</summary>
    Good,

    /// <summary>Missing or less than ideal; the demo runs anyway.</summary>
    Optional,

    /// <summary>The demo can't run until this is fixed.</summary>
    Bad,
}
