namespace Rearm.Streaming.Models.Kernels;

/// <summary>A choice that is made when a kernel is compiled, not in its loop.</summary>
internal interface IFlag
{
    static abstract bool IsOn { get; }
}
