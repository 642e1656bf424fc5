namespace Rearm.Streaming.Contracts.Generations;

/// <summary>How the numbers of a user's vector are stored. The values are part of the layout.</summary>
public enum VectorPrecision : byte
{
    /// <summary>IEEE 754 half precision: two bytes a number.</summary>
    Half = 1,

    /// <summary>IEEE 754 single precision: four bytes a number.</summary>
    Full = 2,
}
