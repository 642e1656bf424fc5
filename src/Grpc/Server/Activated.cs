namespace Grpc.AspNetCore.Server;

/// <summary>An object made for one call; disposed after it unless the service provider does that.</summary>
internal readonly struct Activated<T>(T instance, bool owned) : IAsyncDisposable where T : class
{
    public T Instance => instance;

    public ValueTask DisposeAsync()
    {
        if (!owned)
            return default;
        if (instance is IAsyncDisposable asynchronous)
            return asynchronous.DisposeAsync();
        (instance as IDisposable)?.Dispose();
        return default;
    }
}
