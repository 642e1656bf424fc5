namespace Rearm.Streaming.Models.Kernels;

/// <summary>32-bit integers that are computed with together; overflow wraps round. See <see cref="IFloatLanes{TSelf, TInt}"/>.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface IIntLanes<TSelf> where TSelf : struct, IIntLanes<TSelf>
{
    /// <summary>0, 1, 2, ...</summary>
    static abstract TSelf Indices { get; }

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator &(TSelf a, TSelf b);

    static abstract TSelf operator ^(TSelf a, TSelf b);

    static abstract TSelf operator <<(TSelf a, int bits);

    static abstract TSelf operator >>>(TSelf a, int bits);

    static abstract TSelf Create(int value);
}
