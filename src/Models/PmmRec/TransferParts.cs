namespace Rearm.Streaming.Models.PmmRec;

/// <summary>What of a trained PMMRec another one starts from.</summary>
public enum TransferParts
{
    /// <summary>Everything. A model of one modality takes that one's projection and the user encoder.</summary>
    Full,

    /// <summary>Projections and fusion.</summary>
    ItemEncoder,

    /// <summary>The user encoder.</summary>
    UserEncoder,
}
