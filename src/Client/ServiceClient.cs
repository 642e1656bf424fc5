using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;

namespace Rearm.Streaming.Client;

/// <summary>A connection to one service, and how its calls fail: with a <see cref="ServiceException"/> that names the address and the reason.</summary>
public abstract class ServiceClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly string? _apiKey;

    /// <param name="address">The service's gRPC address, e.g. http://127.0.0.1:7031. Nothing is sent yet.</param>
    /// <param name="timeout">How long a call may take; null: 10 s.</param>
    /// <param name="apiKey">The key to show; null for none.</param>
    private protected ServiceClient(Uri address, TimeSpan? timeout, string? apiKey)
    {
        _apiKey = apiKey;
        Address = address;
        Timeout = timeout ?? TimeSpan.FromSeconds(10);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero, nameof(timeout));
        _channel = Connection.To(address);
    }

    /// <summary>Where the service is.</summary>
    public Uri Address { get; }

    /// <summary>How long a call may take.</summary>
    public TimeSpan Timeout { get; }

    private protected ChannelBase Channel => _channel;

    /// <summary>Closes the connection; calls in progress are cancelled.</summary>
    public void Dispose()
    {
        _channel.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes one call.</summary>
    /// <exception cref="ServiceException">It failed, or took too long.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    private protected async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        try
        {
            using var pending = call(new CallOptions(ApiKeys.Headers(_apiKey), deadline: DateTime.UtcNow + (timeout ?? Timeout), cancellationToken: cancellationToken));
            return await pending.ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ServiceException(Address, e);
        }
    }

    /// <summary>Makes one call that is answered by many messages. It may take as long as it takes, while the service's machine is there.</summary>
    /// <exception cref="ServiceException">It failed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    private protected async IAsyncEnumerable<T> StreamAsync<T>(
        Func<CallOptions, AsyncServerStreamingCall<T>> call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var pending = call(new CallOptions(ApiKeys.Headers(_apiKey), cancellationToken: cancellationToken));
        while (await NextAsync(pending.ResponseStream, cancellationToken).ConfigureAwait(false))
            yield return pending.ResponseStream.Current;
    }

    private async Task<bool> NextAsync<T>(IAsyncStreamReader<T> messages, CancellationToken cancellationToken)
    {
        try
        {
            return await messages.MoveNext(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ServiceException(Address, e);
        }
    }
}
