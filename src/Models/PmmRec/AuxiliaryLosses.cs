namespace Rearm.Streaming.Models.PmmRec;

/// <summary>What PMMRec may be trained by besides next-item prediction. The paper's pre-training has the first three.</summary>
[Flags]
public enum AuxiliaryLosses
{
    /// <summary>Nothing: fine-tuning, and what the authors' newest program does.</summary>
    None = 0,

    /// <summary>Next-item enhanced contrast between modalities, as a summary of the paper has it.</summary>
    Nicl = 1,

    /// <summary>Which items of a sequence were shuffled or replaced.</summary>
    Nid = 2,

    /// <summary>Telling users apart by sequences some of whose items were shuffled or replaced.</summary>
    Rcl = 4,

    /// <summary>Next-item enhanced contrast as an older program of the authors has it, with the rows that it means to take.</summary>
    ProgramNicl = 8,
}
