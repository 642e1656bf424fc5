namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>How an item's vector is stored. The numbers are part of the snapshot's layout.</summary>
public enum VectorForm : byte
{
    /// <summary>There is no vector.</summary>
    None = 0,

    /// <summary>IEEE 754 half precision, two bytes a number.</summary>
    Half = 1,

    /// <summary>IEEE 754 single precision, four bytes a number.</summary>
    Full = 2,
}
