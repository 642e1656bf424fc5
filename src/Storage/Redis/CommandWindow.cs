namespace Rearm.Streaming.Storage.Redis;

/// <summary>Redis commands in flight, bounded in number; the first that fails fails the window.</summary>
public sealed class CommandWindow
{
    private const int Size = 4096;

    private readonly List<Task> _commands = [];

    /// <summary>Takes a command that has been sent; waits for the answers once there are too many.</summary>
    public async Task AddAsync(Task command, CancellationToken cancellationToken)
    {
        _commands.Add(command);
        if (_commands.Count == Size)
            await DrainAsync(cancellationToken);
    }

    /// <summary>Waits for all answers.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_commands).WaitAsync(cancellationToken);
        _commands.Clear();
    }
}
