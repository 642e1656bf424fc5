using Cloud.Unum.USearch;
using Microsoft.Win32.SafeHandles;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>An index in USearch's memory. It goes when nobody holds it any more, as the generation does that it is of.</summary>
internal sealed class UsearchHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <param name="options">What it is to be like.</param>
    /// <exception cref="InvalidOperationException">USearch refuses them.</exception>
    public unsafe UsearchHandle(IndexOptions options)
        : base(ownsHandle: true)
    {
        SetHandle(UsearchLibrary.Create(&options, out var error));
        UsearchLibrary.Check(error);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        UsearchLibrary.Free(handle, out var error);
        return error == 0;
    }
}
