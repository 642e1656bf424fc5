using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server;

/// <summary>
/// Lets a number of answers be made at a time and refuses further calls at once. Without it all would wait together once they come faster than they are
/// answered, and none would be answered in time.
/// </summary>
internal sealed class Admission(IOptions<ServerOptions> options)
{
    /// <summary>What a waiting call would wait for at most is a few dozen milliseconds, so somebody who comes back then may find room.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(50);

    private int _running;
    private long _refused;

    // Not before the start, which reports options that are not valid.
    private int Limit => options.Value.RunningCalls;

    /// <summary>How many answers are being made.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>How many calls were refused for want of room.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>
    /// Takes room for answers, to <see cref="Leave"/> when they have been made. Where there is room for one there is for many: they have to begin some time, and
    /// until they end, whoever comes finds less.
    /// </summary>
    /// <returns>False if there is none.</returns>
    public bool TryEnter(int answers)
    {
        if (Interlocked.Add(ref _running, answers) - answers < Limit)
            return true;
        Leave(answers);
        return false;
    }

    /// <summary>Lets a call in, or refuses it. Allocates nothing unless it refuses.</summary>
    /// <param name="answers">How many the call asks for.</param>
    /// <param name="caller">Whose allowance they are taken from.</param>
    /// <returns>Why it is not let in; null if it is.</returns>
    /// <exception cref="UnauthenticatedException">The caller's key has been taken back.</exception>
    public LimitException? TryEnter(int answers, AccessCaller caller)
    {
        if (!TryEnter(answers))
        {
            Interlocked.Increment(ref _refused);
            return new($"{Limit} calls run already, which is the limit (Server:MaxRunningCalls).", RetryAfter);
        }
        try
        {
            if (caller.TryTakeCalls(answers) is not { } refusal)
                return null;
            Leave(answers);
            return refusal;
        }
        catch
        {
            Leave(answers);
            throw;
        }
    }

    /// <summary>Says that the answers have been made.</summary>
    public void Leave(int answers) => Interlocked.Add(ref _running, -answers);
}
